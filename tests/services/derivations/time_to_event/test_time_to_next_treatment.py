"""Times to next treatment, to progression and to response; infused on 15 January 2024."""

from typing import Any

import pytest

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_time import (
    competing_status,
)
from app.services.derivations.time_to_event.time_to_next_treatment import (
    NextTreatmentDefinition,
    time_to_next_treatment,
)
from app.services.derivations.time_to_event.time_to_progression import time_to_progression
from app.services.derivations.time_to_event.time_to_response import (
    ResponseEndpoint,
    time_to_response,
    time_to_response_of_all,
)
from tests.subjects.event_times import days_and_code, facts, on

V1, V2, V3 = "2024-02-12", "2024-03-11", "2024-04-08"
CUT = "2025-02-18"


@pytest.mark.parametrize(
    ("definition", "more", "expected", "status"),
    [
        pytest.param("TTNT", {"new_therapy": V2}, (57, 0), 1, id="therapy"),
        pytest.param("TTNT", {"death": V2}, (57, 0), 1, id="death"),
        pytest.param("TTNT", {"new_therapy": V2, "death": V3}, (57, 0), 1, id="therapy, death"),
        pytest.param("TTNT", {"last_alive": "2025-02-01"}, (384, 1), 0, id="neither"),
        pytest.param("TTNT_therapy_only", {"new_therapy": V2}, (57, 0), 1, id="only: therapy"),
        pytest.param("TTNT_therapy_only", {"death": V2}, (57, 9), 2, id="only: death"),
        pytest.param(
            "TTNT_therapy_only", {"new_therapy": V2, "death": V2}, (57, 0), 1, id="only: both"
        ),
        pytest.param(
            "TTNT_therapy_only", {"last_alive": "2025-02-01"}, (384, 1), 0, id="only: neither"
        ),
    ],
)
def test_time_to_next_treatment(
    definition: NextTreatmentDefinition,
    more: dict[str, Any],
    expected: tuple[int, int],
    status: int,
) -> None:
    time = time_to_next_treatment(facts((V1, "PR"), cut=CUT, **more), definition=definition)
    assert days_and_code(time) == expected
    assert competing_status(time) == status


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(facts((V1, "PR"), (V2, "PD"), cut=CUT, death=V3), (57, 0), id="progression"),
        pytest.param(facts((V1, "PR"), cut=CUT, death=V2), (57, 9), id="death without it"),
        pytest.param(
            facts((V1, "PR"), cut=CUT, new_therapy="2024-02-20", death=V2),
            (29, 2),
            id="death after new therapy",
        ),
        pytest.param(facts((V1, "PR"), cut=CUT), (29, 1), id="neither"),
    ],
)
def test_time_to_progression(subject: EndpointFacts, expected: tuple[int, int]) -> None:
    time = time_to_progression(subject)
    assert time.endpoint == "TTP"
    assert days_and_code(time) == expected


@pytest.mark.parametrize(("endpoint", "days"), [("TTR", 29), ("TTCR", 57), ("TTBR", 85)])
def test_time_to_response(endpoint: ResponseEndpoint, days: int) -> None:
    subject = facts((V1, "PR"), (V2, "CR"), (V3, "sCR"), cut=CUT, best_response=on(V3))
    assert days_and_code(time_to_response(subject, endpoint=endpoint)) == (days, 0)
    no_responder = facts((V1, "SD"), cut=CUT)
    assert time_to_response(no_responder, endpoint=endpoint) is None


@pytest.mark.parametrize(
    ("subject", "expected", "status"),
    [
        pytest.param(facts((V1, "SD"), (V2, "PR"), cut=CUT), (57, 0), 1, id="responded"),
        pytest.param(facts((V1, "SD"), (V2, "PD"), cut=CUT), (57, 9), 2, id="progressed first"),
        pytest.param(facts((V1, "SD"), cut=CUT, death=V2), (57, 9), 2, id="died first"),
        pytest.param(
            facts((V1, "SD"), (V3, "PR"), cut=CUT, new_therapy=V2),
            (57, 2),
            0,
            id="new therapy first: a later response does not count",
        ),
        pytest.param(
            facts((V1, "SD"), (V2, "PD"), cut=CUT, has_baseline=False, last_alive="2025-02-01"),
            (384, 1),
            0,
            id="no baseline: progression cannot be shown",
        ),
        pytest.param(
            facts((V1, "SD"), cut=CUT, last_alive="2025-02-01"),
            (384, 1),
            0,
            id="still under observation: last known alive, not last assessment",
        ),
    ],
)
def test_time_to_response_of_all(
    subject: EndpointFacts, expected: tuple[int, int], status: int
) -> None:
    time = time_to_response_of_all(subject)
    assert days_and_code(time) == expected
    assert competing_status(time) == status
