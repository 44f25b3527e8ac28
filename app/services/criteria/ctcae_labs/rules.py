"""The cuts of CTCAE 5.0 by analyte and unit, read from the table once."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from app.services.criteria.ctcae_labs.intervals import (
    ABSOLUTE,
    PLACE,
    Interval,
    PossibleIntervals,
    RuleSet,
    SideOfCut,
)
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.vocabularies.ctcae_laboratory import (
    ANY_UNIT,
    CONDITIONS,
    CutPoint,
    GradeInterval,
    grade_intervals,
)
from app.vocabularies.laboratory import find_analyte
from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    GradingReference,
    UngradedReason,
)
from app.vocabularies.restated_units import Restatement, restatement

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
BASELINE_HIGH: Final = "baseline_high"
_NORMAL_WITHOUT_BASELINE: Final = {"baseline_not_high", "above_baseline"}
_BRANCHES: Final = {
    "above_baseline": CutPoint(number=Decimal(1), of=GradingReference.BASELINE),
    "value_below_lln": CutPoint(number=Decimal(1), of=GradingReference.LOWER_LIMIT),
}


@lru_cache(maxsize=4096)
def rules_in_unit(
    analyte: str, unit: str | None, *, own: bool = False
) -> tuple[RuleSet | LabGrade, ...]:
    """Give, for each direction that CTCAE 5.0 has a term for, its cuts in a unit, LOW before HIGH.

    Cuts printed in the unit reported come first; else those of a unit that a result can be
    restated in. A direction without either has the answer that says so instead; with no unit, as
    of a result that is no number, every direction has.

    Args:
        analyte: our code.
        unit: UCUM, as reported.
        own: only the cuts that do not refer to a baseline.
    """
    source = SAME_RULES.get(analyte, analyte)
    rules = [
        _in_direction(analyte, unit, intervals, own=own)
        for direction in AbnormalityDirection
        if (intervals := _by_direction().get((source, direction)))
    ]
    return tuple(rules) or (LabGrade(analyte=analyte, ungraded_reason=UngradedReason.NO_RULE),)


@cache
def looks_at_baseline(analyte: str) -> bool:
    """Tell whether a cut of the analyte, in any unit, depends on the subject's baseline."""
    return any(_looks_at_baseline(interval) for interval in _of_analyte(analyte))


@cache
def has_two_scales(analyte: str) -> bool:
    """Tell whether the analyte is graded in multiples of the baseline where that is abnormal.

    Source: CTCAE 5.0, "if baseline was abnormal": ALT, AST, ALP, GGT, bilirubin.
    """
    return any(interval.branch == BASELINE_HIGH for interval in _of_analyte(analyte))


def _of_analyte(analyte: str) -> Iterator[GradeInterval]:
    source = SAME_RULES.get(analyte, analyte)
    for direction in AbnormalityDirection:
        yield from _by_direction().get((source, direction), ())


def _looks_at_baseline(interval: GradeInterval) -> bool:
    return "baseline" in interval.branch or _is_multiple_of_baseline(interval)


def _is_multiple_of_baseline(interval: GradeInterval) -> bool:
    return any(
        cut is not None and cut.of is GradingReference.BASELINE
        for cut in (interval.lower, interval.upper)
    )


@cache
def _by_direction() -> dict[tuple[str, AbnormalityDirection], list[GradeInterval]]:
    alike: dict[tuple[str, AbnormalityDirection], list[GradeInterval]] = {}
    for interval in grade_intervals():
        alike.setdefault((interval.analyte, interval.direction), []).append(interval)
    return alike


def _in_direction(
    analyte: str, unit: str | None, intervals: Sequence[GradeInterval], *, own: bool
) -> RuleSet | LabGrade:
    numbered = [interval for interval in intervals if interval.grade is not None]
    accepted = [interval for interval in numbered if interval.unit in {unit, ANY_UNIT}]
    restated = None
    if not accepted and unit is not None:
        accepted, restated = _in_another_unit(analyte, unit, numbered)
    if accepted and unit is not None:
        if own:
            accepted = [interval for interval in accepted if not _is_multiple_of_baseline(interval)]
        return _rule_set(analyte, accepted, restated, own=own)
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


