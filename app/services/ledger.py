"""The ledger's clock: numbering what was committed, and what ``as_of`` means by it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.database import Database
from app.problems import AsOfInTheFuture, CutoffAfterAsOf
from app.services.data_cut import Cut, DataCut
from app.services.derivations.moments import civil_day, day_furthest_east

NOTHING_KNOWN_ON: Final = date(1900, 1, 1)
"""The day of a ledger without entries."""


async def number_events(database: Database) -> int:
    """Give the events below the commit horizon their numbers; tells how many there were."""
    numbered: int = await database.service_value("SELECT sequence_events()")
    return numbered


async def current_head(database: Database) -> Cut:
    """Give the head of the ledger without cutting anything off: reads of what is current."""
    return Cut(await database.service_value("SELECT ledger_head()"), None)


async def newest_cut(database: Database) -> Cut:
    """Number what can be numbered and cut at the head."""
    await number_events(database)
    return await _complete(database, await database.service_value("SELECT ledger_head()"))


async def cut_at(database: Database, as_of: int | datetime) -> Cut:
    """Resolve ``as_of``, a seq or an instant, once, to the last complete transaction.

    Raises:
        AsOfInTheFuture: nobody knows yet what the database will know then.
    """
    # Judged before the numbering: what is numbered after it is then later than the instant, too.
    if isinstance(as_of, datetime) and as_of > datetime.now(UTC):
        raise AsOfInTheFuture("Ask for an instant that has passed.")
    await number_events(database)
    if isinstance(as_of, datetime):
        return await _complete(database, await database.service_value("SELECT seq_at($1)", as_of))
    head: int = await database.service_value("SELECT ledger_head()")
    if as_of > head:
        raise AsOfInTheFuture(f"The ledger has come to {head}.", head=head)
    return await _complete(database, as_of)


async def data_cut(
    database: Database,
    as_of: int | datetime | None,
    time_zone: str,
    cutoff: date | None = None,
) -> DataCut:
    """Resolve ``as_of`` for an analysis; None: everything that is committed.

    Args:
        cutoff: the last clinical day that is to count; None: that of ``as_of``.

    Raises:
        AsOfInTheFuture: nobody knows yet what the database will know then.
        CutoffAfterAsOf: the cut-off is a day that had not come anywhere in the world.
    """
    if cutoff is not None:
        require_past(cutoff, await _known_until(database, as_of))
    wanted = None if as_of is None else (await cut_at(database, as_of)).seq
    rows = await database.service_rows("SELECT * FROM data_cut($1)", wanted)
    return data_cut_of(rows[0], time_zone)


def require_past(cutoff: date | None, asked_at: datetime) -> None:
    """Refuse a cut-off on a day that had not come anywhere when the answer was known.

    Raises:
        CutoffAfterAsOf: it is later than the day in UTC+14.

    Source: the trial's endpoint definitions, section 1, if it can have been observed.
    """
    latest = day_furthest_east(asked_at)
    if cutoff is not None and cutoff > latest:
        raise CutoffAfterAsOf(
            f"Ask for a cut-off up to {latest}, the latest date anywhere at that moment.",
            latest=latest.isoformat(),
        )


async def _known_until(database: Database, as_of: int | datetime | None) -> datetime:
    """Give the moment up to which what is known at ``as_of`` was all that was known.

    Decision: that of a seq is the moment of one that followed it, so that a question that was taken
    once is taken again under the seq that its answer named; of the last one and of None it is now.
    A long import is one transaction, so what follows is looked for in steps that grow.
    """
    if isinstance(as_of, datetime):
        return as_of
    if as_of is None:
        return datetime.now(UTC)
    await number_events(database)
    head: int = await database.service_value("SELECT ledger_head()")
    further = 1
    while as_of < head:
        rows = await database.service_rows("SELECT * FROM data_cut($1)", min(as_of + further, head))
        if rows[0]["seq"] > as_of:
            following: datetime = rows[0]["sequenced_at"]
            return following
        further *= 2
    return datetime.now(UTC)


def data_cut_of(row: Mapping[str, Any], time_zone: str) -> DataCut:
    """Read a row of the database's function of that name."""
    numbered: datetime | None = row["sequenced_at"]
    known_on = civil_day(numbered, ZoneInfo(time_zone)) if numbered else NOTHING_KNOWN_ON
    return DataCut(row["seq"], row["transaction_id"], known_on)


async def _complete(database: Database, seq: int) -> Cut:
    rows = await database.service_rows(
        "SELECT seq, transaction_id::text AS transaction_id FROM complete_seq($1)", seq
    )
    return Cut(rows[0]["seq"], rows[0]["transaction_id"])
