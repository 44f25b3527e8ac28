"""The mean event-free time within a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.services.statistics.days import in_days
from app.services.statistics.kaplan_meier import KaplanMeier

MONTH_36: Final = in_days(36)
"""36 months in days."""


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """The mean time free of the event up to ``tau``: the area under the curve.

    Attributes:
        tau: where the area ends, in the curve's unit.
        estimate: the mean, in the curve's unit; None without subjects, as the rest.
        standard_error: from Greenwood's variance of the curve.
    """

    tau: float | None
    estimate: float | None
    standard_error: float | None


def restricted_mean(curve: KaplanMeier, *, horizon: float = MONTH_36) -> RestrictedMean:
    """Give the mean event-free time up to the horizon or the last time followed up.

    Args:
        curve: from ``kaplan_meier``.
        horizon: the latest end of the area, in the curve's unit. Where follow-up is shorter, its
            last time is ``tau``: the curve is not drawn on beyond what was seen.

    Raises:
        ValueError: the horizon is not positive.

    Source: R survival 3.5-3, ``print(fit, rmean = tau)`` (Miller 1981).
    """
    if not horizon > 0:
        raise ValueError("the horizon of a restricted mean is positive")
    if not curve.n:
        return RestrictedMean(tau=None, estimate=None, standard_error=None)
    tau = min(horizon, curve.time[-1])
    remaining, variance = 0.0, 0.0
    end = tau
    for step in reversed([step for step in curve.steps() if step.time <= tau]):
        remaining += (end - step.time) * step.survival
        staying = step.at_risk - step.events
        if staying:
            variance += remaining**2 * step.events / (step.at_risk * staying)
        end = step.time
    return RestrictedMean(tau=tau, estimate=remaining + end, standard_error=variance**0.5)
