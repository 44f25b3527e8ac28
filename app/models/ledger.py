"""The ledger: what changed, in the order in which it was committed; and who read what."""

import uuid
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlmodel import Field, SQLModel

from app.models.record import TransactionId

_now = {"server_default": func.now()}


class LedgerEvent(SQLModel, table=True):
    """One change, written in the transaction that made it.

    ``commitment`` is the salted SHA-256 of the record's new content; the salt lies with the record.
    ``content_form`` says what the content is, 1 being that of :mod:`app.services.content_form`;
    None where there is no commitment, and for events from before: theirs is of the row's document
    as the database wrote it then.

    The action ``commit:versions``, of which there is at most one event, without a kind, commits to
    the whole of :class:`VersionCommitment`: SHA-256 of the SHA-256 hashes of its rows, one after
    another in the order of kind, record_id and version.
    """

    __tablename__ = "ledger_event"
    __table_args__ = (
        CheckConstraint(
            "kind IS NULL OR commitment IS NULL OR content_form IS NOT NULL",
            name="ledger_event_content_form",
        ),
        Index("ix_ledger_event_occurred_at", "occurred_at", postgresql_using="brin"),
    )

    transaction_id: str = Field(
        primary_key=True,
        sa_type=TransactionId,
        sa_column_kwargs={"server_default": text("pg_current_xact_id()")},
    )
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    action: str = Field(sa_type=Text)
    principal: str = Field(sa_type=Text)
    role: str | None = Field(default=None, sa_type=Text)
    centre: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    kind: str | None = Field(default=None, sa_type=Text)
    record_id: uuid.UUID | None = Field(default=None)
    version: int | None = Field(default=None, sa_type=Integer)
    route: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    request_id: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs=_now)
    commitment: bytes | None = Field(default=None, sa_type=LargeBinary)
    content_form: int | None = Field(default=None, sa_type=SmallInteger)


class VersionCommitment(SQLModel, table=True):
    """What a version from before content form 1 commits to in that form; never added to later.

    A row is hashed as canonical JSON (RFC 8785) of centre, commitment (hexadecimal), content_form,
    kind, record_id, subject and version, numbers as text.
    """

    __tablename__ = "version_commitment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subject", "centre"],
            ["subject.subject", "subject.centre"],
            name="version_commitment_subject",
        ),
    )

    kind: str = Field(sa_type=Text)
    record_id: uuid.UUID = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=Integer)
    subject: str = Field(sa_type=Text)
    centre: str = Field(sa_type=Text)
    content_form: int = Field(primary_key=True, sa_type=SmallInteger)
    commitment: bytes = Field(sa_type=LargeBinary)


class LedgerEntry(SQLModel, table=True):
    """The place of an event in the ledger: a dense number in commit order, and the leaf's hash.

    ``leaf_form`` says what was hashed. Form 2 is SHA-256 of the octet 00 and the canonical JSON
    (RFC 8785) of exactly these members: action, centre, commitment (hexadecimal), kind,
    occurred_at (UTC, six decimals, ``Z``), principal, reason, record_id, request_id, role, route,
    seq, subject, transaction_id (text), version; null where there is nothing. Form 1, of entries
    from before, was the text of the event's row as it was then.
    """

    __tablename__ = "ledger_entry"

    seq: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    transaction_id: str = Field(sa_type=TransactionId, index=True)
    event: int = Field(sa_type=BigInteger, unique=True)
    leaf_form: int = Field(sa_type=SmallInteger)
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    sequenced_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)


class AccessEvent(SQLModel, table=True):
    """One read of subject-level data, one export, or one refusal. It has no ``seq``.

    Ids are given before the commit, so that a lower one may appear later. The log is read in the
    order of ``(transaction_id, id)`` and only below the commit horizon, where nothing is added any
    more; events from before the order was kept have the transaction 0.
    """

    __tablename__ = "access_event"
    __table_args__ = (
        Index("ix_access_event_order", "transaction_id", "id"),
        Index("ix_access_event_occurred_at", "occurred_at", postgresql_using="brin"),
    )

    transaction_id: str = Field(
        sa_type=TransactionId, sa_column_kwargs={"server_default": text("pg_current_xact_id()")}
    )
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_args=[Identity(always=True)])
    action: str = Field(sa_type=Text)
    principal: str = Field(sa_type=Text)
    role: str | None = Field(default=None, sa_type=Text)
    subjects: list[str] | None = Field(default=None, sa_type=ARRAY(Text))
    kind: str | None = Field(default=None, sa_type=Text)
    record_id: uuid.UUID | None = Field(default=None)
    records: int | None = Field(default=None, sa_type=Integer)
    route: str = Field(sa_type=Text)
    status: int = Field(sa_type=Integer)
    problem: str | None = Field(default=None, sa_type=Text)
    request_id: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs=_now)
