"""The records that the lines of an import speak of, as far as they are there."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.database import Transaction
from app.schemas.record import RecordKind
from app.services import import_statements
from app.services.import_corrections import LineWords
from app.services.import_lines import Line
from app.services.import_order import MetRecord, RecordSoFar, record_of
from app.services.import_references import FileReferences


class FileRecords:
    """The records that a file's lines speak of, as one transaction meets them.

    Args:
        before: how far earlier transactions of the same file came with the records of which it has
            more to say.
        references: what the lines make, and what they name.

    Attributes:
        so_far: how far this transaction came with such records.
        taking_over: numbers of the lines that have the id of a voided record of another subject.
    """

    def __init__(self, before: Mapping[int, RecordSoFar], references: FileReferences) -> None:
        self.so_far: dict[int, RecordSoFar] = {}
        self.taking_over: set[int] = set()
        self._before = before
        self._references = references

    async def met_by(
        self, transaction: Transaction, kind: RecordKind, lines: list[Line]
    ) -> tuple[dict[int, MetRecord], list[Line]]:
        """Give what is stored under the lines' source_ids, by the number of the line.

        Most lines of most files are new: which are not is asked first, and what those say only
        then. Second are the lines that speak of a record of which another line speaks by another
        of its ids: they have to wait for it.
        """
        found = {line.number: known for line in lines if (known := self._taken_back(line))}
        sources = {
            (row["centre"], row["source_id"])
            for row in await transaction.rows(
                import_statements.known(kind),
                [line.centre for line in lines],
                [line.source_id for line in lines],
            )
        }
        sent = {}
        if self._references.needed:
            for line in lines:
                new = line.number not in found and line.payload is not None
                if new and (line.centre, line.source_id) not in sources:
                    self._references.make(line, kind)
            await self._references.resolve(transaction, lines)
        for line in lines if sources else ():
            is_known = (line.centre, line.source_id) in sources and line.number not in found
            if is_known and not line.errors:
                sent[line.centre, line.source_id] = line
        if not sent:
            return found, []
        later: list[Line] = []
        records: set[str] = set()
        asked = ",".join(self._asked(line) for line in sent.values())
        for row in await transaction.rows(import_statements.look(kind), f"[{asked}]"):
            line = sent[row["centre"], row["source_id"]]
            if self._may_take_over(line, kind, row):
                self.taking_over.add(line.number)
                self._references.make(line, kind)
                continue
            record_id = str(row["record_id"])
            if record_id in records:
                later.append(line)
                continue
            records.add(record_id)
            found[line.number] = MetRecord(
                subject=row["subject"],
                record_id=record_id,
                version=row["version"],
                state=row["state"],
                said=row["said"],
                source_id=row["own"],
                stated_at=row["stated_at"],
                words=LineWords.of(row),
                sends=row["sends"],
            )
        return found, later

    def _may_take_over(self, line: Line, kind: RecordKind, row: Mapping[str, Any]) -> bool:
        """Tell whether a line may have the id of a record of another subject that was voided.

        Decision: an enrolment that names no subject may not. A file sent again after somebody
        voided a subject would make that subject anew.
        """
        of_another = row["subject"] != line.subject and not kind.one_per_subject
        return of_another and row["state"] == "voided" and line.payload is not None

    def _asked(self, line: Line) -> str:
        """Write the row that is looked for, and from which version on it counts as said."""
        members: dict[str, object] = {
            "centre": line.centre, "source_id": line.source_id, "subject": line.subject,
        }  # fmt: skip
        if line.superseded:
            last = self.last_of(line)
            members["version"] = last.version if last else 1
        return f"{line.row or '{'}{',' if line.row else ''}{json.dumps(members)[1:]}"

    def last_of(self, line: Line) -> RecordSoFar | None:
        """Give how far the file came with a line's record; None: it said nothing of it before."""
        record = record_of(line)
        return self.so_far.get(record, self._before.get(record))

    def _taken_back(self, line: Line) -> MetRecord | None:
        """Give the record that earlier lines made in a transaction that was taken back."""
        before = self._before.get(record_of(line))
        last = self.last_of(line) if before is not None and before.made is not None else None
        if last is None or last.made is None:
            return None
        said = last.made.state == "active" and line.row == last.row
        return replace(last.made, said=last.version if said else None, taken_back=True)
