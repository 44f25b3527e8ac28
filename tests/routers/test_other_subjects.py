"""A subject beside the others that the caller sees: one person twice, one lot twice."""

from typing import Any

import pytest

from app.schemas.enrolment import ENROLMENTS
from app.schemas.infusion import INFUSIONS
from tests.deployment import Caller, Deployment
from tests.routers.test_imports import codes, line, results, statuses


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    await deployment.centre("05")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def elsewhere(deployment: Deployment, coordinator: Caller) -> Caller:
    return await deployment.caller("coordinator", "05")


async def enrol(caller: Caller, source_id: str, **changes: Any) -> Any:
    body = {**ENROLMENTS.example, "source_id": source_id, **changes}
    answer = await caller.submit("/v1/subjects", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def infuse(caller: Caller, subject: str, **changes: Any) -> Any:
    body = {**INFUSIONS.example, "preparation": None, **changes}
    return await caller.submit(f"/v1/subjects/{subject}/infusions", body)


def said(record: Any) -> list[str]:
    return [one["rule"] for one in record["findings"]]


async def listed(caller: Caller, rule: str) -> list[str]:
    answer = await caller.get(f"/v1/findings?rule={rule}")
    assert answer.status_code == 200, answer.text
    return [one["subject"] for one in answer.json()["items"]]


async def test_one_person_enrolled_twice_is_noticed_at_once_and_both_are_named(
    coordinator: Caller,
) -> None:
    assert "SUBJECT-TWICE" not in said(await enrol(coordinator, "PAT:1"))
    second = await enrol(coordinator, "PAT:2")
    assert "SUBJECT-TWICE" in said(second)
    assert "SUBJECT-TWICE" not in said(await enrol(coordinator, "PAT:3", year_of_birth=1949))
    found = (await coordinator.get("/v1/findings?rule=SUBJECT-TWICE")).json()["items"]
    assert [(one["subject"], one["message"][-6:]) for one in found] == [
        ("03-001", "03-002"),
        ("03-002", "03-001"),
    ]
    await coordinator.void(f"/v1/subjects/{second['subject']}", 1)
    assert await listed(coordinator, "SUBJECT-TWICE") == []


async def test_across_centres_only_who_sees_both_is_told(
    deployment: Deployment, coordinator: Caller, elsewhere: Caller
) -> None:
    await enrol(coordinator, "PAT:1")
    assert "SUBJECT-TWICE" not in said(await enrol(elsewhere, "PAT:1", centre="05"))
    for caller in (coordinator, elsewhere):
        assert await listed(caller, "SUBJECT-TWICE") == []
    everybody = await deployment.caller("data_manager")
    assert await listed(everybody, "SUBJECT-TWICE") == ["03-001", "05-001"]


async def test_a_lot_is_given_to_one_subject(coordinator: Caller) -> None:
    await enrol(coordinator, "PAT:1")
    await enrol(coordinator, "PAT:2", year_of_birth=1949)
    first = await infuse(coordinator, "03-001", source_id="I:1")
    assert first.status_code == 201, first.text
    refused = await infuse(coordinator, "03-002", source_id="I:2")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/lot-already-infused"
    assert codes(refused.json()) == [("/product_lot", "lot-already-infused")]
    assert refused.headers["Location"].endswith(first.json()["record_id"])
    assert (await infuse(coordinator, "03-002", source_id="I:2", part=2)).status_code == 201
    other = await infuse(coordinator, "03-002", source_id="I:3", product_lot="NB2-0999")
    body = {**INFUSIONS.example, "preparation": None, "source_id": "I:3", "reason": "Read again."}
    address = f"/v1/subjects/03-002/infusions/{other.json()['record_id']}"
    assert (await coordinator.amend(address, body, 1)).status_code == 409
    await coordinator.void(f"/v1/subjects/03-001/infusions/{first.json()['record_id']}", 1)
    assert (await coordinator.amend(address, body, 1)).status_code == 200


async def test_a_lot_is_given_to_one_subject_in_bulk_too(
    deployment: Deployment, coordinator: Caller
) -> None:
    sender = await deployment.caller("centre_system", "03")
    file = [
        line(ENROLMENTS, "PAT:1"),
        line(ENROLMENTS, "PAT:2", year_of_birth=1949),
        line(INFUSIONS, "I:1", subject="PAT:1", preparation=None),
        line(INFUSIONS, "I:2", subject="PAT:2", preparation=None),
    ]
    each, _ = await results(sender, *file)
    assert statuses(each) == ["created"] * 3 + ["rejected"]
    assert codes(each[3]) == [("/product_lot", "lot-already-infused")]
    again, _ = await results(sender, *file)
    assert statuses(again) == ["unchanged"] * 3 + ["rejected"]


async def test_another_centres_lot_is_stored_and_told_to_who_sees_both(
    deployment: Deployment, coordinator: Caller, elsewhere: Caller
) -> None:
    await enrol(coordinator, "PAT:1")
    await enrol(elsewhere, "PAT:1", centre="05", year_of_birth=1949)
    assert (await infuse(coordinator, "03-001")).status_code == 201
    given = await infuse(elsewhere, "05-001")
    assert given.status_code == 201, given.text
    assert "LOT-INFUSED-TWICE" not in said(given.json())
    for caller in (coordinator, elsewhere):
        assert await listed(caller, "LOT-INFUSED-TWICE") == []
    everybody = await deployment.caller("data_manager")
    assert await listed(everybody, "LOT-INFUSED-TWICE") == ["03-001", "05-001"]


async def test_an_infusion_without_consent_is_noticed_at_once(coordinator: Caller) -> None:
    await enrol(coordinator, "PAT:1", consent=None, enrolled_on=None)
    given = await infuse(coordinator, "03-001")
    assert "NO-CONSENT" in said(given.json())
    assert await listed(coordinator, "NO-CONSENT") == ["03-001"]
