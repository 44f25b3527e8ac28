"""Reading the identifiers of a record, and giving it further ones."""

import json
import uuid
from functools import cache
from typing import Any

import asyncpg

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database, Transaction
from app.problems import RecordVoided, StaleVersion
from app.schemas.identifiers import IdentifiersIn, IdentifiersOut
from app.schemas.record import RecordKind
from app.services import record_statements as statements
from app.services.caller import Caller
from app.services.current_version import current_version, no_such_record
from app.services.known_identifiers import Known, known_by
from app.services.place import Place
from app.services.record_reads import note
from app.services.source_id_holders import Holder
from app.services.writers import actions_on


@cache
def _add(kind: RecordKind) -> str:
    """Give a record further identifiers, each with its turn, and note it in the ledger.

    Parameters: $1 record_id, $2 identifiers, $3 their turns, $4 the event's members.
    """
    return f"""
    WITH added AS (
        INSERT INTO identifier (kind, centre, source_id, turn, record_id, further)
        SELECT '{kind.path}', $4::jsonb ->> 'centre', sent.source_id, sent.turn, $1, true
        FROM unnest($2::text[], $3::integer[]) AS sent (source_id, turn)
        RETURNING source_id
    )
    INSERT INTO ledger_event (action, principal, role, centre, subject, kind, record_id, version,
                              route, reason, request_id)
    SELECT 'identify', $4::jsonb ->> 'principal', $4::jsonb ->> 'role', $4::jsonb ->> 'centre',
           $4::jsonb ->> 'subject', '{kind.path}', $1, ($4::jsonb ->> 'version')::integer,
           $4::jsonb ->> 'route', $4::jsonb ->> 'reason', $4::jsonb ->> 'request_id'
    WHERE EXISTS (SELECT FROM added)"""  # noqa: S608


@cache
def _holders(kind: RecordKind) -> str:
    """Give who holds identifiers at a centre. Parameters: $1 identifiers, $2 centre."""
    name = kind.table.__tablename__
    return f"""
    SELECT DISTINCT ON (held.source_id) held.source_id, held.turn, held.record_id,
           current.subject, current.state
    FROM identifier AS held
    CROSS JOIN LATERAL (
        SELECT subject, state FROM {name}
        WHERE record_id = held.record_id ORDER BY version DESC LIMIT 1
    ) AS current
    WHERE held.source_id = ANY ($1::text[]) AND held.centre || '' = $2
      AND held.kind = '{kind.path}'
    ORDER BY held.source_id, held.turn DESC"""  # noqa: S608


async def read(database: Database, caller: Caller, place: Place) -> IdentifiersOut:
    """Give the identifiers of a record.

    Raises:
        NotFound: the caller can see no such record.
    """
    async with database.transaction(caller.principal, Action.READ_RECORD) as transaction:
        row = await transaction.row(
            statements.read_one(place.kind),
            place.record_id,
            place.subject,
            visible_centres(transaction.authority),
            None,
            note(transaction, caller),
        )
        if row is None:
            raise no_such_record()
        found = uuid.UUID(json.loads(row["document"])["record_id"])
        known = await known_by(transaction, place.kind, found)
        if not transaction.authority.sees_free_text(row["centre"]):
            known = Known([], [])
        return _written(place, found, row["version"], known)


async def add(
    database: Database, caller: Caller, place: Place, sent: IdentifiersIn, based_on: int | None
) -> IdentifiersOut:
    """Give a record the identifiers that it does not have yet.

    Args:
        based_on: the version that the caller has read; None: whichever it is.

    Raises:
        NotFound: the caller can see no such record.
        StaleVersion: the record is no longer at version ``based_on``.
        RecordVoided: the record was voided.
        SourceIdTaken: another record holds one of the identifiers.
    """
    action = actions_on(place.kind).amend
    for last in (False, True):
        try:
            async with database.transaction(caller.principal, action) as transaction:
                current = await current_version(transaction, place)
                role = transaction.authority.role_for(action, current["centre"])
                _require(current, based_on)
                event = {
                    "principal": transaction.authority.name,
                    "role": role.value,
                    "centre": current["centre"],
                    "subject": place.subject,
                    "version": current["version"],
                    "route": caller.route,
                    "reason": sent.reason,
                    "request_id": caller.request_id,
                }
                await _give(transaction, place, current, sent.identifiers, event)
                known = await known_by(transaction, place.kind, current["record_id"])
                return _written(place, current["record_id"], current["version"], known)
        except asyncpg.UniqueViolationError:
            if last:
                raise
    raise AssertionError("unreachable")


def _written(place: Place, record_id: uuid.UUID, version: int, known: Known) -> IdentifiersOut:
    return IdentifiersOut(
        subject=place.subject,
        record_id=record_id,
        version=version,
        identifiers=known.own,
        also_held_by=known.also,
    )


def _require(current: asyncpg.Record, based_on: int | None) -> None:
    if based_on is not None and current["version"] != based_on:
        raise StaleVersion(
            "Read the record again.",
            headers={"ETag": f'"{current["version"]}"'},
            current_version=current["version"],
        )
    if current["state"] == "voided":
        raise RecordVoided("A voided record has no use for an identifier.")


async def _give(
    transaction: Transaction,
    place: Place,
    current: asyncpg.Record,
    identifiers: list[str],
    event: dict[str, Any],
) -> None:
    rows = await transaction.rows(_holders(place.kind), identifiers, current["centre"])
    holders = {row["source_id"]: row for row in rows}
    turns: dict[str, int] = {}
    for identifier in identifiers:
        held = holders.get(identifier)
        if held is None:
            turns[identifier] = 1
        elif held["record_id"] != current["record_id"]:
            holder = Holder(
                place.kind, held["subject"], held["record_id"], held["state"] == "voided"
            )
            if not holder.free_for(place.subject):
                raise holder.taken()
            turns[identifier] = held["turn"] + 1
    if turns:
        await transaction.value(
            _add(place.kind),
            current["record_id"],
            list(turns),
            list(turns.values()),
            json.dumps(event),
        )
