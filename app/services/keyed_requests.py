"""A request that changes something: what it answers, and that it has one effect under its key."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from app.access.permissions import Action
from app.database import Database, Transaction
from app.problems import IdempotencyKeyInFlight, IdempotencyKeyReused
from app.services.caller import Caller


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
