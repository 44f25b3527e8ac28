"""Which planned visit a day after the infusion belongs to, counted in days from the infusion.

Every subject's schedule after the infusion is the same but for the day of its horizon, so that what
is found for one holds for all, and is found once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.trial.anchors import Anchors
from app.trial.schedule import VisitWindow, nominal_day, visit_windows, window_of
from app.trial.trial import Trial

_ANY_INFUSION: Final = date(2001, 1, 1)
_CLOCK_MARGIN_DAYS: Final = 1
"""A calendar day and the time elapsed since the infusion differ by less than this."""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit; days are counted from the infusion, day 0, and both ends belong to the window."""

    code: str
    target: int
    first_day: int
    last_day: int


def planned_visit(trial: Trial, day: int, *, horizon_day: int) -> PlannedVisit | None:
    """Give the visit whose window ``day`` lies in; None outside every window.

    Args:
        trial: the trial.
        day: days after the infusion.
        horizon_day: the subject's horizon, days after the infusion.
    """
    return _visit_on(trial, horizon_day, day)


def planned_visits(
    trial: Trial, codes: tuple[str, ...], *, horizon_day: int
) -> tuple[PlannedVisit, ...]:
    """Give the visits of these codes, in the order of ``codes``; one without a window is absent."""
    return _visits(trial, horizon_day, codes)


def planned_day(
    trial: Trial, day: int, *, horizon_day: int, elapsed_days: float | None = None
) -> int | None:
    """Give the nominal day of a kinetics sample; None when it has none.

    Args:
        trial: the trial.
        day: days after the infusion, by the calendar.
        horizon_day: the subject's horizon, days after the infusion.
        elapsed_days: time since the start of the infusion; None where the clock time is missing.
    """
    if elapsed_days is None or not _by_clock(trial, day):
        return _day_planned_on(trial, horizon_day, day)
    return nominal_day(
        trial,
        _anchors(horizon_day),
        _ANY_INFUSION + timedelta(day),
        elapsed_days=Decimal(str(elapsed_days)),
    )


def _planned(window: VisitWindow) -> PlannedVisit:
    return PlannedVisit(
        window.code,
        (window.target - _ANY_INFUSION).days,
        (window.first_day - _ANY_INFUSION).days,
        (window.last_day - _ANY_INFUSION).days,
    )


def _anchors(horizon_day: int) -> Anchors:
    return Anchors(infusion=_ANY_INFUSION, horizon=_ANY_INFUSION + timedelta(horizon_day))


@lru_cache(maxsize=16_384)
def _visit_on(trial: Trial, horizon_day: int, day: int) -> PlannedVisit | None:
    window = window_of(trial, _anchors(horizon_day), _ANY_INFUSION + timedelta(day))
    return None if window is None else _planned(window)


@lru_cache(maxsize=256)
def _visits(trial: Trial, horizon_day: int, codes: tuple[str, ...]) -> tuple[PlannedVisit, ...]:
    found = {
        window.code: _planned(window)
        for window in visit_windows(trial, _anchors(horizon_day))
        if window.code in codes
    }
    return tuple(found[code] for code in codes if code in found)


@lru_cache(maxsize=16_384)
def _day_planned_on(trial: Trial, horizon_day: int, day: int) -> int | None:
    return nominal_day(trial, _anchors(horizon_day), _ANY_INFUSION + timedelta(day))


@lru_cache(maxsize=1_024)
def _by_clock(trial: Trial, day: int) -> bool:
    return any(
        time.clock and time.first - _CLOCK_MARGIN_DAYS <= day <= time.last + _CLOCK_MARGIN_DAYS
        for time in trial.kinetics.nominal_times
    )
