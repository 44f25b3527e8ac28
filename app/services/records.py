"""Submit, amend and void: one mechanism for every kind of record.

Nothing is changed and nothing is deleted. Every write appends a version together with its ledger
event and, under an idempotency key, the answer: one statement, all or nothing. What is outside the
caller's visible set does not exist.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import asyncpg

from app.database import Database, Transaction
from app.problems import ValidationFailed
from app.schemas.record import RecordIn
from app.services.answers_to_writes import written_beside
from app.services.caller import Caller
from app.services.current_version import current_version, require_current, stale
from app.services.identity import new_identity
from app.services.keyed_requests import Answer, KeyedRequest, once, stored
from app.services.named_records import with_records_found
from app.services.new_version import NewVersion
from app.services.place import Place
from app.services.product_lots import require_free
from app.services.source_id_holders import Holder, holder_of, in_turn
from app.services.visible_subjects import course_of
from app.services.writers import actions_on
from app.services.writing import Writing
from app.trial.trial import Trial


@dataclass(frozen=True, slots=True)
class Records:
    """The records of the trial, as callers change them."""

    database: Database
    trial: Trial

    async def submit(
        self, caller: Caller, place: Place, payload: RecordIn, request: KeyedRequest
    ) -> Answer:
        """Store the first version of a record.

        Raises:
            NotFound: the caller can see no such subject.
            NotPermitted: the caller may not write at the subject's centre.
            SourceIdTaken: the centre sent another record under this source_id.
            ValidationFailed: it names a record that is not there.
            LotAlreadyInfused: another subject was given what it is an infusion of.
            IdempotencyKeyReused, IdempotencyKeyInFlight: the key is in use.
        """
        kind, subject = place.kind, place.subject
        action = actions_on(kind).submit
        centre = ""

        async def attempt(again: bool) -> Answer:  # noqa: FBT001
            async def effect(transaction: Transaction) -> Answer:
                nonlocal centre
                course = await course_of(transaction, self.trial, subject)
                centre = course.centre
                role = transaction.authority.role_for(action, centre)
                if (replay := stored(transaction, request)) is not None:
                    return replay
                writing = Writing(transaction, caller, role, request)
                record_id = new_identity()
                said = await with_records_found(transaction, payload, centre, subject)
                await require_free(transaction, self.trial, subject, said)
                version = NewVersion(kind, record_id, 1, subject, centre, said, writing.origin)
                return await writing.store(self.trial, version, course, again=again)

            return await once(self.database, caller, action, request, effect)

        async def held_by() -> Holder:
            return await holder_of(self.database, caller, kind, centre, payload.source_id)

        return await in_turn(attempt, held_by, lambda holder: holder.free_for(subject))

    async def amend(
        self,
        caller: Caller,
        place: Place,
        payload: RecordIn,
        based_on: int,
        request: KeyedRequest,
        *,
        beforehand: Callable[[Transaction], Awaitable[None]] | None = None,
    ) -> Answer:
        """Store what a record should say as its next version; the earlier ones stay.

        Args:
            beforehand: what the same transaction does first.

        Raises:
            NotFound: the caller can see no such record.
            StaleVersion: the record is no longer at version ``based_on``.
            RecordVoided: the record takes no further version.
        """
        kind, subject = place.kind, place.subject
        action = actions_on(kind).amend

        async def effect(transaction: Transaction) -> Answer:
            current = await current_version(transaction, place)
            centre = current["centre"]
            role = transaction.authority.role_for(action, centre)
            if (replay := stored(transaction, request)) is not None:
                return replay
            require_current(current, based_on)
            _require_same_origin(payload, current)
            if beforehand is not None:
                await beforehand(transaction)
            writing = Writing(transaction, caller, role, request)
            said = await with_records_found(transaction, payload, centre, subject)
            await require_free(transaction, self.trial, subject, said)
            version = NewVersion(
                kind, current["record_id"], based_on + 1, subject, centre, said, writing.origin,
                source_id=current["source_id"],
            )  # fmt: skip
            course = await course_of(transaction, self.trial, subject)
            return await writing.store(self.trial, version, course)

        try:
            return await once(self.database, caller, action, request, effect)
        except asyncpg.UniqueViolationError:
            raise stale(based_on + 1) from None

    async def void(
        self,
        caller: Caller,
        place: Place,
        reason: str,
        based_on: int,
        request: KeyedRequest,
        *,
        beforehand: Callable[[Writing], Awaitable[None]] | None = None,
        afterwards: Callable[[Transaction], Awaitable[None]] | None = None,
    ) -> Answer:
        """Say that a record should not have been; what it said stays readable.

        Args:
            beforehand: what the same transaction does first.
            afterwards: what it does last.

        Raises:
            NotFound, StaleVersion, RecordVoided: as for :meth:`amend`.
        """
        kind = place.kind
        action = actions_on(kind).void

        async def effect(transaction: Transaction) -> Answer:
            current = await current_version(transaction, place)
            role = transaction.authority.role_for(action, current["centre"])
            if (replay := stored(transaction, request)) is not None:
                return replay
            require_current(current, based_on)
            writing = Writing(transaction, caller, role, request)
            if beforehand is not None:
                await beforehand(writing)
            course = await course_of(transaction, self.trial, place.subject)
            if kind.one_per_subject:
                course = replace(course, enrolled_on=None, screen_failed_on=None, off_study=None)
            voided = writing.voided(current["record_id"], based_on, reason)
            beside = written_beside(kind, current["day"], course, self.trial)
            answer = await writing.store_void(kind, voided, beside)
            if afterwards is not None:
                await afterwards(transaction)
            return answer

        try:
            return await once(self.database, caller, action, request, effect)
        except asyncpg.UniqueViolationError:
            raise stale(based_on + 1) from None


def _require_same_origin(payload: RecordIn, current: asyncpg.Record) -> None:
    errors = []
    if payload.source_id not in {None, current["source_id"]}:
        errors.append(
            {
                "pointer": "/source_id",
                "code": "source_id_fixed",
                "message": "is fixed by the record's first version; leave it out or send that one",
            }
        )
    if getattr(payload, "centre", current["centre"]) != current["centre"]:
        errors.append(
            {
                "pointer": "/centre",
                "code": "centre_fixed",
                "message": "is the centre that enrolled the subject and stays so",
            }
        )
    if errors:
        raise ValidationFailed("Some members cannot change.", errors=errors)
