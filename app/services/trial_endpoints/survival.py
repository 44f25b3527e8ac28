"""Times to an event of many subjects -> the curve, its median, its landmarks, and who is behind it.

Source: the trial's endpoint definitions, Kaplan-Meier and output contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.services.derivations.time_to_event import CensoringReason, EventTime
from app.services.statistics.confidence_limits import ConfidenceType
from app.services.statistics.kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from app.services.statistics.landmarks import landmarks
from app.services.statistics.restricted_mean import restricted_mean
from app.services.statistics.survival_quantiles import QuantileRule, survival_quantile

DAYS_PER_MONTH: Final = 30.4375
LANDMARK_MONTHS: Final = (6, 12, 18, 24, 30, 36)
QUARTILES: Final = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class SurvivalMethod:
    """How a curve and its median are estimated."""

    conf_type: ConfidenceType
    conf_level: float
    median_rule: QuantileRule


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
        "n_overdue_contact": sum(time.overdue_contact for time in times),
    }


def estimated(times: Sequence[EventTime], method: SurvivalMethod) -> dict[str, Any]:
    """Give the median, quartiles, landmarks and restricted mean of a set of times."""
    curve = curve_of(times, method)
    return {
        **counted(times),
        "median": median_of(curve, method),
        "landmarks": landmarks_of(curve),
    }


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
    curve = curve_of(times, method)
    return {
        **counted(times),
        "median": median_of(curve, method),
        "quartiles": [
            _quantile(curve, method, probability) for probability in QUARTILES if curve.n
        ],
        "landmarks": landmarks_of(curve),
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


def median_of(curve: KaplanMeier, method: SurvivalMethod) -> dict[str, Any]:
    """Give the median with its limits, in days and for display in months; None: not reached."""
    found = survival_quantile(curve, 0.5, rule=method.median_rule)
    return {
        "estimate": found.estimate,
        "lower": found.lower,
        "upper": found.upper,
        "estimate_months": _months(found.estimate),
        "lower_months": _months(found.lower),
        "upper_months": _months(found.upper),
    }


def landmarks_of(curve: KaplanMeier) -> list[dict[str, Any]]:
    """Give the curve at month 6 to 36, each compared in days."""
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
            LANDMARK_MONTHS,
            landmarks(curve, [months * DAYS_PER_MONTH for months in LANDMARK_MONTHS]),
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
    found = survival_quantile(curve, probability, rule=method.median_rule)
    return {
        "probability": probability,
        "estimate": found.estimate,
        "lower": found.lower,
        "upper": found.upper,
    }


def _months(days: float | None) -> float | None:
    return None if days is None else days / DAYS_PER_MONTH
