"""What is promised of every record, stated once and held for every kind."""

import asyncio
import json
import re
import uuid
from typing import Any

import asyncpg
import pytest

from app.schemas.record import RecordKind
from app.schemas.record_kinds import RECORD_KINDS
from tests.deployment import Caller, Deployment

KINDS = [pytest.param(kind, id=kind.path) for kind in RECORD_KINDS]
OTHER_KINDS = [
    pytest.param(kind, id=kind.path) for kind in RECORD_KINDS if not kind.one_per_subject
]
WRITABLE_BY_NOBODY = (
    "record_id", "version", "state", "recorded_at", "recorded_by", "findings", "transaction_id",
    "salt", "predecessor", "status",
)  # fmt: skip


def body(kind: RecordKind, **changes: Any) -> dict[str, Any]:
    sent = {name: value for name, value in kind.example.items() if name != "source_id"}
    return {**sent, **changes}


async def stored(kind: RecordKind, caller: Caller, subject: str, **changes: Any) -> str:
    """Store a record as its example says and give its address."""
    address = "/v1/subjects" if kind.one_per_subject else f"/v1/subjects/{subject}/{kind.path}"
    answer = await caller.submit(address, body(kind, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


@pytest.fixture
async def sender(kind: RecordKind, deployment: Deployment) -> Caller:
    """Who writes records of the kind."""
    await deployment.subject("03")
    return await deployment.sender(kind, "03")


@pytest.mark.parametrize("kind", KINDS)
async def test_it_gives_back_what_was_sent(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001", source_id="LIS-1")
    answer = await sender.get(address)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.json()
    for name, value in {**body(kind), "source_id": "LIS-1"}.items():
        assert _holds(found[name], value), name
    assert found["version"] == 1
    assert found["state"] == "active"
    assert found["reason"] is None
    assert found["recorded_by"] == sender.name


@pytest.mark.parametrize("kind", KINDS)
async def test_it_keeps_every_version(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001")
    first = (await sender.get(address)).json()
    amended = await sender.amend(address, body(kind, reason="Transcription error."), 1)
    assert amended.status_code == 200, amended.text
    assert amended.headers["ETag"] == '"2"'
    voided = await sender.void(address, 2, "Entered for the wrong subject.")
    assert voided.status_code == 200, voided.text
    versions = (await sender.get(f"{address}/history")).json()["items"]
    assert [version["version"] for version in versions] == [1, 2, 3]
    assert [version["state"] for version in versions] == ["active", "active", "voided"]
    assert [version["reason"] for version in versions] == [
        None,
        "Transcription error.",
        "Entered for the wrong subject.",
    ]
    assert {name: versions[0][name] for name in body(kind)} == {
        name: first[name] for name in body(kind)
    }
    assert {name: versions[2][name] for name in body(kind)} == {
        name: versions[1][name] for name in body(kind)
    }
    assert len({version["record_id"] for version in versions}) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_it_hides_another_centres_subject(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    address = await stored(kind, sender, "03-001")
    stranger = await deployment.caller("coordinator", "05")
    somewhere = re.sub("03-[0-9]+", "09-001", address)
    for method, there, elsewhere in (
        ("GET", address, somewhere),
        ("GET", f"{address}/history", f"{somewhere}/history"),
        ("PUT", address, somewhere),
        ("VOID", address, somewhere),
    ):
        answers = []
        for target in (there, elsewhere):
            if method == "GET":
                answer = await stranger.get(target)
            elif method == "PUT":
                answer = await stranger.amend(target, body(kind, reason="x"), 1)
            else:
                answer = await stranger.void(target, 1)
            # Who may not write the kind anywhere is told so, wherever the record is.
            expected = 404 if method == "GET" or kind.judges is None else 403
            assert answer.status_code == expected, (method, target, answer.text)
            answers.append({**answer.json(), "request_id": ""})
        assert answers[0] == answers[1]
    listed = (await stranger.get(f"/v1/{kind.path}")).json()
    assert listed["items"] == []
    assert (await sender.get(address)).json()["version"] == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_it_refuses_a_stale_change(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001")
    await sender.amend(address, body(kind, reason="First."), 1)
    for answer in (
        await sender.amend(address, body(kind, reason="Second."), 1),
        await sender.void(address, 1),
    ):
        assert answer.status_code == 412
        assert answer.json()["type"] == "/problems/stale-version"
        assert answer.json()["current_version"] == 2
        assert answer.headers["ETag"] == '"2"'


@pytest.mark.parametrize("kind", KINDS)
async def test_it_lets_one_of_simultaneous_changes_win(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001")
    answers = await asyncio.gather(
        *(sender.amend(address, body(kind, reason=f"Change {n}."), 1) for n in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    versions = (await sender.get(f"{address}/history")).json()["items"]
    assert [version["version"] for version in versions] == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
async def test_it_takes_no_change_without_its_grounds(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001")
    http = sender.http
    unconditional = await http.put(address, json=body(kind, reason="x"))
    assert (unconditional.status_code, _slug(unconditional)) == (428, "if-match-missing")
    unreasoned = await sender.amend(address, body(kind), 1)
    assert unreasoned.status_code == 422
    assert unreasoned.json()["errors"][0]["pointer"] == "/reason"
    for if_match in ("*", 'W/"1"', '"x"', "1", '"0"', '"1", "2"'):
        answer = await http.put(
            address, json=body(kind, reason="x"), headers={"If-Match": if_match}
        )
        assert (answer.status_code, _slug(answer)) == (400, "invalid-parameter"), if_match
    unkeyed = await http.post(f"{address}/void", json={"reason": "x"}, headers={"If-Match": '"1"'})
    assert (unkeyed.status_code, _slug(unkeyed)) == (400, "idempotency-key-missing")
    assert (await sender.get(address)).json()["version"] == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_it_refuses_members_that_nobody_writes(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    address = "/v1/subjects" if kind.one_per_subject else f"/v1/subjects/03-001/{kind.path}"
    names = [name for name in WRITABLE_BY_NOBODY if name not in kind.submission.model_fields]
    for name in names:
        answer = await sender.submit(address, body(kind, **{name: "canary-value"}))
        assert answer.status_code == 422, name
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"
        assert "canary-value" not in answer.text
    count = await deployment.owner.fetchval(f"SELECT count(*) FROM {kind.table.__tablename__}")
    assert count == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_a_voided_record_takes_no_further_version(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001")
    await sender.void(address, 1)
    for answer in (
        await sender.amend(address, body(kind, reason="x"), 2),
        await sender.void(address, 2),
    ):
        assert (answer.status_code, _slug(answer)) == (409, "record-voided")


@pytest.mark.parametrize("kind", KINDS)
async def test_one_key_has_one_effect(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    address = "/v1/subjects" if kind.one_per_subject else f"/v1/subjects/03-001/{kind.path}"
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(sender.submit(address, body(kind), key=key) for _ in range(6)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    first = next(answer for answer in answers if answer.status_code == 201)
    again = await sender.submit(address, body(kind), key=key)
    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    other = await sender.submit(address, body(kind, source_id="another"), key=key)
    assert (other.status_code, _slug(other)) == (422, "idempotency-key-reused")
    count = await deployment.owner.fetchval(f"SELECT count(*) FROM {kind.table.__tablename__}")
    assert count == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_source_id_belongs_to_one_record_of_the_centre(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    address = await stored(kind, sender, "03-001", source_id="LIS-7")
    where = "/v1/subjects" if kind.one_per_subject else f"/v1/subjects/03-001/{kind.path}"
    taken = await sender.submit(where, body(kind, source_id="LIS-7"))
    assert (taken.status_code, _slug(taken)) == (409, "source-id-taken")
    assert taken.headers["Location"] == address
    moved = await sender.amend(address, body(kind, source_id="LIS-8", reason="x"), 1)
    assert moved.status_code == 422
    assert moved.json()["errors"][0]["code"] == "source_id_fixed"
    await deployment.subject("05")
    stranger = await deployment.sender(kind, "05")
    there = where.replace("03-001", "05-001")
    theirs = body(kind, source_id="LIS-7", **({"centre": "05"} if kind.one_per_subject else {}))
    assert (await stranger.submit(there, theirs)).status_code == 201


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_listed_as_the_database_knew_it(kind: RecordKind, sender: Caller) -> None:
    address = await stored(kind, sender, "03-001")
    await sender.get("/v1/changes")
    before = (await sender.get("/v1/changes")).json()["as_of"]
    old_list = await sender.get(f"/v1/{kind.path}?as_of={before}")
    old_one = await sender.get(f"{address}?as_of={before}")
    await sender.amend(address, body(kind, reason="Later."), 1)
    await stored(kind, sender, "03-001")
    assert (await sender.get(f"/v1/{kind.path}?as_of={before}")).content == old_list.content
    assert (await sender.get(f"{address}?as_of={before}")).content == old_one.content
    assert len((await sender.get(f"/v1/{kind.path}")).json()["items"]) == 2
    nothing = (await sender.get(f"/v1/{kind.path}?as_of=0")).json()
    assert nothing == {"items": [], "as_of": 0}
    assert (await sender.get(f"{address}?as_of=0")).status_code == 404
    future = await sender.get(f"/v1/{kind.path}?as_of=999999")
    assert (future.status_code, _slug(future)) == (422, "as-of-in-the-future")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_is_paged_and_given_whole(kind: RecordKind, sender: Caller) -> None:
    for number in range(5):
        await stored(kind, sender, "03-001", source_id=f"S{number}")
    seen, address = [], f"/v1/{kind.path}?limit=2&state=active"
    while address:
        page = await sender.get(address)
        assert page.status_code == 200, page.text
        seen += [item["source_id"] for item in page.json()["items"]]
        link = page.headers.get("Link", "")
        address = link[1 : link.index(">")] if link else ""
    assert seen == [f"S{number}" for number in range(5)]
    lines = await sender.get(f"/v1/{kind.path}", Accept="application/x-ndjson")
    assert [json.loads(line)["source_id"] for line in lines.text.splitlines()] == seen
    table = await sender.get(f"/v1/{kind.path}", Accept="text/csv")
    assert table.text.splitlines()[0].startswith("record_id,version,")
    assert len((await sender.get(f"/v1/{kind.path}?source_id=S3")).json()["items"]) == 1
    neither = await sender.get(f"/v1/{kind.path}", Accept="application/pdf")
    assert (neither.status_code, _slug(neither)) == (406, "not-acceptable")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_sponsors_analyst_gets_nothing_written_in_own_words(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    written = {
        name: "Canary of a ward round."
        for name in ("note", "narrative", "comment", "rationale")
        if name in kind.submission.model_fields
    }
    address = await stored(kind, sender, "03-001", **written)
    amended = body(kind, reason="Canary of a reason.", **written)
    assert (await sender.amend(address, amended, 1)).status_code == 200
    analyst = await deployment.caller("sponsor_analyst")
    for found in (
        await analyst.get(address),
        await analyst.get(f"{address}/history"),
        await analyst.get(f"/v1/{kind.path}"),
        await analyst.get(f"/v1/{kind.path}", Accept="text/csv"),
    ):
        assert found.status_code == 200
        assert "Canary" not in found.text
    assert "Canary of a reason" in (await sender.get(address)).text


@pytest.mark.parametrize("kind", KINDS)
async def test_no_role_of_the_service_changes_or_deletes_a_version(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    await stored(kind, sender, "03-001")
    table = kind.table.__tablename__
    for role in ("app_centre", "app_study", "app_auditor", "dayzero_service"):
        for statement in (
            f"UPDATE {table} SET recorded_by = 'x'",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _as_role(deployment, role, statement)


@pytest.mark.parametrize("kind", OTHER_KINDS)
async def test_the_database_itself_refuses_a_broken_line_of_versions(
    kind: RecordKind, sender: Caller, deployment: Deployment
) -> None:
    await deployment.subject("03", 2)
    await deployment.subject("05")
    address = await stored(kind, sender, "03-001")
    table, record = kind.table.__tablename__, address.rsplit("/", 1)[1]
    columns = await deployment.owner.fetchval(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
        "WHERE table_name = $1 AND is_generated = 'NEVER' AND column_name NOT IN "
        "('record_id', 'version', 'subject', 'centre', 'reason', 'transaction_id')",
        table,
    )
    for version, subject, centre, reason in (
        (3, "03-001", "03", "a gap"),
        (2, "03-002", "03", "another subject's"),
        (2, "05-001", "05", "another centre's"),
        (2, "03-001", "05", "a centre that the subject is not at"),
        (2, "03-001", "03", None),
        (0, "03-001", "03", "before the first"),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await deployment.owner.execute(
                f"INSERT INTO {table} (record_id, version, subject, centre, reason, {columns}) "
                f"SELECT record_id, $2, $3, $4, $5, {columns} FROM {table} WHERE record_id = $1",
                uuid.UUID(record), version, subject, centre, reason,
            )  # fmt: skip


async def _as_role(deployment: Deployment, role: str, statement: str) -> None:
    async with deployment.owner.transaction():
        await deployment.owner.execute(f"SET LOCAL ROLE {role}")
        await deployment.owner.execute(statement)


def _slug(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("/problems/")


def _holds(found: Any, sent: Any) -> bool:
    """Tell whether everything that was sent is there as it was sent; parts may have defaults."""
    if isinstance(sent, dict):
        return all(name in found and _holds(found[name], sent[name]) for name in sent)
    if isinstance(sent, list):
        return len(found) == len(sent) and all(map(_holds, found, sent))
    return bool(found == sent and type(found) is type(sent))
