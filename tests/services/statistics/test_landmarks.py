"""A landmark reads the curve at a time, and says when follow-up does not reach it."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics.kaplan_meier import kaplan_meier
from app.services.statistics.landmarks import landmarks
from tests.services.statistics.reference import agrees, cases, survival_data, unhurried

CASES = cases("kaplan_meier")

subjects = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=40)


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
@pytest.mark.parametrize("name", CASES)
def test_it_is_that_of_r(name: str, conf_type: Any) -> None:
    expected = CASES[name]["landmarks"][conf_type]
    curve = kaplan_meier(*survival_data(name), conf_type=conf_type)
    read = landmarks(curve, expected["time"], extend=True)
    certain = [s == 1 for s in expected["surv"]]
    assert [one.survival for one in read] == agrees(expected["surv"])
    assert [one.standard_error for one in read] == agrees(expected["std_err"])
    for limit in ("lower", "upper"):
        figures = zip(certain, expected[limit], strict=True)
        assert [getattr(one, limit) for one in read] == agrees(
            [1 if sure else figure for sure, figure in figures]
        )
    assert [one.at_risk for one in read] == expected["n_risk"]
    assert [one.at_risk == 0 for one in read] == expected["beyond_last"]


@pytest.mark.parametrize("name", CASES)
def test_beyond_follow_up_only_a_curve_at_0_is_known(name: str) -> None:
    expected = CASES[name]["landmarks"]["log-log"]
    read = landmarks(kaplan_meier(*survival_data(name)), expected["time"])
    for one, beyond, survival in zip(read, expected["beyond_last"], expected["surv"], strict=True):
        known = not beyond or survival == 0
        assert one.estimable == known
        assert one.survival == agrees(survival if known else None)
        assert (one.standard_error is None) == (not known or survival == 0)
        assert (one.lower is None) == (one.upper is None) == (not known or survival == 0)


def test_it_counts_what_happened_up_to_and_on_the_day() -> None:
    curve = kaplan_meier([10, 20, 20, 30, 40], [True, True, False, False, True])
    before, on, after = landmarks(curve, [19, 20, 21])
    assert (before.at_risk, before.events, before.censored) == (4, 1, 0)
    assert (on.at_risk, on.events, on.censored) == (4, 2, 1)
    assert (after.at_risk, after.events, after.censored) == (2, 2, 1)


def test_whoever_reaches_the_anniversary_is_at_risk_at_month_36() -> None:
    curve = kaplan_meier([1096, 1095, 1095], [False, False, True])
    (month_36,) = landmarks(curve, [36 * 30.4375])
    assert month_36.at_risk == 1
    assert month_36.estimable


def test_one_day_short_of_month_36_nobody_is() -> None:
    curve = kaplan_meier([1095, 1095], [False, True])
    (month_36,) = landmarks(curve, [1095.75])
    assert (month_36.at_risk, month_36.estimable, month_36.survival) == (0, False, None)
    (extended,) = landmarks(curve, [1095.75], extend=True)
    assert (extended.estimable, extended.survival) == (False, 0.5)


def test_before_anything_happens_survival_is_certain() -> None:
    (one,) = landmarks(kaplan_meier([10, 20], [True, True]), [9.999])
    assert (one.survival, one.standard_error, one.lower, one.upper) == (1, 0, 1, 1)


@pytest.mark.parametrize("extend", [False, True])
def test_nothing_is_known_of_nobody(extend: bool) -> None:
    (one,) = landmarks(kaplan_meier([], []), [0], extend=extend)
    assert (one.at_risk, one.estimable, one.survival, one.lower) == (0, False, None, None)


@pytest.mark.parametrize("time", [-1, math.nan])
def test_it_refuses_a_time_before_the_start(time: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        landmarks(kaplan_meier([1], [True]), [time])


@unhurried
@given(subjects, st.floats(0, 50))
def test_everybody_is_at_risk_or_has_left(subjects: list[tuple[int, bool]], time: float) -> None:
    days, observed = [day for day, _ in subjects], [seen for _, seen in subjects]
    (one,) = landmarks(kaplan_meier(days, observed), [time])
    assert one.at_risk == sum(day >= time for day in days)
    assert one.events + one.censored == sum(day <= time for day in days)
    assert (one.survival is None) != one.estimable
