"""One record of each kind that no part of the invented trial tells of: the kind's own example."""

from collections.abc import Collection, Iterator
from typing import Final

from app.demo.records import Record
from app.demo.synthetic.course import SyntheticCourse
from app.schemas.record import RecordKind
from app.schemas.record_kinds import IMPORTED

_ON: Final = 30
"""The day of the subject that its record is dated on."""


def further_records(course: SyntheticCourse, told: Collection[str]) -> Iterator[Record]:
    """Tell what a centre could send of a kind, of one subject and in its own time.

    Args:
        told: paths of the kinds that the trial tells of already.
    """
    for kind in IMPORTED:
        if kind.path not in told:
            yield Record(kind.path, f"{course.subject}:{kind.path}", _dated(kind, course))


def _dated(kind: RecordKind, course: SyntheticCourse) -> dict[str, object]:
    body = {name: said for name, said in kind.example.items() if name not in {"source_id", "visit"}}
    if kind.dated_by in body:
        written, day = str(body[kind.dated_by]), course.on(_ON).isoformat()
        body[kind.dated_by] = day[: len(written)] + written[len(day) :]
    return body
