"""Tells a number that no living person can have, and the unit that it is likely in.

Source: the trial's protocol, plausibility; the limits and what they rest on are in
``app.vocabularies.plausible_limits``.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from app.vocabularies.concept import Concept
from app.vocabularies.laboratory import Comparator
from app.vocabularies.plausible_limits import PlausibleLimits, plausible_limits, units_of
from app.vocabularies.restated_units import restatement

BELOW: Final = frozenset({Comparator.LESS, Comparator.LESS_OR_EQUAL})
ABOVE: Final = frozenset({Comparator.GREATER, Comparator.GREATER_OR_EQUAL})


class Implausibility(Concept):
    """What a living person cannot have of a number."""

    TOO_LOW = "too_low", "the value is lower than any living person's"
    TOO_HIGH = "too_high", "the value is higher than any living person's"
    FAR_BELOW_RANGE = "far_below_range", "the value is too far below its own reference range"
    FAR_ABOVE_RANGE = "far_above_range", "the value is too far above its own reference range"
    RANGE_OF_ANOTHER_UNIT = (
        "range_of_another_unit",
        "no laboratory has such a reference range in this unit",
    )


class Normal(NamedTuple):
    """A laboratory's own reference range, in the unit of the value."""

    low: Decimal | None = None
    high: Decimal | None = None


NO_RANGE: Final = Normal()
WIDEST: Final = 6
"""How many times its lower limit the upper limit of a laboratory's range can be, for a unit to fit
both."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The limits of a quantity in one unit."""

    row: PlausibleLimits
    lowest: Decimal | None
    highest: Decimal | None
    normal_from: Decimal | None
    normal_to: Decimal | None


def implausibility(
    quantity: str,
    value: Decimal,
    unit: str | None,
    *,
    comparator: Comparator | None = None,
    normal: Normal = NO_RANGE,
) -> Implausibility | None:
    """Tell what is impossible of a value; None: a living person can have it, or no limit is known.

    Args:
        quantity: our code of the analyte, or another name of the table of limits.
        value: as reported, in ``unit``.
        unit: UCUM, without annotations; None: that of the table.
        comparator: a value below a number has no lowest that could be impossible, one above it no
            highest.
        normal: the laboratory's own reference range.

    Source: the trial's protocol, plausibility.
    """
    return _implausibility(quantity, value, unit, comparator, normal)


@lru_cache(maxsize=32_768)
def _implausibility(
    quantity: str, value: Decimal, unit: str | None, comparator: Comparator | None, normal: Normal
) -> Implausibility | None:
    """Judge a value once: those of thousands of subjects repeat."""
    bounds = _bounds(quantity, unit)
    if bounds is None:
        return None
    if comparator not in ABOVE and (low := _too_low(value, bounds)) is not None:
        return low
    if comparator not in BELOW and bounds.highest is not None and value > bounds.highest:
        return Implausibility.TOO_HIGH
    if normal == NO_RANGE:
        return None
    return _of_another_unit(quantity, unit, normal, bounds) or _far_from(
        normal, value, comparator, bounds.row
    )


def likely_unit(
    quantity: str,
    value: Decimal,
    unit: str | None,
    doubt: Implausibility,
    *,
    normal: Normal = NO_RANGE,
) -> str | None:
    """Give the unit in which a living person can have the value; None: there is none.

    Of a range of another unit, or a value far from it, that is the unit that the range is in.
    """
    rows = plausible_limits().get(quantity, ())
    others = [other for other in units_of(quantity) if other != unit]
    of_range = doubt not in {Implausibility.TOO_LOW, Implausibility.TOO_HIGH}
    for other in others:
        bounds = _bounds(quantity, other)
        if bounds is None or (of_range and not _fits(normal, bounds)):
            continue
        if of_range or implausibility(quantity, value, other) is None:
            return other
    if doubt is Implausibility.TOO_LOW:
        return next((row.other_if_below for row in rows if row.other_if_below), None)
    if doubt is Implausibility.TOO_HIGH:
        return next((row.other_if_above for row in rows if row.other_if_above), None)
    return None


def in_words(
    quantity: str,
    value: Decimal,
    unit: str | None,
    doubt: Implausibility,
    *,
    normal: Normal = NO_RANGE,
) -> str:
    """Say what was noticed and what would settle it; the value is not repeated."""
    likely = likely_unit(quantity, value, unit, doubt, normal=normal)
    of_range = doubt not in {Implausibility.TOO_LOW, Implausibility.TOO_HIGH}
    if likely is not None:
        what = "its reference range" if of_range else "it"
        advice = f"{what} is likely in {likely}"
    else:
        units = ", ".join(units_of(quantity)[:4])
        advice = f"look for a lost decimal point or another unit (usual: {units})"
    return (
        f"{doubt.display}; {advice}. Correct it, or confirm it by confirmed_implausible with a "
        "reason; until then it is left out of gradings, responses and figures"
    )


def _too_low(value: Decimal, bounds: _Bounds) -> Implausibility | None:
    if bounds.lowest is None or value >= bounds.lowest or (bounds.row.zero and value == 0):
        return None
    return Implausibility.TOO_LOW


def _of_another_unit(
    quantity: str, unit: str | None, normal: Normal, bounds: _Bounds
) -> Implausibility | None:
    """Tell whether both ends of a range fit another unit of the quantity and not this one."""
    if not normal.low or not normal.high or _fits(normal, bounds):
        return None
    found = any(
        _fits(normal, other)
        for one in units_of(quantity)
        if one != unit and (other := _bounds(quantity, one)) is not None
    )
    return Implausibility.RANGE_OF_ANOTHER_UNIT if found else None


def _fits(normal: Normal, bounds: _Bounds) -> bool:
    """Tell whether a range can be a laboratory's in this unit, as far as its ends are known."""
    if bounds.normal_from is None or bounds.normal_to is None:
        return False
    low, high = normal
    return (high is None or bounds.normal_from <= high <= bounds.normal_to) and (
        low is None or bounds.normal_from / WIDEST <= low <= bounds.normal_to
    )


def _far_from(
    normal: Normal, value: Decimal, comparator: Comparator | None, row: PlausibleLimits
) -> Implausibility | None:
    low, high = normal
    below, above = row.below_range, row.above_range
    lowest = low if low is not None or high is None else high / WIDEST
    if below and lowest is not None and comparator is None and value * below < lowest:
        return Implausibility.FAR_BELOW_RANGE
    if above and high is not None and comparator not in BELOW and value > high * above:
        return Implausibility.FAR_ABOVE_RANGE
    return None


@lru_cache(maxsize=4096)
def _bounds(quantity: str, unit: str | None) -> _Bounds | None:
    """Give the limits in a unit: exactly by its size, or by the rounded factor of the analyte."""
    for row in plausible_limits().get(quantity, ()):
        onward = restatement(quantity, row.unit, row.unit if unit is None else unit)
        if onward is not None:
            lowest, highest, normal_from, normal_to = (
                None if limit is None else onward.of(limit)
                for limit in (row.lowest, row.highest, row.normal_from, row.normal_to)
            )
            return _Bounds(row, lowest, highest, normal_from, normal_to)
    return None
