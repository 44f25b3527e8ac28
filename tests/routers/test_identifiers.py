"""What is promised of the ids that senders give to their records."""

from typing import Any

import pytest

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.enrolment import ENROLMENTS
from app.schemas.infusion import INFUSIONS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.preparation import PREPARATIONS
from app.schemas.therapy import THERAPIES
from tests.deployment import Caller, Deployment
from tests.routers.test_imports import codes, lab, line, results, retraction, statuses

LABS = "/v1/subjects/03-001/lab-results"
OTHER_LABS = "/v1/subjects/03-002/lab-results"


@pytest.fixture
async def laboratory(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    await deployment.subject("03", 2)
    return await deployment.caller("centre_system", "03")


@pytest.fixture
async def coordinator(deployment: Deployment, laboratory: Caller) -> Caller:
    return await deployment.caller("coordinator", "03")


async def test_the_id_of_a_retracted_record_is_free_for_another_subject(
    laboratory: Caller, coordinator: Caller
) -> None:
    file = [lab("LIS:1"), retraction("LIS:1"), lab("LIS:1", subject="03-002")]
    each, _ = await results(laboratory, *file)
    assert statuses(each) == ["created", "retracted", "created"]
    again, _ = await results(laboratory, *file)
    assert statuses(again) == ["unchanged"] * 3
    wrong, _, right = each
    histories = [
        (await coordinator.get(f"{address}/{one['record_id']}/history")).json()
        for address, one in ((LABS, wrong), (OTHER_LABS, right))
    ]
    assert [one["identifiers"] for one in histories] == [["LIS:1"], ["LIS:1"]]
    assert [one["also_held_by"] for one in histories] == [
        [{"source_id": "LIS:1", "subject": "03-002", "record_id": right["record_id"]}],
        [{"source_id": "LIS:1", "subject": "03-001", "record_id": wrong["record_id"]}],
    ]
    back, _ = await results(laboratory, lab("LIS:1", value="19"))
    assert codes(back[0]) == [("/source_id", "record_voided")]


async def test_it_is_free_for_a_single_write_too_and_taken_while_its_record_stands(
    coordinator: Caller,
) -> None:
    body = {**LAB_RESULTS.example, "source_id": "LIS:1"}
    first = (await coordinator.submit(LABS, body)).json()
    taken = await coordinator.submit(OTHER_LABS, body)
    assert (taken.status_code, taken.headers["Location"]) == (409, f"{LABS}/{first['record_id']}")
    await coordinator.void(f"{LABS}/{first['record_id']}", 1)
    assert (await coordinator.submit(LABS, body)).status_code == 409, "of the same subject"
    assert (await coordinator.submit(OTHER_LABS, body)).status_code == 201
    assert (await coordinator.submit(OTHER_LABS, body)).status_code == 409


async def test_a_record_is_found_by_each_of_its_ids(
    laboratory: Caller, coordinator: Caller
) -> None:
    each, _ = await results(laboratory, lab("LIS:1", value="18"))
    address = f"{LABS}/{each[0]['record_id']}"
    body = {"identifiers": ["LIS:1-B"], "reason": "Two numbers were merged."}
    for _ in range(2):
        given = await coordinator.http.put(f"{address}/identifiers", json=body)
        assert given.status_code == 200, given.text
        assert given.json()["identifiers"] == ["LIS:1", "LIS:1-B"]
    assert (await coordinator.get(f"{address}/identifiers")).json() == given.json()
    listed = (await coordinator.get(f"{LABS}?source_id=LIS:1-B")).json()["items"]
    assert [one["record_id"] for one in listed] == [each[0]["record_id"]]
    each, _ = await results(laboratory, lab("LIS:1-B", value="18"))
    assert (statuses(each), each[0]["version"]) == (["unchanged"], 1)
    each, _ = await results(laboratory, lab("LIS:1", value="17"), lab("LIS:1-B", value="16"))
    assert [(one["status"], one["version"]) for one in each] == [("updated", 2), ("updated", 3)]
    record = (await coordinator.get(address)).json()
    assert (record["source_id"], record["value"]) == ("LIS:1", "16")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"identifiers": ["LIS:2"], "reason": "x"}, 409, id="held by another record"),
        pytest.param({"identifiers": ["LIS:3"]}, 422, id="no reason"),
        pytest.param({"identifiers": [], "reason": "x"}, 422, id="none"),
        pytest.param({"identifiers": ["a\nb"], "reason": "x"}, 422, id="two lines"),
    ],
)
async def test_it_refuses_identifiers(
    laboratory: Caller, coordinator: Caller, body: dict[str, Any], status: int
) -> None:
    each, _ = await results(laboratory, lab("LIS:1"), lab("LIS:2"))
    address = f"{LABS}/{each[0]['record_id']}/identifiers"
    assert (await coordinator.http.put(address, json=body)).status_code == status
    stale = {"identifiers": ["LIS:9"], "reason": "x"}
    answer = await coordinator.http.put(address, json=stale, headers={"If-Match": '"2"'})
    assert answer.status_code == 412


