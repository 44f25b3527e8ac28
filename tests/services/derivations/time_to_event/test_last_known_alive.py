"""The last day a subject is known to have been alive, infused on 15 January 2024."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.time_to_event.last_known_alive import (
    evidence_of_life,
    last_known_alive,
)
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.follow_up import SurvivalStatus, WithdrawalScope
from app.vocabularies.kinetics import NotEvaluableReason
from app.vocabularies.therapies import TherapyKind
from app.vocabularies.visits import VisitStatus
from tests.subjects.base import days, ref
from tests.subjects.course import (
    adverse_event,
    alive,
    assessment,
    died,
    enrolment,
    follow_up,
    history,
    infusion,
    lab_value,
    lost,
    neuro_assessment,
    preparation,
    sample,
    therapy,
    visit,
)
from tests.subjects.event_times import day


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param({}, "2024-01-15", id="the infusion itself"),
        pytest.param({"visits": (visit("M1", "2024-02-12"),)}, "2024-02-12", id="a visit"),
        pytest.param(
            {"visits": (visit("M1", "2024-02-12", VisitStatus.MISSED),)},
            "2024-01-15",
            id="not a visit that was missed",
        ),
        pytest.param({"assessments": (assessment("2024-02-12"),)}, "2024-02-12", id="evaluation"),
        pytest.param(
            {"assessments": (assessment("2024-02-12", marrow="2024-02-20"),)},
            "2024-02-20",
            id="a part of it, later",
        ),
        pytest.param(
            {"assessments": (assessment("2024-02-12", marrow="2024-02-02"),)},
            "2024-02-12",
            id="a part of it, earlier",
        ),
        pytest.param({"lab_values": (lab_value("2024-02-12"),)}, "2024-02-12", id="blood drawn"),
        pytest.param({"kinetics": (sample("2024-02-12"),)}, "2024-02-12", id="kinetics sample"),
        pytest.param(
            {"kinetics": (sample("2024-02-12", not_evaluable=NotEvaluableReason.NOT_COLLECTED),)},
            "2024-01-15",
            id="not a sample that was not collected",
        ),
        pytest.param(
            {"neuro_assessments": (neuro_assessment("2024-02-12"),)}, "2024-02-12", id="examined"
        ),
        pytest.param(
            {"infusions": (infusion(), infusion("2024-02-12", 2))}, "2024-02-12", id="an infusion"
        ),
        pytest.param(
            {"adverse_events": (adverse_event("2024-02-12"),)}, "2024-02-12", id="event begins"
        ),
        pytest.param(
            {"adverse_events": (adverse_event("2024-02-12", end="2024-03-02"),)},
            "2024-03-02",
            id="event ends",
        ),
        pytest.param(
            {
                "adverse_events": (
                    adverse_event("2024-02-12", end="2024-03-02", outcome=Outcome.FATAL),
                )
            },
            "2024-02-12",
            id="not the end of a fatal event",
        ),
        pytest.param(
            {"therapies": (therapy("2024-02-12", TherapyKind.IVIG, end="2024-03-02"),)},
            "2024-03-02",
            id="therapy ends",
        ),
        pytest.param({"therapies": (therapy("2024-02-12"),)}, "2024-02-12", id="therapy begins"),
        pytest.param({"follow_ups": (alive("2024-06-30"),)}, "2024-06-30", id="a contact"),
        pytest.param(
            {"follow_ups": (follow_up(SurvivalStatus.COMPLETED, "2024-06-30"),)},
            "2024-06-30",
            id="the last contact",
        ),
        pytest.param(
            {"follow_ups": (alive("2024-06"),)}, "2024-06-01", id="a contact without a day: the 1st"
        ),
        pytest.param(
            {"follow_ups": (alive("2024"),)}, "2024-01-15", id="a contact without a month: unused"
        ),
        pytest.param(
            {"follow_ups": (lost("2024-05-03", declared="2024-11-01"),)},
            "2024-05-03",
            id="lost: the last contact, not the day it was declared",
        ),
        pytest.param(
            {
                "follow_ups": (
                    follow_up(
                        SurvivalStatus.WITHDREW,
                        "2024-06-30",
                        withdrew_on=date(2024, 6, 20),
                        withdrawal_scope=WithdrawalScope.FOLLOW_UP,
                    ),
                )
            },
            "2024-06-20",
            id="withdrew: the day of it",
        ),
        pytest.param(
            {"follow_ups": (follow_up(SurvivalStatus.WITHDREW, "2024-06-30"),)},
            "2024-06-30",
            id="withdrew: the contact, for want of a day",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01", told="2024-08-01"),)},
            "2024-01-15",
            id="a death is no evidence of life, nor the day it was learnt",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "therapies": (therapy("2024-02-12", TherapyKind.IVIG, end="2024-07-01"),),
            },
            "2024-02-12",
            id="nothing dated after the death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "lab_values": (lab_value("2024-06-01"),)},
            "2024-06-01",
            id="blood drawn on the day of death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06"), alive("2024-06-20"))},
            "2024-06-20",
            id="a contact in the month of death",
        ),
        pytest.param({"lab_values": (lab_value("2025-04-01"),)}, "2025-04-01", id="beyond the cut"),
    ],
)
def test_it_takes_any_evidence_of_life(records: dict[str, Any], expected: str) -> None:
    found = evidence_of_life(history(**records))
    assert found is not None
    assert found.day == day(expected)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param({"enrolment": enrolment()}, "2023-12-01", id="enrolment"),
        pytest.param(
            {"enrolment": enrolment(None, consented_on=date(2023, 11, 1))},
            "2023-11-01",
            id="consent",
        ),
        pytest.param(
            {"preparations": (preparation(leukapheresis_on=(date(2023, 12, 10),)),)},
            "2023-12-10",
            id="leukapheresis",
        ),
        pytest.param(
            {"preparations": (preparation(bridging_from=days("2023-12-20")),)},
            "2023-12-20",
            id="bridging",
        ),
        pytest.param(
            {"preparations": (preparation(lymphodepletion=(days("2024-01-10"),)),)},
            "2024-01-10",
            id="lymphodepletion",
        ),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_it_takes_what_came_before_infusion(records: dict[str, Any], expected: str | None) -> None:
    found = evidence_of_life(history(infused=False, **records))
    assert (found.day if found else None) == day(expected)


def test_it_names_the_record_and_what_was_imputed() -> None:
    found = evidence_of_life(history(follow_ups=(alive("2024-06", 4),)))
    assert found is not None
    assert (found.record, found.imputed) == (ref("follow-ups", 4), "D")


def test_of_one_day_a_visit_comes_before_a_contact_that_only_its_month_is_known_of() -> None:
    subject = history(visits=(visit("M5", "2024-06-01"),), follow_ups=(alive("2024-06", 4),))
    found = evidence_of_life(subject)
    assert found is not None
    assert (found.record, found.imputed) == (ref("visits"), None)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        pytest.param("2024-06-30", "2024-06-20", id="before the cap"),
        pytest.param("2024-06-20", "2024-06-20", id="on the cap"),
        pytest.param("2024-06-19", "2024-06-19", id="beyond the cap: alive on it"),
    ],
)
def test_it_caps_the_last_day(until: str, expected: str) -> None:
    found = evidence_of_life(history(follow_ups=(alive("2024-06-20"),)))
    assert last_known_alive(found, until=date.fromisoformat(until)) == day(expected)
    assert last_known_alive(None, until=date.fromisoformat(until)) is None


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        pytest.param("2024-06-21", "2024-06-20", id="the day after the cut: alive on the cut"),
        pytest.param("2024-07", "2024-06-20", id="in the month after the cut"),
        pytest.param("2024-06-20", "2024-03-01", id="on the cut: it has happened"),
        pytest.param("2024-06", "2024-03-01", id="in the month of the cut: it may have happened"),
    ],
)
def test_a_death_after_the_cut_shows_the_subject_alive_on_it(death: str, expected: str) -> None:
    cut = date(2024, 6, 20)
    subject = history(follow_ups=(alive("2024-03-01"), died(death)))
    found = evidence_of_life(replace(subject, data_cut=cut))
    assert last_known_alive(found, until=cut) == day(expected)


def test_a_day_between_two_months_is_no_evidence() -> None:
    contact = follow_up(SurvivalStatus.ALIVE, "2024-06-20")
    unsure = PossibleDays(date(2024, 6, 30), date(2024, 7, 1))
    subject = history(
        follow_ups=(follow_up(SurvivalStatus.LOST, "2024-09-01", last_contact_on=unsure), contact)
    )
    found = evidence_of_life(subject)
    assert found is not None
    assert found.day == date(2024, 6, 20)
