"""When a result is an outlier by the trial's rule."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.derivations.laboratory.graded_labs import graded_labs
from app.services.derivations.laboratory.lab_baseline import lab_follow_up
from app.services.derivations.laboratory.lab_outliers import (
    at_baseline,
    beyond_limits,
    grade_is_outlier,
    side_of,
)
from app.services.derivations.sampled_values import LabValue
from app.trial.laboratory import LaboratoryRules, OutlierLimit
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradeScale
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import lab, subject

LOW, HIGH = AbnormalityDirection.LOW, AbnormalityDirection.HIGH


def grade(*grades: int) -> LabGrade:
    return LabGrade(analyte="PLT", direction=LOW, term="Platelet count decreased", grades=grades)


@pytest.mark.parametrize(
    ("found", "baseline", "outlier"),
    [
        pytest.param(grade(3), grade(2), True, id="grade 3, one above baseline"),
        pytest.param(grade(3), grade(3), False, id="grade 3, as at baseline"),
        pytest.param(grade(4), grade(3), True, id="grade 4 from 3"),
        pytest.param(grade(2), grade(0), False, id="grade 2"),
        pytest.param(grade(3), None, True, id="a missing baseline is grade 0"),
        pytest.param(grade(3), grade(), True, id="so is an ungraded one"),
        pytest.param(grade(2, 3), grade(0), False, id="a range counts with its lowest"),
        pytest.param(grade(3, 4), grade(2, 3), True, id="at baseline too"),
        pytest.param(grade(), grade(0), False, id="ungraded"),
        pytest.param(None, grade(0), False, id="no term"),
    ],
)
def test_a_grade_is_an_outlier(
    found: LabGrade | None, baseline: LabGrade | None, outlier: bool
) -> None:
    assert grade_is_outlier(found, baseline, TRIAL.laboratory) is outlier


@pytest.mark.parametrize(
    ("scale", "outlier"), [(GradeScale.BASELINE, True), (GradeScale.LIMITS, False), (None, False)]
)
def test_a_grade_in_multiples_of_the_baseline_is_above_it_by_its_making(
    scale: GradeScale | None, outlier: bool
) -> None:
    assert grade_is_outlier(replace(grade(3), scale=scale), grade(3), TRIAL.laboratory) is outlier


@pytest.mark.parametrize(
    ("direction", "baseline", "result", "back"),
    [
        pytest.param(LOW, lab(-8, "PLT", "60"), lab(9, "PLT", "60"), True, id="the value itself"),
        pytest.param(LOW, lab(-8, "PLT", "60"), lab(9, "PLT", "59"), False, id="one below"),
        pytest.param(LOW, lab(-8, "PLT", "60"), lab(9, "PLT", ">60"), True, id="above for certain"),
        pytest.param(LOW, lab(-8, "PLT", "60"), lab(9, "PLT", "<70"), False, id="may be below"),
        pytest.param(HIGH, lab(-8, "ALT", "210"), lab(9, "ALT", "210"), True, id="high, itself"),
        pytest.param(HIGH, lab(-8, "ALT", "210"), lab(9, "ALT", "211"), False, id="high, above"),
        pytest.param(HIGH, lab(-8, "ALT", "210"), lab(9, "ALT", "<99"), True, id="below it"),
        pytest.param(HIGH, lab(-8, "ALT", "210"), lab(9, "ALT", ">99"), False, id="may be above"),
        pytest.param(HIGH, lab(-8, "ALT", ">210"), lab(9, "ALT", "90"), False, id="no value"),
        pytest.param(HIGH, None, lab(9, "ALT", "90"), False, id="no baseline"),
        pytest.param(
            HIGH, lab(-8, "CREAT", "200"), lab(9, "CREAT", "2.2", unit="mg/dL"), True, id="194"
        ),
        pytest.param(
            HIGH, lab(-8, "CREAT", "200"), lab(9, "CREAT", "2.26", unit="mg/dL"), False, id="199.8"
        ),
        pytest.param(
            HIGH, lab(-8, "LDH", "400"), lab(9, "LDH", "3", unit="ug/L"), False, id="no factor"
        ),
    ],
)
def test_a_value_is_back_at_the_baseline(
    direction: AbnormalityDirection, baseline: LabValue | None, result: LabValue, back: bool
) -> None:
    assert at_baseline(result, direction, baseline) is back


def test_the_trial_sets_grade_and_rise() -> None:
    rules = LaboratoryRules(outlier_grade=2, outlier_rise=2)
    assert grade_is_outlier(grade(2), grade(0), rules)
    assert not grade_is_outlier(grade(2), grade(1), rules)


def beyond(
    result: LabValue, direction: AbnormalityDirection = HIGH, baseline: LabValue | None = None
) -> bool | None:
    limits = [one for one in TRIAL.laboratory.limits if one.analyte == result.analyte]
    return beyond_limits(result, direction, limits, baseline=baseline)


@pytest.mark.parametrize(
    ("result", "direction", "outlier"),
    [
        pytest.param(lab(3, "FERRITIN", "10000"), HIGH, False, id="at the limit"),
        pytest.param(lab(3, "FERRITIN", "10001"), HIGH, True, id="above it"),
        pytest.param(lab(3, "FERRITIN", "10001", unit="ng/mL"), HIGH, True, id="the same in ng/mL"),
        pytest.param(lab(3, "FERRITIN", "10001"), LOW, None, id="no limit on that side"),
        pytest.param(lab(3, "CRP", "20.0", unit="mg/dL"), HIGH, False, id="20 mg/dL is 200 mg/L"),
        pytest.param(lab(3, "CRP", "20.1", unit="mg/dL"), HIGH, True, id="restated exactly"),
        pytest.param(lab(3, "IGG", "199", unit="mg/dL"), LOW, True, id="199 mg/dL is below 2 g/L"),
        pytest.param(lab(3, "IGG", "2"), LOW, False, id="2 g/L is not below it"),
        pytest.param(lab(3, "GLUC", "27.9"), HIGH, True, id="glucose in mmol/L"),
        pytest.param(lab(3, "GLUC", "90", unit="mg/dL"), HIGH, False, id="90 mg/dL"),
        pytest.param(lab(3, "GLUC", "520", unit="mg/dL"), HIGH, True, id="28.86 mmol/L"),
        pytest.param(lab(3, "GLUC", "503", unit="mg/dL"), HIGH, None, id="within 0.5 % of 500.8"),
        pytest.param(lab(3, "GLUC", "504", unit="mg/dL"), HIGH, True, id="above that"),
        pytest.param(lab(3, "GLUC", "498", unit="mg/dL"), HIGH, False, id="below that"),
        pytest.param(lab(3, "GLUC", "39", unit="mg/dL"), LOW, True, id="2.16 mmol/L"),
        pytest.param(lab(3, "PHOS", "0.9", unit="mg/dL"), LOW, True, id="0.29 mmol/L"),
        pytest.param(lab(3, "PHOS", "8.1", unit="mg/dL"), HIGH, True, id="2.62 mmol/L"),
        pytest.param(lab(3, "NTPROBNP", "1801", unit="pg/mL"), HIGH, True, id="ng/L are pg/mL"),
        pytest.param(lab(3, "DDIMER", "9000", unit="ug/L"), HIGH, True, id="times its own ULN"),
        pytest.param(lab(3, "GLUC", "2.1"), LOW, True, id="below the lower limit"),
        pytest.param(lab(3, "DDIMER", "5000"), HIGH, False, id="10 x ULN"),
        pytest.param(lab(3, "DDIMER", "5001"), HIGH, True, id="above 10 x ULN"),
        pytest.param(
            lab(3, "DDIMER", "9000", normal=(None, None)), HIGH, None, id="no ULN, no verdict"
        ),
        pytest.param(lab(3, "LDH", "1251"), HIGH, True, id="LDH above 5 x ULN"),
        pytest.param(lab(3, "FERRITIN", ">10000"), HIGH, True, id="above the limit for certain"),
        pytest.param(lab(3, "FERRITIN", ">=10000"), HIGH, False, id="may be the limit itself"),
        pytest.param(lab(3, "FERRITIN", ">9000"), HIGH, False, id="may be below the limit"),
        pytest.param(lab(3, "FERRITIN", "<20000"), HIGH, False, id="an upper bound shows nothing"),
        pytest.param(lab(3, "IGG", "<2"), LOW, True, id="below the limit for certain"),
        pytest.param(lab(3, "IGG", "<1.9"), LOW, True, id="below less than the limit"),
        pytest.param(lab(3, "IGG", "<2.1"), LOW, False, id="may be above the limit"),
        pytest.param(lab(3, "IGG", "<=2"), LOW, False, id="may be the limit itself, low"),
        pytest.param(lab(3, "IGG", ">1"), LOW, False, id="a lower bound shows nothing"),
        pytest.param(lab(3, "IL10", "9999"), HIGH, None, id="an analyte without a limit"),
    ],
)
def test_a_result_lies_beyond_a_limit(
    result: LabValue, direction: AbnormalityDirection, outlier: bool | None
) -> None:
    assert beyond(result, direction) is outlier


@pytest.mark.parametrize(
    ("baseline", "result", "outlier"),
    [
        pytest.param("NOT DETECTED", "DETECTED", True, id="found, and not before"),
        pytest.param("NEGATIVE", "35", True, id="a number is a detection"),
        pytest.param("DETECTED", "DETECTED", False, id="found before"),
        pytest.param("120", "500", False, id="a number before"),
        pytest.param("<10", "500", True, id="below its limit before"),
        pytest.param(None, "POSITIVE", True, id="without a baseline"),
        pytest.param("NOT DETECTED", "<10", False, id="below the limit of quantification"),
        pytest.param("NOT DETECTED", "0", False, id="zero"),
        pytest.param("NOT DETECTED", "NOT DETECTED", False, id="still not found"),
        pytest.param("NOT DETECTED", "INDETERMINATE", None, id="not known"),
    ],
)
def test_a_virus_is_newly_detected(baseline: str | None, result: str, outlier: bool | None) -> None:
    before = None if baseline is None else lab(-8, "HBV_DNA", baseline)
    assert beyond(lab(30, "HBV_DNA", result), baseline=before) is outlier


@pytest.mark.parametrize(
    ("result", "side"),
    [
        pytest.param(lab(3, "FERRITIN", "300"), None, id="at the upper limit"),
        pytest.param(lab(3, "FERRITIN", "301"), HIGH, id="above it"),
        pytest.param(lab(3, "IGG", "7"), None, id="at the lower limit"),
        pytest.param(lab(3, "IGG", "6.9"), LOW, id="below it"),
        pytest.param(lab(3, "IGG", "6.9", normal=(None, None)), None, id="no range"),
        pytest.param(lab(3, "IGG", "1.9", normal=(None, None)), LOW, id="below an outlier's limit"),
        pytest.param(lab(3, "PLT", "124"), LOW, id="by its grade"),
    ],
)
def test_the_side_of_normal_on_which_a_result_lies(
    result: LabValue, side: AbnormalityDirection | None
) -> None:
    history = subject(result)
    [labs] = graded_labs(history, TRIAL, lab_follow_up(history, new_therapy=None))
    limits = [one for one in TRIAL.laboratory.limits if one.analyte == result.analyte]
    assert side_of(labs.results[0], limits) is side


def test_an_upper_limit_of_zero_limits_nothing() -> None:
    limit = OutlierLimit(analyte="LDH", above_uln=Decimal(5))
    result = lab(3, "LDH", "200", normal=(None, "0"))
    assert beyond_limits(result, HIGH, [limit], baseline=None) is None
