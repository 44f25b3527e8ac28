"""What every coded word has: the code that is stored and sent, and the words a person reads."""

from enum import StrEnum
from typing import Self


class Concept(StrEnum):
    """A code of a vocabulary. Its value is the published code; ``display`` says what it means.

    A member is declared as ``NAME = "code", "display"`` and is, as a string, the code alone.
    """

    display: str

    def __new__(cls, code: str, display: str = "") -> Self:
        """Keep the code as the value, so that lookup, JSON and the database see nothing else.

        The default lets ``Outcome("FATAL")``, a lookup, pass the type checker; every declaration
        has its display.
        """
        concept = str.__new__(cls, code)
        concept._value_ = code
        concept.display = display
        return concept
