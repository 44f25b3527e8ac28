"""What a record says against itself, whatever else is known of its subject.

It is all that the result of an import line says of what it stored: the course of the subject and
its other records are looked at when the findings are listed.
"""

from collections.abc import Iterator

from app.models.lab_result import LabResultFields
from app.schemas.record import Finding, RecordIn
from app.services.edit_checks.laboratory import not_analysed
from app.services.edit_checks.plausibility import not_plausible_content
from app.services.edit_checks.rule import LabSample, impossible_result
from app.vocabularies.laboratory import find_analyte


def content_findings(payload: RecordIn) -> Iterator[Finding]:
    """Give the findings that follow from a record alone."""
    if isinstance(payload, LabResultFields) and _is_usual(payload):
        return
    fields = LabSample.of(payload) if isinstance(payload, LabResultFields) else payload
    yield from not_plausible_content(fields)
    if isinstance(fields, LabSample):
        yield from not_analysed(fields)


def _is_usual(result: LabResultFields) -> bool:
    """Tell whether there is nothing to say of a result, as of nearly every one of a file."""
    if find_analyte(result.analyte) is None:
        return False
    if result.value is None or result.unit is None:
        return True
    limits = result.reference_range
    impossible = impossible_result(
        result.analyte,
        result.value,
        result.unit,
        result.comparator,
        limits.low if limits is not None else None,
        limits.high if limits is not None else None,
    )
    return impossible is None
