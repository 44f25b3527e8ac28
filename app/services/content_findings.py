"""What a record says against itself, whatever else is known of its subject.

It is all that the result of an import line says of what it stored: the course of the subject and
its other records are looked at when the findings are listed.
"""

from collections.abc import Iterator

from app.models.lab_result import LabResultFields
from app.schemas.record import Finding, RecordIn
from app.services.edit_checks.laboratory import not_analysed
from app.services.edit_checks.plausibility import not_plausible_content
from app.services.edit_checks.rule import LabSample


def content_findings(payload: RecordIn) -> Iterator[Finding]:
    """Give the findings that follow from a record alone."""
    fields = LabSample.of(payload) if isinstance(payload, LabResultFields) else payload
    yield from not_plausible_content(fields)
    if isinstance(fields, LabSample):
        yield from not_analysed(fields)
