"""Records of one adverse event that name each other, and what of them is treatment-emergent."""

from typing import Any

import pytest

from app.services.derivations.safety.analysed_adverse_event import SubjectAdverseEvents
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.derivations.subject_history import AdverseEvent
from app.services.statistics.adverse_event_tables import adverse_event_table
from tests.subjects.base import TRIAL, record_id
from tests.subjects.safety import analysed, event, names, on

Line = tuple[Any, Any, int | None]
"""Onset, end and grade of a record."""


def chain(*lines: Line, link: str = "part_of_episode") -> list[AdverseEvent]:
    """Records a, b, c ... of which each names the first, or is a worsening of the one before."""
    made = []
    for place, (onset, end, grade) in enumerate(lines):
        name = "abcdef"[place]
        named = None if not place else "a" if link == "part_of_episode" else "abcdef"[place - 1]
        made.append(event(onset, end, name=name, grade=grade, **{link: named}))
    return made


def emergent(found: SubjectAdverseEvents) -> list[str]:
    return names([one.record for one in found.events if one.treatment_emergent], *"abcdef")


@pytest.mark.parametrize("link", ["part_of_episode", "worsening_of"])
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([(1, 2, 2), (3, 4, 3), (5, 6, 4), (7, 8, 2)], "abcd", id="all after"),
        pytest.param([(-12, 4, 3), (5, 9, 1)], "", id="milder than the state at the infusion"),
        pytest.param([(-12, 4, 3), (5, 9, 3)], "", id="as severe as the state"),
        pytest.param([(-12, 4, 3), (5, 9, 4)], "b", id="worse than the state"),
        pytest.param([(-12, -6, 4), (-5, 4, 1), (5, 9, 2)], "c", id="the state is of the last"),
        pytest.param([(-12, 4, 2), (5, 6, 1), (7, 8, 3), (9, 9, 1)], "cd", id="from the first on"),
        pytest.param([(-12, 4, None), (5, 9, 1)], "b", id="the state has no grade"),
        pytest.param([(-12, 4, 3), (5, 9, None)], "b", id="the record has no grade"),
        pytest.param([(-12, 3, 3), (5, 9, 1)], "b", id="more than a day after it had ended"),
        pytest.param([(-12, -1, 3), (0, 9, 1)], "", id="ended the day before the infusion"),
        pytest.param([(-12, -2, 3), (0, 9, 1)], "b", id="ended two days before it"),
        pytest.param([(-12, None, 3), (40, 50, 1)], "", id="no end of the first is known"),
        pytest.param(
            [(-12, None, 3), (-10, -9, 2), (40, 50, 1)], "", id="one of two earlier ones goes on"
        ),
        pytest.param([(-12, 9, 2), (None, 9, 2)], "", id="onset not known, no worse"),
        pytest.param([(-12, 9, 2), (None, 9, 3)], "b", id="onset not known, worse"),
    ],
)
def test_what_of_a_chain_is_emergent(lines: list[Line], expected: str, link: str) -> None:
    assert "".join(emergent(analysed(*chain(*lines, link=link)))) == expected


def test_of_two_that_begin_together_the_worsening_is_the_state() -> None:
    lines = chain((-12, -3, 1), (-12, 9, 3), (5, 9, 2), link="worsening_of")
    assert emergent(analysed(*lines)) == []


def test_grades_of_one_scale_are_compared() -> None:
    before = event(-3, 4, name="a", grade=None, astct_grade=2)
    after = event(5, 9, name="b", grade=None, astct_grade=2, part_of_episode="a")
    assert emergent(analysed(before, after)) == []


def test_above_the_record_before_it_is_an_alternative() -> None:
    lines = chain((-12, 4, 3), (5, 6, 1), (7, 8, 2), (9, 9, 1))
    policy = TRIAL.policy.model_copy(
        update={"ae": TRIAL.policy.ae.model_copy(update={"chain_state": "previous_line"})}
    )
    assert emergent(analysed(*lines)) == []
    trial = TRIAL.model_copy(update={"policy": policy})
    assert emergent(analysed(*lines, trial=trial)) == ["c", "d"]


def test_a_chain_is_one_event_of_its_highest_emergent_grade_in_every_count() -> None:
    found = analysed(*chain((-9, 4, 3), (5, 6, 4), (7, 8, 2)), event(30, 31, name="e", grade=1))
    table = adverse_event_table([found], SafetyWindow.TREATMENT_EMERGENT)
    row = table.rows[0]
    assert (row.counts.events, row.counts.grades.grade_4) == (2, 1)
    assert row.event_rate is not None
    assert row.event_rate.events == 2
    assert row.incidence_rate is not None
    assert row.incidence_rate.person_time == pytest.approx(6 / 365.25)


def test_an_event_is_known_by_its_first_emergent_record() -> None:
    found = analysed(*chain((-9, 4, 1), (5, 6, 3), (7, 8, 2)))
    assert {one.event.record_id for one in found.events} == {record_id("b")}
    assert [one.emerged_on for one in found.events] == [None, on(5), on(7)]


def test_a_chain_that_ends_and_returns_is_two_events() -> None:
    found = analysed(*chain((1, 2, 2), (3, 4, 3), (9, 9, 1)))
    assert len({one.event for one in found.events}) == 2


def test_what_follows_a_return_belongs_to_it() -> None:
    found = analysed(*chain((1, 2, 2), (9, 10, 3), (11, 12, 1)))
    events = [one.event.record_id for one in found.events]
    assert events == [record_id("a"), record_id("b"), record_id("b")]


def test_records_that_name_each_other_in_a_ring_are_one_event() -> None:
    one = event(3, 9, name="a", worsening_of="b")
    other = event(4, 9, name="b", worsening_of="a", part_of_episode="b")
    assert len({event.event for event in analysed(one, other).events}) == 1
