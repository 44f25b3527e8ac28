"""Where two answers differ, by place."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any


def differences(found: Any, expected: Any) -> list[str]:
    """List the places in which two JSON documents differ; none: they are the same."""
    return list(_differences("", found, expected))


def _differences(place: str, found: Any, expected: Any) -> Iterator[str]:
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in {**found, **expected}:
            yield from _differences(f"{place}/{name}", found.get(name), expected.get(name))
    elif isinstance(found, list) and isinstance(expected, list):
        for index, pair in enumerate(zip_longest(found, expected)):
            yield from _differences(f"{place}/{index}", *pair)
    elif found != expected:
        yield f"{place}: {found!r}, not {expected!r}"
