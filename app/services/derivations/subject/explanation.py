"""Why a subject's response is what it is: visit by visit, down to the records.

Source: the trial's design, the explanation; the trial's rules for derived versus investigator
response.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from app.services.criteria.imwg.baseline import MeasurableDisease
from app.services.criteria.imwg.comparison import compare
from app.services.criteria.imwg.questions import EvaluationQuestion
from app.services.criteria.imwg.visit_response import VisitResponse
from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.response.clinical_relapse import clinical_relapse
from app.services.derivations.response.confirmed_response import ConfirmedVisit
from app.services.derivations.response.course_comparison import compare_courses
from app.services.derivations.response.mrd_status import mrd_visits
from app.services.derivations.response.response_discrepancies import (
    Discrepancy,
    discrepancies,
    judgement_of,
)
from app.services.derivations.subject.responses_by_source import Responses, responses_up_to
from app.services.derivations.subject_history import SubjectHistory
from app.trial.anchors import add_months
from app.trial.schedule import anchors_of, visit_of
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseSource


def explained(history: SubjectHistory, trial: Trial) -> dict[str, Any]:
    """Explain the response of one subject; before the infusion there is none to explain."""
    infused_on = history.infused_on
    answer: dict[str, Any] = {
        "subject": history.subject,
        "centre": history.centre,
        "infused_on": infused_on,
        "policy": trial.policy.imwg.model_dump(mode="json"),
        "baseline": None,
        "visits": [],
        "best": None,
        "by_source": {},
        "comparison": None,
        "mrd": [],
    }
    if infused_on is None:
        return answer
    responses = responses_of(history, trial)
    derived = responses.by_source[ResponseSource.DERIVED]
    records = {
        assessment.evaluation.evaluation_id: assessment.record for assessment in history.assessments
    }
    return {
        **answer,
        "horizon": add_months(infused_on, history.horizon_months),
        "counted_until": responses.until,
        "not_plausible": tuple(
            {"record": number.record, "member": number.member}
            for number in history.not_plausible
            if number.record.kind == "assessments"
        ),
        "new_therapy_on": responses.new_therapy_on[ResponseSource.DERIVED],
        "died_of_myeloma_on": responses.died_of_myeloma_on,
        "baseline": _baseline(responses, records),
        "visits": _visits(history, trial, responses, records),
        "best": derived.best,
        "by_source": {
            source.value: response.best for source, response in responses.by_source.items()
        },
        "comparison": _comparison(responses),
        "mrd": mrd_visits(responses.derived.visits, trial.policy.mrd),
    }


def derived_response(
    history: SubjectHistory, trial: Trial, assessment: uuid.UUID
) -> dict[str, Any] | None:
    """Give what one evaluation says beside the subject's others; None: it is no response."""
    if history.infused_on is None:
        return None
    responses = responses_of(history, trial)
    confirmed = {
        rated.visit.assessed_on: rated
        for rated in responses.by_source[ResponseSource.DERIVED].visits
    }
    for visit in responses.derived.visits:
        if str(assessment) in visit.evaluation_ids:
            so_far = confirmed[visit.assessed_on]
            return {
                "category": visit.category,
                "confirmed": so_far.confirmed,
                "state": so_far.state,
                "assessed_on": visit.assessed_on,
                "rules": visit.rules,
                "best_so_far": so_far.running,
            }
    return None


def responses_of(history: SubjectHistory, trial: Trial) -> Responses:
    """Give the responses of an infused subject up to the earlier of data cut and horizon.

    Raises:
        ValueError: the subject was never infused.
    """
    if history.infused_on is None:
        raise ValueError("a subject without an infusion has no response")
    horizon = add_months(history.infused_on, history.horizon_months)
    until = min(history.data_cut, horizon)
    return responses_up_to(history, trial, history.infused_on, until, explained=True)


def discrepancies_of(history: SubjectHistory, trial: Trial) -> tuple[Discrepancy, ...]:
    """Give the visits of a subject on which the derived and the investigator's category differ."""
    if history.infused_on is None:
        return ()
    responses = responses_of(history, trial)
    derived = responses.by_source[ResponseSource.DERIVED]
    return discrepancies(
        tuple(visit.visit for visit in derived.visits),
        history.assessments,
        trial.policy.imwg,
        infused_on=history.infused_on,
        new_therapy_on=responses.new_therapy_on[ResponseSource.DERIVED],
        died_of_myeloma_on=responses.died_of_myeloma_on,
    )


