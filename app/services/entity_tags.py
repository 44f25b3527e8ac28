"""The identities of answers that a caller holds, and whether one of them is meant."""

from collections.abc import Iterable
from hashlib import sha256


def is_held(held: str | None, etag: str) -> bool:
    """Tell whether an If-None-Match header names an identity.

    Compared is weakly, as for a read: whether an identity is weak or strong makes no difference.

    Source: RFC 9110, sections 8.8.3.2 and 13.1.2.
    """
    if held is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return etag.removeprefix("W/") in tags or "*" in tags


def weak(parts: Iterable[object]) -> str:
    """Give the weak identity of what follows from these parts: the same figures, another copy."""
    return f'W/"{sha256(repr(tuple(parts)).encode()).hexdigest()[:32]}"'
