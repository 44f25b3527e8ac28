"""Reads the reference figures kept in ``data``; its README says where each comes from."""

import csv
import json
import math
from pathlib import Path
from typing import Any

from hypothesis import settings

DATA = Path(__file__).parent / "data"

unhurried = settings(deadline=None)
"""The first example of a property imports NumPy, and the machine may be busy with others."""


def cases(name: str) -> dict[str, Any]:
    """Read the named cases of a JSON file."""
    return json.loads((DATA / f"{name}.json").read_text())["cases"]


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a table of numbers and words; NA, NaN and nothing are None."""
    with path.open(newline="") as table:
        return [{key: cell(text) for key, text in row.items()} for row in csv.DictReader(table)]


def cell(text: str) -> float | str | None:
    if text in {"NA", "NaN", ""}:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def observations(name: str) -> tuple[list[float], list[int]]:
    """Read one data set: times, and what happened (0 censored, 1 event, 2 competing event)."""
    table = rows(DATA / "observations" / f"{name}.csv")
    return [row["time"] for row in table], [int(row["event"]) for row in table]


def survival_data(name: str) -> tuple[list[float], list[bool]]:
    """Read a data set of a Kaplan-Meier case: times, and whether the event was observed."""
    days, events = observations(f"km_{name}")
    return days, [event == 1 for event in events]


class agrees:  # noqa: N801 - reads as a word in an assertion: ``curve.lower == agrees(expected)``
    """Equal to a relative 1e-9, or to 1e-12 near 0; None only to None."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expected: Any) -> None:
        self.expected = list(expected) if isinstance(expected, (list, tuple)) else [expected]

    def __eq__(self, actual: object) -> bool:
        values = list(actual) if isinstance(actual, (list, tuple)) else [actual]
        return len(values) == len(self.expected) and all(map(self._same, values, self.expected))

    def __repr__(self) -> str:
        return repr(self.expected)

    @staticmethod
    def _same(actual: Any, expected: Any) -> bool:
        if actual is None or expected is None:
            return actual is expected
        return math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12)
