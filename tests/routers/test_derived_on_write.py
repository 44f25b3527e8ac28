"""What the answer to a write derives: the grade of a result, the category of an evaluation."""

from typing import Any

import pytest

from tests.deployment import Caller, Deployment
from tests.routers.test_findings import body, enrol, stored

DAY = "2026-03-12T07:00+08:00"
PLATELETS = {
    "analyte": "PLT",
    "value": "18",
    "unit": "10*9/L",
    "reference_range": {"low": "125", "high": "350"},
    "collected_at": DAY,
}
ALT = {
    "analyte": "ALT",
    "value": "190",
    "unit": "U/L",
    "reference_range": {"high": "40"},
    "collected_at": DAY,
}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def enrolled(coordinator: Caller) -> str:
    return await enrol(coordinator, "03")


async def answered(caller: Caller, address: str, sent: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.submit(address, sent)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def graded(answer: dict[str, Any]) -> list[tuple[str, list[int]]]:
    return [(one["direction"], one["grades"]) for one in answer["ctcae"]]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [("LOW", [4])], id="below 25"),
        pytest.param({"value": "25"}, [("LOW", [3])], id="25 itself is grade 3"),
        pytest.param({"value": "74.9"}, [("LOW", [2])], id="below 75"),
        pytest.param({"value": "75"}, [("LOW", [1])], id="75, below normal"),
        pytest.param({"value": "125"}, [("LOW", [0])], id="the lower limit is normal"),
        pytest.param({"spurious": True}, [], id="a laboratory error"),
    ],
)
async def test_a_result_is_graded_in_the_unit_reported(
    coordinator: Caller, enrolled: str, changes: dict[str, Any], expected: list[Any]
) -> None:
    answer = await answered(coordinator, f"{enrolled}/lab-results", {**PLATELETS, **changes})
    assert graded(answer) == expected


async def test_a_result_whose_cuts_hang_on_the_baseline_is_graded_against_it(
    coordinator: Caller, enrolled: str
) -> None:
    labs = f"{enrolled}/lab-results"
    alone = await answered(coordinator, labs, ALT)
    assert graded(alone) == [("HIGH", [2])]
    assert alone["ctcae"][0]["without"] == ["baseline"]
    await answered(coordinator, labs, {**ALT, "value": "100", "collected_at": "2026-02-27"})
    beside = await answered(coordinator, labs, {**ALT, "collected_at": "2026-03-13"})
    assert graded(beside) == [("HIGH", [1])], "190 is 1.9 times an abnormal baseline of 100"
    assert beside["ctcae"][0]["without"] == []


async def test_an_amended_result_is_graded_anew_and_a_voided_one_is_not(
    coordinator: Caller, enrolled: str
) -> None:
    address = await stored(coordinator, f"{enrolled}/lab-results", PLATELETS)
    amended = await coordinator.amend(
        address, {**PLATELETS, "value": "60", "reason": "Read from the wrong line."}, 1
    )
    assert graded(amended.json()) == [("LOW", [2])]
    voided = await coordinator.void(address, 2)
    assert voided.json()["ctcae"] is None


async def test_an_evaluation_answers_with_its_category_and_whether_it_is_confirmed(
    coordinator: Caller, enrolled: str
) -> None:
    shape = body("baseline")
    at = {"assessed_on": "2026-04-05", "serum_m_protein": {"value": "0.4", "unit": "g/dL"}}
    first = await answered(coordinator, f"{enrolled}/assessments", {**shape, **at})
    assert first["derived"]["state"] == "unconfirmed"
    later = {**at, "assessed_on": "2026-05-08"}
    second = await answered(coordinator, f"{enrolled}/assessments", {**shape, **later})
    assert second["derived"]["category"] == first["derived"]["category"]
    explained = (await coordinator.get(f"{enrolled}/response")).json()
    assert [visit["state"] for visit in explained["visits"]] == ["confirmed", "unconfirmed"]
    assert explained["visits"][0]["category"] == first["derived"]["category"]


async def test_an_evaluation_before_the_infusion_is_no_response(
    coordinator: Caller, enrolled: str
) -> None:
    answer = await answered(
        coordinator, f"{enrolled}/assessments", {**body("baseline"), "assessed_on": "2026-02-20"}
    )
    assert answer["derived"] is None
