"""A record beside what its source says of it."""

from collections.abc import Iterator
from typing import Any

from app.schemas.record import Finding
from app.services.edit_checks.rule import CheckedRecord, Rule
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial

SOURCE_DIFFERS = Rule(
    "SOURCE-DIFFERS",
    "warning",
    "a person corrected this, and the source still says otherwise; have it corrected at the "
    "source, or amend the record once more as it is and say why",
)
SOURCE_OVERRIDES_CORRECTION = Rule(
    "SOURCE-OVERRIDES-CORRECTION",
    "warning",
    "a person had corrected this, and the source has changed it since: the source's word stands "
    "now; look at both, and correct the record again if the person was right",
)


def source_differs(record: CheckedRecord[Any], _: SubjectCourse, __: Trial) -> Iterator[Finding]:
    """Notice each member that a person corrected and that the source says otherwise."""
    for member in record.differs:
        yield SOURCE_DIFFERS.at(member)
