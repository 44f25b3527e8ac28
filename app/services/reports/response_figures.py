"""Best responses of many subjects -> rates with exact limits, by month, and times to response.

Source: the trial's endpoint definitions, response rates and MRD negativity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, Final

from app.services.derivations.subject.analysis import ResponseAnalysis, SubjectAnalysis
from app.services.statistics.proportions import (
    ProportionLimits,
    exact_binomial_test,
    proportion,
    smallest_significant,
)
from app.trial.policy import MrdPolicy
from app.vocabularies.imwg import MRD_THRESHOLDS, MrdResult, ResponseCategory, ResponseSource

AT_LEAST: Final[Mapping[str, ResponseCategory]] = {
    "ORR": ResponseCategory.PR,
    ">=CR": ResponseCategory.CR,
    ">=VGPR": ResponseCategory.VGPR,
    "clinical_benefit": ResponseCategory.MR,
    "disease_control": ResponseCategory.SD,
}
"""Rates and the category that counts for each, or a deeper one."""


def rate(x: int, n: int, limits: ProportionLimits, conf_level: float = 0.95) -> dict[str, Any]:
    """Give a rate as it is reported: x of N, in per cent, with its limits."""
    limited = proportion(x, n, method=limits, conf_level=conf_level)
    return {
        "x": x,
        "N": n,
        "percent": _percent(limited.estimate),
        "lower": _percent(limited.lower),
        "upper": _percent(limited.upper),
    }


def rates(
    bests: Sequence[ResponseCategory | None], limits: ProportionLimits
) -> dict[str, dict[str, Any]]:
    """Give the rates of at least a depth of response; no visit counts as no response."""
    counts = Counter(bests)
    return {
        name: rate(
            sum(count for best, count in counts.items() if reaches(best, level)), len(bests), limits
        )
        for name, level in AT_LEAST.items()
    }


def categories(
    bests: Sequence[ResponseCategory | None], limits: ProportionLimits
) -> dict[str, dict[str, Any]]:
    """Give the rate of each exact category; they sum to N, and no visit counts as NE."""
    counts = Counter(bests)
    counts[ResponseCategory.NE] += counts.pop(None, 0)
    return {
        category.value: rate(counts[category], len(bests), limits) for category in ResponseCategory
    }


def reaches(best: ResponseCategory | None, level: ResponseCategory) -> bool:
    """Tell whether a best response counts for a level; None: there was no visit."""
    return best is not None and best.is_at_least(level)


def tested(responders: int, n: int, p0: float) -> dict[str, Any]:
    """Hold the overall response rate against a rate under the null hypothesis, exactly."""
    return {
        "p0": p0,
        "x": responders,
        "N": n,
        "one_sided_p": exact_binomial_test(responders, n, p0, alternative="greater"),
        "two_sided_p": exact_binomial_test(responders, n, p0),
        "alpha": 0.025,
        "smallest_significant_x": smallest_significant(n, p0) if n else None,
    }


def by_month(
    responses: Sequence[ResponseAnalysis | None],
    visits: Sequence[str],
    limits: ProportionLimits,
) -> list[dict[str, Any]]:
    """Give best responses by the end of each visit's window; the denominator is everybody.

    Args:
        responses: one per subject of the denominator; None: no response can be told.
        visits: the scheduled evaluations, in their order.
        limits: how the limits are made.
    """
    found = []
    for visit in visits:
        by_then = [response.by_visit.get(visit) if response else None for response in responses]
        bests = [None if response is None else response.best for response in by_then]
        found.append(
            {
                "visit": visit,
                "window_closed": sum(
                    response is not None and response.closed for response in by_then
                ),
                "assessed": sum(best is not None for best in bests),
                "rates": rates(bests, limits),
                "categories": categories(bests, limits),
            }
        )
    return found


def described_days(days: Iterable[int | None]) -> dict[str, Any]:
    """Describe the days to a response among those who responded."""
    found = sorted(day for day in days if day is not None)
    return {
        "n": len(found),
        "median": median(found) if found else None,
        "min": found[0] if found else None,
        "max": found[-1] if found else None,
    }


def residual_disease(
    analyses: Sequence[SubjectAnalysis],
    source: ResponseSource,
    limits: ProportionLimits,
    policy: MrdPolicy,
) -> dict[str, Any]:
    """Give the rates of MRD negativity, with each denominator by its name.

    Whose CR and whose progression count is the source's.
    """
    threshold, inadequate = policy.threshold, policy.inadequate_sample
    responses = [analysis.responses.get(source) for analysis in analyses]
    return {
        "threshold": threshold,
        "samples": _samples(responses, threshold, inadequate),
        "by_threshold": {
            sensitivity: _negativity(responses, sensitivity, limits)
            for sensitivity in MRD_THRESHOLDS
        },
        "mrd_neg_cr": _mrd_rate(responses, threshold, "negative_with_complete_response", limits),
        "imwg_mrd_negative": _mrd_rate(responses, threshold, "imwg_negative", limits),
        "sustained_6m": _mrd_rate(responses, threshold, "sustained_6_months", limits),
        "sustained_12m": _mrd_rate(responses, threshold, "sustained_12_months", limits),
        "imwg_sustained": _mrd_rate(responses, threshold, "imwg_sustained", limits),
    }


def _samples(
    responses: Sequence[ResponseAnalysis | None], threshold: str, inadequate: str
) -> dict[str, Any]:
    """Count the samples that can tell less than they seem to, and flag the figure for them."""
    summaries = [response.mrd[threshold] for response in responses if response is not None]
    negatives = sum(summary.inadequate_negatives for summary in summaries)
    unstated = sum(summary.without_sensitivity for summary in summaries)
    counts = {"inadequate_sample": negatives, "sensitivity_missing": unstated}
    return {
        "inadequate_sample": inadequate,
        "n_inadequate_negative": negatives,
        "n_subjects_inadequate_negative": sum(
            summary.inadequate_negatives > 0 for summary in summaries
        ),
        "n_sensitivity_missing": unstated,
        "n_subjects_sensitivity_missing": sum(
            summary.without_sensitivity > 0 for summary in summaries
        ),
        "flags": [flag for flag, count in counts.items() if count],
    }


def _negativity(
    responses: Sequence[ResponseAnalysis | None], threshold: str, limits: ProportionLimits
) -> dict[str, Any]:
    known = [response for response in responses if response is not None]
    negative = [
        response for response in known if response.mrd[threshold].best is MrdResult.NEGATIVE
    ]
    evaluable = sum(response.mrd[threshold].evaluable for response in known)
    return {
        "treated": rate(len(negative), len(responses), limits),
        "mrd_evaluable": rate(len(negative), evaluable, limits),
        "complete_response": rate(
            sum(response.complete for response in negative),
            sum(response.complete for response in known),
            limits,
        ),
    }


def _mrd_rate(
    responses: Sequence[ResponseAnalysis | None],
    threshold: str,
    claim: str,
    limits: ProportionLimits,
) -> dict[str, Any]:
    x = sum(
        response is not None and getattr(response.mrd[threshold], claim) for response in responses
    )
    return {"denominator": "treated", **rate(x, len(responses), limits)}


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
