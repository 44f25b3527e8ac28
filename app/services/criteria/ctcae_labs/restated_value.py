"""A result beside cuts of another unit: within half a per cent of one, both grades are open.

The factor between two units is rounded, and so is that of the laboratory. Only a cut that was
restated is open: one that goes with the result's own limits is exact.

Source: the trial's protocol, laboratory outliers, another unit.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.services.criteria.ctcae_labs.intervals import (
    ABSOLUTE,
    PLACE,
    Interval,
    PlaceOfValue,
    PossibleIntervals,
    References,
    SideOfCut,
    cut_of,
    find,
)
from app.vocabularies.laboratory_grading import GradingReference
from app.vocabularies.restated_units import beside

_STEP: Final = Decimal("1e-9")
_BASELINE: Final = PLACE[GradingReference.BASELINE]


@dataclass(frozen=True, slots=True)
class Side:
    """On which side of the cuts beside it a result is taken to lie.

    Attributes:
        above: above them; else below.
        value_restated: the result was brought to the unit of the printed cuts.
        baseline_restated: the baseline was brought to the unit of the result.
    """

    above: bool
    value_restated: bool
    baseline_restated: bool


def find_on(
    side: Side, reading: PossibleIntervals, value: Decimal, references: References
) -> PlaceOfValue:
    """Look a value up as if it lay on one side of each restated cut that it lies beside."""
    moved = tuple([_moved(interval, side, value, references) for interval in reading])
    meant = {id(one): interval for one, interval in zip(moved, reading, strict=True)}
    holding, undecided = find(moved, value, references)
    return holding and meant[id(holding)], tuple([meant[id(one)] for one in undecided])


def _moved(interval: Interval, side: Side, value: Decimal, references: References) -> Interval:
    return replace(
        interval,
        comparisons=tuple(
            [_compared(comparison, side, value, references) for comparison in interval.comparisons]
        ),
    )


def _compared(
    comparison: SideOfCut, side: Side, value: Decimal, references: References
) -> SideOfCut:
    cut = cut_of(comparison, references) if _is_restated(comparison, side) else None
    if cut is None or not beside(value, cut):
        return comparison
    step = -_STEP if side.above else _STEP
    return comparison._replace(place=ABSOLUTE, number=value + step, added=False)


def _is_restated(comparison: SideOfCut, side: Side) -> bool:
    if comparison.place == _BASELINE:
        return side.baseline_restated
    return side.value_restated and (comparison.place == ABSOLUTE or comparison.added)
