"""What became of a load: what was accepted, what refused and why, and who reads what."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class Reason:
    """Why records were refused: the same for all that are counted under it."""

    kind: str
    pointer: str
    code: str
    message: str


@dataclass(frozen=True)
class ListReading:
    """What one centre reads of one kind when it asks for everything.

    Attributes:
        told: records of the kind that the centre has stored.
        read: rows that it got.
        strangers: rows that name another centre, or hold what only another centre has sent.
    """

    centre: str
    kind: str
    told: int
    read: int
    strangers: int

    @property
    def exact(self) -> bool:
        """Whether the centre reads exactly its own rows."""
        return self.told == self.read and not self.strangers


@dataclass
class LoadReport:
    """What became of every record, counted by kind."""

    accepted: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    examples: dict[Reason, str] = field(default_factory=dict)
    stored: Counter[tuple[str, str]] = field(default_factory=Counter)
    readings: list[ListReading] = field(default_factory=list)
    trespasses: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def keep(self, centre: str, kind: str, *, created: bool) -> None:
        """Count a record that is stored, by this load or before it."""
        (self.accepted if created else self.known)[kind] += 1
        self.stored[centre, kind] += 1

    def refuse(self, kind: str, source_id: str, errors: Iterable[Mapping[str, Any]]) -> None:
        """Count a record that was refused, under each reason."""
        self.refused[kind] += 1
        for error in errors:
            reason = Reason(
                kind,
                str(error.get("pointer", "")),
                str(error.get("code", "")),
                str(error.get("message", "")),
            )
            self.reasons[reason] += 1
            self.examples.setdefault(reason, source_id)

    @property
    def share_accepted(self) -> float:
        """Share of the records that are stored, 0 to 1."""
        stored, refused = sum(self.stored.values()), sum(self.refused.values())
        return stored / (stored + refused) if stored + refused else 1.0

    @property
    def isolated(self) -> bool:
        """Whether every centre reads exactly its own rows and reached nobody else's."""
        return not self.trespasses and all(reading.exact for reading in self.readings)
