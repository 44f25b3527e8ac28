"""Keep the embedded server running for as long as the service serves."""

import logging
import threading
import time
from typing import Self

from app.embedded_postgres.error import EmbeddedPostgresError
from app.embedded_postgres.server import EmbeddedPostgres

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps a server of ours running: what ``dayzero serve`` holds for as long as it serves.

    Entering starts the server, leaving stops it. In between a thread restarts the server when it
    has died, or when its socket is gone and nobody can reach it: at once the first time, then with
    pauses that double from 0.1 s to 5 s, until it has stayed up for a minute.
    """

    FIRST_PAUSE = 0.1
    LONGEST_PAUSE = 5.0
    STEADY_AFTER = 60.0
    LOOK_EVERY = 0.1

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._leaving = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self.restarts = 0

    def __enter__(self) -> Self:
        """Start the server and the watch over it.

        Raises:
            EmbeddedPostgresError: another process runs it, or it cannot be started.
        """
        self._server.start(lasting=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the watch and stop the server."""
        self._leaving.set()
        try:
            self._server.stop()
        finally:
            self._watcher.join()

    def _watch(self) -> None:
        pause = self.FIRST_PAUSE
        up_since = time.monotonic()
        while not self._leaving.wait(self.LOOK_EVERY):
            alive = self._server.alive()
            if alive and self._server.reachable():
                continue
            if time.monotonic() - up_since > self.STEADY_AFTER:
                pause = self.FIRST_PAUSE
            what = "cannot be reached any more" if alive else "has ended by itself"
            log.error("The embedded PostgreSQL %s; starting it again.", what)
            try:
                self._server.restart()
            except EmbeddedPostgresError as error:
                if self._leaving.is_set():
                    return
                log.error("%s Next attempt in %.1f s.", error, pause)
            else:
                self.restarts += 1
            up_since = time.monotonic()
            self._leaving.wait(pause)
            pause = min(2 * pause, self.LONGEST_PAUSE)
