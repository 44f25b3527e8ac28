"""Secrets of machine clients that have no key pair: made once, shown once, kept as a digest."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

_PREFIX = "dayzero_"  # lets a scanner of source code recognise one that was checked in
_SECRET = re.compile(_PREFIX + r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class ClientSecret:
    """A new secret.

    Attributes:
        text: what the client keeps; nobody can show it again.
        digest: what we keep, 32 octets.
    """

    text: str = field(repr=False)
    digest: bytes = field(repr=False)


def new_client_secret() -> ClientSecret:
    """Make a secret of 256 random bits.

    Decision: it is kept as a plain SHA-256 digest. Slow, salted hashes protect what people choose,
    which can be guessed; 256 random bits cannot, at any speed, and no two are alike. A slow hash
    would only make the token endpoint cheap to exhaust.
    """
    text = _PREFIX + secrets.token_urlsafe(32)
    return ClientSecret(text, _digest(text))


def is_client_secret(presented: str, digest: bytes) -> bool:
    """Tell whether this is the secret with that digest, in a time that does not depend on it."""
    return _SECRET.fullmatch(presented) is not None and hmac.compare_digest(
        _digest(presented), digest
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
