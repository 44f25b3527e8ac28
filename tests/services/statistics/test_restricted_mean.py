"""The restricted mean is the area under the curve, with R's standard error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics.kaplan_meier import kaplan_meier
from app.services.statistics.restricted_mean import restricted_mean
from tests.services.statistics.reference import agrees, cases, survival_data, unhurried

CASES = cases("kaplan_meier")


@pytest.mark.parametrize("name", CASES)
def test_it_is_that_of_r(name: str) -> None:
    expected = CASES[name]["rmst"]
    mean = restricted_mean(kaplan_meier(*survival_data(name)), horizon=expected["tau"])
    assert mean.tau == expected["tau"]
    assert mean.estimate == agrees(expected["est"])
    assert mean.standard_error == agrees(expected["se"])


@pytest.mark.parametrize(
    ("days", "tau"),
    [
        pytest.param([100, 1200], 1095.75, id="followed beyond month 36"),
        pytest.param([100, 1095], 1095, id="followed to a day before month 36"),
    ],
)
def test_it_ends_at_month_36_or_at_the_last_time_followed_up(days: list[float], tau: float) -> None:
    mean = restricted_mean(kaplan_meier(days, [True, False]))
    assert mean.tau == tau
    assert mean.estimate == pytest.approx(100 + (tau - 100) / 2)


def test_an_event_after_the_horizon_does_not_count() -> None:
    seen = restricted_mean(kaplan_meier([10, 50, 60], [True, True, False]), horizon=30)
    unseen = restricted_mean(kaplan_meier([10, 50, 60], [True, False, False]), horizon=30)
    assert seen == unseen


def test_a_horizon_before_the_first_time_is_the_mean_itself() -> None:
    mean = restricted_mean(kaplan_meier([10, 20], [True, True]), horizon=5)
    assert (mean.tau, mean.estimate, mean.standard_error) == (5, 5, 0)


def test_nobody_has_no_mean() -> None:
    mean = restricted_mean(kaplan_meier([], []))
    assert (mean.tau, mean.estimate, mean.standard_error) == (None, None, None)


@pytest.mark.parametrize("horizon", [0, -1, float("nan")])
def test_it_refuses_a_horizon_that_is_none(horizon: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        restricted_mean(kaplan_meier([1], [True]), horizon=horizon)


@unhurried
@given(st.lists(st.integers(1, 500), min_size=1, max_size=40))
def test_without_censoring_it_is_the_mean_of_the_times(days: list[int]) -> None:
    n = len(days)
    mean = restricted_mean(kaplan_meier(days, [True] * n))
    average = sum(days) / n
    variance = sum((day - average) ** 2 for day in days) / n**2
    assert mean.estimate == pytest.approx(average)
    assert mean.standard_error == pytest.approx(variance**0.5, abs=1e-6)


@unhurried
@given(
    st.lists(st.tuples(st.integers(1, 500), st.booleans()), min_size=1, max_size=40),
    st.floats(1, 600),
)
def test_it_lies_between_0_and_tau(subjects: list[tuple[int, bool]], horizon: float) -> None:
    days, observed = [day for day, _ in subjects], [seen for _, seen in subjects]
    mean = restricted_mean(kaplan_meier(days, observed), horizon=horizon)
    assert mean.tau == min(horizon, max(days))
    assert mean.estimate is not None
    assert 0 < mean.estimate <= mean.tau * (1 + 1e-12)
