"""Rates per person-time: R's exact limits, and rates of adverse events per 100 person-years."""

import json
from dataclasses import asdict
from math import exp, factorial, inf, log, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics.incidence import (
    exposure_adjusted_event_rate,
    poisson_rate,
)
from tests.services.statistics.reference import DATA, agrees, rows, unhurried

RATES = rows(DATA / "poisson_rate.csv")


@pytest.mark.parametrize(
    "row", RATES, ids=lambda r: f"{r['events']:.0f} in {r['person_time']} at {r['conf']}"
)
def test_it_is_that_of_r(row: dict[str, Any]) -> None:
    rate = poisson_rate(int(row["events"]), row["person_time"], conf_level=row["conf"])
    assert rate.rate == agrees(row["rate"])
    assert rate.lower == agrees(row["lower"])
    assert rate.upper == agrees(row["upper"])


def test_no_event_has_an_upper_limit_in_closed_form() -> None:
    rate = poisson_rate(0, 12.5)
    assert (rate.rate, rate.lower) == (0, 0)
    assert rate.upper == pytest.approx(-log(0.025) / 12.5)


def test_one_event_has_a_lower_limit_in_closed_form() -> None:
    assert poisson_rate(1, 12.5).lower == pytest.approx(-log(0.975) / 12.5)


def test_subjects_affected_are_counted_per_100_person_years() -> None:
    rate = poisson_rate(2, 2, per=100)
    assert (rate.events, rate.person_time, rate.per) == (2, 2, 100)
    assert rate.rate == pytest.approx(100)
    exact = poisson_rate(2, 2)
    assert exact.lower is not None
    assert exact.upper is not None
    assert rate.lower == pytest.approx(100 * exact.lower)
    assert rate.upper == pytest.approx(100 * exact.upper)


def test_events_that_repeat_have_a_rate_but_no_limits() -> None:
    rate = exposure_adjusted_event_rate(7, [365.25, 365.25])
    assert (rate.events, rate.person_time, rate.per) == (7, 2, 100)
    assert rate.rate == pytest.approx(350)
    assert not hasattr(rate, "lower")


def test_without_time_there_is_no_rate() -> None:
    incidence = poisson_rate(0, 0)
    assert (incidence.rate, incidence.lower, incidence.upper) == (None, None, None)
    assert exposure_adjusted_event_rate(0, [0.0]).rate is None


def test_it_echoes_its_level_and_goes_to_json() -> None:
    rate = poisson_rate(1, 30, conf_level=0.9)
    assert json.loads(json.dumps(asdict(rate), allow_nan=False))["conf_level"] == 0.9


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: poisson_rate(-1, 1), id="fewer than no events"),
        pytest.param(lambda: poisson_rate(1, -1), id="negative time"),
        pytest.param(lambda: poisson_rate(1, nan), id="no time"),
        pytest.param(lambda: poisson_rate(1, inf), id="endless time"),
        pytest.param(lambda: poisson_rate(1, 0), id="an event in no time"),
        pytest.param(lambda: poisson_rate(1, 1, conf_level=95), id="a level of 95"),
        pytest.param(lambda: poisson_rate(0, 0, conf_level=1), id="a level of 1, in no time"),
        pytest.param(lambda: exposure_adjusted_event_rate(-1, [1]), id="fewer than none"),
        pytest.param(lambda: exposure_adjusted_event_rate(1, []), id="an event of nobody"),
        pytest.param(lambda: exposure_adjusted_event_rate(1, [3, -1]), id="a negative window"),
    ],
)
def test_it_refuses(call: Any) -> None:
    with pytest.raises(ValueError, match=r"at least 0|time at risk|confidence level"):
        call()


@unhurried
@given(st.integers(0, 100), st.floats(0.01, 1e4), st.floats(0.5, 0.999))
def test_at_an_exact_limit_the_count_comes_up_just_so_rarely(
    events: int, person_time: float, level: float
) -> None:
    rate = poisson_rate(events, person_time, conf_level=level)
    assert rate.rate is not None
    assert rate.lower is not None
    assert rate.upper is not None
    assert 0 <= rate.lower <= rate.rate <= rate.upper

    def at_most(count: int, expected: float) -> float:
        return sum(exp(-expected) * expected**k / factorial(k) for k in range(count + 1))

    half = (1 - level) / 2
    assert at_most(events, rate.upper * person_time) == pytest.approx(half, rel=1e-6)
    if events:
        assert 1 - at_most(events - 1, rate.lower * person_time) == pytest.approx(half, rel=1e-6)
