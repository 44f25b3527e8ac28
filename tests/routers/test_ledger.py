"""The feed of changes, and what the auditor sees: the ledger, and who read or was refused what."""

import asyncio
import hashlib
import json
import random
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.lab_result import LAB_RESULTS, LabResultIn
from tests.content_form import commitment
from tests.deployment import Caller, Deployment

LABS = "/v1/subjects/03-001/lab-results"
CLINICAL = {"visit", "analyte", "value", "unit", "collected_at", "laboratory", "document"}


def lab(**changes: Any) -> dict[str, Any]:
    sent = {name: value for name, value in LAB_RESULTS.example.items() if name != "source_id"}
    return {**sent, **changes}


async def items(caller: Caller, address: str) -> list[dict[str, Any]]:
    answer = await caller.get(address)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def record(answer: httpx.Response) -> str:
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["record_id"])


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


async def test_changes_come_in_the_order_of_their_commits(coordinator: Caller) -> None:
    first = await coordinator.submit(LABS, lab())
    second = await coordinator.submit(LABS, lab(analyte="HGB", value="91", unit="g/L"))
    await coordinator.amend(f"{LABS}/{record(first)}", lab(reason="Mistyped."), 1)
    await coordinator.void(f"{LABS}/{record(second)}", 1)
    answer = (await coordinator.get("/v1/changes")).json()
    changes = answer["items"]
    assert [
        (one["action"], one["record_id"], one["version"], one["kind"], one["subject"])
        for one in changes
    ] == [
        ("submit", record(first), 1, "lab-results", "03-001"),
        ("submit", record(second), 1, "lab-results", "03-001"),
        ("amend", record(first), 2, "lab-results", "03-001"),
        ("void", record(second), 2, "lab-results", "03-001"),
    ]
    assert [one["seq"] for one in changes] == [1, 2, 3, 4]
    assert (answer["next_after"], answer["as_of"]) == (4, 4)


async def test_the_feed_goes_on_where_it_ended(coordinator: Caller) -> None:
    for _ in range(5):
        await coordinator.submit(LABS, lab())
    seen: list[int] = []
    after = 0
    for expected in ([1, 2], [3, 4], [5], []):
        answer = (await coordinator.get(f"/v1/changes?after={after}&limit=2")).json()
        assert [one["seq"] for one in answer["items"]] == expected
        assert answer["as_of"] == 5
        seen += expected
        after = answer["next_after"]
    assert (seen, after) == ([1, 2, 3, 4, 5], 5)
    await coordinator.submit(LABS, lab())
    assert [one["seq"] for one in await items(coordinator, f"/v1/changes?after={after}")] == [6]


async def test_the_feed_is_of_ones_own_centres(deployment: Deployment, coordinator: Caller) -> None:
    await deployment.subject("05")
    other = await deployment.caller("coordinator", "05")
    await coordinator.submit(LABS, lab())
    await other.submit("/v1/subjects/05-001/lab-results", lab())
    await coordinator.submit(LABS, lab())
    assert [one["seq"] for one in await items(coordinator, "/v1/changes")] == [1, 3]
    answer = (await other.get("/v1/changes")).json()
    assert [(one["seq"], one["centre"]) for one in answer["items"]] == [(2, "05")]
    assert answer["next_after"] == 3
    manager = await deployment.caller("data_manager")
    assert [one["seq"] for one in await items(manager, "/v1/changes")] == [1, 2, 3]


async def test_the_feed_has_no_clinical_values(coordinator: Caller) -> None:
    await coordinator.submit(LABS, lab(laboratory="Secret of the laboratory"))
    answer = await coordinator.get("/v1/changes")
    assert "Secret" not in answer.text
    assert not CLINICAL & set(answer.json()["items"][0])


@pytest.mark.parametrize("role", ["summary_reader", "study_admin"])
async def test_the_feed_is_not_for_aggregates(deployment: Deployment, role: str) -> None:
    assert (await (await deployment.caller(role)).get("/v1/changes")).status_code == 403


