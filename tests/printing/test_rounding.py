"""To how many places a figure is shown."""

from decimal import Decimal

import pytest

from app.printing import rounding
from app.printing.document import NOTHING


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(89.65517241379311, "89.7", id="up"),
        pytest.param(65.51724137931035, "65.5", id="down"),
        pytest.param(0.25, "0.3", id="half, away from zero"),
        pytest.param(2.675, "2.7", id="on the decimal that is written"),
        pytest.param(-0.04, "0.0", id="no negative nothing"),
        pytest.param(100.0, "100.0", id="all"),
        pytest.param(0, "0.0", id="none"),
        pytest.param(None, NOTHING, id="not known"),
        pytest.param(float("nan"), NOTHING, id="no number"),
    ],
)
def test_percentages_have_one_place(value: float | None, shown: str) -> None:
    assert rounding.percent(value) == shown


def test_a_share_is_shown_in_per_cent() -> None:
    assert rounding.share(0.155) == "15.5"
    assert rounding.share(None) == NOTHING


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(63243.148, "63\u202f243", id="whole, thousands apart"),
        pytest.param(999.5, "1\u202f000", id="rounded into the next thousand"),
        pytest.param(131.75, "132", id="three digits, no place"),
        pytest.param(16.5, "16.5", id="three digits, one place"),
        pytest.param(4.3424, "4.34", id="three digits, two places"),
        pytest.param(0.04438, "0.0444", id="small"),
        pytest.param("2.50", "2.50", id="a clinical value"),
        pytest.param(Decimal(3), "3", id="a whole number stays whole"),
        pytest.param(0.0, "0", id="nothing"),
        pytest.param(None, NOTHING, id="not known"),
    ],
)
def test_values_have_three_digits(value: rounding.Number, shown: str) -> None:
    assert rounding.significant(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(32.0, "32"), (13.5, "13.5"), (None, NOTHING)])
def test_days_are_whole_or_halves(value: float | None, shown: str) -> None:
    assert rounding.days(value) == shown


def test_a_limit_that_is_not_reached_says_so() -> None:
    assert rounding.limits(17.018480, None, rounding.months) == "17.0 to not reached"
    assert rounding.limits(None, None, rounding.months) == "not reached"
    assert rounding.limits(None, None, rounding.share, "not estimable") == "not estimable"
    assert rounding.limits(78.83, 96.108) == "78.8 to 96.1"


def test_a_rate_of_nobody_has_no_percentage() -> None:
    of_nobody = {"x": 0, "N": 0, "percent": None, "lower": None, "upper": None}
    assert rounding.rate(of_nobody) == ("0/0", NOTHING, NOTHING)
    of_some = {"x": 52, "N": 58, "percent": 89.655, "lower": 78.83, "upper": 96.11}
    assert rounding.rate(of_some) == ("52/58", "89.7", "78.8 to 96.1")
