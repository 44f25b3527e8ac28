"""The file of a signing key ring: who may read it, how it is read, written and locked."""

import contextlib
import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.access.public_keys import is_key_id, jwks_members
from app.access.signing_keys import SigningKey, load_signing_key

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class RingKey:
    """A signing key and its life.

    Attributes:
        not_before: when it begins to sign; it is published and verifies from its making.
        retired_at: when it stops signing; None: no end is set. It verifies on for a while.
    """

    key: SigningKey
    created_at: datetime
    not_before: datetime
    retired_at: datetime | None = None

    def signs(self, now: datetime) -> bool:
        """Tell whether it is between its beginning and its end."""
        return self.not_before <= now and (self.retired_at is None or now < self.retired_at)

    def retired(self, at: datetime) -> Self:
        """Give the same key with this end, or with the end it has if that comes first."""
        return replace(self, retired_at=min(at, self.retired_at or at))


def stamp_of(status: os.stat_result) -> Stamp:
    """Give what changes whenever a file is written or replaced."""
    return status.st_mtime_ns, status.st_ino, status.st_size


def read_ring(path: Path) -> tuple[list[RingKey], Stamp]:
    """Read the keys of a ring, and the stamp of the file they were read from.

    Raises:
        FileNotFoundError: there is none.
        PermissionError: the file is open to the group or to others.
        ValueError: it is no key ring, or no key of it signs. The message names the file only.
    """
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise PermissionError(f"{path} holds private keys: give it mode 0600")
        text = file.read()
    try:
        keys = [_ring_key(entry) for entry in jwks_members(text)]
    except (ValueError, KeyError):
        raise ValueError(f"{path} is not a signing key ring") from None
    if all(held.retired_at for held in keys):
        raise ValueError(f"{path} has no key that signs")
    return keys, stamp_of(status)


def write_ring(path: Path, keys: Sequence[RingKey]) -> None:
    """Replace a ring as a whole, mode 0600; after a crash it is the old one or the new one."""
    text = json.dumps({"keys": [_entry(held) for held in keys]}, indent=1)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a ring against all other writers on this machine, also those of other processes."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _entry(held: RingKey) -> dict[str, str | None]:
    pem = held.key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "kid": held.key.key_id,
        "created_at": held.created_at.isoformat(),
        "not_before": held.not_before.isoformat(),
        "retired_at": held.retired_at.isoformat() if held.retired_at else None,
        "private_key": pem.decode(),
    }


def _ring_key(entry: Mapping[str, object]) -> RingKey:
    key_id = entry["kid"]
    if not is_key_id(key_id):
        raise ValueError("kid")
    return RingKey(
        key=SigningKey(key_id, load_signing_key(str(entry["private_key"])).private_key),
        created_at=_instant(entry["created_at"]),
        not_before=_instant(entry["not_before"]),
        retired_at=None if entry["retired_at"] is None else _instant(entry["retired_at"]),
    )


def _instant(value: object) -> datetime:
    instant = datetime.fromisoformat(str(value))
    if instant.tzinfo is None:
        raise ValueError("no time zone")
    return instant
