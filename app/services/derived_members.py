"""What an answer says beside the stored record: the visit it belongs to, a subject's status.

They follow from other records and are those of the moment: the ETag does not cover them.
"""

import json
from collections.abc import Mapping

from app.schemas.record import RecordKind
from app.services.subject_course import SubjectCourse, visit_on
from app.trial.trial import Trial

NO_VISIT = '"visit":null'
"""How a document says that its sender named no visit. In a text its quotes would be escaped, and in
a part a space would follow the colon, so it can stand in one place only."""


def visit_derived(visit: str | None) -> str:
    """Write, in the place of :data:`NO_VISIT`, the visit that was derived, and that it was."""
    return NO_VISIT if visit is None else f'"visit":{json.dumps(visit)},"visit_derived":true'


def needs_course(kind: RecordKind, document: str) -> bool:
    """Tell whether something of a document's answer has to be derived."""
    return kind.one_per_subject or NO_VISIT in document


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
    if NO_VISIT in document:
        return document.replace(NO_VISIT, visit_derived(visit_on(trial, course, day)), 1)
    return document
