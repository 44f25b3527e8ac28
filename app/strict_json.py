"""Reads JSON without forgiving anything, and writes it in one form only.

Python's reader takes what JSON does not have (``NaN``), keeps the last of two members of one name,
turns ``2.50`` into a float, and hands on characters that PostgreSQL cannot store. Here a body
either means one thing, or it is refused and the place is named.

Source: RFC 8259; RFC 7493 (I-JSON) for duplicate names and halves of surrogate pairs.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

MAX_DEPTH = 32
"""How deep arrays and objects may lie in one another; a record needs four."""

MAX_NUMBER_LENGTH = 400
"""How many characters a number may have; a clinical one has at most 32."""

_LONGEST_EXPONENT = 5
"""Characters of an exponent that is looked at, its sign included."""

_BLANKS = " \t\n\r"
_OTHER = r'(?:[^][}{"]++|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z))'
_NO_BRACKETS = re.compile(f"{_OTHER}++", re.DOTALL)
_DEEP_AT_ONCE = re.compile(rf"(?:{_OTHER}*+[\[{{]){{{MAX_DEPTH + 1}}}", re.DOTALL)
_SQUARE = str.maketrans("{}", "[]")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

_MESSAGES = {
    "duplicate_member": "name each member of an object once",
    "number_not_finite": "write a number or null: JSON has no NaN and no Infinity",
    "number_too_long": f"write a number of at most {MAX_NUMBER_LENGTH} characters",
    "text_not_storable": "leave out the character NUL and halves of surrogate pairs",
}


class MalformedJSON(ValueError):  # noqa: N818
    """The body is not JSON that means one thing.

    Attributes:
        code: what is wrong, stable.
        message: what would be right; never repeats what was sent.
        pointer: where (RFC 6901); None when that cannot be said. A member's name is given only when
            it looks like a field's name, otherwise the pointer ends at what holds it.
    """

    def __init__(self, code: str, message: str, pointer: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.pointer = pointer


class NumberWithExponent:
    """A JSON number whose exponent is beyond all reason, such as ``1e999999``.

    It is no ``Decimal``: no field takes it for a number, and nobody carries the exponent out.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class _Flaw(NamedTuple):
    """Stands, in a second reading, where the first one failed."""

    code: str
    name: str | None = None


def _raise(flaw: _Flaw) -> object:
    raise MalformedJSON(flaw.code, _MESSAGES[flaw.code])


def _decoder(flawed: Callable[[_Flaw], object]) -> json.JSONDecoder:
    """Make a reader that calls ``flawed`` where a token or an object is not acceptable."""

    def members(pairs: list[tuple[str, Any]]) -> object:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        repeated = next(name for name, times in Counter(n for n, _ in pairs).items() if times > 1)
        return flawed(_Flaw("duplicate_member", repeated))

    def number(digits: str) -> object:
        if len(digits) > MAX_NUMBER_LENGTH:
            return flawed(_Flaw("number_too_long"))
        return _plain(digits) if "e" in digits or "E" in digits else Decimal(digits)

    def whole_number(digits: str) -> object:
        if len(digits) > MAX_NUMBER_LENGTH:
            return flawed(_Flaw("number_too_long"))
        return Decimal(digits) if digits == "-0" else int(digits)

    return json.JSONDecoder(
        object_pairs_hook=members,
        parse_float=number,
        parse_int=whole_number,
        parse_constant=lambda _: flawed(_Flaw("number_not_finite")),
    )


def _plain(digits: str) -> Decimal | NumberWithExponent:
    """Read a number with an exponent as the same number in plain digits, if they are few enough."""
    significand, _, exponent = digits.lower().partition("e")
    if len(exponent) > _LONGEST_EXPONENT or abs(int(exponent)) > MAX_NUMBER_LENGTH:
        return NumberWithExponent(digits)
    written = format(Decimal(f"{significand}e{exponent}"), "f")
    return Decimal(written) if len(written) <= MAX_NUMBER_LENGTH else NumberWithExponent(digits)


_READER = _decoder(_raise)
_EXAMINER = _decoder(lambda flaw: flaw)


