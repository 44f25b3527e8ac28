"""The response of a population as a report: rates, by month, times to response, residual disease.

Source: the trial's endpoint definitions, response rates, response by month and MRD negativity.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

from app.services.derivations.error_effects import ErrorClass
from app.services.derivations.response.unconfirmed_response import UnconfirmedReason
from app.services.derivations.subject.analysis import ResponseAnalysis, SubjectAnalysis
from app.services.derivations.time_to_event.time_to_response import (
    ResponseEndpoint,
    time_to_response,
    time_to_response_of_all,
)
from app.services.reports.cohort import members
from app.services.reports.question import Question
from app.services.reports.response_figures import (
    AT_LEAST,
    by_month,
    categories,
    described_days,
    rate,
    rates,
    reaches,
    residual_disease,
    tested,
)
from app.services.reports.survival import method_of, origin_of
from app.services.reports.survival_figures import estimated
from app.services.statistics.proportions import ProportionLimits
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseCategory, ResponseSource

USUAL_LIMITS: Final = "clopper_pearson"
TIMES: Final[tuple[ResponseEndpoint, ...]] = ("TTR", "TTCR", "TTBR")


def response_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report the response of the population asked about.

    A subject whose records contradict each other stays in N as NE, or leaves it, as the trial's
    policy says; it is listed either way.
    """
    limits = cast("ProportionLimits", question.conf_type or USUAL_LIMITS)
    cohort = members(analyses, question)
    if trial.policy.rates.data_errors == "drop":
        cohort = tuple(subject for subject in cohort if not _contradicted(subject))
    bests = [best_of(subject, question.response_source) for subject in cohort]
    responders = sum(reaches(best, ResponseCategory.PR) for best in bests)
    report: dict[str, Any] = {
        "conf_type": limits,
        "unit": "%",
        "denominator": question.population,
        "N": len(cohort),
        "n_evaluated": sum(best not in {None, ResponseCategory.NE} for best in bests),
        "n_missing": sum(best is None for best in bests),
        "rates": rates(bests, limits),
        "categories": categories(bests, limits),
        "unconfirmed": _unconfirmed(cohort, question, limits),
        "by_month": by_month(
            [
                None if _contradicted(subject) else _response(subject, question)
                for subject in cohort
            ],
            _scheduled(trial),
            limits,
        ),
        "time_to_response": _times(cohort, question),
        "TTR_all": _of_all(cohort, question, trial),
        "mrd": residual_disease(cohort, question.response_source, limits, trial.policy.mrd),
        "rows": (_row(subject, question) for subject in cohort),
    }
    if question.response_source is ResponseSource.DERIVED:
        report |= _of_the_derivation(cohort, limits)
    if question.p0 is not None:
        report["test"] = tested(responders, len(bests), question.p0)
    return report


def _scheduled(trial: Trial) -> list[str]:
    visits = trial.schedule.visits
    return [visit.code for visit in visits if visit.disease_evaluation == "scheduled"]


def best_of(analysis: SubjectAnalysis, source: ResponseSource) -> ResponseCategory | None:
    """Give the best confirmed response; None: no visit. A contradiction makes it NE."""
    if _contradicted(analysis):
        return ResponseCategory.NE
    response = analysis.responses.get(source)
    return None if response is None else response.best.best


def _contradicted(analysis: SubjectAnalysis) -> bool:
    return any(error.error_class is not ErrorClass.RECORD for error in analysis.data_errors)


def _response(analysis: SubjectAnalysis, question: Question) -> ResponseAnalysis | None:
    return analysis.responses.get(question.response_source)


