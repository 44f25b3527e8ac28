"""What a report is made of, whatever it is written as: sections of facts, tables and pictures.

Every text is plain: how it is marked up is the business of the form that it is written in, and
nothing of it is ever taken for markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Alignment = Literal["left", "right", "center"]

NOTHING: Final = "\N{EN DASH}"
"""What stands where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``share`` is its part of the width beside the others'."""

    label: str
    align: Alignment = "right"
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        level: 0 for a row of its own, 1 for one that belongs to the one above.
        strong: it is the head or the total of what stands around it.
    """

    cells: tuple[str, ...]
    level: int = 0
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; without rows the note says why."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str | None = None
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Facts:
    """Some facts, each with its name."""

    items: tuple[tuple[str, str], ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, as an SVG document of our own drawing.

    Attributes:
        title: what it shows; stands for it where it cannot be seen.
        note: what has to be known to read it.
    """

    title: str
    svg: str
    note: str | None = None
    kind: Literal["figure"] = "figure"


Block = Table | Facts | Paragraph | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the report."""

    title: str
    blocks: tuple[Block, ...]
    identity: str = ""
    """Its name in an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A report.

    Attributes:
        subtitle: the trial's title.
        cut: the identity of the data cut, in short facts, for every page.
        reference: the trial and the cut, as a file is named after them.
    """

    title: str
    subtitle: str
    cut: tuple[tuple[str, str], ...]
    reference: str
    sections: tuple[Section, ...] = field(default=())

    @property
    def cut_line(self) -> str:
        """The identity of the data cut on one line."""
        return " · ".join(f"{name} {value}" for name, value in self.cut)


def table(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str] | Row],
    note: str | None = None,
) -> Table:
    """Make a table of rows that are given as their cells."""
    made = tuple(row if isinstance(row, Row) else Row(tuple(row)) for row in rows)
    if not made:
        note = " ".join(filter(None, ("There is nothing to list.", note)))
    return Table(title, tuple(columns), made, note)


def label(text: str, share: float = 2.5) -> Column:
    """Make a column of names."""
    return Column(text, "left", share)
