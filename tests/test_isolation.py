"""Every route, every role, the own centre, another centre and nothing at all: who gets what.

The matrix is made from the application's own routes and from the table of permissions, so that a
new route is in it by itself. It is held with both walls, and with each of them taken away in turn.
"""

import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from app.access import centres
from app.access.permissions import AT_CENTRE, PERMISSIONS, TIME_BOXED, Action, Role
from app.routers.trial_route import TrialRoute
from app.schemas.record import RecordKind
from app.schemas.record_kinds import RECORD_KINDS, by_path
from tests.deployment import Caller, Deployment

OWN, OTHER, NOTHING = "03", "05", "09"
RANDOM = "01890a5d-ac96-774b-bcce-b302099a8057"


def canary(centre: str) -> str:
    """A text that is in every record of a centre, and nowhere else."""
    return f"canary-of-{centre}-{'q' * 8}"


@dataclass
class Centre:
    """A centre with a subject and a record of each kind."""

    code: str
    coordinator: Caller
    reviewer: Caller
    subject: str
    records: dict[str, str]

    def sender(self, kind: RecordKind) -> Caller:
        """Who writes records of a kind here."""
        return self.coordinator if kind.judges is None else self.reviewer


async def a_centre(deployment: Deployment, code: str) -> Centre:
    coordinator = await deployment.caller("coordinator", code)
    reviewer = await deployment.caller("response_reviewer")
    centre = Centre(code, coordinator, reviewer, "", {})
    for kind in RECORD_KINDS:
        address = await a_record(centre, kind)
        if kind.one_per_subject:
            centre.subject = address.rsplit("/", 1)[1]
        centre.records[kind.path] = address.rsplit("/", 1)[1]
    return centre


