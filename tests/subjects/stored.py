"""The records of a subject as the service keeps them, read without a database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record import RecordKind
from app.schemas.record_kinds import by_path
from app.services.analysis_data import AnalysisCut, history_of
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory
from app.services.edit_checks import LabSample, SubjectRecords
from app.services.lab_values import lab_value
from app.services.standing_records import Document, SampleVersion, Standing, subject_records
from app.trial.trial import Trial


class Stored(NamedTuple):
    """A version of a record that the service took: its kind by path, and its clinical members."""

    path: str
    record_id: uuid.UUID
    fields: Any
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubject:
    """What stands of one subject.

    Attributes:
        recorded_on: the latest date of the world when all of it was recorded.
    """

    trial: Trial
    code: str
    centre: str
    recorded_on: date
    records: tuple[Stored, ...]

    def history(self, cutoff: date | None = None) -> SubjectHistory:
        """As the derivations read it; without a cutoff, up to the day it was recorded."""
        cut = AnalysisCut(transaction_id=None, known_on=self.recorded_on, cutoff=cutoff)
        return history_of(
            self.trial, self.code, self.centre, self._documents(), self._lab_values(), cut
        )

    def for_edit_checks(self) -> SubjectRecords:
        """As the edit checks read it."""
        samples = [
            SampleVersion(one.record_id, one.version, self.recorded_on, LabSample.of(one.fields))
            for one in self._results()
        ]
        standing = Standing(self._documents(), samples)
        return subject_records(self.trial, self.code, self.centre, standing)

    def _documents(self) -> list[Document]:
        return [
            as_kept(one, self.recorded_on) for one in self.records if one.path != LAB_RESULTS.path
        ]

    def _results(self) -> list[Stored]:
        return [one for one in self.records if one.path == LAB_RESULTS.path]

    def _lab_values(self) -> list[LabValue]:
        zone = self.trial.centres.zone_of(self.centre)
        return [
            lab_value(RecordRef(one.path, one.record_id, one.version), one.fields, zone)
            for one in self._results()
            if one.fields.not_done is None
        ]


def as_kept(record: Stored, recorded_on: date) -> Document:
    """A record as the database holds it."""
    text = record.fields.model_dump_json()
    return Document(kind_of(record.path), record.record_id, record.version, recorded_on, text)


def kind_of(path: str) -> RecordKind:
    """The kind of record that has a path; one that is not served fails the test."""
    kind = by_path(path)
    assert kind is not None
    return kind
