"""Therapies beside the infusion, the death, and the events that they were given for.

Source: the trial's analysis rules on new anti-myeloma therapy (integrity errors: before the
infusion; therapy after death) and on CRS and ICANS treatment.
"""

from collections.abc import Iterator

from app.models.therapy import TherapyFields
from app.schemas.record import Finding
from app.schemas.therapy import counts_as_new_therapy
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.therapies import TherapyKind

NEW_THERAPY_BEFORE_INFUSION = Rule(
    "NEW-THERAPY-BEFORE-INFUSION",
    "error",
    "new anti-myeloma therapy is dated before the infusion; correct the start or the kind: "
    "bridging belongs to the preparation",
)
THERAPY_AFTER_DEATH = Rule(
    "THERAPY-AFTER-DEATH",
    "error",
    "the therapy is dated after the subject's death; correct this date or the date of death",
)
THERAPY_BEFORE_EVENT = Rule(
    "THERAPY-BEFORE-EVENT",
    "warning",
    "the therapy began before the adverse event that it was given for; correct one of the dates "
    "or the reference",
)
TREATMENT_UNLINKED = Rule(
    "TREATMENT-UNLINKED",
    "notice",
    "names no adverse event; name the one it was given for, or it counts as treatment of none",
)

_GIVEN_FOR_EVENTS = frozenset(
    {TherapyKind.TOCILIZUMAB, TherapyKind.SILTUXIMAB, TherapyKind.ANAKINRA, TherapyKind.VASOPRESSOR}
)
"""Kinds that after CAR-T cells are given for CRS, ICANS or what goes with them."""


def new_therapy_before_infusion(
    therapy: CheckedRecord[TherapyFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a new anti-myeloma therapy that ended no response, because there was none yet."""
    early = therapy.is_before(therapy.fields.start, course.anchors.infusion)
    if early and counts_as_new_therapy(therapy.fields):
        yield NEW_THERAPY_BEFORE_INFUSION.at("start")


def therapy_after_death(
    therapy: CheckedRecord[TherapyFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a therapy that began or ended after the death."""
    if therapy.is_before(course.died, therapy.fields.start):
        yield THERAPY_AFTER_DEATH.at("start")
    elif therapy.is_before(course.died, therapy.fields.end):
        yield THERAPY_AFTER_DEATH.at("end")


def treatment_has_its_event(
    therapy: CheckedRecord[TherapyFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a treatment of CRS or ICANS that names no event."""
    fields, infused_at = therapy.fields, course.infused_at
    if fields.therapy_kind not in _GIVEN_FOR_EVENTS or fields.adverse_events:
        return
    if infused_at is not None and not therapy.is_before(fields.start, infused_at):
        yield TREATMENT_UNLINKED.at("adverse_events")


def therapy_follows_its_event(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a therapy that began before the event it was given for."""
    onsets = {event.record_id: event.fields.onset for event in subject.adverse_events}
    for therapy in subject.therapies:
        for index, event in enumerate(therapy.fields.adverse_events):
            if therapy.is_before(therapy.fields.start, onsets.get(event)):
                yield RecordFinding(therapy, THERAPY_BEFORE_EVENT.at("adverse_events", index))


RECORD_CHECKS = (new_therapy_before_infusion, therapy_after_death, treatment_has_its_event)
SUBJECT_CHECKS = (therapy_follows_its_event,)
