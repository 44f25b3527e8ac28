"""What a list can be asked for."""

import base64
import binascii
import re
import uuid
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.functional_validators import BeforeValidator
from pydantic_core import PydanticCustomError
from sqlalchemy import Boolean, Integer, Uuid

from app.models.columns import Coded
from app.models.dates import OffsetDateTime, PartialDate
from app.models.record import RecordState
from app.schemas.record import RecordKind


def _read_as_of(given: object) -> object:
    if isinstance(given, str):
        if given.isascii() and given.isdigit() and len(given) <= 18:
            return int(given)
        try:
            return OffsetDateTime(given).instant
        except (ValueError, PydanticCustomError):
            pass
    raise PydanticCustomError("not_an_as_of", "give a seq or an instant with offset")


AsOf = Annotated[
    int | datetime,
    BeforeValidator(_read_as_of),
    Field(
        description="What the database knew: a `seq` of the ledger, or an instant with offset.",
        json_schema_extra={
            "type": "string",
            "pattern": rf"^(?:[0-9]{{1,18}}|{OffsetDateTime.pattern})$",
            "examples": ["12", "2026-06-01T00:00:00Z"],
        },
    ),
]


SoughtText = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""What a text can be sought by: anything but the one character that the database has none of."""


_PLACE = re.compile(r"([0-9a-f]{32})\.([0-9]{0,18})")


class Cursor(BaseModel):
    """Where a list goes on: after which record, and at which cut."""

    after: uuid.UUID
    seq: int | None = None

    def encoded(self) -> str:
        """Write the cursor as one opaque word."""
        text = f"{self.after.hex}.{'' if self.seq is None else self.seq}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, word: object) -> Self | None:
        """Read the word back; an empty one is none."""
        if word is None or word == "":
            return None
        if isinstance(word, cls):
            return word
        try:
            padded = str(word) + "=" * (-len(str(word)) % 4)
            place = _PLACE.fullmatch(base64.urlsafe_b64decode(padded).decode("ascii"))
        except (ValueError, binascii.Error):
            place = None
        if place is None:
            raise PydanticCustomError(
                "not_a_cursor", "follow the address in the Link header as it is"
            )
        return cls(after=uuid.UUID(hex=place[1]), seq=int(place[2]) if place[2] else None)


class ReadQuery(BaseModel):
    """What every read of records can be asked for."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    as_of: AsOf | None = None


class ListQuery(ReadQuery):
    """What every list of records can be asked for."""

    centre: SoughtText | None = Field(
        default=None, max_length=8, description="Records of one centre."
    )
    state: RecordState | None = Field(
        default=None, description="Only records in this state; both without it."
    )
    source_id: SoughtText | None = Field(
        default=None, max_length=200, description="The sender's own id."
    )
    from_: PartialDate | None = Field(
        default=None, alias="from", description="Dated on or after; a partial date that may be."
    )
    to: PartialDate | None = Field(default=None, description="Dated on or before.")
    changed_after: int | None = Field(
        default=None,
        ge=0,
        le=2**62,
        description="Only records whose current version came after this seq.",
    )
    limit: int = Field(default=100, ge=1, le=1000, description="How many on one page.")
    cursor: Annotated[Cursor | None, BeforeValidator(Cursor.decoded)] = Field(
        default=None, description="Where to go on; from the Link header.",
        json_schema_extra={"type": "string"},
    )  # fmt: skip


class _OfVisit(BaseModel):
    visit: SoughtText | None = Field(
        default=None, max_length=20, description="A visit code, as in `M3`."
    )


class _OfSubject(BaseModel):
    subject: SoughtText | None = Field(
        default=None, max_length=20, description="Records of one subject."
    )


def list_query(kind: RecordKind, *, across_subjects: bool) -> type[ListQuery]:
    """Make the query of a kind's list: what every list takes, and the kind's own filters."""
    bases: tuple[Any, ...] = (ListQuery,)
    if kind.dated_by is not None and not kind.one_per_subject:
        bases = (_OfVisit, *bases)
    if across_subjects:
        bases = (_OfSubject, *bases)
    own = {
        name: (
            _type_of(kind, column) | None,
            Field(default=None, description=f"Only records with this `{column}`."),
        )
        for name, column in kind.filters.items()
    }
    title = kind.path.title().replace("-", "")
    return create_model(  # type: ignore[call-overload,no-any-return]
        f"{title}{'Across' if across_subjects else 'Of'}Query", __base__=bases, **own
    )


def _type_of(kind: RecordKind, column: str) -> Any:
    if "." in column:
        return Annotated[SoughtText, Field(max_length=200)]
    stored = kind.table.__table__.columns[column].type  # type: ignore[attr-defined]
    if isinstance(stored, Coded):
        return stored.vocabulary
    if isinstance(stored, Boolean):
        return bool
    if isinstance(stored, Uuid):
        return uuid.UUID
    return int if isinstance(stored, Integer) else Annotated[SoughtText, Field(max_length=200)]
