"""Subjects: who takes part, and which slot of the trial each of them holds."""

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.models.record import TransactionId


class Subject(SQLModel, table=True):
    """A subject's identity, written once and never versioned: what every record points at."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("subject", "centre", name="subject_of_centre"),)

    subject: str = Field(primary_key=True, sa_type=Text)
    centre: str = Field(sa_type=Text, foreign_key="centre.code")


class Slot(SQLModel, table=True):
    """One of the trial's places, held from enrolment on."""

    __tablename__ = "slot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subject", "centre"], ["subject.subject", "subject.centre"], name="slot_subject"
        ),
    )

    number: int = Field(primary_key=True)
    subject: str = Field(sa_type=Text, unique=True)
    centre: str = Field(sa_type=Text)


class SlotRelease(SQLModel, table=True):
    """That a slot was given back: its enrolment was voided before any infusion."""

    __tablename__ = "slot_release"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subject", "centre"],
            ["subject.subject", "subject.centre"],
            name="slot_release_subject",
        ),
    )

    subject: str = Field(primary_key=True, sa_type=Text)
    centre: str = Field(sa_type=Text)
    transaction_id: str = Field(
        sa_type=TransactionId, sa_column_kwargs={"server_default": text("pg_current_xact_id()")}
    )
