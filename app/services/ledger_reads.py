"""What the ledger says: the feed of changes, the ledger itself, and the log of who read what."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database, Transaction
from app.problems import HistoryRewound
from app.services import ledger
from app.services.caller import Caller
from app.services.log_filters import OF_LEDGER, OF_READS, LogFilters
from app.services.record_reads import note

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

_ENTRIES = """
    FROM ledger_entry AS entry
    JOIN ledger_event AS event
      ON event.transaction_id = entry.transaction_id AND event.id = entry.event
    WHERE entry.seq > $1 AND entry.seq <= $2 {wanted}"""

_LEDGER = f"""
WITH entry AS (
    SELECT entry.seq, event.action, event.principal, event.role, event.centre, event.subject,
           event.kind, event.record_id, event.version, event.route, event.reason, event.request_id,
           event.occurred_at, encode(event.commitment, 'hex') AS commitment, event.content_form,
           event.transaction_id::text AS transaction_id, entry.leaf_form,
           encode(entry.leaf_hash, 'hex') AS leaf_hash, entry.sequenced_at
    {_ENTRIES}
    ORDER BY entry.seq LIMIT $3
), noted AS (
    INSERT INTO access_event (action, principal, role, subjects, records, route, status, request_id)
    SELECT 'ledger', $4::jsonb ->> 'principal', $4::jsonb ->> 'role',
           array_remove(array_agg(DISTINCT subject), NULL), count(*), $4::jsonb ->> 'route', 200,
           $4::jsonb ->> 'request_id'
    FROM entry HAVING count(*) > 0
)
SELECT row_to_json(entry)::text AS document, seq FROM entry ORDER BY seq"""  # noqa: S608 - our text

_HOW_MANY_ENTRIES = f"SELECT count(*) {_ENTRIES}"

_READS = """
FROM access_event AS event
WHERE (event.transaction_id, event.id) > (($1::text)::xid8, $2::bigint)
  AND event.transaction_id < ($3::text)::xid8 {wanted}"""

_ACCESS = f"""
SELECT (SELECT row_to_json(shown)::text FROM (
            SELECT event.id, event.action, event.principal, event.role, event.subjects, event.kind,
                   event.record_id, event.records, event.route, event.status, event.problem,
                   event.request_id, event.occurred_at) AS shown) AS document,
       event.transaction_id::text AS transaction_id, event.id
{_READS}
ORDER BY event.transaction_id, event.id LIMIT $4"""  # noqa: S608 - our text

_HOW_MANY_READS = f"SELECT count(*) {_READS}"

_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"

_NOTE_EXPORT = """
INSERT INTO access_event (action, principal, role, records, route, status, request_id)
VALUES ('access-log', $1::jsonb ->> 'principal', $1::jsonb ->> 'role', $2::int,
        $1::jsonb ->> 'route', 200, $1::jsonb ->> 'request_id')"""

AT_ONCE: Final = 1000
"""Entries of an export that are read together."""


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
    database: Database, caller: Caller, after: int, limit: int, filters: LogFilters
) -> tuple[list[str], int]:
    """Give the ledger's entries after a seq, and the seq to go on after.

    Raises:
        HistoryRewound: the ledger does not reach as far as ``after``.
    """
    head = await _head_beyond(database, after)
    return await _ledger_page(database, caller, (after, head), limit, filters)


async def export_ledger(
    database: Database, caller: Caller, after: int, filters: LogFilters
) -> "Export":
    """Give all the ledger's entries after a seq and up to its head as of now.

    Raises:
        HistoryRewound: the ledger does not reach as far as ``after``.
    """
    head = await _head_beyond(database, after)
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        wanted, values = filters.conditions(OF_LEDGER, 3)
        count = _HOW_MANY_ENTRIES.format(wanted=wanted)
        rows: int = await transaction.value(count, after, head, *values)

    async def pages() -> AsyncIterator[list[str]]:
        reached = after
        while True:
            found, reached = await _ledger_page(database, caller, (reached, head), AT_ONCE, filters)
            yield found
            if len(found) < AT_ONCE:
                return

    return Export(rows, head, pages())


async def _head_beyond(database: Database, after: int) -> int:
    await ledger.number_events(database)
    head = (await ledger.current_head(database)).seq
    _require_reached(after, head)
    return head


async def _ledger_page(
    database: Database, caller: Caller, between: tuple[int, int], limit: int, filters: LogFilters
) -> tuple[list[str], int]:
    wanted, values = filters.conditions(OF_LEDGER, 5)
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        rows = await transaction.rows(
            _LEDGER.format(wanted=wanted),
            *between,
            limit,
            note(transaction, caller, Action.READ_LEDGER),
            *values,
        )
    return [row["document"] for row in rows], rows[-1]["seq"] if rows else between[0]


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
        """Read a place as :meth:`written` gives it; an empty one is before the first entry."""
        if not written:
            return cls()
        transaction_id, _, event = written.partition("-")
        return cls(transaction_id=str(int(transaction_id)), id=int(event))

    def written(self) -> str:
        """Write the place for a caller to go on after."""
        return f"{self.transaction_id}-{self.id}"

    def order(self) -> tuple[int, int]:
        """Give what places are put in order by."""
        return int(self.transaction_id), self.id


@dataclass(frozen=True, slots=True)
class Export:
    """All the entries of a log that were wanted, as they stood when they were asked for.

    Attributes:
        rows: how many there are.
        reached: where to go on after, later.
        pages: the entries as documents.
    """

    rows: int
    reached: "int | AccessPlace"
    pages: AsyncIterator[list[str]]


async def read_access(
    database: Database, caller: Caller, after: AccessPlace, limit: int, filters: LogFilters
) -> tuple[list[str], AccessPlace]:
    """Give the log of reads and refusals after a place, and the place to go on after.

    An event whose transaction, or an older one, has not ended yet is given once all have: who goes
    on from the last place has missed none.
    """
    # A pass of the sequencer that is under way would hold the horizon back; this waits for it.
    await ledger.number_events(database)
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        horizon = await transaction.value(_HORIZON)
        return await _access_page(transaction, after, horizon, limit, filters)


async def export_access(
    database: Database, caller: Caller, after: AccessPlace, filters: LogFilters
) -> Export:
    """Give all of the log of reads and refusals after a place; that it was taken away is noted."""
    await ledger.number_events(database)
    async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
        horizon: str = await transaction.value(_HORIZON)
        wanted, values = filters.conditions(OF_READS, 4)
        count = _HOW_MANY_READS.format(wanted=wanted)
        rows: int = await transaction.value(count, after.transaction_id, after.id, horizon, *values)
        noted = note(transaction, caller, Action.READ_LEDGER)
        await transaction.rows(_NOTE_EXPORT, noted, rows)

    async def pages() -> AsyncIterator[list[str]]:
        place = after
        while True:
            async with database.transaction(caller.principal, Action.READ_LEDGER) as transaction:
                found, place = await _access_page(transaction, place, horizon, AT_ONCE, filters)
            yield found
            if len(found) < AT_ONCE:
                return

    reached = AccessPlace(transaction_id=horizon)  # whose events have ids from 1 on
    return Export(rows, max(after, reached, key=AccessPlace.order), pages())


async def _access_page(
    transaction: Transaction,
    after: AccessPlace,
    horizon: str,
    limit: int,
    filters: LogFilters,
) -> tuple[list[str], AccessPlace]:
    wanted, values = filters.conditions(OF_READS, 5)
    rows = await transaction.rows(
        _ACCESS.format(wanted=wanted), after.transaction_id, after.id, horizon, limit, *values
    )
    if rows:
        after = AccessPlace(transaction_id=rows[-1]["transaction_id"], id=rows[-1]["id"])
    return [row["document"] for row in rows], after
