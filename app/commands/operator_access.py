"""The operator's way to the database, and what is the matter when there is none."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg

from app.commands.console import fail
from app.commands.database_sentences import sentence_about
from app.commands.settings import configured
from app.config import Settings
from app.database_urls import driver_url
from app.embedded_postgres import EmbeddedPostgresError, attached
from app.schema_revision import UnknownSchema, head, revision_of
from app.services.administration import Refused

Result = TypeVar("Result")

DATABASE = "dayzero"
"""The name of the embedded server's database."""


@contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    """Give the address of a login that owns the tables, on a database at its newest schema.

    The embedded server is attached to, or started for the occasion.
    """
    if settings.database_url is None:
        try:
            with attached(settings.data_directory) as server:
                url = server.url(server.superuser, DATABASE)
                with in_sentences():
                    asyncio.run(prepare(server.url(server.superuser, "postgres"), url))
                yield url
        except EmbeddedPostgresError as error:
            raise fail(str(error)) from None
        return
    if settings.migration_url is None:
        raise fail("Set DAYZERO_MIGRATION_URL to a login of your PostgreSQL that may create roles.")
    yield settings.migration_url


async def prepare(maintenance_url: str, url: str) -> None:
    """Make the embedded server's database if it is missing and bring it to the newest schema."""
    if await _at_newest_schema(url):
        return
    superuser = await asyncpg.connect(driver_url(maintenance_url))
    try:
        await superuser.execute(f"CREATE DATABASE {DATABASE}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass
    finally:
        await superuser.close()
    from app.schema_migrations import migrate  # noqa: PLC0415 - most starts have nothing to migrate

    await migrate(url)


async def _at_newest_schema(url: str) -> bool:
    try:
        database = await asyncpg.connect(driver_url(url))
    except asyncpg.InvalidCatalogNameError:
        return False
    try:
        return await revision_of(database) == head()
    finally:
        await database.close()


@contextmanager
def in_sentences() -> Iterator[None]:
    """Turn what the database or the operator's wish runs into into a sentence.

    The message of the database's error may carry a value and is not repeated.

    Raises:
        typer.Exit: something did.
    """
    try:
        yield
    except Refused as refused:
        raise fail(str(refused)) from None
    except UnknownSchema:
        raise fail(
            "The database is at a schema that this version of the service does not know: it was "
            "used by a newer one."
        ) from None
    except _database_errors() as error:
        raise fail(sentence_about(error)) from None


def _database_errors() -> tuple[type[Exception], ...]:
    """Give what the way to the database raises; asked for only when something was raised."""
    return (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        _migration_error(),
        ValueError,  # an address whose port is no number, a name that is no text
    )


def _migration_error() -> type[Exception]:
    """Give what a migration raises. Most starts have nothing to migrate and never load it."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    return SQLAlchemyError


def as_owner(work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    """Do something on a connection that owns the tables; a refusal is a sentence."""

    async def connected(url: str) -> Result:
        owner = await asyncpg.connect(driver_url(url), timeout=10)
        try:
            await owner.execute("SET ROLE dayzero_owner")
            return await work(owner)
        finally:
            await owner.close()

    with owner_url(configured()) as url, in_sentences():
        return asyncio.run(connected(url))
