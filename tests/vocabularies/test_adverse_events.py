"""Words of an adverse event: published values, and what they oblige to."""

import pytest

from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import (
    ENDED,
    ONGOING,
    ActionTaken,
    Causality,
    Outcome,
    SeriousnessCriterion,
)


def test_outcome_has_the_submission_values_of_c66768() -> None:
    assert {outcome.value for outcome in Outcome} == {
        "FATAL",
        "NOT RECOVERED/NOT RESOLVED",
        "RECOVERED/RESOLVED",
        "RECOVERED/RESOLVED WITH SEQUELAE",
        "RECOVERING/RESOLVING",
        "UNKNOWN",
    }


def test_action_taken_has_the_submission_values_of_c66767() -> None:
    assert {action.value for action in ActionTaken} == {
        "DOSE INCREASED",
        "DOSE NOT CHANGED",
        "DOSE RATE REDUCED",
        "DOSE REDUCED",
        "DRUG INTERRUPTED",
        "DRUG WITHDRAWN",
        "NOT APPLICABLE",
        "UNKNOWN",
    }


@pytest.mark.parametrize(
    ("outcome", "end_date"),
    [
        ("RECOVERED/RESOLVED", "needed"),
        ("RECOVERED/RESOLVED WITH SEQUELAE", "needed"),
        ("FATAL", "needed"),
        ("RECOVERING/RESOLVING", "forbidden"),
        ("NOT RECOVERED/NOT RESOLVED", "forbidden"),
        ("UNKNOWN", "free"),
    ],
)
def test_an_outcome_needs_an_end_date_or_forbids_it(outcome: str, end_date: str) -> None:
    assert (Outcome(outcome) in ENDED) is (end_date == "needed")
    assert (Outcome(outcome) in ONGOING) is (end_date == "forbidden")


def test_a_cause_is_related_from_possible_on_where_a_trial_does_not_say() -> None:
    assert [(level.value, level in AdverseEventRules().related) for level in Causality] == [
        ("unrelated", False),
        ("unlikely", False),
        ("possible", True),
        ("probable", True),
        ("definite", True),
    ]


def test_there_are_six_criteria_of_seriousness() -> None:
    assert len(SeriousnessCriterion) == 6
