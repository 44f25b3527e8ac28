"""Column types for what PostgreSQL has no type of its own for: codes and parts.

A code is stored as published, under a CHECK that names every code; SQLAlchemy's own ``Enum`` would
store Python's member names. Parts, which have no life outside their record, are one JSONB column.
"""

from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import CheckConstraint, Column, SmallInteger, Table, Text, event, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Coded(TypeDecorator[Any]):
    """A published code: text for a ``StrEnum``, a small integer for an ``IntEnum``."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum] | type[IntEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.impl = SmallInteger() if issubclass(vocabulary, IntEnum) else Text()

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | int | None:  # noqa: ARG002
        """Send the code.

        Raises:
            ValueError: the vocabulary has no such code.
        """
        return None if value is None else self.vocabulary(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | IntEnum | None:  # noqa: ARG002
        """Give the member of the vocabulary."""
        return None if value is None else self.vocabulary(value)


@event.listens_for(Coded, "after_parent_attach")
def _check_codes(coded: Coded, column: Column[Any]) -> None:
    """Put the CHECK on the table as soon as the column belongs to one."""

    @event.listens_for(column, "after_parent_attach")
    def _on_table(column: Column[Any], table: Table) -> None:
        codes = [member.value for member in coded.vocabulary]
        table.append_constraint(
            CheckConstraint(
                type_coerce(column, coded.impl).in_(codes),
                name=f"{table.name}_{column.name}_code",
            )
        )


class Parts(TypeDecorator[Any]):
    """A part of a record, or a list of them, in one JSONB column; None is SQL NULL."""

    impl = JSONB
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__(none_as_null=True)
        self.shape = shape

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.shape)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Send the part as JSON, numbers as their text."""
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Give the part as its model."""
        return None if value is None else self._adapter.validate_python(value)


def coded(vocabulary: type[StrEnum] | type[IntEnum]) -> Coded:
    """Give the column type of a published code: ``sa_type=coded(ToxicityGrade)``.

    Alembic does not see the CHECK: its migration is written by hand.
    """
    return Coded(vocabulary)


def part(model: type[BaseModel]) -> Parts:
    """Give the column type of one part: ``sa_type=part(SerumMProtein)``."""
    return Parts(model)


def parts(model: type[BaseModel]) -> Parts:
    """Give the column type of a list of parts: ``sa_type=parts(Lesion)``."""
    return Parts(list[model])  # type: ignore[valid-type]
