"""Bodies of records: an example changed in one place, and what the service says of it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from app.schemas.record import RecordKind

ABSENT = object()
"""Stands for a member that is not sent."""


def changed(body: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give a copy of the body with the members at these JSON pointers changed, added or absent."""
    result = deepcopy(dict(body))
    for pointer, value in changes.items():
        *way, last = [
            int(step) if step.isdigit() else step for step in pointer.removeprefix("/").split("/")
        ]
        place: Any = result
        for step in way:
            place = place[step]
        if value is ABSENT:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(deepcopy(value))
        else:
            place[last] = deepcopy(value)
    return result


def refused(kind: RecordKind, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give pointer and code of everything that is refused in the body; empty: it is accepted."""
    try:
        kind.submission.model_validate(dict(body))
    except ValidationError as refusal:
        return sorted(
            ("".join(f"/{step}" for step in error["loc"]), error["type"])
            for error in refusal.errors()
        )
    return []


def refused_with(kind: RecordKind, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the lines of the refusal whole."""
    try:
        kind.submission.model_validate(dict(body))
    except ValidationError as refusal:
        return [dict(error) for error in refusal.errors(include_url=False)]
    return []