def _of_the_derivation(
    cohort: Sequence[SubjectAnalysis], limits: ProportionLimits
) -> dict[str, Any]:
    """Give what only the derived categories have: the waiver of urine, and what blocked sCR.

    Those whose urine was never measured at baseline are counted apart among those whom the waiver
    lets reach a level.
    """
    waived = [
        ResponseCategory.NE
        if _contradicted(subject)
        else subject.responses[ResponseSource.DERIVED].best_urine_waived
        if ResponseSource.DERIVED in subject.responses
        else None
        for subject in cohort
    ]
    confirmed = [best_of(subject, ResponseSource.DERIVED) for subject in cohort]
    by_waiver: dict[str, Any] = {}
    for name in (">=VGPR", ">=CR"):
        level = AT_LEAST[name]
        gained = [
            subject
            for subject, best, beside in zip(cohort, confirmed, waived, strict=True)
            if reaches(beside, level) and not reaches(best, level)
        ]
        by_waiver[name] = {
            **rate(sum(reaches(best, level) for best in waived), len(waived), limits),
            "n_by_waiver": len(gained),
            "n_by_waiver_never_measured": sum(not subject.urine_measured for subject in gained),
        }
    return {
        "urine_for_vgpr": {"waived_if_not_measurable": by_waiver},
        "n_scr_blocked_by_ratio": sum(subject.scr_blocked_by_ratio for subject in cohort),
        "n_unmeasurable_at_baseline": sum(subject.track == "none" for subject in cohort),
        "n_clinical_relapse": sum(subject.clinical_relapse for subject in cohort),
    }


def _unconfirmed(
    cohort: Sequence[SubjectAnalysis], question: Question, limits: ProportionLimits
) -> dict[str, Any]:
    """Give the rates of what any one visit showed, and why some of it was not confirmed."""
    responses = [
        None if _contradicted(subject) else _response(subject, question) for subject in cohort
    ]
    bests = [None if response is None else response.best.best_unconfirmed for response in responses]
    reasons = {
        name: Counter(
            response.unconfirmed[level]
            for response in responses
            if response is not None and level in response.unconfirmed
        )
        for name, level in AT_LEAST.items()
    }
    return {
        "rates": rates(bests, limits),
        "categories": categories(bests, limits),
        "not_confirmed": {
            name: {
                "n": found.total(),
                "reasons": {reason.value: found[reason] for reason in UnconfirmedReason},
            }
            for name, found in reasons.items()
        },
    }


def _times(cohort: Sequence[SubjectAnalysis], question: Question) -> dict[str, Any]:
    return {
        endpoint: described_days(_days(subject, question, endpoint) for subject in cohort)
        for endpoint in TIMES
    }


def _of_all(cohort: Sequence[SubjectAnalysis], question: Question, trial: Trial) -> dict[str, Any]:
    """Give the time to first response of all: those without one to the end of observation.

    Source: the trial's endpoint definitions, ``TTR_all``.
    """
    key = (question.response_source, origin_of(question))
    times = [
        time_to_response_of_all(facts.at_horizon)
        for subject in cohort
        if (facts := subject.facts.get(key)) is not None and not _contradicted(subject)
    ]
    return estimated(times, method_of(replace(question, conf_type=None), trial))


def _days(analysis: SubjectAnalysis, question: Question, endpoint: ResponseEndpoint) -> int | None:
    facts = analysis.facts.get((question.response_source, origin_of(question)))
    if facts is None or _contradicted(analysis):
        return None
    time = time_to_response(facts.at_horizon, endpoint=endpoint)
    return None if time is None else time.days


def _row(analysis: SubjectAnalysis, question: Question) -> dict[str, Any]:
    response = analysis.responses.get(question.response_source)
    best = response.best if response is not None else None
    contradicted = _contradicted(analysis)
    return {
        "USUBJID": analysis.subject,
        "SITEID": analysis.centre,
        "best_response": best_of(analysis, question.response_source),
        "best_response_on": None if best is None or contradicted else best.best_on,
        "best_unconfirmed": best.best_unconfirmed if best else None,
        "first_response_on": best.first_response_on if best else None,
        "first_vgpr_on": best.first_vgpr_on if best else None,
        "first_complete_response_on": best.first_complete_response_on if best else None,
        "progression_on": best.progression_on if best else None,
        "unconfirmed_progression_on": best.unconfirmed_progression_on if best else None,
        "relapse_from_complete_response": best.relapse_from_complete_response if best else None,
        "track": analysis.track,
        "data_error": contradicted,
        "visits": response.days if response is not None else (),
    }
