"""Laboratory abnormalities of many subjects: worst grade, shift, outliers by flag and by rule.

Source: the trial's protocol, laboratory outliers; the unit of counting is the subject.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from app.services.derivations.laboratory.lab_abnormalities import ShiftScale
from app.services.derivations.laboratory.lab_baseline import BaselineFlag
from app.services.derivations.laboratory.lab_summary import LabSummary
from app.services.statistics.proportions import Proportion, proportion
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradeScale, UngradedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LabShift:
    """Subjects who went from one grade to a worst one; None: no baseline, or none graded.

    Both are of the table's ``shift_scale``.
    """

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
        n_without_baseline: of these, without a baseline that a result was compared with, which
            then counts as grade 0.
        n_baseline_not_comparable: of these, with results that the baseline cannot be compared with.
        baseline_flags: of these, by what is unusual about the baseline.
        worst: subjects by worst grade after the infusion, 0 to 4.
        n_range: of these, whose worst result leaves a higher grade open.
        n_ungraded: subjects with results of which none has a grade.
        grade_3_or_more: with exact limits.
        n_by_baseline: subjects whose worst grade is in multiples of their abnormal baseline.
        worst_in_lymphodepletion: subjects by worst grade between lymphodepletion and infusion.
        shift_scale: ``limits``: both grades of the shift are by the laboratory's limits, and
            ``worst`` has the CTCAE 5.0 grades beside it; ``ctcae``: from the own grade of the
            baseline to the CTCAE 5.0 grade.
        factors: by which values or limits in another unit were restated.
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
    n_baseline_not_comparable: int
    baseline_flags: dict[BaselineFlag, int]
    worst: dict[str, int]
    n_range: int
    n_ungraded: int
    n_by_baseline: int
    grade_3_or_more: Proportion
    worst_in_lymphodepletion: dict[str, int]
    shift_scale: ShiftScale
    factors: tuple[str, ...]
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
        for summary in summaries:
            of_each.setdefault((summary.analyte, summary.direction), []).append(
                (infused_on, summary)
            )
    total = len(subjects) if n is None else n
    order = [None, *AbnormalityDirection]
    keys = sorted(of_each, key=lambda key: (key[0], order.index(key[1])))
    return tuple(_table(*key, of_each[key], total, conf_level) for key in keys)


@dataclass(slots=True)
class _Counts:
    """What one reading of the subjects' summaries comes to.

    A summary of each of thousands of subjects is far from the next one in memory: each is looked at
    once, and what is counted of it stands together.
    """

    term: str | None = None
    n_with_results: int = 0
    n_without_baseline: int = 0
    n_baseline_not_comparable: int = 0
    baseline_flags: Counter[BaselineFlag] = field(default_factory=Counter)
    n_range: int = 0
    n_by_baseline: int = 0
    worst: Counter[int | None] = field(default_factory=Counter)
    shift_scale: ShiftScale = ShiftScale.CTCAE
    factors: set[str] = field(default_factory=set)
    shifts: Counter[tuple[int | None, int | None]] = field(default_factory=Counter)
    in_lymphodepletion: Counter[int | None] = field(default_factory=Counter)
    significant: list[int] = field(default_factory=list)
    """Day of each subject's first, counted from its infusion."""
    outlier: list[int] = field(default_factory=list)
    n_flag_and_rule: int = 0
    both: int = 0
    rule_only: int = 0
    rule_not_judged: int = 0
    flag_only: int = 0
    resolved: Counter[bool | None] = field(default_factory=Counter)
    ungraded: Counter[UngradedReason] = field(default_factory=Counter)

    def add(self, infused_on: date, summary: LabSummary) -> None:
        """Count one subject."""
        self.term = self.term or summary.term
        self.in_lymphodepletion[summary.worst_in_lymphodepletion] += 1
        for reason, results in summary.ungraded:
            self.ungraded[reason] += results
        if summary.significant_on:
            self.significant.append((summary.significant_on - infused_on).days)
        if summary.outlier_on:
            self.outlier.append((summary.outlier_on - infused_on).days)
        self.n_flag_and_rule += bool(summary.significant_on and summary.outlier_on)
        if not summary.n_results:
            return
        self.n_with_results += 1
        self.n_without_baseline += not summary.has_baseline
        self.n_baseline_not_comparable += bool(summary.n_baseline_not_comparable)
        self.baseline_flags.update(summary.baseline_flags)
        self.n_range += bool(summary.worst_range)
        self.n_by_baseline += summary.worst_scale is GradeScale.BASELINE
        self.worst[summary.worst_grade] += 1
        self.shift_scale = summary.shift_scale
        self.factors.update(summary.factors)
        self.shifts[summary.baseline_grade, summary.shift_worst_grade] += 1
        self.both += summary.both
        self.rule_only += summary.rule_only
        self.rule_not_judged += summary.rule_not_judged
        self.flag_only += summary.flag_only
        self.resolved[summary.resolved] += 1


def _table(
    analyte: str,
    direction: AbnormalityDirection | None,
    summaries: Iterable[tuple[date, LabSummary]],
    n: int,
    conf_level: float,
) -> LabTable:
    counts = _Counts()
    for infused_on, summary in summaries:
        counts.add(infused_on, summary)
    worst = counts.worst
    severe = sum(subjects for grade, subjects in worst.items() if grade is not None and grade >= 3)
    return LabTable(
        analyte=analyte,
        direction=direction,
        term=counts.term,
        n=n,
        n_with_results=counts.n_with_results,
        n_without_baseline=counts.n_without_baseline,
        n_baseline_not_comparable=counts.n_baseline_not_comparable,
        baseline_flags=dict(sorted(counts.baseline_flags.items())),
        worst=_by_grade(worst),
        n_range=counts.n_range,
        n_ungraded=worst[None],
        n_by_baseline=counts.n_by_baseline,
        grade_3_or_more=proportion(severe, n, conf_level=conf_level),
        worst_in_lymphodepletion=_by_grade(counts.in_lymphodepletion),
        shift_scale=counts.shift_scale,
        factors=tuple(sorted(counts.factors)),
        shift=tuple(
            LabShift(baseline_grade=before, worst_grade=worst, subjects=subjects)
            for (before, worst), subjects in sorted(counts.shifts.items(), key=_none_first)
        ),
        clinically_significant=_outliers(counts.significant, n, conf_level),
        outlier=_outliers(counts.outlier, n, conf_level),
        n_flag_and_rule=counts.n_flag_and_rule,
        n_flag_only=len(counts.significant) - counts.n_flag_and_rule,
        n_rule_only=len(counts.outlier) - counts.n_flag_and_rule,
        results_both=counts.both,
        results_rule_only=counts.rule_only,
        results_rule_not_judged=counts.rule_not_judged,
        results_flag_only=counts.flag_only,
        n_resolved=counts.resolved[True],
        n_unresolved=counts.resolved[False],
        ungraded=dict(sorted(counts.ungraded.items())),
    )


def _by_grade(counts: Counter[int | None]) -> dict[str, int]:
    return {str(grade): counts[grade] for grade in range(5)}


def _none_first(
    item: tuple[tuple[int | None, int | None], int],
) -> tuple[int, int]:
    before, worst = item[0]
    return (-1 if before is None else before, -1 if worst is None else worst)


def _outliers(days: Sequence[int], n: int, conf_level: float) -> LabOutliers:
    return LabOutliers(
        subjects=proportion(len(days), n, conf_level=conf_level),
        first_day=min(days, default=None),
        median_first_day=float(median(days)) if days else None,
    )
