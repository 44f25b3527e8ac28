"""Cumulative incidence equals R's survfit and cmprsk, and sums to 1 with the event-free share."""

import json
import random
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics import incidence_variance
from app.services.statistics.competing_risks import (
    CompetingRisks,
    aalen_johansen,
    incidence_landmarks,
)
from app.services.statistics.kaplan_meier import kaplan_meier
from tests.services.statistics.reference import agrees, cases, observations, unhurried

CASES = {name: case for name, case in cases("aalen_johansen").items() if "survfit" in case}
TYPES = ("log-log", "log", "plain")
CAUSES = ("event", "compete")

Subjects = list[tuple[int, str | None]]
subjects = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([None, "event", "compete"])),
    min_size=1,
    max_size=30,
)


def risks_of(name: str, **options: Any) -> CompetingRisks:
    days, codes = observations(f"aj_{name}")
    words = {0: None, 1: "event", 2: "compete"}
    return aalen_johansen(days, [words[code] for code in codes], of=CAUSES, **options)


def estimate(subjects: Subjects, **options: Any) -> CompetingRisks:
    days, causes = [day for day, _ in subjects], [cause for _, cause in subjects]
    return aalen_johansen(days, causes, of=CAUSES, **options)


@pytest.mark.parametrize("name", CASES)
def test_it_divides_the_subjects_as_r_does(name: str) -> None:
    case = CASES[name]
    risks = risks_of(name)
    assert risks.n == case["n"]
    assert risks.n_censored == case["n"] - case["n_event"] - case["n_compete"]
    assert risks.of("event").n_event == case["n_event"]
    assert risks.of("compete").n_event == case["n_compete"]
    assert risks.time == agrees(case["survfit"]["time"])
    assert list(risks.at_risk) == case["survfit"]["n_risk"]
    assert risks.event_free == agrees(case["survfit"]["event_free"])
    assert risks.of("event").incidence == agrees(case["survfit"]["cif_event"])
    assert risks.of("compete").incidence == agrees(case["survfit"]["cif_compete"])


@pytest.mark.parametrize("name", CASES)
def test_it_has_the_infinitesimal_jackknife_error_of_r(name: str) -> None:
    case = CASES[name]["survfit"]
    risks = risks_of(name)
    assert risks.of("event").standard_error == agrees(case["se_event_ij"])
    assert risks.of("compete").standard_error == agrees(case["se_compete_ij"])


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", CASES)
def test_it_has_the_limits_of_r(name: str, conf_type: Any) -> None:
    case = CASES[name]["survfit"]
    event = risks_of(name, conf_type=conf_type).of("event")
    expected = case["ci_event"][conf_type]
    for limit in ("lower", "upper"):
        figures = zip(case["cif_event"], case["se_event_ij"], expected[limit], strict=True)
        assert getattr(event, limit) == agrees(
            [incidence if error == 0 else figure for incidence, error, figure in figures]
        )


@pytest.mark.parametrize("name", CASES)
def test_its_landmarks_are_those_of_r(name: str) -> None:
    expected = CASES[name]["landmarks_loglog"]
    last = CASES[name]["survfit"]["time"][-1]
    exhausted = CASES[name]["survfit"]["event_free"][-1] == 0
    risks = risks_of(name)
    event = incidence_landmarks(risks, "event", expected["time"])
    compete = incidence_landmarks(risks, "compete", expected["time"])
    for row, time in enumerate(expected["time"]):
        known = time <= last or exhausted
        assert event[row].estimable == known
        assert event[row].incidence == agrees(expected["cif_event"][row] if known else None)
        assert compete[row].incidence == agrees(expected["cif_compete"][row] if known else None)
        if known and expected["cif_event"][row] > 0:
            assert event[row].standard_error == agrees(expected["se_event_ij"][row])
            assert event[row].lower == agrees(expected["lower"][row])
            assert event[row].upper == agrees(expected["upper"][row])


@pytest.mark.parametrize("name", CASES)
def test_its_aalen_variance_is_that_of_cmprsk(name: str) -> None:
    expected = CASES[name]["cmprsk_timepoints"]
    risks = risks_of(name, variance="aalen")
    causes = [{"1 1": "event", "1 2": "compete"}[row] for row in expected["rows"]]
    for cause, incidences, variances in zip(causes, expected["est"], expected["var"], strict=True):
        read = incidence_landmarks(risks, cause, expected["time"])
        for one, incidence, variance in zip(read, incidences, variances, strict=True):
            if incidence is not None:
                assert one.incidence == agrees(incidence)
                assert one.standard_error == agrees(variance**0.5)


