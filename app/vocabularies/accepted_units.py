"""The units that laboratory and kinetics results may have, each with what it is accepted for.

Source: analyte list of this service; codes are UCUM 2.1, case-sensitive form.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.vocabularies import kinetics, laboratory

READ: Final = {
    "%": "per cent",
    "[pH]": "pH",
    "[IU]/mL": "international units per mL (IU/mL)",
    "[arb'U]/mL": "arbitrary units per mL",
    "{1}": "no unit (a number)",
    "{INR}": "international normalised ratio (INR)",
    "{copies}/mL": "copies per mL",
    "{copies}/ug": "copies per µg of genomic DNA",
    "{ratio}": "ratio",
    "/uL": "cells per µL (/µL)",
    "10*3/uL": "10³ cells per µL (10^3/µL, K/µL)",
    "10*9/L": "10⁹ cells per L (10^9/L, G/L)",
    "U/L": "enzyme units per L (U/L)",
    "g/(24.h)": "g in 24 hours (g/24 h, g/d)",
    "g/L": "g per L (g/L)",
    "g/dL": "g per dL (g/dL)",
    "mL": "mL",
    "mL/min/{1.73_m2}": "mL per minute and 1.73 m² of body surface",
    "mg/(24.h)": "mg in 24 hours (mg/24 h, mg/d)",
    "mg/L": "mg per L (mg/L)",
    "mg/dL": "mg per dL (mg/dL)",
    "mmol/L": "mmol per L (mmol/L)",
    "ng/L": "ng per L (ng/L)",
    "ng/mL": "ng per mL (ng/mL)",
    "ng/mL{FEU}": "ng of fibrinogen equivalents per mL (ng/mL FEU)",
    "pg/mL": "pg per mL (pg/mL)",
    "s": "seconds (s)",
    "ug/L": "µg per L (µg/L, mcg/L)",
    "ug/L{FEU}": "µg of fibrinogen equivalents per L (µg/L FEU)",
    "umol/L": "µmol per L (µmol/L)",
}
"""How a unit is read aloud or written by hand; what is found under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedUnit:
    """One unit.

    Attributes:
        code: its UCUM code, the one that is sent and stored.
        display: how it is read, and written elsewhere.
        analytes: the analytes, by our code, of which a result may have it.
        first_for: those of them that summaries give in it.
        kinetics_methods: the methods of CAR kinetics of which a result may have it.
    """

    code: str
    display: str
    analytes: tuple[str, ...]
    first_for: tuple[str, ...]
    kinetics_methods: tuple[str, ...]


@cache
def accepted_units() -> tuple[AcceptedUnit, ...]:
    """Give every unit of the lists, by code.

    A result of an analyte outside the list may have any well-formed UCUM unit.
    """
    analytes: dict[str, list[str]] = defaultdict(list)
    first: dict[str, list[str]] = defaultdict(list)
    methods: dict[str, list[str]] = defaultdict(list)
    for analyte in laboratory.analytes():
        for unit in analyte.units:
            analytes[unit].append(analyte.code)
        for unit in analyte.units[:1]:
            first[unit].append(analyte.code)
    for method, units in kinetics.UNITS.items():
        for unit in units:
            methods[unit].append(method.value)
    return tuple(
        AcceptedUnit(
            code=unit,
            display=READ.get(unit, unit),
            analytes=tuple(analytes[unit]),
            first_for=tuple(first[unit]),
            kinetics_methods=tuple(methods[unit]),
        )
        for unit in sorted({*analytes, *methods})
    )
