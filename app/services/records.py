"""Submit, amend, void, fetch and list: one mechanism for every kind of record.

Nothing is changed and nothing is deleted. Every write appends a version together with its ledger
event and, under an idempotency key, the answer: one statement, all or nothing. What is outside the
caller's visible set does not exist.
"""

import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from app.access.centres import visible_centres
from app.access.permissions import Action, Role
from app.database import Database, Transaction
from app.problems import (
    IdempotencyKeyInFlight,
    IdempotencyKeyReused,
    NotFound,
    RecordVoided,
    SourceIdTaken,
    StaleVersion,
    ValidationFailed,
)
from app.schemas.record import RecordIn, RecordKind
from app.services import record_statements as statements
from app.services.caller import Caller
from app.services.identity import new_identity
from app.services.named_records import with_records_found
from app.services.observations import Observed, observe, observed
from app.services.product_lots import require_free
from app.services.source_versions import origin_by
from app.services.subject_course import SubjectCourse, courses_of
from app.services.writers import actions_on
from app.trial.trial import Trial

_HOME = (
    "SELECT centre FROM subject WHERE subject = $1 AND ($2::text[] IS NULL OR centre = ANY ($2))"
)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that changes something: its idempotency key and what the key was used for."""

    key: str | None
    digest: str

    @classmethod
    def of(cls, key: str | None, *parts: bytes) -> "KeyedRequest":
        """Digest what makes two requests the same: method, address, If-Match and body."""
        return cls(key, hashlib.sha256(b"\n".join(parts)).hexdigest())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers with."""

    status: int
    body: bytes
    etag: str
    location: str | None = None
    replayed: bool = False


Effect = Callable[[Transaction], Awaitable[Answer]]


async def submit(
    database: Database,
    trial: Trial,
    caller: Caller,
    kind: RecordKind,
    subject: str,
    payload: RecordIn,
    request: KeyedRequest,
) -> Answer:
    """Store the first version of a record.

    Raises:
        NotFound: the caller can see no such subject.
        NotPermitted: the caller may not write at the subject's centre.
        SourceIdTaken: the centre sent another record under this source_id.
        ValidationFailed: it names a record that is not there.
        LotAlreadyInfused: another subject was given what it is an infusion of.
        IdempotencyKeyReused, IdempotencyKeyInFlight: see :func:`once`.
    """
    centre, again = "", False

    async def effect(transaction: Transaction) -> Answer:
        nonlocal centre
        course = await course_of(transaction, trial, subject)
        centre = course.centre
        role = transaction.authority.role_for(actions_on(kind).submit, centre)
        if (replay := stored(transaction, request)) is not None:
            return replay
        record_id = new_identity()
        location = f"/v1/subjects/{subject}/{kind.path}/{record_id}"
        said = await with_records_found(transaction, payload, centre, subject)
        await require_free(transaction, trial, subject, said)
        version = row(said, transaction, record_id, 1, subject, centre, role)
        return await append(
            transaction,
            caller,
            kind,
            version,
            role,
            "submit",
            request,
            await observe(transaction, trial, kind, record_id, 1, said, course, origin_by(role)),
            status=201,
            location=location,
            again=again,
        )

    action = actions_on(kind).submit
    try:
        return await once(database, caller, action, request, effect)
    except asyncpg.UniqueViolationError as violation:
        holder = await holder_of(database, caller, kind, centre, payload, violation)
    if not holder.free_for(subject):
        raise holder.taken()
    again = True
    try:
        return await once(database, caller, action, request, effect)
    except asyncpg.UniqueViolationError as violation:
        holder = await holder_of(database, caller, kind, centre, payload, violation)
        raise holder.taken() from None


