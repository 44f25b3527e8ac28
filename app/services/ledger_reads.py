"""What the ledger says: the feed of changes, the ledger itself, and the log of who read what."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database
from app.problems import HistoryRewound
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
           event.occurred_at, encode(event.commitment, 'hex') AS commitment, event.content_form,
           event.transaction_id::text AS transaction_id, entry.leaf_form,
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
SELECT (SELECT row_to_json(shown)::text FROM (
            SELECT event.id, event.action, event.principal, event.role, event.subjects, event.kind,
                   event.record_id, event.records, event.route, event.status, event.problem,
                   event.request_id, event.occurred_at) AS shown) AS document,
       event.transaction_id::text AS transaction_id, event.id
FROM access_event AS event
WHERE (event.transaction_id, event.id) > (($1::text)::xid8, $2::bigint)
  AND event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  AND ($3::text IS NULL OR $3 = ANY (event.subjects)) AND ($4::text IS NULL OR event.principal = $4)
ORDER BY event.transaction_id, event.id LIMIT $5"""


async def changes(
    database: Database, caller: Caller, after: int, limit: int
) -> tuple[list[str], int, int]:
    """Give what changed after a seq, without clinical values.

    Returns:
        the changes as documents; the seq to go on after; the seq up to which the feed is complete.

    Raises:
        HistoryRewound: the ledger does not reach as far as ``after``.
    """
    cut = await ledger.newest_cut(database)
    _require_reached(after, cut.seq)
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
    """Give the ledger's entries after a seq, and the seq to go on after.

    Raises:
        HistoryRewound: the ledger does not reach as far as ``after``.
    """
    await ledger.number_events(database)
    _require_reached(after, (await ledger.current_head(database)).seq)
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


def _require_reached(after: int, head: int) -> None:
    """Refuse to go on from a place that this database has never come to.

    Whoever was there read another history, which a restore took back: an empty answer would let it
    miss everything up to there.
    """
    if after > head:
        raise HistoryRewound(
            "The database was restored to an earlier moment: read again from the last number that "
            "you and it share.",
            head=head,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPlace:
    """A place in the log of reads and refusals: the event of a transaction."""

    transaction_id: str = "0"
    id: int = 0

    @classmethod
    def read(cls, written: str) -> "AccessPlace":
        """Read a place as :meth:`written` gives it."""
        transaction_id, _, event = written.partition("-")
        return cls(transaction_id=str(int(transaction_id)), id=int(event))

    def written(self) -> str:
        """Write the place for a caller to go on after."""
        return f"{self.transaction_id}-{self.id}"


async def read_access(
    database: Database,
    caller: Caller,
    after: AccessPlace,
    limit: int,
    filters: Mapping[str, str | None],
) -> tuple[list[str], AccessPlace]:
    """Give the log of reads and refusals after a place, and the place to go on after.

    An event whose transaction, or an older one, has not ended yet is given once all have: who goes
    on from the last place has missed none.
    """
    # A pass of the sequencer that is under way would hold the horizon back; this waits for it.
    await ledger.number_events(database)
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        rows = await transaction.rows(
            _ACCESS,
            after.transaction_id,
            after.id,
            filters["subject"],
            filters["principal"],
            limit,
        )
    if rows:
        after = AccessPlace(transaction_id=rows[-1]["transaction_id"], id=rows[-1]["id"])
    return [row["document"] for row in rows], after
