"""Numbers as a centre wrote them: every digit is kept, and nothing but a number is one.

Decision: what a column of type ``numeric`` could not give back as it was sent is refused and not
mended: a leading zero (``007``), a negative zero, text with an exponent. A JSON number may have an
exponent, for programs write ``1e-05`` unasked: it is the same number in plain digits. A number has
at most 32 characters in plain digits, a sign and the point included.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.models.shape import COMPONENT
from app.strict_json import NumberWithExponent

DIGITS = 32
"""How many characters the text of a number has at most, as the contract declares."""

_TEXT = {
    "type": "string",
    "pattern": r"^(?!-0(?:\.0+)?$)-?(0|[1-9][0-9]*)(\.[0-9]+)?$",
    "maxLength": DIGITS,
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NEGATIVE_ZERO = re.compile(r"-0(?:\.0+)?")
_EXPONENT = re.compile(r"[+-]?[0-9.]+[eE][+-]?[0-9]+")


def _with_exponent() -> PydanticCustomError:
    return PydanticCustomError(
        "number_with_exponent",
        "write a number of at most 32 characters, in text without an exponent: 0.00001",
    )


def _not_a_number() -> PydanticCustomError:
    return PydanticCustomError(
        "not_a_number",
        "write a number of at most 32 characters, as a JSON number or as text such as 2.50: a "
        "point, no leading zero, no sign but a minus",
    )


def _digits_as_sent(value: object) -> str:
    """Give the text of a number.

    A float is no number here: its digits are not those that were sent.

    Raises:
        PydanticCustomError: ``number_with_exponent`` or ``not_a_number``.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        if value.adjusted() > DIGITS:
            raise _not_a_number()
        return format(value, "f")
    if isinstance(value, int) and abs(value) < 10**DIGITS:
        return str(value)
    raise _with_exponent() if isinstance(value, NumberWithExponent) else _not_a_number()


def clinical_decimal(value: object) -> Decimal:
    """Read a number.

    Raises:
        PydanticCustomError: ``number_with_exponent``, ``not_a_number`` or ``negative_zero``.
    """
    text = _digits_as_sent(value)
    if len(text) > DIGITS or not _NUMBER.fullmatch(text):
        raise _with_exponent() if _EXPONENT.fullmatch(text) else _not_a_number()
    if _NEGATIVE_ZERO.fullmatch(text):
        raise PydanticCustomError("negative_zero", "write zero without a sign")
    return Decimal(text)


def as_whole(value: object) -> object:
    """Give the integer that a JSON number without a fraction is; anything else as it is."""
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < DIGITS:
        whole = int(value)
        return whole if whole == value else value
    return value


def digits(number: Decimal) -> str:
    """Write a number with the digits it was sent with, never with an exponent."""
    return format(number, "f")


def _refuse_other_bounds(field: CoreSchema, instead: str) -> None:
    """Refuse ``Field(ge=0)``, which Pydantic would put below these types, where it has no effect.

    Raises:
        TypeError: a field states bounds of its own.
    """
    if set(field) != {"type"}:
        raise TypeError(f"write the bounds of this field as {instead}")


@dataclass(frozen=True, kw_only=True)
class ClinicalNumber:
    """What a decimal field reads: ``Annotated[Decimal, ClinicalNumber(at_least=Decimal(25))]``."""

    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None

    def read(self, value: object) -> Decimal:
        """Read a number and hold it against the bounds.

        Raises:
            PydanticCustomError: ``number_too_low``, ``number_too_high``, or not a number at all.
        """
        number = clinical_decimal(value)
        if self.at_least is not None and number < self.at_least:
            raise PydanticCustomError(
                "number_too_low", "the number is {bound} or more", {"bound": digits(self.at_least)}
            )
        if self.above is not None and number <= self.above:
            raise PydanticCustomError(
                "number_too_low", "the number is above {bound}", {"bound": digits(self.above)}
            )
        if self.at_most is not None and number > self.at_most:
            raise PydanticCustomError(
                "number_too_high", "the number is {bound} or less", {"bound": digits(self.at_most)}
            )
        return number

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        _refuse_other_bounds(handler(source), "Annotated[Decimal, ClinicalNumber(at_least=...)]")
        bounded = self != ClinicalNumber()
        return core_schema.no_info_plain_validator_function(
            self.read if bounded else clinical_decimal,
            serialization=core_schema.plain_serializer_function_ser_schema(
                digits, return_schema=core_schema.str_schema(), when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        lowest = self.at_least if self.at_least is not None else self.above
        example = "2.50" if lowest is None or lowest < Decimal("2.50") else f"{lowest + 12}.0"
        if handler.mode == "serialization":
            return {COMPONENT: "Decimal", **_TEXT, "examples": [example]}
        not_negative = {} if lowest is None or lowest < 0 else {"pattern": "^[^-]"}
        bounds = {
            "minimum": self.at_least,
            "exclusiveMinimum": self.above,
            "maximum": self.at_most,
        }
        return {
            COMPONENT: "DecimalIn",
            "anyOf": [_TEXT, {"type": "number"}],
            "examples": [example],
            **not_negative,
            **{
                keyword: int(bound) if bound == int(bound) else float(bound)
                for keyword, bound in bounds.items()
                if bound is not None
            },
        }


@dataclass(frozen=True, kw_only=True)
class WholeNumber:
    """What a whole-number field reads: a JSON integer, also written ``3.0``; not text or ``true``.

    Source: JSON Schema 2020-12, Validation, section 6.1.1: a number without a fraction is one.
    """

    at_least: int
    at_most: int

    def read(self, value: object) -> int:
        """Read a whole number.

        Raises:
            PydanticCustomError: ``not_a_whole_number`` or ``whole_number_out_of_range``.
        """
        value = as_whole(value)
        if type(value) is not int:
            raise PydanticCustomError(
                "not_a_whole_number", "write a whole number, without quotes and without a fraction"
            )
        if not self.at_least <= value <= self.at_most:
            raise PydanticCustomError(
                "whole_number_out_of_range",
                "the number lies between {at_least} and {at_most}",
                {"at_least": self.at_least, "at_most": self.at_most},
            )
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        _refuse_other_bounds(handler(source), "Annotated[int, WholeNumber(at_least=...)]")
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.simple_ser_schema("int")
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.at_least, "maximum": self.at_most}
