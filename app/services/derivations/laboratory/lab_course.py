"""The course of one analyte in one direction: worst grade, resolution, episodes, flag and rule.

Source: the trial's protocol, laboratory outliers: reported together, unit of counting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.derivations.laboratory.graded_labs import GradedLab


@dataclass(frozen=True, slots=True, kw_only=True)
class LabInDirection:
    """One result as it counts in one direction.

    Attributes:
        grade: None: CTCAE has no term in this direction.
        own_grade: by the cuts that do not refer to a baseline.
        at_baseline: its value is back at the baseline value, or better.
        beyond_limit: of the trial's limits; None: none of them could tell.
        outlier: by the trial's rule: its grade, or a limit.
        clinically_significant: the investigator's flag, where the result lies on this side of
            normal; None: not judged.
    """

    result: GradedLab
    grade: LabGrade | None
    own_grade: LabGrade | None
    at_baseline: bool
    beyond_limit: bool | None
    outlier: bool
    clinically_significant: bool | None

    @property
    def lowest(self) -> int | None:
        """The grade that counts; None: ungraded."""
        return self.grade.lowest if self.grade else None

    @property
    def range(self) -> tuple[int, ...]:
        """The grades left open, to be shown beside the one that counts; empty when certain."""
        grades = self.grade.grades if self.grade else ()
        return grades if len(grades) > 1 else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabEpisode:
    """A run of results from an outlier to the first that has settled.

    Attributes:
        started_on: the first outlier.
        ended_on: the first settled result, at the resolved grade or the baseline value; None: none
            was seen.
        worst_grade: the highest that counts; None: outliers by a limit, without a grade.
        outliers: results in it that are outliers.
    """

    started_on: date
    ended_on: date | None
    worst_grade: int | None
    outliers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagAndRule:
    """How many results the investigator and the rule called an outlier: side by side, not merged.

    Attributes:
        both: by the flag and by the rule.
        rule_only: by the rule; the investigator judged the result and said no.
        rule_not_judged: by the rule; the investigator said nothing.
        flag_only: by the flag.
    """

    both: int = 0
    rule_only: int = 0
    rule_not_judged: int = 0
    flag_only: int = 0

    @property
    def disagreements(self) -> int:
        """Results of which one of them says yes and the other one no."""
        return self.rule_only + self.flag_only


def worst_result(results: Iterable[LabInDirection]) -> LabInDirection | None:
    """Give the first result of the highest grade; None: none is graded."""
    return max(
        (result for result in results if result.lowest is not None),
        key=lambda result: result.lowest or 0,
        default=None,
    )


def resolved_on(
    results: Iterable[LabInDirection], worst: LabInDirection | None, settled_grade: int
) -> date | None:
    """Give the first day after the worst at ``settled_grade`` or less, or at the baseline value.

    None: none was seen, or there was nothing to resolve.
    """
    if not needs_resolution(worst, settled_grade):
        return None
    rest = iter(results)
    for result in rest:
        if result is worst:
            break
    return next(
        (result.result.collected_on for result in rest if _has_settled(result, settled_grade)), None
    )


def needs_resolution(worst: LabInDirection | None, settled_grade: int) -> bool:
    """Tell whether a worst result is above the settled grade, and worse than the baseline value."""
    return (
        worst is not None
        and worst.lowest is not None
        and worst.lowest > settled_grade
        and not worst.at_baseline
    )


def outlier_episodes(
    results: Iterable[LabInDirection], settled_grade: int
) -> tuple[LabEpisode, ...]:
    """Give the episodes of outliers, in their order.

    Source: the trial's protocol, laboratory outliers: an episode lasts until grade 1 or the
    baseline value.
    Decision: a result without a grade neither ends an episode nor goes on with it, unless a limit
    of the trial tells that it is none.
    """
    runs: list[list[LabInDirection]] = []
    is_open = False
    ends: list[date | None] = []
    for result in results:
        if not is_open and result.outlier:
            runs.append([result])
            ends.append(None)
            is_open = True
        elif is_open and _has_settled(result, settled_grade):
            ends[-1] = result.result.collected_on
            is_open = False
        elif is_open:
            runs[-1].append(result)
    return tuple(
        LabEpisode(
            started_on=run[0].result.collected_on,
            ended_on=end,
            worst_grade=max(
                (result.lowest for result in run if result.lowest is not None), default=None
            ),
            outliers=sum(result.outlier for result in run),
        )
        for run, end in zip(runs, ends, strict=True)
    )


def flag_and_rule(results: Iterable[LabInDirection]) -> FlagAndRule:
    """Count where the investigator and the rule agree and where they do not."""
    seen = [(result.outlier, result.clinically_significant) for result in results]
    return FlagAndRule(
        both=seen.count((True, True)),
        rule_only=seen.count((True, False)),
        rule_not_judged=seen.count((True, None)),
        flag_only=seen.count((False, True)),
    )


def _has_settled(result: LabInDirection, settled_grade: int) -> bool:
    if result.outlier:
        return False
    if result.at_baseline:
        return True
    if result.lowest is not None:
        return result.lowest <= settled_grade
    return result.beyond_limit is False
