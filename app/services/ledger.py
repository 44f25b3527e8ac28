"""The ledger's clock: numbering what was committed, and what ``as_of`` means by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.database import Database
from app.problems import AsOfInTheFuture


@dataclass(frozen=True, slots=True)
class Cut:
    """What the database knew at a moment.

    Attributes:
        seq: the effective number: the last that ends a transaction.
        transaction_id: the last transaction that counts, as text; None means: whatever is current.
    """

    seq: int
    transaction_id: str | None


NOTHING_KNOWN_ON: Final = date(1900, 1, 1)
"""The day of a ledger without entries."""


@dataclass(frozen=True, slots=True)
class DataCut(Cut):
    """A cut that an analysis stands on.

    Attributes:
        known_on: day, in the centres' civil calendar, on which the last change that counts was
            numbered.
    """

    known_on: date


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


async def data_cut(database: Database, as_of: int | datetime | None, time_zone: str) -> DataCut:
    """Resolve ``as_of`` for an analysis; None: everything that is committed.

    Raises:
        AsOfInTheFuture: nobody knows yet what the database will know then.
    """
    wanted = None if as_of is None else (await cut_at(database, as_of)).seq
    rows = await database.service_rows("SELECT * FROM data_cut($1)", wanted)
    return data_cut_of(rows[0], time_zone)


def data_cut_of(row: Mapping[str, Any], time_zone: str) -> DataCut:
    """Read a row of the database's function of that name."""
    numbered: datetime | None = row["sequenced_at"]
    known_on = numbered.astimezone(ZoneInfo(time_zone)).date() if numbered else NOTHING_KNOWN_ON
    return DataCut(row["seq"], row["transaction_id"], known_on)


async def _complete(database: Database, seq: int) -> Cut:
    rows = await database.service_rows(
        "SELECT seq, transaction_id::text AS transaction_id FROM complete_seq($1)", seq
    )
    return Cut(rows[0]["seq"], rows[0]["transaction_id"])
