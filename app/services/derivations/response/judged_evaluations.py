"""A subject's responses from visit to visit, each still unconfirmed.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4; the trial's endpoint definitions for
the dates of evaluations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from app.services.criteria.imwg.baseline import MeasurableDisease, measurable_disease
from app.services.criteria.imwg.classify import classify
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import DiseaseEvaluation, MrdSample, PetCt
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.merging import PARTS, merged_by_day
from app.services.criteria.imwg.mrd import dated_sample
from app.services.criteria.imwg.progression_rules import UNANSWERED
from app.services.criteria.imwg.questions import EvaluationQuestion, questions_of_baseline
from app.services.criteria.imwg.usable import MyelomaType, usable
from app.services.criteria.imwg.visit_response import ReviewFlag, VisitResponse
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import PdBasis, ResponseCategory

WORST_FIRST: tuple[ResponseCategory, ...] = (
    ResponseCategory.PD,
    ResponseCategory.SD,
    ResponseCategory.MR,
    ResponseCategory.PR,
    ResponseCategory.VGPR,
    ResponseCategory.CR,
    ResponseCategory.SCR,
    ResponseCategory.NE,
)
"""Which of two complete records of one day stands: the worse one, and NE only for want of any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCourse:
    """The visits of one subject after infusion, by the day they are dated."""

    visits: tuple[VisitResponse, ...]
    measurable: MeasurableDisease
    baseline_questions: tuple[EvaluationQuestion, ...]
    """What the baseline asks about."""
    myeloma: MyelomaType
    """The myeloma's protein, completed from the baseline evaluation."""


def response_course(
    baseline: DiseaseEvaluation | None,
    evaluations: Iterable[DiseaseEvaluation],
    *,
    infused_on: date,
    myeloma: MyelomaType,
    policy: ImwgPolicy,
    until: date | None = None,
    details: ImwgDetails = USUAL_DETAILS,
    explained: bool = True,
) -> ResponseCourse:
    """Give the category of each of a subject's evaluations after infusion.

    Records of one day are one evaluation; evaluations whose category falls on the same day are one
    visit, and the worst stands. Evaluations up to the infusion day are ignored: a sample of that
    day is neither baseline nor response.

    Args:
        baseline: the baseline, each component with its own day; None: there is none, so nothing is
            measurable and only lesions can show progression.
        evaluations: the subject's evaluations, in any order; those up to infusion may be among
            them.
        infused_on: day of the first infusion.
        myeloma: what the enrolment record says of the myeloma's protein.
        policy: how the criteria are read.
        until: data cut-off: nothing collected later is looked at, not even a part of an evaluation
            that began earlier. None: no cut-off.
        details: reading of the criteria beside the policy.
        explained: whether each marker's change is given too.

    Raises:
        ValueError: a value the rules cannot read: negative, or in a unit its marker does not have.
    """
    history = history_of(
        baseline,
        evaluations,
        infused_on=infused_on,
        myeloma=myeloma,
        policy=policy,
        until=until,
        details=details,
    )
    judged = [classify(history, visit, explained=explained) for visit in history.visits]
    return ResponseCourse(
        visits=_one_each_day(judged),
        measurable=history.measurable,
        baseline_questions=questions_of_baseline(history, myeloma.isotypes),
        myeloma=history.myeloma,
    )


def history_of(
    baseline: DiseaseEvaluation | None,
    evaluations: Iterable[DiseaseEvaluation],
    *,
    infused_on: date,
    myeloma: MyelomaType,
    policy: ImwgPolicy,
    until: date | None = None,
    details: ImwgDetails = USUAL_DETAILS,
) -> History:
    """Read a subject's baseline and evaluations as the rules do; see :func:`response_course`."""
    initial = baseline or DiseaseEvaluation(evaluation_id="baseline", anchor=infused_on)
    known = myeloma.known_from(initial, policy, details)
    read_baseline = usable(initial, known, policy, details)
    after = [
        _as_known(evaluation, until)
        for evaluation in evaluations
        if infused_on < evaluation.anchor and (until is None or evaluation.anchor <= until)
    ]
    return History(
        infused_on=infused_on,
        baseline=read_baseline,
        visits=tuple(
            usable(evaluation, known, policy, details)
            for day in merged_by_day(after)
            for evaluation in day
        ),
        myeloma=known,
        measurable=measurable_disease(read_baseline, known, policy),
        policy=policy,
        details=details,
    )


