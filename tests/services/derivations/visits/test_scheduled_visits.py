"""Where each scheduled visit of a subject stands, infused on 15 January 2024.

The windows of the trial as it is shipped: M1 from 10 to 19 February, M2 from 9 to 23 March, M3 from
8 to 22 April.
"""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.endpoint_facts import ContactEnd
from app.services.derivations.time_to_event.event_time import CensoringReason
from app.services.derivations.visits.scheduled_visits import SubjectVisits, subject_visits
from app.trial.trial import load_trial
from app.vocabularies.follow_up import SurvivalStatus, WithdrawalScope
from app.vocabularies.visits import VisitStatus
from tests.subjects.base import days
from tests.subjects.course import (
    alive,
    assessment,
    enrolment,
    follow_up,
    history,
    infusion,
    lost,
    preparation,
    visit,
)

TRIAL = load_trial(None)


def visits_of(
    subject: SubjectHistory,
    *,
    died: str | None = None,
    progressed: str | None = None,
    end: ContactEnd | None = None,
) -> SubjectVisits:
    return subject_visits(
        subject,
        TRIAL,
        died=date.fromisoformat(died) if died else None,
        progressed=date.fromisoformat(progressed) if progressed else None,
        contact_end=end,
    )


def board(subject: SubjectHistory, today: str | None = None, **known: Any) -> dict[str, str]:
    """The status of each visit on a day, by default that of the cut."""
    visits = visits_of(subject, **known)
    day = date.fromisoformat(today) if today else subject.data_cut
    return {one.code: one.status(day, visits.stops).value for one in visits.scheduled}


def days_of(subject: SubjectHistory) -> dict[str, str]:
    return {one.code: str(one.on) for one in visits_of(subject).scheduled if one.on}


@pytest.mark.parametrize(
    ("cut", "m1", "m2"),
    [
        pytest.param("2024-02-09", "upcoming", "upcoming", id="the day before M1"),
        pytest.param("2024-02-10", "due", "upcoming", id="first day of M1"),
        pytest.param("2024-02-19", "due", "upcoming", id="last day of M1"),
        pytest.param("2024-02-20", "overdue", "upcoming", id="the day after"),
        pytest.param("2024-03-08", "overdue", "upcoming", id="the day before M2"),
        pytest.param("2024-03-09", "missing", "due", id="first day of M2"),
        pytest.param("2024-03-23", "missing", "due", id="last day of M2"),
        pytest.param("2024-03-24", "missing", "overdue", id="after M2"),
    ],
)
def test_follows_the_windows(cut: str, m1: str, m2: str) -> None:
    found = board(history(cut=cut))
    assert (found["M1"], found["M2"]) == (m1, m2)


def test_a_missed_visit_was_not_made_whatever_day_it_names() -> None:
    missed = history(visits=(visit("M2", "2024-03-15", VisitStatus.MISSED),))
    assert board(missed)["M2"] == "missing"
    assert "M2" not in days_of(missed)


def test_gives_the_windows_of_the_trial() -> None:
    found = {one.code: one for one in visits_of(history()).scheduled}
    window = found["M1"].window
    assert window is not None
    assert (str(window.first_day), str(window.last_day)) == ("2024-02-10", "2024-02-19")
    assert str(found["M1"].next_opens) == "2024-03-09"


def test_has_every_visit_of_the_calendar_in_its_order_and_none_that_an_event_opens() -> None:
    codes = [one.code for one in visits_of(history()).scheduled]
    assert codes[:6] == ["SCR", "APH", "BL", "LD1", "LD2", "LD3"]
    assert codes[-2:] == ["M36", "EOS"]
    assert not {"PDV", "PDC", "SFU"} & set(codes)


