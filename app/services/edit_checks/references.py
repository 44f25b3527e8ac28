"""Records that name another record of the same subject.

Decision: a centre may send the two in any order, so a name that leads nowhere is a finding and goes
away when the other record arrives. A voided record is not there.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords

REFERENCE_UNKNOWN = Rule(
    "REFERENCE-UNKNOWN",
    "warning",
    "the subject has no such record of the kind meant; send it, or name another",
)
WORSENING_OF_UNKNOWN = Rule(
    "WORSENING-OF-UNKNOWN",
    "warning",
    "the subject has no such adverse event to have worsened; send it, or name another",
)
REFERENCE_TO_ITSELF = Rule(
    "REFERENCE-TO-ITSELF",
    "error",
    "the record names itself; name the other record or none",
)

_ONE = (
    ("infusions", "preparation", "preparations"),
    ("kinetics", "infusion", "infusions"),
    ("adverse-events", "symptom_of", "adverse-events"),
    ("adverse-events", "part_of_episode", "adverse-events"),
    ("lab-results", "adverse_event", "adverse-events"),
    ("neuro-assessments", "adverse_event", "adverse-events"),
    ("follow-ups", "adverse_event", "adverse-events"),
)
"""Kind, the member that names another record, and that record's kind."""

COMPONENTS = (
    "serum_m_protein",
    "urine_m_protein",
    "serum_immunofixation",
    "urine_immunofixation",
    "free_kappa",
    "free_lambda",
    "immunoglobulin",
    "circulating_plasma_cells",
    "corrected_calcium",
)
"""Components of an assessment that may name a laboratory result."""


def references_lead_somewhere(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice names of records that the subject does not have."""
    ids = {
        kind: frozenset(record.record_id for record in subject.of_kind(kind))
        for kind in ("preparations", "infusions", "adverse-events", "lab-results")
    }
    for kind, member, other in _ONE:
        for record in subject.of_kind(kind):
            yield from _lead(record, getattr(record.fields, member), ids[other], (member,))
    for event in subject.adverse_events:
        named = event.fields.worsening_of
        yield from _lead(event, named, ids["adverse-events"], ("worsening_of",))
    for therapy in subject.therapies:
        for index, event_id in enumerate(therapy.fields.adverse_events):
            way = ("adverse_events", index)
            yield from _lead(therapy, event_id, ids["adverse-events"], way)
    for assessment in subject.assessments:
        for component in COMPONENTS:
            part = getattr(assessment.fields, component)
            if part is not None:
                at = (component, "lab_result")
                yield from _lead(assessment, part.lab_result, ids["lab-results"], at)


def _lead(
    record: CheckedRecord[Any],
    named: uuid.UUID | None,
    there: frozenset[uuid.UUID],
    way: tuple[str | int, ...],
) -> Iterator[RecordFinding]:
    if named is None:
        return
    if named == record.record_id:
        yield RecordFinding(record, REFERENCE_TO_ITSELF.at(*way))
    elif named not in there:
        rule = WORSENING_OF_UNKNOWN if way == ("worsening_of",) else REFERENCE_UNKNOWN
        yield RecordFinding(record, rule.at(*way))


SUBJECT_CHECKS = (references_lead_somewhere,)
