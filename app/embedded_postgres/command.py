"""Use a data directory's server for the length of one command."""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from app.embedded_postgres.account import Account
from app.embedded_postgres.cluster import prepare_data_directory
from app.embedded_postgres.error import EmbeddedPostgresError
from app.embedded_postgres.postmaster import locked
from app.embedded_postgres.server import EmbeddedPostgres

PATIENCE = 60.0
"""Seconds to wait for a server that another process is starting or stopping."""
POLL = 0.02


@contextmanager
def attached(
    data_directory: Path,
    *,
    major_version: int = 18,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[EmbeddedPostgres]:
    """Give the running server of a data directory, started for the occasion if need be.

    A server started here is stopped at the end, after all others that attached to it have left.

    Args:
        data_directory: as for ``EmbeddedPostgres``.
        major_version: of the server, if it has to be started.
        settings: of the server, if it has to be started.

    Raises:
        EmbeddedPostgresError: no server runs, and none can be started.
    """
    server = EmbeddedPostgres(data_directory, major_version=major_version, settings=settings)
    users = _open_users(server.data_directory)
    try:
        deadline = time.monotonic() + PATIENCE
        # Shared by the users of the server; its owner takes it whole before stopping the server.
        while not (locked(users, fcntl.LOCK_SH) and (server.start_if_free() or server.running())):
            fcntl.flock(users, fcntl.LOCK_UN)
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"The process that holds {server.data_directory} has no server running."
                )
            time.sleep(POLL)
        try:
            yield server
        finally:
            _leave(server, users)
    finally:
        os.close(users)


def _open_users(data_directory: Path) -> int:
    try:
        directory = prepare_data_directory(data_directory)
        return Account.of(directory).open(directory / "attached.lock", os.O_RDWR)
    except OSError as error:
        raise EmbeddedPostgresError.about(data_directory, error) from error


def _leave(server: EmbeddedPostgres, users: int) -> None:
    fcntl.flock(users, fcntl.LOCK_UN)
    if server.owned:
        try:
            fcntl.flock(users, fcntl.LOCK_EX)
        finally:
            server.stop()
