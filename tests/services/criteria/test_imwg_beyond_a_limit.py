"""Results beyond a limit of their assay: an interval in every comparison.

Source of the cases: the trial's reading U3 of IMWG 2016; RC-01 to RC-04 of its changed rules.
"""

from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.details import USUAL_DETAILS
from app.services.criteria.imwg.evaluation import MeasuredValue
from app.services.criteria.imwg.light_chains import LightChains, RatioState, ratio_state
from app.services.criteria.imwg.reading import reported
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LightChain
from tests.services.criteria.imwg_courses import bounds, measured, read, visit

KAPPA = LightChain.KAPPA
MARROW_ALONE = visit(-10, 0, 0, ife="--", marrow=40)
CHAINS = visit(-10, 0, 0, ife="+-", kappa=500, lambda_=10)


@pytest.mark.parametrize(
    ("result", "interval"),
    [
        ("0.5", "[0.5, 0.5]"),
        ("<0.5", "[0, 0.5)"),
        ("<=0.5", "[0, 0.5]"),
        (">2", "(2, ...)"),
        (">=2", "[2, ...)"),
    ],
)
def test_a_result_is_an_interval(result: str, interval: str) -> None:
    assert str(bounds(result)) == interval


@pytest.mark.parametrize(
    ("result", "below_5", "at_most_5", "above_5", "at_least_5"),
    [
        ("5", False, True, False, True),
        ("<5", True, True, False, False),
        ("<=5", False, True, False, False),
        (">5", False, False, True, True),
        (">=5", False, False, False, True),
        ("4.9", True, True, False, False),
        ("5.1", False, False, True, True),
    ],
)
def test_something_holds_if_it_holds_for_every_value(
    result: str, *, below_5: bool, at_most_5: bool, above_5: bool, at_least_5: bool
) -> None:
    found = bounds(result)
    assert (found.below(5), found.at_most(5)) == (below_5, at_most_5)
    assert (found.above(5), found.at_least(5)) == (above_5, at_least_5)


@pytest.mark.parametrize(
    ("result", "more_than_90"),
    [
        ("50", False),
        ("49.9", True),
        ("<50", True),
        ("<=50", False),
        ("<51", False),
        (">50", False),
    ],
)
def test_a_fall_of_more_than_90_percent_excludes_90(result: str, *, more_than_90: bool) -> None:
    assert bounds(result).fallen_above(90, baseline=Decimal(500)) is more_than_90


@pytest.mark.parametrize(
    ("kappa", "lambda_", "difference"),
    [
        ("100", "<5", "(95, 100]"),
        ("100", "<=5", "[95, 100]"),
        ("<5", "10", "[-10, -5)"),
        ("<5", "<4", "(-4, 5)"),
        (">2000", "10", "(1990, ...)"),
        ("100", ">500", "(..., -400)"),
    ],
)
def test_a_difference_is_the_interval_of_all_differences(
    kappa: str, lambda_: str, difference: str
) -> None:
    assert str(LightChains(bounds(kappa), bounds(lambda_)).difference(KAPPA)) == difference


@pytest.mark.parametrize(
    ("kappa", "lambda_", "of_kappa", "of_lambda"),
    [
        ("100", "<5", 100, -100),
        ("<5", "10", -10, 10),
        ("<5", "<4", 0, 0),
        (">2000", "10", 1990, -1990),
    ],
)
def test_as_a_nadir_each_chain_below_a_limit_counts_as_0(
    kappa: str, lambda_: str, of_kappa: int, of_lambda: int
) -> None:
    chains = LightChains(bounds(kappa), bounds(lambda_))
    assert chains.difference_as_nadir(KAPPA) == of_kappa
    assert chains.difference_as_nadir(LightChain.LAMBDA) == of_lambda


