"""Dates as a centre wrote them: full, partial, or to the minute with an offset.

A date is kept as sent. What is not known is not filled in, and what was read from one place's clock
is not rewritten to another's: each type below is the text itself, with its meaning as properties.

Decision: every date lies in the years 1900 to 2100, so that no conversion leaves the calendar and a
mistyped century is caught. The order of these texts is not the order in time (``2026`` sorts before
``2026-01``, and offsets differ), so comparing two of them with ``<`` is an error: compare
``instant``. A moment has its civil day in the time zone of the record's centre, which no record
knows of itself: nothing here gives one.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, NoReturn, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Precision = Literal["year", "month", "day", "time"]

_FULL = len("2026-03-05")

_YEAR = "(?:19[0-9]{2}|20[0-9]{2}|2100)"
_MONTH = f"{_YEAR}-(?:0[1-9]|1[0-2])"
_DAY = f"{_MONTH}-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_OFFSET = r"(?:Z|(?!-00:00)[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_MOMENT = f"{_DAY}T{_CLOCK}{_OFFSET}"

_FULL_DATE = re.compile(_DAY)
_PARTIAL_DATE = re.compile(f"{_YEAR}|{_MONTH}|{_DAY}")
_OFFSET_DATE_TIME = re.compile(_MOMENT)
_NAIVE_DATE_TIME = re.compile(f"{_DAY}[Tt ]{_CLOCK}")

_NOT_A_DATE = (
    "not_a_date",
    "write a date of the calendar as text, YYYY-MM-DD, in the years 1900 to 2100",
)
_NOT_A_PARTIAL_DATE = (
    "not_a_partial_date",
    "write a date as far as it is known, as text: YYYY, YYYY-MM or YYYY-MM-DD, years 1900 to 2100",
)
_NOT_A_DATE_TIME = (
    "not_a_date_time",
    "write date, time (00:00 to 23:59:59) and offset (within 14 h), such as 2026-03-05T14:30+08:00",
)
_WITHOUT_OFFSET = (
    "date_time_without_offset",
    "write the offset of the place's clock after the time, such as +08:00 or Z",
)


def _is_real_date(text: str) -> bool:
    """Tell whether ten characters of the right form are a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@lru_cache(4096)
def _is_moment(text: str) -> bool:
    """Tell whether a text is a moment; the results of one sample share theirs."""
    return _OFFSET_DATE_TIME.fullmatch(text) is not None and _is_real_date(text[:_FULL])


def _is_partial_date(text: str) -> bool:
    return _PARTIAL_DATE.fullmatch(text) is not None and (len(text) < _FULL or _is_real_date(text))


def _civil_date(value: object) -> date:
    """Read a full date.

    A ``date`` is taken, for it comes from a column; a ``datetime`` is none.

    Raises:
        PydanticCustomError: ``not_a_date``.
    """
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str) and _FULL_DATE.fullmatch(value) and _is_real_date(value):
        return date.fromisoformat(value)
    raise PydanticCustomError(*_NOT_A_DATE)


class _CivilDate:
    """Reads and describes a full date.

    Args:
        which_day: which day would do where no more than the month or the year is sent; empty: the
            refusal says that it is to be a full date.
    """

    def __init__(self, which_day: str = "") -> None:
        self._which_day = which_day

    def _read(self, value: object) -> date:
        partial = isinstance(value, str) and len(value) < _FULL and _is_partial_date(value)
        if self._which_day and partial:
            raise PydanticCustomError("not_a_date", self._which_day)
        return _civil_date(value)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        if set(handler(source)) != {"type"}:
            raise TypeError("a field cannot bound a CivilDate: check it in the record's schema")
        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                date.isoformat,
                return_schema=core_schema.str_schema(),
                when_used="json-unless-none",
            ),
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "date",
            "pattern": f"^{_DAY}$",
            "examples": ["2026-03-05"],
        }


CivilDate = Annotated[date, _CivilDate()]
"""A full date of the calendar, sent as the text ``YYYY-MM-DD``. ``sa_type=Date``."""

DayOfSerum = Annotated[
    date,
    _CivilDate(
        "an evaluation is dated by the day of its serum sample, and no rule can place it in a "
        "month or a year: write that day as YYYY-MM-DD, and where it is not known the day on which "
        "the laboratory received the sample"
    ),
]
"""The full date of an evaluation. ``sa_type=Date``."""


class WrittenDate(str):
    """A date kept as the text that was sent."""

    __slots__ = ()

    pattern: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    def __new__(cls, text: object) -> Self:
        """Take the text as it is.

        Raises:
            PydanticCustomError: it is not a date of this kind; its ``type`` is the stable code.
        """
        if not isinstance(text, str):
            raise cls.refusal("")
        if not cls.reads(text):
            raise cls.refusal(text)
        return super().__new__(cls, text)

    @classmethod
    def reads(cls, text: str) -> bool:
        """Tell whether the text is a date of this kind."""
        raise NotImplementedError

    @classmethod
    def refusal(cls, text: str) -> PydanticCustomError:
        """Say what would have been right; the text itself is never repeated."""
        raise NotImplementedError

    @property
    def instant(self) -> datetime | None:
        """The moment in UTC; None when the time is not known."""
        return datetime.fromisoformat(self).astimezone(UTC) if len(self) > _FULL else None

    def _unordered(self, _: object) -> NoReturn:
        raise TypeError("the order of these texts is not the order in time: compare their dates")

    __lt__ = __le__ = __gt__ = __ge__ = _unordered

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls, serialization=core_schema.to_string_ser_schema(when_used="json-unless-none")
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{cls.pattern})$", "examples": list(cls.examples)}


