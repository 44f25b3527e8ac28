"""Neurological assessments on the wire, and what one of them alone cannot mean.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38, tables 5 and 6.
"""

from collections.abc import Iterator

from app.models.neuro_assessment import NeuroAssessment, NeuroAssessmentFields
from app.schemas.record import Dating, RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.astct import ConsciousnessLevel, IceNotDoneReason, RaisedPressureFinding


def score_or_reason(assessment: NeuroAssessmentFields) -> Iterator[Refusal]:
    """Require an ICE score or the reason why there is none."""
    if assessment.ice is None and assessment.ice_not_done is None:
        yield Refusal(
            "ice",
            "ice_or_reason_missing",
            "write the ICE score, or in ice_not_done why there is none",
        )
    if assessment.ice is not None and assessment.ice_not_done is not None:
        yield Refusal(
            "ice_not_done", "reason_beside_a_score", "an ICE score needs no reason for having none"
        )


def consciousness(assessment: NeuroAssessmentFields) -> Iterator[Refusal]:
    """Hold the ICE test against the level of consciousness it was tried at."""
    level = assessment.consciousness
    if level is None:
        return
    unarousable = level is ConsciousnessLevel.UNAROUSABLE_OR_VIGOROUS_STIMULI
    if assessment.ice_not_done is IceNotDoneReason.UNAROUSABLE and not unarousable:
        yield Refusal(
            "consciousness",
            "unarousable_by_reason_only",
            "a subject too unarousable for ICE has this level of consciousness",
            (ConsciousnessLevel.UNAROUSABLE_OR_VIGOROUS_STIMULI,),
        )
    if unarousable and assessment.ice is not None and assessment.ice.score > 0:
        yield Refusal(
            "consciousness",
            "answers_of_the_unarousable",
            "a subject who answered ICE questions was aroused: write the level at the assessment",
        )


def findings(assessment: NeuroAssessmentFields) -> Iterator[Refusal]:
    """Require oedema to have been seen on imaging, and each other cause once."""
    if assessment.imaging_done is False and assessment.raised_pressure in {
        RaisedPressureFinding.FOCAL_EDEMA,
        RaisedPressureFinding.DIFFUSE_EDEMA,
    }:
        yield Refusal(
            "imaging_done", "oedema_without_imaging", "oedema is seen on imaging: write true"
        )
    for index, domain in enumerate(assessment.other_cause):
        if domain in assessment.other_cause[:index]:
            yield Refusal(("other_cause", index), "item_repeated", "name each domain once")


class NeuroAssessmentIn(NeuroAssessmentFields, ConsistentRecordIn):
    """A neurological assessment as a centre submits it."""

    rules = (score_or_reason, consciousness, findings)


class NeuroAssessmentOut(NeuroAssessmentFields, RecordOut):
    """A neurological assessment as the service gives it."""


NEURO_ASSESSMENTS = RecordKind(
    path="neuro-assessments",
    noun="neurological assessment",
    table=NeuroAssessment,
    submission=NeuroAssessmentIn,
    view=NeuroAssessmentOut,
    dated_by="assessed_at",
    dating=Dating.MEASURED,
    place_in_history="neuro_assessments",
    filters={"grade": "grade", "adverse_event": "adverse_event"},
    example={
        "source_id": "03-NEURO-0031",
        "visit": "D7",
        "assessed_at": "2026-03-09T08:30+08:00",
        "astct_version": "ASTCT 2019",
        "ice": {
            "orientation": 3,
            "naming": 2,
            "command": 1,
            "writing": 0,
            "attention": 0,
            "score": 6,
        },
        "handwriting_changed": True,
        "consciousness": "AWAKENS_TO_VOICE",
        "seizure": "NONE",
        "motor": "TREMOR_OR_MYOCLONUS",
        "raised_pressure": "NONE",
        "imaging_done": True,
        "intracranial_haemorrhage": False,
        "other_cause": [],
        "grade": 2,
        "examiner": "NEU-2",
        "adverse_event": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a",
    },
)
