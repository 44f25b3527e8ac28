"""Laboratory abnormalities of many subjects: worst grade, shift, outliers by flag and by rule."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.services.derivations.laboratory.lab_abnormalities import ShiftScale
from app.services.derivations.laboratory.lab_baseline import BaselineFlag
from app.services.derivations.laboratory.lab_summary import LabSummary
from app.services.statistics.lab_tables import LabOutliers, LabShift, LabTable, lab_tables
from app.services.statistics.proportions import proportion
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradeScale, UngradedReason

INFUSED_ON = date(2024, 1, 15)
LOW, HIGH = AbnormalityDirection.LOW, AbnormalityDirection.HIGH


def on(day: int) -> date:
    return INFUSED_ON + timedelta(day)


def platelets(worst: int | None = 0, *, baseline: int | None = 0, **more: Any) -> LabSummary:
    """One subject's low platelets, of which two results came after the infusion."""
    given: dict[str, Any] = {
        "analyte": "platelets",
        "direction": LOW,
        "term": "Platelet count decreased",
        "has_baseline": baseline is not None,
        "baseline_flags": (),
        "baseline_grade": baseline,
        "n_baseline_not_comparable": 0,
        "n_results": 2,
        "worst_grade": worst,
        "worst_range": (),
        "worst_on": None,
        "worst_record": None,
        "worst_scale": None,
        "worst_restated": None,
        "shift_worst_grade": worst,
        "shift_scale": ShiftScale.CTCAE,
        "factors": (),
        "worst_in_lymphodepletion": None,
        "resolved_on": None,
        "resolved": None,
        "significant_on": None,
        "outlier_on": None,
        "episodes": 0,
        "both": 0,
        "rule_only": 0,
        "rule_not_judged": 0,
        "flag_only": 0,
        "ungraded": (),
    }
    return LabSummary(**given | more)


def table(*summaries: LabSummary, **more: Any) -> LabTable:
    """The one table of subjects infused on the same day."""
    (found,) = lab_tables([(INFUSED_ON, (one,)) for one in summaries], **more)
    return found


def test_subjects_are_counted_by_worst_grade() -> None:
    found = table(*(platelets(grade) for grade in (0, 2, 3, 3, 4, None)))
    assert found.worst == {"0": 1, "1": 0, "2": 1, "3": 2, "4": 1}
    assert found.n_ungraded == 1
    assert (found.n, found.n_with_results) == (6, 6)


@pytest.mark.parametrize(("worst", "severe"), [(None, 0), (0, 0), (2, 0), (3, 1), (4, 1)])
def test_grade_3_or_more_has_exact_limits_of_all(worst: int | None, severe: int) -> None:
    found = table(platelets(worst), platelets(1), conf_level=0.9)
    assert found.grade_3_or_more == proportion(severe, 2, conf_level=0.9)


def test_the_denominator_can_be_more_than_the_subjects_with_results() -> None:
    found = table(platelets(4), n=5)
    assert (found.n, found.n_with_results) == (5, 1)
    assert found.grade_3_or_more == proportion(1, 5)
    assert found.clinically_significant.subjects == proportion(0, 5)


def test_a_subject_without_a_result_after_the_infusion_is_in_no_shift() -> None:
    before = platelets(None, n_results=0, baseline=None, worst_in_lymphodepletion=2)
    found = table(before, platelets(1, worst_in_lymphodepletion=2))
    assert (found.n_with_results, found.n_without_baseline, found.n_ungraded) == (1, 0, 0)
    assert found.shift == (LabShift(baseline_grade=0, worst_grade=1, subjects=1),)
    assert found.worst_in_lymphodepletion == {"0": 0, "1": 0, "2": 2, "3": 0, "4": 0}


def test_a_shift_by_the_limits_leaves_the_grades_of_ctcae_beside_it() -> None:
    by_limits = {"shift_scale": ShiftScale.LIMITS, "worst_scale": GradeScale.BASELINE}
    found = table(platelets(1, baseline=3, shift_worst_grade=3, **by_limits))
    assert found.shift == (LabShift(baseline_grade=3, worst_grade=3, subjects=1),)
    assert (found.shift_scale, found.n_by_baseline) == (ShiftScale.LIMITS, 1)
    assert found.worst == {"0": 0, "1": 1, "2": 0, "3": 0, "4": 0}
    assert found.grade_3_or_more == proportion(0, 1)


