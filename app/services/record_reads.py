"""Fetch one record, its history, or a page of many: current, or as the database knew them.

Every read notes whose data it gave, in the transaction that read them, before the answer leaves.
"""

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database, Transaction
from app.problems import NotFound
from app.schemas.record import RecordKind
from app.services import record_statements as statements
from app.services.ledger import Cut
from app.services.records import Caller, home


@dataclass(frozen=True, slots=True)
class Fetched:
    """One version of a record."""

    version: int
    document: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in the order of their identity, and whether more follow."""

    documents: list[str]
    last: uuid.UUID | None
    more: bool


async def fetch(
    database: Database,
    caller: Caller,
    kind: RecordKind,
    subject: str,
    record_id: uuid.UUID | None,
    cut: Cut | None,
) -> Fetched:
    """Give the current version of a record, or the one at a cut.

    Raises:
        NotFound: the caller can see no such record, or it was not there yet.
    """
    async with database.transaction(caller.principal, Action.READ_RECORD) as transaction:
        row = await transaction.row(
            statements.read_one(kind),
            record_id,
            subject,
            visible_centres(transaction.authority),
            cut.transaction_id if cut else None,
            note(transaction, caller),
        )
        if row is None:
            raise NotFound("There is no such record, or none that you can see.")
        return Fetched(row["version"], row["document"])


async def history(
    database: Database,
    caller: Caller,
    kind: RecordKind,
    subject: str,
    record_id: uuid.UUID | None,
    cut: Cut | None,
) -> list[str]:
    """Give every version of a record, oldest first.

    Raises:
        NotFound: the caller can see no such record.
    """
    async with database.transaction(caller.principal, Action.READ_RECORD) as transaction:
        rows = await transaction.rows(
            statements.read_history(kind),
            record_id,
            subject,
            visible_centres(transaction.authority),
            cut.transaction_id if cut else None,
            note(transaction, caller),
        )
        if not rows:
            raise NotFound("There is no such record, or none that you can see.")
        return [row["document"] for row in rows]


async def page(
    database: Database,
    caller: Caller,
    kind: RecordKind,
    filters: Mapping[str, object],
    cut: Cut,
    after: uuid.UUID | None,
    limit: int,
    within: str | None = None,
) -> Page:
    """Give one page of the records that the caller can see and that every filter holds for.

    Args:
        within: the subject whose list it is; None for the list across subjects.

    Raises:
        NotFound: the caller can see no such subject.
    """
    if within is not None:
        filters = {**filters, "subject": within}
    conditions, values = _conditions(kind, filters)
    async with database.transaction(caller.principal, Action.READ_RECORD) as transaction:
        if within is not None:
            await home(transaction, within)
        rows = await transaction.rows(
            statements.read_page(kind, conditions),
            visible_centres(transaction.authority),
            cut.transaction_id,
            after,
            limit + 1,
            note(transaction, caller),
            *values,
        )
    shown = rows[:limit]
    return Page(
        [row["document"] for row in shown],
        shown[-1]["record_id"] if shown else None,
        len(rows) > limit,
    )


async def pages(
    database: Database,
    caller: Caller,
    kind: RecordKind,
    filters: Mapping[str, object],
    cut: Cut,
    within: str | None = None,
    size: int = 1000,
) -> AsyncIterator[list[str]]:
    """Give the whole list at one cut, page after page."""
    after: uuid.UUID | None = None
    while True:
        found = await page(database, caller, kind, filters, cut, after, size, within)
        yield found.documents
        if not found.more:
            return
        after = found.last


_CHANGED_AFTER = """record.record_id IN (
              SELECT event.record_id FROM ledger_event AS event
              WHERE event.transaction_id > (
                  SELECT coalesce(max(entry.transaction_id), '0'::xid8)
                  FROM ledger_entry AS entry WHERE entry.seq <= {seq}::bigint))"""


def note(transaction: Transaction, caller: Caller, action: Action = Action.READ_RECORD) -> str:
    """Write who reads, as what, by which request: the members of an access event."""
    return json.dumps(
        {
            "principal": transaction.authority.name,
            "role": transaction.authority.role_for(action).value,
            "route": caller.route,
            "request_id": caller.request_id,
        }
    )


def _conditions(
    kind: RecordKind, filters: Mapping[str, object]
) -> tuple[tuple[str, ...], list[object]]:
    """Write filters as conditions, each with the number of its parameter, and their values."""
    conditions: list[str] = []
    values: list[object] = []
    for name, value in filters.items():
        condition = _condition(kind, name, f"${len(values) + 6}")
        conditions.append(condition)
        values.append(value)
    return tuple(conditions), values


def _condition(kind: RecordKind, name: str, parameter: str) -> str:
    dated = f'left(record."{kind.dated_by}"::text, 10)'
    match name:
        case "from":
            # A partial date is kept when it may lie in the range.
            return f"{dated} >= left({parameter}::text, length({dated}))"
        case "to":
            return f"left({dated}, length({parameter}::text)) <= {parameter}::text"
        case "changed_after":
            return _CHANGED_AFTER.format(seq=parameter)
        case "subject" | "centre" | "state" | "source_id" | "visit":
            return f"record.{name} = {parameter}::text"
        case _:
            column = kind.table.__table__.columns[kind.filters[name]]  # type: ignore[attr-defined]
            return f'record."{column.name}" = {parameter}::{column.type.compile()}'
