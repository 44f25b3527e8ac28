"""The laboratory results of one subject, each graded against the subject's own baseline.

Source: CTCAE 5.0; the trial's protocol, laboratory outliers, for baseline and periods.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import Final

from app.services.criteria.ctcae_labs.compared import comparable
from app.services.criteria.ctcae_labs.grading import NO_FACTS, grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.criteria.ctcae_labs.rules import has_two_scales, looks_at_baseline
from app.services.derivations.laboratory.corrected_calcium import SubjectLab, with_corrected_calcium
from app.services.derivations.laboratory.lab_baseline import (
    LabBaseline,
    LabFollowUp,
    LabPeriod,
    lab_baseline,
    moment,
)
from app.services.derivations.possible_days import may_cover
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory, Therapy
from app.trial.trial import Trial
from app.vocabularies.laboratory import Comparator, find_analyte
from app.vocabularies.laboratory_grading import DecidingFact
from app.vocabularies.specimens import Specimen
from app.vocabularies.therapies import TherapyKind

BLOOD: Final = frozenset({Specimen.BLOOD, Specimen.SERUM, Specimen.PLASMA})
"""Materials that stand for each other: a laboratory may name any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedLab:
    """One result with its grades.

    Attributes:
        day: of collection, counted from the infusion, which is day 0.
        grades: per direction, by CTCAE 5.0; of the baseline and what came before it the own ones.
        own_grades: by the cuts that do not refer to a baseline.
        comparable: the baseline can be compared with it; None: there is none, or no grade of the
            analyte looks at it.
    """

    lab: SubjectLab
    period: LabPeriod
    day: int
    grades: tuple[LabGrade, ...]
    own_grades: tuple[LabGrade, ...]
    comparable: bool | None

    @property
    def value(self) -> LabValue:
        """The result itself."""
        return self.lab.value

    @property
    def collected_on(self) -> date:
        """The day it was collected."""
        return self.lab.value.collected.earliest


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyteLabs:
    """A subject's usable results of one analyte.

    Attributes:
        baseline: None: there is none.
        results: in the order of their collection, the baseline among them.
    """

    analyte: str
    baseline: LabBaseline | None
    results: tuple[GradedLab, ...]

    def in_period(self, period: LabPeriod) -> tuple[GradedLab, ...]:
        """Give the results of one period."""
        return tuple(result for result in self.results if result.period is period)

    @property
    def baseline_not_comparable(self) -> int:
        """How many results after the infusion the baseline cannot be compared with."""
        return sum(result.comparable is False for result in self.in_period(LabPeriod.POST_INFUSION))

    @property
    def baseline_in_use(self) -> LabBaseline | None:
        """The baseline, unless it can be compared with no result: then it is missing."""
        after = self.in_period(LabPeriod.POST_INFUSION)
        unused = bool(after) and self.baseline_not_comparable == len(after)
        return None if unused else self.baseline

    @property
    def baseline_grades(self) -> tuple[LabGrade, ...]:
        """The own grades of the baseline, per direction; empty without one in use."""
        baseline = self.baseline_in_use
        return next(
            (
                result.own_grades
                for result in self.results
                if baseline and result.lab is baseline.result
            ),
            (),
        )


def graded_labs(
    history: SubjectHistory,
    trial: Trial,
    follow_up: LabFollowUp,
    *,
    analytes: Collection[str] | None = None,
) -> tuple[AnalyteLabs, ...]:
    """Grade the usable results of an infused subject, by analyte in the order of their codes.

    Of ``analytes`` only, unless it is None.

    Left out are results held for laboratory errors, what was not done, and what was measured in
    another material than the analyte's.

    Decision: what was drawn at the time of the baseline or before it has its own grade, by the cuts
    that do not refer to a baseline.
    """
    by_analyte: dict[str, list[SubjectLab]] = {}
    for lab in with_corrected_calcium(result for result in history.lab_values if is_usable(result)):
        if analytes is None or lab.value.analyte in analytes:
            by_analyte.setdefault(lab.value.analyte, []).append(lab)
    return tuple(
        _analyte_labs(analyte, by_analyte[analyte], history, trial, follow_up)
        for analyte in sorted(by_analyte)
    )


def graded_result(
    history: SubjectHistory, trial: Trial, follow_up: LabFollowUp | None, result: LabValue
) -> tuple[LabGrade, ...]:
    """Grade one result of a subject as it is graded among the others.

    Args:
        history: what the grade looks at beside the result: earlier results of the analyte for the
            baseline, albumin of the sample for calcium, therapies for what decides between grades.
        trial: how a baseline is chosen.
        follow_up: the subject's; None: not infused, and so without a baseline: the own grade.
        result: a result, in the place of any earlier version of it in the history.

    Decision: total calcium that the laboratory corrected itself, and that the tables leave out for
    the corrected result, is graded as it was reported.
    """
    others = (
        value for value in history.lab_values if value.record.record_id != result.record.record_id
    )
    labs = with_corrected_calcium(value for value in (*others, result) if is_usable(value))
    lab = next(
        (other for other in labs if other.value.record == result.record), SubjectLab(value=result)
    )
    if follow_up is None:
        return own_grades(lab.value, history)
    same = [other for other in labs if other.value.analyte == lab.value.analyte]
    return _graded(lab, lab_baseline(same, follow_up, trial), history, follow_up).grades


