"""Adverse events beside the course of the subject, the death, and each other.

Source: ICH E2A for seriousness and expedited reporting; the trial's protocol for its collection
periods and its clock; ASTCT 2019 for the time of CRS.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from app.models.adverse_event import AdverseEventFields
from app.schemas.record import Finding
from app.services.edit_checks.astct import reported_syndrome
from app.services.edit_checks.rule import DAY, CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.services.written_dates import midnight
from app.trial.schedule import period_of
from app.trial.trial import Trial
from app.vocabularies.adverse_events import PROGRESSION_TERM, AesiKind, Outcome

AE_FATAL_WITHOUT_DEATH = Rule(
    "AE-FATAL-WITHOUT-DEATH",
    "error",
    "the event is fatal and no follow-up tells of the death; send the follow-up with the date of "
    "death, or correct the outcome",
)
AE_FATAL_DATE_DIFFERS = Rule(
    "AE-FATAL-DATE-DIFFERS",
    "error",
    "a fatal event ends with the death, and the follow-up has another date; correct one of them",
)
AE_FATAL_TWICE = Rule(
    "AE-FATAL-TWICE",
    "error",
    "two events of the subject are fatal; only the one that led to death is",
)
AE_END_AFTER_DEATH = Rule(
    "AE-END-AFTER-DEATH",
    "error",
    "the event ended after the subject's death; correct this date or the date of death",
)
AE_REPORTED_LATE = Rule(
    "AE-REPORTED-LATE",
    "warning",
    "the sponsor learnt of the event later than the protocol allows; correct the times or explain "
    "the delay in the narrative",
)
AE_REPORT_MISSING = Rule(
    "AE-REPORT-MISSING",
    "warning",
    "the event has to be reported to the sponsor at once; send when the centre learnt of it and "
    "when it reported it",
)
CRS_BEFORE_INFUSION = Rule(
    "CRS-BEFORE-INFUSION",
    "error",
    "CRS and ICANS follow the cells, and the onset is dated before the infusion; correct the onset "
    "or the kind",
)
CRS_LATE_ONSET = Rule(
    "CRS-LATE-ONSET",
    "warning",
    "the onset is unusually late for CRS; confirm the date, or that no infection explains it",
)
AE_OUTSIDE_COLLECTION = Rule(
    "AE-OUTSIDE-COLLECTION",
    "notice",
    "the onset lies outside every period of collection and the event counts in no table; before "
    "consent it is medical history",
)
CAUSALITY_MISSING = Rule(
    "CAUSALITY-MISSING",
    "notice",
    "the investigator has not judged the causality of the cells; until then the event counts as "
    "related",
)
PROGRESSION_AS_AE = Rule(
    "PROGRESSION-AS-AE",
    "warning",
    "progression of the myeloma is no adverse event in this trial; report its symptoms instead, "
    "and the death in a follow-up",
)
AE_TWICE = Rule(
    "AE-TWICE",
    "warning",
    "the subject has the same event with the same onset twice; void one",
)
WORSENING_NOT_WORSE = Rule(
    "WORSENING-NOT-WORSE",
    "warning",
    "the event is not of a higher grade than the one it is a worsening of; correct a grade or the "
    "reference",
)
WORSENING_OF_LATER = Rule(
    "WORSENING-OF-LATER",
    "warning",
    "the event named as the one that worsened was not there before the infusion; correct its onset "
    "or the reference",
)

LAST_USUAL_DAY_OF_CRS: Final = 14
"""Days after infusion; CRS rarely begins later. Decision: the consensus gives no limit."""


def fatal_event(
    event: CheckedRecord[AdverseEventFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Hold a fatal event, and the end of any other, against the death."""
    fields, died = event.fields, course.died
    if fields.outcome is not Outcome.FATAL:
        if event.is_before(died, fields.end):
            yield AE_END_AFTER_DEATH.at("end")
    elif died is None:
        yield AE_FATAL_WITHOUT_DEATH.at("outcome")
    elif event.is_before(died, fields.end) or event.is_before(fields.end, died):
        yield AE_FATAL_DATE_DIFFERS.at("end")


