"""Which day stands for a day or a month that is not known."""

from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.derivations.partial_dates import (
    ImputedPart,
    adverse_event_end_day,
    adverse_event_start_day,
    death_day,
    imputed_part,
    new_therapy_day,
)
from app.services.derivations.possible_days import PossibleDays
from tests.subjects.base import days
from tests.subjects.course import INFUSED_ON
from tests.subjects.event_times import day


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        pytest.param("2024-02-03", None, id="a full date: nothing"),
        pytest.param("2024-02", "D", id="without a day"),
        pytest.param("2024", "M", id="without a month: the day too"),
    ],
)
def test_it_flags_what_was_imputed(written: str, flag: str | None) -> None:
    assert imputed_part(days(written)) == flag


def test_it_flags_a_year_that_is_open() -> None:
    new_year = PossibleDays(date(2023, 12, 31), date(2024, 1, 1))
    assert imputed_part(new_year) is ImputedPart.YEAR


@pytest.mark.parametrize(
    ("died", "alive", "rule", "on", "flag"),
    [
        pytest.param("2024-06-20", "2024-06-01", "mid", "2024-06-20", None, id="known to the day"),
        pytest.param("2024-06", "2024-05-02", "mid", "2024-06-15", "D", id="the 15th"),
        pytest.param("2024-06", "2024-05-02", "first", "2024-06-01", "D", id="or the 1st"),
        pytest.param("2024-06", "2024-06-14", "mid", "2024-06-15", "D", id="alive on the 14th"),
        pytest.param("2024-06", "2024-06-15", "mid", "2024-06-16", "D", id="alive on the 15th"),
        pytest.param("2024-06", "2024-06-29", "mid", "2024-06-30", "D", id="alive on the 29th"),
        pytest.param(
            "2024-06", "2024-06-30", "mid", "2024-06-30", "D", id="alive on the last: that day"
        ),
        pytest.param("2024-06", "2024-06-10", "first", "2024-06-11", "D", id="first, alive later"),
        pytest.param("2024-06", None, "mid", "2024-06-15", "D", id="never seen"),
        pytest.param("2025-02", "2025-01-02", "mid", "2025-02-10", "D", id="not after the cut"),
        pytest.param("2025-03", "2025-01-02", "mid", "2025-03-15", "D", id="after the cut anyway"),
        pytest.param("2024", "2024-05-02", "mid", "2024-05-03", "M", id="no month: the day after"),
        pytest.param("2024", "2023-11-02", "mid", "2024-01-01", "M", id="not in another year"),
        pytest.param("2024", "2024-12-31", "mid", "2024-12-31", "M", id="nor in the next"),
        pytest.param("2025", "2025-02-10", "mid", "2025-02-10", "M", id="nor after the cut"),
    ],
)
def test_death(
    died: str, alive: str | None, rule: Literal["mid", "first"], on: str, flag: str | None
) -> None:
    imputed = death_day(
        days(died), last_known_alive=day(alive), data_cut=date(2025, 2, 10), rule=rule
    )
    assert (imputed.day, imputed.imputed) == (day(on), flag)


@pytest.mark.parametrize(
    ("start", "progressed", "on"),
    [
        pytest.param("2024-03-09", None, "2024-03-09", id="known to the day"),
        pytest.param("2024-03-09", "2024-03-20", "2024-03-09", id="and before progression"),
        pytest.param("2024-03", None, "2024-03-01", id="the 1st"),
        pytest.param("2024-01", None, "2024-01-16", id="month of infusion: the day after it"),
        pytest.param("2024-03", "2024-03-20", "2024-03-20", id="progression that month: its day"),
        pytest.param("2024-03", "2024-03-01", "2024-03-01", id="progression on the first day"),
        pytest.param("2024-03", "2024-03-31", "2024-03-31", id="progression on the last day"),
        pytest.param("2024-03", "2024-02-29", "2024-03-01", id="progression the month before"),
        pytest.param("2024-03", "2024-04-01", "2024-03-01", id="progression the month after"),
        pytest.param("2024", None, None, id="without a month: not used"),
    ],
)
def test_new_therapy(start: str, progressed: str | None, on: str | None) -> None:
    imputed = new_therapy_day(days(start), infused_on=INFUSED_ON, progressed_on=day(progressed))
    assert (imputed.day if imputed else None) == day(on)


