"""A kind of record that was added by the recipe alone is like any other."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.recipes import new_kind
from tests.recipes.tree import Tree, copied

pytestmark = pytest.mark.timeout(900)

FILES: Final = 4
LINES: Final = 60


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with copied() as tree:
        new_kind.follow(tree)
        yield tree


def test_the_recipe_is_short(tree: Tree) -> None:
    assert len(tree.by_hand) <= FILES
    assert sum(tree.by_hand.values()) <= LINES


def test_every_route_and_every_figure_takes_it(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIND", new_kind.PATH)
    tree.test(
        "tests/recipes/asked_of_a_kind.py",
        "tests/routers/test_records.py",
        "tests/schemas/test_record_kinds.py",
        "tests/test_openapi.py",
        "-k",
        f"{new_kind.PATH} or asked_of_a_kind",
    )