@pytest.mark.parametrize(
    ("records", "status", "on"),
    [
        pytest.param({"visits": (visit("M2", "2024-03-15"),)}, "done", "2024-03-15", id="recorded"),
        pytest.param(
            {"visits": (visit("M2", "2024-04-02"),)}, "done", "2024-04-02", id="late, as sent"
        ),
        pytest.param(
            {"assessments": (assessment("2024-03-09"),)},
            "done",
            "2024-03-09",
            id="an evaluation on the window's first day, without a visit record",
        ),
        pytest.param(
            {"assessments": (assessment("2024-03-23"),)}, "done", "2024-03-23", id="on its last"
        ),
        pytest.param(
            {"assessments": (assessment("2024-03-24"),)}, "overdue", None, id="a day too late"
        ),
        pytest.param(
            {"assessments": (assessment("2024-03-26", visit="M2"),)},
            "done",
            "2024-03-26",
            id="a day too late, but named",
        ),
        pytest.param(
            {"assessments": (assessment("2024-03-15", visit="UNS"),)},
            "overdue",
            None,
            id="said to be unscheduled",
        ),
        pytest.param(
            {"visits": (visit("UNS", "2024-03-15"),)}, "overdue", None, id="an unscheduled visit"
        ),
        pytest.param(
            {
                "visits": (visit("M2", "2024-03-20"),),
                "assessments": (assessment("2024-03-10"),),
            },
            "done",
            "2024-03-20",
            id="the visit's own record says the day",
        ),
        pytest.param(
            {"visits": (visit("M2", None, VisitStatus.MISSED),)}, "missing", None, id="missed"
        ),
        pytest.param(
            {"visits": (visit("M2", None, VisitStatus.NOT_DONE),)},
            "not_applicable",
            None,
            id="not asked for",
        ),
        pytest.param(
            {
                "visits": (visit("M2", None, VisitStatus.MISSED), visit("M2", "2024-03-15")),
            },
            "done",
            "2024-03-15",
            id="missed and done: it took place",
        ),
        pytest.param({"follow_ups": (alive("2024-03-15"),)}, "overdue", None, id="a mere contact"),
    ],
)
def test_believes_what_is_recorded(records: dict[str, Any], status: str, on: str | None) -> None:
    subject = history(cut="2024-04-05", **records)
    assert board(subject)["M2"] == status
    assert days_of(subject).get("M2") == on


def test_knows_nothing_that_is_dated_after_the_cut() -> None:
    subject = history(
        cut="2024-03-10",
        visits=(visit("M2", "2024-03-11"), visit("M3", None, VisitStatus.MISSED)),
        assessments=(assessment("2024-03-12"),),
    )
    assert board(subject)["M2"] == "due"
    assert board(subject)["M3"] == "upcoming"
    assert "M2" not in days_of(subject)


def test_takes_treatment_for_the_visit_of_its_day() -> None:
    way = preparation(
        leukapheresis_on=(date(2023, 12, 10),),
        lymphodepletion=(days("2024-01-10"), days("2024-01-11"), days("2024-01-12")),
    )
    found = days_of(history(preparations=(way,)))
    expected = {"APH": "2023-12-10", "LD1": "2024-01-10", "LD3": "2024-01-12", "D0": "2024-01-15"}
    assert {code: found.get(code) for code in expected} == expected
    assert "SCR" not in found


def test_gives_unscheduled_visits_and_those_of_an_event_beside() -> None:
    subject = history(
        visits=(
            visit("UNS", "2024-03-02"),
            visit("PDV", "2024-05-02"),
            visit("UNS", "2025-06-02"),
            visit("M1", "2024-02-12"),
        )
    )
    others = [(one.code, str(one.on)) for one in visits_of(subject).others]
    assert others == [("UNS", "2024-03-02"), ("PDV", "2024-05-02")]


@pytest.mark.parametrize(
    ("died", "m2", "m3"),
    [
        pytest.param("2024-03-08", "not_applicable", "not_applicable", id="before M2"),
        pytest.param("2024-03-23", "not_applicable", "not_applicable", id="on M2's last day"),
        pytest.param("2024-03-24", "missing", "not_applicable", id="after M2, between visits"),
        pytest.param("2024-04-22", "missing", "not_applicable", id="in M3"),
    ],
)
def test_asks_nothing_of_the_dead(died: str, m2: str, m3: str) -> None:
    found = board(history(cut="2024-05-01"), died=died)
    assert (found["M2"], found["M3"]) == (m2, m3)
    assert found["EOS"] == "not_applicable"
    found = board(history(cut="2024-05-01", visits=(visit("M2", "2024-03-09"),)), died=died)
    assert found["M2"] == "done"


def test_evaluates_nobody_after_progression_but_asks_how_they_are() -> None:
    found = board(history(cut="2027-02-20"), progressed="2024-04-10")
    assert (found["M3"], found["M36"], found["EOS"]) == (
        "not_applicable",
        "not_applicable",
        "overdue",
    )


