"""Plain values as JSON: the one way in which results of rules and statistics are written.

A clinical number is a ``Decimal`` and is written as text, digits as they are; a computed estimate
is a float and is written as a number. What is not a finite number has no JSON and is ``null``.
"""

import json
import math
import uuid
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache, singledispatch
from typing import Any

_PLAIN = frozenset({type(None), str, int, bool})


class WrittenJson(str):
    """A value that is written as JSON already."""

    __slots__ = ()


def jsonable(value: Any) -> Any:
    """Give a value as JSON has it: a dataclass becomes an object, its members in their order.

    Words of a vocabulary are texts or whole numbers already. Most values are plain, and looking for
    who writes them took longer than the rest of a laboratory result's grade.
    """
    return value if type(value) in _PLAIN else _composed(value)


@singledispatch
def _composed(value: Any) -> Any:
    if is_dataclass(value):
        return {name: jsonable(getattr(value, name)) for name in _members(type(value))}  # type: ignore[arg-type]
    if hasattr(value, "_asdict"):
        return {name: jsonable(member) for name, member in value._asdict().items()}
    if isinstance(value, Iterable):
        return [jsonable(member) for member in value]
    raise TypeError(f"{type(value).__name__} has no JSON")


@_composed.register(str)
@_composed.register(int)
def _as_it_is(value: str | int) -> str | int:
    return value


@_composed.register(float)
def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@_composed.register(Decimal)
def _digits(value: Decimal) -> str:
    return format(value, "f")


@_composed.register(date)
def _iso(value: date) -> str:
    return value.isoformat()


@_composed.register(uuid.UUID)
def _text(value: uuid.UUID) -> str:
    return str(value)


@_composed.register(Mapping)
def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(jsonable(key)): jsonable(member) for key, member in value.items()}


@_composed.register(Set)
def _sorted(value: Set[Any]) -> list[Any]:
    return sorted(jsonable(member) for member in value)


def written(document: Mapping[str, Any]) -> bytes:
    """Write a document: the same one is always the same bytes."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


@cache
def _members(shape: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(shape))