@pytest.mark.parametrize("path", ["/v1/ledger", "/v1/access-log"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("auditor", 200), ("coordinator", 403), ("monitor", 403), ("data_manager", 403),
        ("study_admin", 403),
    ],
)  # fmt: skip
async def test_the_ledger_is_for_the_auditor(
    deployment: Deployment, path: str, role: str, status: int
) -> None:
    at = ["03"] if role in {"coordinator", "monitor"} else []
    caller = await deployment.caller(role, *at)
    assert (await caller.get(path)).status_code == status


async def test_an_auditor_whose_time_has_passed_sees_nothing(deployment: Deployment) -> None:
    auditor = await deployment.caller("auditor")
    await deployment.owner.execute("UPDATE access_grant SET ends_at = now()")
    assert (await auditor.get("/v1/ledger")).status_code == 403


async def test_the_ledger_says_who_when_why_and_what_it_commits_to(
    deployment: Deployment, coordinator: Caller
) -> None:
    submitted = await coordinator.submit(LABS, lab(laboratory="Secret of the laboratory"))
    await coordinator.amend(f"{LABS}/{record(submitted)}", lab(reason="Mistyped."), 1)
    auditor = await deployment.caller("auditor")
    answer = await auditor.get("/v1/ledger")
    first, second = answer.json()["items"]
    assert answer.json()["next_after"] == 2
    assert [entry["seq"] for entry in (first, second)] == [1, 2]
    for entry in (first, second):
        assert (entry["principal"], entry["role"]) == (coordinator.name, "coordinator")
        assert (entry["centre"], entry["subject"]) == ("03", "03-001")
        assert entry["record_id"] == record(submitted)
        assert len(entry["commitment"]) == len(entry["leaf_hash"]) == 64
        assert entry["occurred_at"] <= entry["sequenced_at"]
    assert first["commitment"] != second["commitment"]
    assert (first["route"], second["reason"]) == (
        "POST /v1/subjects/{subject}/lab-results", "Mistyped.",
    )  # fmt: skip
    assert first["request_id"] == submitted.headers["X-Request-ID"]
    assert "Secret" not in answer.text


LEAF_MEMBERS = (
    "action", "centre", "commitment", "kind", "occurred_at", "principal", "reason", "record_id",
    "request_id", "role", "route", "seq", "subject", "transaction_id", "version",
)  # fmt: skip


def leaf_hash(entry: dict[str, Any]) -> str:
    """Hash an entry as RFC 8785 and the contract say, from what the service answers."""
    occurred = datetime.fromisoformat(entry["occurred_at"]).astimezone(UTC)
    said = {name: entry[name] for name in LEAF_MEMBERS}
    said["occurred_at"] = occurred.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\0" + canonical.encode()).hexdigest()


async def test_a_reader_of_the_ledger_can_compute_each_leaf(
    deployment: Deployment, coordinator: Caller
) -> None:
    submitted = await coordinator.submit(LABS, lab())
    reasons = ("Read again.", 'A "quoted" \\ word/é 中 \U0001f9ea \x7f', "two\nlines\tand a tab")
    for version, reason in enumerate(reasons, start=1):
        await deployment.owner.execute(
            "INSERT INTO ledger_event (action, principal, route, reason, request_id, version,"
            " occurred_at) VALUES ('test', 'x', 'z', $1, 'r', $2, '2026-03-01T23:30:00-02:00')",
            reason, version,
        )  # fmt: skip
    await deployment.owner.execute(
        "INSERT INTO ledger_event (action, principal, route, reason, request_id)"
        " SELECT 'test', 'every control character', 'z', string_agg(chr(n), ''), 'r'"
        " FROM generate_series(1, 160) AS n"
    )
    auditor = await deployment.caller("auditor")
    entries = await items(auditor, "/v1/ledger")
    assert [entry["reason"] for entry in entries[1:4]] == list(reasons)
    assert entries[0]["record_id"] == record(submitted)
    assert entries[1]["record_id"] is None
    assert len(entries) == 5
    for entry in entries:
        assert entry["leaf_form"] == 2
        assert entry["leaf_hash"] == leaf_hash(entry), entry["seq"]


