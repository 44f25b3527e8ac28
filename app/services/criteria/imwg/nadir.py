"""Nadirs: the lowest value a marker had before the value in question.

As a nadir ``<x`` counts as 0, on purpose against the treatment (policy ``below_limit_nadir``), and
``>x`` is none: the true value may be as high as the one in question.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease; the trial's
reading U3.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from app.services.criteria.imwg.reading import Reading

BelowLimit = Literal["zero", "limit"]
"""What ``<x`` counts as where it is a nadir: 0, or x."""


class Dated(NamedTuple):
    """A value and the day it was collected."""

    value: Decimal
    collected_on: date


@dataclass(frozen=True, slots=True)
class Series:
    """One marker of one subject: the baseline value and those after infusion."""

    baseline: Reading | None
    after_infusion: tuple[Reading, ...]

    def before(
        self, collected_on: date, below_limit: BelowLimit = "zero", *, above_limit: bool = False
    ) -> list[Dated]:
        """Give the values collected before a day that may be a nadir, baseline first.

        Args:
            collected_on: the day.
            below_limit: whether ``<x`` counts as 0, or as its limit x.
            above_limit: whether ``>x`` counts as x; by itself it is no nadir.
        """
        earlier = sorted(
            (reading.collected_on, value)
            for reading in self.after_infusion
            if reading.collected_on < collected_on
            and (value := _as_nadir(reading, below_limit, above_limit=above_limit)) is not None
        )
        values = [Dated(value, day) for day, value in earlier]
        if self.baseline is not None:
            initial = _as_nadir(self.baseline, below_limit, above_limit=above_limit)
            if initial is not None:
                values.insert(0, Dated(initial, self.baseline.collected_on))
        return values


def _as_nadir(reading: Reading, below_limit: BelowLimit, *, above_limit: bool) -> Decimal | None:
    if reading.bounds.high is None:
        return reading.as_nadir if above_limit else None
    return reading.bounds.high if below_limit == "limit" else reading.as_nadir


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
