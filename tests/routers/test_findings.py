"""What the edit checks say of records, in the answers to writes and in the list of findings."""

from typing import Any

import pytest

from app.schemas.enrolment import ENROLMENTS
from app.schemas.follow_up import FOLLOW_UPS
from app.schemas.infusion import INFUSIONS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.preparation import PREPARATIONS
from app.schemas.record import RecordKind
from tests.deployment import Caller, Deployment
from tests.schemas.bodies import changed

DEATH = {
    "contacted_on": "2026-04-20",
    "status": "died",
    "death_date": "2026-04-02",
    "death_cause": "myeloma",
    "death_due_to_myeloma": True,
}


def body(kind: RecordKind, **changes: Any) -> dict[str, Any]:
    """The example of a kind, without what names other records."""
    sent = changed(kind.example, {f"/{name}": value for name, value in changes.items()})
    for name in ("source_id", "preparation"):
        sent.pop(name, None)
    return sent


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def enrolled(coordinator: Caller) -> str:
    """The address of a subject enrolled, prepared and infused as the examples say."""
    answer = await coordinator.submit("/v1/subjects", body(ENROLMENTS))
    assert answer.status_code == 201, answer.text
    address: str = answer.headers["Location"]
    prepared = body(PREPARATIONS, leukapheresis_on="2026-02-14", further_leukapheresis_on=[])
    for path, sent in (("preparations", prepared), ("infusions", body(INFUSIONS))):
        answer = await coordinator.submit(f"{address}/{path}", sent)
        assert answer.status_code == 201, answer.text
    return address


async def rules(caller: Caller, **filters: str) -> list[tuple[str, str, str]]:
    """What is listed: rule, kind of record, pointer."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    answer = await caller.get(f"/v1/findings?{query}")
    assert answer.status_code == 200, answer.text
    return [(one["rule"], one["kind"], one["pointer"]) for one in answer.json()["items"]]


def said(answer: Any) -> list[str]:
    """The rules of the findings in the answer to a write."""
    assert answer.status_code in {200, 201}, answer.text
    return [finding["rule"] for finding in answer.json()["findings"]]


async def test_it_has_nothing_to_say_of_records_that_agree(
    coordinator: Caller, enrolled: str
) -> None:
    assert await rules(coordinator) == []


async def test_it_never_refuses_a_death_whatever_else_is_stored(
    coordinator: Caller, enrolled: str
) -> None:
    later = await coordinator.submit(
        f"{enrolled}/lab-results", body(LAB_RESULTS, collected_at="2026-04-10", visit=None)
    )
    assert said(later) == []
    death = await coordinator.submit(f"{enrolled}/follow-ups", body(FOLLOW_UPS, visit=None) | DEATH)
    assert death.status_code == 201
    assert said(death) == ["DEATH-BEFORE-RECORDS"]
    assert await rules(coordinator) == [
        ("DATE-AFTER-DEATH", "lab-results", "/collected_at"),
        ("DEATH-BEFORE-RECORDS", "follow-ups", "/death_date"),
    ]
