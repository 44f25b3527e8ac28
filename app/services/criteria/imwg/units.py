"""Units of the myeloma markers: what laboratories send, in the unit a rule is written in.

Conversions are exact: a value is multiplied by a power of ten wherever the units allow it, and
divided once, last, where they do not. A value that is exactly on a threshold stays on it.

Units are UCUM codes. Each function takes a value of 0 or more and raises ``ValueError`` for a
negative one and for a unit that the marker is not reported in.

Source: units of the IMWG criteria (Kumar et al., Lancet Oncol 2016, table 4); the molar mass of
calcium (40.08 g/mol) and the customary creatinine factor (88.4).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

ONE: Final = Decimal(1)
TEN: Final = Decimal(10)
HUNDRED: Final = Decimal(100)
THOUSAND: Final = Decimal(1000)

MG_PER_DL_OF_1_MMOL_PER_L_CALCIUM: Final = Decimal("4.008")
UMOL_PER_L_OF_1_MG_PER_DL_CREATININE: Final = Decimal("88.4")


def serum_m_protein(value: Decimal, unit: str) -> Decimal:
    """Give a serum M-protein concentration in g/dL, from g/dL, g/L or mg/dL."""
    return _scaled(value, unit, {"g/dL": ONE, "g/L": ONE / TEN, "mg/dL": ONE / THOUSAND})


def immunoglobulin(value: Decimal, unit: str) -> Decimal:
    """Give a class of immunoglobulin in mg/dL, from mg/dL, g/L or g/dL: 7.5 g/L are 750 mg/dL."""
    return _scaled(value, unit, {"mg/dL": ONE, "g/L": HUNDRED, "g/dL": THOUSAND})


def urine_m_protein(
    value: Decimal,
    unit: str,
    *,
    volume_ml: Decimal | None = None,
    collection_hours: Decimal | None = None,
) -> Decimal:
    """Give urine M-protein in mg per 24 hours.

    Args:
        value: an amount in 24 hours (mg/(24.h), g/(24.h)) or a concentration (mg/dL, g/L).
        unit: UCUM unit of ``value``.
        volume_ml: volume of the collection; a concentration means nothing without it.
        collection_hours: length of the collection; None is 24. Used with a concentration only,
            because an amount in 24 hours has been brought to 24 hours already.

    Raises:
        ValueError: a concentration without a volume, a length that is not positive, a negative
            value, an unknown unit.
    """
    if unit in {"mg/(24.h)", "g/(24.h)"}:
        return _scaled(value, unit, {"mg/(24.h)": ONE, "g/(24.h)": THOUSAND})
    mg_per_dl = _scaled(value, unit, {"mg/dL": ONE, "g/L": HUNDRED})
    hours = Decimal(24) if collection_hours is None else collection_hours
    if volume_ml is None:
        raise ValueError("a urine concentration needs the volume of its collection")
    if volume_ml <= 0 or hours <= 0:
        raise ValueError("the volume and the length of a collection are positive")
    return mg_per_dl * volume_ml * 24 / (100 * hours)


def free_light_chain(value: Decimal, unit: str) -> Decimal:
    """Give a serum free light chain in mg/L, from mg/L, mg/dL or g/L: 10 mg/dL are 100 mg/L."""
    return _scaled(value, unit, {"mg/L": ONE, "mg/dL": TEN, "g/L": THOUSAND})


def corrected_calcium(value: Decimal, unit: str) -> Decimal:
    """Give albumin-corrected calcium in mg/dL, from mg/dL or mmol/L (x 4.008)."""
    return _scaled(value, unit, {"mg/dL": ONE, "mmol/L": MG_PER_DL_OF_1_MMOL_PER_L_CALCIUM})


def creatinine(value: Decimal, unit: str) -> Decimal:
    """Give serum creatinine in mg/dL, from mg/dL or umol/L (/ 88.4, correctly rounded)."""
    if unit == "umol/L":
        return _not_negative(value) / UMOL_PER_L_OF_1_MG_PER_DL_CREATININE
    return _scaled(value, unit, {"mg/dL": ONE})


def haemoglobin(value: Decimal, unit: str) -> Decimal:
    """Give haemoglobin in g/dL, from g/dL or g/L."""
    return _scaled(value, unit, {"g/dL": ONE, "g/L": ONE / TEN})


def circulating_plasma_cells(value: Decimal, unit: str) -> Decimal:
    """Give plasma cells of the blood per microlitre, from /uL or 10*9/L."""
    return _scaled(value, unit, {"/uL": ONE, "10*9/L": THOUSAND})


def marrow_plasma_cells(value: Decimal, unit: str) -> Decimal:
    """Give plasma cells of the marrow in %, from % or a fraction (unit ``1``)."""
    return _scaled(value, unit, {"%": ONE, "1": HUNDRED})


def _scaled(value: Decimal, unit: str, factors: Mapping[str, Decimal]) -> Decimal:
    if unit not in factors:
        raise ValueError(f"not a unit of this marker; allowed: {', '.join(factors)}")
    return _not_negative(value) * factors[unit]


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("a measured value is not negative")
    return value
