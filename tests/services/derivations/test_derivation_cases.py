"""The shared cases of times to an event: what each subject comes to under each definition."""

from collections.abc import Callable
from typing import Any

import pytest

from app.services.derivations.time_to_event.duration_of_response import duration_of_response
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_free_survival import event_free_survival
from app.services.derivations.time_to_event.event_time import CensoringReason, EventTime
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.services.derivations.time_to_event.progression_free_survival import (
    EMA,
    FDA,
    progression_free_survival,
)
from app.services.derivations.time_to_event.time_to_next_treatment import time_to_next_treatment
from tests.subjects.event_times import facts_of, load

SHARED = load("derivation_cases.json")

DERIVATIONS: dict[str, Callable[[EndpointFacts], EventTime | None]] = {
    "PFS_FDA": progression_free_survival,
    "PFS_EMA": lambda facts: progression_free_survival(facts, reading=EMA),
    "OS": overall_survival,
    "EFS": event_free_survival,
    "DOR_FDA": lambda facts: duration_of_response(facts, reading=FDA),
    "DOR_EMA": lambda facts: duration_of_response(facts, reading=EMA),
    "DOR_IMWG": lambda facts: duration_of_response(facts, definition="DOR_IMWG"),
    "TTNT": time_to_next_treatment,
}

EXPECTED = [
    pytest.param(case, name, figures, id=f"{case['id']}-{name}")
    for case in SHARED["cases"]
    for name, figures in case["expected"].items()
    if figures.get("status") != "data_error"
]


@pytest.mark.parametrize(("case", "name", "figures"), EXPECTED)
def test_it_derives_the_shared_cases(
    case: dict[str, Any], name: str, figures: dict[str, Any]
) -> None:
    time = DERIVATIONS[name](facts_of(case))
    if figures.get("status") == "not_responder":
        assert time is None
    else:
        assert time is not None
        assert {"AVAL": time.days, "CNSR": time.censored} == figures


def test_it_reads_every_shared_case() -> None:
    left_out = [
        (case["id"], name)
        for case in SHARED["cases"]
        for name, figures in case["expected"].items()
        if figures.get("status") == "data_error"
    ]
    assert left_out == [("death_before_infusion", "OS")]  # a data error: see test_data_errors
    assert len(EXPECTED) == 52


def test_it_uses_the_shared_codes() -> None:
    assert {str(code.value) for code in CensoringReason} == set(SHARED["cnsr_codes"])
