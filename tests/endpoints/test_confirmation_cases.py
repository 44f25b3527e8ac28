"""Strings of investigators' categories, sent as a centre sends them, and what is confirmed of them.

Source of the cases: ``tests/services/criteria/data/README.md``.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.services.criteria.imwg_courses import load
from tests.subjects.told import Subject, death, new_therapy, rated, subject

CASES = load("imwg_confirmation_cases.json")["subjects"]
TREATED_ON = date(2024, 1, 1)
FIRST_VISIT = date(2024, 1, 29)
BASES = {"PDi": "imaging", "PDb": "biochemical"}
MEMBERS = {
    "best_confirmed_response": "best",
    "best_date": "best_on",
    "progression_date": "progression_on",
    "first_response_date": "first_response_on",
    "first_vgpr_or_better_date": "first_vgpr_on",
    "first_cr_or_better_date": "first_complete_response_on",
}
ROW_MEMBERS = {
    **MEMBERS,
    "best_confirmed_response": "best_response",
    "best_date": "best_response_on",
}

Answers = Mapping[str, dict[str, Any]]


def visited_on(index: int) -> date:
    return FIRST_VISIT + timedelta(days=28 * index)


def case_subject(case: Mapping[str, Any]) -> Subject:
    """Write a string of visits as a subject."""
    codes = case["responses"]
    records = [
        rated(visited_on(index), "PD", BASES[code])
        if code in BASES
        else rated(visited_on(index), code)
        for index, code in enumerate(codes)
    ]
    if case["new_therapy_date"]:
        records.append(new_therapy(date.fromisoformat(case["new_therapy_date"])))
    if case["death_due_to_pd_after_last_pd"]:
        records.append(death(visited_on(len(codes) - 1) + timedelta(days=10), "myeloma"))
    return subject(case["subject"], *records, infused_on=TREATED_ON)


def expected(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is confirmed where the visit of the day on which new therapy starts counts."""
    found: Mapping[str, Any] = case.get("expected_under_default", case["expected"])
    return found


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    directory = tmp_path_factory.mktemp("confirmation")
    async with cohort(server, directory, *map(case_subject, CASES)) as found:
        yield found


@pytest.fixture(scope="module")
async def rows(told: Cohort) -> Answers:
    return await told.rows("response", response_source="investigator")


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> Answers:
    return await told.responses({case["subject"]: {} for case in CASES})


def ids(case: dict[str, Any]) -> str:
    therapy = case["new_therapy_date"]
    return f"{case['subject']} {' '.join(case['responses'])}" + (f" N {therapy}" if therapy else "")


@pytest.mark.parametrize("case", CASES, ids=ids)
async def test_it_confirms_the_investigators_categories(
    answers: Answers, rows: Answers, case: dict[str, Any]
) -> None:
    best, row, wanted = (
        answers[case["subject"]]["by_source"]["investigator"],
        rows[case["subject"]],
        expected(case),
    )
    assert {name: best[MEMBERS[name]] or "MISSING" for name in wanted} == {
        name: value or "MISSING" for name, value in wanted.items()
    }
    assert {name: row[ROW_MEMBERS[name]] or "MISSING" for name in wanted} == {
        name: value or "MISSING" for name, value in wanted.items()
    }


async def test_without_any_measurement_the_derived_response_is_missing_or_not_evaluable(
    answers: Answers,
) -> None:
    found = {answer["by_source"]["derived"]["best"] for answer in answers.values()}
    assert found <= {None, "NE"}


async def test_the_rates_count_what_the_subjects_came_to(told: Cohort) -> None:
    answer = await told.endpoint("response", response_source="investigator")
    bests = [expected(case)["best_confirmed_response"] for case in CASES]
    counted = {name: rate["x"] for name, rate in answer["categories"].items()}
    assert counted == {
        name: sum((best if best != "MISSING" else "NE") == name for best in bests)
        for name in counted
    }
    assert sum(counted.values()) == answer["N"] == 250
    assert answer["rates"]["ORR"]["x"] == sum(best in {"sCR", "CR", "VGPR", "PR"} for best in bests)