def test_one_minus_kaplan_meier_would_promise_too_much() -> None:
    days, codes = observations("aj_crs60")
    naive = kaplan_meier(days, [code == 1 for code in codes]).survival[-1]
    assert risks_of("crs60").of("event").incidence[-1] == pytest.approx(0.914, abs=5e-4)
    assert 1 - naive == pytest.approx(0.973, abs=5e-4)


def test_aalen_is_the_wider_of_the_two() -> None:
    risks = risks_of("crs60")
    jackknife = risks.of("event").standard_error
    aalen = risks_of("crs60", variance="aalen").of("event").standard_error
    ratios = [wide / narrow for wide, narrow in zip(aalen, jackknife, strict=True)]
    assert min(ratios) > 1.008
    while_ten_remain = sum(at_risk >= 10 for at_risk in risks.at_risk)
    assert max(ratios[:while_ten_remain]) < 1.024


def test_an_event_that_nobody_had_stays_at_0() -> None:
    risks = aalen_johansen([1, 2], ["a", None], of=("a", "b"))
    assert risks.of("b").incidence == (0, 0)
    assert risks.of("b").lower == risks.of("b").upper == (0, 0)
    assert [incidence.cause for incidence in risks.incidences] == ["a", "b"]


def test_all_censored_is_all_event_free() -> None:
    risks = risks_of("edge_all_censored")
    assert (risks.n, risks.n_censored) == (3, 3)
    assert risks.event_free == (1, 1, 1)
    assert risks.of("event").standard_error == (0, 0, 0)


@pytest.mark.parametrize("n", [2, 3, 6, 18, 56], ids="{} subjects".format)
def test_what_happened_to_all_is_certain_in_spite_of_rounding(n: int) -> None:
    risks = aalen_johansen(list(range(1, n + 1)), ["a"] * n, of=("a",))
    assert risks.of("a").incidence[-2] == pytest.approx(1 - 1 / n)
    assert risks.of("a").incidence[-1] == 1
    assert risks.of("a").standard_error[-1] == 0
    assert (risks.of("a").lower[-1], risks.of("a").upper[-1]) == (1, 1)


def test_events_of_all_kinds_come_before_censorings() -> None:
    risks = aalen_johansen([5, 5, 5, 5], ["a", "b", None, None], of=("a", "b"))
    assert risks.at_risk == (4,)
    assert (risks.of("a").incidence, risks.of("b").incidence) == ((0.25,), (0.25,))
    assert risks.event_free == (0.5,)


def test_near_ties_are_one_time() -> None:
    assert aalen_johansen([0.3, 0.1 + 0.2], ["a", "b"], of=("a", "b")).time == (0.3,)


def test_nobody_gives_curves_without_rows() -> None:
    risks = aalen_johansen([], [], of=("a",))
    assert (risks.n, risks.time, risks.of("a").incidence) == (0, (), ())
    (one,) = incidence_landmarks(risks, "a", [0])
    assert (one.estimable, one.incidence, one.at_risk) == (False, None, 0)


def test_before_anything_happens_incidence_is_0() -> None:
    risks = aalen_johansen([10, 20], ["a", None], of=("a",))
    before, on, beyond = incidence_landmarks(risks, "a", [9, 10, 21])
    assert (before.incidence, before.lower, before.upper, before.events) == (0, 0, 0, 0)
    assert (on.incidence, on.events, on.at_risk) == (0.5, 1, 2)
    assert (beyond.estimable, beyond.incidence, beyond.lower) == (False, None, None)
    with pytest.raises(ValueError, match="at least 0"):
        incidence_landmarks(risks, "a", [-1])
    with pytest.raises(KeyError):
        incidence_landmarks(risks, "b", [1])


def test_it_goes_to_json_as_it_is() -> None:
    assert json.dumps(asdict(risks_of("crs60")), allow_nan=False)


@pytest.mark.parametrize(
    ("days", "causes", "of"),
    [
        pytest.param([1], ["a", "a"], ["a"], id="more causes than times"),
        pytest.param([1], ["b"], ["a"], id="a cause that is not asked for"),
        pytest.param([1], ["a"], ["a", "a"], id="a cause asked for twice"),
        pytest.param([-1], ["a"], ["a"], id="a time before the start"),
    ],
)
def test_it_refuses(days: list[float], causes: list[str | None], of: list[str]) -> None:
    with pytest.raises(ValueError, match=r"time|once"):
        aalen_johansen(days, causes, of=of)