async def test_a_leaf_does_not_depend_on_columns_or_on_who_numbers(
    deployment: Deployment, coordinator: Caller
) -> None:
    await deployment.owner.execute("ALTER TABLE ledger_event ADD COLUMN later text DEFAULT 'x'")
    await deployment.owner.execute("SET TimeZone = 'Asia/Shanghai'")
    await deployment.owner.execute("SET DateStyle = 'German'")
    await coordinator.submit(LABS, lab())
    await deployment.owner.fetchval("SELECT sequence_events()")
    auditor = await deployment.caller("auditor")
    (entry,) = await items(auditor, "/v1/ledger")
    assert entry["leaf_hash"] == leaf_hash(entry)


@pytest.mark.parametrize(
    ("sent", "derived"),
    [
        pytest.param({"visit": "M3"}, None, id="named"),
        pytest.param({"visit": None}, True, id="derived"),
    ],
)
async def test_a_version_commits_to_the_visit_that_its_sender_named(
    deployment: Deployment,
    coordinator: Caller,
    sent: dict[str, Any],
    derived: bool | None,
) -> None:
    infusion = {"infused_at": "2026-03-02T09:40+08:00", "product_lot": "NB2-0147"}
    assert (await coordinator.submit("/v1/subjects/03-001/infusions", infusion)).status_code == 201
    submitted = await coordinator.submit(LABS, lab(**sent))
    assert submitted.json().get("visit_derived") is derived
    address = f"{LABS}/{record(submitted)}/history"

    async def matches(*, says: bool | None) -> bool:
        (document,) = await items(coordinator, address)
        assert document.get("visit_derived") is says
        row = await deployment.owner.fetchrow(
            "SELECT salt, commitment FROM lab_result JOIN ledger_event USING (record_id, version)"
        )
        found = commitment(json.dumps(document), row["salt"], LabResultIn.model_fields)
        return bool(found == row["commitment"])

    assert await matches(says=derived)
    await deployment.owner.execute("UPDATE lab_result SET visit = 'D7'")
    assert not await matches(says=None)


async def test_the_ledger_is_searched_by_subject_and_principal(
    deployment: Deployment, coordinator: Caller
) -> None:
    await deployment.subject("03", 2)
    investigator = await deployment.caller("investigator", "03")
    await coordinator.submit(LABS, lab())
    await investigator.submit("/v1/subjects/03-002/lab-results", lab())
    auditor = await deployment.caller("auditor")

    async def found(query: str) -> list[int]:
        return [one["seq"] for one in await items(auditor, f"/v1/ledger?{query}")]

    assert await found("subject=03-002") == [2]
    assert await found(f"principal={coordinator.name}") == [1]
    assert await found(f"principal={coordinator.name}&subject=03-002") == []
    assert await found("after=1") == [2]
    assert await found("limit=1") == [1]


async def test_whoever_read_a_subjects_data_is_found(
    deployment: Deployment, coordinator: Caller
) -> None:
    await deployment.subject("03", 2)
    address = (await coordinator.submit(LABS, lab())).headers["Location"]
    await coordinator.submit("/v1/subjects/03-002/lab-results", lab())
    reader = await deployment.caller("centre_reader", "03")
    for path in (address, f"{address}/history", LABS, "/v1/lab-results", "/v1/changes"):
        assert (await reader.get(path)).status_code == 200
    exported = await reader.get("/v1/lab-results", Accept="text/csv")
    assert exported.status_code == 200
    auditor = await deployment.caller("auditor")
    log = await items(auditor, f"/v1/access-log?principal={reader.name}")
    both, one = ["03-001", "03-002"], ["03-001"]
    assert [(entry["route"], entry["subjects"], entry["records"]) for entry in log] == [
        ("GET /v1/subjects/{subject}/lab-results/{record_id}", one, 1),
        ("GET /v1/subjects/{subject}/lab-results/{record_id}/history", one, 1),
        ("GET /v1/subjects/{subject}/lab-results", one, 1),
        ("GET /v1/lab-results", both, 2),
        ("GET /v1/changes", both, 2),
        ("GET /v1/lab-results", both, 2),
    ]
    assert {(entry["role"], entry["status"]) for entry in log} == {("centre_reader", 200)}
    of_second = await items(auditor, f"/v1/access-log?principal={reader.name}&subject=03-002")
    assert [entry["route"] for entry in of_second] == [
        "GET /v1/lab-results", "GET /v1/changes", "GET /v1/lab-results",
    ]  # fmt: skip


