"""What is promised of records that a source sends and a person corrects."""

from typing import Any

import pytest

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.record_kinds import by_path
from tests.deployment import Caller, Deployment
from tests.routers.test_imports import codes, lab, line, results, statuses

LABS = "/v1/subjects/03-001/lab-results"
EVENTS = "/v1/subjects/03-001/adverse-events"


@pytest.fixture
async def laboratory(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("centre_system", "03")


@pytest.fixture
async def coordinator(deployment: Deployment, laboratory: Caller) -> Caller:
    return await deployment.caller("coordinator", "03")


async def standing(caller: Caller, address: str, source_id: str) -> dict[str, Any]:
    (record,) = (await caller.get(f"{address}?source_id={source_id}")).json()["items"]
    return dict(record)


async def correct(caller: Caller, address: str, source_id: str, **changes: Any) -> dict[str, Any]:
    """Amend a record by hand, as it stands but for some members."""
    record = await standing(caller, address, source_id)
    kind = by_path(address.rpartition("/")[2])
    assert kind is not None
    derived = {"visit"} if record.get("visit_derived") else set()
    members = set(kind.submission.model_fields) - {"source_id"} - derived
    body = {name: value for name, value in record.items() if name in members} | changes
    answer = await caller.amend(
        f"{address}/{record['record_id']}",
        {**body, "reason": "Read again."},
        record["version"],
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def rules(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the rules of the findings about corrections, each with its pointer."""
    return [
        (one["rule"], one["pointer"])
        for one in said.get("findings", ())
        if one["rule"].startswith("SOURCE-")
    ]


async def listed(caller: Caller) -> list[tuple[str, str]]:
    answer = await caller.get("/v1/findings?rule=SOURCE-DIFFERS")
    return [(one["kind"], one["pointer"]) for one in answer.json()["items"]]


async def test_a_correction_by_hand_stands_when_the_same_file_comes_again(
    laboratory: Caller, coordinator: Caller
) -> None:
    file = [lab("LIS:1", value="180", unit="10*9/L")]
    await results(laboratory, *file)
    amended = await correct(coordinator, LABS, "LIS:1", value="18")
    assert rules(amended) == [("SOURCE-DIFFERS", "/value")]
    for _ in range(2):
        each, summary = await results(laboratory, *file)
        assert statuses(each) == ["unchanged"]
        assert summary["updated"] == 0
        assert rules(each[0]) == [("SOURCE-DIFFERS", "/value")]
    record = await standing(coordinator, LABS, "LIS:1")
    assert (record["value"], record["version"]) == ("18", 2)
    assert await listed(coordinator) == [("lab-results", "/value")]


async def test_the_finding_ends_when_the_source_agrees(
    laboratory: Caller, coordinator: Caller
) -> None:
    await results(laboratory, lab("LIS:1", value="180"))
    await correct(coordinator, LABS, "LIS:1", value="18")
    each, _ = await results(laboratory, lab("LIS:1", value="18"))
    assert statuses(each) == ["updated"]
    assert rules(each[0]) == []
    assert await listed(coordinator) == []
    assert (await standing(coordinator, LABS, "LIS:1"))["version"] == 3


async def test_the_finding_ends_when_the_person_says_why(
    laboratory: Caller, coordinator: Caller
) -> None:
    await results(laboratory, lab("LIS:1", value="180"))
    await correct(coordinator, LABS, "LIS:1", value="18")
    confirmed = await correct(coordinator, LABS, "LIS:1")
    assert rules(confirmed) == []
    each, _ = await results(laboratory, lab("LIS:1", value="180"))
    assert (statuses(each), rules(each[0])) == (["unchanged"], [])
    assert await listed(coordinator) == []


async def test_a_member_that_the_source_did_not_change_stays_as_corrected(
    laboratory: Caller, coordinator: Caller
) -> None:
    await results(laboratory, lab("LIS:1", value="180", laboratory="A", fasting=False))
    await correct(coordinator, LABS, "LIS:1", value="18")
    changed = lab("LIS:1", value="180", laboratory="B", fasting=False)
    each, _ = await results(laboratory, changed)
    assert statuses(each) == ["updated"]
    assert rules(each[0]) == [("SOURCE-DIFFERS", "/value")]
    record = await standing(coordinator, LABS, "LIS:1")
    assert (record["value"], record["laboratory"], record["version"]) == ("18", "B", 3)
    each, _ = await results(laboratory, changed)
    assert statuses(each) == ["unchanged"], "what it said is kept beside what stands"
    assert await listed(coordinator) == [("lab-results", "/value")]


async def test_where_both_changed_the_source_stands_and_the_line_says_so(
    laboratory: Caller, coordinator: Caller
) -> None:
    await results(laboratory, lab("LIS:1", value="180"))
    await correct(coordinator, LABS, "LIS:1", value="18")
    each, _ = await results(laboratory, lab("LIS:1", value="19"))
    assert statuses(each) == ["updated"]
    assert rules(each[0]) == [("SOURCE-OVERRIDES-CORRECTION", "/value")]
    assert (await standing(coordinator, LABS, "LIS:1"))["value"] == "19"


@pytest.mark.parametrize(
    ("corrected", "sent", "refused"),
    [
        pytest.param(
            {"value": None, "unit": None, "not_done": "Clotted."},
            {"value": "190"},
            "/value",
            id="a value beside a reason why there is none",
        ),
        pytest.param(
            {"unit": "10*3/uL"}, {"value": "190"}, "/value", id="a value beside another unit"
        ),
    ],
)
async def test_members_that_cannot_stand_together_are_refused(
    laboratory: Caller,
    coordinator: Caller,
    corrected: dict[str, Any],
    sent: dict[str, Any],
    refused: str,
) -> None:
    await results(laboratory, lab("LIS:1", value="180", unit="10*9/L"))
    await correct(coordinator, LABS, "LIS:1", **corrected)
    each, _ = await results(laboratory, lab("LIS:1", **{"value": "180", "unit": "10*9/L"} | sent))
    assert statuses(each) == ["rejected"]
    assert codes(each[0]) == [(refused, "conflicts-with-correction")]
    assert each[0]["errors"][0]["corrected"]
    assert (await standing(coordinator, LABS, "LIS:1"))["version"] == 2


async def test_an_amendment_by_a_system_is_a_word_of_the_source(
    deployment: Deployment, laboratory: Caller
) -> None:
    await results(laboratory, lab("LIS:1", value="180"))
    amended = await correct(laboratory, LABS, "LIS:1", value="18")
    assert rules(amended) == []
    each, _ = await results(laboratory, lab("LIS:1", value="18"))
    assert statuses(each) == ["unchanged"]
    each, _ = await results(laboratory, lab("LIS:1", value="180"))
    assert (statuses(each), rules(each[0])) == (["updated"], [])


async def test_a_version_from_before_origins_is_told_by_its_event(
    deployment: Deployment, laboratory: Caller, coordinator: Caller
) -> None:
    await results(laboratory, lab("LIS:1", value="180"))
    await correct(coordinator, LABS, "LIS:1", value="18")
    await deployment.owner.execute("UPDATE lab_result SET origin = NULL")
    each, _ = await results(laboratory, lab("LIS:1", value="180"))
    assert (statuses(each), rules(each[0])) == (["unchanged"], [("SOURCE-DIFFERS", "/value")])


async def test_what_is_older_than_what_the_source_said_is_not_stored(
    laboratory: Caller, coordinator: Caller
) -> None:
    def said(value: str, at: str) -> dict[str, Any]:
        return lab("LIS:1", value=value, reported_at=at)

    await results(laboratory, said("180", "2026-03-09T12:00Z"))
    each, summary = await results(laboratory, said("170", "2026-03-09T19:59+08:00"))
    assert (statuses(each), summary["older"]) == (["older"], 1)
    assert (await standing(coordinator, LABS, "LIS:1"))["value"] == "180"
    each, _ = await results(laboratory, said("170", "2026-03-09T12:00Z"))
    assert statuses(each) == ["updated"], "of the same moment is not older"
    each, _ = await results(laboratory, {**said("170", "yesterday")})
    assert codes(each[0]) == [("/reported_at", "not_a_date_time")]
    retraction = {
        "kind": "lab-results", "subject": "03-001", "source_id": "LIS:1", "retracted": True,
        "reason": "Wrong tube.", "reported_at": "2026-03-09T11:00Z",
    }  # fmt: skip
    each, _ = await results(laboratory, retraction)
    assert statuses(each) == ["older"]


EVENT = line(
    ADVERSE_EVENTS, "AE:1", subject="03-001", serious=True, grade=3,
    seriousness_criteria=["hospitalisation"],
)  # fmt: skip


async def test_seriousness_is_not_taken_away_in_bulk_without_a_reason(
    laboratory: Caller, coordinator: Caller
) -> None:
    first, _ = await results(laboratory, EVENT)
    assert statuses(first) == ["created"], first
    milder = EVENT | {"serious": False, "seriousness_criteria": []}
    each, _ = await results(laboratory, milder)
    assert codes(each[0]) == [("/reason", "reason_required")]
    assert each[0]["errors"][0]["members"] == ["/serious", "/seriousness_criteria"]
    assert (await standing(coordinator, EVENTS, "AE:1"))["serious"] is True
    each, _ = await results(laboratory, milder | {"reason": "Kept overnight for social reasons."})
    assert statuses(each) == ["updated"]
    assert (await standing(coordinator, EVENTS, "AE:1"))["reason"].startswith("Kept overnight")


async def test_the_line_of_an_event_has_its_findings(laboratory: Caller) -> None:
    twice = EVENT | {"source_id": "AE:2"}
    each, _ = await results(laboratory, EVENT, twice)
    assert statuses(each) == ["created", "created"]
    found = [{one["rule"] for one in result.get("findings", ())} for result in each]
    assert "AE-TWICE" in found[0] | found[1]


async def test_the_line_of_a_result_has_its_findings(laboratory: Caller) -> None:
    each, _ = await results(laboratory, lab("LIS:1", collected_at="2062-04-05"))
    assert [one["rule"] for one in each[0]["findings"]] == ["DATE-IN-FUTURE"]