def test_it_refuses_a_variance_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="infinitesimal_jackknife or aalen"):
        aalen_johansen([1], ["a"], of=["a"], variance="gray")  # type: ignore[arg-type]


def test_many_times_are_worked_through_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {variance: risks_of("crs60", variance=variance) for variance in VARIANCES}
    monkeypatch.setattr(incidence_variance, "_BLOCK", 100)
    for variance, risks in whole.items():
        assert risks_of("crs60", variance=variance).of("event").standard_error == agrees(
            risks.of("event").standard_error
        )


VARIANCES = ("infinitesimal_jackknife", "aalen")


@unhurried
@given(subjects)
def test_all_shares_sum_to_1(subjects: Subjects) -> None:
    risks = estimate(subjects)
    for row, free in enumerate(risks.event_free):
        assert free + sum(one.incidence[row] for one in risks.incidences) == pytest.approx(1)


@unhurried
@given(subjects)
def test_event_free_is_the_kaplan_meier_curve_of_any_event(subjects: Subjects) -> None:
    any_event = kaplan_meier(
        [day for day, _ in subjects], [cause is not None for _, cause in subjects]
    )
    assert estimate(subjects).event_free == pytest.approx(any_event.survival)


@unhurried
@given(subjects)
def test_without_competition_it_is_one_minus_kaplan_meier_with_greenwoods_error(
    subjects: Subjects,
) -> None:
    alone: Subjects = [(day, cause and "event") for day, cause in subjects]
    curve = kaplan_meier([day for day, _ in alone], [cause is not None for _, cause in alone])
    event = estimate(alone).of("event")
    assert event.incidence == pytest.approx([1 - s for s in curve.survival], abs=1e-12)
    assert event.standard_error == pytest.approx(
        [error or 0 for error in curve.standard_error], abs=1e-12
    )


@unhurried
@given(subjects, st.sampled_from(TYPES), st.sampled_from(VARIANCES))
def test_incidence_never_falls_and_lies_within_its_limits(
    subjects: Subjects, conf_type: Any, variance: Any
) -> None:
    for one in estimate(subjects, conf_type=conf_type, variance=variance).incidences:
        heights = (0.0, *one.incidence)
        assert all(later >= earlier for earlier, later in zip(heights, one.incidence, strict=False))
        for value, error, lower, upper in zip(
            one.incidence, one.standard_error, one.lower, one.upper, strict=True
        ):
            if lower is None or upper is None:
                assert (lower, upper, value, conf_type) == (None, None, 1, "log-log")
                assert error > 0
            else:
                assert 0 <= lower <= value + 1e-12
                assert value - 1e-12 <= upper <= 1


@unhurried
@given(subjects, st.randoms(use_true_random=False))
def test_the_order_of_the_subjects_does_not_matter(
    subjects: Subjects, chance: random.Random
) -> None:
    assert estimate(chance.sample(subjects, len(subjects))) == estimate(subjects)


@unhurried
@given(subjects)
def test_the_names_of_the_causes_do_not_matter(subjects: Subjects) -> None:
    other = {"event": "compete", "compete": "event", None: None}
    swapped = estimate([(day, other[cause]) for day, cause in subjects])
    assert swapped.of("compete").incidence == estimate(subjects).of("event").incidence
    assert swapped.of("compete").standard_error == estimate(subjects).of("event").standard_error


@pytest.mark.parametrize(
    "subjects",
    [
        pytest.param([(1, "event"), (2, "compete"), (3, None), (4, "event")], id="one by one"),
        pytest.param([(1, "event"), (1, "compete"), (1, None), (2, "event"), (3, None)], id="tied"),
        pytest.param([(1, None), (2, "compete"), (3, "event"), (3, "event")], id="exhausted"),
    ],
)
def test_the_jackknife_is_the_derivative_by_each_subjects_weight(subjects: Subjects) -> None:
    weight = 2000
    event = estimate(subjects).of("event")
    influences = [
        [
            (moved - value) * weight
            for moved, value in zip(
                estimate(subjects * weight + [heavier]).of("event").incidence,
                event.incidence,
                strict=True,
            )
        ]
        for heavier in subjects
    ]
    expected = [
        sum(influence**2 for influence in row) ** 0.5 for row in zip(*influences, strict=True)
    ]
    assert event.standard_error == pytest.approx(expected, rel=1e-3, abs=1e-4)
