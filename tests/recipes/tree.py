"""A copy of the whole tree, in which a newcomer follows a recipe and asks what comes of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.deployment import open_directory

ROOT: Final = Path(__file__).parents[2]
_ROOMS: Final = ("app", "migrations", "tests", "openapi", "docs", "benchmarks")
_FILES: Final = ("pyproject.toml", "README.md", "CONTRIBUTING.md")


@dataclass
class Tree:
    """A copy of the tree, and what a hand wrote in it.

    Attributes:
        by_hand: lines written, by the file that they are in.
    """

    root: Path
    by_hand: dict[str, int] = field(default_factory=dict)

    def write(self, file: str, text: str) -> None:
        """Write a new file."""
        place = self.root / file
        assert not place.exists(), file
        place.write_text(text, encoding="utf-8")
        self._count(file, text)

    def insert(self, file: str, text: str, *, before: str) -> None:
        """Write lines before the first place where something stands."""
        place = self.root / file
        said = place.read_text(encoding="utf-8")
        assert before in said, (file, before)
        place.write_text(said.replace(before, text + before, 1), encoding="utf-8")
        self._count(file, text)

    def _count(self, file: str, text: str) -> None:
        self.by_hand[file] = self.by_hand.get(file, 0) + len(text.splitlines())

    def run(self, *words: str) -> str:
        """Run a module in the copy and give what it printed; the test fails where it does."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), "PYTEST_XDIST_WORKER": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = done.stdout.decode(errors="replace")
        assert done.returncode == 0, said[-20_000:]
        return said

    def test(self, *chosen: str) -> None:
        """Run tests of the copy."""
        self.run("pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "--timeout", "600", *chosen)


@contextmanager
def copied() -> Iterator[Tree]:
    """Give a copy of the tree."""
    with open_directory() as directory:
        root = directory / "tree"
        root.mkdir()
        for room in _ROOMS:
            shutil.copytree(
                ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "*.svg")
            )
        for file in _FILES:
            shutil.copy(ROOT / file, root / file)
        yield Tree(root)
