"""The pictures that one worker keeps."""

from dataclasses import dataclass
from typing import Final

from app.bounded_cache import BoundedCache

PICTURES_KEPT: Final = 256
OCTETS_KEPT: Final = 32 * 1024 * 1024
LARGEST_KEPT: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture, and the subjects whose own data are in it."""

    body: bytes
    subjects: tuple[str, ...]


KeptPictures = BoundedCache[str, KeptPicture]
"""Pictures by their identity."""


def kept_pictures() -> KeptPictures:
    """Make room for the pictures of a worker."""
    return BoundedCache(
        PICTURES_KEPT,
        size=lambda picture: len(picture.body),
        octets=OCTETS_KEPT,
        largest=LARGEST_KEPT,
    )
