"""How many days a month and a year have."""

import pytest

from app.services.statistics.days import DAYS_PER_MONTH, DAYS_PER_YEAR, in_days, in_months


@pytest.mark.parametrize(
    ("months", "days"),
    [
        pytest.param(1, 30.4375, id="a month"),
        pytest.param(12, 365.25, id="a year"),
        pytest.param(36, 1095.75, id="the last landmark"),
    ],
)
def test_months_and_days_are_told_in_each_other(months: int, days: float) -> None:
    assert in_days(months) == days
    assert in_months(days) == months


def test_twelve_months_are_a_year() -> None:
    assert 12 * DAYS_PER_MONTH == DAYS_PER_YEAR
