"""What the answer to a write says beside the record: its visit, the subject's status, findings."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.schemas.record import Finding, RecordIn, RecordKind
from app.services.derived_members import NO_VISIT
from app.services.edit_checks import on_record
from app.services.subject_course import SubjectCourse, visit_on
from app.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class Observed:
    """What was derived for an answer, as JSON to be spliced into the stored document.

    Attributes:
        visit: stands where the document says that no visit was named.
        members: the members that follow the document's own, with the closing brace.
    """

    visit: str
    members: str


def observe(kind: RecordKind, payload: RecordIn, course: SubjectCourse, trial: Trial) -> Observed:
    """Derive what goes with the answer to a submitted or amended record."""
    sent = getattr(payload, kind.dated_by) if kind.dated_by else None
    day = None if sent is None else str(sent)[:10]
    return observed(kind, day, course, trial, on_record(kind, payload, course, trial))


def observed(
    kind: RecordKind,
    day: str | None,
    course: SubjectCourse,
    trial: Trial,
    findings: Sequence[Finding] = (),
) -> Observed:
    """Write what was derived for an answer."""
    visit = None if kind.one_per_subject else visit_on(trial, course, day)
    status = f',"status":{json.dumps(course.status)}' if kind.one_per_subject else ""
    listed = ",".join(finding.model_dump_json() for finding in findings)
    return Observed(
        NO_VISIT if visit is None else f'"visit":{json.dumps(visit)}',
        f'{status},"findings":[{listed}]}}',
    )
