"""Remembers tokens that were verified, so that each signature is computed once."""

import hashlib
import threading
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from app.access.tokens import LONGEST_TOKEN
from app.bounded_cache import BoundedCache


class Expiring(Protocol):
    """What a verified token says, with the time at which it ends."""

    @property
    def expires_at(self) -> datetime:
        """When it ends."""
        ...


Verified = TypeVar("Verified", bound=Expiring)


class VerifiedTokenCache(Generic[Verified]):
    """What verified tokens said, by the SHA-256 digest of the token, until they expire.

    It holds no token: who reads this memory cannot present one. One cache belongs to one verifier,
    with one issuer, audience and set of keys. When it is full, what was least recently used goes.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._verified: BoundedCache[bytes, Verified] = BoundedCache(capacity)
        self._lock = threading.Lock()  # routes that are not async run in threads

    def __len__(self) -> int:
        return len(self._verified)

    def find(self, token: object, now: datetime) -> Verified | None:
        """Give what this very token said, or None if it is not known or has expired.

        No leeway is given here: in the seconds after its end a token is verified in full.
        """
        digest = _digest(token)
        if digest is None:
            return None
        with self._lock:
            verified = self._verified.get(digest)
            if verified is None:
                return None
            if verified.expires_at <= now:
                self._verified.forget(digest)
                return None
            return verified

    def remember(self, token: object, verified: Verified) -> None:
        """Keep what a token said, which must have been verified in full just now."""
        digest = _digest(token)
        if digest is None:
            raise ValueError("only a token can be remembered")
        with self._lock:
            self._verified.keep(digest, verified)


def _digest(token: object) -> bytes | None:
    """Give the digest of a token, or None for anything that cannot be one."""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    return hashlib.sha256(token.encode("ascii")).digest()
