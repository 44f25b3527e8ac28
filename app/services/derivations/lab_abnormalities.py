"""The laboratory abnormalities of one subject: worst grade, shift, resolution, outliers.

Source: the trial's protocol, laboratory outliers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.derivations.graded_labs import AnalyteLabs, GradedLab, graded_labs
from app.services.derivations.lab_baseline import LabBaseline, LabPeriod, lab_follow_up
from app.services.derivations.lab_course import (
    FlagAndRule,
    LabEpisode,
    LabInDirection,
    flag_and_rule,
    outlier_episodes,
    resolved_on,
    worst_result,
)
from app.services.derivations.lab_outliers import (
    beyond_limits,
    grade_is_outlier,
    limit_directions,
    side_of,
)
from app.services.derivations.subject_history import SubjectHistory
from app.trial.laboratory import LaboratoryRules, OutlierLimit
from app.trial.trial import Trial
from app.vocabularies.laboratory_grading import AbnormalityDirection, UngradedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LabAbnormality:
    """One subject's results of one analyte in one direction.

    Attributes:
        direction: None for what the investigator flagged and nothing places on a side.
        term: CTCAE term; None: there is none.
        baseline: None: there is none; then it counts as grade 0.
        baseline_grade: None without a baseline, or of one that is ungraded.
        results: after the infusion and up to the end of follow-up, in their order.
        worst: the first result of the highest grade; None: none is graded.
        worst_in_lymphodepletion: the same between lymphodepletion and infusion.
        resolved_on: first day after the worst with a resolved grade, or no more than baseline's.
        resolved: None: the worst grade was never above that; or there is no grade.
        episodes: of outliers by the rule.
        agreement: of flag and rule.
        ungraded: results per reason that they have no grade for.
        baseline_in_other_unit: results that the baseline could not be compared with.
    """

    analyte: str
    direction: AbnormalityDirection | None
    term: str | None
    baseline: LabBaseline | None
    baseline_grade: LabGrade | None
    results: tuple[LabInDirection, ...]
    worst: LabInDirection | None
    worst_in_lymphodepletion: LabInDirection | None
    resolved_on: date | None
    resolved: bool | None
    episodes: tuple[LabEpisode, ...]
    agreement: FlagAndRule
    ungraded: Mapping[UngradedReason, int]
    baseline_in_other_unit: int

    @property
    def shift(self) -> tuple[int | None, int | None]:
        """Grade at baseline and worst grade after infusion, each None where there is none."""
        before = self.baseline_grade.lowest if self.baseline_grade else None
        return before, self.worst.lowest if self.worst else None

    @property
    def outlier(self) -> bool:
        """Whether the subject has an outlier by the rule."""
        return any(one.outlier for one in self.results)

    @property
    def clinically_significant(self) -> bool:
        """Whether the subject has a result that the investigator flagged."""
        return any(one.clinically_significant for one in self.results)


def lab_abnormalities(
    history: SubjectHistory,
    trial: Trial,
    *,
    new_therapy: date | None,
    graded: tuple[AnalyteLabs, ...] | None = None,
) -> tuple[LabAbnormality, ...]:
    """Give a subject's laboratory abnormalities, by analyte, LOW before HIGH; empty: not infused.

    There is one for each analyte and direction that has a result after lymphodepletion began and
    that CTCAE has a term for, the trial a limit, or the investigator flagged.

    Args:
        history: the subject's records.
        trial: baseline, outlier rule and limits.
        new_therapy: start of the first new anti-myeloma therapy after infusion (N), which ends
            the follow-up; None: none.
        graded: the subject's results, where they have been graded already.

    Decision: a flag belongs to the side of normal that its result lies on.
    """
    follow_up = lab_follow_up(history, new_therapy=new_therapy)
    if follow_up is None:
        return ()
    rules = trial.laboratory
    found: list[LabAbnormality] = []
    for labs in graded_labs(history, trial, follow_up) if graded is None else graded:
        limits = tuple(limit for limit in rules.limits if limit.analyte == labs.analyte)
        sides = {one: side_of(one, limits) for one in labs.results if _is_flagged(one)}
        found.extend(
            _abnormality(labs, direction, rules, limits, sides)
            for direction in _directions(labs, limits, sides)
        )
    return tuple(one for one in found if one.results or one.worst_in_lymphodepletion)


def _directions(
    labs: AnalyteLabs,
    limits: Iterable[OutlierLimit],
    sides: Mapping[GradedLab, AbnormalityDirection | None],
) -> list[AbnormalityDirection | None]:
    graded = {grade.direction for one in labs.results for grade in one.grades if grade.direction}
    known = graded | limit_directions(limits)
    flagged = {side for one, side in sides.items() if one.period is LabPeriod.POST_INFUSION} - known
    ordered: list[AbnormalityDirection | None] = [*AbnormalityDirection, None]
    return [direction for direction in ordered if direction in known | flagged]


def _abnormality(
    labs: AnalyteLabs,
    direction: AbnormalityDirection | None,
    rules: LaboratoryRules,
    limits: Sequence[OutlierLimit],
    sides: Mapping[GradedLab, AbnormalityDirection | None],
) -> LabAbnormality:
    baseline_grade = _in_direction(labs.baseline_grades, direction)
    baseline = labs.baseline.result.value if labs.baseline else None

    def seen(result: GradedLab) -> LabInDirection:
        grade = _in_direction(result.grades, direction)
        beyond = None
        if limits and direction is not None:
            beyond = beyond_limits(result.value, direction, limits, baseline=baseline)
        flag = result.value.clinically_significant
        return LabInDirection(
            result=result,
            grade=grade,
            beyond_limit=beyond,
            outlier=bool(beyond) or grade_is_outlier(grade, baseline_grade, rules),
            clinically_significant=(sides[result] is direction) if flag else flag,
        )

    results = [seen(one) for one in labs.in_period(LabPeriod.POST_INFUSION)]
    before = [seen(one) for one in labs.in_period(LabPeriod.LYMPHODEPLETION)]
    settled = max(rules.resolved_grade, (baseline_grade and baseline_grade.lowest) or 0)
    worst = worst_result(results)
    resolved = resolved_on(results, worst, settled)
    return LabAbnormality(
        analyte=labs.analyte,
        direction=direction,
        term=next((one.grade.term for one in [*results, *before] if one.grade), None),
        baseline=labs.baseline,
        baseline_grade=baseline_grade,
        results=tuple(results),
        worst=worst,
        worst_in_lymphodepletion=worst_result(before),
        resolved_on=resolved,
        resolved=_resolved(worst, resolved, settled),
        episodes=outlier_episodes(results, settled),
        agreement=flag_and_rule(results),
        ungraded=Counter(
            one.grade.ungraded_reason
            for one in results
            if one.grade is not None and one.grade.ungraded_reason is not None
        ),
        baseline_in_other_unit=labs.baseline_in_other_unit,
    )


def _resolved(worst: LabInDirection | None, on: date | None, settled_grade: int) -> bool | None:
    if worst is None or worst.lowest is None or worst.lowest <= settled_grade:
        return None
    return on is not None


def _in_direction(
    grades: Iterable[LabGrade], direction: AbnormalityDirection | None
) -> LabGrade | None:
    if direction is not None:
        for grade in grades:
            if grade.direction is direction:
                return grade
    return None


def _is_flagged(result: GradedLab) -> bool:
    return result.value.clinically_significant is True
