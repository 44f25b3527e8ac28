"""Records against the rest of the subject's data. A check never refuses: it gives findings."""

from collections.abc import Iterator
from typing import Any

from app.schemas.assessment import ASSESSMENTS
from app.schemas.record import Finding
from app.services.edit_checks import plausibility
from app.services.edit_checks.catalogue import (
    ASSESSMENT_CHECKS,
    LISTED_CHECKS,
    RECORD_CHECKS,
    RULES,
    SUBJECT_CHECKS,
)
from app.services.edit_checks.rule import (
    CheckedRecord,
    LabSample,
    RecordFinding,
    Rule,
    SubjectRecords,
)
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial

__all__ = [
    "RULES",
    "CheckedRecord",
    "LabSample",
    "RecordFinding",
    "Rule",
    "SubjectRecords",
    "on_record",
    "on_subject",
]


def on_record(record: CheckedRecord[Any], course: SubjectCourse, trial: Trial) -> Iterator[Finding]:
    """Give what a record's own content says against the course of its subject."""
    yield from plausibility.not_plausible_values(record)
    read = record.as_analysed()
    for check in RECORD_CHECKS[record.kind]:
        yield from check(read, course, trial)


def on_subject(
    subject: SubjectRecords, *, about: CheckedRecord[Any] | None = None
) -> Iterator[RecordFinding]:
    """Give what the records of a subject say against each other.

    Args:
        about: give only what is about this one of them.
    """
    records = (
        (record for kind in RECORD_CHECKS for record in subject.of_kind(kind))
        if about is None
        else (about,)
    )
    for record in records:
        for finding in on_record(record, subject.course, subject.trial):
            yield RecordFinding(record, finding)
    read = subject.as_analysed()
    checks = SUBJECT_CHECKS if about is not None else (*SUBJECT_CHECKS, *LISTED_CHECKS)
    if about is None or about.kind == ASSESSMENTS.path:
        checks = (*checks, *ASSESSMENT_CHECKS)
    for check in checks:
        for noticed in check(read):
            if about is None or noticed.record.record_id == about.record_id:
                yield noticed
