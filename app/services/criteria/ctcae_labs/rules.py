"""The cuts of CTCAE 5.0 by analyte and unit, read from the table once."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from app.services.criteria.ctcae_labs.intervals import (
    ABSOLUTE,
    PLACE,
    Comparison,
    Interval,
    Reading,
    RuleSet,
)
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.vocabularies.ctcae_laboratory import (
    ANY_UNIT,
    CONDITIONS,
    Cut,
    GradeInterval,
    grade_intervals,
)
from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    GradingReference,
    UngradedReason,
)

SAME_RULES: Final = {"CA_TOTAL": "CA_CORR", "GLUC_FAST": "GLUC"}
"""Analytes that are graded by the cuts of another one.

Decision: total calcium is graded as it is where it could not be corrected for albumin; CTCAE 5.0
does not ask whether glucose was fasting.
"""

_WORDS: Final = {
    GradingReference.LOWER_LIMIT: "LLN",
    GradingReference.UPPER_LIMIT: "ULN",
    GradingReference.BASELINE: "baseline",
}
_NORMAL_WITHOUT_BASELINE: Final = {"baseline_not_high", "above_baseline"}
_BRANCHES: Final = {
    "above_baseline": Cut(number=Decimal(1), of=GradingReference.BASELINE),
    "value_below_lln": Cut(number=Decimal(1), of=GradingReference.LOWER_LIMIT),
}


@lru_cache(maxsize=4096)
def rules_in_unit(analyte: str, unit: str | None) -> tuple[RuleSet | LabGrade, ...]:
    """Give, for each direction that CTCAE 5.0 has a term for, its cuts in a unit, LOW before HIGH.

    A direction without cuts in that unit has the answer that says so instead; with no unit, as of
    a result that is no number, every direction has.
    """
    source = SAME_RULES.get(analyte, analyte)
    rules = [
        _in_direction(analyte, unit, intervals)
        for direction in AbnormalityDirection
        if (intervals := _by_direction().get((source, direction)))
    ]
    return tuple(rules) or (LabGrade(analyte=analyte, ungraded_reason=UngradedReason.NO_RULE),)


@cache
def looks_at_baseline(analyte: str) -> bool:
    """Tell whether a cut of the analyte, in any unit, depends on the subject's baseline."""
    source = SAME_RULES.get(analyte, analyte)
    return any(
        "baseline" in interval.branch
        or any(
            cut is not None and cut.of is GradingReference.BASELINE
            for cut in (interval.lower, interval.upper)
        )
        for direction in AbnormalityDirection
        for interval in _by_direction().get((source, direction), ())
    )


@cache
def _by_direction() -> dict[tuple[str, AbnormalityDirection], list[GradeInterval]]:
    alike: dict[tuple[str, AbnormalityDirection], list[GradeInterval]] = {}
    for interval in grade_intervals():
        alike.setdefault((interval.analyte, interval.direction), []).append(interval)
    return alike


def _in_direction(
    analyte: str, unit: str | None, intervals: Sequence[GradeInterval]
) -> RuleSet | LabGrade:
    numbered = [interval for interval in intervals if interval.grade is not None]
    accepted = [interval for interval in numbered if interval.unit in {unit, ANY_UNIT}]
    if accepted and unit is not None:
        return _rule_set(analyte, accepted)
    if not numbered:
        reason = UngradedReason.NO_RULE
    elif unit is None:
        reason = UngradedReason.NO_NUMBER
    else:
        reason = UngradedReason.UNIT_NOT_ACCEPTED
    return LabGrade(
        analyte=analyte,
        direction=intervals[0].direction,
        term=intervals[0].term,
        ungraded_reason=reason,
    )


def _rule_set(analyte: str, intervals: Sequence[GradeInterval]) -> RuleSet:
    facts = {CONDITIONS[one.condition][0] for one in intervals if one.condition}
    high, not_high = (
        tuple(_reading(intervals, without_branch=other, fact=fact) for fact in (False, True))
        for other in ("baseline_not_high", "baseline_high")
    )
    return RuleSet(
        analyte=analyte,
        direction=intervals[0].direction,
        term=intervals[0].term,
        reads_baseline_as_normal=any(one.branch in _NORMAL_WITHOUT_BASELINE for one in intervals),
        fact=next(iter(facts), None),
        readings=((not_high[0], not_high[1]), (high[0], high[1])),
    )


def _reading(intervals: Iterable[GradeInterval], *, without_branch: str, fact: bool) -> Reading:
    chosen = [
        interval
        for interval in intervals
        if interval.branch != without_branch
        and (not interval.condition or CONDITIONS[interval.condition][1] is fact)
    ]
    return tuple(
        _interval(interval) for interval in sorted(chosen, key=lambda one: -(one.grade or 0))
    )


def _interval(interval: GradeInterval) -> Interval:
    comparisons = [
        _comparison(cut, below=below)
        for cut, below in ((interval.lower, False), (interval.upper, True))
        if cut is not None
    ]
    if interval.direction is AbnormalityDirection.LOW:
        comparisons.reverse()
    if interval.branch in _BRANCHES:
        below = interval.branch == "value_below_lln"
        comparisons.append(_comparison(_BRANCHES[interval.branch], below=below, assumed=not below))
    return Interval(
        grade=interval.grade or 0,
        comparisons=tuple(comparisons),
        baseline_read_as_normal=interval.branch in _NORMAL_WITHOUT_BASELINE,
        rule=_in_words(interval),
    )


def _comparison(cut: Cut, *, below: bool, assumed: bool = False) -> Comparison:
    return Comparison(
        below=below,
        included=cut.included,
        place=ABSOLUTE if cut.of is None else PLACE[cut.of],
        number=cut.number,
        added=cut.added,
        assumed=assumed,
    )


def _in_words(interval: GradeInterval) -> str:
    ends = []
    for cut, sign in ((interval.lower, ">"), (interval.upper, "<")):
        if cut is not None:
            ends.append(f"{sign}{'=' if cut.included else ''} {_cut_in_words(cut)}")
    unit = "" if interval.unit == ANY_UNIT else f" {interval.unit}"
    further = [words.replace("_", " ") for words in (interval.branch, interval.condition) if words]
    return ", ".join([f"grade {interval.grade}: {' and '.join(ends)}{unit}", *further])


def _cut_in_words(cut: Cut) -> str:
    if cut.of is None:
        return str(cut.number)
    if cut.added:
        return f"{_WORDS[cut.of]} + {cut.number}"
    return _WORDS[cut.of] if cut.number == 1 else f"{cut.number} x {_WORDS[cut.of]}"
