"""Numbers that no living person can have.

Source: the trial's protocol, plausibility.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.schemas.record import Finding
from app.services.criteria.plausibility import in_words
from app.services.edit_checks.rule import CheckedRecord, LabSample, Rule
from app.services.measured_values import not_plausible
from app.vocabularies.annotations import without_annotations
from app.vocabularies.laboratory import find_analyte

NOT_PLAUSIBLE = Rule(
    "NOT-PLAUSIBLE",
    "error",
    "no living person has this value in this unit; correct it, or confirm it by "
    "confirmed_implausible with a reason",
)


def not_plausible_values(record: CheckedRecord[Any]) -> Iterator[Finding]:
    """Notice each number of a record that no living person can have, with its likely unit."""
    fields = record.fields
    if isinstance(fields, LabSample):
        yield from _of_a_result(fields)
        return
    for measured in not_plausible(fields):
        if (words := measured.in_words) is not None:
            yield replace(NOT_PLAUSIBLE, message=words).at(*measured.place)


def _of_a_result(sample: LabSample) -> Iterator[Finding]:
    found, listed = sample.impossible, find_analyte(sample.analyte)
    if found is None or listed is None or sample.value is None:
        return
    unit = None if sample.unit is None else without_annotations(sample.unit)
    words = in_words(listed.code, sample.value, unit, found, normal=sample.normal)
    yield replace(NOT_PLAUSIBLE, message=words).at("value")