def _in_another_unit(
    analyte: str, unit: str, intervals: Iterable[GradeInterval]
) -> tuple[list[GradeInterval], Restatement | None]:
    """Give the cuts in a unit that a result can be restated in, exactly if there is one.

    Decision: a unit that the list does not have for the analyte is not restated: it may be a
    mistake.
    """
    listed = find_analyte(analyte)
    if listed is None or unit not in listed.units:
        return [], None
    by_unit: dict[str, list[GradeInterval]] = {}
    for interval in intervals:
        by_unit.setdefault(interval.unit, []).append(interval)
    ways = {printed: restatement(analyte, unit, printed) for printed in by_unit}
    known = {printed: way for printed, way in ways.items() if way is not None}
    if not known:
        return [], None
    printed = min(known, key=lambda unit: not known[unit].exact)
    return by_unit[printed], known[printed]


def _rule_set(
    analyte: str,
    intervals: Sequence[GradeInterval],
    restated: Restatement | None,
    *,
    own: bool,
) -> RuleSet:
    facts = {CONDITIONS[interval.condition][0] for interval in intervals if interval.condition}
    high, not_high = (
        tuple(
            _reading(intervals, without_branch=other, fact=fact, own=own) for fact in (False, True)
        )
        for other in ("baseline_not_high", BASELINE_HIGH)
    )
    return RuleSet(
        analyte=analyte,
        direction=intervals[0].direction,
        term=intervals[0].term,
        unit=intervals[0].unit,
        restated=restated,
        grades=frozenset(
            {0, *(interval.grade for interval in intervals if interval.grade is not None)}
        ),
        reads_baseline_as_normal=not own
        and any(interval.branch in _NORMAL_WITHOUT_BASELINE for interval in intervals),
        looks_at_baseline=not own and any(_looks_at_baseline(interval) for interval in intervals),
        two_scales=has_two_scales(analyte),
        fact=next(iter(facts), None),
        readings=((not_high[0], not_high[1]), (high[0], high[1])),
    )


def _reading(
    intervals: Iterable[GradeInterval], *, without_branch: str, fact: bool, own: bool
) -> PossibleIntervals:
    chosen = [
        interval
        for interval in intervals
        if interval.branch != without_branch
        and (not interval.condition or CONDITIONS[interval.condition][1] is fact)
    ]
    return tuple(
        _interval(interval, own=own)
        for interval in sorted(chosen, key=lambda other: -(other.grade or 0))
    )


def _interval(interval: GradeInterval, *, own: bool) -> Interval:
    comparisons = [
        _comparison(cut, below=below)
        for cut, below in ((interval.lower, False), (interval.upper, True))
        if cut is not None
    ]
    if interval.direction is AbnormalityDirection.LOW:
        comparisons.reverse()
    branch = _BRANCHES.get(interval.branch)
    if branch is not None and not (own and branch.of is GradingReference.BASELINE):
        below = interval.branch == "value_below_lln"
        comparisons.append(_comparison(branch, below=below, assumed=not below))
    return Interval(
        grade=interval.grade or 0,
        comparisons=tuple(comparisons),
        baseline_read_as_normal=not own and interval.branch in _NORMAL_WITHOUT_BASELINE,
        rule=_in_words(interval),
    )


def _comparison(cut: CutPoint, *, below: bool, assumed: bool = False) -> SideOfCut:
    return SideOfCut(
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


def _cut_in_words(cut: CutPoint) -> str:
    if cut.of is None:
        return str(cut.number)
    if cut.added:
        return f"{_WORDS[cut.of]} + {cut.number}"
    return _WORDS[cut.of] if cut.number == 1 else f"{cut.number} x {_WORDS[cut.of]}"
