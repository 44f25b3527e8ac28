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
from app.schemas.free_text import without_free_text
from app.schemas.record import RecordKind
from app.services import record_statements as statements
from app.services.caller import Caller
from app.services.current_version import no_such_record
from app.services.data_cut import Cut
from app.services.derived_members import completed, needs_course
from app.services.known_identifiers import Known, known_by
from app.services.place import Place
from app.services.record_filters import conditions_of
from app.services.subject_course import courses_of
from app.services.visible_subjects import home
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


@dataclass(frozen=True, slots=True)
class Listing:
    """The records that a list is of: of a kind, those that every filter holds for.

    Attributes:
        within: the subject whose list it is; None for the list across subjects.
    """

    kind: RecordKind
    filters: Mapping[str, object]
    within: str | None = None


@dataclass(frozen=True, slots=True)
class RecordReads:
    """The records of the trial, as callers read them."""

    database: Database
    trial: Trial

    async def fetch(self, caller: Caller, place: Place, cut: Cut | None) -> Fetched:
        """Give the current version of a record, or the one at a cut.

        Raises:
            NotFound: the caller can see no such record, or it was not there yet.
        """
        kind, subject = place.kind, place.subject
        async with self.database.transaction(caller.principal, Action.READ_RECORD) as transaction:
            row = await transaction.row(
                statements.read_one(kind),
                place.record_id,
                subject,
                visible_centres(transaction.authority),
                cut.transaction_id if cut else None,
                note(transaction, caller),
            )
            if row is None:
                raise no_such_record()
            document = await self._complete(transaction, kind, cut, [(subject, row)])
            return Fetched(row["version"], document[0])

    async def history(
        self, caller: Caller, place: Place, cut: Cut | None
    ) -> tuple[list[str], Known]:
        """Give every version of a record, oldest first, and what the record is known by.

        Raises:
            NotFound: the caller can see no such record.
        """
        kind, subject = place.kind, place.subject
        until = cut.transaction_id if cut else None
        async with self.database.transaction(caller.principal, Action.READ_RECORD) as transaction:
            rows = await transaction.rows(
                statements.read_history(kind),
                place.record_id,
                subject,
                visible_centres(transaction.authority),
                until,
                note(transaction, caller),
            )
            if not rows:
                raise no_such_record()
            documents = await self._complete(
                transaction, kind, cut, [(subject, row) for row in rows]
            )
            if not transaction.authority.sees_free_text(rows[0]["centre"]):
                return documents, Known([], [])
            found = uuid.UUID(json.loads(documents[0])["record_id"])
            return documents, await known_by(transaction, kind, found, until)

    async def page(
        self, caller: Caller, listing: Listing, cut: Cut | None, after: uuid.UUID | None, limit: int
    ) -> Page:
        """Give one page of the records of a list that the caller can see.

        Args:
            cut: what the database knew then; None for what is current, with the head of the ledger
                as it was before.

        Raises:
            NotFound: the caller can see no such subject.
        """
        kind, within = listing.kind, listing.within
        async with self.database.transaction(
            caller.principal, Action.READ_RECORD, at_head=cut is None
        ) as transaction:
            if cut is None:
                cut = Cut(transaction.entered["head"], None)
            conditions, values = await conditions_of(
                transaction, self.trial, kind, listing.filters, cut, within
            )
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
            documents = await self._complete(
                transaction, kind, cut, [(row["subject"], row) for row in shown]
            )
        return Page(
            cut,
            documents,
            shown[-1]["record_id"] if shown else None,
            len(rows) > limit,
        )

    async def pages(
        self, caller: Caller, listing: Listing, cut: Cut, size: int = 1000
    ) -> AsyncIterator[list[str]]:
        """Give the whole list at one cut, page after page."""
        after: uuid.UUID | None = None
        while True:
            found = await self.page(caller, listing, cut, after, size)
            yield found.documents
            if not found.more:
                return
            after = found.last

    async def _complete(
        self,
        transaction: Transaction,
        kind: RecordKind,
        cut: Cut | None,
        rows: Sequence[tuple[str, asyncpg.Record]],
    ) -> list[str]:
        """Give the documents with their derived members, without what the caller may not read."""
        trial = self.trial
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
