"""What R says of the demonstration trial: run now where R is installed, or kept from a run.

The kept figures are written anew by ``pytest tests/endpoints/test_demo_against_r.py --keep-r``.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.statistics.reference import rows

SCRIPT = Path(__file__).parent / "data" / "demonstration.R"
KEPT = Path(__file__).parent / "data" / "demonstration_in_r.json"

Figure = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """One set of times as R reads it.

    Attributes:
        rows: per subject the days, and 0 for censored, 1 for the event, 2 for a competing one.
    """

    data_set: str
    conf_type: str
    rows: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """x of n, by the name of the rate."""

    rate: str
    x: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InR:
    """What R was given, and what it said.

    Attributes:
        made_by: the releases of R and of survival.
    """

    made_by: list[str]
    times: dict[str, list[list[float]]]
    rates: dict[str, list[int]]
    figures: list[Figure]

    def of(self, data_set: str, conf_type: str, name: str) -> list[Figure]:
        """Give the figures of a name, in the order of their times."""
        wanted = (data_set, conf_type, name)
        found = [
            one
            for one in self.figures
            if (one["data_set"], one["conf_type"], one["figure"]) == wanted
        ]
        assert found, wanted
        return found


def run(program: str, directory: Path, times: Iterable[Times], rates: Iterable[Rate]) -> InR:
    """Give the times and the rates to R."""
    times, rates = list(times), list(rates)
    _write(
        directory / "times.csv",
        ("data_set", "conf_type", "time", "status"),
        [(one.data_set, one.conf_type, *row) for one in times for row in one.rows],
    )
    _write(directory / "rates.csv", ("rate", "x", "n"), [(one.rate, one.x, one.n) for one in rates])
    subprocess.run(
        [program, "--vanilla", str(SCRIPT), str(directory)],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    return InR(
        made_by=(directory / "versions.txt").read_text().splitlines(),
        times=given(times),
        rates={one.rate: [one.x, one.n] for one in rates},
        figures=rows(directory / "figures.csv"),
    )


def given(times: Iterable[Times]) -> dict[str, list[list[float]]]:
    """Give the rows of each data set, which are the same for every type of limits."""
    return {one.data_set: [list(row) for row in one.rows] for one in times}


def kept() -> InR:
    """Read what is kept."""
    return InR(**json.loads(KEPT.read_text()))


def keep(said: InR) -> None:
    """Write what R said in the place of what is kept."""
    members = {
        "made_by": json.dumps(said.made_by),
        "times": _object(said.times),
        "rates": _object(said.rates),
        "figures": "[\n" + ",\n".join(map(json.dumps, said.figures)) + "\n]",
    }
    lines = ",\n".join(f"{json.dumps(name)}: {written}" for name, written in members.items())
    KEPT.write_text(f"{{\n{lines}\n}}\n")


def _object(members: dict[str, Any]) -> str:
    """Write an object with a member on each line."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(v)}" for name, v in members.items())
    return f"{{\n{lines}\n}}"


def _write(path: Path, header: tuple[str, ...], lines: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(header)
        writer.writerows(lines)
