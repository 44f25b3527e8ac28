"""Adjudications beside the disease evaluations that they judge.

Source: the trial's analysis rules on the source of the response: an adjudicated category counts for
the evaluation that it names, and needs to be known as imaging or as biochemical progression.

Decision: a voided evaluation is not there, so that an adjudication of it points nowhere.
"""

from collections.abc import Iterator

from app.models.adjudication import AdjudicationFields
from app.schemas.record import Finding
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseCategory

ADJUDICATION_STALE = Rule(
    "ADJUDICATION-STALE",
    "warning",
    "the disease evaluation was amended after it was judged; read it again, and amend the "
    "adjudication to name its version or void it",
)
ADJUDICATION_WITHOUT_ASSESSMENT = Rule(
    "ADJUDICATION-WITHOUT-ASSESSMENT",
    "error",
    "the subject has no such disease evaluation, or not that version of it; name the one that was "
    "judged, or void the adjudication",
)
ADJUDICATED_TWICE = Rule(
    "ADJUDICATED-TWICE",
    "warning",
    "the disease evaluation has another adjudication, of which the one submitted last counts; void "
    "the other",
)
ADJUDICATED_PD_WITHOUT_BASIS = Rule(
    "ADJUDICATED-PD-WITHOUT-BASIS",
    "notice",
    "what the adjudicated progression rests on is not said; without it, it counts as biochemical "
    "and needs confirmation",
)


def basis_of_progression(
    adjudication: CheckedRecord[AdjudicationFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice an adjudicated progression that nobody says the basis of."""
    fields = adjudication.fields
    if fields.response is ResponseCategory.PD and fields.pd_basis is None:
        yield ADJUDICATED_PD_WITHOUT_BASIS.at("pd_basis")


def what_was_judged(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold each adjudication against the version of the evaluation that stands."""
    versions = {assessment.record_id: assessment.version for assessment in subject.assessments}
    for adjudication in subject.adjudications:
        fields = adjudication.fields
        standing = versions.get(fields.assessment)
        if standing is None:
            yield RecordFinding(adjudication, ADJUDICATION_WITHOUT_ASSESSMENT.at("assessment"))
        elif standing < fields.assessment_version:
            yield RecordFinding(
                adjudication, ADJUDICATION_WITHOUT_ASSESSMENT.at("assessment_version")
            )
        elif standing > fields.assessment_version:
            yield RecordFinding(adjudication, ADJUDICATION_STALE.at("assessment_version"))


def judged_once(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice every adjudication of an evaluation that has more than one."""
    judged = [verdict.fields.assessment for verdict in subject.adjudications]
    for adjudication in subject.adjudications:
        if judged.count(adjudication.fields.assessment) > 1:
            yield RecordFinding(adjudication, ADJUDICATED_TWICE.at("assessment"))


RECORD_CHECKS = (basis_of_progression,)
SUBJECT_CHECKS = (what_was_judged, judged_once)