def _baseline(responses: Responses, records: Mapping[str, RecordRef]) -> dict[str, Any]:
    baseline, course = responses.judged.baseline, responses.derived
    return {
        "latest": baseline.evaluation.anchor,
        "collected": baseline.collected,
        "old": baseline.old,
        "before_bridging": baseline.before_bridging,
        "track": course.measurable.track,
        "measurable": course.measurable,
        "involved_light_chain": course.myeloma.involved,
        "serum_method": serum_method(course.measurable),
        "own_isotypes": course.myeloma.isotypes,
        "questions": _questions(course.baseline_questions),
        "records": [records[name] for name in baseline.evaluation_ids if name in records],
    }


def _visits(
    history: SubjectHistory, trial: Trial, responses: Responses, records: Mapping[str, RecordRef]
) -> list[dict[str, Any]]:
    anchors = anchors_of(
        trial,
        infusion=history.infused_on,
        first_lymphodepletion=lymphodepletion_of(history).first_day,
    )
    confirmed = {
        visit.visit.assessed_on: visit
        for visit in responses.by_source[ResponseSource.DERIVED].visits
    }
    return [
        {
            "visit": visit_of(trial, anchors, visit.anchor),
            "records": [records[name] for name in visit.evaluation_ids if name in records],
            **_judged(visit),
            "clinical_relapse": clinical_relapse(visit, history),
            **_confirmed(confirmed[visit.assessed_on]),
            "investigator": _investigator(history, confirmed[visit.assessed_on], visit),
            "adjudicated": next(
                (
                    assessment.adjudicated
                    for assessment in history.assessments
                    if assessment.adjudicated
                    and assessment.evaluation.evaluation_id in visit.evaluation_ids
                ),
                None,
            ),
        }
        for visit in responses.derived.visits
    ]


def _judged(visit: VisitResponse) -> dict[str, Any]:
    return {
        "anchor": visit.anchor,
        "assessed_on": visit.assessed_on,
        "category": visit.category,
        "rules": visit.rules,
        "track": visit.track,
        "progression": visit.progression,
        "basis": visit.basis,
        "ceiling": visit.ceiling,
        "not_shown": visit.not_shown,
        "carried_forward": visit.carried_forward,
        "markers": visit.markers,
        "relapse_signs": visit.relapse_signs,
        "flags": visit.flags,
        "serum_m_proteins": visit.m_proteins,
        "questions": _questions(visit.questions),
        "mrd": visit.mrd,
        "pet_ct": visit.pet_ct,
        "urine_waived": visit.urine_waived,
    }


def serum_method(measurable: MeasurableDisease) -> str:
    """Say what serum is measured by in a subject: electrophoresis, or a class of immunoglobulin."""
    followed = measurable.immunoglobulin
    return "electrophoresis" if followed is None else f"quantitative {followed}"


def _questions(questions: Iterable[EvaluationQuestion]) -> list[dict[str, str]]:
    return [
        {"code": question.code, "pointer": "".join(f"/{step}" for step in question.part)}
        for question in questions
    ]


def _confirmed(visit: ConfirmedVisit) -> dict[str, Any]:
    return {
        "confirmed": visit.confirmed,
        "running": visit.running,
        "state": visit.state,
        "confirmed_by": visit.confirmed_by,
        "in_endpoint_set": visit.in_endpoint_set,
        "warning": visit.warning,
    }


def _investigator(
    history: SubjectHistory, confirmed: ConfirmedVisit, visit: VisitResponse
) -> dict[str, Any] | None:
    judged = judgement_of(confirmed.visit, history.assessments)
    if judged is None:
        return None
    _, judgement = judged
    return {
        "category": judgement.category,
        "pd_basis": judgement.pd_basis,
        "dated": judgement.dated,
        "agreement": compare(visit.category, judgement.category).code,
    }


def _comparison(responses: Responses) -> dict[str, Any]:
    compared = compare_courses(
        responses.by_source[ResponseSource.DERIVED].best,
        responses.by_source[ResponseSource.INVESTIGATOR].best,
    )
    return {
        "best": compared.best.code if compared.best else None,
        "first_response": {
            "derived": compared.first_response.derived,
            "investigator": compared.first_response.investigator,
            "days_later": compared.first_response.days_later,
        },
        "progression": {
            "derived": compared.progression.derived,
            "investigator": compared.progression.investigator,
            "days_later": compared.progression.days_later,
        },
    }
