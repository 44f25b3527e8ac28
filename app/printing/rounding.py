"""To how many places a figure is shown. Nothing is ever reckoned with what is rounded here.

Source: Cole 2015, Arch Dis Child 100:608, on how many digits say something.

Decision: shares and survival in per cent to one place, months to one place, days whole (half days
where a median falls between two), other values to three significant digits and never fewer than
their whole part. Half is rounded away from zero, on the shortest decimal that gives the number.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any, Final

from app.printing.document import NOTHING
from app.vocabularies.wording import NOT_REACHED, between

NOT_ESTIMABLE: Final = "not estimable"

SIGNIFICANT: Final = 3

Number = int | float | str | Decimal | None
"""A figure as an answer has it: an estimate is a number, a clinical value a text."""


def places(value: Number, digits: int, absent: str = NOTHING) -> str:
    """Show a figure to some places after the point."""
    number = _decimal(value)
    if number is None:
        return absent
    rounded = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded + 0:f}"


def significant(value: Number, absent: str = NOTHING) -> str:
    """Show a value to three significant digits, whole numbers beyond that to the unit."""
    number = _decimal(value)
    if number is None:
        return absent
    if number == 0:
        return "0"
    digits = max(0, SIGNIFICANT - 1 - number.adjusted())
    rounded = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    whole = rounded == rounded.to_integral_value()
    return f"{int(rounded):,}".replace(",", "\u202f") if whole else f"{rounded:f}"


def percent(value: Number, absent: str = NOTHING) -> str:
    """Show a percentage."""
    return places(value, 1, absent)


def share(value: Number, absent: str = NOTHING) -> str:
    """Show a share of 1 as a percentage."""
    number = _decimal(value)
    return absent if number is None else percent(number * 100)


def days(value: Number, absent: str = NOTHING) -> str:
    """Show days: whole, or with the half that a median can have."""
    number = _decimal(value)
    if number is None:
        return absent
    return places(number, 0 if number == number.to_integral_value() else 1)


def months(value: Number, absent: str = NOT_REACHED) -> str:
    """Show months."""
    return places(value, 1, absent)


def count_of(x: int, n: int) -> str:
    """Show how many of how many."""
    return f"{x}/{n}"


def count_and_percent(x: int, value: Number) -> str:
    """Show a count and its percentage."""
    return f"{x} ({percent(value)})" if value is not None else f"{x}"


def limits(lower: Number, upper: Number, shown: Any = percent, absent: str = NOT_REACHED) -> str:
    """Show the limits of an estimate; of both that there are not, it is said once."""
    low, high = (None if value is None else shown(value, absent) for value in (lower, upper))
    return between(low, high, absent)


def rate(found: Mapping[str, Any]) -> tuple[str, str, str]:
    """Show a rate in per cent: x/N, the percentage, its limits."""
    if found["percent"] is None:
        return count_of(found["x"], found["N"]), NOTHING, NOTHING
    return (
        count_of(found["x"], found["N"]),
        percent(found["percent"]),
        limits(found["lower"], found["upper"]),
    )


def proportion(found: Mapping[str, Any]) -> tuple[str, str, str]:
    """Show a proportion: x/n, the percentage, its limits."""
    if found["estimate"] is None:
        return count_of(found["x"], found["n"]), NOTHING, NOTHING
    return (
        count_of(found["x"], found["n"]),
        share(found["estimate"]),
        limits(found["lower"], found["upper"], share),
    )


def _decimal(value: Number) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, float):
        return Decimal(repr(value)) if isfinite(value) else None
    return Decimal(value)
