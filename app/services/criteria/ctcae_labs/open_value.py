"""A number with a comparator: the values that it stands for, and the grades that they have.

Between two neighbouring cuts every value has one grade. So it is enough to look at each cut, at
one value between each two, and at one beyond the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.vocabularies.laboratory import Comparator
from app.vocabularies.laboratory_grading import DecidingFact

_ZERO: Final = Decimal(0)


def values_meant(
    comparator: Comparator, bound: Decimal, cuts: Iterable[Decimal]
) -> tuple[Decimal, ...]:
    """Give values that stand for all those of 0 or more that "``comparator`` ``bound``" means.

    Empty for "<0", which means none.
    """
    points = sorted({_ZERO, bound, *(cut for cut in cuts if cut > 0)})
    between = [(low + high) / 2 for low, high in pairwise(points)]
    return tuple(
        value
        for value in sorted([*points, *between, points[-1] + 1])
        if _is_meant(value, comparator, bound)
    )


def grade_of_all(grades: Sequence[LabGrade], deciding: DecidingFact) -> LabGrade:
    """Give the answer for a result that can be any of several values.

    It is one grade where all of them have the same, and ungraded where one of them is: a grade
    that it may have would be missing. ``deciding`` is what would tell which value it is.
    """
    for graded in grades:
        if graded.ungraded_reason is not None:
            return graded
    needs = dict.fromkeys(fact for graded in grades for fact in graded.needs)
    if len({graded.grades for graded in grades}) > 1:
        needs[deciding] = None
    rules = dict.fromkeys(graded.rule for graded in grades if graded.rule is not None)
    return replace(
        grades[0],
        grades=tuple(sorted({grade for graded in grades for grade in graded.grades})),
        needs=tuple(needs),
        without=tuple(
            dict.fromkeys(reference for graded in grades for reference in graded.without)
        ),
        rule="; ".join(rules) or None,
    )


def _is_meant(value: Decimal, comparator: Comparator, bound: Decimal) -> bool:
    if value == bound:
        return comparator in {Comparator.LESS_OR_EQUAL, Comparator.GREATER_OR_EQUAL}
    return (value < bound) is (comparator in {Comparator.LESS, Comparator.LESS_OR_EQUAL})
