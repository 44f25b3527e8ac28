"""Exposure-adjusted rates of adverse events, per 100 person-years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Final

from app.services.statistics.days import DAYS_PER_YEAR

# ruff: noqa: PLC0415 - SciPy is imported by the first estimate, not when the service starts.

HUNDRED: Final = 100
"""Rates of adverse events are given per 100 person-years."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Independent events per person-time, with the exact limits of a Poisson count.

    Attributes:
        person_time: time at risk, summed over the subjects.
        per: the person-time that the rate and its limits refer to, in the same unit.
        rate: events / person-time * per; None, as the limits, without person-time.
        lower: two-sided limits at ``conf_level``, as ``upper``.
    """

    events: int
    person_time: float
    per: float
    rate: float | None
    lower: float | None
    upper: float | None
    conf_level: float


@dataclass(frozen=True, slots=True)
class EventRate:
    """All events per person-time, without limits.

    Events of one subject are correlated: the limits of independent events do not hold for them.
    """

    events: int
    person_time: float
    per: float
    rate: float | None


def poisson_rate(
    events: int, person_time: float, *, per: float = 1.0, conf_level: float = 0.95
) -> Rate:
    """Estimate a rate with the exact limits of a Poisson count.

    Args:
        events: independent events, as first events of different subjects are.
        person_time: time at risk, summed over the subjects; 0 gives no estimate.
        per: the person-time to give the rate for.
        conf_level: two-sided.

    Raises:
        ValueError: a count or a time is negative, events come without person-time, or the level
            does not lie between 0 and 1.

    Source: Garwood 1936; R 4.2.2 ``poisson.test``.
    """
    from scipy.special import gammainccinv, gammaincinv

    _check_exposure(events, person_time)
    if not 0 < conf_level < 1:
        raise ValueError("a confidence level lies strictly between 0 and 1")
    if not person_time:
        return Rate(events, person_time, per, None, None, None, conf_level)
    alpha = (1 - conf_level) / 2
    unit = per / person_time
    return Rate(
        events=events,
        person_time=person_time,
        per=per,
        rate=events * unit,
        lower=float(gammaincinv(events, alpha)) * unit if events else 0.0,
        upper=float(gammainccinv(events + 1, alpha)) * unit,
        conf_level=conf_level,
    )


def exposure_adjusted_event_rate(events: int, days_at_risk: Sequence[float]) -> EventRate:
    """Give all events, repeated ones included, per 100 person-years (EAER).

    Args:
        events: events of all subjects.
        days_at_risk: of each subject, the days of its whole treatment-emergent window.

    Returns:
        The rate; its ``person_time`` is in years of 365.25 days.

    Raises:
        ValueError: a count or a time is negative, or events come without time.
    """
    years = _years(days_at_risk)
    _check_exposure(events, years)
    return EventRate(events, years, HUNDRED, events * HUNDRED / years if years else None)


def _years(days_at_risk: Sequence[float]) -> float:
    if any(days < 0 for days in days_at_risk):
        raise ValueError("a time at risk is at least 0")
    return fsum(days_at_risk) / DAYS_PER_YEAR


def _check_exposure(events: int, person_time: float) -> None:
    if events < 0 or not isfinite(person_time) or person_time < 0:
        raise ValueError("events and person-time are at least 0")
    if events and not person_time:
        raise ValueError("an event takes time at risk")
