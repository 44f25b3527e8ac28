"""The death of a subject, infused on 15 January 2024, data cut 18 February 2025."""

from datetime import date

import pytest

from app.services.derivations.reported_death import reported_death
from app.services.derivations.subject_history import FollowUp
from app.services.derivations.time_to_event.death import Death, death
from app.vocabularies.follow_up import DeathCause
from tests.subjects.base import ref
from tests.subjects.course import alive, died, history
from tests.subjects.event_times import day


def found(*follow_ups: FollowUp, evidence: str = "2024-06-10") -> Death | None:
    return death(history(follow_ups=follow_ups), last_evidence=date.fromisoformat(evidence))


@pytest.mark.parametrize(
    ("on", "evidence", "expected", "flag"),
    [
        pytest.param("2024-08-20", "2024-06-10", "2024-08-20", None, id="known to the day"),
        pytest.param("2024-08", "2024-06-10", "2024-08-15", "D", id="to the month"),
        pytest.param("2024-06", "2024-06-20", "2024-06-21", "D", id="in the month last seen"),
        pytest.param("2024", "2024-06-20", "2024-06-21", "M", id="to the year"),
        pytest.param("2025-02-18", "2024-06-10", "2025-02-18", None, id="on the cut"),
        pytest.param("2025-02-19", "2024-06-10", None, None, id="after the cut: alive at it"),
        pytest.param("2025-03", "2024-06-10", None, None, id="in a later month: alive at it"),
        pytest.param("2025-02", "2024-06-10", "2025-02-15", "D", id="in the month of the cut"),
        pytest.param("2025-02", "2025-02-16", "2025-02-17", "D", id="seen that month"),
        pytest.param("2025-02", "2025-02-17", "2025-02-18", "D", id="seen the day before the cut"),
        pytest.param("2025-02", "2025-02-18", None, None, id="seen on the cut: died after it"),
        pytest.param("2025-02", "2025-02-25", None, None, id="seen after the cut: died after it"),
    ],
)
def test_it_dates_a_death(on: str, evidence: str, expected: str | None, flag: str | None) -> None:
    one = found(died(on), evidence=evidence)
    assert (one.day if one else None) == day(expected)
    assert (one.imputed if one else None) == flag


def test_it_takes_the_first_of_the_month_where_the_trial_says_so() -> None:
    one = death(
        history(follow_ups=(died("2024-08"),)), last_evidence=date(2024, 6, 10), rule="first"
    )
    assert one is not None
    assert one.day == date(2024, 8, 1)


def test_nobody_died() -> None:
    assert found(alive("2024-08-01")) is None
    assert reported_death(history()) is None


@pytest.mark.parametrize(
    ("cause", "says", "due"),
    [
        pytest.param(None, None, None, id="nothing known"),
        pytest.param(None, True, True, id="the centre says yes"),
        pytest.param(None, False, False, id="the centre says no"),
        pytest.param(DeathCause.MYELOMA, None, True, id="myeloma"),
        pytest.param(DeathCause.INFECTION, None, False, id="infection"),
        pytest.param(DeathCause.INFECTION, True, True, id="infection, of the myeloma"),
        pytest.param(DeathCause.CAR_T_TOXICITY, None, False, id="toxicity"),
        pytest.param(DeathCause.OTHER, None, False, id="another cause"),
        pytest.param(DeathCause.UNKNOWN, None, None, id="cause not known"),
    ],
)
def test_it_says_whether_it_was_the_myeloma(
    cause: DeathCause | None, says: bool | None, due: bool | None
) -> None:
    one = found(died("2024-08-20", death_cause=cause, death_due_to_myeloma=says))
    assert one is not None
    assert one.due_to_myeloma is due


def test_it_prefers_the_death_that_is_known_better() -> None:
    month = died("2024-08", number=1)
    full = died("2024-08-20", number=2)
    for follow_ups in ((month, full), (full, month)):
        one = found(*follow_ups)
        assert one is not None
        assert (one.day, one.records) == (date(2024, 8, 20), (ref("follow-ups", 2),))
