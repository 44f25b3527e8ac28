"""What the lines of an import name by the sender's own ids: subjects, and other records."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from app.database import Transaction
from app.schemas.record import RecordKind
from app.schemas.record_kinds import IMPORTED, by_path
from app.services.identity import new_identity
from app.services.import_lines import Line
from app.services.named_records import MESSAGE, UNRESOLVED, Naming, finding

Refuse = Callable[[Line, str, str, str], None]

_STORED_FIRST: Final = ("subjects", "preparations", "infusions", "adverse-events", "lab-results")
_RANK: Final = {
    kind.path: rank
    for rank, kind in enumerate(
        sorted(
            IMPORTED,
            key=lambda kind: (
                _STORED_FIRST.index(kind.path) if kind.path in _STORED_FIRST else 99,
                kind.path,
            ),
        )
    )
}

ENROLLED: Final = """
SELECT held.source_id, current.subject, current.centre
FROM unnest($1::text[]) AS sent (source_id)
JOIN identifier AS held ON held.source_id = sent.source_id AND held.kind = 'subjects'
CROSS JOIN LATERAL (
    SELECT * FROM enrolment WHERE record_id = held.record_id ORDER BY version DESC LIMIT 1
) AS current
WHERE current.state = 'active' AND ($2::text[] IS NULL OR held.centre = ANY ($2))"""
"""Gives the subjects whose enrolments were sent under some identifiers.

Parameters: $1 the identifiers, $2 visible centres or NULL.
"""


def in_order(kind: RecordKind) -> int:
    """Order the kinds so that what others name is stored first, and always in the same way."""
    return _RANK[kind.path]


class Made(NamedTuple):
    """A record that a line of the file makes."""

    number: int
    subject: str
    record_id: str


@dataclass(slots=True)
class FileReferences:
    """What the lines of a file make, by what they call it, for the lines that come after."""

    refuse: Refuse
    needed: bool = False
    """Whether a line has named anything; nothing is kept until one has."""
    _made: dict[tuple[str, str, str | None], Made] = field(default_factory=dict)
    _ids: dict[int, str] = field(default_factory=dict)

    def id_of(self, line: Line) -> str:
        """Give the identity of the record that a line makes."""
        if line.number not in self._ids:
            self._ids[line.number] = str(new_identity())
        return self._ids[line.number]

    def make(self, line: Line, kind: RecordKind) -> None:
        """Note that a line is to make a record."""
        key = (line.centre, kind.path, line.source_id)
        self._made[key] = Made(line.number, line.subject or "", self.id_of(line))

    async def resolve(self, transaction: Transaction, lines: Iterable[Line]) -> None:
        """Put in their places the records that lines name; refuse a line whose are not there."""
        asked: dict[str, list[tuple[Line, Naming]]] = defaultdict(list)
        naming_lines = [line for line in lines if line.named]
        for line in naming_lines:
            line.row = line.template
            for naming in line.named:
                asked[naming.kind].append((line, naming))
        for path, of_kind in asked.items():
            stored = await _stored(transaction, path, of_kind)
            for line, naming in of_kind:
                self._put(line, naming, stored)
        for line in naming_lines:
            if not line.errors and line.kind is not None:
                line.payload = line.kind.submission.model_validate_json(line.row + "}")

    def _put(self, line: Line, naming: Naming, stored: Mapping[tuple[str, str], str]) -> None:
        found = stored.get((line.subject or "", naming.place.source_id))
        made = self._made.get((line.centre, naming.kind, naming.place.source_id))
        if made and made.number < line.number and made.subject == line.subject:
            found = found or made.record_id
        if found is None:
            self.refuse(line, naming.pointer, UNRESOLVED, MESSAGE)
        else:
            line.row = line.row.replace(str(naming.place), found)


async def _stored(
    transaction: Transaction, path: str, asked: Sequence[tuple[Line, Naming]]
) -> dict[tuple[str, str], str]:
    """Give what is stored of what is named, by subject and identifier."""
    kind = by_path(path)
    assert kind is not None  # noqa: S101 - the table of names has paths of kinds
    rows = await transaction.rows(
        finding(kind),
        [line.centre for line, _ in asked],
        [naming.place.source_id for _, naming in asked],
        [line.subject for line, _ in asked],
    )
    return {(row["subject"], row["source_id"]): str(row["record_id"]) for row in rows}
