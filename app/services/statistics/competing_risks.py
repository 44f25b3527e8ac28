"""Cumulative incidence where one event keeps another from happening: Aalen and Johansen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.services.statistics.confidence_limits import ConfidenceType, pointwise_limits
from app.services.statistics.distinct_times import distinct_times
from app.services.statistics.incidence_variance import (
    Incidence,
    aalen,
    infinitesimal_jackknife,
)

# ruff: noqa: PLC0415 - NumPy is imported by the first estimate, not when the service starts.

VarianceEstimator = Literal["infinitesimal_jackknife", "aalen"]
"""Where the standard error comes from; Aalen's is about 1 to 2 % larger at n = 60."""

_ROUNDING: Final = 1e-12
"""A standard error, or a distance of F from 1, below this is 0: real ones are of order 1/n."""


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """The probability of having had one kind of event, one row per distinct time.

    Attributes:
        cause: the kind of event.
        n_event: subjects who had it.
        events: how many at each time.
        incidence: F(time), just after the time; 0 before the first.
        standard_error: of F.
        lower: limits of F, as ``upper``.
    """

    cause: str
    n_event: int
    events: tuple[int, ...]
    incidence: tuple[float, ...]
    standard_error: tuple[float, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class CompetingRisks:
    """The cumulative incidence of each kind of event; with ``event_free`` they sum to 1.

    Attributes:
        n: subjects; ``n_censored`` of them without any event.
        time: the distinct times, in the unit given.
        at_risk: subjects with analysis value >= time.
        censored: subjects censored at each time.
        event_free: probability of no event yet, just after each time.
        incidences: one per kind of event, in the order asked for.
    """

    n: int
    n_censored: int
    time: tuple[float, ...]
    at_risk: tuple[int, ...]
    censored: tuple[int, ...]
    event_free: tuple[float, ...]
    incidences: tuple[CumulativeIncidence, ...]
    conf_level: float
    conf_type: ConfidenceType
    variance: VarianceEstimator

    def of(self, cause: str) -> CumulativeIncidence:
        """Give the incidence of one kind of event.

        Raises:
            KeyError: it was not asked for.
        """
        return {incidence.cause: incidence for incidence in self.incidences}[cause]


@dataclass(frozen=True, slots=True)
class IncidenceLandmark:
    """One cumulative incidence at one time.

    Attributes:
        at_risk: subjects with analysis value >= time.
        events: events of this kind up to and including the time.
        estimable: the time lies within follow-up, or nobody is left event-free.
        incidence: F(time), with its standard error and limits; None when not estimable.
    """

    time: float
    at_risk: int
    events: int
    estimable: bool
    incidence: float | None
    standard_error: float | None
    lower: float | None
    upper: float | None


def aalen_johansen(
    days: Sequence[float],
    causes: Sequence[str | None],
    *,
    of: Sequence[str],
    variance: VarianceEstimator = "infinitesimal_jackknife",
    conf_type: ConfidenceType = "log-log",
    conf_level: float = 0.95,
) -> CompetingRisks:
    """Estimate how the subjects divide over time among the first events and none.

    At a tied time all events are taken together, before the censorings.

    Args:
        days: time to the first event or to censoring, one per subject.
        causes: what happened then; None for a censored subject.
        of: every kind of event, in the order wanted; one that nobody had stays at 0.
        variance: ``infinitesimal_jackknife`` is R's ``survfit``, ``aalen`` is R's ``cmprsk``.
        conf_type: see ``pointwise_limits``; taken on F, with SE/F as the error of ln F.
        conf_level: two-sided.

    Raises:
        ValueError: the lengths differ, a time is negative or not finite, a cause is not among
            ``of``, ``of`` names one twice, or an unknown variance, level or type of limits.

    Source: Aalen and Johansen 1978; R survival 3.5-3, ``survfit(Surv(days, factor) ~ 1)``.
    Decision: a standard error of 0 gives limits equal to F, as survival does since 3.8-4.
    """
    import numpy as np

    code: dict[str | None, int] = {None: -1} | {cause: number for number, cause in enumerate(of)}
    if len(code) != 1 + len(of):
        raise ValueError("each kind of event is named once")
    if len(causes) != len(days) or not code.keys() >= set(causes):
        raise ValueError("each subject has a time, and a cause among those named or None")
    if variance not in {"infinitesimal_jackknife", "aalen"}:
        raise ValueError("the variance is infinitesimal_jackknife or aalen")
    estimator = aalen if variance == "aalen" else infinitesimal_jackknife

    times = distinct_times(days)
    happened = np.array([code[cause] for cause in causes], dtype=np.int64)
    any_events = times.count(happened >= 0)
    event_free = np.cumprod((times.at_risk - any_events) / times.at_risk, dtype=np.float64)
    before = np.concatenate(([1.0], event_free))[:-1]
    incidences = []
    for number, cause in enumerate(of):
        events = times.count(happened == number)
        value = np.cumsum(before * events / times.at_risk)
        value[value > 1 - _ROUNDING] = 1
        error = np.sqrt(
            estimator(
                Incidence(times, happened == number, happened >= 0, event_free, before, value)
            )
        )
        error[error < _ROUNDING] = 0
        lower, upper = pointwise_limits(
            value,
            np.divide(error, value, out=np.zeros_like(error), where=error > 0),
            conf_type=conf_type,
            conf_level=conf_level,
        )
        incidences.append(
            CumulativeIncidence(
                cause=cause,
                n_event=int(events.sum()),
                events=tuple(events.tolist()),
                incidence=tuple(value.tolist()),
                standard_error=tuple(error.tolist()),
                lower=lower,
                upper=upper,
            )
        )
    censored = times.leaving - any_events
    return CompetingRisks(
        n=len(days),
        n_censored=int(censored.sum()),
        time=tuple(times.time.tolist()),
        at_risk=tuple(times.at_risk.tolist()),
        censored=tuple(censored.tolist()),
        event_free=tuple(event_free.tolist()),
        incidences=tuple(incidences),
        conf_level=conf_level,
        conf_type=conf_type,
        variance=variance,
    )


def incidence_landmarks(
    risks: CompetingRisks, cause: str, times: Sequence[float]
) -> tuple[IncidenceLandmark, ...]:
    """Read one cumulative incidence at given times, in the curve's unit.

    Before the first distinct time F is 0, with limits 0 and 0. Beyond the last it keeps its value
    when nobody was left event-free, and is not estimable otherwise or without subjects.

    Raises:
        KeyError: the cause was not asked for.
        ValueError: a time is negative.
    """
    curve = risks.of(cause)
    return tuple(_incidence_landmark(risks, curve, time) for time in times)


def _incidence_landmark(
    risks: CompetingRisks, curve: CumulativeIncidence, time: float
) -> IncidenceLandmark:
    if not time >= 0:
        raise ValueError("a landmark is a time of at least 0")
    reached, due = bisect_right(risks.time, time), bisect_left(risks.time, time)
    within = due < len(risks.time)
    estimable = within or (reached > 0 and risks.event_free[-1] == 0)
    figures: tuple[float | None, float | None, float | None, float | None]
    if not estimable:
        figures = None, None, None, None
    elif not reached:
        figures = 0.0, 0.0, 0.0, 0.0
    else:
        row = reached - 1
        figures = (
            curve.incidence[row],
            curve.standard_error[row],
            curve.lower[row],
            curve.upper[row],
        )
    return IncidenceLandmark(
        time,
        risks.at_risk[due] if within else 0,
        sum(curve.events[:reached]),
        estimable,
        *figures,
    )
