"""The identifiers of a record as they are sent and given."""

import uuid
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Field as MemberField

from app.models.values import SourceId
from app.schemas.record import AlsoHeld, Reasoned


class IdentifiersIn(Reasoned):
    """The identifiers that a record is to have, and why."""

    identifiers: Annotated[list[SourceId], Field(min_length=1, max_length=20)] = MemberField(
        description="The sender's own ids of the record. Those that it does not have yet are "
        "added; an identifier that it has stays, named here or not.",
    )


class IdentifiersOut(BaseModel):
    """The identifiers of a record."""

    subject: str
    record_id: uuid.UUID
    version: int = Field(description="The version of the record; an identifier adds none.")
    identifiers: list[str] = Field(description="In the order in which the record was given them.")
    also_held_by: list[AlsoHeld] = Field(
        description="Other records under the same identifiers: one of a voided record may have "
        "begun anew at another subject's."
    )