async def amend(
    database: Database,
    trial: Trial,
    caller: Caller,
    kind: RecordKind,
    subject: str,
    record_id: uuid.UUID | None,
    payload: RecordIn,
    based_on: int,
    request: KeyedRequest,
    *,
    beforehand: Callable[[Transaction], Awaitable[None]] | None = None,
) -> Answer:
    """Store what a record should say as its next version; the earlier ones stay.

    Args:
        record_id: the record; None for the one enrolment of the subject.
        beforehand: what the same transaction does first.

    Raises:
        NotFound: the caller can see no such record.
        StaleVersion: the record is no longer at version ``based_on``.
        RecordVoided: the record takes no further version.
    """

    async def effect(transaction: Transaction) -> Answer:
        current = await _current(transaction, kind, subject, record_id)
        role = transaction.authority.role_for(actions_on(kind).amend, current["centre"])
        if (replay := stored(transaction, request)) is not None:
            return replay
        _require_version(current, based_on)
        _require_same_origin(payload, current)
        if beforehand is not None:
            await beforehand(transaction)
        said = await with_records_found(transaction, payload, current["centre"], subject)
        await require_free(transaction, trial, subject, said)
        version = row(
            said, transaction, current["record_id"], based_on + 1, subject, current["centre"],
            role, source_id=current["source_id"],
        )  # fmt: skip
        course = await course_of(transaction, trial, subject)
        beside = await observe(
            transaction, trial, kind, current["record_id"], based_on + 1, said, course,
            origin_by(role),
        )  # fmt: skip
        return await append(transaction, caller, kind, version, role, "amend", request, beside)

    try:
        return await once(database, caller, actions_on(kind).amend, request, effect)
    except asyncpg.UniqueViolationError:
        raise _stale(based_on + 1) from None


async def void(
    database: Database,
    trial: Trial,
    caller: Caller,
    kind: RecordKind,
    subject: str,
    record_id: uuid.UUID | None,
    reason: str,
    based_on: int,
    request: KeyedRequest,
    *,
    beforehand: Callable[[Transaction, Role], Awaitable[None]] | None = None,
    afterwards: Callable[[Transaction], Awaitable[None]] | None = None,
) -> Answer:
    """Say that a record should not have been; what it said stays readable.

    Args:
        beforehand: what the same transaction does first.
        afterwards: what it does last.

    Raises:
        NotFound, StaleVersion, RecordVoided: as for :func:`amend`.
    """

    async def effect(transaction: Transaction) -> Answer:
        current = await _current(transaction, kind, subject, record_id)
        role = transaction.authority.role_for(actions_on(kind).void, current["centre"])
        if (replay := stored(transaction, request)) is not None:
            return replay
        _require_version(current, based_on)
        if beforehand is not None:
            await beforehand(transaction, role)
        voided = {
            "record_id": str(current["record_id"]),
            "based_on": based_on,
            "reason": reason,
            "recorded_by": transaction.authority.name,
            "origin": origin_by(role),
        }
        course = await course_of(transaction, trial, subject)
        if kind.one_per_subject:
            course = replace(course, enrolled_on=None, screen_failed_on=None, off_study=None)
        answer = await append(
            transaction,
            caller,
            kind,
            json.dumps(voided),
            role,
            "void",
            request,
            observed(kind, current["day"], course, trial),
            statement=statements.append_void(kind),
        )
        if afterwards is not None:
            await afterwards(transaction)
        return answer

    try:
        return await once(database, caller, actions_on(kind).void, request, effect)
    except asyncpg.UniqueViolationError:
        raise _stale(based_on + 1) from None


async def once(
    database: Database, caller: Caller, action: Action, request: KeyedRequest, effect: Effect
) -> Answer:
    """Run an effect so that its idempotency key has one effect.

    Of two requests that met between looking and storing, the second is run again as a replay.
    """
    for last in (False, True):
        try:
            async with database.transaction(caller.principal, action, request.key) as transaction:
                if request.key is not None and not transaction.entered["held"]:
                    raise IdempotencyKeyInFlight(
                        "Wait for its answer, or ask again in a moment.",
                        headers={"Retry-After": "1"},
                    )
                return await effect(transaction)
        except asyncpg.UniqueViolationError as violation:
            if last or violation.constraint_name != "stored_answer_pkey":
                raise
    raise AssertionError("unreachable")


def stored(transaction: Transaction, request: KeyedRequest) -> Answer | None:
    """Give the answer that the request's key already has; None when it has none.

    Raises:
        IdempotencyKeyReused: the key was used for another request.
    """
    held = transaction.entered
    if request.key is None or held["status"] is None:
        return None
    if held["request_digest"].hex() != request.digest:
        raise IdempotencyKeyReused("Use a new key for a new request.")
    return Answer(held["status"], held["body"].encode(), held["etag"], held["location"], True)  # noqa: FBT003


async def course_of(transaction: Transaction, trial: Trial, subject: str) -> SubjectCourse:
    """Give the course of a subject.

    Raises:
        NotFound: the caller can see no such subject.
    """
    visible = visible_centres(transaction.authority)
    courses = await courses_of(transaction, trial, [subject], visible)
    if subject not in courses:
        raise NotFound("There is no such subject, or none that you can see.")
    return courses[subject]


