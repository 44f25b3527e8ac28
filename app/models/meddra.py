"""How a centre coded an adverse event in MedDRA.

Nothing is looked up: the dictionary is licensed. What was sent is kept and given back.

Source: MedDRA, introductory guide: a code has eight digits, a release is numbered like 27.1.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field as PartField
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.models.shape import Part
from app.models.values import ShortText


@dataclass(frozen=True)
class _Numbered:
    """Reads a text of digits of one form."""

    pattern: str
    code: str
    message: str
    example: str

    def read(self, text: object) -> str:
        """Give the text back as it is.

        Raises:
            PydanticCustomError: it has another form; its type is ``code``.
        """
        if isinstance(text, str) and re.fullmatch(self.pattern, text):
            return text
        raise PydanticCustomError(self.code, self.message)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        handler(source)
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.to_string_ser_schema(when_used="json-unless-none")
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern}$", "examples": [self.example]}


MeddraTermCode = Annotated[
    str,
    _Numbered(
        "[1-9][0-9]{7}",
        "not_a_meddra_code",
        "write the eight digits of a MedDRA code as text, such as 10029205",
        "10029205",
    ),
]
"""The code of a term of any level."""

MeddraRelease = Annotated[
    str,
    _Numbered(
        r"[1-9][0-9]?\.[0-9]",
        "not_a_meddra_release",
        "write the release of MedDRA as text, such as 27.1",
        "27.1",
    ),
]


class MeddraCoding(Part):
    """The event as the centre coded it in MedDRA; kept as sent, never looked up."""

    version: MeddraRelease = PartField(description="Release of MedDRA (AEDICTVS).")
    llt_code: MeddraTermCode = PartField(description="Lowest level term, its code (AELLTCD).")
    llt_name: ShortText | None = PartField(
        default=None, description="Lowest level term, its name (AELLT)."
    )
    pt_code: MeddraTermCode | None = PartField(
        default=None,
        description="Preferred term, its code (AEPTCD); beside a term `Other, specify` the tables "
        "count by it.",
    )
