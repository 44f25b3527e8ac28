"""Whether the database has room to store what arrives."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from app.problems import StorageFull

log = structlog.get_logger()

REMEMBERED_SECONDS: Final = 60.0
"""How long the service calls itself not ready after the database said that it is full."""


class Storage:
    """The room of the embedded database's disk, and what the database says of its own.

    A server whose disk is full to the last octet cannot write its log and ends; then nothing can be
    read either. So changes are refused while there is still room for what is under way.

    Args:
        directory: where the embedded database lies; None: the database is elsewhere.
        reserve: octets of the disk that no change may use.
        monotonic: the clock, in seconds.
    """

    def __init__(
        self,
        directory: Path | None,
        reserve: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._reserve = reserve
        self._monotonic = monotonic
        self._full_at: float | None = None
        self._logged_at: float | None = None

    def require_room(self) -> None:
        """Let a change go on.

        Raises:
            StorageFull: the disk has less room than is kept in reserve.
        """
        if self._directory is None:
            return
        try:
            disk = os.statvfs(self._directory)
        except OSError:  # the directory is not this process's to look at
            return
        if disk.f_bavail * disk.f_frsize < self._reserve:
            raise self.full()

    def require_ready(self) -> None:
        """Let the service call itself ready.

        Raises:
            StorageFull: the disk is full, or the database said so within the last minute.
        """
        self.require_room()
        if self._full_at is not None and self._monotonic() < self._full_at + REMEMBERED_SECONDS:
            raise self.full(again=True)

    def full(self, *, again: bool = False) -> StorageFull:
        """Give the refusal, and say so in the log, at most once a minute.

        Args:
            again: it is only told again that the database said so.
        """
        now = self._monotonic()
        if not again:
            self._full_at = now
        if self._logged_at is None or now >= self._logged_at + REMEMBERED_SECONDS:
            self._logged_at = now
            log.error("storage full")
        return StorageFull(
            "Nothing was stored. The operator has to make room on the database's disk; send it "
            "again then.",
            headers={"Retry-After": "60"},
        )
