"""Trial files taken apart, changed and written again."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.trial.trial import TRIAL_FILE


def raw(path: Path = TRIAL_FILE) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def leaves(part: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, (*place, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from leaves(value, (*place, number))
    else:
        yield place, part


def places(part: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the document, with the place a message would name."""
    if isinstance(part, dict):
        yield place, part
        for key, value in part.items():
            yield from places(value, f"{place}.{key}" if place else key)
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from places(value, f"{place}[{number + 1}]")


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, date) else str(value).lower()


def written(tmp_path: Path, document: dict[str, Any]) -> Path:
    path = tmp_path / "trial.toml"
    path.write_text(
        "".join(f"{key} = {as_toml(value)}\n" for key, value in document.items()),
        encoding="utf-8",
    )
    return path


def set_at(document: Any, path: str, value: object) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        document = document[step]
    document[last] = value
