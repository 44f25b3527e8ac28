"""The laboratory abnormalities of one subject: worst grade, shift, resolution, outliers.

Source: the trial's protocol, laboratory outliers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.criteria.ctcae_labs.rules import has_two_scales
from app.services.derivations.laboratory.graded_labs import AnalyteLabs, GradedLab, graded_labs
from app.services.derivations.laboratory.lab_baseline import (
    BaselineFlag,
    LabBaseline,
    LabPeriod,
    lab_follow_up,
)
from app.services.derivations.laboratory.lab_course import (
    FlagAndRule,
    LabEpisode,
    LabInDirection,
    flag_and_rule,
    needs_resolution,
    outlier_episodes,
    resolved_on,
    worst_result,
)
from app.services.derivations.laboratory.lab_outliers import (
    at_baseline,
    beyond_limits,
    grade_is_outlier,
    limit_directions,
    limit_factors,
    side_of,
)
from app.services.derivations.subject_history import SubjectHistory
from app.trial.laboratory import LaboratoryRules, OutlierLimit
from app.trial.trial import Trial
from app.vocabularies.laboratory_grading import AbnormalityDirection, UngradedReason


class ShiftScale(StrEnum):
    """What the grades of a shift are of."""

    CTCAE = "ctcae"
    """From the own grade of the baseline to the CTCAE 5.0 grade."""
    LIMITS = "limits"
    """Both by multiples of the laboratory's limits: CTCAE 5.0 grades later values in multiples of
    an abnormal baseline, which is never set against the own grade of the baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabAbnormality:
    """One subject's results of one analyte in one direction.

    Attributes:
        direction: None for what the investigator flagged and nothing places on a side.
        term: CTCAE term; None: there is none.
        baseline: None: there is none, or it can be compared with no result; then it counts as
            grade 0.
        baseline_flags: what is unusual about it, also of one that cannot be compared.
        baseline_grade: its own grade; None without a baseline, or of one that is ungraded.
        results: after the infusion and up to the end of follow-up, in their order.
        worst: the first result of the highest grade; None: none is graded.
        worst_in_lymphodepletion: the same between lymphodepletion and infusion.
        resolved_on: first day after the worst with a resolved grade, or back at the baseline value.
        resolved: None: the worst was never beyond that; or there is no grade.
        episodes: of outliers by the rule.
        agreement: of flag and rule.
        ungraded: results per reason that they have no grade for.
        baseline_not_comparable: results that the baseline cannot be compared with.
        shift_scale: what both grades of the shift are of.
        factors: the rounded factors by which values or limits were restated, in words.
    """

    analyte: str
    direction: AbnormalityDirection | None
    term: str | None
    baseline: LabBaseline | None
    baseline_flags: tuple[BaselineFlag, ...]
    baseline_grade: LabGrade | None
    results: tuple[LabInDirection, ...]
    worst: LabInDirection | None
    worst_in_lymphodepletion: LabInDirection | None
    resolved_on: date | None
    resolved: bool | None
    episodes: tuple[LabEpisode, ...]
    agreement: FlagAndRule
    ungraded: Mapping[UngradedReason, int]
    baseline_not_comparable: int
    shift_scale: ShiftScale
    factors: tuple[str, ...]

    @property
    def shift(self) -> tuple[int | None, int | None]:
        """Grade at baseline and worst grade after infusion, each None where there is none.

        Both are of one scale: where a term has two, both are by the limits, and the CTCAE 5.0
        grade of ``worst`` stands beside.
        """
        before = self.baseline_grade.lowest if self.baseline_grade else None
        if self.shift_scale is ShiftScale.CTCAE:
            return before, self.worst.lowest if self.worst else None
        lowest = [
            result.own_grade.lowest for result in self.results if result.own_grade is not None
        ]
        return before, max((grade for grade in lowest if grade is not None), default=None)

    @property
    def outlier(self) -> bool:
        """Whether the subject has an outlier by the rule."""
        return any(result.outlier for result in self.results)

    @property
    def clinically_significant(self) -> bool:
        """Whether the subject has a result that the investigator flagged."""
        return any(result.clinically_significant for result in self.results)


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
    abnormalities: list[LabAbnormality] = []
    for labs in graded_labs(history, trial, follow_up) if graded is None else graded:
        limits = tuple(limit for limit in rules.limits if limit.analyte == labs.analyte)
        sides = {result: side_of(result, limits) for result in labs.results if _is_flagged(result)}
        abnormalities.extend(
            _abnormality(labs, direction, rules, limits, sides)
            for direction in _directions(labs, limits, sides)
        )
    return tuple(
        abnormality
        for abnormality in abnormalities
        if abnormality.results or abnormality.worst_in_lymphodepletion
    )


def _directions(
    labs: AnalyteLabs,
    limits: Iterable[OutlierLimit],
    sides: Mapping[GradedLab, AbnormalityDirection | None],
) -> list[AbnormalityDirection | None]:
    graded = {
        grade.direction for result in labs.results for grade in result.grades if grade.direction
    }
    known = graded | limit_directions(limits)
    flagged = {
        side for result, side in sides.items() if result.period is LabPeriod.POST_INFUSION
    } - known
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
    in_use = labs.baseline_in_use
    baseline = in_use.result.value if in_use else None
    flags = labs.baseline.flags if labs.baseline else ()
    if labs.baseline_not_comparable:
        flags = (*flags, BaselineFlag.NOT_COMPARABLE)

    def seen(result: GradedLab) -> LabInDirection:
        grade = _in_direction(result.grades, direction)
        beyond = None
        if limits and direction is not None:
            beyond = beyond_limits(result.value, direction, limits, baseline=baseline)
        flag = result.value.clinically_significant
        return LabInDirection(
            result=result,
            grade=grade,
            own_grade=_in_direction(result.own_grades, direction),
            at_baseline=direction is not None and at_baseline(result.value, direction, baseline),
            beyond_limit=beyond,
            outlier=bool(beyond) or grade_is_outlier(grade, baseline_grade, rules),
            clinically_significant=(sides[result] is direction) if flag else flag,
        )

    results = [seen(lab) for lab in labs.in_period(LabPeriod.POST_INFUSION)]
    before = [seen(lab) for lab in labs.in_period(LabPeriod.LYMPHODEPLETION)]
    settled = rules.resolved_grade
    worst = worst_result(results)
    resolved = resolved_on(results, worst, settled)
    factors = {lab.grade.restated.factor for lab in results if lab.grade and lab.grade.restated}
    if direction is not None:
        factors.update(*(limit_factors(lab.result.value, direction, limits) for lab in results))
    return LabAbnormality(
        analyte=labs.analyte,
        direction=direction,
        term=next((lab.grade.term for lab in [*results, *before] if lab.grade), None),
        baseline=in_use,
        baseline_flags=flags,
        baseline_grade=baseline_grade,
        results=tuple(results),
        worst=worst,
        worst_in_lymphodepletion=worst_result(before),
        resolved_on=resolved,
        resolved=resolved is not None if needs_resolution(worst, settled) else None,
        episodes=outlier_episodes(results, settled),
        agreement=flag_and_rule(results),
        ungraded=Counter(
            lab.grade.ungraded_reason
            for lab in results
            if lab.grade is not None and lab.grade.ungraded_reason is not None
        ),
        baseline_not_comparable=labs.baseline_not_comparable,
        shift_scale=ShiftScale.LIMITS if has_two_scales(labs.analyte) else ShiftScale.CTCAE,
        factors=tuple(sorted(factors)),
    )


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
