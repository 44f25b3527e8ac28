"""What the shapes of records have in common: each is built when it is first read or written.

Of several hundred shapes a request needs one or two, which takes milliseconds. A start that built
them all would take a quarter longer.
"""

from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlmodel import SQLModel

COMPONENT: Final = "x-component"
"""Stands in the schema of a type whose shape has a name of its own in the contract."""


class RecordFields(SQLModel):
    """The fields of a kind, declared once for its table, for what is sent and for what is given."""

    model_config = ConfigDict(defer_build=True)  # type: ignore[assignment]


class Part(BaseModel):
    """A part of a record: it has its own members and no others, and stays as it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
