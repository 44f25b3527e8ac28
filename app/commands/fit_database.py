"""A database that is fit to serve: ours, kept alive, or the configured one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from app.commands.console import fail
from app.commands.operator_access import DATABASE, in_sentences, prepare
from app.config import Settings
from app.database_urls import driver_url
from app.embedded_postgres import EmbeddedPostgres, Supervisor
from app.schema_revision import head, revision_of


@contextmanager
def fit_database(settings: Settings) -> Iterator[str]:
    """Give the address under which the workers reach it.

    Raises:
        typer.Exit: the configured one is not fit.
        EmbeddedPostgresError: ours cannot be started.
    """
    if settings.database_url is not None:
        with in_sentences():
            unfit = asyncio.run(_unfit(settings.database_url, settings))
        if unfit is not None:
            raise fail(unfit)
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.data_directory)
    with Supervisor(server):
        url = server.url(server.superuser, DATABASE)
        with in_sentences():
            asyncio.run(prepare(server.url(server.superuser, "postgres"), url))
        yield server.url("dayzero_service", DATABASE)


async def _unfit(url: str, settings: Settings) -> str | None:
    """Say why a database is not fit to serve; None when it is."""
    connection = await asyncpg.connect(driver_url(url), timeout=10)
    try:
        revision = await revision_of(connection)
        if revision != head():
            at = revision or "no schema"
            return f"The database is at {at}, this service needs {head()}: migrate it."
        if await connection.fetchval("SELECT newest_transaction() >= pg_current_xact_id()"):
            return (
                "The database holds transactions that its server has not reached: it was restored "
                "as a dump into another server. Restore a physical copy."
            )
        if not settings.allow_unsafe_database:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                if await connection.fetchval("SELECT current_setting($1)", setting) == "off":
                    return (
                        f"The database runs with {setting} off: acknowledged records could be lost."
                    )
    finally:
        await connection.close()
    return None
