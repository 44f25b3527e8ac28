"""Summaries of a parameter: R's figures, and what is left out of the geometric ones."""

import json
import random
from dataclasses import asdict
from decimal import Decimal
from math import exp, inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics.summaries import quantile, summarise
from tests.services.statistics.reference import agrees, cases, survival_data, unhurried

CASES = cases("descriptive")
FOLLOW_UP = cases("kaplan_meier")
TYPES = (2, 6, 7)

values = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=60)


@pytest.mark.parametrize("name", CASES)
def test_it_is_that_of_r(name: str) -> None:
    case = CASES[name]
    summary = summarise(case["x"])
    assert summary.n == case["n"]
    assert (summary.median, summary.minimum, summary.maximum) == (
        case["median"],
        case["min"],
        case["max"],
    )
    assert summary.mean.estimate == agrees(case["mean"])
    assert summary.mean.deviation == agrees(case["sd"])
    assert [summary.mean.lower, summary.mean.upper] == agrees(case["mean_ci95_t"])
    geometric = summary.geometric_mean
    assert geometric.estimate == agrees(case["geo_mean"])
    assert geometric.deviation == agrees(case["geo_sd"])
    assert [geometric.lower, geometric.upper] == agrees(case["geo_mean_ci95_t"])
    assert summary.geometric_cv_percent == agrees(case["geo_cv_pct"])
    assert summary.n_not_positive == 0


@pytest.mark.parametrize("quantile_type", TYPES)
@pytest.mark.parametrize("name", CASES)
def test_its_quartiles_are_those_of_r(name: str, quantile_type: Any) -> None:
    case = CASES[name]
    summary = summarise(case["x"], quantile_type=quantile_type)
    assert summary.quantile_type == quantile_type
    assert summary.quartiles == agrees(case[f"q_type{quantile_type}"])


@pytest.mark.parametrize("name", FOLLOW_UP)
def test_the_observed_follow_up_is_the_plain_median(name: str) -> None:
    days, _ = survival_data(name)
    assert summarise(days).median == agrees(FOLLOW_UP[name]["mean_observed"]["median_obs_time"])


def test_sas_is_the_default() -> None:
    assert summarise([1, 2, 3, 4]).quartiles == (1.5, 3.5)
    assert summarise([1, 2, 3, 4]).quantile_type == 2


def test_the_types_differ_at_60_values() -> None:
    assert [quantile(range(1, 61), 0.25, quantile_type=kind) for kind in TYPES] == [
        15.5,
        15.25,
        15.75,
    ]


def test_never_quantifiable_is_left_out_of_the_geometric_figures_and_counted() -> None:
    with_zeros, without = summarise([0, 0, 10, 1000]), summarise([10, 1000])
    assert with_zeros.n_not_positive == 2
    assert with_zeros.geometric_mean == without.geometric_mean
    assert with_zeros.geometric_mean.estimate == pytest.approx(100)
    assert with_zeros.geometric_cv_percent == without.geometric_cv_percent
    assert (with_zeros.n, with_zeros.minimum, with_zeros.median) == (4, 0, 5)


def test_a_value_below_zero_has_no_logarithm_either() -> None:
    assert summarise([-1, 10]).n_not_positive == 1


def test_only_zeros_have_no_geometric_mean() -> None:
    summary = summarise([0, 0])
    assert summary.geometric_mean.estimate is None
    assert summary.geometric_cv_percent is None
    assert summary.mean.estimate == 0


def test_nobody_has_no_figures() -> None:
    summary = summarise([])
    assert (summary.n, summary.n_not_positive) == (0, 0)
    assert (summary.mean.estimate, summary.median, summary.minimum) == (None, None, None)
    assert (summary.maximum, summary.quartiles) == (None, None)


def test_one_value_has_no_spread() -> None:
    summary = summarise([7])
    assert (summary.mean.deviation, summary.mean.lower, summary.mean.upper) == (None, None, None)
    assert summary.geometric_cv_percent is None
    assert summary.quartiles == (7, 7)


def test_decimals_are_taken_as_they_come() -> None:
    assert summarise([Decimal("0.50"), Decimal("1.50")]).mean.estimate == 1


def test_figures_beyond_double_precision_are_left_out() -> None:
    summary = summarise([1e-150, 1e150])
    assert summary.geometric_cv_percent is None
    assert summary.geometric_mean.upper is None
    assert summary.geometric_mean.estimate == pytest.approx(1)
    assert json.dumps(asdict(summary), allow_nan=False)


