"""Units of the myeloma markers: what laboratories send, in the unit a rule is written in.

Conversions are exact: a value is multiplied by a power of ten wherever the units allow it, and
divided once, last, where they do not. A value that is exactly on a threshold stays on it. Here
stands which units a marker is reported in; how one becomes another stands in
``app.vocabularies.restated_units``.

Units are UCUM codes. Each function takes a value of 0 or more and raises ``ValueError`` for a
negative one and for a unit that the marker is not reported in.

Source: units of the IMWG criteria (Kumar et al., Lancet Oncol 2016, table 4); the molar mass of
calcium (40.08 g/mol) and the customary creatinine factor (88.4).
"""

from decimal import Decimal
from functools import lru_cache

from app.vocabularies.restated_units import restatement


def serum_m_protein(value: Decimal, unit: str) -> Decimal:
    """Give a serum M-protein concentration in g/dL, from g/dL, g/L or mg/dL."""
    return _restated(value, unit, ("g/dL", "g/L", "mg/dL"))


def immunoglobulin(value: Decimal, unit: str) -> Decimal:
    """Give a class of immunoglobulin in mg/dL, from mg/dL, g/L or g/dL: 7.5 g/L are 750 mg/dL."""
    return _restated(value, unit, ("mg/dL", "g/L", "g/dL"))


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
        return _restated(value, unit, ("mg/(24.h)", "g/(24.h)"))
    mg_per_dl = _restated(value, unit, ("mg/dL", "g/L"))
    hours = Decimal(24) if collection_hours is None else collection_hours
    if volume_ml is None:
        raise ValueError("a urine concentration needs the volume of its collection")
    if volume_ml <= 0 or hours <= 0:
        raise ValueError("the volume and the length of a collection are positive")
    return mg_per_dl * volume_ml * 24 / (100 * hours)


def free_light_chain(value: Decimal, unit: str) -> Decimal:
    """Give a serum free light chain in mg/L, from mg/L, mg/dL or g/L: 10 mg/dL are 100 mg/L."""
    return _restated(value, unit, ("mg/L", "mg/dL", "g/L"))


def corrected_calcium(value: Decimal, unit: str) -> Decimal:
    """Give albumin-corrected calcium in mg/dL, from mg/dL or mmol/L (x 4.008)."""
    return _restated(value, unit, ("mg/dL", "mmol/L"), "CA_CORR")


def creatinine(value: Decimal, unit: str) -> Decimal:
    """Give serum creatinine in mg/dL, from mg/dL or umol/L (/ 88.4, correctly rounded)."""
    return _restated(value, unit, ("mg/dL", "umol/L"), "CREAT")


def haemoglobin(value: Decimal, unit: str) -> Decimal:
    """Give haemoglobin in g/dL, from g/dL or g/L."""
    return _restated(value, unit, ("g/dL", "g/L"))


def circulating_plasma_cells(value: Decimal, unit: str) -> Decimal:
    """Give plasma cells of the blood per microlitre, from /uL or 10*9/L."""
    return _restated(value, unit, ("/uL", "10*9/L"))


def marrow_plasma_cells(value: Decimal, unit: str) -> Decimal:
    """Give plasma cells of the marrow in %, from % or a fraction (unit ``1``)."""
    _require(value, unit, ("%", "1"))
    return value * 100 if unit == "1" else value


def _restated(value: Decimal, unit: str, units: tuple[str, ...], analyte: str = "") -> Decimal:
    """Give a value in the first of the units that a marker is reported in."""
    _require(value, unit, units)
    times, over = _way(analyte, unit, units[0])
    return value * times if over == 1 else value * times / over


@lru_cache(maxsize=64)
def _way(analyte: str, unit: str, wanted: str) -> tuple[Decimal, Decimal]:
    """Give what a value is multiplied by, and what it is divided by after that."""
    way = restatement(analyte, unit, wanted)
    if way is None:
        raise ValueError(f"{unit} does not become {wanted}")
    return Decimal(format(way.times, "f")), way.over


def _require(value: Decimal, unit: str, units: tuple[str, ...]) -> None:
    if unit not in units:
        raise ValueError(f"not a unit of this marker; allowed: {', '.join(units)}")
    if value < 0:
        raise ValueError("a measured value is not negative")
