"""A value in another UCUM unit of its kind of quantity: a shift of the decimal point.

What needs a molar mass or an activity per mass is another kind of quantity, and is not converted
here: see ``app.vocabularies.restated_units``.

Source: The Unified Code for Units of Measure, version 2.1, prefixes (table 27) and derived units.
"""

from decimal import Decimal

from app.vocabularies.decimal_units import decimal_ratio


def in_unit(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Give ``value`` in the unit ``wanted``, exactly; None where the units are of two kinds.

    The digits stay as they were sent, without an exponent: 2.50 g/dL are 25.0 g/L.

    Raises:
        ValueError: the value is infinite or not a number.
    """
    ratio = decimal_ratio(unit, wanted)
    return None if ratio is None else shifted(value, ratio.adjusted())


def shifted(value: Decimal, places: int) -> Decimal:
    """Give a number with its point moved to the right, every digit kept and without an exponent.

    Raises:
        ValueError: the value is infinite or not a number.
    """
    if places == 0:
        return value
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("a value is a finite number")
    exponent += places
    return Decimal((sign, digits + (0,) * max(exponent, 0), min(exponent, 0)))
