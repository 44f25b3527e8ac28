"""How one record names another."""

import re
import uuid
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_RECORD_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _record_id(value: object) -> uuid.UUID:
    """Read a record's id in the one form that the service gives it out.

    Raises:
        PydanticCustomError: ``not_a_record_id``.
    """
    if isinstance(value, uuid.UUID):
        return value
    if isinstance(value, str) and _RECORD_ID.fullmatch(value):
        return uuid.UUID(value)
    raise PydanticCustomError(
        "not_a_record_id",
        "write the record_id as the service gave it: 36 characters, lower case, with hyphens",
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
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "uuid", "pattern": f"^{_RECORD_ID.pattern}$"}


RecordReference = Annotated[uuid.UUID, _RecordReference()]
"""The ``record_id`` of another record of the same subject, as the service gave it out.

``sa_type=Uuid``; a list of them is one JSONB column. Whether the record exists is for a finding to
say: a centre may send the two in any order.
"""
