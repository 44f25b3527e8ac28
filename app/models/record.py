"""What every clinical record has, whatever it is about.

One row is one version of one record. Rows are inserted and never changed: an amendment is the next
version, a voided record is a version that says so, and the current one is the highest.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field

from app.models.shape import RecordFields


class RecordState(StrEnum):
    """Whether a record still stands."""

    ACTIVE = "active"
    VOIDED = "voided"


class Origin(StrEnum):
    """Whose words a version is: what a system repeats, or what a person decided."""

    SOURCE = "source"
    PERSON = "person"


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's ``xid8``: the full, never-wrapping identity of a transaction."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in DDL."""
        return "xid8"


SYSTEM_COLUMNS = frozenset(
    {
        "record_id",
        "version",
        "predecessor",
        "subject",
        "centre",
        "state",
        "source_id",
        "reason",
        "recorded_at",
        "recorded_by",
        "transaction_id",
        "salt",
        "origin",
        "source_said",
        "source_stated_at",
    }
)
"""The columns of a record table that say nothing clinical."""


class TrialRecord(RecordFields):
    """One version of one record of one subject.

    ``predecessor`` and the foreign key on it make gaps, another subject's continuation and another
    centre's continuation impossible in the database itself, where row-level security does not look.

    ``origin`` is null in versions from before it, whose event says it. ``source_said`` is what the
    source said where the version says something else, because a person's correction stands in it;
    ``source_stated_at`` is the source's own moment of it.
    """

    checks: ClassVar[Mapping[str, str]] = {}
    """What the columns of the kind can hold, name to SQL condition; given by the kind's table."""

    record_id: uuid.UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    predecessor: int | None = Field(
        default=None,
        sa_type=Integer,
        sa_column_args=[Computed("nullif(version - 1, 0)", persisted=True)],
    )
    subject: str = Field(sa_type=Text)
    centre: str = Field(sa_type=Text)
    state: RecordState = Field(default=RecordState.ACTIVE, sa_type=Text)
    source_id: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = Field(
        sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": func.now()}
    )
    recorded_by: str = Field(sa_type=Text)
    transaction_id: str = Field(
        sa_type=TransactionId, sa_column_kwargs={"server_default": text("pg_current_xact_id()")}
    )
    salt: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs={"server_default": text("uuid_send(gen_random_uuid())")},
    )
    origin: Origin | None = Field(default=None, sa_type=Text)
    source_said: str | None = Field(default=None, sa_type=Text)
    source_stated_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[object, ...]:  # noqa: N805
        """Give the constraints that keep a record one unbroken line of versions."""
        name = str(cls.__tablename__)
        return (
            UniqueConstraint("record_id", "version", "subject", "centre", name=f"{name}_identity"),
            ForeignKeyConstraint(
                ["record_id", "predecessor", "subject", "centre"],
                [f"{name}.{column}" for column in ("record_id", "version", "subject", "centre")],
                name=f"{name}_continues",
            ),
            ForeignKeyConstraint(
                ["subject", "centre"], ["subject.subject", "subject.centre"], name=f"{name}_subject"
            ),
            CheckConstraint("version >= 1", name=f"{name}_version"),
            CheckConstraint("state IN ('active', 'voided')", name=f"{name}_state"),
            CheckConstraint("origin IN ('source', 'person')", name=f"{name}_origin"),
            CheckConstraint("version = 1 OR reason IS NOT NULL", name=f"{name}_reason"),
            Index(f"{name}_by_subject", "subject", "record_id"),
            Index(f"{name}_by_centre", "centre", "record_id"),
            *(
                CheckConstraint(condition, name=f"{name}_{check}")
                for check, condition in cls.checks.items()
            ),
        )


def clinical_columns(table: type[TrialRecord]) -> tuple[Column[object], ...]:
    """Give the columns that hold what the centre said, in the order they are declared."""
    return tuple(
        column
        for column in table.__table__.columns  # type: ignore[attr-defined]
        if column.name not in SYSTEM_COLUMNS
    )
