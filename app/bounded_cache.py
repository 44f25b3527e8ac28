"""Keeps what was made while there is room: what was not asked for the longest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Values by what they follow from, bounded in number and, where they have one, in size.

    A lost value costs the time to make it again and nothing else. There is no lock in it: one event
    loop uses it, or whoever shares it between threads locks it.
    """

    def __init__(
        self,
        number: int,
        *,
        size: Callable[[Value], int] | None = None,
        octets: int | None = None,
        largest: int | None = None,
    ) -> None:
        """Make room for values.

        Args:
            number: how many.
            size: gives the octets of one; None: they are not counted.
            octets: how many they may have together; None: as many as they have.
            largest: how many one may have that is kept at all; None: as many as it has.
        """
        self._number, self._size, self._octets, self._largest = number, size, octets, largest
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._held = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._kept)

    def get(self, key: Key) -> Value | None:
        """Give a value that is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value in the place of an older one, and let go of others until everything fits."""
        octets = self._octets_of(value)
        if self._largest is not None and octets > self._largest:
            return
        self.forget(key)
        self._kept[key] = value
        self._held += octets
        while len(self._kept) > self._number or (
            self._octets is not None and self._held > self._octets
        ):
            _, gone = self._kept.popitem(last=False)
            self._held -= self._octets_of(gone)

    def forget(self, key: Key) -> None:
        """Let go of a value, if it is kept."""
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._held -= self._octets_of(gone)

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._held = 0

    def _octets_of(self, value: Value) -> int:
        return 0 if self._size is None else self._size(value)
