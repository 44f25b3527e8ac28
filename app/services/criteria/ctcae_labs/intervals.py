"""The intervals of one analyte, ready to be compared with a value.

Of a value in the normal range each interval asks for one comparison: the end that lies nearest to
normal is looked at first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Final, NamedTuple

from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    DecidingFact,
    GradingReference,
)
from app.vocabularies.restated_units import Restatement

References = tuple[Decimal | None, Decimal | None, Decimal | None]
"""Lower limit, upper limit and baseline, in the unit of the value."""

PLACE: Final = {
    GradingReference.LOWER_LIMIT: 0,
    GradingReference.UPPER_LIMIT: 1,
    GradingReference.BASELINE: 2,
}
ABSOLUTE: Final = -1


class SideOfCut(NamedTuple):
    """One comparison: the value lies below a cut, or above it."""

    below: bool
    included: bool
    place: int
    """Of what the cut goes with among the ``References``; -1 for an absolute cut."""
    number: Decimal
    added: bool
    assumed: bool
    """The comparison counts as passed when what the cut goes with is not known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interval:
    """The values of one grade, by one of the criterion's scales.

    Attributes:
        comparisons: what a value in it passes; the end nearest to normal first.
        baseline_read_as_normal: a missing baseline was, to get here.
        rule: the interval in words.
    """

    grade: int
    comparisons: tuple[SideOfCut, ...]
    baseline_read_as_normal: bool
    rule: str

    def missing(self, references: References) -> set[GradingReference]:
        """Give the references that its cuts go with and that are not known."""
        places = {comparison.place for comparison in self.comparisons if not comparison.assumed}
        return {
            reference
            for reference, place in PLACE.items()
            if place in places and references[place] is None
        }


PossibleIntervals = tuple[Interval, ...]
"""The intervals that can hold a value, highest grade first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleSet:
    """The intervals of one analyte and direction in one unit.

    Attributes:
        unit: of the cuts; ``ANY_UNIT`` where all are multiples.
        restated: how a result in the unit reported is brought to it; None: it is that unit.
        grades: every grade of the term that a number can have, 0 among them.
        reads_baseline_as_normal: some interval does when there is none.
        looks_at_baseline: some cut is a multiple of it.
        two_scales: one for a normal baseline, and one in multiples of an abnormal one.
        fact: what decides between grades beside the number; None when nothing does.
        readings: by whether the baseline was above normal, then by whether ``fact`` is so.
    """

    analyte: str
    direction: AbnormalityDirection
    term: str
    unit: str
    restated: Restatement | None
    grades: frozenset[int]
    reads_baseline_as_normal: bool
    looks_at_baseline: bool
    two_scales: bool
    fact: DecidingFact | None
    readings: tuple[
        tuple[PossibleIntervals, PossibleIntervals], tuple[PossibleIntervals, PossibleIntervals]
    ]

    def cuts(self, references: References) -> Iterator[Decimal]:
        """Give the cuts of every interval, as far as what they go with is known."""
        for interval in chain.from_iterable(chain.from_iterable(self.readings)):
            for comparison in interval.comparisons:
                cut = cut_of(comparison, references)
                if cut is not None:
                    yield cut


def cut_of(comparison: SideOfCut, references: References) -> Decimal | None:
    """Give the cut in the unit of the value; None when what it goes with is not known."""
    if comparison.place == ABSOLUTE:
        return comparison.number
    reference = references[comparison.place]
    if reference is None:
        return None
    return reference + comparison.number if comparison.added else reference * comparison.number


PlaceOfValue = tuple[Interval | None, PossibleIntervals]
"""Where a value lies: the interval that holds it, and those of a higher grade that may hold it too,
because a reference of theirs is missing."""


def find(reading: PossibleIntervals, value: Decimal, references: References) -> PlaceOfValue:
    """Look a value up: the interval of the highest grade that holds it.

    This is the loop that grades results by the million. Its comparisons stand in it, not in a
    function of ``SideOfCut``: that took nearly twice as long.
    """
    undecided: PossibleIntervals = ()
    for interval in reading:
        known = True
        for below, included, place, number, added, assumed in interval.comparisons:
            if place == ABSOLUTE:
                cut = number
            else:
                reference = references[place]
                if reference is None:
                    known = known and assumed
                    continue
                cut = reference + number if added else reference * number
            if below:
                if value > cut if included else value >= cut:
                    break
            elif value < cut if included else value <= cut:
                break
        else:
            if known:
                if undecided:
                    undecided = tuple(other for other in undecided if other.grade > interval.grade)
                return interval, undecided
            undecided += (interval,)
    return None, undecided
