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
    assert alone["ctcae"][0]["scale"] == "limits"
    assert graded(alone) == [("HIGH", [2])]
    assert alone["ctcae"][0]["without"] == ["baseline"]
    baseline = {**ALT, "value": "100", "collected_at": "2026-02-27"}
    before = await answered(coordinator, labs, baseline)
    assert graded(before) == [("HIGH", [1])], "its own grade: 2.5 times the limit"
    assert before["ctcae"][0]["without"] == []
    beside = await answered(coordinator, labs, {**ALT, "collected_at": "2026-03-13"})
    assert graded(beside) == [("HIGH", [1])], "190 is 1.9 times an abnormal baseline of 100"
    assert beside["ctcae"][0]["without"] == []
    assert beside["ctcae"][0]["scale"] == "baseline"


async def test_a_result_in_another_unit_than_the_baseline_names_the_factor(
    coordinator: Caller, enrolled: str
) -> None:
    labs = f"{enrolled}/lab-results"
    before = {
        **ALT,
        "analyte": "BILI",
        "value": "60",
        "unit": "umol/L",
        "reference_range": {"high": "21"},
        "collected_at": "2026-02-27",
    }
    assert graded(await answered(coordinator, labs, before)) == [("HIGH", [2])]
    later = {**before, "value": "4.0", "unit": "mg/dL", "reference_range": {"high": "1.2"}}
    answer = await answered(coordinator, labs, {**later, "collected_at": DAY})
    assert graded(answer) == [("HIGH", [1])]
    assert answer["ctcae"][0]["restated"] == {
        "value": "68.416",
        "unit": "umol/L",
        "factor": "1 mg/dL = 17.104 umol/L",
    }


async def test_total_calcium_is_graded_corrected_for_the_albumin_of_its_sample(
    coordinator: Caller, enrolled: str
) -> None:
    labs = f"{enrolled}/lab-results"
    sample = {"collected_at": DAY, "sample_id": "S1"}
    albumin = {"analyte": "ALB", "value": "25", "unit": "g/L", **sample}
    await answered(coordinator, labs, albumin)
    calcium = {"analyte": "CA_TOTAL", "value": "2.65", "unit": "mmol/L", **sample}
    normal = {"reference_range": {"low": "2.1", "high": "2.6"}}
    assert graded(await answered(coordinator, labs, {**calcium, **normal})) == [
        ("LOW", [0]),
        ("HIGH", [2]),
    ], "2.65 + 0.02 x 15 is 2.95 mmol/L"


async def test_a_missing_limit_leaves_a_range(coordinator: Caller, enrolled: str) -> None:
    sent = {"analyte": "HGB", "value": "105", "unit": "g/L", "collected_at": DAY}
    answer = await answered(coordinator, f"{enrolled}/lab-results", sent)
    low, high = answer["ctcae"]
    assert (low["grade"], low["grades"], low["without"]) == (None, [0, 1], ["lower_limit"])
    assert high["ungraded_reason"] == "upper_limit_missing"


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


def rules(answer: dict[str, Any]) -> list[str]:
    return [finding["rule"] for finding in answer["findings"]]


LOW_PLATELETS = {
    "term": "Platelet count decreased",
    "grade": 4,
    "onset": "2026-03-12",
    "end": "2026-03-20",
    "causality": {"car_t": "possible"},
}


@pytest.mark.parametrize(
    ("changes", "noticed"),
    [
        pytest.param({}, True, id="grade 4"),
        pytest.param({"value": "49.9"}, True, id="grade 3"),
        pytest.param({"value": "50"}, False, id="50 itself is grade 2"),
        pytest.param({"collected_at": "2026-03-02T09:39+08:00"}, False, id="before the infusion"),
        pytest.param({"collected_at": "2026-03-02T09:40+08:00"}, True, id="at the infusion"),
        pytest.param({"spurious": True}, False, id="a laboratory error"),
    ],
)
async def test_a_severe_result_is_answered_with_the_lack_of_an_event(
    coordinator: Caller, enrolled: str, changes: dict[str, Any], noticed: bool
) -> None:
    answer = await answered(coordinator, f"{enrolled}/lab-results", {**PLATELETS, **changes})
    assert rules(answer) == (["LAB-GRADE-WITHOUT-AE"] if noticed else [])
    found = (await coordinator.get("/v1/findings?rule=LAB-GRADE-WITHOUT-AE")).json()["items"]
    assert [(one["record_id"], one["pointer"], one["severity"]) for one in found] == (
        [(answer["record_id"], "/value", "warning")] if noticed else []
    )


async def test_an_event_of_the_subject_that_covers_the_day_answers_for_a_severe_result(
    coordinator: Caller, enrolled: str
) -> None:
    labs = f"{enrolled}/lab-results"
    event = await stored(coordinator, f"{enrolled}/adverse-events", LOW_PLATELETS)
    assert rules(await answered(coordinator, labs, PLATELETS)) == []
    later = {**PLATELETS, "collected_at": "2026-03-21"}
    assert rules(await answered(coordinator, labs, later)) == ["LAB-GRADE-WITHOUT-AE"]
    named = {**later, "collected_at": "2026-03-22", "adverse_event": event.rpartition("/")[2]}
    assert rules(await answered(coordinator, labs, named)) == []
    listed = (await coordinator.get("/v1/findings?rule=LAB-GRADE-WITHOUT-AE")).json()["items"]
    assert len(listed) == 1


async def test_an_event_of_another_subject_answers_for_nothing(
    coordinator: Caller, enrolled: str
) -> None:
    another = await enrol(coordinator, "03", "NB2-0148")
    await stored(coordinator, f"{another}/adverse-events", LOW_PLATELETS)
    answer = await answered(coordinator, f"{enrolled}/lab-results", PLATELETS)
    assert rules(answer) == ["LAB-GRADE-WITHOUT-AE"]


async def test_an_amended_result_is_held_against_the_events_anew(
    coordinator: Caller, enrolled: str
) -> None:
    address = await stored(coordinator, f"{enrolled}/lab-results", {**PLATELETS, "value": "180"})
    changed = {**PLATELETS, "reason": "Read from the wrong line."}
    assert rules((await coordinator.amend(address, changed, 1)).json()) == ["LAB-GRADE-WITHOUT-AE"]


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
