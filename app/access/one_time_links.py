"""Links that sign a person in once: an opaque code, of which only a digest is kept."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

LINK_LIFETIME: Final = timedelta(minutes=15)
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class OneTimeLink:
    """A new link.

    Attributes:
        code: what stands in the link; nobody can show it again.
        digest: what we keep, 32 octets.
    """

    code: str = field(repr=False)
    digest: bytes = field(repr=False)


def new_one_time_link() -> OneTimeLink:
    """Make the code of a link of 128 random bits, 22 characters that need no escaping.

    Decision: it is kept as a plain SHA-256 digest, for the reasons that hold of a client's secret;
    and it ends after a quarter of an hour, in which the token endpoint lets nobody guess.
    """
    code = secrets.token_urlsafe(16)
    return OneTimeLink(code, _digest(code))


def digest_of_link(presented: str) -> bytes | None:
    """Give the digest by which the code of a link is known; None: it is not of the form of one."""
    return _digest(presented) if _CODE.fullmatch(presented) else None


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode("ascii")).digest()
