"""Every live answer has the members that the contract declares, of the types that it says.

The demonstration trial is told and then asked everything by everybody; each kind of record is
written, changed and voided; and requests are refused in every way. No object of an answer has a
member that the contract does not name.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from app.schemas.record_kinds import RECORD_KINDS
from tests.closed_world import ClosedWorld, closed
from tests.deployment import Caller, Deployment, open_directory
from tests.endpoints.demonstration import demonstration

if TYPE_CHECKING:
    from app.embedded_postgres import EmbeddedPostgres
    from tests.endpoints.cohort import Cohort

ROLES = ("data_manager", "auditor", "sponsor_analyst")
CUTOFF = "2026-10-15"
NOT_WALKED = ("/v1/charts/", "/v1/reports/", "/metrics", "/openapi.json")
"""Pictures, print, and documents of a published form of their own."""


@pytest.fixture(scope="module")
async def told(server: EmbeddedPostgres) -> AsyncIterator[Cohort]:
    with open_directory() as directory:
        async with demonstration(server, directory) as cohort:
            yield cohort


def watched(caller: Caller, world: ClosedWorld) -> Caller:
    """Hold every answer to a caller to the contract."""
    caller.http.event_hooks["response"].append(world.hold)
    return caller


def reads(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the addresses that can be read, with what they can be asked."""
    for path, methods in document["paths"].items():
        if "get" in methods and not path.startswith(NOT_WALKED):
            yield path, methods["get"]


def questions(document: dict[str, Any], path: str, operation: dict[str, Any]) -> Iterator[str]:
    """Give the queries of a read: as it is, each choice of each parameter, and with rows."""
    yield ""
    offered = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
    if not path.startswith("/v1/endpoints/"):
        yield from ("?limit=2",) if "limit" in offered else ()
        yield from (f"?cutoff={CUTOFF}",) if "cutoff" in offered else ()
        return
    yield f"?rows=true&cutoff={CUTOFF}"
    for name in ("population", "response_source", "conf_type"):
        for word in _words(document, offered.get(name, {}).get("schema", {})):
            yield f"?rows=true&{name}={word}"
    example = offered.get("variant", {}).get("schema", {}).get("examples", ())
    yield from (f"?variant={one}" for one in example)
    yield from ("?p0=0.5",) if "p0" in offered else ()


def _words(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    found: list[str] = document["components"]["schemas"].get(name, schema).get("enum", [])
    return found


async def read_subjects(caller: Caller, subjects: list[str]) -> None:
    """Read some subjects in every way."""
    for subject in (subjects[0], subjects[14], *subjects[20:60:8]):
        for path in ("", "/history", "/identifiers", "/response"):
            await caller.get(f"/v1/subjects/{subject}{path}")


async def read_records(caller: Caller) -> None:
    """Read some records of each kind in every way, and every vocabulary."""
    for kind in RECORD_KINDS:
        if kind.one_per_subject:
            continue
        page = await caller.get(f"/v1/{kind.path}?limit=3")
        for item in page.json().get("items", ()):
            of_subject = f"/v1/subjects/{item['subject']}/{kind.path}"
            for end in ("", "/history", "/identifiers"):
                await caller.get(f"{of_subject}/{item['record_id']}{end}")
            await caller.get(of_subject, Accept="application/x-ndjson")
            await caller.get(of_subject)
    for vocabulary in (await caller.get("/v1/vocabularies")).json()["items"]:
        await caller.get(f"/v1/vocabularies/{vocabulary['name']}")


@pytest.mark.parametrize("role", ROLES)
async def test_every_read_of_the_demonstration_has_what_is_declared(
    role: str, told: Cohort
) -> None:
    world = ClosedWorld(told.deployment.app.openapi())
    caller = watched(await told.deployment.caller(role), world)
    subjects = sorted(told.codes.values())
    for path, operation in reads(world.document):
        if "{" in path:
            continue
        for query in questions(world.document, path, operation):
            await caller.get(path + query, Accept="application/json")
    await read_subjects(caller, subjects)
    await read_records(caller)
    assert sorted(set(world.faults))[:20] == []
    assert len(world.seen) > 40


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=lambda kind: kind.path)
async def test_every_write_of_a_kind_has_what_is_declared(
    kind: Any, deployment: Deployment
) -> None:
    world = ClosedWorld(deployment.app.openapi())
    await deployment.centre("03")
    coordinator = watched(await deployment.caller("coordinator", "03"), world)
    sender = watched(await deployment.sender(kind, "03"), world)
    enrolment = next(one for one in RECORD_KINDS if one.one_per_subject)
    subject = (await coordinator.submit("/v1/subjects", dict(enrolment.example))).headers[
        "Location"
    ]
    address = subject
    if not kind.one_per_subject:
        key = str(uuid.uuid4())
        for _ in range(2):
            first = await sender.submit(f"{subject}/{kind.path}", dict(kind.example), key=key)
        await sender.submit(f"{subject}/{kind.path}", dict(kind.example))
        await sender.submit(f"{subject}/{kind.path}", {"wrong": 1})
        address = first.headers["Location"]
    changed = {**kind.example, "reason": "Read from the wrong line."}
    await sender.amend(address, changed, version=1)
    await sender.amend(address, changed, version=1)
    await sender.amend(address, {"reason": 3}, version=2)
    await sender.http.put(address, json=changed)
    given = {"identifiers": ["another id"], "reason": "Two numbers of the sample were merged."}
    await sender.http.put(f"{address}/identifiers", json=given)
    reads = ("", "/history", "/identifiers")
    for end in reads:
        await coordinator.get(address + end)
    await coordinator.get(f"/v1/{kind.path}?source_id=another id")
    await sender.void(address, 2)
    await sender.void(address, 2)
    for end in reads:
        await coordinator.get(address + end)
    assert sorted(set(world.faults))[:20] == []
    assert {status for _, status in world.seen} >= {"200", "201", "412", "422", "428"}


