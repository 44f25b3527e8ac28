"""The time by which half, or any share, of the subjects had the event."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.services.statistics.confidence_limits import ConfidenceType
from app.services.statistics.distinct_times import TIE_TOLERANCE
from app.services.statistics.kaplan_meier import KaplanMeier

QuantileRule = Literal["R_survfit_table", "R_quantile"]
"""Which of R's two definitions of a quantile; they part where a curve ends flat on the share."""

_TOLERANCE: Final = TIE_TOLERANCE
"""How far from the share a curve may lie, by rounding error, and still be on it."""


@dataclass(frozen=True, slots=True)
class SurvivalQuantile:
    """The time by which a share of the subjects had the event.

    Attributes:
        probability: the share; 0.5 is the median.
        estimate: that time, in the curve's unit; None when the curve does not come down so far.
        lower: limits of Brookmeyer and Crowley, as ``upper``; None when not reached.
    """

    probability: float
    estimate: float | None
    lower: float | None
    upper: float | None
    conf_level: float
    conf_type: ConfidenceType
    rule: QuantileRule


def median_survival(
    curve: KaplanMeier, *, rule: QuantileRule = "R_survfit_table"
) -> SurvivalQuantile:
    """Give the median time to the event and its limits; see ``survival_quantile``."""
    return survival_quantile(curve, 0.5, rule=rule)


def survival_quantile(
    curve: KaplanMeier, probability: float, *, rule: QuantileRule = "R_survfit_table"
) -> SurvivalQuantile:
    """Give the time by which a share of the subjects had the event, and its limits.

    It is the first time at which the curve lies below the share of subjects still event-free, or,
    where the curve runs level on that share, the midpoint of the level stretch. The lower limit of
    the time is read from the lower band by the same rule, the upper limit from the upper band; a
    point of a band without a limit (S = 0) is passed over.

    Args:
        curve: from ``kaplan_meier``; its limits decide those of the quantile.
        probability: share of subjects with the event, strictly between 0 and 1.
        rule: ``R_survfit_table`` is the median of ``summary(fit)$table``, carried over to any
            share: a curve that ends level on the share gives the start of the level stretch.
            ``R_quantile`` is ``quantile(fit)``: it gives the midpoint with the last time followed
            up, and orders a band that turns back by value, not by time.

    Raises:
        ValueError: the share does not lie strictly between 0 and 1, or an unknown rule.

    Source: Brookmeyer and Crowley 1982; R survival 3.5-3, ``print.survfit`` and
    ``quantile.survfit``.
    """
    if not 0 < probability < 1:
        raise ValueError("a quantile's share lies strictly between 0 and 1")
    if rule not in {"R_survfit_table", "R_quantile"}:
        raise ValueError("a quantile follows the rule R_survfit_table or R_quantile")
    crossing = _table_crossing if rule == "R_survfit_table" else _quantile_crossing
    return SurvivalQuantile(
        probability=probability,
        estimate=crossing(curve.time, curve.survival, probability),
        lower=crossing(curve.time, curve.lower, probability),
        upper=crossing(curve.time, curve.upper, probability),
        conf_level=curve.conf_level,
        conf_type=curve.conf_type,
        rule=rule,
    )


def _table_crossing(
    times: Sequence[float], curve: Sequence[float | None], probability: float
) -> float | None:
    share = 1 - probability
    below = (
        (time, value)
        for time, value in zip(times, curve, strict=True)
        if value is not None and value < share + _TOLERANCE
    )
    first = next(below, None)
    if first is None:
        return None
    start, level = first
    if abs(level - share) < _TOLERANCE:
        drop = next((time for time, value in below if value < level), None)
        if drop is not None:
            return (start + drop) / 2
    return start


def _quantile_crossing(
    times: Sequence[float], curve: Sequence[float | None], probability: float
) -> float | None:
    first_time_of: dict[float, float] = {0.0: 0.0}
    for time, value in zip(times, curve, strict=True):
        if value is not None:
            first_time_of.setdefault(1 - value, time)
    shares = sorted(first_time_of)
    reached = bisect_left(shares, probability - _TOLERANCE)
    passed = bisect_left(shares, probability + _TOLERANCE)
    if reached == len(shares):
        return None
    start = first_time_of[shares[reached]]
    ends_level = curve[-1] is not None and (abs(probability - list(first_time_of)[-1]) < _TOLERANCE)
    if ends_level:
        return (start + times[-1]) / 2
    if passed == len(shares):
        return None
    return (start + first_time_of[shares[passed]]) / 2
