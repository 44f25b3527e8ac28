"""What the lines of one file are to each other: earlier and later words on the same record.

A file may say several things of one record: a value, its correction, the retraction. Sent for the
first time they are versions one after another; sent again they must change nothing, although all
but the last differ from what the record says by then. So a line is held against the record by its
place in the file:

- The file's last word on a record is compared with what a source said of it last, as a file of one
  line is. What a person amended since is no word of the source: it stays.
- An earlier word is compared with what sources have said, from the version on that the file's
  previous word came to. It becomes a version only if none said it after that.
- Nothing follows a retraction: what the same file says of the record afterwards is refused,
  whether the retraction could be carried out or not.

Whatever part of a file was stored, and whatever others wrote in between, the file sent again adds
what is missing, in order, and ends with its last word; sent once more it adds nothing.

Decision: an earlier word that the record said long ago counts as said. That a value came back for
a moment, between two lines of one file, cannot be told from a file sent again after an amendment
by others, and of the two readings this one invents no versions.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO, Final

from pydantic_core import from_json

from app.schemas.enrolment import SubjectIn
from app.services.import_corrections import LineWords
from app.services.import_lines import Line, RawLine, raw_lines, read_line

TURN: Final = 500
"""Lines parsed before other requests get their turn."""

_REFUSED: Final = ("/source_id", "record_voided", "the file retracts the record; send a new one")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetRecord:
    """A record as a line meets it.

    Attributes:
        said: the version by which the line was said before; None when it is news.
        source_id: the id that the record was first sent under; the line may have a further one.
        stated_at: the source's own moment of what it said last.
        words: what the line and the record say, to be laid together; None for one that was voided
            or taken back.
        sends: what the line says, as its source's statement is kept.
        taken_back: earlier lines made it, in a transaction that was not to be kept.
    """

    subject: str
    record_id: str = ""
    version: int = 0
    state: str = "active"
    said: int | None = None
    source_id: str | None = None
    stated_at: datetime | None = None
    words: LineWords | None = None
    sends: str = ""
    taken_back: bool = False

    def followed_by(self, state: str) -> "MetRecord":
        """Give the record with its next version."""
        return replace(self, version=self.version + 1, state=state, said=None, words=None)

    def says_later_than(self, line: Line) -> bool:
        """Tell whether its source has said something later than what a line says."""
        moments = (line.stated_at, self.stated_at)
        return None not in moments and line.stated_at < self.stated_at  # type: ignore[operator]

    def members(self) -> dict[str, object]:
        """Give what a result says of it."""
        return {"subject": self.subject, "record_id": self.record_id, "version": self.version}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSoFar:
    """How far the file has come with a record of which it has more to say.

    Attributes:
        version: the one that the last line was stored as, or was said by before.
        made: the record as the file made it, where that is not to be kept; None elsewhere.
        row: what that record says.
    """

    version: int
    made: MetRecord | None
    row: str


@dataclass(slots=True)
class FileOrder:
    """Which lines of a file are not its last word, and which come after a retraction."""

    _last: dict[int, int] = field(default_factory=dict)
    _retracted: set[int] = field(default_factory=set)
    _superseded: set[int] = field(default_factory=set)
    _too_late: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "FileOrder":
        """Read the lines of a whole file."""
        order = cls()
        for line in lines:
            order.read(line)
        return order

    def read(self, line: Line) -> None:
        """Take the next line of the file; one that cannot be stored says nothing."""
        if line.errors:
            return
        record = record_of(line)
        if line.payload is not None and record in self._retracted:
            self._too_late.add(line.number)
            return
        if line.payload is None:
            self._retracted.add(record)
        if (earlier := self._last.get(record)) is not None:
            self._superseded.add(earlier)
        self._last[record] = line.number

    def mark(self, line: Line) -> Line:
        """Write on a line what the order of the file means for it."""
        line.superseded = line.number in self._superseded
        if line.number in self._too_late:
            line.refuse(*_REFUSED)
        return line


def record_of(line: Line) -> int:
    """Give what two lines have in common when they speak of one record, as a number.

    The centre is not known before the database is asked: it is in the subject's code, or in an
    enrolment that makes a subject.
    """
    path = line.kind.path if line.kind is not None else ""
    home = line.called
    if line.kind is not None and line.kind.one_per_subject:
        enrolment = line.payload if isinstance(line.payload, SubjectIn) else None
        home = enrolment.centre if enrolment else (line.called or "").rpartition("-")[0]
    return hash((path, home, line.source_id))


async def order_of(body: IO[bytes]) -> FileOrder:
    """Read a whole file for its order, giving way to other requests, and go back to its beginning.

    Checking a line costs twenty times as much as parsing it. So the file is first only parsed, and
    only the lines of a source_id that comes twice are checked for what they say.
    """
    seen: set[int | None] = set()
    repeated: set[int | None] = set()
    async for _, raw in _in_turns(raw_lines(body), TURN):
        source = _source_of(raw)
        (repeated if source in seen else seen).add(source)
    body.seek(0)
    order = FileOrder()
    if repeated := repeated - {None}:
        async for number, raw in _in_turns(raw_lines(body), TURN // 10):
            if raw is not None and _source_of(raw) in repeated:
                order.read(read_line(number, raw))
        body.seek(0)
    return order


def _source_of(raw: bytes | None) -> int | None:
    """Give kind and source_id of a raw line as a number; None where it has none to be read."""
    try:  # this reader takes whatever the strict one takes, in a third of the time
        sent = from_json(raw or b"")
    except ValueError:
        return None
    if not isinstance(sent, dict):
        return None
    named = (sent.get("kind"), sent.get("source_id"))
    return hash(named) if all(isinstance(name, str) for name in named) else None


async def _in_turns(lines: Iterable[RawLine], turn: int) -> AsyncIterator[RawLine]:
    """Give lines, and others their turn now and then."""
    for count, line in enumerate(lines, start=1):
        yield line
        if count % turn == 0:
            await asyncio.sleep(0)