@pytest.mark.parametrize(
    ("contacted", "status"),
    [
        pytest.param("2027-01-14", "due", id="before the horizon"),
        pytest.param("2027-01-15", "done", id="on the horizon"),
        pytest.param("2027-02-14", "done", id="on the last day"),
    ],
)
def test_takes_a_contact_at_the_horizon_for_the_end_of_study(contacted: str, status: str) -> None:
    assert board(history(cut="2027-02-14", follow_ups=(alive(contacted),)))["EOS"] == status


def test_asks_nothing_of_those_who_left() -> None:
    left = enrolment(off_study_on=date(2024, 3, 1))
    found = board(history(cut="2024-05-01", enrolment=left))
    assert (found["M1"], found["M2"]) == ("missing", "not_applicable")
    later = board(history(cut="2024-02-29", enrolment=left))
    assert (later["M1"], later["M2"]) == ("overdue", "upcoming")


def test_asks_a_subject_until_the_loss_is_declared() -> None:
    loss = lost("2024-02-12", declared="2024-04-10")
    end = ContactEnd(day=date(2024, 2, 12), reason=CensoringReason.LOST, record=loss.record)
    found = board(history(cut="2024-06-01", follow_ups=(loss,)), end=end)
    assert (found["M2"], found["M3"], found["M4"]) == (
        "missing",
        "not_applicable",
        "not_applicable",
    )


def test_asks_nothing_after_withdrawal() -> None:
    withdrew = follow_up(
        SurvivalStatus.WITHDREW, "2024-03-30", withdrawal_scope=WithdrawalScope.FOLLOW_UP
    )
    end = ContactEnd(day=date(2024, 3, 12), reason=CensoringReason.WITHDREW, record=withdrew.record)
    found = board(history(cut="2024-06-01", follow_ups=(withdrew,)), end=end)
    assert (found["M1"], found["M2"]) == ("missing", "not_applicable")


def test_waits_for_what_is_still_to_come() -> None:
    prepared = preparation(leukapheresis_on=(date(2023, 12, 10),))
    waiting = history(
        cut="2024-01-05",
        infused=False,
        enrolment=enrolment(consented_on=date(2023, 11, 25)),
        preparations=(prepared,),
    )
    found = board(waiting)
    assert (found["SCR"], found["APH"]) == ("missing", "done")
    assert {found[code] for code in ("BL", "LD1", "D0", "M1", "M36", "EOS")} == {"upcoming"}
    nothing_yet = board(history(cut="2024-01-05", infused=False, enrolment=enrolment()))
    assert set(nothing_yet.values()) == {"upcoming"}


def test_waits_for_nothing_that_cannot_come_any_more() -> None:
    failed = enrolment(None, screen_failed_on=date(2023, 12, 20))
    found = board(history(cut="2024-01-05", infused=False, enrolment=failed))
    assert set(found.values()) == {"not_applicable"}
    without_lymphodepletion = board(history(cut="2024-01-16"))
    assert {without_lymphodepletion[code] for code in ("SCR", "BL", "LD1")} == {"not_applicable"}


def test_counts_from_an_infusion_that_has_happened_at_the_cut() -> None:
    early = board(history(cut="2024-01-14", infusions=(infusion(),)))
    assert (early["D0"], early["D1"]) == ("upcoming", "upcoming")
    day_0 = board(history(cut="2024-01-15", infusions=(infusion(),)))
    assert (day_0["D0"], day_0["D1"]) == ("done", "upcoming")


@pytest.mark.parametrize(
    ("visit_sent", "day", "sampled"),
    [
        pytest.param(None, "2024-03-09", "M2", id="first day of the window"),
        pytest.param(None, "2024-03-23", "M2", id="last day of the window"),
        pytest.param(None, "2024-03-24", None, id="the day after it"),
        pytest.param("M2", "2024-03-30", "M2", id="named by the laboratory"),
        pytest.param(None, "2024-06-01", None, id="after the data cut"),
    ],
)
def test_a_sample_alone_shows_that_its_visit_lacks_a_record(
    visit_sent: str | None, day: str, sampled: str | None
) -> None:
    drawn = LabValue(
        record=RecordRef("lab-results", uuid.uuid4(), 1),
        analyte="PLT",
        collected=PossibleDays.on(date.fromisoformat(day)),
        visit=visit_sent,
    )
    subject = replace(history(cut="2024-05-01"), lab_values=(drawn,))
    found = {code for code, status in board(subject).items() if status == "samples_only"}
    assert found == ({sampled} if sampled else set())
