"""Grade one laboratory result by CTCAE 5.0, in the unit it was reported in."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from app.services.criteria.ctcae_labs.intervals import (
    Found,
    Interval,
    References,
    RuleSet,
    find,
)
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.criteria.ctcae_labs.open_value import grade_of_all, values_meant
from app.services.criteria.ctcae_labs.rules import rules_in_unit
from app.vocabularies.laboratory import Comparator
from app.vocabularies.laboratory_grading import (
    DecidingFact,
    GradingReference,
    UngradedReason,
)

NO_FACTS: Final[Mapping[DecidingFact, bool]] = MappingProxyType({})


def grade_lab_result(
    *,
    analyte: str,
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator | None = None,
    lower_limit: Decimal | None = None,
    upper_limit: Decimal | None = None,
    baseline: Decimal | None = None,
    baseline_upper_limit: Decimal | None = None,
    facts: Mapping[DecidingFact, bool] = NO_FACTS,
) -> tuple[LabGrade, ...]:
    """Grade a result in each direction that CTCAE 5.0 has a term for, LOW before HIGH.

    Nothing is converted: the cuts are those of the unit reported. Where the criterion has more
    than one scale (creatinine, fibrinogen) the higher grade is given. Where a clinical fact
    decides and ``facts`` do not say it, every grade that it leaves open is given.

    Args:
        analyte: our code (``find_analyte`` resolves a LOINC code).
        value: the number reported; None for a word, a titre, or what was not done.
        unit: UCUM unit of the value, as reported.
        comparator: what stands before the value, as in "<5"; every value it allows is graded.
        lower_limit: the laboratory's lower limit of normal, in ``unit``; None when not sent.
        upper_limit: its upper limit of normal; None when not sent.
        baseline: the subject's baseline in ``unit``; None without one in that unit.
        baseline_upper_limit: upper limit of normal of the baseline; None: ``upper_limit``.
        facts: what is known beside the number, such as symptoms.

    Returns:
        One answer per direction; one without a direction for an analyte that CTCAE has no
        laboratory term for.

    Raises:
        ValueError: the value is negative and its analyte is graded.

    Source: NCI, CTCAE version 5.0, 27 November 2017; intervals in
    ``app.vocabularies.ctcae_laboratory``.
    Decision: a baseline is abnormal when above its upper limit, and a missing one is normal, which
    the answer says in ``without``. A scale whose baseline or limit is missing is left out, also
    said, unless no other scale grades the result: then a missing limit leaves it ungraded. An
    upper limit or a baseline of 0 or less counts as not sent: multiples of it would grade every
    value 4.
    """
    if value is None:
        return tuple(one for one in rules_in_unit(analyte, None) if isinstance(one, LabGrade))
    in_unit = rules_in_unit(analyte, unit or "")
    if value < 0 and any(isinstance(rules, RuleSet) for rules in in_unit):
        raise ValueError("a graded result is not negative")
    if upper_limit is not None and upper_limit <= 0:
        upper_limit = None
    if baseline is not None and baseline <= 0:
        baseline = None
    normal_until = upper_limit if baseline_upper_limit is None else baseline_upper_limit
    high = baseline is not None and normal_until is not None and baseline > normal_until
    references = (lower_limit, upper_limit, baseline)
    return tuple(
        [
            rules
            if isinstance(rules, LabGrade)
            else _grade(rules, value, references, high=high, facts=facts)
            if comparator is None
            else _grade_open(rules, value, comparator, references, high=high, facts=facts)
            for rules in in_unit
        ]
    )


def _grade_open(
    rules: RuleSet,
    bound: Decimal,
    comparator: Comparator,
    references: References,
    *,
    high: bool,
    facts: Mapping[DecidingFact, bool],
) -> LabGrade:
    values = values_meant(comparator, bound, rules.cuts(references))
    if not values:
        return _ungraded(rules, UngradedReason.NO_NUMBER)
    return grade_of_all(
        [_grade(rules, value, references, high=high, facts=facts) for value in values]
    )


def _grade(
    rules: RuleSet,
    value: Decimal,
    references: References,
    *,
    high: bool,
    facts: Mapping[DecidingFact, bool],
) -> LabGrade:
    if_not, if_so = rules.readings[high]
    fact = rules.fact
    if fact is None:
        found: tuple[Found, ...] = (find(if_not, value, references),)
    elif facts and fact in facts:
        found = (find(if_so if facts[fact] else if_not, value, references),)
    else:
        found = (find(if_not, value, references), find(if_so, value, references))
    return _settled(rules, found, references)


def _settled(rules: RuleSet, found: tuple[Found, ...], references: References) -> LabGrade:
    """Bring the readings together: one where the fact is known or none is needed, else both."""
    left = tuple([holding for holding, _ in found])
    undecided = tuple([interval for _, higher in found for interval in higher])
    if not undecided and (references[-1] is not None or not rules.reads_baseline_as_normal):
        return _graded(rules, left, ())
    missing: set[GradingReference] = set()
    if undecided:
        for holding, higher in found:
            reason = None if holding else _limit_missing(higher, references)
            if reason is not None:
                return _ungraded(rules, reason)
        missing.update(*(interval.missing(references) for interval in undecided))
        if len(found) > 1:
            left += undecided
    if references[-1] is None and any(one and one.baseline_read_as_normal for one in left):
        missing.add(GradingReference.BASELINE)
    return _graded(rules, left, tuple(one for one in GradingReference if one in missing))


def _limit_missing(undecided: Iterable[Interval], references: References) -> UngradedReason | None:
    missing = {reference for one in undecided for reference in one.missing(references)}
    if GradingReference.LOWER_LIMIT in missing:
        return UngradedReason.LOWER_LIMIT_MISSING
    if GradingReference.UPPER_LIMIT in missing:
        return UngradedReason.UPPER_LIMIT_MISSING
    return None


@lru_cache(maxsize=4096)
def _graded(
    rules: RuleSet,
    intervals: tuple[Interval | None, ...],
    without: tuple[GradingReference, ...],
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
    )


@lru_cache(maxsize=4096)
def _ungraded(rules: RuleSet, reason: UngradedReason) -> LabGrade:
    return LabGrade(
        analyte=rules.analyte,
        direction=rules.direction,
        term=rules.term,
        ungraded_reason=reason,
    )
