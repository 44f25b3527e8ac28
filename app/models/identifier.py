"""The identifiers that centres gave to their records."""

import uuid

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from app.models.record import TransactionId


class Identifier(SQLModel, table=True):
    """One turn of one identifier at one record.

    An identifier is unique in its centre and kind. The last of its turns holds it; a new one begins
    when the record that held it was voided. ``further`` is one of a record that has another.
    """

    __tablename__ = "identifier"
    __table_args__ = (
        CheckConstraint("turn >= 1", name="identifier_turn"),
        Index("identifier_further", "record_id", postgresql_where=text("further")),
    )

    source_id: str = Field(primary_key=True, sa_type=Text)
    centre: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    turn: int = Field(default=1, primary_key=True)
    record_id: uuid.UUID
    further: bool = False
    transaction_id: str = Field(
        sa_type=TransactionId, sa_column_kwargs={"server_default": text("pg_current_xact_id()")}
    )
