"""What implementations of the IMWG criteria get wrong, each as one case.

The cases named X are the trial's further cases in words; the others are the traps of its checklist.
"""

from datetime import date
from decimal import Decimal

import pytest

from app.services.criteria.imwg.evaluation import Band, MrdSample, SerumMProtein
from app.services.derivations.response.best_response import BestResponse, best_response
from app.services.derivations.response.confirmed_response import confirmed_visits
from app.services.derivations.response.mrd_status import mrd_summary
from app.services.derivations.response.rated_visit import rated
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import (
    BandOwner,
    Clonality,
    DrugBandTest,
    LightChain,
    MrdMethod,
    MrdResult,
)
from tests.services.criteria.imwg_courses import DEFAULT, INFUSED_ON, Read, on_day, read, visit

D = Decimal
KAPPA = LightChain.KAPPA
START = visit(-10, 4, 0, ife="+-", kappa=200, lambda_=10, marrow=50)
ABSENT = Clonality.ABSENT


def best(
    found: Read,
    *,
    new_therapy_on: date | None = None,
    died_of_myeloma_on: date | None = None,
    policy: ImwgPolicy = DEFAULT,
) -> BestResponse:
    return best_response(
        confirmed_visits(
            rated(found.course.visits),
            infused_on=INFUSED_ON,
            new_therapy_on=new_therapy_on,
            died_of_myeloma_on=died_of_myeloma_on,
            policy=policy,
        )
    )


def test_x01_an_uninvolved_chain_that_returns_to_normal_is_no_progression() -> None:
    found = read(
        visit(-10, 0, 0, ife="+-", kappa=500, lambda_=10),
        visit(28, 0, 0, ife="+-", kappa=2, lambda_=80),
        visit(56, 0, 0, ife="+-", kappa=2, lambda_=190),
        visit(84, 0, 0, ife="+-", kappa=2, lambda_=10),
        involved=KAPPA,
    )
    assert found.categories == ["VGPR", "VGPR", "VGPR"]


@pytest.mark.parametrize("owner", [BandOwner.DRUG_PROVEN, None])
def test_x02_a_proven_drug_band_leaves_cr_open(owner: BandOwner | None) -> None:
    today = visit(
        28,
        u=0,
        ife="+-",
        bands=[Band(owner=BandOwner.DRUG_PROVEN, drug_test=DrugBandTest.DIRA)],
        kappa=30,
        lambda_=10,
        marrow=1,
        serum_m_protein=SerumMProtein(value=D("0.08"), unit="g/dL", owner=owner),
    )
    assert read(START, today, involved=KAPPA).categories == ["CR"]


def test_x04_light_chain_disease_needs_no_urine() -> None:
    start = visit(-10, 0, 0, ife="+-", kappa=500, lambda_=10)
    today = visit(28, 0, None, ife="+.", kappa=20, lambda_=10)
    assert read(start, today, involved=KAPPA).categories == ["VGPR"]


def test_x05_a_result_below_a_limit_shows_what_the_limit_shows() -> None:
    assert read(visit(-10, 1, 0), visit(28, "<0.5", 0)).categories == ["PR"]


def test_x08_the_infusion_day_is_neither_baseline_nor_response() -> None:
    found = best(read(START, visit(0, "0.3", 0), visit(28, "1.6", 0), visit(56, "1.6", 0)))
    assert (found.best, found.best_on, found.first_response_on) == ("PR", on_day(28), on_day(28))


def test_x09_two_records_of_one_day_are_one_evaluation() -> None:
    blood = visit(28, 0, 0, ife="--", name="blood")
    marrow = visit(28, marrow=1, name="marrow")
    for records in ((blood, marrow), (marrow, blood)):
        [one] = read(START, *records).course.visits
        assert (one.category, set(one.evaluation_ids)) == ("CR", {"blood", "marrow"})


def test_x10_a_lesion_that_is_back_is_a_new_lesion() -> None:
    found = read(
        visit(-10, 4, 0, lesions={"a": (25, 25)}),
        visit(28, 1, 0, lesions={"a": (0, 0)}),
        visit(56, 1, 0, lesions={"a": (12, 11)}),
    )
    assert (found.categories, found.last.rules) == (["PR", "PD"], ("P-L1",))


