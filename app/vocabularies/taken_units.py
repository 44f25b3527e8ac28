"""The units that are taken where one of their size is listed, and the units that are meant.

A list names the units that a laboratory usually has; every other unit that differs from one of them
by a power of ten says the same and is taken: NT-proBNP in pg/mL where ng/L is listed, D-dimer in
mg/L{FEU} where ug/L{FEU} is. Which these are follows from the units' own sizes. What was sent is
stored; a rule reads it in a listed unit.

Source: The Unified Code for Units of Measure, version 2.1, for the sizes; the amount of charge of
sodium, potassium, chloride and bicarbonate is one, so that their meq are mmol.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from app.vocabularies.annotations import without_annotations
from app.vocabularies.decimal_units import decimal_ratio
from app.vocabularies.restated_units import AMOUNT, EQUIVALENTS
from app.vocabularies.unit_conversion import shifted

KNOWN: Final = (
    "g/L", "g/dL", "mg/mL", "mg/dL", "mg/L", "ug/mL", "ug/dL", "ug/L", "ng/mL", "ng/dL", "ng/L",
    "pg/mL",
    "mol/L", "mmol/L", "umol/L", "umol/dL", "umol/mL", "nmol/L", "nmol/mL", "pmol/L", "pmol/mL",
    "10*12/L", "10*6/uL", "10*9/L", "10*6/mL", "10*3/uL", "10*3/mm3", "10*6/L", "/uL",
    "/mm3", "10*3/mL", "/mL",
    "kU/L", "U/mL", "U/L", "mU/mL", "U/dL", "mU/L",
    "k[IU]/L", "[IU]/mL", "[IU]/L", "m[IU]/mL", "[IU]/dL",
    "{copies}/uL", "{copies}/mL", "{copies}/L", "{copies}/ug", "{copies}/ng", "{copies}/mg",
    "mg/L{FEU}", "ug/mL{FEU}", "ug/L{FEU}", "ng/mL{FEU}", "ng/L{FEU}",
    "g/(24.h)", "g/d", "mg/(24.h)", "mg/d", "ug/(24.h)", "ug/d",
    "L", "dL", "mL", "uL", "1",
)  # fmt: skip
"""The units that a list is completed from, by kind of quantity."""

MONOVALENT: Final = frozenset({"SODIUM", "K", "BICARB"})
"""Analytes of one charge, of which 1 meq is 1 mmol."""


class Restated(NamedTuple):
    """A listed unit, and how many of it make one of the unit that was sent: a power of ten."""

    unit: str
    ratio: Decimal

    def of(self, number: Decimal) -> Decimal:
        """Restate a number, digits as sent: 2.50 g/dL are 25.0 g/L, without an exponent."""
        return shifted(number, self.ratio.adjusted())


@lru_cache(maxsize=1024)
def taken_units(listed: tuple[str, ...], analyte: str = "") -> tuple[str, ...]:
    """Give the listed units, and after them those of their sizes that are taken too.

    Args:
        listed: UCUM units.
        analyte: our code, where they are of an analyte.
    """
    of_a_size = tuple(
        unit
        for unit in KNOWN
        if unit not in listed and any(decimal_ratio(unit, one) is not None for one in listed)
    )
    charged = analyte in MONOVALENT and AMOUNT in listed
    return (*listed, *((EQUIVALENTS,) if charged else ()), *of_a_size)


@lru_cache(maxsize=4096)
def in_listed_unit(unit: str, listed: tuple[str, ...], analyte: str = "") -> Restated | None:
    """Give the listed unit that a unit is read in; None for one that is not taken.

    That is the unit itself, without annotations, where it is listed, and otherwise the one of its
    size that is nearest to it, the first of two.
    """
    plain = without_annotations(unit)
    if plain == EQUIVALENTS and analyte in MONOVALENT:
        plain = AMOUNT
    if plain in listed:
        return Restated(plain, Decimal(1))
    if plain not in KNOWN:
        return None
    sizes = [
        Restated(one, ratio) for one in listed if (ratio := decimal_ratio(plain, one)) is not None
    ]
    return min(sizes, key=lambda one: abs(one.ratio.adjusted()), default=None)
