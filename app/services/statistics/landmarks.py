"""What a Kaplan-Meier curve says at given times: month 6, month 12 ... month 36."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.services.statistics.kaplan_meier import KaplanMeier


@dataclass(frozen=True, slots=True)
class Landmark:
    """The curve, and what lies behind it, at one time.

    Attributes:
        at_risk: subjects with analysis value >= time.
        events: events up to and including the time, and ``censored`` likewise.
        estimable: the time lies within follow-up, or nobody is left event-free.
        survival: S(time), as ``standard_error`` and the limits; None when not estimable. The
            standard error and the limits are None, too, where S = 0.
    """

    time: float
    at_risk: int
    events: int
    censored: int
    estimable: bool
    survival: float | None
    standard_error: float | None
    lower: float | None
    upper: float | None


def landmarks(
    curve: KaplanMeier, times: Sequence[float], *, extend: bool = False
) -> tuple[Landmark, ...]:
    """Read the curve at given times, in the curve's unit.

    Before the first distinct time S is 1, with limits 1 and 1. Beyond the last it is 0 when
    nobody was left event-free, and not estimable otherwise or without subjects.

    Args:
        curve: from ``kaplan_meier``.
        times: landmarks, at least 0 and in any order; a month is 30.4375 days.
        extend: repeat the last value beyond follow-up, as R's ``summary(extend = TRUE)`` does;
            the landmark still says that it is not estimable.

    Raises:
        ValueError: a time is negative.

    Source: R survival 3.5-3, ``summary(fit, times)``.
    """
    return tuple(_landmark(curve, time, extend=extend) for time in times)


def _landmark(curve: KaplanMeier, time: float, *, extend: bool) -> Landmark:
    if not time >= 0:
        raise ValueError("a landmark is a time of at least 0")
    reached = bisect_right(curve.time, time)
    due = bisect_left(curve.time, time)
    within = due < len(curve.time)
    exhausted = reached > 0 and curve.survival[-1] == 0
    estimable = within or exhausted
    survival: float | None = None
    standard_error: float | None = None
    limits: tuple[float | None, float | None] = (None, None)
    if reached and (estimable or extend):
        row = reached - 1
        survival, standard_error = curve.survival[row], curve.standard_error[row]
        limits = curve.lower[row], curve.upper[row]
    elif within:
        survival, standard_error, limits = 1.0, 0.0, (1.0, 1.0)
    return Landmark(
        time=time,
        at_risk=curve.at_risk[due] if within else 0,
        events=sum(curve.events[:reached]),
        censored=sum(curve.censored[:reached]),
        estimable=estimable,
        survival=survival,
        standard_error=standard_error,
        lower=limits[0],
        upper=limits[1],
    )
