"""One usable value of one marker, as a rule reads it.

Source: the trial's reading U3 of the IMWG 2016 criteria: the text as reported is kept.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.evaluation import MeasuredValue


@dataclass(frozen=True, slots=True)
class Reading:
    """One usable value of one marker, in the unit of its rule."""

    bounds: Bounds
    collected_on: date
    reported: str = ""
    """As the laboratory wrote it, with its own unit."""
    counted_as: Decimal | None = None
    """What a difference of results below a limit counts as where it is a nadir."""

    @property
    def as_nadir(self) -> Decimal | None:
        """What the value counts as where it is a nadir: ``<x`` as 0, and ``>x``, if at all, as x.

        None: neither, of a difference without a lower bound.
        """
        return self.bounds.low if self.counted_as is None else self.counted_as


def reported(measured: MeasuredValue | None) -> str:
    """Give a value as the laboratory wrote it, such as ``<2.5 g/L``."""
    if measured is None or measured.value is None:
        return ""
    return f"{measured.comparator or ''}{measured.value} {measured.unit}"


def day_of(value: MeasuredValue | None, anchor: date) -> date:
    """Give the day a value was collected on: its own, else that of the evaluation."""
    return anchor if value is None or value.collected_on is None else value.collected_on