@pytest.mark.parametrize(
    ("first", "second", "higher"),
    [
        ("2", "6", "[6, 6]"),
        ("<5", "3", "[3, 5)"),
        ("<5", "5", "[5, 5]"),
        ("<5", "<=5", "[0, 5]"),
        (">5", "5", "(5, ...)"),
    ],
)
def test_the_higher_of_two_is_an_interval_too(first: str, second: str, higher: str) -> None:
    assert str(bounds(first).highest_of(bounds(second))) == higher
    assert str(bounds(second).highest_of(bounds(first))) == higher


@pytest.mark.parametrize(
    ("kappa", "lambda_", "state"),
    [
        pytest.param("8", "<1.3", RatioState.HIGH, id="above 6.1"),
        pytest.param("1.65", "<1", RatioState.HIGH, id="above 1.65, which is excluded"),
        pytest.param("1.65", "<=1", RatioState.UNKNOWN, id="1.65 or more"),
        pytest.param("<0.26", "1", RatioState.LOW, id="below 0.26, which is excluded"),
        pytest.param("<=0.26", "1", RatioState.UNKNOWN, id="0.26 or less"),
        pytest.param("<0.6", "1.5", RatioState.UNKNOWN, id="below 0.4"),
        pytest.param("<3", "<3", RatioState.UNKNOWN, id="both below their limits"),
        pytest.param(">10", "1", RatioState.HIGH, id="above 10"),
        pytest.param("5", "4", RatioState.NORMAL, id="both known"),
    ],
)
def test_the_ratio_is_used_where_its_bound_decides(
    kappa: str, lambda_: str, state: RatioState
) -> None:
    assert ratio_state(LightChains(bounds(kappa), bounds(lambda_)), USUAL_DETAILS) is state


@pytest.mark.parametrize(
    ("today", "category"),
    [
        pytest.param({"s": "<2.5", "u": 0}, "MR", id="RC-01 part of it would be PR"),
        pytest.param({"s": "<2", "u": 0}, "PR", id="all of it PR"),
        pytest.param({"s": "<3.1", "u": 0}, "SD", id="not all of it MR"),
        pytest.param({"s": "<0.4", "u": 0}, "VGPR", id="all of it 90 % down"),
        pytest.param({"s": "<0.4", "u": "<100"}, "VGPR", id="urine below 100, excluded"),
        pytest.param({"s": "<0.4", "u": "<=100"}, "PR", id="urine may be 100"),
        pytest.param({"s": ">2", "u": 0}, "SD", id="no upper end"),
    ],
)
def test_a_level_is_shown_if_every_value_reaches_it_or_a_better_one(
    today: dict[str, Any], category: str
) -> None:
    assert read(visit(-10, 4, 0, ife="+-"), visit(28, ife="+-", **today)).categories == [category]


def test_rc_02_urine_between_two_levels_is_the_lower_one() -> None:
    found = read(visit(-10, 0, 1000), visit(28, 0, "<400"), visit(56, 0, "<200"))
    assert found.categories == ["MR", "PR"]


@pytest.mark.parametrize(
    ("later", "categories"),
    [
        pytest.param(12, ["CR", "PR"], id="12 % is no 10 points above the limit"),
        pytest.param(15, ["CR", "PD"], id="15 % is"),
        pytest.param("14.9", ["CR", "PR"], id="14.9 % is not"),
    ],
)
def test_rc_03_the_nadir_of_marrow_is_its_limit(later: Any, categories: list[str]) -> None:
    found = read(
        MARROW_ALONE,
        visit(28, 0, 0, ife="--", marrow="<5"),
        visit(84, 0, 0, ife="--", marrow=later),
    )
    assert found.categories == categories
    assert "nadir_below_limit" not in found.last.flags


def test_rc_04_above_a_limit_is_no_nadir() -> None:
    start = visit(-10, 0, 0, ife="+-", kappa=">2000", lambda_=10)
    found = read(start, visit(28, 0, 0, ife="+-", kappa=2600, lambda_=10), involved=KAPPA)
    assert (found.categories, found.last.flags) == (["SD"], ("nadir_above_limit",))
    small = read(start, visit(28, 0, 0, ife="+-", kappa=2100, lambda_=10), involved=KAPPA)
    assert (small.categories, small.last.flags) == (["SD"], ())


