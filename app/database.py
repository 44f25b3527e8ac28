"""The way to the database: one pool, one transaction a request, its caller's context.

A transaction begins by deriving the caller's context from the grants as they are now and entering
the database role that goes with it, in one statement, so that neither can be had without the other.
It commits before the answer leaves.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.access.permissions import PURPOSES, Action, Purpose
from app.access.principal import Authority, Principal
from app.config import Settings
from app.database_urls import driver_url
from app.problems import DatabaseUnavailable, InvalidToken, OutcomeUnknown, Overloaded
from app.storage import Storage

RETRY_AFTER = {"Retry-After": "2"}
SECONDS_TO_LEAVE = 2.0
"""How long a connection may take to end its transaction before it is cut."""

_ENTER = """
SELECT set_config('role', context.database_role, true) AS entered,
       context.database_role, context.principal_name, context.grants{}
FROM begin_context($1, $2) AS context{}
"""
_ENTER_ALONE = _ENTER.format("", "")
_ENTER_WITH_KEY = _ENTER.format(", held.*", ", hold_key($1, $3) AS held")
_ENTER_AT_HEAD = _ENTER.format(", head", ", ledger_head() AS head")
"""What a transaction begins with; what it needs beside its context costs no round trip."""

_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a statement met a connection that the server had just ended
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # another server takes over and is not promoted yet
)
_CHANGES = frozenset(
    {
        Action.SUBMIT_RECORD,
        Action.AMEND_RECORD,
        Action.VOID_RECORD,
        Action.IMPORT_RECORDS,
        Action.ADJUDICATE_RESPONSE,
    }
)
_BUSY = (
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


@dataclass(slots=True)
class Transaction:
    """A running transaction of a caller, under the database role of its context."""

    connection: asyncpg.Connection
    authority: Authority
    entered: asyncpg.Record
    """What came with its context: the stored answer of a key, or the head of the ledger."""

    async def row(self, statement: str, *parameters: object) -> asyncpg.Record | None:
        """Run a statement and give its first row."""
        return await self.connection.fetchrow(statement, *parameters)

    async def rows(self, statement: str, *parameters: object) -> list[asyncpg.Record]:
        """Run a statement and give its rows."""
        rows: list[asyncpg.Record] = await self.connection.fetch(statement, *parameters)
        return rows

    async def value(self, statement: str, *parameters: object) -> Any:
        """Run a statement and give the first value of its first row."""
        return await self.connection.fetchval(statement, *parameters)


class Database:
    """The pool of connections of one worker."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings = settings
        self._url = driver_url(url)
        self._pool: asyncpg.Pool | None = None
        embedded = settings.data_directory if settings.database_url is None else None
        self.storage = Storage(embedded, settings.storage_reserve)

    async def _open_pool(self) -> asyncpg.Pool:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=0,
                max_size=self._settings.pool_size,
                max_inactive_connection_lifetime=0,
                command_timeout=self._settings.statement_seconds + 2,
                timeout=5,
                statement_cache_size=1000,
                max_cached_statement_lifetime=0,
                reset=_leave_as_is,
                server_settings={
                    "application_name": "dayzero",
                    "TimeZone": "UTC",
                    "DateStyle": "ISO, YMD",  # days are compared and derived from as text
                    "statement_timeout": f"{self._settings.statement_seconds}s",
                    "lock_timeout": "5s",
                    "idle_in_transaction_session_timeout": "15s",
                    "search_path": "public",
                },
            )
        return self._pool

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection that has entered no role: the service's own functions only.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
            Overloaded: no connection came free, or the database is out of means.
            StorageFull: the database has no room left.
        """
        try:
            pool = await self._open_pool()
            connection = await pool.acquire(timeout=3)
        except TimeoutError:
            raise Overloaded("Try again in a moment.", headers=RETRY_AFTER) from None
        except _AWAY:
            raise DatabaseUnavailable("Try again in a moment.", headers=RETRY_AFTER) from None
        except _BUSY:
            raise Overloaded("Try again in a moment.", headers=RETRY_AFTER) from None
        try:
            yield connection
        except _AWAY:
            _cut(connection)
            raise DatabaseUnavailable("Try again in a moment.", headers=RETRY_AFTER) from None
        except asyncpg.DiskFullError:
            raise self.storage.full() from None
        except _BUSY:
            raise Overloaded("Try again in a moment.", headers=RETRY_AFTER) from None
        finally:
            with suppress(*_AWAY):  # the pool has cut the connection; the answer stands
                await pool.release(connection, timeout=SECONDS_TO_LEAVE)

    @asynccontextmanager
    async def transaction(
        self,
        principal: Principal,
        action: Action,
        key: str | None = None,
        *,
        at_head: bool = False,
    ) -> AsyncIterator[Transaction]:
        """Run one action of a caller in one transaction and commit it.

        Args:
            principal: who calls.
            action: what is done; decides which database role is entered.
            key: the request's idempotency key; held until the transaction ends.
            at_head: whether the head of the ledger is told, where there is no key.

        Raises:
            InvalidToken: the principal exists no more.
            NotPermitted: no role of the principal allows anything of the kind.
            DatabaseUnavailable: the database is away; nothing was stored.
            OutcomeUnknown: the database went away during the commit.
            StorageFull: a change found no room.
        """
        if action in _CHANGES:
            self.storage.require_room()
        purpose = PURPOSES.get(action, Purpose.READ)
        async with self.connection() as connection:
            await connection.execute("BEGIN")
            try:
                if key is not None:
                    entered = await connection.fetchrow(
                        _ENTER_WITH_KEY, principal.id, purpose.value, key
                    )
                else:
                    alone = _ENTER_AT_HEAD if at_head else _ENTER_ALONE
                    entered = await connection.fetchrow(alone, principal.id, purpose.value)
                if entered is None:
                    raise InvalidToken("The principal of this token has no access any more.")
                authority = Authority.of(
                    principal, entered["principal_name"], json.loads(entered["grants"])
                )
                authority.role_for(action)
                yield Transaction(connection, authority, entered)
            except BaseException:
                await _roll_back(connection)
                raise
            await _commit(connection)

    async def glance(
        self, principal: Principal, action: Action, statement: str
    ) -> tuple[Authority, asyncpg.Record]:
        """Give what a caller may do now beside one row of the service's own, in one statement.

        Nothing of a centre is read: the context ends with the statement.

        Args:
            principal: who calls.
            action: what is asked for.
            statement: a FROM item of the service's own functions that gives one row.

        Raises:
            InvalidToken, NotPermitted, DatabaseUnavailable: as for :meth:`transaction`.
        """
        purpose = PURPOSES.get(action, Purpose.READ)
        async with self.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT context.principal_name, context.grants, beside.* "  # noqa: S608
                f"FROM begin_context($1, $2) AS context, {statement} AS beside",
                principal.id,
                purpose.value,
            )
        if row is None:
            raise InvalidToken("The principal of this token has no access any more.")
        authority = Authority.of(principal, row["principal_name"], json.loads(row["grants"]))
        authority.role_for(action)
        return authority, row

    async def service_value(self, statement: str, *parameters: object) -> Any:
        """Call one of the service's own functions outside any caller's context."""
        async with self.connection() as connection:
            return await connection.fetchval(statement, *parameters)

    async def service_rows(self, statement: str, *parameters: object) -> Sequence[asyncpg.Record]:
        """Call one of the service's own functions that gives rows."""
        async with self.connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(statement, *parameters)
            return rows


async def _leave_as_is(_connection: asyncpg.Connection) -> None:
    """Skip the driver's reset: every setting we make is local to a transaction that has ended."""


def _cut(connection: asyncpg.Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # the pool has taken back a connection that broke
        connection.terminate()


async def _roll_back(connection: asyncpg.Connection) -> None:
    try:
        async with asyncio.timeout(SECONDS_TO_LEAVE):
            await connection.execute("ROLLBACK")
    except (*_AWAY, *_BUSY, asyncio.CancelledError, asyncpg.PostgresError):
        _cut(connection)


async def _commit(connection: asyncpg.Connection) -> None:
    try:
        outcome = await connection.execute("COMMIT")
    except BaseException as error:
        _cut(connection)
        if isinstance(error, (*_AWAY, *_BUSY, TimeoutError)):
            raise OutcomeUnknown(
                "Send the request again with the same Idempotency-Key; it has one effect.",
                headers=RETRY_AFTER,
            ) from None
        raise
    if outcome != "COMMIT":
        raise RuntimeError("a failed statement was overlooked and the transaction rolled back")