async def test_every_refusal_and_every_line_of_an_import_has_what_is_declared(
    deployment: Deployment,
) -> None:
    world = ClosedWorld(deployment.app.openapi())
    await deployment.centre("03")
    coordinator = watched(await deployment.caller("coordinator", "03"), world)
    analyst = watched(await deployment.caller("sponsor_analyst"), world)
    anybody = deployment.client()
    anybody.event_hooks["response"].append(world.hold)
    subject = {"kind": "subjects", **next(iter(RECORD_KINDS)).example}
    lines = [subject, {"kind": "visits"}, {"kind": "no such kind"}, subject | {"sex": "M"}]
    body = "\n".join(json.dumps(line) for line in lines)
    for query in ("", "", "?commit=all", "?validate_only=true"):
        await coordinator.http.post(
            f"/v1/imports{query}",
            content=body,
            headers={"Content-Type": "application/x-ndjson"},
        )
    for address in (
        "/v1/subjects?nonsense=1", "/v1/subjects?as_of=999999999", "/v1/subjects?limit=0",
        "/v1/subjects?cursor=no", "/v1/changes?after=99999999", "/v1/findings?cursor=no",
        "/v1/subjects/03-999", "/v1/subjects/nobody", "/v1/ledger", "/v1/access-log",
        "/v1/endpoints/response?cutoff=2999-01-01", "/v1/endpoints/response?centre=99",
        "/v1/endpoints/response?rows=true", "/v1/endpoints/overall-survival?variant=no",
        "/v1/vocabularies/none",
    ):  # fmt: skip
        for http in (coordinator.http, analyst.http, anybody):
            await http.get(address)
    await coordinator.get("/v1/subjects", Accept="image/png")
    await coordinator.http.post("/v1/subjects", content=b"{", headers={"Idempotency-Key": "one"})
    await coordinator.submit("/v1/subjects", b'{"centre":"03","centre":"03"}')
    await coordinator.submit("/v1/subjects", b"not json")
    await analyst.submit("/v1/subjects", dict(next(iter(RECORD_KINDS)).example))
    held = (await coordinator.get("/v1/subjects")).json()["items"][0]["subject"]
    visit = next(kind for kind in RECORD_KINDS if kind.path == "visits")
    await coordinator.submit(f"/v1/subjects/{held}/visits", dict(visit.example))
    await coordinator.void(f"/v1/subjects/{held}", 2)
    for form in ({}, {"grant_type": "password"}, {"grant_type": "client_credentials"}):
        await anybody.post("/oauth/token", data=form)
    assert sorted(set(world.faults))[:20] == []
    assert {status for _, status in world.seen} >= {"400", "401", "403", "404", "406", "415", "422"}


async def test_a_member_that_is_not_declared_is_a_fault(deployment: Deployment) -> None:
    document = json.loads(json.dumps(deployment.app.openapi()))
    del document["components"]["schemas"]["Me"]["properties"]["actions"]
    world = ClosedWorld(document)
    caller = watched(await deployment.caller("auditor"), world)
    await caller.get("/v1/me")
    assert len(world.faults) == 1
    assert "actions" in world.faults[0]


async def test_an_object_of_the_contract_says_what_its_members_are(deployment: Deployment) -> None:
    document = deployment.app.openapi()
    open_ones = [
        name
        for name, schema in closed(document["components"]["schemas"]).items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is True
    ]
    assert open_ones == []
