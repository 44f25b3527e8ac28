"""What is wrong with a trial file, in sentences that name the place."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_NAMES: Final = ("code", "name", "analyte", "visit", "method", "version")
"""Keys that name a row of a list, for a message."""


class TrialFileError(ValueError):
    """The trial file cannot be used; ``faults`` says why, a sentence and its place each."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        self.path = path
        self.faults = tuple(faults)
        super().__init__(f"{path.name}: " + "; ".join(self.faults))


def faults(error: ValidationError, document: dict[str, Any]) -> list[str]:
    """Say every fault that validation found in ``document``."""
    return [sentence for one in error.errors() for sentence in _sentences(one, document)]


def _sentences(error: ErrorDetails, document: dict[str, Any]) -> list[str]:
    place = _place(error["loc"], document)
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ValueError):
        sentences = [str(sentence) for sentence in cause.args]
    elif error["type"] == "extra_forbidden":
        sentences = ["is not a key of the trial file"]
    elif error["type"] == "missing":
        sentences = ["is missing"]
    else:
        sentences = [error["msg"][:1].lower() + error["msg"][1:]]
    return [f"{place}: {sentence}" if place else sentence for sentence in sentences]


def _place(location: Sequence[int | str], document: dict[str, Any]) -> str:
    """Write a location as the file's own path, with the name of each row beside its number.

    Steps below a value are not the file's: they name the alternatives that were tried for it.
    """
    place = ""
    here: Any = document
    for step in location:
        if isinstance(step, str) and isinstance(here, dict):
            here = here.get(step)
            place += f".{step}" if place else step
        elif isinstance(step, int) and isinstance(here, list):
            here = here[step]
            place += f"[{step + 1}]{_name(here)}"
    return place


def _name(row: object) -> str:
    if not isinstance(row, dict):
        return ""
    return next((f" ({row[key]})" for key in _NAMES if key in row), "")
