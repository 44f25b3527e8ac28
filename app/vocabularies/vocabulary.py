"""One version of one code list: its concepts, searched as a person types, and its digest."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.vocabularies.spelling import american

Property = str | bool | None | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept: its code, what it means, and what the vocabulary knows of it.

    Attributes:
        also: other names or codes it is searched by.
    """

    code: str
    display: str
    properties: Mapping[str, Property] = field(default_factory=dict)
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """One version of one code list.

    Attributes:
        name: stable name, lower case with hyphens.
        version: the publisher's name of the version, as results state it.
        notice: what the publisher asks to be said with the codes; None when nothing.
        entries: the concepts in their published order.
    """

    name: str
    version: str
    title: str
    source: str
    notice: str | None
    entries: tuple[Entry, ...]

    def search(self, text: str, *, limit: int) -> tuple[Entry, ...]:
        """Give the concepts whose names have every word of ``text``, best first.

        A concept's names are its code, its display and what else it goes by; case, accents and
        whether a word is spelled the British or the American way do not count. Ranked: the code
        itself, another name itself, a code that begins so, another name that begins so, a word
        that begins so, any other place; equals keep their published order. An empty text finds
        everything.
        """
        asked = _folded(text)
        words = asked.split()
        found = [
            (_rank(asked, names), order)
            for order, names in enumerate(self._names)
            if all(any(word in name for name in names) for word in words)
        ]
        return tuple(self.entries[order] for _, order in sorted(found)[:limit])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content in hexadecimal: equal digests, equal lists."""
        about = [self.name, self.version, self.title, self.source, self.notice]
        concepts = [
            [entry.code, entry.display, dict(entry.properties), entry.also]
            for entry in self.entries
        ]
        return hashlib.sha256(json.dumps([about, concepts], sort_keys=True).encode()).hexdigest()

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], ...]:
        return tuple(
            tuple(_folded(name) for name in (entry.code, entry.display, *entry.also))
            for entry in self.entries
        )


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return american(" ".join(plain.split()))


def _rank(asked: str, names: tuple[str, ...]) -> int:
    code, *others = names
    places = (
        code == asked,
        asked in others,
        code.startswith(asked),
        any(name.startswith(asked) for name in others),
        any(f" {asked}" in f" {name}" for name in names),
        True,
    )
    return places.index(True) if asked else 0