def reporting(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice an event to be expedited that was reported late, or of which nobody says when.

    Decision: the clock starts when the centre is aware; of an event that became serious later, at
    the end of that day, because its time is not asked for.
    """
    fields, rules = event.fields, trial.adverse_events
    severe = fields.grade is not None and fields.grade >= rules.report_aesi_from_grade
    if not (fields.serious or (fields.aesi_kind is not None and severe)):
        return
    if fields.aware_at is None or fields.reported_at is None:
        missing = "aware_at" if fields.aware_at is None else "reported_at"
        yield AE_REPORT_MISSING.at(missing)
        return
    began = fields.aware_at.instant
    if fields.became_serious_on is not None:
        began = max(began, midnight(fields.became_serious_on + DAY, event.zone))
    if fields.reported_at.instant - began > timedelta(hours=rules.report_within_hours):
        yield AE_REPORTED_LATE.at("reported_at")


def time_of_crs(
    event: CheckedRecord[AdverseEventFields], course: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice CRS or ICANS before the infusion, and CRS that begins late."""
    onset, infused_on = event.fields.onset, course.anchors.infusion
    kind = reported_syndrome(event.fields, trial)
    if infused_on is None or onset is None or kind is None:
        return
    late = infused_on + timedelta(LAST_USUAL_DAY_OF_CRS)
    if event.is_before(onset, course.infused_at):
        yield CRS_BEFORE_INFUSION.at("onset")
    elif kind is AesiKind.CRS and event.days(onset).earliest > late:
        yield CRS_LATE_ONSET.at("onset")


def collection(
    event: CheckedRecord[AdverseEventFields], course: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice an event of which every possible day lies outside the periods of collection."""
    if event.fields.onset is None:
        return
    onset = event.days(event.fields.onset)
    if not trial.adverse_events.periods or course.anchors.consent is None:
        return
    if all(period_of(trial, course.anchors, day) is None for day in (onset.earliest, onset.latest)):
        yield AE_OUTSIDE_COLLECTION.at("onset")


def causality(
    event: CheckedRecord[AdverseEventFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice an event after the infusion whose relation to the cells nobody judged."""
    fields, infused_at = event.fields, course.infused_at
    if infused_at is None or event.is_before(fields.onset, infused_at):
        return
    if fields.causality is None or fields.causality.car_t is None:
        yield CAUSALITY_MISSING.at("causality")


def progression(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice progression reported as an event of its own."""
    if event.fields.term == PROGRESSION_TERM and not trial.adverse_events.progression_is_event:
        yield PROGRESSION_AS_AE.at("term")


def one_fatal_event(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a second fatal event."""
    fatal = [other for other in subject.adverse_events if other.fields.outcome is Outcome.FATAL]
    for event in fatal[1:]:
        yield RecordFinding(event, AE_FATAL_TWICE.at("outcome"))


def events_are_reported_once(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice two records of one event: same term, same words, same onset.

    Of unknown onset they have the same end too.
    """
    seen = set()
    for event in subject.adverse_events:
        fields = event.fields
        dated = f"until {fields.end}" if fields.onset is None else event.days(fields.onset)
        same = (fields.term, fields.other_specify, dated)
        if same in seen:
            yield RecordFinding(event, AE_TWICE.at("onset"))
        seen.add(same)


def worsening(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold an event against the one before the infusion that it is a worsening of."""
    by_id = {event.record_id: event.fields for event in subject.adverse_events}
    for event in subject.adverse_events:
        named = event.fields.worsening_of
        before = by_id.get(named) if named is not None and named != event.record_id else None
        if before is None:
            continue
        if not _is_worse(event.fields, before):
            yield RecordFinding(event, WORSENING_NOT_WORSE.at("grade"))
        if event.is_before(subject.course.infused_at, before.onset):
            yield RecordFinding(event, WORSENING_OF_LATER.at("worsening_of"))


def _is_worse(event: AdverseEventFields, before: AdverseEventFields) -> bool:
    """Tell whether a grade is higher: of CTCAE, of ASTCT where one of them is missing."""
    if event.grade is not None and before.grade is not None:
        return event.grade > before.grade
    if event.astct is not None and before.astct is not None:
        return event.astct.grade > before.astct.grade
    return True


RECORD_CHECKS = (fatal_event, reporting, time_of_crs, collection, causality, progression)
SUBJECT_CHECKS = (one_fatal_event, events_are_reported_once, worsening)
