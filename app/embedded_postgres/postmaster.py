"""The server's process: how it is started and ended, and what it shows of itself while it lives."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

from app.embedded_postgres.account import ENVIRONMENT, Account
from app.embedded_postgres.error import EmbeddedPostgresError

PORT = 5432
"""Part of the socket's file name and nothing else."""

SOCKET = f".s.PGSQL.{PORT}"
"""Name of the socket in its directory."""

LONGEST_SOCKET_PATH = 103
"""Bytes: ``sockaddr_un`` takes 104 on macOS and 108 on Linux, with the closing NUL."""

PRIVATE_PREFIX = "dayzero-socket-"
LARGEST_LOG = 1_048_576
STOP_TIMEOUT = 30.0
"""Seconds to wait for an orderly stop before the server is told to stop at once."""

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": "128MB",
        "max_connections": "100",
        "max_prepared_transactions": "0",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        # Left to itself, a server that starts anew after the crash of a connection's process never
        # ends when it is told to stop in that moment (seen in 16.14 and 18.4). Ours ends, and its
        # supervisor starts another.
        "restart_after_crash": "off",
        # A clinical value can stand in a statement, a parameter, and an error's message or detail:
        # none is logged. Errors reach the client; the log has the server's own life and death.
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_statement": "none",
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_min_duration_statement": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
)

OWN_SETTINGS = frozenset(
    {"listen_addresses", "port", "unix_socket_directories", "unix_socket_permissions"}
)
"""What the launcher's promises rest on: not open to change."""


@dataclass(frozen=True)
class PostmasterFile:
    """What a server says of itself in ``postmaster.pid``: true only while ``server.lock`` is held.

    ``socket_directory`` is None until the server listens.
    """

    pid: int
    socket_directory: Path | None
    ready: bool

    @classmethod
    def read(cls, cluster: Path) -> "PostmasterFile | None":
        """Read the file; None when there is none or its first line is still being written."""
        try:
            lines = os.fsdecode((cluster / "postmaster.pid").read_bytes()).split("\n")
            pid = int(lines[0])
        except (FileNotFoundError, ValueError):
            return None
        lines += [""] * 8
        return cls(pid, Path(lines[4]) if lines[4] else None, lines[7].strip() == "ready")


