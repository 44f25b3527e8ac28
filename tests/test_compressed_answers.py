"""What is promised of compression: who asks gets it, nothing is lost, and no secret gives itself
away by a length.
"""

import gzip
import json
import re
import zlib
from typing import Any

import httpx
import pytest
import zstandard

from app.compressed_answers import CODINGS, SMALLEST, CompressedAnswers
from app.routers import every_router
from app.routers.trial_route import TrialRoute
from app.schemas.lab_result import LAB_RESULTS
from tests.deployment import Caller, Deployment

LABS = "/v1/subjects/03-001/lab-results"
LARGE = "/v1/vocabularies/ctcae-term?limit=200"


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


async def raw(
    http: httpx.AsyncClient, address: str, accepted: str | None, method: str = "GET", **headers: str
) -> tuple[httpx.Response, bytes]:
    """Ask without what a stock client adds, and give the octets as they were sent."""
    request = http.build_request(method, address, headers=headers)
    del request.headers["accept-encoding"]
    if accepted is not None:
        request.headers["accept-encoding"] = accepted
    answer = await http.send(request, stream=True)
    sent = b"".join([piece async for piece in answer.aiter_raw()])
    await answer.aclose()
    return answer, sent


def unpacked(coding: str, sent: bytes) -> bytes:
    if coding == "gzip":
        return gzip.decompress(sent)
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(sent)
    return sent


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("identity", "identity"),
        ("br", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("*", "gzip"),
        ("*;q=0.1", "gzip"),
        ("gzip;q=0.2, identity;q=0.8", "identity"),
        ("gzip;q=0.8, identity;q=0.2", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("*;q=0, gzip;q=0.001", "gzip"),
        ("gzip;q=high", "identity"),
    ],
)
async def test_the_caller_chooses_the_coding(
    coordinator: Caller, accepted: str | None, coding: str
) -> None:
    answer, sent = await raw(coordinator.http, LARGE, accepted)
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding", "identity") == coding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert int(answer.headers["content-length"]) == len(sent)
    plain = await raw(coordinator.http, LARGE, None)
    assert unpacked(coding, sent) == plain[1]
    if coding != "identity":
        assert len(sent) < len(plain[1]) / 3


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "br, identity;q=0"])
async def test_who_takes_nothing_there_is_is_told_what_there_is(
    coordinator: Caller, accepted: str
) -> None:
    answer, sent = await raw(coordinator.http, "/v1/me", accepted)
    assert answer.status_code == 406
    problem = json.loads(sent)
    assert problem["type"] == "/problems/not-acceptable"
    assert problem["allowed"] == [*CODINGS, "identity"]


async def test_a_short_answer_goes_as_it_is(coordinator: Caller) -> None:
    answer, sent = await raw(coordinator.http, "/v1/centres", "gzip, zstd")
    assert len(sent) < SMALLEST
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"
    answer, sent = await raw(coordinator.http, "/v1/centres", "gzip, identity;q=0")
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(sent))["items"]


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_the_etag_of_a_compressed_answer_serves(coordinator: Caller, coding: str) -> None:
    answer, _ = await raw(coordinator.http, LARGE, coding)
    etag = answer.headers["etag"]
    held, sent = await raw(coordinator.http, LARGE, coding, **{"If-None-Match": etag})
    assert (held.status_code, sent, held.headers["etag"]) == (304, b"", etag)
    assert "content-encoding" not in held.headers
    assert held.headers["vary"] == answer.headers["vary"]


