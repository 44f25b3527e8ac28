"""How one record names another."""

import re
import secrets
import uuid
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.models.shape import COMPONENT
from app.models.text import WrittenText

_RECORD_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


_BY_SOURCE: TypeAdapter[str] = TypeAdapter(
    Annotated[str, WrittenText(max_length=128, record_number=True)]
)


class NamedBySource(uuid.UUID):
    """The place of another record's id until it is found by the id that its sender gave it.

    Attributes:
        source_id: the sender's own id of that record.
    """

    __slots__ = ("source_id",)

    source_id: str

    @classmethod
    def of(cls, source_id: str) -> "NamedBySource":
        """Give a new place; no two are the same."""
        place = cls(bytes=secrets.token_bytes(16))
        object.__setattr__(place, "source_id", source_id)
        return place


def _record_id(value: object) -> uuid.UUID:
    """Read a record's id in the one form that the service gives it out, or its sender's own id.

    Raises:
        PydanticCustomError: ``not_a_record_id``.
    """
    if isinstance(value, dict) and value.keys() == {"source_id"}:
        try:
            return NamedBySource.of(_BY_SOURCE.validate_python(value["source_id"]))
        except ValidationError:
            raise PydanticCustomError(
                "not_a_record_id", "the source_id is none that a record could have"
            ) from None
    if isinstance(value, uuid.UUID):
        return value
    if isinstance(value, str) and _RECORD_ID.fullmatch(value):
        return uuid.UUID(value)
    raise PydanticCustomError(
        "not_a_record_id",
        "write the record_id as the service gave it, 36 characters, lower case, with hyphens, "
        'or {"source_id": "..."} with your own id of that record',
    )


class _RecordReference:
    """Reads and describes another record's id."""

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _record_id,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema(), when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        given = {"type": "string", "format": "uuid", "pattern": f"^{_RECORD_ID.pattern}$"}
        if handler.mode == "serialization":
            return given
        own = {
            "type": "object",
            "properties": {"source_id": _BY_SOURCE.json_schema()},
            "required": ["source_id"],
            "additionalProperties": False,
        }
        return {COMPONENT: "RecordReference", "anyOf": [given, own]}


RecordReference = Annotated[uuid.UUID, _RecordReference()]
"""The ``record_id`` of another record of the same subject, as the service gave it out.

A sender may name the record by its own id of it, ``{"source_id": "..."}``; what is stored is the
``record_id``.

``sa_type=Uuid``; a list of them is one JSONB column. Whether the record exists is for a finding to
say: a centre may send the two in any order.
"""