def parse_strictly(body: bytes) -> Any:
    """Read one JSON text.

    Whole numbers become ``int``, numbers with a point ``Decimal`` with every digit, numbers with an
    exponent the ``Decimal`` of the same number in plain digits (``1e-05`` is ``0.00001``), beyond
    all reason ``NumberWithExponent``; ``-0`` becomes ``Decimal("-0")``, for no ``int`` is that.

    Raises:
        MalformedJSON: empty, not UTF-8, a byte order mark, too deep, not JSON, something after the
            text, a duplicate member, NaN or Infinity, a number beyond all reason, a NUL or half of
            a surrogate pair.
    """
    text = _decoded(body)
    _refuse_depth(text)
    try:
        value, end = _READER.raw_decode(text)
    except json.JSONDecodeError as error:
        raise MalformedJSON(
            "not_json", f"write JSON: it cannot be read from character {error.pos + 1} on"
        ) from None
    except MalformedJSON as error:
        raise _with_its_place(text) or error from None
    if end != len(text):
        raise MalformedJSON("trailing_text", "end the body where its one JSON text ends")
    if "\\u" in text and (flaw := _first_flaw(value, "")):
        raise flaw
    return value


def _decoded(body: bytes) -> str:
    """Give the text of a body, without the blanks around it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJSON(
            "not_utf8", f"write the body in UTF-8: byte {error.start + 1} is not part of it"
        ) from None
    if text.startswith("\ufeff"):
        raise MalformedJSON("byte_order_mark", "leave out the byte order mark")
    text = text.strip(_BLANKS)
    if not text:
        raise MalformedJSON("empty_body", "send a JSON text")
    return text


def _refuse_depth(text: str) -> None:
    """Refuse a text too deep to be read safely, before it is read.

    Few brackets cannot be deep. Otherwise only the brackets are kept, and as often as the depth
    allows the innermost pairs are taken away: a sound text leaves nothing. What remains of one with
    few opening brackets is malformed and left to the reader.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    too_deep = _DEEP_AT_ONCE.match(text) is not None
    if not too_deep:
        brackets = _NO_BRACKETS.sub("", text).translate(_SQUARE)
        for _ in range(MAX_DEPTH):
            if "[]" not in brackets:
                break
            brackets = brackets.replace("[]", "")
        too_deep = brackets.count("[") > MAX_DEPTH or "[]" in brackets
    if too_deep:
        raise MalformedJSON("too_deep", f"nest arrays and objects at most {MAX_DEPTH} deep")


def _with_its_place(text: str) -> MalformedJSON | None:
    """Find what the first reading stumbled over, by a second one that goes on."""
    try:
        value, _ = _EXAMINER.raw_decode(text)
    except json.JSONDecodeError:
        return None
    return _first_flaw(value, "")


def _first_flaw(value: object, pointer: str) -> MalformedJSON | None:
    """Give the first thing that is wrong, in the order of the text."""
    if isinstance(value, _Flaw):
        return MalformedJSON(value.code, _MESSAGES[value.code], _below(pointer, value.name))
    if isinstance(value, str) and _NOT_STORABLE.search(value):
        return MalformedJSON("text_not_storable", _MESSAGES["text_not_storable"], pointer)
    if isinstance(value, dict):
        for name, member in value.items():
            flaw = _first_flaw(name, pointer) or _first_flaw(member, _below(pointer, name))
            if flaw:
                return flaw
    if isinstance(value, list):
        for index, item in enumerate(value):
            if flaw := _first_flaw(item, f"{pointer}/{index}"):
                return flaw
    return None


def _below(pointer: str, name: str | None) -> str:
    """Point at a member; a name that is no field's name may hold anything and is not repeated."""
    return f"{pointer}/{name}" if name and _PLAIN_NAME.fullmatch(name) else pointer


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, NumberWithExponent):
        return value.text
    raise TypeError(f"{type(value).__name__} has no canonical form")


_WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_text
)


def canonical_json(value: object) -> bytes:
    """Write a value in the one form that digests and commitments are taken of.

    Members are sorted by code point, nothing is blank, text is UTF-8, and decimals, dates and ids
    are text: ``Decimal("2.50")`` is ``"2.50"``, which is not ``"2.5"``.

    Raises:
        TypeError: something in it is not made of JSON values, decimals, dates and ids.
        ValueError: a float is not finite.
    """
    return _WRITER.encode(value).encode()
