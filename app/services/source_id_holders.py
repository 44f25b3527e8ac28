"""Who holds a source_id that a new record was sent under, and when it begins another turn."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from app.database import Database
from app.problems import SourceIdTaken
from app.schemas.record import RecordKind
from app.services import record_statements as statements
from app.services.caller import Caller
from app.services.keyed_requests import Answer
from app.services.place import Place
from app.services.writers import actions_on


@dataclass(frozen=True, slots=True)
class Holder:
    """The record that holds a source_id; nothing of it where it is gone from sight."""

    kind: RecordKind
    subject: str | None = None
    record_id: uuid.UUID | None = None
    voided: bool = False

    def free_for(self, subject: str) -> bool:
        """Tell whether the source_id may begin a turn at a record of a subject.

        It may where the record that held it was voided and is another subject's.
        """
        return self.voided and self.subject != subject

    def taken(self) -> SourceIdTaken:
        """Give the refusal that names the holder."""
        headers = None
        if self.subject is not None:
            headers = {"Location": Place(self.kind, self.subject, self.record_id).address}
        return SourceIdTaken(
            "Amend that record, or send this one under its own source_id.", headers=headers
        )


async def holder_of(
    database: Database, caller: Caller, kind: RecordKind, centre: str, source_id: str | None
) -> Holder:
    """Give the record that a taken source_id belongs to."""
    async with database.transaction(caller.principal, actions_on(kind).submit) as transaction:
        row = await transaction.row(statements.by_source_id(kind), source_id, centre)
    if row is None:
        return Holder(kind)
    return Holder(kind, row["subject"], row["record_id"], row["state"] == "voided")


async def in_turn(
    attempt: Callable[[bool], Awaitable[Answer]],
    held_by: Callable[[], Awaitable[Holder]],
    free: Callable[[Holder], bool],
) -> Answer:
    """Store a new record; a source_id that was another's and is free now begins another turn.

    Args:
        attempt: stores it; told whether its source_id has had a turn.
        held_by: finds who holds its source_id.
        free: tells whether the source_id is free of that holder.

    Raises:
        SourceIdTaken: its source_id belongs to another record.
    """
    try:
        return await attempt(False)  # noqa: FBT003
    except asyncpg.UniqueViolationError as violation:
        _require_taken_source_id(violation)
    holder = await held_by()
    if not free(holder):
        raise holder.taken()
    try:
        return await attempt(True)  # noqa: FBT003
    except asyncpg.UniqueViolationError as violation:
        _require_taken_source_id(violation)
    raise (await held_by()).taken()


def _require_taken_source_id(violation: asyncpg.UniqueViolationError) -> None:
    if violation.constraint_name != "identifier_pkey":
        raise violation
