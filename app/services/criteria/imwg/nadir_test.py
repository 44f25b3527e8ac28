"""One marker of one visit held against its nadir, where results may lie beyond a limit.

Source: the trial's reading U3 of the IMWG 2016 criteria: as a nadir ``<x`` counts as 0, ``>x`` is
none; what depends on either is flagged.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from app.services.criteria.imwg.bounds import ZERO
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.nadir import BelowLimit, Dated, Series, nadir
from app.services.criteria.imwg.progression_rules import ProgressionFinding, ProgressionRule
from app.services.criteria.imwg.reading import Reading
from app.trial.policy import ImwgPolicy

Met = Callable[[Decimal], bool]
"""Tells whether a marker has progressed from a nadir, in the unit of its rule."""


class Withheld(StrEnum):
    """Why a rise is no progression although it is as large as one."""

    NADIR_ABOVE_LIMIT = "nadir_above_limit"
    """The value it would have risen from lies above the range of its assay."""
    POLYCLONAL_RISE = "polyclonal_rise"
    """The total immunoglobulin has risen, and immunofixation of the same visit shows no clone."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A rule for progressive disease that a visit meets, or would meet but for a reason."""

    finding: ProgressionFinding
    withheld: Withheld | None = None


def against_nadir(
    series: Series,
    reading: Reading,
    policy: ImwgPolicy,
    component: Component,
    rules: Mapping[ProgressionRule, Met],
    *,
    floored: bool = False,
) -> Iterator[Tested]:
    """Give the rules of one marker that a reading meets against its nadir.

    Args:
        series: the marker's values.
        reading: the one in question.
        policy: ``nadir`` (Q6) and ``below_limit_nadir``.
        component: the marker.
        rules: each rule with its test.
        floored: whether a nadir below 0 counts as 0 (Q33).
    """

    def lowest(below_limit: BelowLimit, *, above_limit: bool = False) -> Dated | None:
        values = series.before(reading.collected_on, below_limit, above_limit=above_limit)
        lowest_value = nadir(values, policy.nadir)
        if lowest_value is not None and floored and lowest_value.value < 0:
            return lowest_value._replace(value=ZERO)
        return lowest_value

    stands = lowest(policy.below_limit_nadir)
    for rule, met in rules.items():
        finding = ProgressionFinding(
            rule=rule,
            component=component,
            collected_on=reading.collected_on,
            current=reading.bounds.low,
            nadir=stands,
            reported=reading.reported,
        )
        if stands is not None and met(stands.value):
            at_limit = lowest("limit")
            through_limit = at_limit is None or not met(at_limit.value)
            yield Tested(replace(finding, through_limit=through_limit))
            continue
        counted = lowest(policy.below_limit_nadir, above_limit=True)
        if counted is not None and counted != stands and met(counted.value):
            yield Tested(replace(finding, nadir=counted), Withheld.NADIR_ABOVE_LIMIT)