class _MayBePartial(WrittenDate):
    """How much of a date, perhaps a partial one, is known."""

    __slots__ = ()

    @property
    def year(self) -> int:
        """The year as written, always known."""
        return int(self[:4])

    @property
    def month(self) -> int | None:
        """The month as written; None when only the year is known."""
        return int(self[5:7]) if len(self) > 4 else None

    @property
    def day(self) -> int | None:
        """The day of the month as written; None when it is not known."""
        return int(self[8:10]) if len(self) > 7 else None


def _days_in(year: int, month: int) -> int:
    """Give the number of days of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


class PartialDate(_MayBePartial):
    """A date as far as it is known: ``2026``, ``2026-03`` or ``2026-03-05``. ``sa_type=Text``."""

    __slots__ = ()

    pattern = f"{_YEAR}|{_MONTH}|{_DAY}"
    examples = ("2026-03-05", "2026-03", "2026")

    @classmethod
    def reads(cls, text: str) -> bool:
        """Tell whether the text is a date of the calendar, truncated on the right or not."""
        return _is_partial_date(text)

    @classmethod
    def refusal(cls, text: str) -> PydanticCustomError:  # noqa: ARG003
        """Say how a partial date is written."""
        return PydanticCustomError(*_NOT_A_PARTIAL_DATE)

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        if self.day is not None:
            return self.earliest
        return date(self.year, self.month or 12, _days_in(self.year, self.month or 12))

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        """How much of it is known."""
        return "day" if self.day is not None else "month" if self.month is not None else "year"


class OffsetDateTime(WrittenDate):
    """A moment with the offset of the clock it was read from. ``sa_type=Text``.

    Source: RFC 3339, section 5.6.

    Decision: seconds may be left out (a ward writes minutes); ``T`` and ``Z`` are capitals and no
    blank stands for ``T``; a leap second, ``24:00`` and the offset ``-00:00`` (RFC 3339: local
    offset unknown) are refused, because they cannot be given back as a date and an instant.
    """

    __slots__ = ()

    pattern = _MOMENT
    examples = ("2026-03-05T14:30+08:00", "2026-03-05T06:30:00Z")

    @classmethod
    def reads(cls, text: str) -> bool:
        """Tell whether the text is a date, a time and an offset."""
        return _is_moment(text)

    @classmethod
    def refusal(cls, text: str) -> PydanticCustomError:
        """Say what is missing: the offset, or all of it."""
        naive = _NAIVE_DATE_TIME.fullmatch(text)
        return PydanticCustomError(*(_WITHOUT_OFFSET if naive else _NOT_A_DATE_TIME))

    @property
    def instant(self) -> datetime:
        """The same moment in UTC."""
        return datetime.fromisoformat(self).astimezone(UTC)


class DateOrDateTime(WrittenDate):
    """A full date, or a moment where the time is known. ``sa_type=Text``."""

    __slots__ = ()

    pattern = f"{_DAY}|{_MOMENT}"
    examples = ("2026-03-05", "2026-03-05T14:30+08:00")

    @classmethod
    def reads(cls, text: str) -> bool:
        """Tell whether the text is a full date or a moment."""
        return (len(text) == _FULL and _is_partial_date(text)) or _is_moment(text)

    @classmethod
    def refusal(cls, text: str) -> PydanticCustomError:
        """Say what would have been right, by what the text seems to be."""
        if len(text) > _FULL:
            return OffsetDateTime.refusal(text)
        return PydanticCustomError(*_NOT_A_DATE)


class PartialDateOrDateTime(_MayBePartial):
    """A date as far as it is known, down to the minute. ``sa_type=Text``."""

    __slots__ = ()

    pattern = f"{_YEAR}|{_MONTH}|{_DAY}|{_MOMENT}"
    examples = ("2026-03-05", "2026-03", "2026", "2026-03-05T14:30+08:00")

    @classmethod
    def reads(cls, text: str) -> bool:
        """Tell whether the text is a date, partial or not, or a moment."""
        return _is_partial_date(text) or _is_moment(text)

    @classmethod
    def refusal(cls, text: str) -> PydanticCustomError:
        """Say what would have been right, by what the text seems to be."""
        if len(text) > _FULL:
            return OffsetDateTime.refusal(text)
        return PydanticCustomError(*_NOT_A_PARTIAL_DATE)

    @property
    def precision(self) -> Precision:
        """How much of it is known."""
        if len(self) > _FULL:
            return "time"
        return "day" if self.day is not None else "month" if self.month is not None else "year"
