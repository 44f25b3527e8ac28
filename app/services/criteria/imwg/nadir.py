"""Nadirs: the lowest value a marker had before the value in question.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from app.services.criteria.imwg.usable import Reading


class Dated(NamedTuple):
    """A value and the day it was collected."""

    value: Decimal
    collected_on: date


@dataclass(frozen=True, slots=True)
class Series:
    """One marker of one subject: the baseline value and those after infusion."""

    baseline: Reading | None
    after_infusion: tuple[Reading, ...]

    def before(self, collected_on: date) -> list[Dated]:
        """Give the values collected before a day, baseline first; ``<x`` counts as 0."""
        earlier = sorted(
            (reading.collected_on, reading.bounds.low)
            for reading in self.after_infusion
            if reading.collected_on < collected_on
        )
        values = [Dated(value, day) for day, value in earlier]
        if self.baseline is not None:
            values.insert(0, Dated(self.baseline.bounds.low, self.baseline.collected_on))
        return values


def nadir(
    values: Iterable[Dated], rule: Literal["lowest", "lowest_confirmed"] = "lowest"
) -> Dated | None:
    """Give the lowest value, the earliest of equals; None: there is none.

    Args:
        values: in order of collection, baseline first.
        rule: ``lowest_confirmed`` takes the lowest value that two consecutive samples reached, that
            is the lowest of the higher values of each pair, dated by the later sample where both
            are equal; a single sample stands for itself.

    Source: IMWG 2016, table 4: increase from the lowest confirmed response value.
    Decision: the default is the lowest usable value, confirmed or not (Q6).
    """
    ordered = list(values)
    if rule == "lowest_confirmed" and len(ordered) > 1:
        ordered = [
            second if second.value >= first.value else first for first, second in pairwise(ordered)
        ]
    return min(ordered, key=lambda dated: dated.value, default=None)
