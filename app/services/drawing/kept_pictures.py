"""The pictures that one worker keeps."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

PICTURES_KEPT: Final = 256
OCTETS_KEPT: Final = 32 * 1024 * 1024
LARGEST_KEPT: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture, and the subjects whose own data are in it."""

    body: bytes
    subjects: tuple[str, ...]


@dataclass(slots=True)
class KeptPictures:
    """Pictures by their identity, bounded in number and size; the least asked for goes first."""

    _kept: OrderedDict[str, KeptPicture] = field(default_factory=OrderedDict)
    _octets: int = 0

    def get(self, etag: str) -> KeptPicture | None:
        """Give a picture that is kept."""
        found = self._kept.get(etag)
        if found is not None:
            self._kept.move_to_end(etag)
        return found

    def keep(self, etag: str, picture: KeptPicture) -> None:
        """Keep a picture, and let go of others until everything fits."""
        if len(picture.body) > LARGEST_KEPT or etag in self._kept:
            return
        self._kept[etag] = picture
        self._octets += len(picture.body)
        while len(self._kept) > PICTURES_KEPT or self._octets > OCTETS_KEPT:
            _, gone = self._kept.popitem(last=False)
            self._octets -= len(gone.body)
