"""The shared cases of times to an event, sent as a centre sends them.

Categories are the investigator's, and progressive disease rests on imaging, so that one visit is
the event. Source of the cases: ``tests/services/derivations/data/README.md``.

Decision: the cases hold categories that are confirmed already. One of them has a single PR, which
over HTTP waits for a second one; its duration of response is left to the tests of the derivation.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.event_times import load
from tests.subjects.told import (
    Record,
    Subject,
    assessment,
    contact,
    death,
    new_therapy,
    rated,
    subject,
    withdrawal,
)

CASES = load("derivation_cases.json")["cases"]
INVESTIGATOR = {"response_source": "investigator"}
ENDPOINTS: Mapping[str, tuple[str, str]] = {
    "PFS_FDA": ("progression-free-survival", "FDA"),
    "PFS_EMA": ("progression-free-survival", "EMA"),
    "OS": ("overall-survival", "any_cause"),
    "EFS": ("event-free-survival", "composite"),
    "DOR_FDA": ("duration-of-response", "FDA"),
    "DOR_EMA": ("duration-of-response", "EMA"),
    "DOR_IMWG": ("duration-of-response", "DOR_IMWG"),
    "TTNT": ("time-to-next-treatment", "TTNT"),
}
LONE_RESPONSE = {("pd_after_2_missed", "DOR_FDA"), ("pd_after_2_missed", "DOR_EMA")}
EXPECTED = [
    pytest.param(case, name, figures, id=f"{case['id']}-{name}")
    for case in CASES
    for name, figures in case["expected"].items()
    if (case["id"], name) not in LONE_RESPONSE
]
EVERY_28_DAYS = {
    "trial__horizon_months": 120,
    "schedule__procedures": [],
    "schedule__visits": [
        {
            "code": f"V{number}",
            "anchor": "infusion",
            "target": 28 * number,
            "before": 7,
            "after": 7,
            "disease_evaluation": "scheduled",
        }
        for number in range(1, 41)
    ],
    "kinetics__nominal_times": [],
    "kinetics__persistence_visits": [],
}
"""A trial that evaluates the disease every 28 days and has no horizon to speak of."""
NO_SCHEDULE = EVERY_28_DAYS | {"trial__horizon_months": 36, "schedule__visits": []}

Rows = Mapping[tuple[str, str], dict[str, Any]]


def case_subject(case: Mapping[str, Any]) -> Subject:
    """Write a case of the file as a subject."""
    told = case["input"]
    records: list[Record] = []
    if told.get("baseline", True):
        records.append(assessment(-10, **components(4, 0, "+-")))
    for on, category in told["assessments"]:
        records.append(
            rated(date.fromisoformat(on), category, "imaging" if category == "PD" else None)
        )
    last = told["last_alive"] and date.fromisoformat(told["last_alive"])
    if told.get("discontinued") == 7:
        records.append(withdrawal(last))
    elif last:
        records.append(contact(last))
    if told["new_tx"]:
        records.append(new_therapy(date.fromisoformat(told["new_tx"])))
    if told["death"]:
        records.append(death(date.fromisoformat(told["death"]), told.get("death_cause", "unknown")))
    return subject(case["id"], *records, infused_on=date.fromisoformat(told["infusion"]))


@pytest.fixture(scope="module")
async def rows(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, Any] | None]:
    """The row of each case under each definition, as of the case's own cut-off."""
    found: dict[tuple[str, str], dict[str, Any] | None] = {}
    for trial in (EVERY_28_DAYS, NO_SCHEDULE):
        cases = [
            case for case in CASES if (case["horizon_months"] is None) is (trial is EVERY_28_DAYS)
        ]
        directory = tmp_path_factory.mktemp("derivation")
        async with cohort(server, directory, *map(case_subject, cases), **trial) as told:
            for case in cases:
                for name in case["expected"]:
                    endpoint, variant = ENDPOINTS[name]
                    of_all = await told.rows(
                        endpoint, variant=variant, cutoff=case["input"]["cutoff"], **INVESTIGATOR
                    )
                    found[case["id"], name] = of_all.get(case["id"])
    return found


@pytest.mark.parametrize(("case", "name", "figures"), EXPECTED)
async def test_it_answers_the_shared_cases(
    rows: Rows, case: dict[str, Any], name: str, figures: dict[str, Any]
) -> None:
    row = rows[case["id"], name]
    if "status" in figures:
        assert row is None
    else:
        assert {"AVAL": row["AVAL"], "CNSR": row["CNSR"]} == figures


async def test_it_asks_for_every_shared_case() -> None:
    assert len(EXPECTED) == 51
    assert len(LONE_RESPONSE) == 2


async def test_a_single_partial_response_before_progression_is_no_response(rows: Rows) -> None:
    assert {name: rows[name] for name in LONE_RESPONSE} == dict.fromkeys(LONE_RESPONSE)
