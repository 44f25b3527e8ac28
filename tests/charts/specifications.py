"""What the tests look for in a specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def units(
    specification: dict[str, Any], data: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Give every mark of a picture, each with its encodings and the data that it shows."""
    data = specification.get("data", data)
    if "mark" in specification:
        yield {"encoding": {}, **specification, "data": data}
    for member in ("layer", "vconcat", "hconcat", "concat"):
        for part in specification.get(member, ()):
            yield from units(part, data)
    if isinstance(specification.get("spec"), dict):
        yield from units(specification["spec"], data)


def mark_of(unit: dict[str, Any]) -> dict[str, Any]:
    """Give the mark of a unit with its properties."""
    mark = unit["mark"]
    return mark if isinstance(mark, dict) else {"type": mark}


def values_of(specification: dict[str, Any], unit: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the data that a unit shows, wherever they were put."""
    data = unit.get("data") or specification.get("data") or {}
    if "name" in data:
        return list(specification["datasets"][data["name"]])
    return list(data.get("values", ()))


def caption(specification: dict[str, Any]) -> str:
    """Give title and caption as one text."""
    title = specification["title"]
    return " ".join([title["text"], *title["subtitle"]])


def addresses(specification: dict[str, Any]) -> list[str]:
    """Give what would be fetched to show a picture, beside the name of its schema."""
    text = json.dumps({k: v for k, v in specification.items() if k != "$schema"})
    return [word for word in ("http:", "https:", '"url"', "href") if word in text]
