"""What stands of subjects, now or at a cut: every kind of record in one statement."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Numeric
from sqlmodel import SQLModel

from app.database import Transaction
from app.models.record import clinical_columns
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record import RecordKind
from app.schemas.record_kinds import RECORD_KINDS, by_path
from app.services.derivations.moments import day_furthest_east
from app.services.edit_checks import CheckedRecord, LabSample, SubjectRecords
from app.services.edit_checks.rule import NOBODY, OtherSubjects
from app.services.source_versions import differing_members, versions_of
from app.services.subject_course import SubjectCourse, course_from
from app.trial.trial import Trial

EVERY_KIND: Final = frozenset(kind.path for kind in RECORD_KINDS)
_DECIDE_THE_COURSE: Final = frozenset(
    {"subjects", "preparations", "infusions", "therapies", "follow-ups"}
)
LAST: Final = date.max


@dataclass(frozen=True, slots=True)
class Document:
    """A version as the database holds it: its clinical members as JSON.

    Attributes:
        recorded_on: the latest date that a calendar of the world showed when it was recorded:
            nothing later can have been observed.
    """

    kind: RecordKind
    record_id: uuid.UUID
    version: int
    recorded_on: date
    text: str
    first_recorded_at: datetime | None = None
    """When the first version was recorded; None: it is being recorded."""
    differs: tuple[str, ...] = ()
    """Members that a person corrected and that the source still says otherwise."""


@dataclass(frozen=True, slots=True)
class SampleVersion:
    """A version of a laboratory result, as far as the checks look at it."""

    record_id: uuid.UUID
    version: int
    recorded_on: date
    sample: LabSample
    differs: tuple[str, ...] = ()


@dataclass(slots=True)
class Standing:
    """What stands of one subject: documents, and the laboratory results apart from them."""

    documents: list[Document] = field(default_factory=list)
    samples: list[SampleVersion] = field(default_factory=list)

    def with_version(self, document: Document) -> "Standing":
        """Give the same with another version of one of the records, or with one more."""
        others = [one for one in self.documents if one.record_id != document.record_id]
        return Standing([*others, document], self.samples)


async def standing_of(
    transaction: Transaction,
    subjects: Collection[str],
    visible: list[str] | None,
    cut: str | None = None,
    kinds: frozenset[str] = EVERY_KIND,
) -> dict[str, Standing]:
    """Give what stands of each subject, as far as the caller can see it.

    Args:
        visible: the centres that the caller can see; None for every centre.
        cut: the last transaction that counts; None for what is current.
        kinds: paths of the kinds that are wanted.
    """
    found: dict[str, Standing] = defaultdict(Standing)
    which = (list(subjects), visible, cut)
    for row in await transaction.rows(_documents(kinds), *which):
        kind = by_path(row["kind"])
        if kind is not None:
            found[row["subject"]].documents.append(
                Document(
                    kind,
                    row["record_id"],
                    row["version"],
                    day_furthest_east(row["recorded_at"]),
                    row["document"],
                    row["first_recorded_at"],
                    differing_members(row["versions"]),
                )
            )
    if LAB_RESULTS.path in kinds:
        for subject, record_id, version, recorded_at, versions, *sample in await transaction.rows(
            _SAMPLES, *which
        ):
            found[subject].samples.append(
                SampleVersion(
                    record_id,
                    version,
                    day_furthest_east(recorded_at),
                    LabSample(*sample),
                    differing_members(versions),
                )
            )
    return found


@cache
def _documents(kinds: frozenset[str]) -> str:
    """Give everything that stands of some kinds, each record as one document.

    Parameters: $1 subjects, $2 visible centres or NULL, $3 last transaction or NULL.
    """
    return "\nUNION ALL\n".join(
        f"""
    SELECT '{kind.path}' AS kind, record.subject, record.record_id, record.version,
           record.recorded_at,
           CASE WHEN record.version = 1 THEN record.recorded_at ELSE (
               SELECT first.recorded_at FROM {kind.table.__tablename__} AS first
               WHERE first.record_id = record.record_id AND first.version = 1
           ) END AS first_recorded_at,
           {versions_of(kind, "record", "$3")} AS versions,
           (SELECT row_to_json(shown)::text FROM (SELECT {_members(kind)}) AS shown) AS document
    {standing_from(kind)}"""  # noqa: S608
        for kind in RECORD_KINDS
        if kind.path in kinds and kind is not LAB_RESULTS
    )


def _members(kind: RecordKind) -> str:
    return ", ".join(
        f'record."{column.name}"'
        + (f'::text AS "{column.name}"' if isinstance(column.type, Numeric) else "")
        for column in clinical_columns(kind.table)
    )


def standing_from(kind: RecordKind) -> str:
    """Give the FROM clause of what stands of a kind; parameters as for :func:`_documents`."""
    name = kind.table.__tablename__
    return f"""FROM {name} AS record
    WHERE record.subject = ANY ($1::text[]) AND record.state = 'active'
      AND ($2::text[] IS NULL OR record.centre = ANY ($2))
      AND ($3::text IS NULL OR record.transaction_id <= ($3::text)::xid8)
      AND NOT EXISTS (
          SELECT FROM {name} AS newer
          WHERE newer.record_id = record.record_id AND newer.version = record.version + 1
            AND ($3::text IS NULL OR newer.transaction_id <= ($3::text)::xid8))"""


_SAMPLES: Final = f"""
    SELECT record.subject, record.record_id, record.version, record.recorded_at,
           {versions_of(LAB_RESULTS, "record", "$3")} AS versions,
           visit, analyte, value, coded_value, titre, not_done, comparator, unit,
           reference_range IS NOT NULL, specimen, sample_id, collected_at, method, spurious,
           (clinically_significant ->> 'flag')::boolean, adverse_event, transfused_before,
           g_csf_before, (reference_range ->> 'low')::numeric,
           (reference_range ->> 'high')::numeric, clinically_significant ->> 'at',
           confirmed_implausible
    {standing_from(LAB_RESULTS)}"""
"""The columns in the order of :class:`LabSample`."""


def subject_records(
    trial: Trial,
    subject: str,
    centre: str,
    standing: Standing,
    others: OtherSubjects = NOBODY,
) -> SubjectRecords:
    """Read what stands of a subject as records, with the course that follows from them.

    Args:
        others: what the subject is held against in the others that the caller sees.
    """
    zone = trial.centres.zone_of(centre)
    records: dict[str, list[CheckedRecord[Any]]] = defaultdict(list)
    for document in standing.documents:
        fields = read_document(document)
        records[document.kind.path].append(
            CheckedRecord.of(
                document.kind,
                document.record_id,
                document.version,
                document.recorded_on,
                fields,
                zone,
                document.differs,
            )
        )
    records[LAB_RESULTS.path] = [
        CheckedRecord.of(
            LAB_RESULTS,
            one.record_id,
            one.version,
            one.recorded_on,
            one.sample,
            zone,
            one.differs,
        )
        for one in standing.samples
    ]
    return SubjectRecords(
        trial,
        _course(trial, subject, centre, standing.documents),
        {path: tuple(sorted(of_kind, key=_in_order)) for path, of_kind in records.items()},
        others,
    )


def read_document(document: Document) -> SQLModel:
    """Read what a centre said in a version."""
    return _read(document.kind.fields, document.text)


@lru_cache(maxsize=2048)
def _read(fields: type[SQLModel], text: str) -> SQLModel:
    """Read a document; those of a subject whose data are being entered come again and again."""
    try:
        return fields.model_validate_json(text)
    except ValidationError:  # a column with a default that came after the row
        said = {name: value for name, value in json.loads(text).items() if value is not None}
        return fields.model_validate(said)


def _in_order(record: CheckedRecord[Any]) -> tuple[date, uuid.UUID]:
    return record.first_day or LAST, record.record_id


def _course(
    trial: Trial, subject: str, centre: str, documents: Sequence[Document]
) -> SubjectCourse:
    standing: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for document in documents:
        if document.kind.path in _DECIDE_THE_COURSE:
            table = str(document.kind.table.__tablename__)
            fields = json.loads(document.text)
            standing[table].append({"record_id": str(document.record_id)} | fields)
    return course_from(trial, subject, centre, standing)
