"""Under which account PostgreSQL runs: it refuses root, and the service may well be root."""

import os
import signal
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.embedded_postgres.error import EmbeddedPostgresError

ROOT = 0
SERVICE_ID = 60587
"""User and group that own the cluster when root starts it.

Decision: a number that no account has, because whoever runs under the cluster's uid reaches the
socket and with it everything; ``nobody`` is shared with other daemons. The number lies outside the
ranges that distributions and systemd assign from.
"""

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""All that the server gets of our environment: no PG* variable, none of the service's secrets."""

_BECOME = Path(__file__).with_name("become.py")


@dataclass(frozen=True)
class Account:
    """The user and group under which PostgreSQL runs; it refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def of(cls, data_directory: Path) -> "Account":
        """Ourselves, unless we are root: then the owner of the directory, or the service's own."""
        if os.geteuid() != ROOT:
            return cls(os.geteuid(), os.getegid())
        with suppress(FileNotFoundError):
            owner = data_directory.stat()
            if owner.st_uid != ROOT:
                return cls(owner.st_uid, owner.st_gid)
        return cls(SERVICE_ID, SERVICE_ID)

    @property
    def is_us(self) -> bool:
        """Whether it is the account of this process."""
        return self.uid == os.geteuid()

    def may_enter(self, directory: Path) -> bool:
        """Tell whether the permission bits let the account pass through a directory."""
        status = directory.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def has_way_to(self, path: Path) -> bool:
        """Tell whether no directory on the way to a path is closed to the account."""
        return self._closed_parent(path) is None

    def require_way_to(self, path: Path, cure: str) -> None:
        """Refuse a path that lies behind a directory closed to the account."""
        if (parent := self._closed_parent(path)) is not None:
            raise EmbeddedPostgresError(
                f"{parent} is closed to the account (uid {self.uid}) that runs PostgreSQL when "
                f"the service is started by root: {cure}, or run it as an ordinary user."
            )

    def _closed_parent(self, path: Path) -> Path | None:
        parents = () if self.is_us else reversed(path.parents)
        return next((parent for parent in parents if not self.may_enter(parent)), None)

    def own(self, path: Path) -> None:
        """Make a file or directory that we have just made the account's."""
        if not self.is_us:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def open(self, path: Path, flags: int) -> int:
        """Open a file of the account's, 0600, making it if needed; never through a link."""
        file = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if not self.is_us and os.fstat(file).st_nlink == 1:
            os.fchown(file, self.uid, self.gid)
        return file

    def command(self, program: list[str], last_signal: signal.Signals) -> list[str]:
        """Give the command that runs a program under the account for as long as we live."""
        account = "" if self.is_us else f"{self.uid}:{self.gid}"
        become = [sys.executable, "-I", "-S", str(_BECOME), str(os.getpid()), account]
        return [*become, str(int(last_signal)), *program]
