"""How commands speak: sentences on standard error, results on standard output."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
import typer
from rich.console import Console

from app.config import Settings
from app.database_urls import driver_url
from app.embedded_postgres import EmbeddedPostgresError, attached
from app.schema_migrations import migrate
from app.services.administration import Refused

Result = TypeVar("Result")

output = Console()
errors = Console(stderr=True, soft_wrap=True, highlight=False)
DATABASE = "dayzero"
"""The name of the embedded server's database."""


def fail(sentence: str) -> typer.Exit:
    """Say what went wrong and give the exit that goes with it."""
    errors.print(sentence, style="red", markup=False)
    return typer.Exit(1)


@contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    """Give the address of a login that owns the tables, on a database at its newest schema.

    The embedded server is attached to, or started for the occasion.
    """
    if settings.database_url is None:
        try:
            with attached(settings.data_directory) as server:
                url = server.url(server.superuser, DATABASE)
                asyncio.run(prepare(server.url(server.superuser, "postgres"), url))
                yield url
        except EmbeddedPostgresError as error:
            raise fail(str(error)) from None
        return
    if settings.migration_url is None:
        raise fail(
            "Set DAYZERO_MIGRATION_URL to a login of your PostgreSQL that may create roles."
        )
    yield settings.migration_url


async def prepare(maintenance_url: str, url: str) -> None:
    """Make the embedded server's database if it is missing and bring it to the newest schema."""
    superuser = await asyncpg.connect(driver_url(maintenance_url))
    try:
        await superuser.execute(f"CREATE DATABASE {DATABASE}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass
    finally:
        await superuser.close()
    await migrate(url)


def as_owner(work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    """Do something on a connection that owns the tables; a refusal is a sentence."""

    async def connected(url: str) -> Result:
        owner = await asyncpg.connect(driver_url(url))
        try:
            await owner.execute("SET ROLE dayzero_owner")
            return await work(owner)
        finally:
            await owner.close()

    with owner_url(Settings()) as url:
        try:
            return asyncio.run(connected(url))
        except Refused as refused:
            raise fail(str(refused)) from None
        except asyncpg.UndefinedTableError:
            raise fail("The database has no tables yet: run `dayzero migrate` first.") from None
        except (OSError, asyncpg.PostgresError) as error:
            raise fail(f"The database cannot be reached: {type(error).__name__}.") from None