async def test_refusals_are_kept(deployment: Deployment, coordinator: Caller) -> None:
    address = (await coordinator.submit(LABS, lab())).headers["Location"]
    stranger = await deployment.caller("coordinator", "05")
    reader = await deployment.caller("centre_reader", "03")
    await stranger.get(address)
    await reader.submit(LABS, lab())
    await reader.get("/v1/ledger")
    await reader.get("/v1/lab-results?what=ever")
    await deployment.client().get("/v1/lab-results")
    auditor = await deployment.caller("auditor")
    log = await items(auditor, "/v1/access-log")
    refused = [
        (entry["principal"], entry["status"], entry["problem"])
        for entry in log
        if entry["action"] == "refused"
    ]
    assert (stranger.name, 404, "not-found") in refused
    assert (reader.name, 403, "not-permitted") in refused
    assert [who for who, status, _ in refused if status == 403] == [reader.name] * 2
    assert all(who in {stranger.name, reader.name} for who, _, _ in refused)


async def test_reading_the_ledger_is_noted_and_moves_no_clock(
    deployment: Deployment, coordinator: Caller
) -> None:
    await coordinator.submit("/v1/subjects/03-001/adverse-events", dict(ADVERSE_EVENTS.example))
    auditor = await deployment.caller("auditor")
    for _ in range(3):
        answer = (await auditor.get("/v1/ledger")).json()
        assert answer["next_after"] == 1
    log = await items(auditor, f"/v1/access-log?principal={auditor.name}")
    assert [(entry["action"], entry["subjects"]) for entry in log] == [("ledger", ["03-001"])] * 3
    assert "document" not in json.dumps(log)


NOTE = """
INSERT INTO access_event (action, principal, route, status, request_id)
VALUES ('read', $1, 'GET /x', 200, 'x') RETURNING id"""


async def another(deployment: Deployment) -> asyncpg.Connection:
    return await asyncpg.connect(
        deployment.server.url(deployment.server.superuser, deployment.database)
    )


async def test_the_log_of_reads_misses_nothing_that_is_committed_late(
    deployment: Deployment,
) -> None:
    """Ids are given before the commit: the reader must not pass one that is still to come."""
    auditor = await deployment.caller("auditor")
    slow, quick = await another(deployment), await another(deployment)
    running = slow.transaction()
    await running.start()
    early = await slow.fetchval(NOTE, "slow")
    late = await quick.fetchval(NOTE, "quick")
    assert early < late
    seen: list[str] = []
    answer = (await auditor.get("/v1/access-log")).json()
    seen += [entry["principal"] for entry in answer["items"]]
    await running.commit()
    await slow.close()
    await quick.close()
    rest = (await auditor.get(f"/v1/access-log?after={answer['next_after']}")).json()
    seen += [entry["principal"] for entry in rest["items"]]
    assert sorted(seen) == ["quick", "slow"]


