"""The times to an event in the report: what was not reached, and who is one, is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from app.printing.document import Table
from app.printing.sections import survival
from app.printing.words import ENDPOINTS
from tests.charts import reports

Times = tuple[tuple[int, bool], ...]


def documents(times: Times, *, without_baseline: int = 0) -> dict[str, dict[str, Any]]:
    found = reports.survival(*times, without_baseline=without_baseline)
    follow_up = {"follow_up": {"median": found["median"]}}
    return dict.fromkeys(ENDPOINTS, found | follow_up)


def first_row(table: Table) -> tuple[str, ...]:
    return table.rows[0].cells


@pytest.mark.parametrize(
    ("times", "median", "limits"),
    [
        pytest.param(((10, False),), "not reached", "not reached", id="nothing reached"),
        pytest.param(((61, True),), "2.0", "not reached", id="a median without limits"),
        pytest.param(((61, True), (70, True)), "2.2", "2.0 to not reached", id="no upper limit"),
    ],
)
def test_what_was_not_reached_is_said_in_words(times: Times, median: str, limits: str) -> None:
    table = survival.medians(documents(times))
    assert first_row(table)[3:5] == (median, limits)
    assert "NR" not in str(table)


def test_a_landmark_that_cannot_be_told_is_said_in_words() -> None:
    table = survival.landmarks(documents(((61, True), (400, False))))
    assert first_row(table)[1].startswith("50.0\n(")
    assert first_row(table)[-1] == "not estimable"
    assert table.note == "Not estimable: nobody was followed so long."


@pytest.mark.parametrize(
    ("times", "without", "said"),
    [
        pytest.param((), 1, "1 of 1 subject without a baseline evaluation", id="one"),
        pytest.param(((9, True),), 1, "1 of 2 subjects without a baseline evaluation", id="two"),
    ],
)
def test_the_note_counts_who_has_no_baseline(times: Times, without: int, said: str) -> None:
    note = survival.medians(documents(times, without_baseline=without)).note
    assert note is not None
    assert said in note
