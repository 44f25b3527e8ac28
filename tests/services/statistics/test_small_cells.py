"""Counts of few, and what gives them back."""

from typing import Any

import pytest

from app.services.statistics.small_cells import holds_withheld, without_small_cells
from app.services.statistics.small_steps import shown_landmarks, shown_steps

SMALLEST = 5


def shown(document: dict[str, Any], usual: dict[str, Any] | None = None) -> dict[str, Any]:
    return without_small_cells(document, SMALLEST, usual or document)


@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [
        pytest.param(0, 40, 0, id="nobody"),
        pytest.param(1, 40, None, id="one"),
        pytest.param(4, 40, None, id="one less than the smallest"),
        pytest.param(5, 40, 5, id="the smallest"),
        pytest.param(35, 40, 35, id="all but the smallest"),
        pytest.param(36, 40, None, id="all but fewer"),
        pytest.param(40, 40, 40, id="everybody"),
        pytest.param(3, 3, None, id="everybody of few"),
    ],
)
def test_a_count_and_its_complement_are_large_enough(x: int, n: int, expected: int | None) -> None:
    cell = {"x": x, "n": n, "estimate": x / n, "lower": 0.1, "upper": 0.9, "conf_level": 0.95}
    found = shown({"endpoint": "response", "rate": cell})["rate"]
    assert found["x"] == expected
    if expected is None:
        nothing = {"x": None, "n": None, "estimate": None, "lower": None, "upper": None}
        assert found == {**nothing, "conf_level": 0.95, "withheld": True}
    else:
        assert found == cell


def test_a_total_is_divided_among_all_or_none() -> None:
    shares = {name: {"x": x, "N": 40} for name, x in (("PR", 20), ("SD", 18), ("PD", 2))}
    found = shown({"endpoint": "response", "categories": shares})["categories"]
    assert [found[name]["x"] for name in shares] == [None, None, None]
    reasons = {"1": {"reason": "ongoing", "n": 30}, "2": {"reason": "lost", "n": 2}}
    assert shown({"reasons": reasons})["reasons"]["1"]["n"] is None
    grades = {"grade_1": 12, "grade_2": 3, "grade_3": 20}
    assert set(shown({"grades": grades})["grades"].values()) == {None, True}


def test_a_rate_within_another_does_not_leave_few() -> None:
    rates = {name: {"x": x, "N": 40} for name, x in (("ORR", 22), (">=VGPR", 20), (">=CR", 10))}
    found = shown({"endpoint": "response", "rates": rates})["rates"]
    assert [found[name]["x"] for name in rates] == [None, None, 10]


def test_rows_of_one_table_are_shown_together() -> None:
    rows = [{"centre": "03", "enrolled": 30}, {"centre": "05", "enrolled": 2}]
    found = shown({"endpoint": "enrolment", "n": 32, "by_centre": rows})
    assert [row["enrolled"] for row in found["by_centre"]] == [None, None]
    assert found["n"] == 32


def row(organ: str | None, term: str | None, subjects: int) -> dict[str, Any]:
    cell = {"x": subjects, "n": 40}
    return {"system_organ_class": organ, "term": term, "counts": {"subjects": cell}}


def test_a_row_over_others_does_not_give_one_of_them_back() -> None:
    rows = [
        row(None, None, 30),
        row("Heart", None, 12), row("Heart", "Palpitations", 10), row("Heart", "Heart failure", 2),
        row("Skin", None, 20), row("Skin", "Rash", 20),
    ]  # fmt: skip
    found = shown({"endpoint": "adverse-events", "rows": rows})["rows"]
    counted = [one["counts"]["subjects"]["x"] for one in found]
    assert counted == [None, None, 10, None, 20, 20]


def time_to_event(**changes: int) -> dict[str, Any]:
    counts = {"endpoint": "overall-survival", "n": 40, "n_event": 20, "n_censored": 20, **changes}
    return {**counts, "median": {"estimate": 80.0}, "curve": []}


def test_a_time_to_few_events_is_withheld_whole() -> None:
    found = shown(time_to_event(n_event=2, n_censored=38))
    assert (found["n"], found["n_event"], found["n_censored"]) == (40, None, None)
    assert found["median"]["estimate"] is None
    assert found["withheld"] is True
    assert shown(time_to_event())["n_event"] == 20
    assert shown(time_to_event(n=3, n_event=0, n_censored=3))["n"] is None


@pytest.mark.parametrize(
    ("events", "usual", "expected"),
    [
        pytest.param(20, 20, 20, id="as the usual one"),
        pytest.param(25, 20, 25, id="more by the smallest"),
        pytest.param(22, 20, None, id="more by few"),
        pytest.param(26, 20, None, id="one more than one that may be shown"),
    ],
)
def test_another_definition_differs_by_no_few(
    events: int, usual: int, expected: int | None
) -> None:
    other = time_to_event(n_event=events, n_censored=40 - events)
    beside = time_to_event(n_event=usual, n_censored=40 - usual)
    assert shown(other, beside)["n_event"] == expected
    within = {**beside, "variants": {"EMA": {"n_event": events, "n_censored": 40 - events}}}
    assert shown(within)["variants"]["EMA"]["n_event"] == expected


def test_what_counts_nobody_is_left_as_it_is() -> None:
    about = {"endpoint": "response", "as_of": 3, "horizon_months": 3, "n": 40, "rule_set": {"n": 1}}
    assert shown(about) == about
    assert shown({"endpoint": "response", "n": 40, "n_missing": 2, "open": True}) == {
        "endpoint": "response", "n": 40, "n_missing": None, "open": True, "withheld": True,
    }  # fmt: skip


def test_a_smallest_cell_of_one_withholds_nothing() -> None:
    with pytest.raises(ValueError, match="withholds nothing"):
        without_small_cells({}, 1, {})


def step(time: int, n_risk: int, events: int, censored: int) -> dict[str, Any]:
    return {"time": time, "n_risk": n_risk, "n_event": events, "n_censor": censored}


def test_steps_are_put_together_until_they_are_large_enough() -> None:
    steps = [
        step(1, 20, 2, 0), step(2, 18, 2, 0), step(3, 16, 1, 0), step(4, 15, 0, 5),
        step(5, 10, 5, 0), step(6, 5, 1, 0), step(7, 4, 4, 0),
    ]  # fmt: skip
    assert shown_steps(steps, 20, SMALLEST) == [
        step(3, 20, 5, 0), step(4, 15, 0, 5), step(5, 10, 5, 0),
    ]  # fmt: skip


def test_a_curve_ends_where_few_are_at_risk() -> None:
    steps = [step(1, 9, 5, 0), step(2, 4, 4, 0)]
    assert shown_steps(steps, 9, SMALLEST) == [step(1, 9, 5, 0)]
    assert shown_steps([step(1, 4, 4, 0)], 4, SMALLEST) == []


def test_a_landmark_says_no_more_than_the_curve() -> None:
    steps = [step(3, 20, 5, 0)]
    landmarks = [step(2, 18, 2, 0), step(3, 15, 5, 0), step(9, 4, 5, 0), step(12, 10, 6, 0)]
    assert shown_landmarks(landmarks, steps, SMALLEST) == [step(3, 15, 5, 0)]


def test_an_answer_tells_whether_it_holds_what_is_withheld() -> None:
    few = {"endpoint": "response", "n": 40, "rows": [{"cells": {"x": 1, "n": 40}}]}
    assert holds_withheld(shown(few))
    assert not holds_withheld(few)
    reason = {"median": {"estimate": None, "withheld": "fewer than half had the event"}}
    assert not holds_withheld(reason)
