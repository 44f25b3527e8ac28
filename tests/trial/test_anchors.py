"""Months, study days and the labels of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trial.anchors import Anchors, add_months, day_label, study_day


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        pytest.param(date(2024, 3, 1), 36, date(2027, 3, 1), id="the horizon"),
        pytest.param(date(2024, 2, 29), 36, date(2027, 2, 28), id="no 29 February three years on"),
        pytest.param(date(2024, 2, 29), 48, date(2028, 2, 29), id="29 February four years on"),
        pytest.param(date(2025, 1, 31), 1, date(2025, 2, 28), id="31 January, common year"),
        pytest.param(date(2024, 1, 31), 1, date(2024, 2, 29), id="31 January, leap year"),
        pytest.param(date(2024, 1, 30), 1, date(2024, 2, 29), id="30 January, leap year"),
        pytest.param(date(2024, 1, 29), 1, date(2024, 2, 29), id="29 January fits"),
        pytest.param(date(2024, 5, 31), 1, date(2024, 6, 30), id="31 May"),
        pytest.param(date(2024, 12, 15), 1, date(2025, 1, 15), id="over the year's end"),
        pytest.param(date(2024, 11, 30), 1, date(2024, 12, 30), id="into December"),
        pytest.param(date(2024, 1, 15), 0, date(2024, 1, 15), id="no month"),
        pytest.param(date(2024, 3, 31), -1, date(2024, 2, 29), id="a month back"),
        pytest.param(date(2024, 1, 15), -1, date(2023, 12, 15), id="back over the year's start"),
        pytest.param(date(1900, 1, 31), 1, date(1900, 2, 28), id="1900 had no leap day"),
    ],
)
def test_adds_months(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 31), -1)])
def test_refuses_a_month_outside_the_calendar(day: date, months: int) -> None:
    with pytest.raises(OverflowError, match="1 to 9999"):
        add_months(day, months)


INFUSION = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("day", "number", "label"),
    [
        (date(2024, 2, 28), -1, "D-1"),
        (date(2024, 2, 29), 1, "D0"),
        (date(2024, 3, 1), 2, "D1"),
        (date(2024, 3, 28), 29, "D28"),
        (date(2024, 2, 24), -5, "D-5"),
        (date(2027, 2, 28), 1096, "D1095"),
    ],
)
def test_numbers_and_labels_days(day: date, number: int, label: str) -> None:
    assert study_day(day, INFUSION) == number
    assert day_label(day, INFUSION) == label


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-4000, 4000))
def test_has_no_study_day_0_and_skips_nothing_else(infusion: date, elapsed: int) -> None:
    day = infusion + timedelta(elapsed)
    number = study_day(day, infusion)
    assert number != 0
    assert study_day(day + timedelta(1), infusion) - number == (2 if number == -1 else 1)


def test_gives_the_day_of_an_anchor() -> None:
    anchors = Anchors(infusion=INFUSION)
    assert anchors.day("infusion") == INFUSION
    assert anchors.day("first_leukapheresis") is None
