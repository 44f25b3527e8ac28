"""Who may do what where: centres, principals and the grants between them."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, LargeBinary, Text, func, text
from sqlmodel import Field, SQLModel

_now = {"server_default": func.now()}


class Centre(SQLModel, table=True):
    """A centre that takes part in the trial."""

    __tablename__ = "centre"
    __table_args__ = (CheckConstraint("code ~ '^[0-9A-Z]{1,8}$'", name="centre_code"),)

    code: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs=_now)


class Principal(SQLModel, table=True):
    """Someone or something that can sign in: a client (a system) or a person.

    A client keeps a digest of its secret or its public keys; a person keeps neither.
    """

    __tablename__ = "principal"
    __table_args__ = (CheckConstraint("kind IN ('client', 'person')", name="principal_kind"),)

    id: uuid.UUID = Field(
        primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    name: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    secret_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    public_keys: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs=_now)
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class AccessGrant(SQLModel, table=True):
    """A role of a principal, at one centre or, without one, everywhere."""

    __tablename__ = "access_grant"

    id: uuid.UUID = Field(
        primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    principal: uuid.UUID = Field(foreign_key="principal.id", index=True)
    role: str = Field(sa_type=Text)
    centre: str | None = Field(default=None, sa_type=Text, foreign_key="centre.code")
    granted_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs=_now)
    ends_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class UsedAssertion(SQLModel, table=True):
    """A client assertion that was used and cannot be used again."""

    __tablename__ = "used_assertion"

    principal: uuid.UUID = Field(primary_key=True, foreign_key="principal.id")
    identity: str = Field(primary_key=True, sa_type=Text)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)


class OneTimeLink(SQLModel, table=True):
    """A link that signs a person in once and was not used yet: a digest of its code alone."""

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="one_time_link_digest"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    principal: uuid.UUID = Field(foreign_key="principal.id")
    expires_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)