async def a_record(centre: Centre, kind: RecordKind) -> str:
    code = centre.code
    body = body_of(kind, code) | {"source_id": f"{canary(code)}-{uuid.uuid4().hex[:8]}"}
    where = "/v1/subjects" if kind.one_per_subject else f"/v1/subjects/{centre.subject}/{kind.path}"
    answer = await centre.sender(kind).submit(where, body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def body_of(kind: RecordKind, code: str) -> dict[str, Any]:
    body = {name: value for name, value in kind.example.items() if name != "source_id"}
    for written in ("note", "rationale"):
        if written in kind.submission.model_fields:
            body[written] = canary(code)
    if kind.one_per_subject:
        body["centre"] = code
    return body


def routes_of(deployment: Deployment) -> Iterator[tuple[str, str, TrialRoute]]:
    for route in deployment.app.router.routes:
        assert isinstance(route, APIRoute)
        assert isinstance(route, TrialRoute), f"{route.path} is not guarded"
        for method in sorted(route.methods or ()):
            yield method, route.path_format, route


@pytest.mark.parametrize("wall", ["both walls", "the database's alone", "the application's alone"])
async def test_the_matrix(
    wall: str,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    own, other = await a_centre(deployment, OWN), await a_centre(deployment, OTHER)
    if wall == "the database's alone":
        monkeypatch.setattr(centres, "_visible", lambda *_: None)
    if wall == "the application's alone":
        await _take_down_the_databases_wall(deployment)
    deviations: list[str] = []
    asked = 0
    for role in Role:
        caller = await deployment.caller(role, *([OWN] if role in AT_CENTRE else []))
        for method, path, route in routes_of(deployment):
            answers = {
                target: await _ask(caller, method, path, route, target, own, other)
                for target in (("own", "other", "random") if "{subject}" in path else ("own",))
            }
            asked += len(answers)
            found = _deviations(role, route, answers)
            deviations += [f"{role} {method} {path} {deviation}" for deviation in found]
    assert not deviations, "\n".join(deviations[:40])
    assert asked > 1500
    out, err = capfd.readouterr()
    for said in (out, err, caplog.text):
        assert canary(OWN) not in said
        assert canary(OTHER) not in said


async def test_a_centre_named_in_query_or_body_is_one_that_does_not_exist(
    deployment: Deployment,
) -> None:
    own, other = await a_centre(deployment, OWN), await a_centre(deployment, OTHER)
    caller = own.coordinator
    for kind in RECORD_KINDS:
        for query in ("centre={}", "subject={}-001"):
            listed = [
                (await caller.get(f"/v1/{kind.path}?{query.format(code)}")).json()["items"]
                for code in (OTHER, NOTHING)
            ]
            assert listed == [[], []]
    enrolment = RECORD_KINDS[0]
    refusals = [
        await caller.submit("/v1/subjects", body_of(enrolment, code)) for code in (OTHER, NOTHING)
    ]
    assert [refusal.status_code for refusal in refusals] == [422, 422]
    assert _bare(refusals[0]) == _bare(refusals[1])
    lines = "\n".join(
        json.dumps({**body_of(by_path("lab-results"), code), "kind": "lab-results",  # type: ignore[arg-type]
                    "subject": f"{code}-001", "source_id": "same"})
        for code in (OTHER, NOTHING)
    )  # fmt: skip
    answer = await caller.http.post(
        "/v1/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    results = [json.loads(line) for line in answer.text.splitlines()[:2]]
    assert [result["status"] for result in results] == ["rejected", "rejected"]
    assert results[0]["errors"] == results[1]["errors"]
    changes = (await caller.get("/v1/changes")).json()["items"]
    assert {change["centre"] for change in changes} == {OWN}
    assert other.subject not in json.dumps(changes)


async def test_a_key_of_another_principal_is_no_key(deployment: Deployment) -> None:
    first = await deployment.caller("coordinator", OWN)
    second = await deployment.caller("coordinator", OWN)
    enrolment = body_of(RECORD_KINDS[0], OWN)
    answers = [
        await caller.submit("/v1/subjects", enrolment, key="k") for caller in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].headers["Location"] != answers[1].headers["Location"]


async def test_a_revoked_grant_binds_the_next_request(deployment: Deployment) -> None:
    own = await a_centre(deployment, OWN)
    caller = own.coordinator
    address = f"/v1/subjects/{own.subject}"
    key = "before-the-revocation"
    submitted = await caller.submit(
        f"{address}/visits",
        body_of(by_path("visits"), OWN),
        key=key,  # type: ignore[arg-type]
    )
    assert submitted.status_code == 201
    await deployment.owner.execute(
        "UPDATE access_grant SET revoked_at = now() WHERE principal = $1", caller.id
    )
    for answer in (
        await caller.get(address),
        await caller.submit(f"{address}/visits", body_of(by_path("visits"), OWN), key=key),  # type: ignore[arg-type]
    ):
        assert answer.status_code == 403
    await deployment.owner.execute(
        "UPDATE principal SET revoked_at = now() WHERE id = $1", caller.id
    )
    assert (await caller.get(address)).status_code == 401


def _deviations(role: Role, route: TrialRoute, answers: dict[str, httpx.Response]) -> Iterator[str]:
    """Say in what the answers of a route to a role differ from the table."""
    for target, answer in answers.items():
        expected = _expected(role, route, target)
        if answer.status_code not in expected:
            yield f"{target}: {answer.status_code}, not {expected}"
        if role in AT_CENTRE and canary(OTHER) in answer.text:
            yield f"{target}: another centre's datum"
    if role in AT_CENTRE and "random" in answers:
        there, nowhere = _bare(answers["other"]), _bare(answers["random"])
        if there != nowhere:
            yield f"{there} differs from {nowhere}"


def _expected(role: Role, route: TrialRoute, target: str) -> set[int]:
    if route.action is Action.PUBLIC:
        return {200, 400, 401, 415}
    if role not in PERMISSIONS[route.action]:
        return {403}
    if "{subject}" not in route.path_format:
        return {200, 201, 400, 415} if route.action is Action.IMPORT_RECORDS else {200, 201}
    if target == "random" or (target == "other" and role in AT_CENTRE):
        return {404}
    return {200, 201}


async def _ask(
    caller: Caller,
    method: str,
    path: str,
    route: TrialRoute,
    target: str,
    own: Centre,
    other: Centre,
) -> httpx.Response:
    """Ask a route about a subject of a centre, or about one that nobody has."""
    where = own if target == "own" else other
    kind = _kind_of(path)
    subject, record = where.subject, where.records[kind.path]
    if target == "random":
        subject, record = f"{NOTHING}-001", RANDOM
    elif _expected_to_change(caller, route, target):
        fresh = await a_record(where, kind)
        record = fresh.rsplit("/", 1)[1]
        subject = record if kind.one_per_subject else subject
    address = path.format(subject=subject, record_id=record, name="response-category")
    address += _needed(path, where.subject)
    headers, body = _sent(method, path, kind, where.code)
    content = None if body is None else json.dumps(body).encode()
    return await caller.http.request(method, address, content=content, headers=headers)


def _needed(path: str, subject: str) -> str:
    """Give the parameters without which a route of one subject answers nothing."""
    if path.endswith("/lab-series"):
        return f"?subject={subject}&analyte=HGB"
    return f"?subject={subject}" if "/charts/subject-" in path else ""


def _kind_of(path: str) -> RecordKind:
    segments = path.split("/")
    named = segments[4] if len(segments) > 4 else segments[-1]
    return by_path(named) or RECORD_KINDS[0]


def _sent(
    method: str, path: str, kind: RecordKind, centre: str
) -> tuple[dict[str, str], dict[str, Any] | None]:
    """Give the headers and the body of a request that is right but for who sends it."""
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
    if path == "/v1/imports":
        return headers | {"Content-Type": "application/x-ndjson"}, {}
    if path == "/oauth/token":
        return headers | {"Content-Type": "application/x-www-form-urlencoded"}, {}
    if path.endswith("/void"):
        return headers | {"If-Match": '"1"'}, {"reason": "The matrix."}
    if path.startswith("/v1/charts/"):
        headers["Accept"] = "text/csv"  # which nothing has to draw
    if method == "PUT" and path.endswith("/identifiers"):
        body = {"identifiers": [str(uuid.uuid4())], "reason": "The matrix."}
        return headers | {"If-Match": '"1"'}, body
    if method == "PUT":
        body = body_of(kind, centre) | {"reason": "The matrix."}
        return headers | {"If-Match": '"1"'}, body
    return headers, body_of(kind, OWN) if method == "POST" else None


def _expected_to_change(caller: Caller, route: TrialRoute, target: str) -> bool:
    role = Role(caller.name.split(" ", 1)[0])
    changing = route.path_format.endswith("/void") or "PUT" in (route.methods or ())
    reaches = target == "own" or role not in AT_CENTRE
    return changing and role in PERMISSIONS[route.action] and reaches


async def _take_down_the_databases_wall(deployment: Deployment) -> None:
    tables = await deployment.owner.fetch(
        "SELECT relname FROM pg_class "
        "WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
    )
    assert len(tables) >= 20
    for table in tables:
        await deployment.owner.execute(f"ALTER TABLE {table['relname']} DISABLE ROW LEVEL SECURITY")


def _bare(answer: httpx.Response) -> Any:
    document = answer.json()
    document.pop("request_id", None)
    return answer.status_code, document


def test_the_table_knows_every_role_and_action() -> None:
    assert set(PERMISSIONS) == set(Action)
    assert set(Role) >= TIME_BOXED
