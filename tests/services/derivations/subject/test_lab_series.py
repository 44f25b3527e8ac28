"""One subject's results of one analyte, for a picture."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.derivations.subject.lab_series import lab_series
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import lab, subject


def test_it_gives_value_range_grade_and_day_in_the_order_of_collection() -> None:
    found = lab_series(subject(lab(9, "PLT", "18"), lab(-8, "PLT", "180")), TRIAL, "PLT")
    assert (found["analyte"], found["unit"]) == ("PLT", "10*9/L")
    told = [
        (one["day"], one["value"], one["lower_limit"], one["grade"], one["period"])
        for one in found["results"]
    ]
    assert told == [
        (-8, Decimal(180), Decimal(125), 0, "before_lymphodepletion"),
        (9, Decimal(18), Decimal(125), 4, "post_infusion"),
    ]


def test_it_brings_results_to_one_unit_with_their_limits() -> None:
    other = lab(3, "HGB", "9.1", unit="g/dL", normal=("12", "16"))
    found = lab_series(subject(lab(1, "HGB", "101"), other), TRIAL, "HGB")
    assert found["unit"] == "g/L"
    assert [str(one["value"]) for one in found["results"]] == ["101", "91"]
    assert str(found["results"][1]["lower_limit"]) == "120"


def test_it_restates_by_a_factor_and_names_it() -> None:
    other = lab(3, "HGB", "4.9", unit="mmol/L", normal=("7.4", "9.9"))
    found = lab_series(subject(lab(1, "HGB", "101"), other), TRIAL, "HGB")
    grams, moles = found["results"]
    assert (grams["restated_by"], moles["restated_by"]) == (None, "1 mmol/L = 1.611 g/dL")
    assert (str(moles["value"]), str(moles["lower_limit"])) == ("78.939", "119.21")
    assert moles["grade"] == 2, "4.9 mmol/L is grade 2 as printed, 78.9 g/L would be 3"


def test_it_counts_what_it_cannot_show() -> None:
    odd = lab(3, "HGB", "9.1", unit="U/L")
    found = lab_series(subject(lab(1, "HGB", "101"), odd), TRIAL, "HGB")
    assert (len(found["results"]), found["n_not_shown"]) == (1, 1)


@pytest.mark.parametrize(
    ("sent_as", "shown"), [("3094-0", "4.9982"), ("3091-6", "2.3310"), ("UREA", None)]
)
def test_urea_in_mg_is_restated_by_the_code_that_says_what_was_weighed(
    sent_as: str, shown: str | None
) -> None:
    moles = lab(1, "UREA", "5.2", unit="mmol/L", sent_as="22664-7")
    mass = lab(3, "UREA", "14", unit="mg/dL", sent_as=sent_as)
    found = lab_series(subject(moles, mass), TRIAL, "UREA")
    assert found["unit"] == "mmol/L"
    values = [str(one["value"]) for one in found["results"]]
    assert values == (["5.2"] if shown is None else ["5.2", shown])


def test_the_baseline_has_its_own_grade_and_later_ones_say_their_scale() -> None:
    labs = lab(-8, "ALT", "210"), lab(3, "ALT", "450"), lab(9, "ALT", "1100")
    found = lab_series(subject(*labs), TRIAL, "ALT")["results"]
    assert [(one["grade"], one["scale"]) for one in found] == [
        (3, "limits"),
        (1, "baseline"),
        (3, "baseline"),
    ]


def test_nothing_after_the_data_cut_is_shown() -> None:
    found = lab_series(subject(lab(1, "HGB", "101"), lab(9, "HGB", "80"), cut=5), TRIAL, "HGB")
    assert [one["day"] for one in found["results"]] == [1]


def test_a_laboratory_error_is_no_result() -> None:
    found = lab_series(subject(lab(1, "HGB", "101", spurious=True)), TRIAL, "HGB")
    assert found["results"] == []
    assert found["n_not_shown"] == 0


def test_without_an_infusion_there_is_a_result_with_its_own_grade_and_no_day() -> None:
    found = lab_series(subject(lab(-20, "HGB", "80"), infused=False), TRIAL, "HGB")
    [one] = found["results"]
    assert (found["infused_on"], one["day"], one["grade"]) == (None, None, 2)
    assert one["value"] == Decimal(80)


def test_calcium_is_corrected_for_the_albumin_of_its_sample() -> None:
    labs = (
        lab(3, "CA_TOTAL", "2.00", sample_id="S1"),
        lab(3, "ALB", "30", sample_id="S1"),
    )
    [one] = lab_series(subject(*labs), TRIAL, "CA_CORR")["results"]
    assert one["value"] == Decimal("2.20")
