"""One embedded PostgreSQL server on one data directory."""

import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

from app.embedded_postgres.account import Account
from app.embedded_postgres.closed_way import open_programs, server_directory
from app.embedded_postgres.cluster import (
    create_cluster,
    prepare_data_directory,
    require_version,
    server_programs,
)
from app.embedded_postgres.error import EmbeddedPostgresError
from app.embedded_postgres.identity import identity_of, require_original
from app.embedded_postgres.postmaster import (
    OWN_SETTINGS,
    PORT,
    SETTINGS,
    SOCKET,
    STOP_TIMEOUT,
    PostmasterFile,
    end_leftovers,
    end_postmaster,
    locked,
    make_socket_directory,
    remove_socket_directory,
    start_postmaster,
)

STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
OTHERS_TIMEOUT = 10.0
"""Seconds to wait for another process to let go of the data directory."""
LEFTOVERS_TIMEOUT = 60.0
"""Seconds to wait for what an earlier server left running."""
SERVES = "serves"
"""What the owner of a data directory is about when it will not leave it soon."""
READY_TIMEOUT = 300.0
"""Seconds to wait for a start, which after a crash includes the replay of the log."""
POLL = 0.005


class EmbeddedPostgres:
    """One PostgreSQL server on one data directory.

    Args:
        data_directory: where the cluster, its socket and its log lie, unless root's directories
            are closed to the server's account (``closed_way``); made at the first start.
        major_version: 18, or 16.
        settings: server settings that differ from ours, by name (``{"fsync": "off"}``).

    Raises:
        EmbeddedPostgresError: ``settings`` names one that is not open to change.
    """

    superuser = "postgres"

    def __init__(
        self,
        data_directory: Path,
        *,
        major_version: int = 18,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        if reserved := OWN_SETTINGS & settings.keys():
            raise EmbeddedPostgresError(
                f"{', '.join(sorted(reserved))} cannot be set: the embedded server listens on its "
                "own socket only."
            )
        self.data_directory = data_directory.resolve()
        self.major_version = major_version
        self._settings = {**SETTINGS, **settings}
        self._owner_lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_directory: Path | None = None
        self._socket: tuple[int, int] | None = None  # which file it is, while it listens
        self._known_directory: Path | None = None  # where clients ask, from start to stop
        self._launching = threading.Lock()
        self._stopping = threading.Event()

    @property
    def directory(self) -> Path:
        """Where the server's files lie."""
        return server_directory(self.data_directory)

    @property
    def owned(self) -> bool:
        """Whether this object started the server and answers for its end."""
        return self._owner_lock is not None

    @property
    def pid(self) -> int | None:
        """Process id of the running server; None when there is none."""
        postmaster = self._postmaster()
        return postmaster.pid if postmaster else None

    @property
    def socket_directory(self) -> Path:
        """Directory of the running server's socket.

        Raises:
            EmbeddedPostgresError: the server is not running.
        """
        postmaster = self._postmaster()
        if postmaster is None or postmaster.socket_directory is None:
            raise EmbeddedPostgresError(f"No server is running on {self.data_directory}.")
        return postmaster.socket_directory

    def url(self, user: str, database: str) -> str:
        """Give the URL under which libpq and asyncpg reach a database of the running server.

        Raises:
            EmbeddedPostgresError: the server is not running.
        """
        user, database = quote(user, safe=""), quote(database, safe="")
        socket_directory = quote(os.fsencode(self.socket_directory), safe="/")
        return f"postgresql://{user}@/{database}?host={socket_directory}&port={PORT}"

    def running(self) -> bool:
        """Tell whether the server is up and ready, whoever started it."""
        postmaster = self._postmaster()
        return postmaster is not None and postmaster.ready

    def alive(self) -> bool:
        """Tell whether the server process that this object started still lives."""
        return self._process is not None and self._process.poll() is None

    def reachable(self) -> bool:
        """Tell whether the socket on which the server listens is still where clients look."""
        if self._socket is None or self._socket_directory is None:
            return True
        return _file_at(self._socket_directory / SOCKET) == self._socket

    def start(self, *, lasting: bool = False) -> None:
        """Start the server and wait until it is ready, creating the cluster if there is none.

        A server that this object already runs is left alone. Of another process that works on the
        data directory, or is about to leave it, the end is awaited; of one that serves it is not.

        Args:
            lasting: whether it is for as long as a service serves.

        Raises:
            EmbeddedPostgresError: another process runs it, or it cannot be started.
        """
        deadline = time.monotonic() + OTHERS_TIMEOUT
        while not self.start_if_free(lasting=lasting):
            owner, _, what = (self.directory / "owner.lock").read_text().partition(" ")
            if what == SERVES or time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"The data directory {self.data_directory} is in use by another process of the "
                    f"service (process {owner or 'unknown'}): stop that one first."
                )
            time.sleep(POLL)

    def start_if_free(self, *, lasting: bool = False) -> bool:
        """Start the server unless another process answers for it; tell whether we do now.

        Args:
            lasting: whether it is for as long as a service serves.

        Raises:
            EmbeddedPostgresError: it cannot be started.
        """
        with self._launching:
            if self.owned:
                return True
            self._stopping.clear()
            try:
                if not self._take_ownership(lasting=lasting):
                    return False
                self._launch()
            except OSError as error:
                self._release()
                raise EmbeddedPostgresError.about(self.data_directory, error) from error
            except BaseException:
                self._release()
                raise
            return True

    def restart(self) -> None:
        """Start the server again after it died or lost its socket; what is left of it ends first.

        Raises:
            EmbeddedPostgresError: it is not ours to start, is being stopped, or does not start.
        """
        with self._launching:
            if not self.owned:
                raise EmbeddedPostgresError("Only the process that started a server restarts it.")
            try:
                if self._process is not None and self.alive():
                    end_postmaster(self._process, STOP_SIGNALS["fast"])
                self._launch()
            except OSError as error:
                raise EmbeddedPostgresError.about(self.data_directory, error) from error

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Stop the server and leave nothing running; nothing happens when it is stopped already.

        Args:
            mode: ``smart`` waits for the clients to go, ``fast`` sends them away, ``immediate``
                leaves the clean-up to the next start. The first two become immediate after
                30 s.

        Raises:
            EmbeddedPostgresError: the server belongs to another process.
        """
        if not self.owned:
            if self.running():
                raise EmbeddedPostgresError("Only the process that started a server stops it.")
            return
        self._stopping.set()  # a start under way in another thread gives up
        self._say("ends")
        with self._launching:
            try:
                if self._process is not None:
                    end_postmaster(self._process, STOP_SIGNALS[mode])
                server_lock = self._acquire_server_lock()
                try:
                    self._clear(server_lock)
                finally:
                    os.close(server_lock)
            except OSError as error:
                raise EmbeddedPostgresError.about(self.data_directory, error) from error
            finally:
                self._release()

    @property
    def _cluster(self) -> Path:
        return self.directory / "cluster"

    def _postmaster(self) -> PostmasterFile | None:
        """Give what the server says of itself, if it lives."""
        if self._process is not None and not self.alive():
            return None
        try:
            server_lock = os.open(self.directory / "server.lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EmbeddedPostgresError.about(self.data_directory, error) from error
        try:
            alone = locked(server_lock, fcntl.LOCK_SH)
            return None if alone else PostmasterFile.read(self._cluster)
        finally:
            os.close(server_lock)

    def _take_ownership(self, *, lasting: bool) -> bool:
        directory = prepare_data_directory(self.data_directory)
        require_original(self.data_directory)
        owner_lock = Account.of(directory).open(directory / "owner.lock", os.O_RDWR)
        if not locked(owner_lock):
            os.close(owner_lock)
            return False
        self._owner_lock = owner_lock
        self._say(SERVES if lasting else "works")
        return True

    def _say(self, what: str) -> None:
        """Tell those who wait for the data directory what its owner is about."""
        assert self._owner_lock is not None  # noqa: S101 - only an owner says it
        os.ftruncate(self._owner_lock, 0)
        os.pwrite(self._owner_lock, f"{os.getpid()} {what}".encode(), 0)

    def _release(self) -> None:
        self._process = None
        self._known_directory = None
        if self._owner_lock is not None:
            os.close(self._owner_lock)
            self._owner_lock = None

    def _launch(self) -> None:
        """Start the server once everything of an earlier one is gone."""
        account = Account.of(self.directory)
        programs = open_programs(server_programs(self.major_version), account)
        server_lock = self._acquire_server_lock()
        try:
            self._clear(server_lock)
            if not self._cluster.exists():
                create_cluster(
                    self.directory,
                    programs=programs,
                    account=account,
                    major_version=self.major_version,
                    superuser=self.superuser,
                    durable=self._settings["fsync"] == "on",
                    server_lock=server_lock,
                )
            require_version(self._cluster, self.major_version)
            if self._stopping.is_set():
                raise EmbeddedPostgresError("The server is being stopped.")
            self._known_directory = self._socket_directory = make_socket_directory(
                self.directory, account, identity_of(server_lock), self._known_directory
            )
            self._process = start_postmaster(
                programs,
                self.directory,
                account=account,
                settings=self._settings,
                socket_directory=self._socket_directory,
                server_lock=server_lock,
            )
        finally:
            os.close(server_lock)  # from here on the server's processes hold it, and only they
        try:
            self._await_ready(self._process)
            self._socket = _file_at(self._socket_directory / SOCKET)
        except BaseException:
            end_postmaster(self._process, STOP_SIGNALS["immediate"])
            server_lock = self._acquire_server_lock()
            try:
                self._clear(server_lock)
            finally:
                os.close(server_lock)
            raise

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_TIMEOUT
        while process.poll() is None:
            postmaster = PostmasterFile.read(self._cluster)
            if postmaster and postmaster.pid == process.pid and postmaster.ready:
                return
            if self._stopping.is_set():
                raise EmbeddedPostgresError("The server was stopped before it was ready.")
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"The server was not ready in {READY_TIMEOUT:.0f} s.")
            time.sleep(POLL)
        log = self.directory / "server.log"
        last_line = (log.read_text(errors="replace").splitlines() or ["nothing"])[-1]
        raise EmbeddedPostgresError(
            f"The server ended before it was ready; {log} ends with: {last_line}"
        )

    def _acquire_server_lock(self) -> int:
        """Wait until no process of an earlier server lives, telling those that stay to end."""
        directory = self.directory
        server_lock = Account.of(directory).open(directory / "server.lock", os.O_RDWR)
        began = time.monotonic()
        while not locked(server_lock):
            waited = time.monotonic() - began
            mode = "fast" if waited < STOP_TIMEOUT else "immediate"
            left = end_leftovers(self._cluster, STOP_SIGNALS[mode])
            if waited > LEFTOVERS_TIMEOUT:
                os.close(server_lock)
                raise EmbeddedPostgresError(
                    f"An earlier server on {self.data_directory} does not end "
                    f"(processes {', '.join(map(str, left)) or 'unknown'})."
                )
            time.sleep(POLL)
        return server_lock

    def _clear(self, server_lock: int) -> None:
        """Remove what an ended server left behind, and nothing of another's."""
        stale = PostmasterFile.read(self._cluster)
        account = Account.of(self.directory)
        for directory in (self._socket_directory, stale.socket_directory if stale else None):
            if directory is not None:
                remove_socket_directory(
                    directory, self.directory, account, identity_of(server_lock)
                )
        self._socket_directory = None
        # Its process id may be another program's by now, and PostgreSQL would not start beside it.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)


def _file_at(path: Path) -> tuple[int, int] | None:
    """Give which file lies at a path; None: there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
