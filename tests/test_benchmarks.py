"""The measurements can be begun: they use the service's own names and run seldom."""

import importlib
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize("module", sorted(path.stem for path in ROOM.glob("*.py")))
def test_it_can_be_loaded(module: str) -> None:
    importlib.import_module(f"benchmarks.{module}")
