"""``dayzero serve`` as its users run it: a process of its own, with what it starts."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import asyncpg
import httpx

from app.access.permissions import Role
from app.embedded_postgres import EmbeddedPostgres
from app.services import administration

READY_WITHIN = 120.0
"""Seconds after which a service that is not ready is taken for one that never will be."""


class Served:
    """A running service on a free port of the loopback address.

    Args:
        directory: where its data lie and its standard error goes.
        environment: settings of its own.
        arguments: further arguments of the command.
    """

    def __init__(
        self, directory: Path, environment: Mapping[str, str] | None = None, *arguments: str
    ) -> None:
        self._arguments = arguments
        self.data_directory = directory / "data"
        self.log = directory / "serve.log"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "DAYZERO_ACCESS_TOKEN_SECONDS": "3600",
            **(environment or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it as a service manager would: again while the port is still taken."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            said = len(self.said())
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "app.cli", "serve", "--port", str(self.port),
                     "--data-dir", str(self.data_directory), *self._arguments],
                    env=self._environment, stdout=log, stderr=log,
                )  # fmt: skip
            while self.process.poll() is None:
                if self.ready():
                    return
                if time.monotonic() > deadline:
                    raise AssertionError(f"not ready in {READY_WITHIN} s:\n{self.said()}")
                time.sleep(0.02)
            if time.monotonic() > deadline or "Cannot listen" not in self.said()[said:]:
                raise AssertionError(f"ended with {self.process.returncode}:\n{self.said()}")
            time.sleep(0.1)

    def said(self) -> str:
        """Give what it wrote, for people to read."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def ready(self) -> bool:
        """Tell whether it can do its work."""
        return self.probe("/readyz") == 200

    def probe(self, path: str, seconds: float = 5) -> int | None:
        """Give the status that an address answers with; None when nobody answers in time."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def parent(self) -> int:
        """Give the process that was started."""
        assert self.process is not None
        return self.process.pid

    def worker(self) -> int:
        """Give the process that answers requests."""
        return _only(self._children("app.worker"))

    def postmaster(self) -> int:
        """Give the embedded server's first process."""
        return _only(self._children("postgres"))

    def connections(self) -> list[int]:
        """Give the embedded server's processes that serve a connection of the service."""
        return [pid for pid in _children(self.postmaster()) if b"dayzero_service" in _command(pid)]

    def _children(self, named: str) -> list[int]:
        return [pid for pid in _children(self.parent()) if named.encode() in _command(pid)]

    def stop(self) -> int:
        """Ask it to end and give its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def family(self) -> list[int]:
        """Give every process that stands in its data directory or was started by it."""
        if self.process is None or self.process.poll() is not None:
            return self.left_behind()
        started = [pid for child in _children(self.parent()) for pid in (child, *_children(child))]
        return [*started, *self.left_behind()]

    def left_behind(self) -> list[int]:
        """Give the processes that work in its data directory or listen on its port's behalf."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "cwd").readlink().is_relative_to(self.data_directory.resolve()) or (
                    f"DAYZERO_DATA_DIRECTORY={self.data_directory}\0".encode()
                    in (process / "environ").read_bytes()
                ):
                    found.append(int(process.name))
        return found

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection that sees everything, row-level security or not."""
        server = EmbeddedPostgres(self.data_directory)
        owner = await asyncpg.connect(server.url(server.superuser, "dayzero"))
        try:
            yield owner
        finally:
            await owner.close()


@contextmanager
def serving(
    directory: Path, environment: Mapping[str, str] | None = None, *arguments: str
) -> Iterator[Served]:
    """Give a running service; afterwards nothing of it is left, whatever happened."""
    served = Served(directory, environment, *arguments)
    try:
        served.start()
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                served.process.wait(40)
            if served.process.poll() is None:
                for pid in [served.process.pid, *served.family()]:
                    kill(pid)
                served.process.wait(10)
        for pid in served.left_behind():
            kill(pid)


async def open_centres(owner: asyncpg.Connection, *codes: str) -> None:
    """Open centres as the operator does."""
    for code in codes:
        await administration.add_centre(owner, code, f"Centre {code}")


async def sign_in(
    owner: asyncpg.Connection, origin: str, name: str, role: Role, centre: str | None
) -> str:
    """Make a client as the operator does and give the token it gets for its secret."""
    made = await administration.create_client(owner, name, role, centre, None)
    assert made.secret is not None
    async with httpx.AsyncClient(base_url=origin) as client:
        answer = await client.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(str(made.client_id), made.secret),
        )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def eventually(condition: Callable[[], object], seconds: float = READY_WITHIN) -> bool:
    """Wait until something holds; tell whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def kill(pid: int) -> None:
    """Kill a process of ours at once."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _only(pids: list[int]) -> int:
    if len(pids) != 1:
        raise ProcessLookupError(f"{len(pids)} such processes")
    return pids[0]


def _children(pid: int) -> list[int]:
    """Give the children of all threads of a process."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, thread.read_text().split())
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
