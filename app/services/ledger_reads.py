"""What the ledger says: the feed of changes, the ledger itself, and the log of who read what."""

from collections.abc import Mapping

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database
from app.services import ledger
from app.services.record_reads import note
from app.services.records import Caller

_CHANGES = """
WITH change AS (
    SELECT entry.seq, event.action, event.kind, event.subject, event.centre, event.record_id,
           event.version, event.occurred_at
    FROM ledger_entry AS entry
    JOIN ledger_event AS event
      ON event.transaction_id = entry.transaction_id AND event.id = entry.event
    WHERE entry.seq > $1 AND entry.seq <= $2 AND event.kind IS NOT NULL
      AND ($3::text[] IS NULL OR event.centre = ANY ($3))
    ORDER BY entry.seq LIMIT $4
), noted AS (
    INSERT INTO access_event (action, principal, role, subjects, records, route, status, request_id)
    SELECT 'changes', $5::jsonb ->> 'principal', $5::jsonb ->> 'role', array_agg(DISTINCT subject),
           count(*), $5::jsonb ->> 'route', 200, $5::jsonb ->> 'request_id'
    FROM change HAVING count(*) > 0
)
SELECT row_to_json(change)::text AS document, seq FROM change ORDER BY seq"""

_LEDGER = """
WITH entry AS (
    SELECT entry.seq, event.action, event.principal, event.role, event.centre, event.subject,
           event.kind, event.record_id, event.version, event.route, event.reason, event.request_id,
           event.occurred_at, encode(event.commitment, 'hex') AS commitment,
           encode(entry.leaf_hash, 'hex') AS leaf_hash, entry.sequenced_at
    FROM ledger_entry AS entry
    JOIN ledger_event AS event
      ON event.transaction_id = entry.transaction_id AND event.id = entry.event
    WHERE entry.seq > $1 AND ($2::text IS NULL OR event.subject = $2)
      AND ($3::text IS NULL OR event.principal = $3)
    ORDER BY entry.seq LIMIT $4
), noted AS (
    INSERT INTO access_event (action, principal, role, subjects, records, route, status, request_id)
    SELECT 'ledger', $5::jsonb ->> 'principal', $5::jsonb ->> 'role',
           array_remove(array_agg(DISTINCT subject), NULL), count(*), $5::jsonb ->> 'route', 200,
           $5::jsonb ->> 'request_id'
    FROM entry HAVING count(*) > 0
)
SELECT row_to_json(entry)::text AS document, seq FROM entry ORDER BY seq"""

_ACCESS = """
SELECT row_to_json(event)::text AS document, id AS seq FROM access_event AS event
WHERE id > $1 AND ($2::text IS NULL OR $2 = ANY (subjects)) AND ($3::text IS NULL OR principal = $3)
ORDER BY id LIMIT $4"""


async def changes(
    database: Database, caller: Caller, after: int, limit: int
) -> tuple[list[str], int, int]:
    """Give what changed after a seq, without clinical values.

    Returns:
        the changes as documents; the seq to go on after; the seq up to which the feed is complete.
    """
    cut = await ledger.newest_cut(database)
    async with database.transaction(caller.principal, Action.READ_CHANGES) as transaction:
        rows = await transaction.rows(
            _CHANGES,
            after,
            cut.seq,
            visible_centres(transaction.authority, Action.READ_CHANGES),
            limit,
            note(transaction, caller, Action.READ_CHANGES),
        )
    last = rows[-1]["seq"] if len(rows) == limit else max(after, cut.seq)
    return [row["document"] for row in rows], last, cut.seq


async def read_ledger(
    database: Database, caller: Caller, after: int, limit: int, filters: Mapping[str, str | None]
) -> tuple[list[str], int]:
    """Give the ledger's entries after a seq, and the seq to go on after."""
    await ledger.number_events(database)
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        rows = await transaction.rows(
            _LEDGER,
            after,
            filters["subject"],
            filters["principal"],
            limit,
            note(transaction, caller, Action.READ_LEDGER),
        )
    return [row["document"] for row in rows], rows[-1]["seq"] if rows else after


async def read_access(
    database: Database, caller: Caller, after: int, limit: int, filters: Mapping[str, str | None]
) -> tuple[list[str], int]:
    """Give the log of reads and refusals after an id, and the id to go on after."""
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        rows = await transaction.rows(
            _ACCESS, after, filters["subject"], filters["principal"], limit
        )
    return [row["document"] for row in rows], rows[-1]["seq"] if rows else after
