"""Text and codes as a centre wrote them: nothing is stripped, folded or normalised.

Decision: what could not be read back as it was meant is refused: control characters (a longer text
may hold tabs and line feeds), halves of surrogate pairs, and explicit bidirectional formatting,
which makes a text read otherwise than it is stored. So is what identifies a person.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.models.free_text import suspected_identifier
from app.models.numbers import as_whole

_UNREADABLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_OUTSIDE = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_NOTE = rf"^[^{_OUTSIDE}]*[^\s{_OUTSIDE}][^{_OUTSIDE}]*$"
_ONE_LINE = rf"^[^\s{_OUTSIDE}](?:[^\t\n\u2028\u2029{_OUTSIDE}]*[^\s{_OUTSIDE}])?$"
"""What JSON Schema can say of it, in the escapes that its regular expressions have."""

_NOT_IN_A_NOTE = re.compile(f"[{_UNREADABLE}]")
_NOT_IN_ONE_LINE = re.compile(f"[\t\n\u2028\u2029{_UNREADABLE}]")


def refuse_identifiers(text: str, *, record_number: bool = False) -> None:
    """Refuse text that holds what looks like a direct identifier.

    Args:
        text: what a centre sent.
        record_number: the field is for a system's own number of a record.

    Raises:
        PydanticCustomError: ``direct_identifier_suspected``; says what kind, never repeats it.
    """
    if kind := suspected_identifier(text, record_number=record_number):
        raise PydanticCustomError(
            "direct_identifier_suspected",
            "leave out what identifies a person (here it looks like: {kind})",
            {"kind": kind.replace("_", " ")},
        )


_refuse_identifiers_once = lru_cache(4096)(refuse_identifiers)
"""The same for fields whose few texts come again and again; a refusal is not remembered."""


def shown_to_some(described: dict[str, Any], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """Describe a text that some roles are answered without: null there, where required too."""
    if handler.mode == "serialization":
        return described | {"type": ["string", "null"]}
    return described


@dataclass(frozen=True, kw_only=True)
class WrittenText:
    """What a text field reads: ``Annotated[str, WrittenText(max_length=80)]``.

    Text of one line neither begins nor ends with a blank; a note of several lines keeps what it
    has, as long as there is something to read.
    """

    max_length: int
    several_lines: bool = False
    record_number: bool = False

    def read(self, text: str) -> str:
        """Give the text back as it is.

        Raises:
            PydanticCustomError: ``text_with_control_characters``, ``text_with_outer_blanks``,
                ``direct_identifier_suspected``.
        """
        if (_NOT_IN_A_NOTE if self.several_lines else _NOT_IN_ONE_LINE).search(text):
            raise PydanticCustomError(
                "text_with_control_characters",
                "write {shape}, without control characters and bidirectional overrides",
                {"shape": "lines that end in a line feed" if self.several_lines else "one line"},
            )
        stripped = text.strip()
        if not stripped or (not self.several_lines and text != stripped):
            raise PydanticCustomError(
                "text_with_outer_blanks", "write text that neither begins nor ends with a blank"
            )
        if self.several_lines or self.record_number:
            refuse_identifiers(text, record_number=self.record_number)
        else:
            _refuse_identifiers_once(text)
        return text

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Compose with what the field says of its length: ``Field(max_length=80)`` narrows it."""
        field: dict[str, Any] = dict(handler(source))
        return core_schema.no_info_after_validator_function(
            self.read,
            core_schema.str_schema(
                strict=True,
                min_length=max(1, field.get("min_length", 1)),
                max_length=min(self.max_length, field.get("max_length", self.max_length)),
                pattern=field.get("pattern"),
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return shown_to_some(
            {"pattern": _NOTE if self.several_lines else _ONE_LINE, **handler(schema)}, handler
        )


@lru_cache(4096)
def _has_form(pattern: str, text: str) -> bool:
    """Tell whether a whole text has a form; fields of a form hold few texts again and again."""
    return re.fullmatch(pattern, text) is not None


@dataclass(frozen=True)
class Form:
    """What a text of a fixed form reads; its refusal says the form in words.

    Attributes:
        pattern: a regular expression of the whole text, for the schema and for programs.
        words: what would be right, for the refusal.
        longest: characters.
    """

    pattern: str
    words: str
    longest: int = 64

    def read(self, text: str) -> str:
        """Give the text back as it is.

        Raises:
            PydanticCustomError: ``string_pattern_mismatch``, with the form in words.
        """
        if not _has_form(self.pattern, text):
            raise PydanticCustomError("string_pattern_mismatch", "{words}", {"words": self.words})
        return text

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            self.read, core_schema.str_schema(strict=True, max_length=self.longest)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}


_CODE: Final = Form(
    r"[A-Za-z0-9%{/\[][A-Za-z0-9._:/+*^%(){}\[\]-]*",
    "write a code of letters, digits and marks, without blanks",
)


class ShortCode:
    """What a code field reads: letters, digits and the marks that UCUM, LOINC and visits use."""

    def read(self, text: str) -> str:
        """Give the code back as it is.

        Raises:
            PydanticCustomError: ``direct_identifier_suspected``.
        """
        _CODE.read(text)
        _refuse_identifiers_once(text, record_number=True)
        return text

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        field: dict[str, Any] = dict(handler(source))
        return core_schema.no_info_after_validator_function(
            self.read,
            core_schema.str_schema(
                strict=True, max_length=min(_CODE.longest, field.get("max_length", _CODE.longest))
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return shown_to_some({**handler(schema), "pattern": f"^{_CODE.pattern}$"}, handler)


class PublishedCode:
    """What a coded field reads: a code of the vocabulary, in the type it is published in.

    To Python ``True`` and 1 are equal: an ``IntEnum`` alone takes it for grade 1. A JSON number
    without a fraction, ``3.0``, is the whole number that it is to JSON Schema.
    """

    def __get_pydantic_core_schema__(
        self, vocabulary: type[Enum], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        codes = [member.value for member in vocabulary]
        types = {type(code) for code in codes} | {vocabulary}

        def read(value: object) -> object:
            value = as_whole(value)
            if type(value) in types and value in codes:
                return value
            raise PydanticCustomError(
                "not_a_code", "write one of the codes of the vocabulary", {"allowed": codes}
            )

        return core_schema.no_info_before_validator_function(read, handler(vocabulary))
