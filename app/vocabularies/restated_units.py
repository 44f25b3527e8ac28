"""A laboratory value in another unit: by a power of ten, else by a printed factor of its analyte.

A power of ten is exact. Mass and amount of substance differ by a molar mass. The factors are
rounded, and those of laboratories too, so what was restated by one leaves the values open that lie
next to a cut.

Not restated, because no factor is true of every sample: activity and mass, D-dimer in fibrinogen
equivalents and in D-dimer units, soluble interleukin 2 receptor in units and in pg/mL, one assay of
free light chains and another. Troponin T and I are two analytes.

Source: the trial's protocol, laboratory outliers, factors: creatinine, bilirubin, urate, glucose,
calcium, phosphate as phosphorus, magnesium, cholesterol, triglycerides, urea, haemoglobin (Fe).
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from app.vocabularies.decimal_units import decimal_ratio
from app.vocabularies.unit_conversion import shifted

TOLERANCE: Final = Decimal("0.005")
"""How near to a cut a restated value leaves both sides open, as a part of the cut."""

_SIGNIFICANT_DIGITS: Final = 5

EQUIVALENTS: Final = "meq/L"
AMOUNT: Final = "mmol/L"


class _Factor(NamedTuple):
    """One ``unit`` is ``number`` times one ``other``."""

    unit: str
    number: Decimal
    other: str


_CALCIUM: Final = _Factor("mmol/L", Decimal("4.008"), "mg/dL")
_GLUCOSE: Final = _Factor("mmol/L", Decimal("18.016"), "mg/dL")

_FACTORS: Final = {
    "CREAT": _Factor("mg/dL", Decimal("88.4"), "umol/L"),
    "BILI": _Factor("mg/dL", Decimal("17.104"), "umol/L"),
    "URATE": _Factor("mg/dL", Decimal("59.48"), "umol/L"),
    "GLUC": _GLUCOSE,
    "GLUC_FAST": _GLUCOSE,
    "CA_TOTAL": _CALCIUM,
    "CA_CORR": _CALCIUM,
    "CA_ION": _CALCIUM,
    "PHOS": _Factor("mmol/L", Decimal("3.097"), "mg/dL"),
    "MG": _Factor("mmol/L", Decimal("2.431"), "mg/dL"),
    "CHOL": _Factor("mmol/L", Decimal("38.67"), "mg/dL"),
    "TRIG": _Factor("mmol/L", Decimal("88.57"), "mg/dL"),
    "HGB": _Factor("mmol/L", Decimal("1.611"), "g/dL"),
    "3094-0": _Factor("mmol/L", Decimal("2.801"), "mg/dL"),
    "3091-6": _Factor("mmol/L", Decimal("6.006"), "mg/dL"),
}
"""By our code; urea by the LOINC code of its mass, which says whether that is of urea nitrogen
(3094-0) or of urea (3091-6)."""

_CHARGES: Final = {
    "SODIUM": 1,
    "K": 1,
    "BICARB": 1,
    "CA_TOTAL": 2,
    "CA_CORR": 2,
    "CA_ION": 2,
    "MG": 2,
}
"""Equivalents in one mole."""


@dataclass(frozen=True, slots=True)
class Restatement:
    """How a number of one unit becomes one of another.

    Attributes:
        times: what it is multiplied by.
        over: what it is divided by, last.
        factor: the rounded factor in words; None: the restatement is exact.
        places: by how many the point moves, to the right, where it does nothing else.
    """

    times: Decimal
    over: Decimal = Decimal(1)
    factor: str | None = None
    places: int | None = None

    @property
    def exact(self) -> bool:
        """Whether no rounded factor is in it."""
        return self.factor is None

    def of(self, number: Decimal) -> Decimal:
        """Restate a number; where only the point moves, every digit stays as it was sent."""
        if self.places is not None:
            return shifted(number, self.places)
        if self.times == self.over:
            return number
        return number * self.times / self.over


@lru_cache(maxsize=4096)
def restatement(analyte: str, unit: str, wanted: str) -> Restatement | None:
    """Give how a value of an analyte in ``unit`` is restated in ``wanted``; None: it cannot be.

    Args:
        analyte: our code; for urea in mg per volume the LOINC code it was sent under.
        unit: UCUM.
        wanted: UCUM.
    """
    ratio = decimal_ratio(unit, wanted)
    if ratio is not None:
        return Restatement(ratio, places=ratio.adjusted())
    if (charge := _CHARGES.get(analyte)) is not None and EQUIVALENTS in {unit, wanted}:
        return _of_equivalents(analyte, unit, wanted, Decimal(charge))
    known = _FACTORS.get(analyte)
    return None if known is None else _by_factor(known, unit, wanted)


def shown(number: Decimal) -> Decimal:
    """Give a restated number as it is shown: to five significant digits."""
    return round(number, max(_SIGNIFICANT_DIGITS - 1 - number.adjusted(), 0))


def beside(number: Decimal, cut: Decimal) -> bool:
    """Tell whether a restated number lies so near to a cut that it may lie on either side."""
    return abs(number - cut) <= abs(cut) * TOLERANCE


def _by_factor(known: _Factor, unit: str, wanted: str) -> Restatement | None:
    words = f"1 {known.unit} = {known.number} {known.other}"
    before, after = decimal_ratio(unit, known.unit), decimal_ratio(known.other, wanted)
    if before is not None and after is not None:
        return Restatement(before * known.number * after, factor=words)
    before, after = decimal_ratio(unit, known.other), decimal_ratio(known.unit, wanted)
    if before is not None and after is not None:
        return Restatement(before * after, known.number, words)
    return None


def _of_equivalents(analyte: str, unit: str, wanted: str, charge: Decimal) -> Restatement | None:
    """Restate through the amount of substance: 2 meq/L of calcium are 1 mmol/L."""
    if unit == EQUIVALENTS:
        onward = restatement(analyte, AMOUNT, wanted)
        return onward and Restatement(onward.times, onward.over * charge, onward.factor)
    before = restatement(analyte, unit, AMOUNT)
    return before and Restatement(before.times * charge, before.over, before.factor)
