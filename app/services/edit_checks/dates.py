"""Dates of records beside the days that matter of their subject.

Source: the trial's analysis rules on dates (integrity errors, horizon) and its schedule.

Decision: a partial date is called wrong only when every day it can mean is.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from app.models.values import PartialDate
from app.schemas.record import Finding
from app.services.edit_checks.date_members import date_members
from app.services.edit_checks.rule import CheckedRecord, Rule
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial

DATE_AFTER_DEATH = Rule(
    "DATE-AFTER-DEATH",
    "error",
    "is dated after the subject's death; correct this date or the date of death",
)
BEFORE_CONSENT = Rule(
    "BEFORE-CONSENT",
    "warning",
    "is dated before the consent; correct one of the two dates, or confirm that it was routine "
    "care which the consent covers",
)
TREATED_BEFORE_CONSENT = Rule(
    "TREATED-BEFORE-CONSENT",
    "error",
    "a treatment of the trial is dated before the consent; correct one of the two dates or report "
    "a protocol deviation",
)
DATE_IN_FUTURE = Rule(
    "DATE-IN-FUTURE",
    "error",
    "was dated later than the day it was sent; correct the date",
)
AFTER_HORIZON = Rule(
    "AFTER-HORIZON",
    "notice",
    "lies after the horizon of the trial and counts for no endpoint; nothing to do if the date is "
    "right",
)
AFTER_OFF_STUDY = Rule(
    "AFTER-OFF-STUDY",
    "warning",
    "is dated after the subject left the trial; correct this date or the day of leaving",
)


def after_death(record: CheckedRecord[Any], course: SubjectCourse, _: Trial) -> Iterator[Finding]:
    """Notice what is dated after the last day that the death can mean."""
    if course.died is not None and _begins_after(record, _latest(course.died)):
        yield DATE_AFTER_DEATH.at(record.dated_by)


@lru_cache(maxsize=1024)
def _latest(died: PartialDate) -> date:
    """Give the last day a death can mean; asked for every record of a subject who died."""
    return died.latest


def before_consent(
    record: CheckedRecord[Any], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice what was measured before the subject consented."""
    if _ends_before(record, course.anchors.consent):
        yield BEFORE_CONSENT.at(record.dated_by)


def treated_before_consent(
    record: CheckedRecord[Any], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a leukapheresis or infusion before consent."""
    if _ends_before(record, course.anchors.consent):
        yield TREATED_BEFORE_CONSENT.at(record.dated_by)


def in_future(record: CheckedRecord[Any], _: SubjectCourse, __: Trial) -> Iterator[Finding]:
    """Notice every date that is later than any calendar showed when its version was recorded."""
    for way, written in date_members(record.fields):
        if record.days(written).earliest > record.recorded_on:
            yield DATE_IN_FUTURE.at(*way)


def after_horizon(record: CheckedRecord[Any], course: SubjectCourse, _: Trial) -> Iterator[Finding]:
    """Notice what lies after the horizon."""
    if _begins_after(record, course.anchors.horizon):
        yield AFTER_HORIZON.at(record.dated_by)


def after_off_study(
    record: CheckedRecord[Any], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice what was measured after the subject left the trial."""
    if _begins_after(record, course.off_study):
        yield AFTER_OFF_STUDY.at(record.dated_by)


def _begins_after(record: CheckedRecord[Any], day: date | None) -> bool:
    return day is not None and record.first_day is not None and record.first_day > day


def _ends_before(record: CheckedRecord[Any], day: date | None) -> bool:
    return day is not None and record.last_day is not None and record.last_day < day
