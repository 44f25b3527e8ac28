"""What the answer to a write says beside the record: its visit, the subject's status, findings.

The findings are those about the record that was written. Of the kinds that come in volume,
laboratory results and kinetics, a write looks at the course of the subject alone, and of a severe
result at its adverse events; of the others at its other records too. What a record says against
records of volume is in the list of findings.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from app.access.centres import visible_centres
from app.database import Transaction
from app.schemas.assessment import ASSESSMENTS
from app.schemas.enrolment import SubjectIn
from app.schemas.lab_result import LabResultIn
from app.schemas.record import Finding, RecordIn, RecordKind
from app.services.analysis_data import AnalysisCut, history_of
from app.services.derivations.moments import day_furthest_east
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.subject.explanation import derived_response
from app.services.derived_visit import visit_derived
from app.services.edit_checks import CheckedRecord, LabSample, on_record, on_subject
from app.services.edit_checks.rule import NOBODY
from app.services.json_values import WrittenJson, jsonable
from app.services.lab_grades import findings_of, grades_of, written
from app.services.lab_values import lab_value
from app.services.new_version import NewVersion
from app.services.other_subjects import every_subject
from app.services.record_statements import day_of_version
from app.services.source_versions import differing_with
from app.services.standing_records import (
    EVERY_KIND,
    Document,
    Standing,
    standing_of,
    subject_records,
)
from app.services.subject_course import SubjectCourse, visit_on
from app.trial.trial import Trial

OF_VOLUME: Final = frozenset({"lab-results", "kinetics"})
"""Kinds that come by the hundred: their writes must stay cheap, and other writes leave them be."""

NOTHING_DERIVED: Final[Mapping[str, Any]] = MappingProxyType({})

_HELD_AGAINST_OTHERS: Final = frozenset({"subjects", "infusions"})
"""Kinds by which one subject may look like another, or be given what was another's."""

_BESIDE_SAMPLES: Final = frozenset({"assessments", "follow-ups"})
"""Kinds that are few and are held against every sample: their components, and a death."""


@dataclass(frozen=True, slots=True)
class BesideRecord:
    """What was derived for an answer, as JSON to be spliced into the stored document.

    Attributes:
        visit: stands where the document says that no visit was named.
        members: the members that follow the document's own, with the closing brace.
    """

    visit: str
    members: str


async def derive_beside(
    transaction: Transaction,
    trial: Trial,
    version: NewVersion,
    course: SubjectCourse,
) -> BesideRecord:
    """Derive what goes with the answer to a submitted or amended record.

    Args:
        course: the course of the subject as it is without this version.
    """
    kind, record_id, payload = version.kind, version.record_id, version.payload
    differs = await differing_with(transaction, version)
    day = await _day(transaction, kind, payload, course.subject)
    zone = trial.centres.zone_of(course.centre)
    today = day_furthest_east(datetime.now(UTC))
    if kind.path in OF_VOLUME:
        fields = LabSample.of(payload) if isinstance(payload, LabResultIn) else payload
        record = CheckedRecord.of(kind, record_id, version.number, today, fields, zone, differs)
        findings = [*on_record(record, course, trial)]
        if not isinstance(payload, LabResultIn):
            return written_beside(kind, day, course, trial, findings)
        result = lab_value(RecordRef(kind.path, record_id, version.number), payload, zone)
        cut = AnalysisCut(transaction_id=None, known_on=today, cutoff=None)
        grades = await grades_of(transaction, trial, course, result, cut)
        findings += await findings_of(transaction, trial, course, result, grades, cut)
        derived = {"ctcae": written(grades)}
        return written_beside(kind, day, course, trial, findings, derived)
    wanted = EVERY_KIND if kind.path in _BESIDE_SAMPLES else EVERY_KIND - OF_VOLUME
    visible = visible_centres(transaction.authority)
    stored = await standing_of(transaction, [course.subject], visible, kinds=wanted)
    text = payload.model_dump_json()
    sent_now = Document(kind, record_id, version.number, today, text, differs=differs)
    standing = stored[course.subject].with_version(sent_now)
    others = NOBODY
    if kind.path in _HELD_AGAINST_OTHERS:
        everybody = await every_subject(transaction, trial, visible)
        if isinstance(payload, SubjectIn):
            everybody = everybody.with_enrolment(course.subject, payload)
        others = everybody.beside(course.subject)
    subject = subject_records(trial, course.subject, course.centre, standing, others)
    about = next(one for one in subject.of_kind(kind.path) if one.record_id == record_id)
    noticed = (found.finding for found in on_subject(subject, about=about))
    response = None
    if kind is ASSESSMENTS:
        response = _derived_response(trial, course, standing, record_id, today)
    return written_beside(kind, day, subject.course, trial, noticed, {"derived": response})


def _derived_response(
    trial: Trial, course: SubjectCourse, standing: Standing, record_id: uuid.UUID, today: date
) -> dict[str, Any] | None:
    """Give the derived category of an evaluation; None where it is no response."""
    cut = AnalysisCut(transaction_id=None, known_on=today, cutoff=None)
    history = history_of(trial, course.subject, course.centre, standing.documents, (), cut)
    return derived_response(history, trial, record_id)


async def _day(
    transaction: Transaction, kind: RecordKind, payload: RecordIn, subject: str
) -> str | None:
    """Give the date of what was sent, as sent; a verdict without one has that of what it judges."""
    sent = getattr(payload, kind.dated_by) if kind.dated_by else None
    if sent is not None:
        return str(sent)
    if kind.judges is None:
        return None
    name = kind.judges.table.__tablename__
    judged: str | None = await transaction.value(
        day_of_version(kind.judges),
        getattr(payload, str(name)),
        getattr(payload, f"{name}_version"),
        subject,
    )
    return judged


def written_beside(
    kind: RecordKind,
    day: str | None,
    course: SubjectCourse,
    trial: Trial,
    findings: Iterable[Finding] = (),
    derived: Mapping[str, Any] = NOTHING_DERIVED,
) -> BesideRecord:
    """Write what was derived for an answer.

    Args:
        derived: values of the members that the kind derives; one that is not there is null.
    """
    members = (
        {name: derived.get(name) for name in kind.derived.model_fields} if kind.derived else {}
    )
    visit = None if kind.one_per_subject else visit_on(trial, course, day)
    status = f',"status":{json.dumps(course.status)}' if kind.one_per_subject else ""
    listed = ",".join(finding.model_dump_json() for finding in findings)
    return BesideRecord(
        visit_derived(visit),
        f'{status}{written_members(members)},"findings":[{listed}]}}',
    )


def written_members(members: Mapping[str, Any]) -> str:
    """Write members to stand inside an object, each after a comma."""
    return "".join(f',"{name}":{_json(value)}' for name, value in members.items())


def _json(value: Any) -> str:
    return value if isinstance(value, WrittenJson) else json.dumps(jsonable(value))
