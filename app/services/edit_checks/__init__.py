"""One record against the rest of the subject's data. A check never refuses: it gives findings."""

from collections.abc import Sequence

from app.schemas.record import Finding, RecordIn, RecordKind
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial


def on_record(
    kind: RecordKind,  # noqa: ARG001
    payload: RecordIn,  # noqa: ARG001
    course: SubjectCourse,  # noqa: ARG001
    trial: Trial,  # noqa: ARG001
) -> Sequence[Finding]:
    """Give what a record's own content says against the course of its subject."""
    return ()