def test_x12_an_unconfirmed_progression_is_no_event_unless_asked() -> None:
    found = read(START, visit(28, 1, 0), visit(56, 1, 0), visit(84, "1.6", 0))
    result = best(found)
    assert (result.best, result.progression_on) == ("PR", None)
    assert result.unconfirmed_progression_on == on_day(84)
    event = best(found, policy=ImwgPolicy(unconfirmed_pd="event"))
    assert (event.best, event.progression_on) == ("PR", on_day(84))


@pytest.mark.parametrize(
    ("ife", "category", "day"), [("--", "CR", 38), ("+-", "VGPR", 28)], ids=["CR", "VGPR"]
)
def test_x15_a_later_marrow_dates_the_cr_it_makes_and_nothing_else(
    ife: str, category: str, day: int
) -> None:
    last = read(START, visit(28, 0, 0, ife=ife, marrow=1, marrow_day=38)).last
    assert (last.category, last.assessed_on) == (category, on_day(day))


def test_x16_residual_disease_may_be_gone_before_immunofixation_is_negative() -> None:
    sample = MrdSample(method=MrdMethod.NGF, result=MrdResult.NEGATIVE, sensitivity=D("1e-5"))
    found = read(
        START,
        visit(28, 0, 0, ife="+-", marrow=1, mrd=sample),
        visit(91, 0, 0, ife="--", marrow=1),
    )
    assert found.categories == ["VGPR", "CR"]
    summary = mrd_summary(
        found.course.visits,
        infused_on=INFUSED_ON,
        new_therapy_on=None,
        progressed_on=None,
        threshold=D("1e-5"),
    )
    assert summary.negative_with_complete_response
    assert not summary.imwg_negative


def test_trap_01_progression_is_judged_from_the_nadir_and_before_any_response() -> None:
    found = read(visit(-10, 5, 0), visit(28, "0.4", 0), visit(56, "0.9", 0))
    assert found.categories == ["VGPR", "PD"]


def test_trap_02_the_nadir_includes_the_baseline() -> None:
    assert read(visit(-10, 2, 0), visit(28, "2.5", 0)).categories == ["PD"]


def test_trap_03_only_light_chains_need_more_than_their_threshold() -> None:
    start = visit(-10, 0, 0, kappa=500, lambda_=0)
    deep = visit(28, 0, 0, kappa=40, lambda_=0)
    exactly = visit(56, 0, 0, kappa=140, lambda_=0)
    assert read(start, deep, exactly, involved=KAPPA).categories == ["VGPR", "PR"]
    assert read(visit(-10, 4, 0), visit(28, 0, 0), visit(56, "0.5", 0)).last.category == "PD"


def test_trap_04_marrow_of_5_percent_is_no_cr() -> None:
    assert read(START, visit(28, 0, 0, ife="--", marrow=5)).categories == ["VGPR"]


def test_trap_05_urine_limits_are_strict() -> None:
    start = visit(-10, 0, 2000)
    for urine, category in ((200, "PR"), (199, "PR"), (100, "PR"), (99, "VGPR"), (201, "MR")):
        assert read(start, visit(28, 0, urine)).categories == [category]


def test_trap_06_boundaries_are_exact() -> None:
    assert read(visit(-10, "1.3", 0), visit(28, "0.13", 0)).categories == ["VGPR"]
    found = read(visit(-10, 4, 0), visit(28, "0.9", 0), visit(56, "1.4", 0))
    assert found.last.category == "PD"


def test_trap_07_ten_mg_per_dl_are_100_mg_per_l() -> None:
    found = read(
        visit(-10, 0, 0, kappa=500, lambda_=10),
        visit(28, 0, 0, kappa=20, lambda_=10),
        visit(56, 0, 0, kappa=31, lambda_=10),
        involved=KAPPA,
    )
    assert found.categories == ["VGPR", "VGPR"]


def test_trap_08_the_involved_side_is_fixed() -> None:
    found = read(
        visit(-10, 0, 0, kappa=10, lambda_=500),
        visit(28, 0, 0, kappa=80, lambda_=2),
        visit(56, 0, 0, kappa=300, lambda_=2),
    )
    assert found.categories == ["VGPR", "VGPR"]


