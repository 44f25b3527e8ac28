"""Changes the rules and asks whether a test notices: `make mutation`.

    python -m tests.mutation --sample 300 --seed 1
    python -m tests.mutation --again report.txt tests/services/statistics

The second tries the survivors of an earlier report again, with the tests below a path.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.mutants import ROOMS, drawn, modules, read
from tests.mutation.plugin import CASES, KILLED, PYTEST, SURVIVED, TIMED_OUT, Mutation

COPY = "DAYZERO_MUTATION_COPY"
REPORT = "earlier_report.txt"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("tests", nargs="*", help="where the tests are (the three rooms)")
    parser.add_argument("--sample", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="what the sample is drawn by")
    parser.add_argument("--seconds", type=int, default=60, help="of processor time per mutant")
    parser.add_argument("--since", help="a revision: only modules that have changed since")
    parser.add_argument("--only", nargs="*", type=Path, help="only these modules")
    parser.add_argument("--again", type=Path, help="a report whose survivors are tried again")
    return parser.parse_args()


def start_in_a_copy(chosen: argparse.Namespace) -> None:
    """Start again in a copy of the tree: modules are changed on disk, and others work in it."""
    with tempfile.TemporaryDirectory(prefix="mutation_") as directory:
        for name in ("app", "tests"):
            leave_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(name, Path(directory, name), ignore=leave_out)
        shutil.copy("pyproject.toml", directory)
        if chosen.again:
            shutil.copy(chosen.again, Path(directory, REPORT))
        command = [sys.executable, "-m", "tests.mutation", *sys.argv[1:]]
        if chosen.since:
            command += ["--only", *changed_since(chosen.since)]
        settings = {COPY: "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        subprocess.run(command, cwd=directory, env=os.environ | settings, check=True)


def changed_since(revision: str) -> list[str]:
    """Give the modules of the rules that differ from a revision; the copy has no history."""
    command = ["git", "diff", "--name-only", revision, "--", "app/services"]
    changed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return sorted({str(path) for path in modules()}.intersection(changed))


def try_mutants(chosen: argparse.Namespace) -> None:
    """Draw the sample, or read the survivors of an earlier one, and say what became of each."""
    if chosen.again:
        lines = [line.split() for line in Path(REPORT).read_text().splitlines()]
        mutants = [read(line[2:]) for line in lines if line[1:2] == [SURVIVED]]
    else:
        mutants = drawn(chosen.only or modules(), chosen.sample, chosen.seed)
    print(f"{len(mutants)} mutants, seed {chosen.seed}", flush=True)
    mutation = Mutation(mutants, seconds=chosen.seconds)
    tests = chosen.tests or [f"tests/services/{room}" for room in ROOMS]
    pytest.main(["-s", *PYTEST, *CASES, *tests], plugins=[mutation])
    fates = Counter(mutation.fates.values())
    dead = fates[KILLED] + fates[TIMED_OUT]
    print(
        f"\n{len(mutation.fates)} mutants: {fates[KILLED]} killed, {fates[TIMED_OUT]} timed out"
        f" (counted as killed), {fates[SURVIVED]} survived;"
        f" {dead / max(1, len(mutation.fates)):.1%} killed"
    )


if __name__ == "__main__":
    try_mutants(arguments()) if COPY in os.environ else start_in_a_copy(arguments())
