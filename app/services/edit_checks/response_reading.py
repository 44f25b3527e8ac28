"""A subject's evaluations as the response criteria read them, for the checks that follow from it.

The checks and the endpoints read by the same rules: what a check asks about is what a figure used.
"""

from dataclasses import dataclass
from typing import Final

from app.services.analysis_values import myeloma_type
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.history import History
from app.services.derivations.response.disease_baseline import DiseaseBaseline, disease_baseline
from app.services.derivations.response.judged_evaluations import history_of
from app.services.derivations.subject_history import NOTHING_SAID
from app.services.edit_checks.rule import SubjectRecords
from app.services.evaluation_values import disease_evaluation

_READING: Final = "response"


@dataclass(frozen=True, slots=True)
class ResponseReading:
    """What the criteria know of an infused subject."""

    baseline: DiseaseBaseline
    history: History


def response_reading(subject: SubjectRecords) -> ResponseReading | None:
    """Read the evaluations of a subject, once for all checks; None: never infused, or none sent."""
    infused_on = subject.course.anchors.infusion
    if infused_on is None or not subject.assessments:
        return None
    known: ResponseReading | None = subject.readings.get(_READING)
    if known is not None:
        return known
    policy = subject.trial.policy.imwg
    details = ImwgDetails(components=subject.trial.response.components)
    enrolled = subject.enrolment
    myeloma = myeloma_type(enrolled.fields) if enrolled else NOTHING_SAID
    evaluations = [
        disease_evaluation(str(assessment.record_id), assessment.fields, assessment.zone)
        for assessment in subject.assessments
    ]
    bridging = [
        preparation.days(preparation.fields.bridging.start).earliest
        for preparation in subject.preparations
        if preparation.fields.bridging
        and preparation.fields.bridging.given
        and preparation.fields.bridging.start
    ]
    baseline = disease_baseline(
        evaluations,
        infused_on=infused_on,
        lymphodepletion_from=subject.course.anchors.first_lymphodepletion,
        bridging_from=min(bridging, default=None),
        myeloma=myeloma,
        policy=policy,
        details=details,
    )
    history = history_of(
        baseline.evaluation if baseline.collected else None,
        evaluations,
        infused_on=infused_on,
        myeloma=myeloma,
        policy=policy,
        details=details,
    )
    subject.readings[_READING] = reading = ResponseReading(baseline, history)
    return reading