def test_a_wider_level_has_wider_limits() -> None:
    at_90, at_95 = summarise([1, 2, 4], conf_level=0.9), summarise([1, 2, 4])
    assert at_90.conf_level == 0.9
    for mean in ("mean", "geometric_mean"):
        assert getattr(at_95, mean).lower < getattr(at_90, mean).lower
        assert getattr(at_90, mean).upper < getattr(at_95, mean).upper


@pytest.mark.parametrize(
    ("probability", "quantile_type", "expected"),
    [
        pytest.param(0, 2, 1, id="type 2, the smallest"),
        pytest.param(1, 2, 5, id="type 2, the largest"),
        pytest.param(0.2, 2, 1.5, id="type 2, between two"),
        pytest.param(0.3, 2, 2, id="type 2, on one"),
        pytest.param(0.1, 6, 1, id="type 6, below the first position"),
        pytest.param(0.95, 6, 5, id="type 6, beyond the last position"),
        pytest.param(0.4, 6, 2.4, id="type 6, interpolated"),
        pytest.param(0.4, 7, 2.6, id="type 7, interpolated"),
    ],
)
def test_a_quantile_of_1_to_5(probability: float, quantile_type: Any, expected: float) -> None:
    assert quantile([5, 1, 4, 2, 3], probability, quantile_type=quantile_type) == pytest.approx(
        expected
    )


@pytest.mark.parametrize(
    "share", [pytest.param(0.1 + 0.2, id="a little above"), pytest.param(0.7 - 0.4, id="below")]
)
def test_rounding_error_does_not_move_a_position(share: float) -> None:
    assert share != 0.3
    assert quantile(range(1, 11), share, quantile_type=2) == 3.5


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: quantile([], 0.5), id="a quantile of nothing"),
        pytest.param(lambda: quantile([1], 50), id="a share of 50"),
        pytest.param(lambda: quantile([1], 0.5, quantile_type=5), id="a type 5"),  # type: ignore[arg-type]
        pytest.param(lambda: summarise([1, nan]), id="a value that is none"),
        pytest.param(lambda: summarise([inf]), id="an endless value"),
        pytest.param(lambda: summarise([1], conf_level=95), id="a level of 95"),
    ],
)
def test_it_refuses(call: Any) -> None:
    with pytest.raises(ValueError, match=r"share|type|finite|level"):
        call()


@unhurried
@given(values, st.randoms(use_true_random=False))
def test_the_order_of_the_values_does_not_matter(
    values: list[float], chance: random.Random
) -> None:
    assert summarise(chance.sample(values, len(values))) == summarise(values)


@unhurried
@given(values, st.floats(0, 1), st.floats(0, 1), st.sampled_from(TYPES))
def test_quantiles_rise_with_the_share_and_stay_in_range(
    values: list[float], one: float, other: float, quantile_type: Any
) -> None:
    low, high = sorted((one, other))
    smaller = quantile(values, low, quantile_type=quantile_type)
    larger = quantile(values, high, quantile_type=quantile_type)
    rounding = 1 + 1e-12
    assert min(values) <= smaller * rounding
    assert smaller <= larger * rounding
    assert larger <= max(values) * rounding


def test_a_quantile_that_is_a_value_is_that_value() -> None:
    assert quantile([0.2, 0.9], 0.75, quantile_type=2) == 0.9


@unhurried
@given(values)
def test_the_median_of_an_odd_number_of_values_is_one_of_them(values: list[float]) -> None:
    if len(values) % 2:
        assert summarise(values).median in values


@unhurried
@given(values)
def test_the_geometric_mean_lies_below_the_arithmetic_and_inside_the_range(
    values: list[float],
) -> None:
    summary = summarise(values)
    assert summary.geometric_mean.estimate is not None
    assert summary.mean.estimate is not None
    assert summary.geometric_mean.estimate <= summary.mean.estimate * (1 + 1e-9)
    assert min(values) * (1 - 1e-9) <= summary.geometric_mean.estimate
    assert summary.geometric_mean.estimate <= max(values) * (1 + 1e-9)


@unhurried
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30), st.floats(0.01, 100))
def test_geometric_figures_follow_the_unit(logarithms: list[float], factor: float) -> None:
    before = summarise([exp(one) for one in logarithms])
    after = summarise([factor * exp(one) for one in logarithms])
    assert before.geometric_mean.estimate is not None
    assert after.geometric_mean.estimate == pytest.approx(factor * before.geometric_mean.estimate)
    assert after.geometric_cv_percent == pytest.approx(
        before.geometric_cv_percent, rel=1e-9, abs=1e-6
    )
