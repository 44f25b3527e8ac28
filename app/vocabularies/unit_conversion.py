"""Exact conversion between UCUM units of one kind of quantity: a shift of the decimal point.

Only powers of ten are here. What needs a molar mass or an activity per mass is another kind of
quantity, and is not converted: nothing is guessed.

Source: The Unified Code for Units of Measure, version 2.1, prefixes (table 27) and derived units.
"""

from decimal import Decimal
from typing import Final, Literal

Kind = Literal["mass", "amount", "cells", "activity", "units", "fibrinogen_units", "mass_a_day"]

_POWER_OF_TEN: Final[dict[str, tuple[Kind, int]]] = {
    "g/L": ("mass", 0),
    "g/dL": ("mass", 1),
    "mg/mL": ("mass", 0),
    "mg/dL": ("mass", -2),
    "mg/L": ("mass", -3),
    "ug/mL": ("mass", -3),
    "ug/dL": ("mass", -5),
    "ug/L": ("mass", -6),
    "ng/mL": ("mass", -6),
    "ng/dL": ("mass", -8),
    "ng/L": ("mass", -9),
    "pg/mL": ("mass", -9),
    "mol/L": ("amount", 0),
    "mmol/L": ("amount", -3),
    "umol/L": ("amount", -6),
    "nmol/L": ("amount", -9),
    "pmol/L": ("amount", -12),
    "10*12/L": ("cells", 12),
    "10*6/uL": ("cells", 12),
    "10*9/L": ("cells", 9),
    "10*3/uL": ("cells", 9),
    "10*6/L": ("cells", 6),
    "/uL": ("cells", 6),
    "/mL": ("cells", 3),
    "U/L": ("activity", 0),
    "U/mL": ("activity", 3),
    "[IU]/L": ("units", 0),
    "[IU]/mL": ("units", 3),
    "ug/L{FEU}": ("fibrinogen_units", 0),
    "ng/mL{FEU}": ("fibrinogen_units", 0),
    "mg/(24.h)": ("mass_a_day", -3),
    "g/(24.h)": ("mass_a_day", 0),
}
"""Kind of quantity of a unit, and its size as a power of ten of that kind's own unit."""


def in_unit(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Give ``value`` in the unit ``wanted``, exactly; None where the units are of two kinds.

    The digits stay as they were sent, without an exponent: 2.50 g/dL are 25.0 g/L.

    Raises:
        ValueError: the value is infinite or not a number.
    """
    if unit == wanted:
        return value
    kind, power = _POWER_OF_TEN.get(unit, (None, 0))
    wanted_kind, wanted_power = _POWER_OF_TEN.get(wanted, (None, 0))
    if kind is None or kind != wanted_kind:
        return None
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("a value is a finite number")
    exponent += power - wanted_power
    return Decimal((sign, digits + (0,) * max(exponent, 0), min(exponent, 0)))
