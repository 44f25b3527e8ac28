"""A time to an event and a picture are declared once each, and the rest follows."""

import pytest

from tests.recipes import new_time_and_chart
from tests.recipes.tree import copied

pytestmark = pytest.mark.timeout(900)


def test_what_follows_from_one_declaration_of_each() -> None:
    with copied() as tree:
        new_time_and_chart.a_time(tree)
        assert sum(tree.by_hand.values()) <= 10
        new_time_and_chart.a_chart(tree)
        assert len(tree.by_hand) <= 5
        tree.run("app.cli", "openapi", "--output", "openapi/openapi.json")
        tree.test(
            "tests/recipes/asked_of_a_time_and_a_chart.py",
            "tests/services/derivations/time_to_event/test_variants.py",
            "tests/trial/test_trial.py",
        )