def locked(file: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock an open file if nobody is in the way, and tell whether that was so.

    The lock belongs to the opening of the file: a child that inherits it holds it too.
    """
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start_postmaster(
    programs: Path,
    data_directory: Path,
    *,
    account: Account,
    settings: Mapping[str, str],
    socket_directory: Path,
    server_lock: int,
) -> subprocess.Popen[bytes]:
    """Start the server; it is not ready yet.

    Args:
        programs: directory of ``postgres``.
        data_directory: holds ``cluster``; the log goes beside it.
        account: who is to run it.
        settings: the server's settings by name.
        socket_directory: an empty directory of the account's.
        server_lock: open and locked; the server and its children hold it from now on.
    """
    chosen = {
        **settings,
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_directory),  # a list; ours has no comma
        "unix_socket_permissions": "0700",
    }
    server = [str(programs / "postgres"), "-D", str(data_directory / "cluster")]
    for name, value in chosen.items():
        server += ["-c", f"{name}={value}"]
    log = _open_log(data_directory, account)
    try:
        return _own(account.command(server, signal.SIGINT), server_lock, log)
    finally:
        os.close(log)


def _own(command: list[str], server_lock: int, log: int) -> subprocess.Popen[bytes]:
    """Start a process from a thread that lives as long as the process.

    The kernel takes the end of the thread that started a child for the end of the parent.
    """
    born: SimpleQueue[subprocess.Popen[bytes] | OSError] = SimpleQueue()

    def parent() -> None:
        try:
            process = subprocess.Popen(  # noqa: S603
                command,
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[server_lock],
                start_new_session=True,  # Ctrl-C is for the service, which then stops the server
            )
        except OSError as error:
            born.put(error)
        else:
            born.put(process)
            process.wait()

    threading.Thread(target=parent, name="embedded-postgres", daemon=True).start()
    outcome = born.get()
    if isinstance(outcome, OSError):
        raise outcome
    return outcome


def end_postmaster(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Tell a server of ours to stop and wait until it has; after 30 s, tell it to do so at once."""
    process.send_signal(how)
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def end_leftovers(cluster: Path, how: signal.Signals) -> list[int]:
    """Tell what an earlier server left running to end, and give the ids of those processes.

    A server without its owner is stopped as we would stop it. Children without their server may
    work on a statement for as long as it takes, and no other server can start meanwhile; what they
    have not committed is lost already.
    """
    postmaster = PostmasterFile.read(cluster)
    processes = list(_processes_of(cluster))
    for pid in processes:
        with suppress(ProcessLookupError):
            if postmaster is None or postmaster.pid not in processes:
                os.kill(pid, signal.SIGQUIT)
            elif pid == postmaster.pid:
                os.kill(pid, how)  # it ends its children itself
    return processes


def _processes_of(cluster: Path) -> Iterator[int]:
    """Give the server processes that stand in a cluster's directory.

    Only Linux shows where a process stands. Elsewhere ``ps`` shows the server by its arguments;
    children without their server are waited for.
    """
    if sys.platform != "linux":
        listed = subprocess.run(["/bin/ps", "-axo", "pid=,command="], capture_output=True)  # noqa: PLW1510
        for line in os.fsdecode(listed.stdout).splitlines():
            if f"postgres -D {cluster} " in line:
                yield int(line.split()[0])
        return
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            program, stands_in = (process / "exe").readlink(), (process / "cwd").readlink()
            if program.name.startswith("postgres") and stands_in == cluster:
                yield int(process.name)


OWNER = "owner"
"""In a socket directory outside the data directory: whose it is."""


def make_socket_directory(
    data_directory: Path, account: Account, owner: str, again: Path | None = None
) -> Path:
    """Make the directory of the server's socket, 0700 and empty.

    ``owner`` is written into a directory that lies elsewhere, so that only its own is removed.

    ``again`` is the directory of the server before a restart, which clients go on asking; None: a
    first start.

    It lies in the data directory, or under a random name in the temporary directory when the path
    would be too long for a socket or holds a comma, at which clients split a list of hosts. Those
    who attach find it in the cluster's ``postmaster.pid``.

    Raises:
        EmbeddedPostgresError: the temporary directory is closed to the account, or too long itself.
    """
    directory = data_directory / "socket"
    if _fits(directory):
        if directory.exists():
            shutil.rmtree(directory)
        directory.mkdir(mode=0o700)
    else:
        temporary = Path(tempfile.gettempdir()).resolve()
        account.require_way_to(temporary / "socket", "set TMPDIR to a directory open to all")
        if not _fits(temporary / f"{PRIVATE_PREFIX}12345678"):
            raise EmbeddedPostgresError(
                f"{temporary} cannot hold a socket: set TMPDIR to a shorter path without a comma."
            )
        if again is None:
            directory = Path(tempfile.mkdtemp(prefix=PRIVATE_PREFIX, dir=temporary))
        else:
            directory = again
            directory.mkdir(mode=0o700)  # fails rather than take what somebody else has made
        (directory / OWNER).write_text(owner)
    account.own(directory)
    return directory


def remove_socket_directory(
    directory: Path, data_directory: Path, account: Account, owner: str
) -> None:
    """Remove what ``make_socket_directory`` made for this data directory and nothing else."""
    ours = directory == data_directory / "socket"
    if not ours and directory.name.startswith(PRIVATE_PREFIX):
        with suppress(OSError):
            ours = (directory / OWNER).read_text() == owner
    if ours and directory.is_dir() and directory.stat().st_uid == account.uid:
        shutil.rmtree(directory)


def _fits(socket_directory: Path) -> bool:
    path = os.fsencode(socket_directory / SOCKET)
    return len(path) <= LONGEST_SOCKET_PATH and b"," not in path


def _open_log(data_directory: Path, account: Account) -> int:
    """Open the server's log to append to it; a log above 1 MiB becomes ``server.log.1`` first."""
    log = data_directory / "server.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.rename(data_directory / "server.log.1")
    return account.open(log, os.O_WRONLY | os.O_APPEND)
