"""Categories of the IMWG criteria and their two orders."""

import pytest

from app.vocabularies.imwg import BEST_FIRST, RUNNING_ORDER, ResponseCategory


def test_categories_keep_their_printed_spelling_and_order() -> None:
    printed = ["sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE"]
    assert [category.value for category in BEST_FIRST] == printed
    assert [category.rank for category in BEST_FIRST] == list(range(8))


def test_the_running_value_ends_with_progression() -> None:
    printed = ["NE", "SD", "MR", "PR", "VGPR", "CR", "sCR", "PD"]
    assert [category.value for category in RUNNING_ORDER] == printed


@pytest.mark.parametrize(
    ("response", "level", "reached"),
    [
        pytest.param("PR", "PR", True, id="the level itself"),
        pytest.param("sCR", "PR", True, id="deeper"),
        pytest.param("MR", "PR", False, id="shallower"),
        pytest.param("SD", "SD", True, id="stable disease"),
        pytest.param("PD", "SD", False, id="progression reaches nothing"),
        pytest.param("NE", "SD", False, id="not evaluable reaches nothing"),
    ],
)
def test_response_is_at_least_a_level(response: str, level: str, reached: bool) -> None:
    assert ResponseCategory(response).is_at_least(ResponseCategory(level)) is reached


@pytest.mark.parametrize("level", ["PD", "NE"])
def test_progression_and_not_evaluable_are_no_level(level: str) -> None:
    with pytest.raises(ValueError, match="no depth"):
        ResponseCategory.CR.is_at_least(ResponseCategory(level))
