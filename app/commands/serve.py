"""Serve: the parent owns the embedded database and the socket, the workers do the rest."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.commands.console import errors, fail
from app.commands.workers import Workers


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
    with listening(host, port) as listener, Workers(listener, workers) as crew:
        raise typer.Exit(_serve(crew))


def _serve(crew: Workers) -> int:
    """Let the workers serve on a fit database; give the exit code."""
    # Imported here, where the workers are loading the application meanwhile.
    from app.commands.fit_database import fit_database  # noqa: PLC0415
    from app.commands.settings import configured, remember_address, signing_in  # noqa: PLC0415
    from app.embedded_postgres import EmbeddedPostgresError  # noqa: PLC0415
    from app.log_lines import log_to_standard_error  # noqa: PLC0415

    settings = configured()
    log_to_standard_error(settings.log_level)
    signing_in(settings)  # what no worker could start with is said here, once
    try:
        with fit_database(settings) as url:
            remember_address(settings)
            errors.print(f"Serving at {settings.issuer}; Ctrl-C ends it.", markup=False)
            return crew.serve(url)
    except EmbeddedPostgresError as error:
        raise fail(str(error)) from None


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
