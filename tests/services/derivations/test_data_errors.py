"""Contradictions in a subject's dates, infused on 15 January 2024, data cut 18 February 2025."""

from typing import Any

import pytest

from app.services.derivations.data_errors import data_errors, leaves_out
from app.services.derivations.subject_history import SubjectHistory
from app.trial.trial import load_trial
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.kinetics import NotEvaluableReason
from app.vocabularies.therapies import TherapyKind
from app.vocabularies.visits import VisitStatus
from tests.subjects.base import ref
from tests.subjects.course import (
    adverse_event,
    alive,
    assessment,
    died,
    enrolment,
    history,
    infusion,
    lab_value,
    lost,
    neuro_assessment,
    sample,
    therapy,
    visit,
)

TRIAL = load_trial()
IVIG = TherapyKind.IVIG


def found(subject: SubjectHistory) -> list[tuple[str, str]]:
    return [(error.error_class.value, error.rule.value) for error in data_errors(subject, TRIAL)]


@pytest.mark.parametrize(
    ("records", "errors"),
    [
        pytest.param({}, [], id="nothing known but the infusion"),
        pytest.param(
            {"follow_ups": (died("2024-01-12"),)},
            [("fatal", "death_before_origin")],
            id="death before infusion",
        ),
        pytest.param({"follow_ups": (died("2024-01-15"),)}, [], id="death on the infusion day"),
        pytest.param({"follow_ups": (died("2024-01"),)}, [], id="death in the month of infusion"),
        pytest.param(
            {"follow_ups": (died("2023-12"),)},
            [("fatal", "death_before_origin")],
            id="death in the month before it",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "assessments": (assessment("2024-06-02"),)},
            [("record", "evaluation_after_death")],
            id="evaluation the day after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "assessments": (assessment("2024-06-01"),)},
            [],
            id="evaluation on the day of death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "assessments": (assessment("2024-05-20", marrow="2024-06-02"),),
            },
            [("record", "evaluation_after_death")],
            id="a part of an evaluation after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06"),), "assessments": (assessment("2024-06-30"),)},
            [],
            id="evaluation on the last day the death can mean",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"), alive("2024-06-02"))},
            [("fatal", "contact_after_death")],
            id="contact after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"), alive("2024-06"))},
            [],
            id="contact in the month of death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"), lost("2024-06-02", declared="2024-12-01"))},
            [("fatal", "contact_after_death")],
            id="last contact of a loss after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"), lost("2024-05-02", declared="2024-12-01"))},
            [],
            id="declared lost after a death nobody knew of",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "visits": (visit("M6", "2024-07-10"),)},
            [("fatal", "contact_after_death")],
            id="visit after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "visits": (visit("M5", "2024-06-01"),)},
            [],
            id="visit on the day of death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "visits": (visit("M6", "2024-07-10", VisitStatus.NOT_DONE),),
            },
            [],
            id="visit not done after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "therapies": (therapy("2024-06-02"),)},
            [("record", "new_therapy_after_death")],
            id="new anti-myeloma therapy after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "infusions": (infusion(), infusion("2024-06-02", 2)),
            },
            [("fatal", "infusion_after_death")],
            id="second infusion after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "infusions": (infusion(), infusion("2024-06-01", 2)),
            },
            [],
            id="second infusion on the day of death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "therapies": (therapy("2024-06-02", IVIG),),
            },
            [("record", "therapy_after_death")],
            id="concomitant therapy after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "therapies": (therapy("2024-05-02", end="2024-06-20"),),
            },
            [("record", "therapy_after_death")],
            id="end of any therapy after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "adverse_events": (
                    adverse_event("2024-05-02", end="2024-06-02", outcome=Outcome.FATAL),
                ),
            },
            [],
            id="the fatal event, its end dated a day late",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "adverse_events": (adverse_event("2024-05-02", end="2024-06-02"),),
            },
            [("record", "adverse_event_after_death")],
            id="end of an adverse event after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "adverse_events": (adverse_event("2024-05-02", end="2024-06-01"),),
            },
            [],
            id="end of an adverse event on the day of death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "lab_values": (lab_value("2024-06-02"),)},
            [("record", "sample_after_death")],
            id="one laboratory result after death",
        ),
        pytest.param(
            {"follow_ups": (died("2024-06-01"),), "kinetics": (sample("2024-06-02"),)},
            [("record", "sample_after_death")],
            id="kinetics sample after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "kinetics": (sample("2024-06-02", not_evaluable=NotEvaluableReason.NOT_COLLECTED),),
            },
            [],
            id="kinetics sample not collected after death",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "lab_values": (lab_value("2024-05-02"), lab_value("2024-06-01", 2)),
                "kinetics": (sample("2024-05-02"), sample("2024-06-01")),
                "neuro_assessments": (neuro_assessment("2024-06-01"),),
            },
            [],
            id="samples and an examination before death and on its day",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"),),
                "neuro_assessments": (neuro_assessment("2024-06-02"),),
            },
            [("record", "sample_after_death")],
            id="examination after death",
        ),
        pytest.param(
            {"follow_ups": (died("2025-03-01"), alive("2025-04-01"))},
            [],
            id="all of it after the cut: alive at it",
        ),
        pytest.param(
            {"follow_ups": (died("2025-01-10"), alive("2025-04-01"))},
            [("fatal", "contact_after_death")],
            id="death before the cut, contact after it",
        ),
        pytest.param(
            {"therapies": (therapy("2024-01-14"),)},
            [("endpoint", "new_therapy_before_infusion")],
            id="new therapy the day before infusion",
        ),
        pytest.param({"therapies": (therapy("2024-01-15"),)}, [], id="new therapy on the day"),
        pytest.param({"therapies": (therapy("2024-01"),)}, [], id="new therapy in the month"),
        pytest.param(
            {"therapies": (therapy("2024-01-14", IVIG),)}, [], id="other therapy before infusion"
        ),
        pytest.param(
            {"adverse_events": (adverse_event("2024-03-02", end="2024-03-01"),)},
            [("record", "ends_before_onset")],
            id="event ends before it begins",
        ),
        pytest.param(
            {"adverse_events": (adverse_event("2024-03-02", end="2024-03-02"),)},
            [],
            id="event ends on the day it begins",
        ),
        pytest.param(
            {"adverse_events": (adverse_event("2024-03-02", end="2024-03"),)},
            [],
            id="event ends in the month it begins",
        ),
        pytest.param(
            {
                "follow_ups": (died("2024-06-01"), alive("2024-06-02")),
                "therapies": (therapy("2024-01-14"), therapy("2024-06-02", IVIG, number=2)),
            },
            [
                ("fatal", "contact_after_death"),
                ("endpoint", "new_therapy_before_infusion"),
                ("record", "therapy_after_death"),
            ],
            id="all of it, the gravest first",
        ),
    ],
)
def test_data_errors(records: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    assert found(history(**records)) == errors


@pytest.mark.parametrize(
    ("records", "missing"),
    [
        pytest.param({}, False, id="nothing after it"),
        pytest.param({"visits": (visit("M1", "2024-02-12"),)}, True, id="visit after infusion"),
        pytest.param({"visits": (visit("M36", "2027-01-02"),)}, True, id="visit on the horizon"),
        pytest.param({"visits": (visit("LD1", "2024-01-10"),)}, False, id="visit before infusion"),
        pytest.param(
            {"visits": (visit("M1", None, VisitStatus.MISSED),)}, False, id="visit missed"
        ),
        pytest.param({"kinetics": (sample("2024-02-12", visit="M1"),)}, True, id="sample of M1"),
        pytest.param({"kinetics": (sample("2024-02-12", nominal_day=28),)}, True, id="of day 28"),
        pytest.param({"kinetics": (sample("2024-01-12", nominal_day=0),)}, False, id="pre-dose"),
        pytest.param(
            {"kinetics": (sample("2024-02-12", infusion=ref("infusions").record_id),)},
            True,
            id="sample of an infusion",
        ),
        pytest.param(
            {"assessments": (assessment("2024-02-12", visit="M1"),)}, True, id="evaluation of M1"
        ),
        pytest.param(
            {"assessments": (assessment("2024-01-12", visit="BL"),)}, False, id="baseline"
        ),
    ],
)
def test_it_notices_a_missing_infusion(records: dict[str, Any], missing: bool) -> None:
    errors = [("fatal", "infusion_missing")] if missing else []
    assert found(history(infused=False, enrolment=enrolment(), **records)) == errors
    assert ("fatal", "infusion_missing") not in found(history(enrolment=enrolment(), **records))


def test_it_notices_a_death_before_the_enrolment_of_a_subject_never_infused() -> None:
    subject = history(infused=False, enrolment=enrolment(), follow_ups=(died("2023-11-30"),))
    assert found(subject) == [("fatal", "death_before_origin")]


def test_it_names_the_records_of_a_contradiction() -> None:
    subject = history(follow_ups=(died("2024-06-01"), alive("2024-06-02", 3)))
    (error,) = data_errors(subject, TRIAL)
    assert error.records == (ref("follow-ups", 9), ref("follow-ups", 3))
    (error,) = data_errors(history(follow_ups=(died("2024-01-12"),)), TRIAL)
    assert error.records == (ref("follow-ups", 9), ref("infusions"))


@pytest.mark.parametrize(
    ("records", "out_of_survival", "out_of_the_rest"),
    [
        pytest.param({"follow_ups": (died("2024-01-12"),)}, True, True, id="fatal"),
        pytest.param({"therapies": (therapy("2024-01-14"),)}, False, True, id="endpoint"),
        pytest.param(
            {"adverse_events": (adverse_event("2024-03-02", end="2024-03-01"),)},
            False,
            False,
            id="record",
        ),
        pytest.param({}, False, False, id="none"),
    ],
)
def test_what_an_error_leaves_the_subject_out_of(
    records: dict[str, Any], out_of_survival: bool, out_of_the_rest: bool
) -> None:
    errors = data_errors(history(**records), TRIAL)
    assert leaves_out(errors, overall_survival=True) is out_of_survival
    assert leaves_out(errors) is out_of_the_rest
