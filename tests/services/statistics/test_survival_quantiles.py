"""A median, or any quantile, by either of R's two rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics.kaplan_meier import kaplan_meier, reverse_kaplan_meier
from app.services.statistics.survival_quantiles import (
    SurvivalQuantile,
    median_survival,
    survival_quantile,
)
from tests.services.statistics.reference import agrees, cases, survival_data, unhurried

CASES = cases("kaplan_meier")
TYPES = ("log-log", "log", "plain")

subjects = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=40)


def figures(quantile: SurvivalQuantile) -> tuple[float | None, float | None, float | None]:
    return quantile.estimate, quantile.lower, quantile.upper


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", CASES)
def test_the_median_is_that_of_r_survfit(name: str, conf_type: Any) -> None:
    expected = CASES[name]["median"][conf_type]
    curve = kaplan_meier(*survival_data(name), conf_type=conf_type)
    assert figures(median_survival(curve)) == agrees(
        [expected["est"], expected["lower"], expected["upper"]]
    )


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", CASES)
def test_the_quartiles_are_those_of_r_quantile(name: str, conf_type: Any) -> None:
    expected = CASES[name]["quantile_fn"][conf_type]
    curve = kaplan_meier(*survival_data(name), conf_type=conf_type)
    for probability, *wanted in zip(
        expected["probs"], expected["est"], expected["lower"], expected["upper"], strict=True
    ):
        read = survival_quantile(curve, probability, rule="R_quantile")
        assert figures(read) == agrees(wanted), probability


@pytest.mark.parametrize("conf_type", ["log-log", "log"])
@pytest.mark.parametrize("name", CASES)
def test_the_median_follow_up_is_that_of_r(name: str, conf_type: Any) -> None:
    expected = CASES[name]["reverse_km"][conf_type]
    curve = reverse_kaplan_meier(*survival_data(name), conf_type=conf_type)
    assert figures(median_survival(curve)) == agrees(
        [expected["median"], expected["lower"], expected["upper"]]
    )


@pytest.mark.parametrize(
    ("days", "observed", "by_table", "by_quantile"),
    [
        pytest.param([1, 2], [True, False], 1, 1.5, id="ends level on one half"),
        pytest.param([1, 2, 3, 4], [True, True, False, False], 2, 3, id="ends level, two more"),
        pytest.param([1, 2, 3, 4], [True, True, False, True], 3, 3, id="level, then drops"),
        pytest.param([1, 2, 3, 4], [True] * 4, 2.5, 2.5, id="level for one step"),
        pytest.param([5], [True], 5, 5, id="one event"),
        pytest.param([7, 7, 7], [True] * 3, 7, 7, id="all at one time"),
        pytest.param([5, 6], [False, False], None, None, id="no event: not reached"),
        pytest.param([1, 2, 3], [True, False, False], None, None, id="stays above one half"),
        pytest.param([3, 4, 5], [True, True, False], 4, 4, id="passes one half"),
    ],
)
def test_a_median_on_the_edge(
    days: list[float], observed: list[bool], by_table: float | None, by_quantile: float | None
) -> None:
    curve = kaplan_meier(days, observed)
    assert median_survival(curve).estimate == by_table
    assert median_survival(curve, rule="R_quantile").estimate == by_quantile


@pytest.mark.parametrize(
    ("n", "side"),
    [
        pytest.param(12, -1, id="a little below one half"),
        pytest.param(100, -1, id="a little below, of 100"),
        pytest.param(24, 1, id="a little above one half"),
        pytest.param(102, 1, id="a little above, of 102"),
    ],
)
def test_rounding_error_at_one_half_does_not_move_the_median(n: int, side: int) -> None:
    curve = kaplan_meier(list(range(1, n + 1)), [True] * n)
    assert (curve.survival[n // 2 - 1] - 0.5) * side > 0
    for rule in ("R_survfit_table", "R_quantile"):
        assert median_survival(curve, rule=rule).estimate == (n + 1) / 2


def test_a_band_that_ends_without_a_limit_does_not_end_level() -> None:
    curve = kaplan_meier([1, 2], [True, True])
    limit = curve.lower[0]
    assert limit is not None
    assert curve.lower[1] is None
    assert survival_quantile(curve, 1 - limit, rule="R_quantile").lower is None


def test_a_limit_that_is_not_reached_is_none() -> None:
    median = median_survival(kaplan_meier([3, 3, 9], [True, True, False]))
    assert (median.estimate, median.upper) == (3, None)


def test_the_rules_read_a_band_that_turns_back_in_two_ways() -> None:
    fates = {1: "+++", 2: "+", 3: "+", 4: "-++++", 5: "++", 6: "-", 8: "++++"}
    fates |= {9: "---++", 10: "++", 11: "--++++", 12: "-+"}
    subjects = [(day, fate == "+") for day, several in fates.items() for fate in several]
    times, observed = [day for day, _ in subjects], [seen for _, seen in subjects]
    curve = kaplan_meier(times, observed, conf_type="log")
    band = [limit for limit in curve.upper if limit is not None]
    assert band != sorted(band, reverse=True)
    assert median_survival(curve).upper == 11
    assert median_survival(curve, rule="R_quantile").upper == 12


def test_it_echoes_how_it_was_read() -> None:
    curve = kaplan_meier([1, 2], [True, True], conf_type="plain", conf_level=0.9)
    quartile = survival_quantile(curve, 0.25, rule="R_quantile")
    assert (quartile.probability, quartile.rule) == (0.25, "R_quantile")
    assert (quartile.conf_type, quartile.conf_level) == ("plain", 0.9)
    assert median_survival(curve).rule == "R_survfit_table"


def test_nobody_has_no_median() -> None:
    nobody = kaplan_meier([], [])
    assert figures(median_survival(nobody)) == (None, None, None)
    assert figures(median_survival(nobody, rule="R_quantile")) == (None, None, None)


@pytest.mark.parametrize("probability", [0, 1, -0.5, 50])
def test_it_refuses_a_share_that_is_none(probability: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        survival_quantile(kaplan_meier([1], [True]), probability)


def test_it_refuses_a_rule_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="R_survfit_table or R_quantile"):
        median_survival(kaplan_meier([1], [True]), rule="lifelines")  # type: ignore[arg-type]


@unhurried
@given(subjects, st.sampled_from(TYPES), st.sampled_from(["R_survfit_table", "R_quantile"]))
def test_the_limits_lie_around_the_estimate(
    subjects: list[tuple[int, bool]], conf_type: Any, rule: Any
) -> None:
    days, observed = [day for day, _ in subjects], [seen for _, seen in subjects]
    median = median_survival(kaplan_meier(days, observed, conf_type=conf_type), rule=rule)
    if median.estimate is None:
        assert median.upper is None
    else:
        assert median.lower is None or median.lower <= median.estimate
        assert median.upper is None or median.estimate <= median.upper


@unhurried
@given(subjects, st.floats(0.01, 0.98), st.floats(0.005, 0.01))
def test_a_larger_share_takes_no_less_time(
    subjects: list[tuple[int, bool]], share: float, more: float
) -> None:
    days, observed = [day for day, _ in subjects], [seen for _, seen in subjects]
    curve = kaplan_meier(days, observed)
    for rule in ("R_survfit_table", "R_quantile"):
        sooner = survival_quantile(curve, share, rule=rule).estimate
        later = survival_quantile(curve, share + more, rule=rule).estimate
        if later is not None:
            assert sooner is not None
            assert sooner <= later


@unhurried
@given(subjects, st.integers(2, 30))
def test_time_in_another_unit_gives_the_median_in_that_unit(
    subjects: list[tuple[int, bool]], unit: int
) -> None:
    days, observed = [day for day, _ in subjects], [seen for _, seen in subjects]
    median = median_survival(kaplan_meier(days, observed)).estimate
    converted = median_survival(kaplan_meier([day * unit for day in days], observed)).estimate
    assert converted == (None if median is None else median * unit)
