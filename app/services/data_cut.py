"""What the database knew at a moment, and what an analysis stands on."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cut:
    """What the database knew at a moment.

    Attributes:
        seq: the effective number: the last that ends a transaction.
        transaction_id: the last transaction that counts, as text; None means: whatever is current.
    """

    seq: int
    transaction_id: str | None


@dataclass(frozen=True, slots=True)
class DataCut(Cut):
    """A cut that an analysis stands on.

    Attributes:
        known_on: day, in the centres' civil calendar, on which the last change that counts was
            numbered.
    """

    known_on: date
