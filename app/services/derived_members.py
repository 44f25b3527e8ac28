"""What an answer says beside the stored record: the visit it belongs to, a subject's status.

They follow from other records and are those of the moment: the ETag does not cover them.
"""

import json
from collections.abc import Mapping

from app.schemas.record import RecordKind
from app.services.derived_visit import names_no_visit, with_visit
from app.services.subject_course import SubjectCourse, visit_on
from app.trial.trial import Trial


def needs_course(kind: RecordKind, document: str) -> bool:
    """Tell whether something of a document's answer has to be derived."""
    return kind.one_per_subject or names_no_visit(document)


def completed(
    kind: RecordKind,
    document: str,
    day: str | None,
    trial: Trial,
    courses: Mapping[str, SubjectCourse],
    subject: str,
) -> str:
    """Give a document with its derived members.

    Args:
        day: the date of the record as it was sent; None when it has none.
    """
    course = courses.get(subject)
    if course is None:
        return document
    if kind.one_per_subject:
        return f'{document[:-1]},"status":{json.dumps(course.status)}}}'
    if names_no_visit(document):
        return with_visit(document, visit_on(trial, course, day))
    return document
