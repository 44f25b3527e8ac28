"""Voiding an enrolment: a subject that should never have been made, with or without its records.

Voiding says that the entry was an error. A person who was enrolled and left is off study, and stays
in every figure that counts those who were enrolled (ICH E9).
"""

import json
from dataclasses import dataclass
from functools import cache

from app.access.centres import visible_centres
from app.database import Transaction
from app.problems import RecordsStand
from app.schemas.enrolment import ENROLMENTS
from app.schemas.record import RecordKind
from app.schemas.record_kinds import IMPORTED
from app.services.caller import Caller
from app.services.import_statements import append_voids
from app.services.keyed_requests import Answer, KeyedRequest
from app.services.place import Place
from app.services.records import Records
from app.services.writing import Writing
from app.trial.trial import Trial

LISTED = 1_000
"""Records that a refusal lists; it says how many there are in all."""


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """A record of a subject that stands."""

    kind: RecordKind
    record_id: str
    version: int
    source_id: str | None

    def listed(self) -> dict[str, object]:
        """Give what a refusal says of it."""
        return {
            "kind": self.kind.path,
            "record_id": self.record_id,
            "version": self.version,
            "source_id": self.source_id,
        }


@cache
def _standing() -> str:
    """Give what stands of a subject beside its enrolment and verdicts on its records.

    Parameters: $1 subject, $2 visible centres or NULL.
    """
    return "\nUNION ALL\n".join(
        f"""
    SELECT '{kind.path}' AS kind, record.record_id, record.version, record.source_id
    FROM {kind.table.__tablename__} AS record
    WHERE record.subject = $1 AND record.state = 'active'
      AND ($2::text[] IS NULL OR record.centre = ANY ($2))
      AND NOT EXISTS (
          SELECT FROM {kind.table.__tablename__} AS newer
          WHERE newer.record_id = record.record_id AND newer.version = record.version + 1)"""  # noqa: S608
        for kind in IMPORTED
        if not kind.one_per_subject
    )


async def standing_beside_enrolment(transaction: Transaction, subject: str) -> list[StandingRecord]:
    """Give the records of a subject that stand and would be left without an enrolment."""
    kinds = {kind.path: kind for kind in IMPORTED}
    rows = await transaction.rows(_standing(), subject, visible_centres(transaction.authority))
    return [
        StandingRecord(kinds[row["kind"]], str(row["record_id"]), row["version"], row["source_id"])
        for row in rows
    ]


async def release_slot(
    transaction: Transaction, trial: Trial, subject: str, stood: list[StandingRecord]
) -> None:
    """Give the slot of a voided enrolment back, where the trial says so and nothing was infused."""
    infused = any(record.kind.path == "infusions" for record in stood)
    if trial.trial.slot_released_by == "not_infused" and not infused:
        await transaction.value("SELECT release_slot($1)", subject)


async def void(
    records: Records,
    caller: Caller,
    subject: str,
    reason: str,
    based_on: int,
    request: KeyedRequest,
    *,
    with_records: bool,
) -> Answer:
    """Say that an enrolment should not have been, and with it its records if they are meant too.

    Raises:
        RecordsStand: records of the subject stand and are not to be voided with it.
        NotFound, StaleVersion, RecordVoided: as for every record.
    """
    stood: list[StandingRecord] = []

    async def beforehand(writing: Writing) -> None:
        stood[:] = await standing_beside_enrolment(writing.transaction, subject)
        if stood and not with_records:
            raise RecordsStand(
                "Void them first, or send `?with_records=true` to void them with the enrolment "
                "for the same reason.",
                records=[record.listed() for record in stood[:LISTED]],
                number=len(stood),
            )
        await _void_all(writing, stood, reason)

    async def afterwards(transaction: Transaction) -> None:
        await release_slot(transaction, records.trial, subject, stood)

    return await records.void(
        caller,
        Place(ENROLMENTS, subject),
        reason,
        based_on,
        request,
        beforehand=beforehand,
        afterwards=afterwards,
    )


async def _void_all(writing: Writing, standing: list[StandingRecord], reason: str) -> None:
    for kind in IMPORTED:
        voided = [
            writing.voided(record.record_id, record.version, reason)
            for record in standing
            if record.kind is kind
        ]
        if voided:
            await writing.transaction.value(
                append_voids(kind), json.dumps(voided), writing.event("void")
            )
