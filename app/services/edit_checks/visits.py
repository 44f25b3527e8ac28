"""Visits as sent beside the schedule, and visits that were missed although they were not.

Source: the trial's protocol, schedule of assessments.

Decision: a visit code that was sent stays what it is. It is only questioned when the visit's window
is known and the day lies outside it; ``UNS`` is never questioned.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from app.models.visit import VisitFields
from app.schemas.record import Finding
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.subject_course import SubjectCourse
from app.trial.anchors import Anchors
from app.trial.schedule import visit_windows
from app.trial.trial import Trial
from app.trial.visits import UNSCHEDULED
from app.vocabularies.visits import VisitStatus

VISIT_DIFFERS = Rule(
    "VISIT-DIFFERS",
    "warning",
    "the day lies outside the window of the visit named; correct the visit or the date, or leave "
    "the visit out",
)
VISIT_UNKNOWN = Rule(
    "VISIT-UNKNOWN",
    "warning",
    "the schedule has no such visit; send a code of the schedule, or UNS",
)
VISIT_TWICE = Rule(
    "VISIT-TWICE",
    "warning",
    "the visit is recorded twice; void one, or send the other as UNS",
)
MISSED_BUT_ASSESSED = Rule(
    "MISSED-BUT-ASSESSED",
    "warning",
    "the visit is recorded as not having taken place, yet something was collected in its window; "
    "correct the status or the dates",
)


def visit_is_the_days(
    record: CheckedRecord[Any], course: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Hold the visit that was sent against the one that the day belongs to."""
    sent = record.fields.visit
    if sent is None or sent == UNSCHEDULED or not trial.schedule.visits:
        return
    if sent not in _codes(trial):
        yield VISIT_UNKNOWN.at("visit")
    day = record.first_day
    if day is None or day != record.last_day:
        return
    if not _may_belong(trial, course.anchors, sent, day):
        yield VISIT_DIFFERS.at("visit")


@lru_cache(maxsize=8)
def _codes(trial: Trial) -> frozenset[str]:
    return frozenset(visit.code for visit in trial.schedule.visits)


@lru_cache(maxsize=20_000)
def _may_belong(trial: Trial, anchors: Anchors, code: str, day: date) -> bool:
    windows = [window for window in visit_windows(trial, anchors) if window.code == code]
    return not windows or any(window.holds(day) for window in windows)


def visits_are_recorded_once(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice two records of one scheduled visit that cannot come again."""
    again = {visit.code for visit in subject.trial.schedule.visits if visit.after_an_event}
    seen: set[str] = set()
    for visit in subject.visits:
        code = visit.fields.visit
        if code in seen and code != UNSCHEDULED and code not in again:
            yield RecordFinding(visit, VISIT_TWICE.at("visit"))
        seen.add(code)


def missed_visits_were_missed(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a missed visit in whose window the subject was assessed, or came to another record."""
    missed = [visit for visit in subject.visits if visit.fields.status is not VisitStatus.DONE]
    days = [record.first_day for record in (*subject.assessments, *_done(subject))]
    windows = visit_windows(subject.trial, subject.course.anchors)
    for visit in missed:
        own = [window for window in windows if window.code == visit.fields.visit]
        if any(window.holds(day) for window in own for day in days if day is not None):
            yield RecordFinding(visit, MISSED_BUT_ASSESSED.at("status"))


def _done(subject: SubjectRecords) -> list[CheckedRecord[VisitFields]]:
    return [visit for visit in subject.visits if visit.fields.status is VisitStatus.DONE]


SUBJECT_CHECKS = (visits_are_recorded_once, missed_visits_were_missed)
