"""Grade one laboratory result by CTCAE 5.0, by the cuts printed for the unit it was reported in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final

from app.services.criteria.ctcae_labs.compared import Compared, ComparedSample, compared_by
from app.services.criteria.ctcae_labs.intervals import (
    Interval,
    PlaceOfValue,
    PossibleIntervals,
    References,
    RuleSet,
    find,
)
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.criteria.ctcae_labs.open_value import grade_of_all, values_meant
from app.services.criteria.ctcae_labs.restated_value import Side, find_on
from app.services.criteria.ctcae_labs.rules import rules_in_unit
from app.vocabularies.laboratory import Comparator
from app.vocabularies.laboratory_grading import (
    DecidingFact,
    GradeScale,
    GradingReference,
    UngradedReason,
)

NO_FACTS: Final[Mapping[DecidingFact, bool]] = MappingProxyType({})

_REASONS: Final = {
    GradingReference.LOWER_LIMIT: UngradedReason.LOWER_LIMIT_MISSING,
    GradingReference.UPPER_LIMIT: UngradedReason.UPPER_LIMIT_MISSING,
}


def grade_lab_result(
    *,
    analyte: str,
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator | None = None,
    lower_limit: Decimal | None = None,
    upper_limit: Decimal | None = None,
    baseline: Decimal | None = None,
    baseline_unit: str | None = None,
    baseline_comparator: Comparator | None = None,
    baseline_upper_limit: Decimal | None = None,
    facts: Mapping[DecidingFact, bool] = NO_FACTS,
    own: bool = False,
) -> tuple[LabGrade, ...]:
    """Grade a result in each direction that CTCAE 5.0 has a term for, LOW before HIGH.

    The cuts are those printed for the unit reported. What has no such form is restated: a baseline
    in another unit, and a result in a unit for which no cut is printed; within 0.5 % of a cut so
    restated both grades are open. Where the criterion has more than one scale (creatinine,
    fibrinogen) the higher grade is given. Where a clinical fact decides and ``facts`` do not say
    it, every grade that it leaves open is given.

    Args:
        analyte: our code (``find_analyte`` resolves a LOINC code).
        value: the number reported; None for a word, a titre, or what was not done.
        unit: UCUM unit of the value, as reported.
        comparator: what stands before the value, as in "<5"; every value it allows is graded.
        lower_limit: the laboratory's lower limit of normal, in ``unit``; None when not sent.
        upper_limit: its upper limit of normal; None when not sent.
        baseline: the subject's baseline; None without one.
        baseline_unit: of the baseline and its limit; None: ``unit``.
        baseline_comparator: what stands before the baseline, which is then no number to compare
            with.
        baseline_upper_limit: upper limit of normal of the baseline; None: ``upper_limit``.
        facts: what is known beside the number, such as symptoms.
        own: by the cuts that do not refer to a baseline: the own grade of a result.

    Returns:
        One answer per direction; one without a direction for an analyte that CTCAE has no
        laboratory term for.

    Raises:
        ValueError: the value is negative and its analyte is graded.

    Source: NCI, CTCAE version 5.0, 27 November 2017; intervals in
    ``app.vocabularies.ctcae_laboratory``. The trial's protocol, laboratory outliers: another unit,
    a missing limit, a baseline that cannot be compared.
    Decision: a baseline is abnormal when above its own upper limit, and a missing one is normal,
    which the answer says in ``without``. One that cannot be compared is missing; where the
    criterion asks whether it was abnormal and it was, or by its comparator may have been, there is
    no grade. A scale whose baseline or limit is missing is left out, also said, where another scale
    grades the result; where none does, a missing limit leaves the grades open that need it, and the
    result ungraded where these are all of the term. An upper limit or a baseline of 0 or less
    counts as not sent: multiples of it would grade every value 4.
    """
    if value is None:
        return tuple(
            graded for graded in rules_in_unit(analyte, None) if isinstance(graded, LabGrade)
        )
    in_unit = rules_in_unit(analyte, unit or "", own=own)
    if value < 0 and any(isinstance(rules, RuleSet) for rules in in_unit):
        raise ValueError("a graded result is not negative")
    if upper_limit is not None and upper_limit <= 0:
        upper_limit = None
    sample = ComparedSample(
        analyte,
        value,
        unit or "",
        comparator,
        (lower_limit, upper_limit, None),
        baseline if baseline is None or baseline > 0 else None,
        baseline_unit or unit or "",
        baseline_comparator,
        baseline_upper_limit,
    )
    return tuple(
        [
            rules if isinstance(rules, LabGrade) else _grade_by(rules, sample, facts)
            for rules in in_unit
        ]
    )


def _grade_by(
    rules: RuleSet, sample: ComparedSample, facts: Mapping[DecidingFact, bool]
) -> LabGrade:
    compared = compared_by(rules, sample)
    if compared is None:
        return _ungraded(rules, UngradedReason.BASELINE_NOT_COMPARABLE)
    if sample.comparator is None:
        graded = _grade_beside(rules, compared.value, compared, facts)
    else:
        values = values_meant(sample.comparator, compared.value, rules.cuts(compared.references))
        if not values:
            return _ungraded(rules, UngradedReason.NO_NUMBER)
        graded = _bounded(
            rules,
            grade_of_all(
                [_grade_beside(rules, value, compared, facts) for value in values],
                DecidingFact.EXACT_VALUE,
            ),
        )
    return graded if compared.restated is None else replace(graded, restated=compared.restated)


def _grade_beside(
    rules: RuleSet, value: Decimal, compared: Compared, facts: Mapping[DecidingFact, bool]
) -> LabGrade:
    """Grade a value; of one that was restated, on both sides of the cuts that it lies beside."""
    plain = _grade(rules, value, compared, facts, find)
    if compared.restated is None:
        return plain
    sides = [
        Side(above, compared.value_restated, compared.baseline_restated) for above in (False, True)
    ]
    both = [_grade(rules, value, compared, facts, partial(find_on, side)) for side in sides]
    if all(graded.grades == plain.grades for graded in both):
        return plain
    return _bounded(rules, grade_of_all([plain, *both], DecidingFact.RESTATED_VALUE))


def _grade(
    rules: RuleSet,
    value: Decimal,
    compared: Compared,
    facts: Mapping[DecidingFact, bool],
    look_up: Callable[[PossibleIntervals, Decimal, References], PlaceOfValue],
) -> LabGrade:
    if_not, if_so = rules.readings[compared.baseline_high]
    references, fact = compared.references, rules.fact
    if fact is None:
        places: tuple[PlaceOfValue, ...] = (look_up(if_not, value, references),)
    elif facts and fact in facts:
        places = (look_up(if_so if facts[fact] else if_not, value, references),)
    else:
        places = (look_up(if_not, value, references), look_up(if_so, value, references))
    return _settled(rules, places, compared)


def _settled(rules: RuleSet, places: tuple[PlaceOfValue, ...], compared: Compared) -> LabGrade:
    """Bring the readings together: one where the fact is known or none is needed, else both."""
    references, scale = compared.references, None
    if rules.two_scales:
        scale = GradeScale.BASELINE if compared.baseline_high else GradeScale.LIMITS
    left = tuple([holding for holding, _ in places])
    undecided = tuple([interval for _, higher in places for interval in higher])
    if not undecided and (references[-1] is not None or not rules.reads_baseline_as_normal):
        return _graded(rules, left, (), scale)
    missing: set[GradingReference] = set()
    if undecided:
        missing.update(*(interval.missing(references) for interval in undecided))
        bounded = [
            interval
            for holding, higher in places
            if holding is None and _limit_missing(higher, references)
            for interval in higher
        ]
        if bounded:
            left += tuple(bounded)
            if {0, *(interval.grade for interval in left if interval)} >= rules.grades:
                return _ungraded(rules, _limit_missing(bounded, references))
        if len(places) > 1:
            left += undecided
    if references[-1] is None and any(
        interval and interval.baseline_read_as_normal for interval in left
    ):
        missing.add(GradingReference.BASELINE)
    return _graded(
        rules,
        left,
        tuple(reference for reference in GradingReference if reference in missing),
        scale,
    )


def _bounded(rules: RuleSet, graded: LabGrade) -> LabGrade:
    """Give no grade where every grade of the term is open."""
    if frozenset(graded.grades) < rules.grades or not graded.grades:
        return graded
    for reference, reason in _REASONS.items():
        if reference in graded.without:
            return _ungraded(rules, reason)
    return _ungraded(rules, UngradedReason.ANY_GRADE)


def _limit_missing(undecided: Iterable[Interval], references: References) -> UngradedReason | None:
    missing = {reference for interval in undecided for reference in interval.missing(references)}
    return next((reason for reference, reason in _REASONS.items() if reference in missing), None)


@lru_cache(maxsize=4096)
def _graded(
    rules: RuleSet,
    intervals: tuple[Interval | None, ...],
    without: tuple[GradingReference, ...],
    scale: GradeScale | None,
) -> LabGrade:
    """Build each answer once: results by the million share a few hundred."""
    grades = tuple(sorted({interval.grade if interval else 0 for interval in intervals}))
    several = len(grades) > 1
    words = dict.fromkeys(interval.rule for interval in intervals if interval)
    return LabGrade(
        analyte=rules.analyte,
        direction=rules.direction,
        term=rules.term,
        grades=grades,
        needs=(rules.fact,) if several and rules.fact else (),
        without=without,
        rule="; ".join(words) or None,
        scale=scale,
    )


@lru_cache(maxsize=4096)
def _ungraded(rules: RuleSet, reason: UngradedReason) -> LabGrade:
    return LabGrade(
        analyte=rules.analyte,
        direction=rules.direction,
        term=rules.term,
        ungraded_reason=reason,
    )
