"""Which rules made an answer: a digest of the sources and data that its figures follow from.

A version that is kept by hand says nothing after somebody forgot to raise it; this one is computed.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

_APP: Final = Path(__file__).parents[1]

ROOMS: Final = (
    "services/criteria",
    "services/derivations",
    "services/statistics",
    "services/reports",
    "services/analysis_data.py",
    "services/analysis_values.py",
    "services/evaluation_values.py",
    "services/json_values.py",
    "services/lab_values.py",
    "services/standing_records.py",
    "services/written_dates.py",
    "trial",
    "vocabularies",
)
"""What figures follow from beside the records and the trial file: rules, terms, the typed form of
the trial file, reports, and what makes a subject's history of the rows that are stored."""

DRAWING: Final = ("charts", "printing")
"""What a picture or a printed report follows from beside the figures that it shows."""

_NOT_RULES: Final = frozenset({".pyc", ".toml"})
"""Compiled sources; and trial files, whose own digest stands beside this one."""


@cache
def code_digest(rooms: tuple[str, ...] = ROOMS, app: Path = _APP) -> str:
    """Give the digest of the rules as 64 hexadecimal digits, made once in a process.

    It is SHA-256 over the files of the rooms in the order of their paths, each as its path from
    ``app`` and the SHA-256 of its octets, one on a line.

    Args:
        rooms: what is digested, folders and files; by default the rules.
        app: where the package lies.
    """
    lines = (
        f"{file.relative_to(app).as_posix()} {sha256(file.read_bytes()).hexdigest()}\n"
        for file in sorted(_files(rooms, app))
    )
    return sha256("".join(lines).encode()).hexdigest()


def _files(rooms: tuple[str, ...], app: Path) -> Iterator[Path]:
    for room in rooms:
        place = app / room
        for file in (place,) if place.is_file() else place.rglob("*"):
            if file.is_file() and file.suffix not in _NOT_RULES:
                yield file
