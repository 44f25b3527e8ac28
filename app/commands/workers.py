"""The worker processes: each replaced when it dies, all ended together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Self

from app.commands.console import errors

GRACE = 28
"""Seconds that a worker has to end; it gives running requests 25."""


class Workers:
    """Processes that load the application at once and serve when they are told a database.

    Left before that they end without a word.
    """

    def __init__(self, listener: socket.socket, count: int) -> None:
        self._listener = listener
        self._count = count
        self._figures = TemporaryDirectory(prefix="dayzero-figures-") if count > 1 else None
        self._environment = {**os.environ, "DAYZERO_PARENT": str(os.getpid())}
        if self._figures is not None:
            self._environment["PROMETHEUS_MULTIPROC_DIR"] = self._figures.name
        self._running: list[subprocess.Popen[bytes]] = []
        self._stopping = False

    def __enter__(self) -> Self:
        self._running = [self._start() for _ in range(self._count)]
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def serve(self, database_url: str) -> int:
        """Serve until told to stop; give the exit code.

        Args:
            database_url: the service's own login on a database that is fit.
        """
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._stop)
        try:
            return self._keep_serving(database_url)
        finally:
            self._end()

    def _keep_serving(self, database_url: str) -> int:
        for worker in self._running:
            _tell(worker, database_url)
        began = time.monotonic()
        while not self._stopping:
            time.sleep(0.1)
            for place, worker in enumerate(self._running):
                if (code := worker.poll()) is None:
                    continue
                if code >= 0 and time.monotonic() - began < 5:  # not killed: it gave up
                    errors.print("A worker ended before it served; see the line above.")
                    return 1
                errors.print("A worker ended by itself; another takes its place.")
                self._running[place] = self._start()
                _tell(self._running[place], database_url)
        return 0

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "app.worker", str(self._listener.fileno())]
        return subprocess.Popen(  # noqa: S603
            command,
            env=self._environment,
            stdin=subprocess.PIPE,
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
            with worker:
                try:
                    worker.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    worker.kill()
        if self._figures is not None:
            self._figures.cleanup()


def _tell(worker: subprocess.Popen[bytes], database_url: str) -> None:
    """Let a worker serve on a database. One that has died meanwhile is replaced in its turn."""
    assert worker.stdin is not None  # noqa: S101 - every worker is started with one
    with suppress(BrokenPipeError), worker.stdin as told:
        told.write(f"{database_url}\n".encode())