def test_new_therapy_says_what_was_imputed() -> None:
    known = new_therapy_day(days("2024-03-09"), infused_on=INFUSED_ON)
    first = new_therapy_day(days("2024-03"), infused_on=INFUSED_ON)
    with_pd = new_therapy_day(
        days("2024-03"), infused_on=INFUSED_ON, progressed_on=date(2024, 3, 5)
    )
    flags = [one.imputed if one else "unused" for one in (known, first, with_pd)]
    assert flags == [None, "D", "D"]


@pytest.mark.parametrize(
    ("onset", "end", "on", "flag"),
    [
        pytest.param("2024-02-07", None, "2024-02-07", None, id="known to the day"),
        pytest.param("2024-02", None, "2024-02-01", "D", id="the 1st"),
        pytest.param("2024-01", None, "2024-01-15", "D", id="month of infusion: its day"),
        pytest.param("2023-12", None, "2023-12-01", "D", id="month before infusion"),
        pytest.param("2023", None, "2023-01-01", "M", id="1 January"),
        pytest.param("2024", None, "2024-01-15", "M", id="year of infusion: its day"),
        pytest.param("2025", None, "2025-01-01", "M", id="year after it"),
        pytest.param("2024-01", "2024-01-12", "2024-01-12", "D", id="over before the infusion"),
        pytest.param("2024-01", "2024-01", "2024-01-15", "D", id="over in the same month"),
        pytest.param("2024-02", "2024-02-10", "2024-02-01", "D", id="over later"),
        pytest.param(
            "2024-02", "2024-01-10", "2024-02-01", "D", id="over before it began: a fault"
        ),
    ],
)
def test_adverse_event_start(onset: str, end: str | None, on: str, flag: str | None) -> None:
    imputed = adverse_event_start_day(
        days(onset), infused_on=INFUSED_ON, end=days(end) if end else None
    )
    assert (imputed.day, imputed.imputed) == (day(on), flag)


def test_adverse_event_start_of_a_subject_never_infused() -> None:
    assert adverse_event_start_day(days("2024-01"), infused_on=None).day == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("end", "died", "on", "flag"),
    [
        pytest.param("2024-02-07", None, "2024-02-07", None, id="known to the day"),
        pytest.param("2024-02", None, "2024-02-29", "D", id="last of a leap February"),
        pytest.param("2024", None, "2024-12-31", "M", id="31 December"),
        pytest.param("2024-02", "2024-02-11", "2024-02-11", "D", id="not after death"),
        pytest.param("2024", "2024-05-11", "2024-05-11", "M", id="nor without a month"),
        pytest.param("2025-02", None, "2025-02-10", "D", id="not after the cut"),
        pytest.param("2024-03", "2024-02-11", "2024-03-01", "D", id="after death: a fault, kept"),
    ],
)
def test_adverse_event_end(end: str, died: str | None, on: str, flag: str | None) -> None:
    imputed = adverse_event_end_day(days(end), died_on=day(died), data_cut=date(2025, 2, 10))
    assert imputed is not None
    assert (imputed.day, imputed.imputed) == (day(on), flag)


def test_an_adverse_event_that_goes_on_has_no_end() -> None:
    assert adverse_event_end_day(None, died_on=None, data_cut=date(2025, 2, 10)) is None


months = st.builds(
    lambda year, month: days(f"{year}-{month:02}"), st.integers(2024, 2025), st.integers(1, 12)
)
around = st.dates(date(2023, 6, 1), date(2026, 6, 30))


@given(died=months, alive=around, cut=around)
def test_a_death_stays_inside_the_days_it_can_mean(
    died: PossibleDays, alive: date, cut: date
) -> None:
    imputed = death_day(died, last_known_alive=alive, data_cut=cut)
    assert died.earliest <= imputed.day <= died.latest
    assert imputed.day <= cut or died.earliest > cut
    assert imputed.imputed is ImputedPart.DAY
