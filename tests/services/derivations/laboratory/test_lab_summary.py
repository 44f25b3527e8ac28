"""What one subject's results of one analyte in one direction come to, the results left behind."""

from typing import Any

from app.services.derivations.laboratory.lab_abnormalities import ShiftScale, lab_abnormalities
from app.services.derivations.laboratory.lab_baseline import BaselineFlag
from app.services.derivations.laboratory.lab_summary import LabSummary, lab_summary
from app.services.derivations.sampled_values import LabValue
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradeScale, UngradedReason
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import lab, on, subject


def platelets(*labs: LabValue, **history: Any) -> LabSummary:
    found = lab_abnormalities(subject(*labs, **history), TRIAL, new_therapy=None)
    (low,) = [
        one for one in found if (one.analyte, one.direction) == ("PLT", AbnormalityDirection.LOW)
    ]
    return lab_summary(low)


def test_the_worst_grade_its_day_and_its_record() -> None:
    worst = lab(9, "PLT", "20")
    found = platelets(lab(-8, "PLT", "60"), lab(-2, "PLT", "40"), lab(3, "PLT", "49"), worst)
    assert (found.has_baseline, found.baseline_grade, found.baseline_flags) == (True, 2, ())
    assert (found.worst_grade, found.worst_on, found.worst_record) == (4, on(9), worst.record)
    assert (found.worst_range, found.worst_in_lymphodepletion) == ((), 3)
    assert (found.n_results, found.term) == (2, "Platelet count decreased")


def test_a_baseline_that_nothing_is_compared_with_is_not_there() -> None:
    labs = lab(-8, "CREAT", "<35"), lab(3, "CREAT", "110")
    found = lab_abnormalities(subject(*labs), TRIAL, new_therapy=None)
    (creatinine,) = map(lab_summary, found)
    assert (creatinine.has_baseline, creatinine.n_baseline_not_comparable) == (False, 1)
    assert creatinine.baseline_flags == (BaselineFlag.NOT_COMPARABLE,)


def test_a_worst_grade_by_the_baseline_stands_beside_the_shift_by_the_limits() -> None:
    labs = lab(-8, "BILI", "60"), lab(3, "BILI", "4.0", unit="mg/dL", normal=(None, "1.2"))
    found = lab_abnormalities(subject(*labs), TRIAL, new_therapy=None)
    (bilirubin,) = map(lab_summary, found)
    assert (bilirubin.worst_grade, bilirubin.worst_scale) == (1, GradeScale.BASELINE)
    assert (bilirubin.baseline_grade, bilirubin.shift_worst_grade) == (2, 3)
    assert (bilirubin.shift_scale, bilirubin.has_baseline) == (ShiftScale.LIMITS, True)
    assert bilirubin.worst_restated is not None
    assert str(bilirubin.worst_restated.value) == "68.416"
    assert bilirubin.factors == ("1 mg/dL = 17.104 umol/L",)


def test_without_a_baseline_there_is_neither_a_grade_nor_a_flag_of_it() -> None:
    found = platelets(lab(3, "PLT", "49"))
    assert (found.has_baseline, found.baseline_grade, found.baseline_flags) == (False, None, ())
    assert (found.worst_grade, found.worst_in_lymphodepletion) == (3, None)


def test_without_a_result_after_the_infusion_there_is_no_worst() -> None:
    found = platelets(lab(-8, "PLT", "180"), lab(-2, "PLT", "60"))
    assert (found.n_results, found.worst_grade, found.worst_on) == (0, None, None)
    assert (found.worst_record, found.worst_range, found.resolved) == (None, (), None)
    assert (found.significant_on, found.outlier_on) == (None, None)


def test_the_first_day_of_a_flag_is_not_that_of_another_result() -> None:
    found = platelets(
        lab(-8, "PLT", "180"),
        lab(3, "PLT", "49"),
        lab(9, "PLT", "110", clinically_significant=True),
        lab(12, "PLT", "105", clinically_significant=True),
    )
    assert found.significant_on == on(9)


def test_reasons_without_a_grade_come_by_name() -> None:
    found = platelets(lab(-8, "PLT", "180"), lab(3, "PLT", "49"), lab(4, "PLT", "40", unit="g/L"))
    assert found.ungraded == ((UngradedReason.UNIT_NOT_ACCEPTED, 1),)