def test_above_a_limit_counts_as_the_limit_where_a_response_is_measured_from_it() -> None:
    start = visit(-10, 0, 0, ife="+-", kappa=">2000", lambda_=10)
    for kappa, category in ((1005, "PR"), (1006, "SD")):
        found = read(start, visit(28, 0, 0, ife="+-", kappa=kappa, lambda_=10), involved=KAPPA)
        assert found.categories == [category]


@pytest.mark.parametrize(
    ("policy", "categories", "flags"),
    [
        pytest.param("zero", ["VGPR", "PD"], ("nadir_below_limit",), id="as 0"),
        pytest.param("limit", ["VGPR", "PR"], (), id="as its limit"),
    ],
)
def test_below_a_limit_is_a_nadir_of_0_or_of_the_limit(
    policy: Any, categories: list[str], flags: tuple[str, ...]
) -> None:
    found = read(
        visit(-10, 4, 0, ife="+-"),
        visit(28, "<0.2", 0, ife="+-"),
        visit(56, "0.6", 0, ife="+-"),
        policy=ImwgPolicy(below_limit_nadir=policy),
    )
    assert (found.categories, found.last.flags) == (categories, flags)


def test_progression_that_stands_with_the_limit_too_carries_no_flag() -> None:
    found = read(
        visit(-10, 4, 0, ife="+-"),
        visit(28, "<0.2", 0, ife="+-"),
        visit(56, "0.7", 0, ife="+-"),
    )
    assert (found.categories, found.last.flags) == (["VGPR", "PD"], ())


@pytest.mark.parametrize(
    ("kappa", "lambda_", "category"),
    [
        pytest.param(100, "<5", "VGPR", id="between 95 and 100"),
        pytest.param(105, "<5", "PD", id="more than 100, which is excluded"),
        pytest.param(105, "<=5", "VGPR", id="100 or more"),
        pytest.param(">100", 0, "PD", id="above 100"),
        pytest.param(">=100", 0, "SD", id="100 or more, no upper end"),
    ],
)
def test_light_chains_progress_by_more_than_100_whatever_their_difference_is(
    kappa: Any, lambda_: Any, category: str
) -> None:
    start = visit(-10, 0, 0, ife="+-", kappa=1500, lambda_=10)
    nothing = visit(28, 0, 0, ife="+-", kappa=2, lambda_=2)
    today = visit(56, 0, 0, ife="+-", kappa=kappa, lambda_=lambda_)
    assert read(start, nothing, today, involved=KAPPA).last.category == category


@pytest.mark.parametrize(
    ("result", "quantified"), [("0", False), ("<0.5", False), (">0", True), (">=0.5", True)]
)
def test_a_spike_is_quantified_if_all_it_may_be_is_above_0(
    result: str, *, quantified: bool
) -> None:
    assert bounds(result).quantified is quantified


def test_calcium_above_11_is_flagged_also_where_11_is_the_limit() -> None:
    for calcium, raised in ((">11", True), (">=11", False), ("<12", False)):
        last = read(CHAINS, visit(28, 0, 0, calcium=calcium)).last
        assert ("raised_calcium" in last.flags) is raised


def test_a_chain_that_was_not_measured_is_reported_as_nothing() -> None:
    assert reported(None) == ""
    assert reported(MeasuredValue(value=None)) == ""
    assert reported(measured("<5", "mg/L")) == "<5 mg/L"


def test_the_explanation_says_what_was_reported_and_what_it_can_be() -> None:
    last = read(CHAINS, visit(28, 0, 0, kappa=100, lambda_="<5"), involved=KAPPA).last
    chains = {marker.component: marker for marker in last.markers}["free_light_chains"]
    assert chains.reported == "kappa 100 mg/L, lambda <5 mg/L"
    assert (chains.interval, chains.current, chains.at_most) == (
        "(95, 100]",
        Decimal(95),
        Decimal(100),
    )
