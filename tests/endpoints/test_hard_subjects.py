"""Invented subjects that are hard to judge, each with its records as a centre sends them.

Source of the cases: ``tests/endpoints/data/README.md``.
"""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.told import Record, Subject

CASES: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "hard_subjects.json").read_text(encoding="utf-8")
)
ALONE: Final = {"N-21": "21"}
"""A centre of its own for a subject of whom a table is read."""
REFUSED: Final = {"N-69": "therapies"}
"""The kind of the one record that is refused."""


def case_subject(case: Mapping[str, Any]) -> Subject:
    """Write a subject of the file; what is to be refused is left for its own test."""
    name = case["id"]
    left_out = REFUSED.get(name)
    centre = ALONE.get(name, "03")
    return Subject(
        name=name,
        centre=centre,
        infused_on=date.fromisoformat(case["infused_on"]),
        enrolment={"kind": "subjects", "source_id": name, "centre": centre, **case["enrolment"]},
        records=tuple(Record(kind, body) for kind, body in case["records"] if kind != left_out),
    )


def expected(kind: str) -> list[Any]:
    """Give what the file says of each subject about one kind of result."""
    return [
        pytest.param(case["id"], case["expect"][kind], id=f"{case['id']} {case['title']}")
        for case in CASES
        if kind in case["expect"]
    ]


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    directory = tmp_path_factory.mktemp("hard")
    async with cohort(server, directory, *map(case_subject, CASES)) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> dict[str, dict[str, Any]]:
    return await told.responses({case["id"]: {} for case in CASES})


@pytest.fixture(scope="module")
async def times(told: Cohort) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of every endpoint and variant that the file speaks of."""
    asked = {asked for case in CASES for asked in case["expect"].get("tte", {})}
    found = {}
    for one in sorted(asked):
        endpoint, variant = one.split("/")
        found[one] = await told.rows(endpoint, variant=variant)
    return found


@pytest.mark.parametrize(("name", "categories"), expected("categories"))
async def test_each_visit_has_its_category(
    answers: Mapping[str, Any], name: str, categories: list[str]
) -> None:
    assert [visit["category"] for visit in answers[name]["visits"]] == categories


@pytest.mark.parametrize(("name", "best"), expected("best"))
async def test_the_best_response_is_confirmed_and_dated(
    answers: Mapping[str, Any], name: str, best: list[str | None]
) -> None:
    found = answers[name]["best"]
    category = None if found["best"] in {"NE", "MISSING"} else found["best"]
    assert [category, found["best_on"] if category else None] == best


@pytest.mark.parametrize(
    ("member", "name", "on"),
    [
        pytest.param(member, *one.values, id=f"{one.id} {kind}")
        for kind, member in (
            ("progression_on", "progression_on"),
            ("first_response_on", "first_response_on"),
        )
        for one in expected(kind)
    ],
)
async def test_progression_and_first_response_are_dated_by_the_first_of_two(
    answers: Mapping[str, Any], member: str, name: str, on: str | None
) -> None:
    assert answers[name]["best"][member] == on


@pytest.mark.parametrize(("name", "on"), expected("relapse_on"))
async def test_a_relapse_from_complete_response_is_dated(
    answers: Mapping[str, Any], name: str, on: str
) -> None:
    assert answers[name]["best"]["relapse_from_complete_response"]["collected_on"] == on


@pytest.mark.parametrize(
    ("name", "asked", "figures"),
    [
        pytest.param(name, asked, figures, id=f"{one.id} {asked}")
        for one in expected("tte")
        for name, by_question in [one.values]
        for asked, figures in by_question.items()
    ],
)
async def test_a_time_to_an_event_is_an_event_or_says_why_not(
    times: Mapping[str, Any], name: str, asked: str, figures: list[Any] | None
) -> None:
    row = times[asked].get(name)
    if figures is None:
        assert row is None
    else:
        assert [row["AVAL"], row["CNSR"], row["ADT"]][: len(figures)] == figures


@pytest.mark.parametrize(("name", "emergent"), expected("teae"))
async def test_an_event_is_treatment_emergent_or_not(
    told: Cohort, name: str, emergent: dict[str, bool]
) -> None:
    row = (await told.rows("adverse-events"))[name]
    assert {one["term"]: one["treatment_emergent"] for one in row["events"]} == emergent


@pytest.mark.parametrize(("name", "worst"), expected("labs"))
async def test_the_worst_laboratory_grade_after_the_infusion(
    told: Cohort, name: str, worst: dict[str, int]
) -> None:
    row = (await told.rows("lab-abnormalities"))[name]
    found = {
        f"{one['analyte']}/{one['direction']}": one["worst_grade"] for one in row["abnormalities"]
    }
    assert {place: found.get(place) for place in worst} == worst


@pytest.mark.parametrize(("name", "syndrome"), expected("crs"))
async def test_episodes_of_crs_are_merged_over_a_day_between_them(
    told: Cohort, name: str, syndrome: dict[str, Any]
) -> None:
    answer = await told.endpoint("adverse-events", centre=ALONE[name])
    table = answer["syndromes"]["CRS"]
    first, *_ = episodes = [
        (date.fromisoformat(end) - date.fromisoformat(onset)).days + 1
        for onset, end, _ in syndrome["episodes"]
    ]
    assert table["n"] == table["affected"]["x"] == 1
    assert table["onset_days"]["median"] == syndrome["onset_day"]
    assert table["grades"][f"grade_{syndrome['max_grade']}"] == 1
    assert table["severe_onset_days"]["median"] == syndrome["grade_3_onset_day"]
    assert table["duration_days"]["median"] == first
    assert table["total_days"]["median"] == syndrome["total_days"] == sum(episodes)


@pytest.mark.parametrize(("name", "parameters"), expected("kinetics"))
async def test_the_cells_have_their_highest_value_and_its_day(
    told: Cohort, name: str, parameters: dict[str, dict[str, int]]
) -> None:
    row = (await told.rows("car-kinetics"))[name]
    found = {
        f"{analyte['matrix']}/{analyte['method']}/{profile['infusion_number']}": profile
        for one in row["kinetics"]["analytes"]
        for profile in [one["profile"]]
        for analyte in [profile["analyte"]]
    }
    assert {
        place: {"cmax": Decimal(peak["cmax"]), "tmax": peak["tmax"]}
        for place in parameters
        for peak in [found[place]["parameters"]]
    } == parameters


@pytest.mark.parametrize(("name", "flag"), expected("flag_at"))
async def test_a_visit_carries_a_flag(
    answers: Mapping[str, Any], name: str, flag: list[str]
) -> None:
    on, word = flag
    [visit] = [one for one in answers[name]["visits"] if one["assessed_on"] == on]
    assert any(word in one for one in visit["flags"])


@pytest.mark.parametrize(("name", "codes"), expected("refused"))
async def test_a_record_is_refused_by_its_code(told: Cohort, name: str, codes: list[str]) -> None:
    [case] = [one for one in CASES if one["id"] == name]
    [body] = [body for kind, body in case["records"] if kind == REFUSED[name]]
    coordinator = await told.deployment.caller("coordinator", "03")
    answer = await coordinator.submit(f"/v1/subjects/{told.codes[name]}/{REFUSED[name]}", body)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == codes


def test_every_kind_of_expectation_is_looked_at() -> None:
    assert len(CASES) == 37
    assert {kind for case in CASES for kind in case["expect"]} == {
        "best", "categories", "crs", "first_response_on", "flag_at", "kinetics", "labs",
        "progression_on", "refused", "relapse_on", "teae", "tte",
    }  # fmt: skip
