"""Duration of the responses of subjects infused on 15 January 2024."""

import pytest

from app.services.derivations.time_to_event.duration_of_response import (
    DurationDefinition,
    duration_of_response,
)
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.progression_free_survival import EMA
from tests.subjects.event_times import days_and_code, facts

V1, V2, V3 = "2024-02-12", "2024-03-11", "2024-04-08"
CUT = "2025-02-18"
BEYOND, HORIZON = "2027-06-30", "2027-01-15"


@pytest.mark.parametrize(
    ("due", "definition", "expected"),
    [
        (True, "pd_or_death", (39, 0)),
        (False, "pd_or_death", (39, 0)),
        (None, "pd_or_death", (39, 0)),
        (True, "DOR_IMWG", (39, 0)),
        (False, "DOR_IMWG", (39, 9)),
        (None, "DOR_IMWG", (39, 0)),
        (True, "pd_related_death", (39, 0)),
        (False, "pd_related_death", (39, 9)),
        (None, "pd_related_death", (39, 9)),
    ],
)
def test_which_deaths_end_a_response(
    due: bool | None, definition: DurationDefinition, expected: tuple[int, int]
) -> None:
    subject = facts(
        (V1, "PR"), (V2, "PR"), cut=CUT, death="2024-03-21", due_to_myeloma=due, new_therapy=None
    )
    time = duration_of_response(subject, definition=definition)
    assert days_and_code(time) == expected


@pytest.mark.parametrize("definition", ["pd_or_death", "DOR_IMWG", "pd_related_death"])
def test_progression_ends_a_response_under_each_definition(definition: DurationDefinition) -> None:
    subject = facts((V1, "PR"), (V2, "PD"), cut=CUT)
    assert days_and_code(duration_of_response(subject, definition=definition)) == (29, 0)


@pytest.mark.parametrize(
    ("subject", "complete", "expected"),
    [
        pytest.param(
            facts((V1, "PR"), (V2, "CR"), (V3, "PD"), cut=CUT), False, (57, 0), id="from PR"
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "CR"), (V3, "PD"), cut=CUT), True, (29, 0), id="from CR"
        ),
        pytest.param(facts((V1, "PR"), (V3, "PD"), cut=CUT), True, None, id="no CR"),
        pytest.param(facts((V1, "SD"), (V3, "PD"), cut=CUT), False, None, id="no response"),
        pytest.param(
            facts((V1, "PR"), (V3, "PD"), cut=CUT, has_baseline=False),
            False,
            None,
            id="no baseline",
        ),
        pytest.param(
            facts((V1, "PR"), cut=CUT, has_baseline=False, death=V2),
            False,
            None,
            id="no baseline, and death",
        ),
        pytest.param(
            facts(("2027-01-16", "PR"), cut=BEYOND, last_alive=BEYOND),
            False,
            None,
            id="response after the horizon",
        ),
    ],
)
def test_duration_of_response(
    subject: EndpointFacts, complete: bool, expected: tuple[int, int] | None
) -> None:
    assert days_and_code(duration_of_response(subject, complete=complete)) == expected


def test_a_response_after_the_horizon_is_none_under_truncation_either() -> None:
    subject = facts(("2027-01-16", "PR"), cut=BEYOND, last_alive=BEYOND)
    assert duration_of_response(subject, horizon="truncate") is None
    assert days_and_code(duration_of_response(subject, horizon="none")) == (1, 1)


def test_it_names_the_duration() -> None:
    subject = facts((V1, "CR"), (V2, "PD"), cut=CUT)
    dor = duration_of_response(subject, reading=EMA, definition="DOR_IMWG")
    docr = duration_of_response(subject, complete=True)
    assert dor is not None
    assert docr is not None
    assert (dor.endpoint, dor.variant) == ("DOR", "EMA,dor_imwg")
    assert (docr.endpoint, docr.variant) == ("DOCR", "FDA")
