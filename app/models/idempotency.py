"""Answers kept by Idempotency-Key, so that a request sent twice has one effect."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, Integer, LargeBinary, Text, func
from sqlmodel import Field, SQLModel


class StoredAnswer(SQLModel, table=True):
    """The answer to a request that succeeded, written in the transaction of its effect."""

    __tablename__ = "stored_answer"

    principal: uuid.UUID = Field(primary_key=True)
    key: str = Field(primary_key=True, sa_type=Text)
    request_digest: bytes = Field(sa_type=LargeBinary)
    status: int = Field(sa_type=Integer)
    location: str | None = Field(default=None, sa_type=Text)
    etag: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    stored_at: datetime = Field(
        sa_type=DateTime(timezone=True), index=True, sa_column_kwargs={"server_default": func.now()}
    )
