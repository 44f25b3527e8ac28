"""Times to an event of many subjects -> the curve, its median, its landmarks, and who is behind it.

Source: the trial's endpoint definitions, Kaplan-Meier and output contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.services.derivations.time_to_event.event_time import CensoringReason, EventTime
from app.services.statistics.confidence_limits import ConfidenceType
from app.services.statistics.days import in_days, in_months
from app.services.statistics.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from app.services.statistics.landmarks import landmarks
from app.services.statistics.restricted_mean import restricted_mean
from app.services.statistics.survival_quantiles import QuantileRule, survival_quantile
from app.trial.time_to_event import TimeToEventRules

QUARTILES: Final = (0.25, 0.5, 0.75)
WITHOUT_BASELINE: Final = "more than half of the subjects have no baseline evaluation"


@dataclass(frozen=True, slots=True)
class SurvivalMethod:
    """How a curve and its median are estimated."""

    conf_type: ConfidenceType
    conf_level: float
    median_rule: QuantileRule
    landmark_months: tuple[int, ...] = TimeToEventRules().landmarks
    """Months at which a curve is read."""


def counted(times: Sequence[EventTime]) -> dict[str, Any]:
    """Count events by what happened, and censored times by why."""
    events = Counter(time.component for time in times if time.observed)
    reasons = Counter(time.censored for time in times if not time.observed)
    return {
        "n": len(times),
        "n_event": events.total(),
        "n_censored": reasons.total(),
        "event_components": {str(component): n for component, n in sorted(events.items(), key=str)},
        "censor_reasons": {
            str(int(reason)): {"reason": reason.words, "n": reasons[reason]}
            for reason in CensoringReason
            if reasons[reason]
        },
        "n_without_baseline": reasons[CensoringReason.NO_BASELINE],
        "n_overdue_contact": sum(time.overdue_contact for time in times),
    }


def estimated(times: Sequence[EventTime], method: SurvivalMethod) -> dict[str, Any]:
    """Give the median, quartiles, landmarks and restricted mean of a set of times."""
    curve = curve_of(times, method)
    return {
        **counted(times),
        "median": median_of(curve, method, withheld=withheld(times)),
        "landmarks": landmarks_of(curve, method),
    }


def withheld(times: Sequence[EventTime]) -> str | None:
    """Tell why no median of these times is given; None: it is.

    Source: the trial's endpoint definitions, PFS and DOR censoring: where more than half of the
    subjects have no baseline, no median is given.
    """
    without = sum(time.censored is CensoringReason.NO_BASELINE for time in times)
    return WITHOUT_BASELINE if 2 * without > len(times) else None


def curve_of(times: Sequence[EventTime], method: SurvivalMethod) -> KaplanMeier:
    """Estimate the curve of a set of times."""
    return kaplan_meier(
        [time.days for time in times],
        [time.observed for time in times],
        conf_type=method.conf_type,
        conf_level=method.conf_level,
    )


def follow_up_of(times: Sequence[EventTime], method: SurvivalMethod) -> dict[str, Any]:
    """Give the median follow-up: the curve of survival with deaths censored."""
    curve = reverse_kaplan_meier(
        [time.days for time in times],
        [time.observed for time in times],
        conf_type=method.conf_type,
        conf_level=method.conf_level,
    )
    return {"method": "reverse_kaplan_meier", "median": median_of(curve, method)}


def described(times: Sequence[EventTime], method: SurvivalMethod) -> dict[str, Any]:
    """Give everything that a curve is published with."""
    curve, without = curve_of(times, method), withheld(times)
    return {
        **counted(times),
        "median": median_of(curve, method, withheld=without),
        "quartiles": [
            _quantile(curve, method, probability)
            for probability in QUARTILES
            if curve.n and without is None
        ],
        "landmarks": landmarks_of(curve, method),
        "restricted_mean": restricted_mean(curve),
        "curve": [
            {
                "time": step.time,
                "n_risk": step.at_risk,
                "n_event": step.events,
                "n_censor": step.censored,
                "survival": step.survival,
                "se": step.standard_error,
                "lower": step.lower,
                "upper": step.upper,
            }
            for step in curve.steps()
        ],
    }


def median_of(
    curve: KaplanMeier, method: SurvivalMethod, *, withheld: str | None = None
) -> dict[str, Any]:
    """Give the median with its limits, in days and for display in months; None: not reached.

    Args:
        curve: the estimate.
        method: how its median is found.
        withheld: why none is given, and then all of it is None; None: it is given.
    """
    quantile = survival_quantile(curve, 0.5, rule=method.median_rule)
    days = {"estimate": quantile.estimate, "lower": quantile.lower, "upper": quantile.upper}
    if withheld is not None:
        days = dict.fromkeys(days)
    months = {f"{name}_months": _months(value) for name, value in days.items()}
    return {**days, **months, "withheld": withheld}


def landmarks_of(curve: KaplanMeier, method: SurvivalMethod) -> list[dict[str, Any]]:
    """Give the curve at the trial's landmarks, each compared in days."""
    return [
        {
            "months": months,
            "time": point.time,
            "estimable": point.estimable,
            "survival": point.survival,
            "se": point.standard_error,
            "lower": point.lower,
            "upper": point.upper,
            "n_risk": point.at_risk,
            "n_event": point.events,
            "n_censor": point.censored,
        }
        for months, point in zip(
            method.landmark_months,
            landmarks(curve, [in_days(months) for months in method.landmark_months]),
            strict=True,
        )
    ]


def adtte_row(subject: str, centre: str, time: EventTime) -> dict[str, Any]:
    """Give one subject's time as a row of ADTTE, with the records that it rests on."""
    return {
        "USUBJID": subject,
        "SITEID": centre,
        "PARAMCD": time.endpoint,
        "variant": time.variant,
        "STARTDT": time.start,
        "ADT": time.end,
        "AVAL": time.days,
        "CNSR": int(time.censored),
        "EVNTDESC": time.description,
        "CNSDTDSC": time.censored_at,
        "ADTF": time.imputed,
        "component": time.component,
        "overdue_contact": time.overdue_contact,
        "records": time.records,
    }


def _quantile(curve: KaplanMeier, method: SurvivalMethod, probability: float) -> dict[str, Any]:
    quantile = survival_quantile(curve, probability, rule=method.median_rule)
    return {
        "probability": probability,
        "estimate": quantile.estimate,
        "lower": quantile.lower,
        "upper": quantile.upper,
    }


def _months(days: float | None) -> float | None:
    return None if days is None else in_months(days)