def with_urine_waived(visits: Iterable[VisitResponse]) -> tuple[VisitResponse, ...]:
    """Give the visits as they are where VGPR does not ask for unmeasurable urine.

    Source: IMWG 2016 asks for urine; the waiver is the variant that is always returned (Q8).
    """
    return _one_each_day(
        [
            visit
            if visit.same_with_urine_waived
            else replace(visit, category=visit.urine_waived, assessed_on=visit.urine_waived_on)
            for visit in visits
        ]
    )


def _as_known(evaluation: DiseaseEvaluation, until: date | None) -> DiseaseEvaluation:
    if until is None:
        return evaluation
    unknown: dict[str, Any] = {
        name: None
        for name in PARTS
        if (collected_on := _collected_on(getattr(evaluation, name))) and collected_on > until
    }
    sample = dated_sample(evaluation)
    if sample is not None and sample.collected_on is not None and sample.collected_on > until:
        unknown["mrd"] = None
    days = (spike.collected_on for spike in evaluation.serum_m_proteins or ())
    if any(day is not None and day > until for day in days):
        unknown["serum_m_proteins"] = None
    lesions = evaluation.new_lesions
    if lesions is not None:
        unknown["new_lesions"] = tuple(
            lesion for lesion in lesions if lesion.found_on is None or lesion.found_on <= until
        )
    return replace(evaluation, **unknown)


def _collected_on(part: Any) -> date | None:
    day: date | None = getattr(part, "collected_on", None) or getattr(part, "imaged_on", None)
    return day


def _one_each_day(judged: Sequence[VisitResponse]) -> tuple[VisitResponse, ...]:
    ordered = sorted(judged, key=lambda visit: visit.assessed_on)
    return tuple(
        _worst(list(visits)) for _, visits in groupby(ordered, lambda visit: visit.assessed_on)
    )


def _worst(visits: list[VisitResponse]) -> VisitResponse:
    def badness(visit: VisitResponse) -> tuple[int, int]:
        least_conclusive = (PdBasis.IMAGING, PdBasis.MARROW, PdBasis.BIOCHEMICAL, UNANSWERED, None)
        return WORST_FIRST.index(visit.category), least_conclusive.index(visit.basis)

    worst = min(visits, key=badness)
    if len(visits) == 1:
        return worst
    names = (name for visit in visits for name in visit.evaluation_ids)
    flags = list(worst.flags)
    if len({visit.category for visit in visits} - {ResponseCategory.NE}) > 1:
        flags.append(ReviewFlag.CONFLICTING_RECORDS)
    signs = {sign for visit in visits for sign in visit.relapse_signs}
    return replace(
        worst,
        evaluation_ids=tuple(dict.fromkeys(names)),
        relapse_signs=tuple(sorted(signs, key=lambda found: (found.collected_on, found.sign))),
        flags=tuple(flags),
        clinical_relapse=tuple(
            dict.fromkeys(sign for visit in visits for sign in visit.clinical_relapse)
        ),
        questions=tuple(
            dict.fromkeys(question for visit in visits for question in visit.questions)
        ),
        mrd=min((visit.mrd for visit in visits if visit.mrd), key=_disease_first, default=None),
        pet_ct=min(
            (visit.pet_ct for visit in visits if visit.pet_ct), key=_disease_first, default=None
        ),
    )


def _disease_first(found: MrdSample | PetCt) -> int:
    """Rank results of one day as categories are: what shows disease stands, NE loses to all."""
    return ("positive", "negative", "not_evaluable").index(found.result)