def test_baselines_that_cannot_be_compared_are_counted_and_factors_named() -> None:
    unused = platelets(
        2,
        baseline=None,
        n_baseline_not_comparable=2,
        baseline_flags=(BaselineFlag.OLD, BaselineFlag.NOT_COMPARABLE),
        factors=("1 mg/dL = 88.4 umol/L",),
    )
    found = table(unused, platelets(1, baseline_flags=(BaselineFlag.OLD,)), platelets(1))
    assert (found.n_without_baseline, found.n_baseline_not_comparable) == (1, 1)
    assert found.baseline_flags == {BaselineFlag.NOT_COMPARABLE: 1, BaselineFlag.OLD: 2}
    assert found.factors == ("1 mg/dL = 88.4 umol/L",)


def test_shifts_come_by_baseline_and_then_by_worst_grade_with_none_first() -> None:
    found = table(
        platelets(3, baseline=1),
        platelets(0),
        platelets(0),
        platelets(None),
        platelets(4, baseline=None),
    )
    assert [(one.baseline_grade, one.worst_grade, one.subjects) for one in found.shift] == [
        (None, 4, 1),
        (0, None, 1),
        (0, 0, 2),
        (1, 3, 1),
    ]
    assert found.n_without_baseline == 1


def test_outliers_by_flag_and_by_rule_are_counted_side_by_side() -> None:
    found = table(
        platelets(significant_on=on(3), outlier_on=on(2)),
        platelets(significant_on=on(10)),
        platelets(significant_on=on(8)),
        platelets(outlier_on=on(0)),
        platelets(),
    )
    assert found.clinically_significant == LabOutliers(
        subjects=proportion(3, 5), first_day=3, median_first_day=8.0
    )
    assert found.outlier == LabOutliers(
        subjects=proportion(2, 5), first_day=0, median_first_day=1.0
    )
    assert (found.n_flag_and_rule, found.n_flag_only, found.n_rule_only) == (1, 2, 1)


def test_without_an_outlier_there_is_no_first_day() -> None:
    nobody = LabOutliers(subjects=proportion(0, 1), first_day=None, median_first_day=None)
    assert table(platelets()).outlier == nobody


def test_the_first_day_counts_from_each_subjects_own_infusion() -> None:
    (found,) = lab_tables(
        [
            (INFUSED_ON, (platelets(outlier_on=on(40)),)),
            (on(30), (platelets(outlier_on=on(36)),)),
        ]
    )
    assert (found.outlier.first_day, found.outlier.median_first_day) == (6, 23.0)


def test_results_are_added_over_the_subjects() -> None:
    one = platelets(both=1, rule_only=2, rule_not_judged=3, flag_only=4, worst_range=(3, 4))
    other = platelets(both=10, rule_only=20, rule_not_judged=30, flag_only=40)
    found = table(one, other)
    assert (found.results_both, found.results_rule_only) == (11, 22)
    assert (found.results_rule_not_judged, found.results_flag_only) == (33, 44)
    assert found.n_range == 1


def test_resolved_and_unresolved_leave_out_those_with_nothing_to_resolve() -> None:
    resolutions = (True, True, False, None)
    found = table(*(platelets(3, resolved=resolved) for resolved in resolutions))
    assert (found.n_resolved, found.n_unresolved) == (2, 1)


def test_the_reasons_of_results_without_a_grade_are_added() -> None:
    no_unit, no_number = UngradedReason.UNIT_NOT_ACCEPTED, UngradedReason.NO_NUMBER
    found = table(
        platelets(None, ungraded=((no_unit, 2),)),
        platelets(ungraded=((no_number, 1), (no_unit, 3))),
    )
    assert found.ungraded == {no_number: 1, no_unit: 5}


def test_the_term_is_the_first_that_any_subject_has() -> None:
    assert table(platelets(term=None), platelets()).term == "Platelet count decreased"


def test_tables_come_by_analyte_and_low_before_high() -> None:
    kinds = [("potassium", HIGH), ("albumin", LOW), ("potassium", LOW), ("ferritin", None)]
    summaries = tuple(platelets(analyte=name, direction=direction) for name, direction in kinds)
    found = lab_tables([(INFUSED_ON, summaries)])
    assert [(one.analyte, one.direction) for one in found] == [
        ("albumin", LOW),
        ("ferritin", None),
        ("potassium", LOW),
        ("potassium", HIGH),
    ]
