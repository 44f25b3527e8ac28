"""Migrate, sequence, rotate keys, print the contract."""

import asyncio
import contextlib
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import errors, fail, output
from app.commands.operator_access import in_sentences, owner_url
from app.commands.settings import configured, signing_in
from app.database import Database
from app.main import create_app
from app.openapi_document import published
from app.problems import Problem
from app.schema_migrations import migrate, set_service_password
from app.schema_revision import head
from app.services import ledger

keys = typer.Typer(no_args_is_help=True, help="The keys that sign access tokens.")


def migrate_database() -> None:
    """Bring the database to the schema of this version."""
    settings = configured()
    with owner_url(settings) as url, in_sentences():
        asyncio.run(migrate(url))
        if settings.service_password is not None:
            asyncio.run(set_service_password(url, settings.service_password.get_secret_value()))
    output.print(f"The database is at {head()}.")


def sequence() -> None:
    """Number the ledger's events until interrupted, for workers with DAYZERO_SEQUENCER=0."""
    settings = configured()
    if settings.database_url is None:
        raise fail("The embedded service numbers its ledger itself.")

    asyncio.run(_sequence(Database(settings, settings.database_url)))


async def _sequence(database: Database) -> None:
    """Number until told to stop, also by a signal that whoever started us has us ignore."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        try:
            await ledger.number_events(database)
        except Problem as problem:
            errors.print(f"{problem.title}.")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), 0.2)


def openapi(
    written_to: Annotated[
        Path | None, typer.Option("--output", help="A file instead of standard output.")
    ] = None,
) -> None:
    """Print the published contract."""
    app = create_app(configured(), "postgresql://unused@/unused")
    text = published(app)
    if written_to is None:
        typer.echo(text, nl=False)
    else:
        try:
            written_to.write_text(text, encoding="utf-8")
        except OSError as error:
            raise fail(f"{written_to} cannot be written: {error.strerror}.") from None


@keys.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on; the old one verifies until its last token has ended."""
    rotating = getattr(signing_in(configured()).keys, "rotate", None)
    if rotating is None:
        raise fail("The signing key is configured, in DAYZERO_SIGNING_KEY: replace it there.")
    output.print(f"Signing with {rotating(datetime.now(UTC))}.")
