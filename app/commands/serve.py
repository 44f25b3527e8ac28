"""Serve: the parent owns the embedded database and the socket, the workers do the rest."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import asyncpg
import typer

from app.commands.console import (
    DATABASE,
    assembled,
    configured,
    errors,
    fail,
    in_sentences,
    prepare,
    remember_address,
)
from app.config import Settings
from app.database_urls import driver_url
from app.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, Supervisor
from app.log_lines import log_to_standard_error
from app.schema_migrations import head

GRACE = 28
"""Seconds that a worker has to end; it gives running requests 25."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes.")] = 1,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keys and the embedded database lie here.")
    ] = None,
    trial: Annotated[
        Path | None, typer.Option(help="The trial file; the built-in without it.")
    ] = None,
) -> None:
    """Serve the trial, on the embedded PostgreSQL unless DATABASE_URL names another."""
    if data_dir is not None:
        os.environ["DAYZERO_DATA_DIRECTORY"] = str(data_dir)
    if trial is not None:
        os.environ["DAYZERO_TRIAL"] = str(trial.resolve())
    address = f"[{host}]" if ":" in host else host
    os.environ.setdefault("DAYZERO_ISSUER", f"http://{address}:{port}")
    settings = configured()
    log_to_standard_error(settings.log_level)
    with listening(host, port) as listener:
        assembled(settings)  # what no worker could start with is said here, once
        try:
            with database(settings) as url:
                remember_address(settings)
                errors.print(f"Serving at {settings.issuer}; Ctrl-C ends it.", markup=False)
                code = Workers(listener, url, workers).run()
        except EmbeddedPostgresError as error:
            raise fail(str(error)) from None
    raise typer.Exit(code)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen before anything else is started, so that a taken port is said at once."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = (error.strerror or type(error).__name__).partition(" (while")[0]
        raise fail(f"Cannot listen on {host}:{port}: {why}.") from None
    with listener:
        listener.set_inheritable(True)
        yield listener


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Give the address of a fit database: ours, kept alive, or the configured one."""
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


class Workers:
    """The worker processes, each replaced when it dies, all ended together."""

    def __init__(self, listener: socket.socket, database_url: str, count: int) -> None:
        self._listener = listener
        self._count = count
        self._figures = TemporaryDirectory(prefix="dayzero-figures-") if count > 1 else None
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DAYZERO_PARENT": str(os.getpid()),
        }
        if self._figures is not None:
            self._environment["PROMETHEUS_MULTIPROC_DIR"] = self._figures.name
        self._running: list[subprocess.Popen[bytes]] = []
        self._stopping = False

    def run(self) -> int:
        """Serve until told to stop; give the exit code."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._stop)
        self._running = [self._start() for _ in range(self._count)]
        began = time.monotonic()
        while not self._stopping:
            time.sleep(0.1)
            for place, worker in enumerate(self._running):
                if (code := worker.poll()) is None:
                    continue
                if code >= 0 and time.monotonic() - began < 5:  # not killed: it gave up
                    errors.print("A worker ended before it served; see the line above.")
                    self._end()
                    return 1
                errors.print("A worker ended by itself; another takes its place.")
                self._running[place] = self._start()
        self._end()
        return 0

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "app.worker", str(self._listener.fileno())]
        return subprocess.Popen(  # noqa: S603
            command,
            env=self._environment,
            pass_fds=[self._listener.fileno()],
            start_new_session=True,
        )

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _end(self) -> None:
        self._listener.close()  # or callers would queue where nobody answers any more
        for worker in self._running:
            worker.terminate()
        deadline = time.monotonic() + GRACE
        for worker in self._running:
            try:
                worker.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        if self._figures is not None:
            self._figures.cleanup()


async def _unfit(url: str, settings: Settings) -> str | None:
    """Say why a database is not fit to serve; None when it is."""
    connection = await asyncpg.connect(driver_url(url), timeout=10)
    try:
        try:
            revision = await connection.fetchval("SELECT schema_revision()")
        except asyncpg.UndefinedFunctionError:
            revision = None
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
