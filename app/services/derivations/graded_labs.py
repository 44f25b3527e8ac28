"""The laboratory results of one subject, each graded against the subject's own baseline.

Source: CTCAE 5.0; the trial's protocol, laboratory outliers, for baseline and periods.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import Final

from app.services.criteria.ctcae_labs.grading import NO_FACTS, grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.derivations.corrected_calcium import SubjectLab, with_corrected_calcium
from app.services.derivations.lab_baseline import (
    LabBaseline,
    LabFollowUp,
    LabPeriod,
    lab_baseline,
    moment,
)
from app.services.derivations.subject_history import LabValue, SubjectHistory, Therapy, may_cover
from app.trial.trial import Trial
from app.vocabularies.decimal_units import decimal_ratio
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
        grades: per direction; see ``LabGrade``.
    """

    lab: SubjectLab
    period: LabPeriod
    day: int
    grades: tuple[LabGrade, ...]

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
        baseline_grades: of the baseline, per direction.
        results: in the order of their collection, the baseline among them.
        baseline_in_other_unit: results whose unit does not allow a comparison with the baseline.
    """

    analyte: str
    baseline: LabBaseline | None
    baseline_grades: tuple[LabGrade, ...]
    results: tuple[GradedLab, ...]
    baseline_in_other_unit: int = 0

    def in_period(self, period: LabPeriod) -> tuple[GradedLab, ...]:
        """Give the results of one period."""
        return tuple(one for one in self.results if one.period is period)


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

    Decision: the baseline is graded as every other result, with itself as the baseline: against
    multiples of an abnormal baseline its grade is 0, as that of the same value would be later. A
    baseline in another unit is restated where that is exact, else there is none for the result;
    neither is there when the baseline has a comparator.
    """
    by_analyte: dict[str, list[SubjectLab]] = {}
    for lab in with_corrected_calcium(one for one in history.lab_values if is_usable(one)):
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
            baseline, therapies for what decides between grades.
        trial: how a baseline is chosen.
        follow_up: the subject's; None: not infused, and so without a baseline.
        result: a result, in the place of any earlier version of it in the history.
    """
    baseline = None
    if follow_up is not None:
        others = [
            one
            for one in history.lab_values
            if one.analyte == result.analyte and one.record.record_id != result.record.record_id
        ]
        usable = [SubjectLab(value=one) for one in (*others, result) if is_usable(one)]
        baseline = lab_baseline(usable, follow_up, trial)
    of_baseline = baseline.result.value if baseline else None
    return _grades(result, of_baseline, history.therapies)


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
    ordered = sorted(labs, key=lambda one: moment(one.value.collected))
    baseline = lab_baseline(ordered, follow_up, trial)
    of_baseline = baseline.result.value if baseline else None
    graded = tuple(
        GradedLab(
            lab=lab,
            period=follow_up.period(lab.value.collected, lab.value.visit),
            day=follow_up.day(lab.value.collected.earliest),
            grades=_grades(lab.value, of_baseline, history.therapies),
        )
        for lab in ordered
    )
    return AnalyteLabs(
        analyte=analyte,
        baseline=baseline,
        baseline_grades=next(
            (one.grades for one in graded if baseline and one.lab is baseline.result), ()
        ),
        results=graded,
        baseline_in_other_unit=sum(
            of_baseline is not None
            and one.period is LabPeriod.POST_INFUSION
            and _ratio(of_baseline, one.value) is None
            for one in graded
        ),
    )


def _grades(
    result: LabValue, baseline: LabValue | None, therapies: Iterable[Therapy]
) -> tuple[LabGrade, ...]:
    ratio = _ratio(baseline, result) if baseline and baseline.comparator is None else None
    facts = _facts(result, therapies)
    grade = _grade_once if facts is NO_FACTS else partial(_grade, facts=facts)
    return grade(
        result.analyte,
        result.value,
        result.unit,
        result.comparator,
        result.lower_limit,
        result.upper_limit,
        _restated(baseline.value if baseline else None, ratio),
        _restated(baseline.upper_limit if baseline else None, ratio),
    )


def _grade(
    analyte: str,
    value: Decimal | None,
    unit: str | None,
    comparator: Comparator | None,
    lower_limit: Decimal | None,
    upper_limit: Decimal | None,
    baseline: Decimal | None,
    baseline_upper_limit: Decimal | None,
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
        baseline_upper_limit=baseline_upper_limit,
        facts=facts,
    )


_grade_once = lru_cache(maxsize=32_768)(_grade)
"""Results of thousands of subjects repeat, and a grade follows from its numbers alone.

The key is of places, not of names, which would cost more to hash than the numbers.
"""


def _ratio(baseline: LabValue, result: LabValue) -> Decimal | None:
    if baseline.unit is None or result.unit is None:
        return None
    return decimal_ratio(baseline.unit, result.unit)


def _restated(number: Decimal | None, ratio: Decimal | None) -> Decimal | None:
    if number is None or ratio is None or ratio == 1:
        return number if ratio else None
    return number * ratio


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