def test_trap_09_light_chains_count_for_scr_only_where_serum_is_measurable() -> None:
    high = visit(28, 0, 0, ife="--", marrow=1, clonality=ABSENT, kappa=500, lambda_=10)
    normal = visit(28, 0, 0, ife="--", marrow=1, clonality=ABSENT, kappa=10, lambda_=10)
    assert read(START, high, involved=KAPPA).categories == ["CR"]
    assert read(START, normal, involved=KAPPA).categories == ["sCR"]


def test_trap_10_vgpr_and_cr_need_both_fluids() -> None:
    assert read(START, visit(28, 0, None, ife="-.", marrow=1)).categories == ["PR"]


def test_trap_11_no_second_marrow_confirms_a_cr() -> None:
    found = best(read(START, visit(28, 0, 0, ife="--", marrow=1), visit(56, 0, 0, ife="--")))
    assert (found.best, found.best_on) == ("CR", on_day(28))


def test_trap_12_a_band_that_is_back_is_no_progression() -> None:
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=1),
        visit(56, 0, 0, ife="--"),
        visit(84, 0, 0, ife="+-"),
    )
    result = best(found)
    assert found.last.category == "VGPR"
    assert result.progression_on is None
    assert result.relapse_from_complete_response is not None
    assert result.relapse_from_complete_response.collected_on == on_day(84)


def test_trap_13_a_proven_drug_band_is_negative_a_suspected_one_is_not() -> None:
    proven, suspected = BandOwner.DRUG_PROVEN, BandOwner.DRUG_SUSPECTED
    for owner, test, category in (
        (proven, DrugBandTest.DIRA, "CR"),
        (proven, None, "VGPR"),
        (suspected, None, "VGPR"),
    ):
        band = Band(owner=owner, drug_test=test)
        today = visit(28, 0, 0, ife="+-", bands=[band], marrow=1)
        assert read(START, today).categories == [category]


def test_trap_14_two_visits_confirm_the_lower_at_the_first_date() -> None:
    found = best(read(START, visit(28, "0.3", 0), visit(56, "0.7", 0)))
    assert (found.best, found.best_on) == ("PR", on_day(28))


def test_trap_15_progression_on_imaging_needs_no_confirmation() -> None:
    found = best(read(START, visit(28, "0.3", 0, new_lesion=True), visit(56, "0.3", 0)))
    assert (found.best, found.progression_on) == ("PD", on_day(28))


def test_trap_16_new_therapy_stops_responses() -> None:
    course = read(START, visit(28, "1.6", 0), visit(56, "1.6", 0), visit(84, "0.3", 0))
    assert best(course, new_therapy_on=on_day(55)).best == "SD"
    assert best(course, new_therapy_on=on_day(56)).best == "PR"
    deeper = read(START, visit(28, "1.6", 0), visit(84, "0.3", 0), visit(112, "0.3", 0))
    assert best(deeper, new_therapy_on=on_day(84)).best == "PR"


def test_trap_17_not_done_is_not_0() -> None:
    assert read(START, visit(28, 0, 0)).categories == ["VGPR"]
    assert read(START, visit(28, None, 0)).categories == ["NE"]


def test_trap_18_visits_are_ordered_by_day() -> None:
    course = [visit(84, "0.9", 0, name="1"), visit(28, "0.3", 0, name="2")]
    found = read(START, *course)
    assert [one.anchor for one in found.course.visits] == [on_day(28), on_day(84)]
    assert found.categories == ["VGPR", "PD"]


def test_trap_20_residual_disease_is_no_rung() -> None:
    sample = MrdSample(method=MrdMethod.NGF, result=MrdResult.POSITIVE, sensitivity=D("1e-5"))
    today = visit(28, 0, 0, ife="--", marrow=1, mrd=sample)
    assert read(START, today).categories == ["CR"]


def test_trap_21_a_late_early_value_changes_everything_after_it() -> None:
    course = [visit(28, "1.6", 0), visit(84, "1.7", 0), visit(112, "1.7", 0)]
    assert best(read(START, *course)).best == "PR"
    late = visit(56, "1.1", 0)
    found = best(read(START, *course, late))
    assert (found.best, found.progression_on) == ("PR", on_day(84))
