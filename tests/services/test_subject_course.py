"""Where a subject stands and which visit a record belongs to, derived from the records."""

from typing import Any

import pytest

from app.access.permissions import Action
from app.access.principal import Principal
from app.access.scopes import ALL_SCOPES
from app.schemas.enrolment import ENROLMENTS
from app.schemas.follow_up import FOLLOW_UPS
from app.schemas.infusion import INFUSIONS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record import RecordKind
from app.services.subject_course import courses_of
from tests.deployment import Caller, Deployment

SUBJECT = "/v1/subjects/03-001"
CANNOT = {"screen_failure": {"reason": "hepatitis B", "date": "2026-02-14"}}
LEFT = {"off_study": {"disposition": "withdrew", "date": "2026-09-01"}}


def body(kind: RecordKind, **changes: Any) -> dict[str, Any]:
    sent = {name: value for name, value in kind.example.items() if name != "source_id"}
    return {**sent, **changes}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


async def send(caller: Caller, kind: RecordKind, **changes: Any) -> str:
    """Store a record of 03-001 and give its address."""
    address = "/v1/subjects" if kind.one_per_subject else f"{SUBJECT}/{kind.path}"
    answer = await caller.submit(address, body(kind, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def status(caller: Caller) -> str:
    return str((await caller.get(SUBJECT)).json()["status"])


@pytest.mark.parametrize(
    ("enrolment", "infused", "died", "expected"),
    [
        pytest.param({"enrolled_on": None}, False, False, "screening", id="consented"),
        pytest.param({"enrolled_on": None, **CANNOT}, False, False, "screen_failed", id="failed"),
        pytest.param({}, False, False, "enrolled", id="enrolled"),
        pytest.param({}, True, False, "infused", id="infused"),
        pytest.param(LEFT, False, False, "off_study", id="left before the infusion"),
        pytest.param(LEFT, True, False, "off_study", id="left after the infusion"),
        pytest.param({}, True, True, "died", id="died"),
        pytest.param(LEFT, True, True, "died", id="left and died"),
        pytest.param({"enrolled_on": None}, False, True, "died", id="died in screening"),
    ],
)
async def test_the_status_follows_from_the_records(
    coordinator: Caller, enrolment: dict[str, Any], infused: bool, died: bool, expected: str
) -> None:
    await send(coordinator, ENROLMENTS, **enrolment)
    if infused:
        await send(coordinator, INFUSIONS)
    if died:
        await send(coordinator, FOLLOW_UPS)
    assert await status(coordinator) == expected
    listed = (await coordinator.get("/v1/subjects")).json()["items"]
    assert [one["status"] for one in listed] == [expected]


async def test_the_status_goes_back_when_a_record_is_voided(coordinator: Caller) -> None:
    await send(coordinator, ENROLMENTS)
    infusion = await send(coordinator, INFUSIONS)
    death = await send(coordinator, FOLLOW_UPS)
    assert await status(coordinator) == "died"
    await coordinator.void(death, 1)
    assert await status(coordinator) == "infused"
    await coordinator.void(infusion, 1)
    assert await status(coordinator) == "enrolled"


async def test_the_status_is_that_of_the_cut(coordinator: Caller) -> None:
    await send(coordinator, ENROLMENTS)
    await send(coordinator, INFUSIONS)
    await send(coordinator, FOLLOW_UPS)
    found = [
        (await coordinator.get(f"{SUBJECT}?as_of={seq}")).json()["status"] for seq in (1, 2, 3)
    ]
    assert found == ["enrolled", "infused", "died"]


@pytest.mark.parametrize(
    ("day", "visit"),
    [
        pytest.param("2026-03-02", "D0", id="the day of infusion"),
        pytest.param("2026-03-09T06:40+08:00", "D7", id="day 7"),
        pytest.param("2026-03-10", "D7", id="the last day of the window"),
        pytest.param("2026-03-13", "D10", id="the next window"),
        pytest.param("2026-03-28", "M1", id="two days before day 28"),
        pytest.param("2026-04-06", "M1", id="seven days after day 28"),
        pytest.param("2026-04-07", "UNS", id="between two windows"),
        pytest.param("2026-05-02", "M2", id="day 61"),
    ],
)
async def test_a_record_belongs_to_the_visit_of_its_day(
    coordinator: Caller, day: str, visit: str
) -> None:
    await send(coordinator, ENROLMENTS)
    await send(coordinator, INFUSIONS)
    answer = await coordinator.submit(
        f"{SUBJECT}/lab-results", body(LAB_RESULTS, visit=None, collected_at=day)
    )
    assert answer.json()["visit"] == visit
    assert (await coordinator.get(answer.headers["Location"])).json()["visit"] == visit
    listed = (await coordinator.get(f"/v1/lab-results?visit={visit}")).json()["items"]
    assert [one["visit"] for one in listed] == [visit]


async def test_a_visit_that_was_named_stays(coordinator: Caller) -> None:
    await send(coordinator, ENROLMENTS)
    await send(coordinator, INFUSIONS)
    address = await send(coordinator, LAB_RESULTS, visit="D14", collected_at="2026-03-09")
    assert (await coordinator.get(address)).json()["visit"] == "D14"
    for visit, count in (("D14", 1), ("D7", 0)):
        listed = (await coordinator.get(f"/v1/lab-results?visit={visit}")).json()["items"]
        assert len(listed) == count


async def test_visits_move_with_a_corrected_infusion(coordinator: Caller) -> None:
    await send(coordinator, ENROLMENTS)
    infusion = await send(coordinator, INFUSIONS)
    lab = await send(coordinator, LAB_RESULTS, visit=None, collected_at="2026-03-09")
    later = body(
        INFUSIONS,
        infused_at="2026-03-09T09:40+08:00",
        ended_at="2026-03-09T10:05+08:00",
        premedication=[],
        reason="The month's second Monday.",
    )
    amended = await coordinator.amend(infusion, later, 1)
    assert amended.status_code == 200, amended.text
    before = (await coordinator.get(f"{lab}?as_of=3")).json()
    after = (await coordinator.get(lab)).json()
    assert (before["visit"], after["visit"]) == ("D7", "D0")
    assert before["version"] == after["version"] == 1
    for visit, count in (("D7", 0), ("D0", 1)):
        listed = (await coordinator.get(f"{SUBJECT}/lab-results?visit={visit}")).json()["items"]
        assert len(listed) == count
    at_cut = (await coordinator.get("/v1/lab-results?visit=D7&as_of=3")).json()["items"]
    assert len(at_cut) == 1


async def test_the_filter_by_visit_finds_what_is_shown_of_every_subject(
    deployment: Deployment, coordinator: Caller
) -> None:
    await send(coordinator, ENROLMENTS)
    await send(coordinator, INFUSIONS)
    await deployment.subject("03", 2)
    days = ["2026-03-02", "2026-03-09", "2026-03-10", "2026-04-08", "2026-05-02", "2027-12-31"]
    for subject in ("03-001", "03-002"):
        for day in days:
            for visit in (None, "D7", "UNS"):
                answer = await coordinator.submit(
                    f"/v1/subjects/{subject}/lab-results",
                    body(LAB_RESULTS, visit=visit, collected_at=day),
                )
                assert answer.status_code == 201, answer.text
    every = (await coordinator.get("/v1/lab-results?limit=1000")).json()["items"]
    shown = {one["record_id"]: one["visit"] for one in every}
    assert len(shown) == 36
    assert {"D0", "D7", "M2", "UNS"} <= set(shown.values())
    for visit in sorted(set(shown.values())):
        listed = (await coordinator.get(f"/v1/lab-results?limit=1000&visit={visit}")).json()
        assert {one["record_id"] for one in listed["items"]} == {
            record_id for record_id, named in shown.items() if named == visit
        }, visit


async def test_the_plan_of_the_course_is_kept(coordinator: Caller, deployment: Deployment) -> None:
    """PostgreSQL plans a statement anew for five times, then no more if that is as good."""
    await send(coordinator, ENROLMENTS)
    for number in range(2, 61):
        await deployment.subject("03", number)
    await deployment.owner.execute("ANALYZE subject")  # as many as the server knows of
    principal = Principal(id=coordinator.id, scopes=ALL_SCOPES)
    service = deployment.service
    async with service.database.transaction(principal, Action.SUBMIT_RECORD) as transaction:
        for _ in range(8):
            assert await courses_of(transaction, service.trial, ["03-001"], ["03"])
        kept = await transaction.value(
            "SELECT generic_plans FROM pg_prepared_statements "
            "WHERE statement LIKE '%standing%' AND statement NOT LIKE '%pg_prepared_statements%'"
        )
    assert kept >= 1  # news of a table's size may have it planned anew between two of the eight
