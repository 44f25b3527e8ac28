"""The signing keys of one data directory: a file shared by all processes, rotated in use."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from app.access.claims import Lifetime
from app.access.public_keys import VerificationKey, public_jwk
from app.access.signing_key_file import RingKey, locked, read_ring, stamp_of, write_ring
from app.access.signing_keys import SigningKey, new_signing_key

logger = logging.getLogger(__name__)


class SigningKeyRing:
    """Signing keys in one file (mode 0600) that any number of processes use and may rotate.

    Each use looks at the file's time of change, so that a rotation by one process is seen by the
    next request of every other; a key that is not found is looked for in the file itself, once a
    second at most. Writers exclude each other by a lock file and replace the file as a whole.
    """

    def __init__(
        self, path: Path, lifetime: Lifetime, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Read an existing ring; `open` also makes one.

        Args:
            path: the file of the ring.
            lifetime: the longest life of a token that these keys sign, with the leeway of its
                verification: so long a retired key still verifies.
            monotonic: the clock that bounds how often the file is read.

        Raises:
            FileNotFoundError: there is no ring.
            PermissionError: the file is open to the group or to others.
            ValueError: it is no key ring.
        """
        self._path = path
        self._verifies_on = lifetime.longest + lifetime.leeway
        self._monotonic = monotonic
        self._keys, self._stamp = read_ring(path)
        self._read_at = monotonic()

    @classmethod
    def open(cls, path: Path, lifetime: Lifetime, now: datetime) -> Self:
        """Read the ring at ``path``, having made one with a first key if there is none.

        Of several processes that start at once, one makes it and all use it.

        Raises:
            PermissionError: the file is open to the group or to others.
            ValueError: it is no key ring.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path):
            if not path.exists():
                write_ring(path, [RingKey(new_signing_key(), created_at=now, not_before=now)])
        return cls(path, lifetime)

    def signing_key(self, now: datetime) -> SigningKey:
        """Give the key that signs at ``now``: of those that may, the one that began last.

        If the clock was set back behind all of them, the one without an end signs.
        """
        self._follow_the_file()
        signing = [held for held in self._keys if held.signs(now)]
        unretired = [held for held in self._keys if held.retired_at is None]
        return max(signing or unretired, key=lambda held: held.not_before).key

    def keys_for(self, key_id: str, now: datetime) -> Sequence[VerificationKey]:
        """Give the key of that name, if it may verify at ``now``."""
        self._follow_the_file()
        if all(held.key.key_id != key_id for held in self._keys):
            self._read_again_once_a_second()
        return [held.key.public for held in self._verifying(now) if held.key.key_id == key_id]

    def public_jwks(self, now: datetime) -> dict[str, list[dict[str, str]]]:
        """Give the JWK Set to publish: every key that verifies at ``now``, also those to come."""
        self._follow_the_file()
        return {"keys": [public_jwk(held.key.public) for held in self._verifying(now)]}

    def rotate(self, now: datetime, *, signs_from: datetime | None = None) -> str:
        """Add a key, published at once, that signs from ``signs_from`` (None: from now).

        The key before it stops signing then, and still verifies until the last token that it can
        have signed has expired. Keys past that time are removed.

        Returns:
            the new key's name.
        """
        begins = signs_from or now
        added = RingKey(new_signing_key(), created_at=now, not_before=begins)
        with self._changing():
            kept = [held.retired(begins) for held in self._verifying(now)]
            write_ring(self._path, [*kept, added])
        return added.key.key_id

    def withdraw(self, key_id: str, now: datetime) -> None:
        """Remove a key at once, with every token that it signed: for a key that has leaked.

        If no other key is left to sign, a new one is made.

        Raises:
            LookupError: the ring has no key of that name.
        """
        with self._changing():
            kept = [held for held in self._keys if held.key.key_id != key_id]
            if len(kept) == len(self._keys):
                raise LookupError("the ring has no key of that name")
            if all(held.retired_at for held in kept):
                kept.append(RingKey(new_signing_key(), created_at=now, not_before=now))
            write_ring(self._path, kept)

    def _verifying(self, now: datetime) -> list[RingKey]:
        return [
            held
            for held in self._keys
            if held.retired_at is None or now < held.retired_at + self._verifies_on
        ]

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the ring against other writers, begin from what it says now, end with the same."""
        with locked(self._path):
            self._keys, self._stamp = read_ring(self._path)
            yield
            self._keys, self._stamp = read_ring(self._path)

    def _follow_the_file(self) -> None:
        try:
            stamp = stamp_of(self._path.stat())
        except OSError:
            return  # gone or out of reach for a moment: what was read last still holds
        if stamp != self._stamp:
            self._stamp = stamp
            self._read_again()

    def _read_again_once_a_second(self) -> None:
        if self._monotonic() - self._read_at >= 1:
            self._read_again()

    def _read_again(self) -> None:
        """Read the file; a ring that cannot be read leaves the keys as they were."""
        self._read_at = self._monotonic()
        try:
            self._keys, self._stamp = read_ring(self._path)
        except (OSError, ValueError) as error:
            logger.warning("The signing key ring was not read again: %s", error)
