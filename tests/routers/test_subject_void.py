"""What is promised of an enrolment that was entered in error."""

from typing import Any

import pytest

from app.schemas.enrolment import ENROLMENTS
from app.schemas.infusion import INFUSIONS
from app.schemas.lab_result import LAB_RESULTS
from tests.deployment import Caller, Deployment
from tests.routers.test_imports import codes, line, results, retraction, statuses

SUBJECTS = "/v1/subjects"


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


async def enrolled(coordinator: Caller, **changes: Any) -> str:
    answer = await coordinator.submit(SUBJECTS, {**ENROLMENTS.example, **changes})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["subject"])


async def void(caller: Caller, subject: str, query: str = "") -> Any:
    return await caller.submit(
        f"{SUBJECTS}/{subject}/void{query}",
        {"reason": "Entered in error."},
        **{"If-Match": '"1"'},
    )


def release(deployment: Deployment, by: str) -> None:
    trial = deployment.service.trial
    identity = trial.trial.model_copy(update={"slot_released_by": by})
    object.__setattr__(trial, "trial", identity)


async def slots(deployment: Deployment) -> int:
    return int(await deployment.owner.fetchval("SELECT slots_taken()"))


async def test_it_is_refused_while_records_stand_and_lists_them(
    deployment: Deployment, coordinator: Caller
) -> None:
    subject = await enrolled(coordinator)
    sample = await coordinator.submit(f"{SUBJECTS}/{subject}/lab-results", LAB_RESULTS.example)
    refused = await void(coordinator, subject)
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"] == "/problems/records-stand"
    assert problem["records"] == [
        {
            "kind": "lab-results",
            "record_id": sample.json()["record_id"],
            "version": 1,
            "source_id": LAB_RESULTS.example["source_id"],
        }
    ]
    assert (await coordinator.get(f"{SUBJECTS}/{subject}")).json()["state"] == "active"


async def test_its_records_are_voided_with_it_for_the_same_reason(
    deployment: Deployment, coordinator: Caller
) -> None:
    subject = await enrolled(coordinator)
    for kind in (LAB_RESULTS, INFUSIONS):
        await coordinator.submit(f"{SUBJECTS}/{subject}/{kind.path}", kind.example)
    voided = await void(coordinator, subject, "?with_records=true")
    assert voided.status_code == 200, voided.text
    for path in (LAB_RESULTS.path, INFUSIONS.path):
        (record,) = (await coordinator.get(f"{SUBJECTS}/{subject}/{path}")).json()["items"]
        assert (record["state"], record["version"]) == ("voided", 2)
        assert record["reason"] == "Entered in error."
    transactions = await deployment.owner.fetch(
        "SELECT DISTINCT transaction_id FROM ledger_event WHERE action = 'void'"
    )
    assert len(transactions) == 1


@pytest.mark.parametrize(
    ("by", "infused", "left"),
    [
        pytest.param("not_infused", False, 0, id="given back"),
        pytest.param("not_infused", True, 1, id="infused: it stays taken"),
        pytest.param("nothing", False, 1, id="this trial: it stays taken"),
    ],
)
async def test_the_slot_is_given_back_where_the_trial_says_so(
    deployment: Deployment, coordinator: Caller, by: str, infused: bool, left: int
) -> None:
    before = deployment.service.trial.trial
    release(deployment, by)
    try:
        subject = await enrolled(coordinator)
        if infused:
            await coordinator.submit(f"{SUBJECTS}/{subject}/infusions", INFUSIONS.example)
        assert await slots(deployment) == 1
        assert (await void(coordinator, subject, "?with_records=true")).status_code == 200
        assert await slots(deployment) == left
        await enrolled(coordinator, source_id="SCR:2", year_of_birth=1950)
        assert await slots(deployment) == left + 1
    finally:
        object.__setattr__(deployment.service.trial, "trial", before)


@pytest.mark.parametrize(
    ("by", "infused", "status"),
    [
        pytest.param("not_infused", False, 201, id="given up"),
        pytest.param("not_infused", True, 409, id="infused: it stays taken"),
        pytest.param("nothing", False, 409, id="this trial: it stays taken"),
    ],
)
@pytest.mark.parametrize("way", ["one by one", "import"])
async def test_who_leaves_without_an_infusion_gives_up_a_slot_where_the_trial_says_so(
    deployment: Deployment, coordinator: Caller, by: str, infused: bool, status: int, way: str
) -> None:
    trial = deployment.service.trial
    before = trial.trial
    object.__setattr__(trial, "trial", before.model_copy(update={"slots": 1}))
    release(deployment, by)
    analyst = await deployment.caller("data_manager")
    another = {**ENROLMENTS.example, "source_id": "SCR:2", "year_of_birth": 1950}

    async def enrol() -> int:
        if way == "one by one":
            return int((await coordinator.submit(SUBJECTS, another)).status_code)
        each, _ = await results(coordinator, {"kind": "subjects", **another})
        assert each[0]["status"] == "created" or codes(each[0]) == [
            ("/enrolled_on", "enrolment_closed")
        ]
        return 201 if each[0]["status"] == "created" else 409

    async def taken() -> int:
        return int((await analyst.get("/v1/endpoints/enrolment")).json()["slots"]["taken"])

    try:
        subject = await enrolled(coordinator)
        if infused:
            await coordinator.submit(f"{SUBJECTS}/{subject}/infusions", INFUSIONS.example)
        assert await enrol() == 409
        gone = {
            **ENROLMENTS.example,
            "off_study": {"date": "2026-06-01", "disposition": "withdrew"},
            "reason": "Withdrew.",
        }
        answer = await coordinator.http.put(
            f"{SUBJECTS}/{subject}", json=gone, headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 200, answer.text
        assert await taken() == (0 if status == 201 else 1)
        assert await enrol() == status
        assert await taken() == 1
    finally:
        object.__setattr__(trial, "trial", before)


async def test_it_leaves_the_enrolled_and_overall_survival(
    deployment: Deployment, coordinator: Caller
) -> None:
    subject = await enrolled(coordinator)
    await enrolled(coordinator, source_id="SCR:2", year_of_birth=1950)
    analyst = await deployment.caller("data_manager")

    async def counted() -> tuple[int, int]:
        enrolment = (await analyst.get("/v1/endpoints/enrolment")).json()
        survival = (await analyst.get("/v1/endpoints/overall-survival?population=enrolled")).json()
        return enrolment["total"]["enrolled"], survival["n"]

    assert await counted() == (2, 2)
    await void(coordinator, subject)
    assert await counted() == (1, 1)


async def test_an_enrolment_is_not_retracted_in_bulk_while_records_stand(
    deployment: Deployment, coordinator: Caller
) -> None:
    sender = await deployment.caller("centre_system", "03")
    sample = {**line(LAB_RESULTS, "LIS:1"), "subject": "SCR:1"}
    each, _ = await results(sender, line(ENROLMENTS, "SCR:1"), sample)
    subject = each[0]["subject"]
    gone = retraction("SCR:1", kind="subjects", subject=subject)
    each, _ = await results(sender, gone)
    assert codes(each[0]) == [("/retracted", "records_stand")]
    each, _ = await results(sender, gone, retraction("LIS:1", subject=subject))
    assert statuses(each) == ["retracted", "retracted"]