async def test_another_centre_learns_nothing_of_an_identifier(
    deployment: Deployment, laboratory: Caller
) -> None:
    await deployment.subject("05")
    each, _ = await results(laboratory, lab("LIS:1"))
    other = await deployment.caller("coordinator", "05")
    address = f"{LABS}/{each[0]['record_id']}/identifiers"
    body = {"identifiers": ["LIS:2"], "reason": "x"}
    assert (await other.http.put(address, json=body)).status_code == 404
    assert (await other.get(address)).status_code == 404
    mine = await other.submit("/v1/subjects/05-001/lab-results", {**LAB_RESULTS.example})
    address = f"/v1/subjects/05-001/lab-results/{mine.json()['record_id']}/identifiers"
    assert (
        await other.http.put(address, json={"identifiers": ["LIS:1"], "reason": "x"})
    ).status_code == 200, "ids are unique per centre"


async def test_a_merged_patient_number_leads_to_the_one_subject(
    laboratory: Caller, coordinator: Caller
) -> None:
    each, _ = await results(laboratory, line(ENROLMENTS, "PAT:1"), lab("LIS:1", subject="PAT:1"))
    assert statuses(each) == ["created", "created"], each
    subject = each[0]["subject"]
    assert each[1]["subject"] == subject
    body = {"identifiers": ["PAT:77"], "reason": "The hospital merged two numbers."}
    given = await coordinator.http.put(f"/v1/subjects/{subject}/identifiers", json=body)
    assert given.status_code == 200, given.text
    each, _ = await results(laboratory, lab("LIS:2", subject="PAT:77"))
    assert [one["subject"] for one in each] == [subject]
    each, _ = await results(laboratory, line(ENROLMENTS, "PAT:77"))
    assert (statuses(each), each[0]["subject"]) == (["unchanged"], subject)


async def test_a_subject_named_before_its_enrolment_is_unknown(laboratory: Caller) -> None:
    each, _ = await results(laboratory, lab("LIS:1", subject="PAT:1"), line(ENROLMENTS, "PAT:1"))
    assert statuses(each) == ["rejected", "created"]
    assert codes(each[0]) == [("/subject", "unknown_subject")]


def own(source_id: str) -> dict[str, str]:
    return {"source_id": source_id}


FILE = [
    line(PREPARATIONS, "P:1", subject="03-001"),
    line(INFUSIONS, "I:1", subject="03-001", preparation=own("P:1")),
    line(ADVERSE_EVENTS, "AE:1", subject="03-001"),
    {"kind": "adverse-events", "source_id": "AE:2", "subject": "03-001", "term": "Fatigue",
     "grade": 1, "onset": "2026-03-20", "part_of_episode": own("AE:1")},
    line(THERAPIES, "T:1", subject="03-001", adverse_events=[own("AE:1"), own("AE:2")]),
]  # fmt: skip


async def test_records_of_one_file_name_each_other_by_their_own_ids(
    laboratory: Caller, coordinator: Caller
) -> None:
    each, _ = await results(laboratory, *FILE)
    assert statuses(each) == ["created"] * 5, each
    ids = [one["record_id"] for one in each]
    (infusion,) = (await coordinator.get("/v1/infusions")).json()["items"]
    assert infusion["preparation"] == ids[0]
    (second,) = (await coordinator.get("/v1/adverse-events?source_id=AE:2")).json()["items"]
    assert second["part_of_episode"] == ids[2]
    (therapy,) = (await coordinator.get("/v1/therapies")).json()["items"]
    assert therapy["adverse_events"] == ids[2:4]
    again, _ = await results(laboratory, *FILE)
    assert statuses(again) == ["unchanged"] * 5


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        pytest.param(FILE[1], "/preparation", id="a preparation"),
        pytest.param(FILE[3], "/part_of_episode", id="an episode"),
        pytest.param(
            FILE[4] | {"adverse_events": [own("AE:1")]}, "/adverse_events/0", id="one of a list"
        ),
    ],
)
async def test_a_record_that_is_not_there_is_refused_with_the_pointer(
    laboratory: Caller, sent: dict[str, Any], pointer: str
) -> None:
    each, _ = await results(laboratory, sent)
    assert codes(each[0]) == [(pointer, "unknown_source_id")]


async def test_a_record_of_a_later_line_or_another_subject_is_not_there(
    laboratory: Caller,
) -> None:
    each, _ = await results(laboratory, FILE[3], FILE[2])
    assert statuses(each) == ["rejected", "created"]
    other = FILE[3] | {"subject": "03-002"}
    each, _ = await results(laboratory, other)
    assert codes(each[0]) == [("/part_of_episode", "unknown_source_id")]


async def test_a_single_write_names_records_by_their_own_ids(coordinator: Caller) -> None:
    prepared = (
        await coordinator.submit(
            "/v1/subjects/03-001/preparations", {**PREPARATIONS.example, "source_id": "P:1"}
        )
    ).json()
    body = {**INFUSIONS.example, "preparation": own("P:1")}
    given = await coordinator.submit("/v1/subjects/03-001/infusions", body)
    assert given.json()["preparation"] == prepared["record_id"]
    refused = await coordinator.submit(
        "/v1/subjects/03-001/infusions", body | {"preparation": own("P:2"), "source_id": "I:2"}
    )
    assert refused.status_code == 422
    assert codes(refused.json()) == [("/preparation", "unknown_source_id")]