async def test_a_compressed_record_gives_the_version_to_change(coordinator: Caller) -> None:
    about = {**LAB_RESULTS.example, "laboratory": "Lakeside-" * 20}
    record = (await coordinator.submit(LABS, about)).headers["Location"]
    answer, _ = await raw(coordinator.http, record, "gzip, identity;q=0")
    assert (answer.headers["content-encoding"], answer.headers["etag"]) == ("gzip", '"1"')
    changed = {**about, "value": "19", "reason": "Mistyped."}
    sent = {"If-Match": answer.headers["etag"], "Accept-Encoding": "gzip, identity;q=0"}
    answered = await coordinator.http.put(record, json=changed, headers=sent)
    assert (answered.status_code, answered.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
async def test_a_head_has_the_headers_of_the_get(coordinator: Caller, coding: str) -> None:
    get, sent = await raw(coordinator.http, LARGE, coding)
    head, nothing = await raw(coordinator.http, LARGE, coding, "HEAD")
    assert (head.status_code, nothing) == (200, b"")
    moment = {"x-request-id", "date"}
    assert {k: v for k, v in get.headers.items() if k not in moment} == {
        k: v for k, v in head.headers.items() if k not in moment
    }
    assert int(head.headers["content-length"]) == len(sent)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_streams_arrive_whole(deployment: Deployment, coding: str) -> None:
    await deployment.subject("03")
    system = await deployment.caller("centre_system", "03")
    lines = "".join(
        json.dumps({"kind": "lab-results", "subject": "03-001", **LAB_RESULTS.example,
                    "source_id": f"LIS:{number}"}) + "\n"
        for number in range(60)
    )  # fmt: skip
    request = system.http.build_request(
        "POST", "/v1/imports", content=lines,
        headers={"Content-Type": "application/x-ndjson", "Accept-Encoding": coding},
    )  # fmt: skip
    answer = await system.http.send(request, stream=True)
    sent = b"".join([piece async for piece in answer.aiter_raw()])
    await answer.aclose()
    assert answer.headers["content-encoding"] == coding
    *results, summary = map(json.loads, unpacked(coding, sent).splitlines())
    assert len(results) == 60
    assert "summary" in json.dumps(summary) or "created" in json.dumps(summary)
    for form in ("text/csv", "application/x-ndjson"):
        answer, sent = await raw(system.http, "/v1/lab-results", coding, Accept=form)
        assert answer.headers["content-encoding"] == coding
        plain = await raw(system.http, "/v1/lab-results", None, Accept=form)
        assert unpacked(coding, sent) == plain[1]


async def test_a_piece_of_a_stream_is_not_held_back() -> None:
    """The results of an import arrive while it goes on, compressed or not."""
    out: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"line": 1}\n', "more_body": True})
        assert zlib.decompressobj(31).decompress(b"".join(out)) == b'{"line": 1}\n'
        await send({"type": "http.response.body", "body": b'{"line": 2}\n', "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send(message: Any) -> None:
        out.append(message.get("body", b""))

    scope = {"type": "http", "headers": [(b"accept-encoding", b"gzip")], "state": {}}
    await CompressedAnswers(app)(scope, None, send)  # type: ignore[arg-type]
    assert gzip.decompress(b"".join(out)) == b'{"line": 1}\n{"line": 2}\n'


async def test_what_is_packed_already_is_not_packed_again(deployment: Deployment) -> None:
    answer, sent = await raw(deployment.client(), "/docs/favicon.png", "gzip, zstd")
    assert sent.startswith(b"\x89PNG")
    assert not {"content-encoding", "vary"} & set(answer.headers)
    answer, sent = await raw(deployment.client(), "/", "gzip, zstd")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert b"<html" in gzip.decompress(sent)


def every_route() -> list[TrialRoute]:
    return [
        route
        for router in every_router()
        for route in router.routes
        if isinstance(route, TrialRoute)
    ]


CARRY_SECRETS = {"POST /oauth/token"}
"""All there are. A new route whose answer holds a credential belongs here, and says so itself."""
CREDENTIAL = re.compile(r"token$|secret|password|credential|private|link$|assertion|session")
NAMES_NO_CREDENTIAL = {"WaysToSignIn", "IssuerOfPeople"}
"""Say which token is sent, and where it is got; the tokens themselves are an issuer's."""


def test_the_routes_that_carry_secrets_are_these() -> None:
    declared = {
        f"{' '.join(sorted(route.methods))} {route.path_format}"
        for route in every_route()
        if route.carries_secrets
    }
    assert declared == CARRY_SECRETS


async def test_an_answer_that_names_a_credential_is_declared(deployment: Deployment) -> None:
    """Held to the contract, of every route: no answer has such a member undeclared."""
    contract = deployment.app.openapi()
    schemas = contract["components"]["schemas"]

    def members(schema: Any, seen: frozenset[str]) -> set[str]:
        text = json.dumps(schema)
        found = set(schema.get("properties", ())) if isinstance(schema, dict) else set()
        for name in set(re.findall(r"#/components/schemas/([^\"]+)", text)) - seen:
            if name not in NAMES_NO_CREDENTIAL:
                found |= members(schemas[name], seen | {name})
        return found

    suspicious = set()
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    if any(map(CREDENTIAL.search, members(content.get("schema", {}), frozenset()))):
                        suspicious.add(f"{method.upper()} {path}")
    assert suspicious == CARRY_SECRETS


async def test_a_token_is_never_compressed(deployment: Deployment) -> None:
    form = {"grant_type": "client_credentials", "client_id": "a" * 3000, "client_secret": "b"}
    for accepted in ("gzip", "zstd", "gzip, identity;q=0"):
        headers = {"Accept-Encoding": accepted}
        answer = await deployment.client().post("/oauth/token", data=form, headers=headers)
        assert answer.status_code == 401
        assert not {"content-encoding", "vary"} & set(answer.headers)
