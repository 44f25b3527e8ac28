"""How commands speak: sentences on standard error, results on standard output."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import asyncpg
import typer
from alembic.util import CommandError
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.database_urls import driver_url
from app.embedded_postgres import EmbeddedPostgresError, attached
from app.schema_migrations import migrate
from app.service import Service, assemble
from app.services.administration import Refused

Result = TypeVar("Result")

output = Console()
errors = Console(stderr=True, soft_wrap=True, highlight=False)
WIDE = 1000
DATABASE = "dayzero"
"""The name of the embedded server's database."""

DATABASE_ERRORS = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    SQLAlchemyError,
    ValueError,  # an address whose port is no number, a name that is no text
)
NOT_CONNECTED = (
    OSError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


def fail(sentence: str) -> typer.Exit:
    """Say what went wrong and give the exit that goes with it."""
    errors.print(sentence, style="red", markup=False)
    return typer.Exit(1)


def show(table: Table) -> None:
    """Print a table; where a program reads it and nobody looks, each row is one line."""
    Console(width=None if output.is_terminal else WIDE).print(table)


def configured() -> Settings:
    """Read the settings; the address of the service is where `serve` last had it, unless set.

    Raises:
        typer.Exit: a setting cannot be read. Its value is not repeated.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = [
            f"DAYZERO_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}."
            for one in error.errors(include_input=False)
        ]
        raise fail("\n".join(wrong)) from None
    if settings.database_url is None and "DAYZERO_ISSUER" not in os.environ:
        with suppress(OSError, UnicodeDecodeError):
            issuer = _address_file(settings).read_text(encoding="utf-8").strip()
            return settings.model_copy(update={"issuer": issuer})
    return settings


def assembled(settings: Settings) -> Service:
    """Make what a worker holds, to use it here or to see whether a worker could.

    Raises:
        typer.Exit: the trial file, a key or the list of issuers cannot be used.
    """
    try:
        return assemble(settings, "postgresql://unused@/unused")
    except ValidationError as error:
        wrong = [
            f"{settings.external_issuers}: {'.'.join(map(str, one['loc']))}: {one['msg']}."
            for one in error.errors(include_input=False)
        ]
        raise fail("\n".join(wrong)) from None
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise fail(f"{said}.") from None
    except ValueError as error:
        raise fail(f"{str(error).rstrip('.')}.") from None


def remember_address(settings: Settings) -> None:
    """Write the address of the service beside its data, for the commands that print it."""
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _address_file(settings).write_text(f"{settings.issuer}\n", encoding="utf-8")


def _address_file(settings: Settings) -> Path:
    return settings.data_directory / "address"


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
    superuser = await asyncpg.connect(driver_url(maintenance_url))
    try:
        await superuser.execute(f"CREATE DATABASE {DATABASE}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass
    finally:
        await superuser.close()
    await migrate(url)


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
    except CommandError:
        raise fail(
            "The database is at a schema that this version of the service does not know: it was "
            "used by a newer one."
        ) from None
    except DATABASE_ERRORS as error:
        raise fail(sentence_about(error)) from None


def sentence_about(error: BaseException) -> str:
    """Say what is the matter with the database, without the message of its error."""
    while error.__cause__ is not None:  # SQLAlchemy wraps the driver's error twice
        error = error.__cause__
    kind = type(error).__name__
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.InvalidParameterValueError):
        return "The database has no tables yet: run `dayzero migrate` first."
    if isinstance(error, NOT_CONNECTED):
        return f"The database cannot be reached: {kind}."
    if isinstance(error, UnicodeError):
        return "A name is not text."
    if isinstance(error, SQLAlchemyError | ValueError):
        return f"The address of the database cannot be used: {kind}."
    return f"The database does not do this: {kind}."


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
