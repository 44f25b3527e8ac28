"""Laboratory abnormalities of many subjects: worst grade, shift, outliers by flag and by rule.

Source: the trial's protocol, laboratory outliers; the unit of counting is the subject.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from app.services.derivations.lab_summary import LabSummary
from app.services.statistics.proportions import Proportion, proportion
from app.vocabularies.laboratory_grading import AbnormalityDirection, UngradedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LabShift:
    """Subjects who went from one grade to a worst one; None: no baseline, or none graded."""

    baseline_grade: int | None
    worst_grade: int | None
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOutliers:
    """Subjects with an outlier by one of the two, of all treated.

    Attributes:
        first_day: earliest day of any subject's first, counted from its infusion, day 0.
        median_first_day: of those subjects; None: there is none.
    """

    subjects: Proportion
    first_day: int | None
    median_first_day: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTable:
    """One analyte in one direction.

    Attributes:
        n: the denominator, every subject given.
        n_with_results: subjects with a result after the infusion.
        n_without_baseline: of these, without a baseline, which then counts as grade 0.
        worst: subjects by worst grade after the infusion, 0 to 4.
        n_range: of these, whose worst result leaves a higher grade open.
        n_ungraded: subjects with results of which none has a grade.
        grade_3_or_more: with exact limits.
        worst_in_lymphodepletion: subjects by worst grade between lymphodepletion and infusion.
        clinically_significant: by the investigator's flag: the registered outcome.
        outlier: by the trial's rule, beside the flag and never merged with it.
        n_flag_and_rule: subjects with both; ``n_flag_only`` and ``n_rule_only`` with one.
        results_both: results that both call an outlier; the other three counts likewise.
        n_resolved: subjects whose worst grade came down to resolved; ``n_unresolved`` had not.
        ungraded: results per reason that they have no grade for.
    """

    analyte: str
    direction: AbnormalityDirection | None
    term: str | None
    n: int
    n_with_results: int
    n_without_baseline: int
    worst: dict[str, int]
    n_range: int
    n_ungraded: int
    grade_3_or_more: Proportion
    worst_in_lymphodepletion: dict[str, int]
    shift: tuple[LabShift, ...]
    clinically_significant: LabOutliers
    outlier: LabOutliers
    n_flag_and_rule: int
    n_flag_only: int
    n_rule_only: int
    results_both: int
    results_rule_only: int
    results_rule_not_judged: int
    results_flag_only: int
    n_resolved: int
    n_unresolved: int
    ungraded: dict[UngradedReason, int]


Subject = tuple[date, tuple[LabSummary, ...]]
"""The infusion day of one subject, and its abnormalities."""


def lab_tables(
    subjects: Sequence[Subject], *, n: int | None = None, conf_level: float = 0.95
) -> tuple[LabTable, ...]:
    """Count the subjects with each abnormality, by analyte, LOW before HIGH.

    Args:
        subjects: the infused ones.
        n: the denominator; None: as many as there are subjects.
        conf_level: two-sided.
    """
    of_each: dict[tuple[str, AbnormalityDirection | None], list[tuple[date, LabSummary]]] = {}
    for infused_on, summaries in subjects:
        for one in summaries:
            of_each.setdefault((one.analyte, one.direction), []).append((infused_on, one))
    total = len(subjects) if n is None else n
    order = [None, *AbnormalityDirection]
    keys = sorted(of_each, key=lambda key: (key[0], order.index(key[1])))
    return tuple(_table(of_each[key], total, conf_level) for key in keys)


def _table(found: Sequence[tuple[date, LabSummary]], n: int, conf_level: float) -> LabTable:
    first = found[0][1]
    after = [one for _, one in found if one.n_results]
    flagged = {place for place, (_, one) in enumerate(found) if one.significant_on}
    ruled = {place for place, (_, one) in enumerate(found) if one.outlier_on}
    shifts = Counter((one.baseline_grade, one.worst_grade) for one in after)
    ungraded: Counter[UngradedReason] = Counter()
    for _, one in found:
        for reason, results in one.ungraded:
            ungraded[reason] += results
    severe = sum(one.worst_grade is not None and one.worst_grade >= 3 for one in after)
    return LabTable(
        analyte=first.analyte,
        direction=first.direction,
        term=next((one.term for _, one in found if one.term), None),
        n=n,
        n_with_results=len(after),
        n_without_baseline=sum(not one.has_baseline for one in after),
        worst=_by_grade(one.worst_grade for one in after),
        n_range=sum(bool(one.worst_range) for one in after),
        n_ungraded=sum(one.worst_grade is None for one in after),
        grade_3_or_more=proportion(severe, n, conf_level=conf_level),
        worst_in_lymphodepletion=_by_grade(one.worst_in_lymphodepletion for _, one in found),
        shift=tuple(
            LabShift(baseline_grade=before, worst_grade=worst, subjects=count)
            for (before, worst), count in sorted(shifts.items(), key=_none_first)
        ),
        clinically_significant=_outliers(
            [(day, one.significant_on) for day, one in found], n, conf_level
        ),
        outlier=_outliers([(day, one.outlier_on) for day, one in found], n, conf_level),
        n_flag_and_rule=len(flagged & ruled),
        n_flag_only=len(flagged - ruled),
        n_rule_only=len(ruled - flagged),
        results_both=sum(one.both for one in after),
        results_rule_only=sum(one.rule_only for one in after),
        results_rule_not_judged=sum(one.rule_not_judged for one in after),
        results_flag_only=sum(one.flag_only for one in after),
        n_resolved=sum(one.resolved is True for one in after),
        n_unresolved=sum(one.resolved is False for one in after),
        ungraded=dict(sorted(ungraded.items())),
    )


def _by_grade(grades: Iterable[int | None]) -> dict[str, int]:
    counts = Counter(grade for grade in grades if grade is not None)
    return {str(grade): counts[grade] for grade in range(5)}


def _none_first(
    item: tuple[tuple[int | None, int | None], int],
) -> tuple[int, int]:
    before, worst = item[0]
    return (-1 if before is None else before, -1 if worst is None else worst)


def _outliers(days: Sequence[tuple[date, date | None]], n: int, conf_level: float) -> LabOutliers:
    first = sorted((on - infused_on).days for infused_on, on in days if on is not None)
    return LabOutliers(
        subjects=proportion(len(first), n, conf_level=conf_level),
        first_day=first[0] if first else None,
        median_first_day=float(median(first)) if first else None,
    )
