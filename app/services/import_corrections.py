"""What a line of an import makes of a record that a person corrected."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import ValidationError

from app.schemas.record import RecordKind
from app.schemas.record_errors import field_errors
from app.services.derivations.source_statements import (
    LaidTogether,
    Statement,
    Version,
    lay_together,
    unexplained,
)
from app.services.edit_checks.source_statements import SOURCE_DIFFERS, SOURCE_OVERRIDES_CORRECTION
from app.services.import_lines import Line
from app.services.source_versions import read_versions

CONFLICT = "conflicts-with-correction"


@dataclass(frozen=True, slots=True)
class LineWords:
    """What a line sends, what its source said last, and what the record says."""

    sends: Statement
    last: Statement
    stands: Statement
    document: str
    versions: list[Version]

    @classmethod
    def of(cls, row: asyncpg.Record) -> "LineWords | None":
        """Read what the look at a record gave; None where nothing of it stands."""
        if row["state"] != "active":
            return None
        return cls(
            json.loads(row["sends"]),
            json.loads(row["last"]),
            json.loads(row["stands"]),
            row["document"],
            read_versions(row["versions"]),
        )

    def after(self, laid: LaidTogether) -> dict[str, Any]:
        """Give what the record says once the line is stored."""
        kept = {name: self.stands[name] for name in laid.kept if name in self.stands}
        sent = {name: value for name, value in self.sends.items() if name not in laid.kept}
        return sent | kept


def say_what_differs(line: Line, words: LineWords) -> None:
    """Note on a line that says nothing new what a person corrected and the source repeats."""
    for member in sorted(unexplained(words.versions)):
        line.notice(SOURCE_DIFFERS.at(member))


def lay_line(line: Line, kind: RecordKind, words: LineWords, sends: str) -> Statement:
    """Make of a line what the record is to say, with the corrections that stay.

    A line that cannot be laid on the corrections is refused, and names both sides.

    Args:
        sends: what the line says, in the writing of :class:`LineWords`.

    Returns:
        what the record is to say.
    """
    laid = lay_together(kind.path, sent=words.sends, last=words.last, stands=words.stands)
    for member in sorted(laid.overridden):
        line.notice(SOURCE_OVERRIDES_CORRECTION.at(member))
    after = words.after(laid)
    if not laid.kept:
        return after
    if laid.torn:
        for member in sorted(laid.torn & laid.changed):
            _refuse(line, f"/{member}", laid.torn & laid.kept)
        return after
    stands = json.loads(words.document)
    together = json.loads(line.row + "}")
    together |= {name: stands[name] for name in laid.kept}
    try:
        payload = kind.submission.__pydantic_validator__.validate_python(together)
    except ValidationError as invalid:
        for error in field_errors(invalid.errors(include_url=False, include_input=False), skip=0):
            _refuse(line, error["pointer"], laid.kept, error["message"])
        return after
    line.laid = payload.__pydantic_serializer__.to_json(payload).decode()[:-1]
    line.source_said = sends
    with_it = [*words.versions, Version(of_source=True, said=after, statement=words.sends)]
    for member in sorted(unexplained(with_it)):
        line.notice(SOURCE_DIFFERS.at(member))
    return after


def _refuse(line: Line, pointer: str, corrected: Iterable[str], why: str | None = None) -> None:
    names = sorted(corrected)
    said = ", ".join(names)
    line.refuse(
        pointer,
        CONFLICT,
        f"a person corrected {said}, and beside that this cannot stand"
        + (f": {why}" if why else "; send both as they should be, or amend the record"),
        corrected=[f"/{name}" for name in names],
    )
