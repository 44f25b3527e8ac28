"""How counts and limits are said."""

import pytest

from app.vocabularies.wording import between, counted


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 events"), (1, "1 event"), (2, "2 events")],
)
def test_one_is_said_as_one(n: int, said: str) -> None:
    assert counted(n, "event") == said


def test_several_can_have_a_word_of_their_own() -> None:
    assert counted(1, "biopsy", "biopsies") == "1 biopsy"
    assert counted(2, "biopsy", "biopsies") == "2 biopsies"


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        pytest.param("9.1", "17.0", "9.1 to 17.0", id="both"),
        pytest.param("9.1", None, "9.1 to not reached", id="no upper limit"),
        pytest.param(None, "17.0", "not reached to 17.0", id="no lower limit"),
        pytest.param(None, None, "not reached", id="neither"),
    ],
)
def test_a_limit_that_was_not_reached_is_said_in_words(
    lower: str | None, upper: str | None, said: str
) -> None:
    assert between(lower, upper) == said
