"""One subject's laboratory abnormality in one direction, without the results behind it.

What the tables of a trial count. The results themselves, by the hundred of each subject, stay where
they came from.

Source: the trial's protocol, laboratory outliers: reported together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.services.criteria.ctcae_labs.lab_grade import RestatedValue
from app.services.derivations.laboratory.lab_abnormalities import LabAbnormality, ShiftScale
from app.services.derivations.laboratory.lab_baseline import BaselineFlag
from app.services.derivations.laboratory.lab_course import LabInDirection
from app.services.derivations.record_ref import RecordRef
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradeScale, UngradedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSummary:
    """What one subject's results of one analyte in one direction come to.

    Attributes:
        has_baseline: one that some result was compared with.
        baseline_grade: its own grade; None without a baseline, or of one that is ungraded.
        n_baseline_not_comparable: results that the baseline cannot be compared with.
        worst_grade: highest CTCAE 5.0 grade after the infusion, of a range the lowest; None: none
            graded.
        worst_range: the grades that the worst result can have; empty when certain.
        worst_record: the result.
        worst_scale: of a term with two scales, the one that the worst grade is of.
        worst_restated: the worst result as it was compared in another unit; None: in its own.
        shift_worst_grade: the worst grade on the scale of the baseline's, ``shift_scale``.
        factors: by which values or limits were restated, in words.
        resolved: None: there was nothing to resolve.
        significant_on: first day of a result that the investigator flagged; None: none.
        outlier_on: first day of an outlier by the rule; None: none.
        both: results that are outliers by flag and by rule; the other three counts likewise.
    """

    analyte: str
    direction: AbnormalityDirection | None
    term: str | None
    has_baseline: bool
    baseline_flags: tuple[BaselineFlag, ...]
    baseline_grade: int | None
    n_baseline_not_comparable: int
    n_results: int
    worst_grade: int | None
    worst_range: tuple[int, ...]
    worst_on: date | None
    worst_record: RecordRef | None
    worst_scale: GradeScale | None
    worst_restated: RestatedValue | None
    shift_worst_grade: int | None
    shift_scale: ShiftScale
    factors: tuple[str, ...]
    worst_in_lymphodepletion: int | None
    resolved_on: date | None
    resolved: bool | None
    significant_on: date | None
    outlier_on: date | None
    episodes: int
    both: int
    rule_only: int
    rule_not_judged: int
    flag_only: int
    ungraded: tuple[tuple[UngradedReason, int], ...]


def lab_summary(abnormality: LabAbnormality) -> LabSummary:
    """Leave the results behind."""
    worst, before = abnormality.worst, abnormality.worst_in_lymphodepletion
    graded = worst.grade if worst else None
    return LabSummary(
        analyte=abnormality.analyte,
        direction=abnormality.direction,
        term=abnormality.term,
        has_baseline=abnormality.baseline is not None,
        baseline_flags=abnormality.baseline_flags,
        baseline_grade=abnormality.shift[0],
        n_baseline_not_comparable=abnormality.baseline_not_comparable,
        n_results=len(abnormality.results),
        worst_grade=worst.lowest if worst else None,
        worst_range=worst.range if worst else (),
        worst_on=worst.result.collected_on if worst else None,
        worst_record=worst.result.value.record if worst else None,
        worst_scale=graded.scale if graded else None,
        worst_restated=graded.restated if graded else None,
        shift_worst_grade=abnormality.shift[1],
        shift_scale=abnormality.shift_scale,
        factors=abnormality.factors,
        worst_in_lymphodepletion=before.lowest if before else None,
        resolved_on=abnormality.resolved_on,
        resolved=abnormality.resolved,
        significant_on=_first_on(
            result for result in abnormality.results if result.clinically_significant
        ),
        outlier_on=_first_on(result for result in abnormality.results if result.outlier),
        episodes=len(abnormality.episodes),
        both=abnormality.agreement.both,
        rule_only=abnormality.agreement.rule_only,
        rule_not_judged=abnormality.agreement.rule_not_judged,
        flag_only=abnormality.agreement.flag_only,
        ungraded=tuple(sorted(abnormality.ungraded.items())),
    )


def _first_on(results: Iterator[LabInDirection]) -> date | None:
    return min((result.result.collected_on for result in results), default=None)