def own_grades(result: LabValue, history: SubjectHistory) -> tuple[LabGrade, ...]:
    """Grade a result by the cuts that do not refer to a baseline."""
    return _grades(result, None, history.therapies, own=True)


def is_usable(result: LabValue) -> bool:
    """Tell whether a result can be analysed: it is one, it is no error, its material fits."""
    if result.spurious or (result.value is None and result.coded_value is None):
        return False
    analyte = find_analyte(result.analyte)
    if analyte is None or result.specimen is None or result.specimen in analyte.specimens:
        return True
    return result.specimen in BLOOD and not BLOOD.isdisjoint(analyte.specimens)


def _analyte_labs(
    analyte: str,
    labs: Iterable[SubjectLab],
    history: SubjectHistory,
    trial: Trial,
    follow_up: LabFollowUp,
) -> AnalyteLabs:
    ordered = sorted(labs, key=lambda lab: moment(lab.value.collected))
    baseline = lab_baseline(ordered, follow_up, trial)
    return AnalyteLabs(
        analyte=analyte,
        baseline=baseline,
        results=tuple([_graded(lab, baseline, history, follow_up) for lab in ordered]),
    )


def _graded(
    lab: SubjectLab, baseline: LabBaseline | None, history: SubjectHistory, follow_up: LabFollowUp
) -> GradedLab:
    result = lab.value
    before = baseline.result.value if baseline else None
    first = before is not None and moment(result.collected) <= moment(before.collected)
    grades = _grades(result, before, history.therapies, own=first)
    return GradedLab(
        lab=lab,
        period=follow_up.period(result.collected, result.visit),
        day=follow_up.day(result.collected.earliest),
        grades=grades,
        own_grades=_grades(result, None, history.therapies, own=True)
        if has_two_scales(result.analyte) and not first
        else grades,
        comparable=_comparable(before, result),
    )


def _comparable(baseline: LabValue | None, result: LabValue) -> bool | None:
    if baseline is None or not looks_at_baseline(result.analyte):
        return None
    if baseline.value is None or baseline.unit is None or result.unit is None:
        return False
    way = comparable(
        result.analyte,
        baseline_unit=baseline.unit,
        baseline_comparator=baseline.comparator,
        unit=result.unit,
    )
    return way is not None


def _grades(
    result: LabValue, baseline: LabValue | None, therapies: Iterable[Therapy], *, own: bool = False
) -> tuple[LabGrade, ...]:
    facts = _facts(result, therapies)
    grade = _grade_once if facts is NO_FACTS else partial(_grade, facts=facts)
    return grade(
        result.analyte,
        result.value,
        result.unit,
        result.comparator,
        result.lower_limit,
        result.upper_limit,
        baseline.value if baseline else None,
        baseline.unit if baseline else None,
        baseline.comparator if baseline else None,
        baseline.upper_limit if baseline else None,
        own=own,
    )


def _grade(
    analyte: str,
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator | None,
    lower_limit: Decimal | None,
    upper_limit: Decimal | None,
    baseline: Decimal | None,
    baseline_unit: str | None,
    baseline_comparator: Comparator | None,
    baseline_upper_limit: Decimal | None,
    *,
    own: bool,
    facts: Mapping[DecidingFact, bool] = NO_FACTS,
) -> tuple[LabGrade, ...]:
    return grade_lab_result(
        analyte=analyte,
        value=value,
        unit=unit,
        comparator=comparator,
        lower_limit=lower_limit,
        upper_limit=upper_limit,
        baseline=baseline,
        baseline_unit=baseline_unit,
        baseline_comparator=baseline_comparator,
        baseline_upper_limit=baseline_upper_limit,
        facts=facts,
        own=own,
    )


_grade_once = lru_cache(maxsize=32_768)(_grade)
"""Results of thousands of subjects repeat, and a grade follows from its numbers alone.

The key is of places, not of names, which would cost more to hash than the numbers.
"""


def _facts(result: LabValue, therapies: Iterable[Therapy]) -> Mapping[DecidingFact, bool]:
    """Give what the subject's other records decide: anticoagulation that covers the day.

    Decision: no record of an anticoagulant is not a record of none.
    """
    if result.analyte != "INR":
        return NO_FACTS
    day = result.collected.earliest
    covered = any(
        therapy.kind is TherapyKind.ANTICOAGULANT and may_cover(therapy.start, therapy.end, day)
        for therapy in therapies
    )
    return {DecidingFact.ANTICOAGULATION: True} if covered else NO_FACTS
