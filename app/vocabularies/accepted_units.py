"""The units that laboratory and kinetics results may have, each with what it is accepted for.

Source: analyte list of this service; codes are UCUM 2.1, case-sensitive form.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.vocabularies import kinetics, laboratory
from app.vocabularies.taken_units import taken_units

READ: Final = {
    "%": "per cent",
    "/mL": "cells per mL (/mL)",
    "/mm3": "cells per mm³, which is a µL (/mm³)",
    "/uL": "cells per µL (/µL)",
    "1": "no unit (1)",
    "10*12/L": "10¹² cells per L (10^12/L, T/L)",
    "10*3/mL": "10³ cells per mL (10^3/mL)",
    "10*3/mm3": "10³ cells per mm³, which is a µL (10^3/mm³)",
    "10*3/uL": "10³ cells per µL (10^3/µL, K/µL)",
    "10*6/L": "10⁶ cells per L (10^6/L)",
    "10*6/mL": "10⁶ cells per mL (10^6/mL)",
    "10*6/uL": "10⁶ cells per µL (10^6/µL, M/µL)",
    "10*9/L": "10⁹ cells per L (10^9/L, G/L)",
    "L": "L",
    "U/L": "enzyme units per L (U/L)",
    "U/dL": "enzyme units per dL (U/dL)",
    "U/mL": "enzyme units per mL (U/mL)",
    "[IU]/L": "international units per L (IU/L)",
    "[IU]/dL": "international units per dL (IU/dL)",
    "[IU]/mL": "international units per mL (IU/mL)",
    "[arb'U]/mL": "arbitrary units per mL",
    "[pH]": "pH",
    "dL": "dL",
    "g/(24.h)": "g in 24 hours (g/24 h, g/d)",
    "g/L": "g per L (g/L)",
    "g/d": "g a day (g/d)",
    "g/dL": "g per dL (g/dL)",
    "kU/L": "1000 enzyme units per L (kU/L)",
    "k[IU]/L": "1000 international units per L (kIU/L)",
    "mL": "mL",
    "mL/min/{1.73_m2}": "mL per minute and 1.73 m² of body surface",
    "mU/L": "1/1000 enzyme unit per L (mU/L)",
    "mU/mL": "1/1000 enzyme unit per mL (mU/mL)",
    "m[IU]/mL": "1/1000 international unit per mL (mIU/mL)",
    "meq/L": "milliequivalents per L (mEq/L)",
    "mg/(24.h)": "mg in 24 hours (mg/24 h, mg/d)",
    "mg/L": "mg per L (mg/L)",
    "mg/L{FEU}": "mg of fibrinogen equivalents per L (mg/L FEU)",
    "mg/d": "mg a day (mg/d)",
    "mg/dL": "mg per dL (mg/dL)",
    "mg/mL": "mg per mL (mg/mL)",
    "mmol/L": "mmol per L (mmol/L)",
    "mol/L": "mol per L (mol/L)",
    "ng/L": "ng per L (ng/L)",
    "ng/L{FEU}": "ng of fibrinogen equivalents per L (ng/L FEU)",
    "ng/dL": "ng per dL (ng/dL)",
    "ng/mL": "ng per mL (ng/mL)",
    "ng/mL{FEU}": "ng of fibrinogen equivalents per mL (ng/mL FEU)",
    "nmol/L": "nmol per L (nmol/L)",
    "nmol/mL": "nmol per mL (nmol/mL)",
    "pg/mL": "pg per mL (pg/mL)",
    "pmol/L": "pmol per L (pmol/L)",
    "pmol/mL": "pmol per mL (pmol/mL)",
    "s": "seconds (s)",
    "uL": "µL",
    "ug/(24.h)": "µg in 24 hours (µg/24 h)",
    "ug/L": "µg per L (µg/L, mcg/L)",
    "ug/L{FEU}": "µg of fibrinogen equivalents per L (µg/L FEU)",
    "ug/d": "µg a day (µg/d)",
    "ug/dL": "µg per dL (µg/dL)",
    "ug/mL": "µg per mL (µg/mL, mcg/mL)",
    "ug/mL{FEU}": "µg of fibrinogen equivalents per mL (µg/mL FEU)",
    "umol/L": "µmol per L (µmol/L)",
    "umol/dL": "µmol per dL (µmol/dL)",
    "umol/mL": "µmol per mL (µmol/mL)",
    "{1}": "no unit (a number)",
    "{INR}": "international normalised ratio (INR)",
    "{copies}/L": "copies per L",
    "{copies}/mL": "copies per mL",
    "{copies}/mg": "copies per mg of genomic DNA",
    "{copies}/ng": "copies per ng of genomic DNA",
    "{copies}/uL": "copies per µL",
    "{copies}/ug": "copies per µg of genomic DNA",
    "{ratio}": "ratio",
}
"""How a unit is read aloud or written by hand; what is found under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedUnit:
    """One unit.

    Attributes:
        code: its UCUM code, the one that is sent and stored.
        display: how it is read, and written elsewhere.
        analytes: the analytes, by our code, of which a result may have it.
        listed_for: those of them that a laboratory usually gives in it; it is found by these.
        first_for: those of them that summaries give in it.
        kinetics_methods: the methods of CAR kinetics of which a result may have it.
    """

    code: str
    display: str
    analytes: tuple[str, ...]
    listed_for: tuple[str, ...]
    first_for: tuple[str, ...]
    kinetics_methods: tuple[str, ...]


@cache
def accepted_units() -> tuple[AcceptedUnit, ...]:
    """Give every unit of the lists, by code.

    They are the units of the lists and the others of their sizes. A result of an analyte outside
    the list may have any well-formed UCUM unit.
    """
    analytes: dict[str, list[str]] = defaultdict(list)
    listed: dict[str, list[str]] = defaultdict(list)
    first: dict[str, list[str]] = defaultdict(list)
    methods: dict[str, list[str]] = defaultdict(list)
    for analyte in laboratory.analytes():
        for unit in taken_units(analyte.units, analyte.code):
            analytes[unit].append(analyte.code)
        for unit in analyte.units:
            listed[unit].append(analyte.code)
        for unit in analyte.units[:1]:
            first[unit].append(analyte.code)
    for method, units in kinetics.UNITS.items():
        for unit in taken_units(units):
            methods[unit].append(method.value)
    return tuple(
        AcceptedUnit(
            code=unit,
            display=READ.get(unit, unit),
            analytes=tuple(analytes[unit]),
            listed_for=tuple(listed[unit]),
            first_for=tuple(first[unit]),
            kinetics_methods=tuple(methods[unit]),
        )
        for unit in sorted({*analytes, *methods})
    )
