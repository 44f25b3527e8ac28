"""From when to when each best confirmed category stood."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.derivations.response.confirmed_response import Confirmation
from app.services.derivations.subject.analysis import ResponseDay
from app.services.reports.swimmer import segments
from app.vocabularies.imwg import ResponseCategory


def day(month: int, running: str, *, counts: bool = True) -> ResponseDay:
    category = ResponseCategory(running)
    return ResponseDay(
        assessed_on=date(2025, month, 1),
        category=category,
        confirmed=category,
        running=category,
        state=Confirmation.CONFIRMED,
        in_endpoint_set=counts,
    )


@pytest.mark.parametrize(
    ("days", "last", "bars"),
    [
        pytest.param(
            (day(2, "PR"), day(3, "PR"), day(4, "CR")), 9, [("PR", 2, 4), ("CR", 4, 9)], id="deeper"
        ),
        pytest.param((day(2, "NE"), day(3, "PR")), 9, [("PR", 3, 9)], id="not evaluable is none"),
        pytest.param((day(2, "PR"), day(5, "PD")), 5, [("PR", 2, 5)], id="to progression"),
        pytest.param(
            (day(2, "PR"), day(5, "CR", counts=False)),
            9,
            [("PR", 2, 9)],
            id="not after new therapy",
        ),
        pytest.param((day(2, "PR"), day(8, "CR")), 6, [("PR", 2, 6)], id="not after the end"),
        pytest.param((day(2, "PD"),), 6, [], id="progressed at once"),
        pytest.param((), 6, [], id="never evaluated"),
    ],
)
def test_the_segments_of_a_bar(
    days: tuple[ResponseDay, ...], last: int, bars: list[tuple[str, int, int]]
) -> None:
    found = [
        (one["category"], one["since"].month, one["until"].month)
        for one in segments(days, date(2025, last, 1))
    ]
    assert found == bars
