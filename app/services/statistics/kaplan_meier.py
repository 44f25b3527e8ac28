"""The Kaplan-Meier curve, and the reverse curve that measures follow-up.

Every figure is that of R's ``survfit`` to the last digit that double precision carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from app.services.statistics.confidence_limits import (
    ConfidenceType,
    known_values,
    pointwise_limits,
)
from app.services.statistics.distinct_times import distinct_times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# ruff: noqa: PLC0415 - NumPy is imported by the first estimate, not when the service starts.

FollowUpConvention = Literal["R", "prodlim"]
"""Whether a death at a tied time is still at risk of the end of follow-up (R) or not (prodlim)."""


class Step(NamedTuple):
    """One point of the curve: what holds from this time until the next."""

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    standard_error: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """A Kaplan-Meier curve, one column per quantity and one row per distinct time.

    Attributes:
        n: subjects; ``n_event`` and ``n_censored`` sum to it.
        time: the distinct times, in the unit given; times with censorings only are kept.
        at_risk: subjects with analysis value >= time, those censored at it included.
        survival: S(time), the event-free probability just after the time; 1 before the first.
        standard_error: Greenwood's, of S; None where S = 0.
        lower: limits of S at ``conf_level``, as ``upper``; None where S = 0.
    """

    n: int
    n_event: int
    n_censored: int
    time: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    censored: tuple[int, ...]
    survival: tuple[float, ...]
    standard_error: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    conf_level: float
    conf_type: ConfidenceType

    def steps(self) -> Iterator[Step]:
        """Yield the curve row by row."""
        return map(
            Step,
            self.time,
            self.at_risk,
            self.events,
            self.censored,
            self.survival,
            self.standard_error,
            self.lower,
            self.upper,
        )


def kaplan_meier(
    days: Sequence[float],
    observed: Sequence[bool],
    *,
    conf_type: ConfidenceType = "log-log",
    conf_level: float = 0.95,
) -> KaplanMeier:
    """Estimate the event-free probability over time.

    At a tied time events come before censorings: a subject censored at the time of an event was
    at risk of it. No subjects give a curve without rows.

    Args:
        days: analysis value (AVAL) of each subject; whole days from 1, any unit of time works.
        observed: True for an event (CNSR = 0), False for a censored time, in the same order.
        conf_type: see ``pointwise_limits``.
        conf_level: two-sided.

    Raises:
        ValueError: the lengths differ, a time is negative or not finite, the level or the type of
            the limits is none, or ``observed`` holds anything but booleans (a CNSR code passed by
            mistake would turn the curve around).

    Source: Kaplan and Meier 1958; Greenwood 1926; R survival 3.5-3, ``survfit(Surv(days,
    observed) ~ 1)``.
    """
    times = distinct_times(days)
    chosen = _flags(observed, len(days))
    events = times.count(chosen)
    return _curve(times.time, times.at_risk, events, times.leaving - events, conf_type, conf_level)


def reverse_kaplan_meier(
    days: Sequence[float],
    died: Sequence[bool],
    *,
    convention: FollowUpConvention = "R",
    conf_type: ConfidenceType = "log-log",
    conf_level: float = 0.95,
) -> KaplanMeier:
    """Estimate follow-up: the curve on which the end of observation is the event and death censors.

    Its median is the median follow-up. In the result ``events`` are ends of observation and
    ``censored`` are deaths.

    Args:
        days: overall survival time of each subject.
        died: True for a death, False for a subject last seen alive.
        convention: ``R`` flips the indicator, so that a death at a tied time is still at risk;
            ``prodlim`` lets deaths leave first.
        conf_type: see ``pointwise_limits``.
        conf_level: two-sided.

    Raises:
        ValueError: as ``kaplan_meier``, or an unknown convention.

    Source: Schemper and Smith 1996; R survival 3.5-3, ``survfit(Surv(days, 1 - died) ~ 1)``;
    R prodlim, ``prodlim(..., reverse = TRUE)``.
    """
    if convention not in {"R", "prodlim"}:
        raise ValueError("follow-up is counted by the convention R or prodlim")
    times = distinct_times(days)
    deaths = times.count(_flags(died, len(days)))
    at_risk = times.at_risk - deaths if convention == "prodlim" else times.at_risk
    return _curve(times.time, at_risk, times.leaving - deaths, deaths, conf_type, conf_level)


def _flags(observed: Sequence[bool], n: int) -> NDArray[np.bool_]:
    import numpy as np

    flags = np.asarray(observed) if n else np.zeros(0, dtype=np.bool_)
    if len(observed) != n or flags.dtype != np.bool_:
        raise ValueError("each subject has a time, and True or False for its event")
    return flags


def _curve(
    time: NDArray[np.float64],
    at_risk: NDArray[np.int64],
    events: NDArray[np.int64],
    censored: NDArray[np.int64],
    conf_type: ConfidenceType,
    conf_level: float,
) -> KaplanMeier:
    import numpy as np

    staying = at_risk - events
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(events > 0, staying / at_risk, 1.0), dtype=np.float64)
        greenwood = np.cumsum(np.where(events > 0, events / (at_risk * staying), 0.0))
        log_standard_error = np.sqrt(greenwood)
        standard_error = survival * log_standard_error
    lower, upper = pointwise_limits(
        survival, log_standard_error, conf_type=conf_type, conf_level=conf_level
    )
    n_event, n_censored = int(events.sum()), int(censored.sum())
    return KaplanMeier(
        n=n_event + n_censored,
        n_event=n_event,
        n_censored=n_censored,
        time=tuple(time.tolist()),
        at_risk=tuple(at_risk.tolist()),
        events=tuple(events.tolist()),
        censored=tuple(censored.tolist()),
        survival=tuple(survival.tolist()),
        standard_error=known_values(standard_error),
        lower=lower,
        upper=upper,
        conf_level=conf_level,
        conf_type=conf_type,
    )
