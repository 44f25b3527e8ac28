"""One subject's results of one analyte, for a picture."""

from __future__ import annotations

from decimal import Decimal

from app.services.trial_endpoints.lab_series import lab_series
from tests.services.derivations.lab_histories import TRIAL, lab, subject


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


def test_it_counts_what_it_cannot_show() -> None:
    odd = lab(3, "HGB", "9.1", unit="mmol/L")
    found = lab_series(subject(lab(1, "HGB", "101"), odd), TRIAL, "HGB")
    assert (len(found["results"]), found["n_not_shown"]) == (1, 1)


def test_nothing_after_the_data_cut_is_shown() -> None:
    found = lab_series(subject(lab(1, "HGB", "101"), lab(9, "HGB", "80"), cut=5), TRIAL, "HGB")
    assert [one["day"] for one in found["results"]] == [1]


def test_a_laboratory_error_is_no_result() -> None:
    found = lab_series(subject(lab(1, "HGB", "101", spurious=True)), TRIAL, "HGB")
    assert found["results"] == []
    assert found["n_not_shown"] == 0


def test_without_an_infusion_there_is_a_result_and_no_day_and_no_grade() -> None:
    found = lab_series(subject(lab(-20, "HGB", "80"), infused=False), TRIAL, "HGB")
    [one] = found["results"]
    assert (found["infused_on"], one["day"], one["grade"]) == (None, None, None)
    assert one["value"] == Decimal(80)


def test_calcium_is_corrected_for_the_albumin_of_its_sample() -> None:
    labs = (
        lab(3, "CA_TOTAL", "2.00", sample_id="S1"),
        lab(3, "ALB", "30", sample_id="S1"),
    )
    [one] = lab_series(subject(*labs), TRIAL, "CA_CORR")["results"]
    assert one["value"] == Decimal("2.20")
