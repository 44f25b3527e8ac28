"""Fetch one record, its history, or a page of many: current, or as the database knew them.

Every read notes whose data it gave, in the transaction that read them, before the answer leaves.
"""

import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database, Transaction
from app.problems import NotFound
from app.schemas.free_text import without_free_text
from app.schemas.record import RecordKind
from app.services import record_statements as statements
from app.services.caller import Caller
from app.services.data_cut import Cut
from app.services.derived_members import completed, needs_course
from app.services.known_identifiers import Known, known_by
from app.services.record_filters import conditions_of
from app.services.records import home
from app.services.subject_course import courses_of
from app.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class Fetched:
    """One version of a record."""

    version: int
    document: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in the order of their identity, and whether more follow.

    Attributes:
        cut: what they were read at.
    """

    cut: Cut
    documents: list[str]
    last: uuid.UUID | None
    more: bool


async def fetch(
    database: Database,
    trial: Trial,
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
        document = await _complete(transaction, kind, trial, cut, [(subject, row)])
        return Fetched(row["version"], document[0])


async def history(
    database: Database,
    trial: Trial,
    caller: Caller,
    kind: RecordKind,
    subject: str,
    record_id: uuid.UUID | None,
    cut: Cut | None,
) -> tuple[list[str], Known]:
    """Give every version of a record, oldest first, and what the record is known by.

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
        documents = await _complete(transaction, kind, trial, cut, [(subject, row) for row in rows])
        if not transaction.authority.sees_free_text(rows[0]["centre"]):
            return documents, Known([], [])
        found = uuid.UUID(json.loads(documents[0])["record_id"])
        return documents, await known_by(
            transaction, kind, found, cut.transaction_id if cut else None
        )


async def page(
    database: Database,
    trial: Trial,
    caller: Caller,
    kind: RecordKind,
    filters: Mapping[str, object],
    cut: Cut | None,
    after: uuid.UUID | None,
    limit: int,
    within: str | None = None,
) -> Page:
    """Give one page of the records that the caller can see and that every filter holds for.

    Args:
        cut: what the database knew then; None for what is current, with the head of the ledger as
            it was before.
        within: the subject whose list it is; None for the list across subjects.

    Raises:
        NotFound: the caller can see no such subject.
    """
    async with database.transaction(
        caller.principal, Action.READ_RECORD, at_head=cut is None
    ) as transaction:
        if cut is None:
            cut = Cut(transaction.entered["head"], None)
        conditions, values = await conditions_of(transaction, trial, kind, filters, cut, within)
        rows = await transaction.rows(
            statements.read_page(kind, conditions),
            visible_centres(transaction.authority),
            cut.transaction_id,
            after,
            limit + 1,
            note(transaction, caller),
            *values,
        )
        if within is not None and not rows:
            await home(transaction, within)
        shown = rows[:limit]
        documents = await _complete(
            transaction, kind, trial, cut, [(row["subject"], row) for row in shown]
        )
    return Page(
        cut,
        documents,
        shown[-1]["record_id"] if shown else None,
        len(rows) > limit,
    )


async def pages(
    database: Database,
    trial: Trial,
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
        found = await page(database, trial, caller, kind, filters, cut, after, size, within)
        yield found.documents
        if not found.more:
            return
        after = found.last


async def _complete(
    transaction: Transaction,
    kind: RecordKind,
    trial: Trial,
    cut: Cut | None,
    rows: Sequence[tuple[str, asyncpg.Record]],
) -> list[str]:
    """Give the documents with their derived members, and without what the caller may not read."""
    wanting = {subject for subject, row in rows if needs_course(kind, row["document"])}
    courses = {}
    if wanting:
        courses = await courses_of(
            transaction,
            trial,
            wanting,
            visible_centres(transaction.authority),
            cut.transaction_id if cut else None,
        )
    documents = [
        completed(kind, row["document"], row["day"], trial, courses, subject)
        for subject, row in rows
    ]
    centres = {row["centre"] for _, row in rows}
    hiding = {one for one in centres if not transaction.authority.sees_free_text(one)}
    return [
        without_free_text(kind, document, trial) if row["centre"] in hiding else document
        for document, (_, row) in zip(documents, rows, strict=True)
    ]


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