async def home(transaction: Transaction, subject: str) -> str:
    """Give the centre of a subject.

    Raises:
        NotFound: the caller can see no such subject.
    """
    centre: str | None = await transaction.value(
        _HOME, subject, visible_centres(transaction.authority)
    )
    if centre is None:
        raise NotFound("There is no such subject, or none that you can see.")
    return centre


async def _current(
    transaction: Transaction, kind: RecordKind, subject: str, record_id: uuid.UUID | None
) -> asyncpg.Record:
    current = await transaction.row(
        statements.current_version(kind),
        record_id,
        subject,
        visible_centres(transaction.authority),
    )
    if current is None:
        raise NotFound("There is no such record, or none that you can see.")
    return current


def _require_version(current: asyncpg.Record, based_on: int) -> None:
    if current["version"] != based_on:
        raise _stale(current["version"])
    if current["state"] == "voided":
        raise RecordVoided("A voided record stays as it is; send a new one.")


def _stale(current_version: int) -> StaleVersion:
    return StaleVersion(
        "Read the record again and base the change on what it says now.",
        headers={"ETag": f'"{current_version}"'},
        current_version=current_version,
    )


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


def row(
    payload: RecordIn,
    transaction: Transaction,
    record_id: uuid.UUID,
    version: int,
    subject: str,
    centre: str,
    role: Role,
    *,
    source_id: str | None = None,
) -> str:
    """Write a version as the JSON array of one row that the database types."""
    system = {
        "record_id": str(record_id),
        "version": version,
        "subject": subject,
        "centre": centre,
        "state": "active",
        "recorded_by": transaction.authority.name,
        "origin": origin_by(role),
    }
    if source_id is not None:
        system["source_id"] = source_id
    return f"[{payload.model_dump_json()[:-1]},{json.dumps(system)[1:]}]"


async def append(
    transaction: Transaction,
    caller: Caller,
    kind: RecordKind,
    version: str,
    role: Role,
    action: str,
    request: KeyedRequest,
    beside: Observed,
    *,
    statement: str | None = None,
    status: int = 200,
    location: str | None = None,
    again: bool = False,
) -> Answer:
    """Store a version with its event and, under a key, its answer: one statement.

    Args:
        version: the row as :func:`row` writes it, or what ``statement`` takes instead.
        role: the role by which the caller may.
        action: ``submit``, ``amend`` or ``void``, for the ledger.
        beside: what the answer says beside the record.
        statement: the statement; by default the one that inserts a row as sent.
        status: of the answer.
        location: of the answer.
        again: whether the source_id of a new record was that of one that was voided.
    """
    event = {
        "action": action,
        "principal": transaction.authority.name,
        "role": role.value,
        "route": caller.route,
        "request_id": caller.request_id,
    }
    answer: dict[str, Any] = {
        "principal": str(caller.principal.id),
        "key": request.key,
        "digest": request.digest,
        "status": status,
        "location": location,
        "visit": beside.visit,
        "moment": beside.members,
    }
    written = await transaction.row(
        statement or statements.append(kind, again=again),
        version,
        json.dumps(event),
        json.dumps(answer),
    )
    if written is None:
        raise RuntimeError("a version was neither stored nor refused")
    return Answer(status, written["body"].encode(), f'"{written["version"]}"', location)


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
        location = None
        if self.subject is not None:
            location = f"/v1/subjects/{self.subject}"
            if not self.kind.one_per_subject:
                location += f"/{self.kind.path}/{self.record_id}"
        return SourceIdTaken(
            "Amend that record, or send this one under its own source_id.",
            headers={"Location": location} if location else None,
        )


async def holder_of(
    database: Database,
    caller: Caller,
    kind: RecordKind,
    centre: str,
    payload: RecordIn,
    violation: asyncpg.UniqueViolationError,
) -> Holder:
    """Give the record that a taken source_id belongs to; raise what else was violated."""
    if violation.constraint_name != "identifier_pkey":
        raise violation
    async with database.transaction(caller.principal, actions_on(kind).submit) as transaction:
        row = await transaction.row(statements.by_source_id(kind), payload.source_id, centre)
    if row is None:
        return Holder(kind)
    return Holder(kind, row["subject"], row["record_id"], row["state"] == "voided")
