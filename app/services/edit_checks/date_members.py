"""Every date that a record says, whichever member it stands in."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel

from app.models.dates import WrittenDate
from app.services.edit_checks.rule import LabSample

Way = tuple[str | int, ...]
"""The members and places that lead to a value."""


def date_members(record: Any) -> Iterator[tuple[Way, date | str]]:
    """Give the dates that a record says, as sent, each with the way to it."""
    if isinstance(record, LabSample):
        yield ("collected_at",), record.collected_at
        if record.judged_at is not None:
            yield ("clinically_significant", "at"), record.judged_at
        return
    yield from _within(record, ())


def _within(value: Any, way: Way) -> Iterator[tuple[Way, date | str]]:
    if isinstance(value, date | WrittenDate):
        yield way, value
    elif isinstance(value, BaseModel):
        for name, part in vars(value).items():
            if part is not None:
                yield from _within(part, (*way, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _within(part, (*way, index))
