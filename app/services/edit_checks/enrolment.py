"""Consent, eligibility and the end of participation beside what was done.

Source: the trial's protocol, populations (enrolled: consented, eligible, slot claimed) and
disposition; ICH E6 for consent before anything else.
"""

from collections.abc import Iterator
from typing import Final

from app.models.enrolment import EnrolmentFields
from app.schemas.record import Finding
from app.schemas.record_kinds import IMPORTED
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.subjects import Disposition

NO_ENROLMENT = Rule(
    "NO-ENROLMENT",
    "error",
    "the subject has no enrolment that stands; void its records, or enrol the subject again and "
    "send them there",
)
NO_CONSENT = Rule(
    "NO-CONSENT",
    "error",
    "the subject is enrolled or treated without a recorded consent; send its version and date",
)
UNKNOWN_CONSENT_VERSION = Rule(
    "UNKNOWN-CONSENT-VERSION",
    "warning",
    "the trial has no consent form of this version; correct the version",
)
CONSENT_BEFORE_APPROVAL = Rule(
    "CONSENT-BEFORE-APPROVAL",
    "warning",
    "the consent was signed before its version was approved; correct version or date",
)
ENROLLED_NOT_ELIGIBLE = Rule(
    "ENROLLED-NOT-ELIGIBLE",
    "error",
    "the subject is enrolled though this criterion is not satisfied; correct the answer or report "
    "a protocol deviation",
)
ELIGIBILITY_OPEN = Rule(
    "ELIGIBILITY-OPEN",
    "warning",
    "the subject is enrolled while this is not answered; send the answers",
)
ENROLLED_AFTER_TREATMENT = Rule(
    "ENROLLED-AFTER-TREATMENT",
    "warning",
    "treatment of the trial began before the enrolment; correct one of the dates",
)
TREATED_NOT_ENROLLED = Rule(
    "TREATED-NOT-ENROLLED",
    "error",
    "the subject was treated and is not enrolled; amend the enrolment or void the treatment",
)
SCREEN_FAILED_BUT_TREATED = Rule(
    "SCREEN-FAILED-BUT-TREATED",
    "error",
    "screening is recorded as failed, yet the subject was treated; correct one of the two",
)
DISPOSITION_WITHOUT_DEATH = Rule(
    "DISPOSITION-WITHOUT-DEATH",
    "error",
    "the subject left by death and no follow-up tells of it; send the follow-up with the date",
)
DISPOSITION_DIFFERS = Rule(
    "DISPOSITION-DIFFERS",
    "warning",
    "the subject is said to have left otherwise than by the death on record; correct one of them",
)


def consent(
    enrolment: CheckedRecord[EnrolmentFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice an enrolment without consent, and a consent that is no form of the trial."""
    fields = enrolment.fields
    if fields.consent is None:
        if fields.enrolled_on is not None:
            yield NO_CONSENT.at("consent")
        return
    forms = {form.version: form for form in trial.consents}
    if not forms:
        return
    form = forms.get(fields.consent.version)
    if form is None:
        yield UNKNOWN_CONSENT_VERSION.at("consent", "version")
    elif enrolment.is_before(fields.consent.signed_on, form.approved_on):
        yield CONSENT_BEFORE_APPROVAL.at("consent", "signed_on")


def eligibility(
    enrolment: CheckedRecord[EnrolmentFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice an enrolled subject with a criterion not satisfied, open, or none answered."""
    fields = enrolment.fields
    if fields.enrolled_on is None:
        return
    if not fields.eligibility:
        yield ELIGIBILITY_OPEN.at("eligibility")
    for index, answer in enumerate(fields.eligibility):
        if answer.met is False:
            yield ENROLLED_NOT_ELIGIBLE.at("eligibility", index, "met")
        elif answer.met is None:
            yield ELIGIBILITY_OPEN.at("eligibility", index, "met")


def enrolled_before_treatment(
    enrolment: CheckedRecord[EnrolmentFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice treatment of a subject who was not, or not yet, enrolled."""
    fields, anchors = enrolment.fields, course.anchors
    given = (*(before.first_day for before in course.lymphodepletion.earlier), anchors.infusion)
    treated = [day for day in (anchors.first_lymphodepletion, *given) if day is not None]
    if not treated:
        return
    if fields.screen_failure is not None:
        yield SCREEN_FAILED_BUT_TREATED.at("screen_failure")
    elif fields.enrolled_on is None:
        yield TREATED_NOT_ENROLLED.at("enrolled_on")
    elif fields.enrolled_on > min(treated):
        yield ENROLLED_AFTER_TREATMENT.at("enrolled_on")


def disposition(
    enrolment: CheckedRecord[EnrolmentFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Hold how the subject left against the death.

    Decision: whoever left before the death, as having completed, left alive.
    """
    end = enrolment.fields.off_study
    if end is None:
        return
    if end.disposition is Disposition.DIED and course.died is None:
        yield DISPOSITION_WITHOUT_DEATH.at("off_study", "disposition")
    died = course.died
    left_alive = died is None or end.date < died.earliest
    if end.disposition is not Disposition.DIED and not left_alive:
        yield DISPOSITION_DIFFERS.at("off_study", "disposition")


_MANY: Final = ("kinetics", "lab-results")
_ASKED: Final = (
    *(one.path for one in IMPORTED if not one.one_per_subject and one.path not in _MANY),
    *_MANY,
)
"""Paths of the kinds that need an enrolment; those that come by the hundred are asked last."""


def enrolment_is_there(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice records of a subject whose enrolment was voided; one of them stands for all."""
    if subject.enrolment is not None:
        return
    records = (record for kind in _ASKED for record in subject.of_kind(kind))
    first = next(records, None)
    if first is not None:
        yield RecordFinding(first, NO_ENROLMENT.at())


RECORD_CHECKS = (consent, eligibility, enrolled_before_treatment, disposition)
SUBJECT_CHECKS = (enrolment_is_there,)
