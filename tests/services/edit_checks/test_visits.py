import pytest

from app.trial.trial import CDISC_PILOT_FILE, load_trial
from tests.subjects.agreeing import Sent, noticed, of, sent


@pytest.mark.parametrize(
    ("visit", "day", "expected"),
    [
        pytest.param("D7", "2026-03-08", [], id="first day of the window"),
        pytest.param("D7", "2026-03-10", [], id="last day of the window"),
        pytest.param("D7", "2026-03-11", ["VISIT-DIFFERS"], id="the day after"),
        pytest.param("UNS", "2026-03-09", [], id="unscheduled is never questioned"),
        pytest.param("PDV", "2026-03-09", [], id="a visit that no event has opened yet"),
        pytest.param("W52", "2026-03-09", ["VISIT-UNKNOWN"], id="no visit of the schedule"),
    ],
)
def test_it_holds_a_visit_against_the_schedule(visit: str, day: str, expected: list[str]) -> None:
    record = sent("visits", "x", visit=visit, status="done", visited_on=day)
    assert noticed(of(record)) == [(rule, "visits", "/visit") for rule in expected]
    result = sent("lab-results", "crp", analyte="CRP", value="8", unit="mg/L", visit=visit,
                  collected_at=f"{day}T08:00+08:00")  # fmt: skip
    assert noticed(of(result)) == [(rule, "lab-results", "/visit") for rule in expected]


def test_it_questions_no_visit_while_the_day_it_counts_from_is_not_known() -> None:
    record = sent("lab-results", "crp", analyte="CRP", value="8", unit="mg/L", visit="D7",
                  collected_at="2026-09-09")  # fmt: skip
    found = noticed(of(record, without=("infusion",)))
    assert [one for one in found if one[0].startswith("VISIT")] == []


@pytest.mark.parametrize(("day", "expected"), [("2026-09-01", True), ("2026-09", False)])
def test_it_questions_no_visit_of_a_day_that_is_not_known(day: str, expected: bool) -> None:
    contact = sent("follow-ups", "x", contacted_on=day, status="alive", visit="M3")
    found = noticed(of(contact))
    assert found == ([("VISIT-DIFFERS", "follow-ups", "/visit")] if expected else [])


def test_it_questions_no_visit_of_a_trial_without_a_schedule() -> None:
    record = sent("lab-results", "crp", analyte="CRP", value="8", unit="mg/L", visit="W52",
                  collected_at="2026-03-09")  # fmt: skip
    found = noticed(of(record, trial=load_trial(CDISC_PILOT_FILE)))
    assert [one for one in found if one[0].startswith("VISIT")] == []


def test_it_leaves_the_visit_alone_at_which_an_event_was_reported() -> None:
    event = sent("adverse-events", "x", term="Fatigue", grade=1, onset="2026-03-20", visit="D7",
                 causality={"car_t": "possible"})  # fmt: skip
    assert noticed(of(event)) == []


def done(name: str, visit: str, day: str) -> Sent:
    return sent("visits", name, visit=visit, status="done", visited_on=day)


@pytest.mark.parametrize(
    ("visit", "day", "expected"),
    [
        pytest.param("D7", "2026-03-10", ["VISIT-TWICE"], id="a scheduled visit"),
        pytest.param("UNS", "2026-03-09", [], id="unscheduled"),
        pytest.param("SFU", "2026-03-09", [], id="a visit that comes again"),
    ],
)
def test_it_notices_a_visit_recorded_twice(visit: str, day: str, expected: list[str]) -> None:
    found = noticed(of(done("one", visit, "2026-03-09"), done("two", visit, day)))
    assert found == [(rule, "visits", "/visit") for rule in expected]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(
            sent("assessments", "x", assessed_on="2026-06-08", investigator_response="NE"),
            True,
            id="last day",
        ),
        pytest.param(
            sent("assessments", "x", assessed_on="2026-06-09", investigator_response="NE"),
            False,
            id="day after",
        ),
        pytest.param(done("x", "UNS", "2026-06-01"), True, id="came for something else"),
        pytest.param(
            sent("visits", "x", visit="M2", status="missed", missed_because="illness"),
            False,
            id="another missed one",
        ),
    ],
)
def test_it_notices_a_missed_visit_that_took_place(other: Sent, expected: bool) -> None:
    missed = sent("visits", "missed", visit="M3", status="missed", missed_because="travel")
    found = noticed(of(missed, other))
    assert found == ([("MISSED-BUT-ASSESSED", "visits", "/status")] if expected else [])