async def test_the_log_of_reads_has_no_gap_for_one_who_polls_beside_many_readers(
    deployment: Deployment,
) -> None:
    auditor = await deployment.caller("auditor")
    readers = [await another(deployment) for _ in range(8)]
    chance, done = random.Random(11), asyncio.Event()

    async def read(connection: asyncpg.Connection, number: int) -> None:
        for turn in range(25):
            transaction = connection.transaction()
            await transaction.start()
            if chance.random() < 0.5:
                await connection.fetchval("SELECT pg_current_xact_id()")
            await connection.execute(NOTE, f"{number}.{turn}")
            await asyncio.sleep(chance.choice([0, 0.002, 0.01]))
            await transaction.commit()

    async def poll() -> list[str]:
        found: list[str] = []
        after, ended = "0-0", False
        while not ended:
            ended = done.is_set()
            answer = (await auditor.get(f"/v1/access-log?limit=100&after={after}")).json()
            found += [entry["principal"] for entry in answer["items"]]
            ended = ended and not answer["items"]
            after = answer["next_after"]
        return found

    polling = asyncio.create_task(poll())
    await asyncio.gather(*(read(reader, number) for number, reader in enumerate(readers)))
    done.set()
    found = await polling
    for reader in readers:
        await reader.close()
    assert sorted(found) == sorted(f"{number}.{turn}" for number in range(8) for turn in range(25))


async def test_the_log_of_reads_goes_on_where_a_page_ended(deployment: Deployment) -> None:
    """Several events of one transaction, and those from before their order was kept."""
    auditor = await deployment.caller("auditor")
    await deployment.owner.execute(
        "INSERT INTO access_event (action, principal, route, status, request_id, transaction_id)"
        " SELECT 'read', 'old ' || n, 'x', 200, 'x', '0' FROM generate_series(1, 3) AS n"
    )
    await deployment.owner.execute(
        "INSERT INTO access_event (action, principal, route, status, request_id)"
        " SELECT 'read', 'new ' || n, 'x', 200, 'x' FROM generate_series(1, 4) AS n"
    )
    seen: list[str] = []
    after = "0-0"
    for _ in range(4):
        answer = (await auditor.get(f"/v1/access-log?limit=2&after={after}")).json()
        seen += [entry["principal"] for entry in answer["items"]]
        after = answer["next_after"]
    assert seen == ["old 1", "old 2", "old 3", "new 1", "new 2", "new 3", "new 4"]
    nothing = (await auditor.get(f"/v1/access-log?after={after}")).json()
    assert nothing == {"items": [], "next_after": after}


@pytest.mark.parametrize("after", ["1", "-", "1-", "x-1", "1-1-1", "9" * 19 + "-1", "-1-1"])
async def test_a_place_in_the_log_that_is_none_is_refused(
    deployment: Deployment, after: str
) -> None:
    auditor = await deployment.caller("auditor")
    answer = await auditor.get(f"/v1/access-log?after={after}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-parameter")


@pytest.mark.parametrize("path", ["/v1/changes", "/v1/ledger"])
async def test_a_place_that_the_ledger_never_came_to_is_no_empty_answer(
    deployment: Deployment, path: str
) -> None:
    """As after a restore to an earlier moment: the reader knows more than the database."""
    coordinator = await deployment.caller("coordinator", "03")
    await deployment.subject("03")
    await coordinator.submit("/v1/subjects/03-001/visits", {"visit": "D3", "status": "missed"})
    reader = await deployment.caller("auditor")
    head = (await reader.http.get("/v1/changes?after=0")).json()["as_of"]
    at_head = await reader.http.get(f"{path}?after={head}")
    beyond = await reader.http.get(f"{path}?after={head + 1}")
    assert (at_head.status_code, at_head.json()["items"]) == (200, [])
    assert (beyond.status_code, beyond.json()["type"]) == (409, "/problems/history-rewound")
    assert beyond.json()["head"] == head


@pytest.mark.parametrize("place", ["08-0", "01035-150", "000000000000000000-000", "9" * 18 + "-1"])
async def test_a_place_is_a_decimal_number_however_it_is_written(
    deployment: Deployment, place: str
) -> None:
    auditor = await deployment.caller("auditor")
    answer = await auditor.http.get(f"/v1/access-log?after={place}")
    assert answer.status_code == 200
    plain = "-".join(str(int(part)) for part in place.split("-"))
    assert answer.json()["next_after"] == plain or answer.json()["items"]
