"""Any bytes get a proper answer: the corpora of bad bodies and bad tokens, over HTTP."""

import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from app.access.grant_types import ASSERTION_TYPE
from app.access.public_keys import public_jwk
from app.access.signing_keys import new_signing_key
from tests.access.bad_tokens import bad_assertions, bad_tokens, fits_in_a_header
from tests.access.forge import Forge
from tests.bad_bodies import BASES, CANARIES, BadBody, bad_bodies
from tests.deployment import Caller, Deployment

CASES = bad_bodies()


async def post(caller: Caller, route: str, body: bytes, headers: Any) -> httpx.Response:
    sent = {"idempotency-key": str(uuid.uuid4()), **headers}
    request = caller.http.build_request("POST", f"/v1/subjects/03-001/{route}", content=body)
    for name, value in sent.items():
        request.headers.pop(name, None)
        if value is not None:
            request.headers[name] = value
    return await caller.http.send(request)


async def stored(owner: asyncpg.Connection) -> list[int]:
    return [
        await owner.fetchval(f"SELECT count(*) FROM {table}")
        for table in ("adverse_event", "lab_result", "ledger_event", "stored_answer")
    ]


def test_there_are_enough_bad_bodies() -> None:
    assert len(CASES) >= 300


async def test_a_bad_body_is_refused_with_its_reason_and_leaves_nothing(
    deployment: Deployment,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    await deployment.subject("03")
    caller = await deployment.caller("coordinator", "03")
    for route, base in BASES.items():
        accepted = await caller.submit(f"/v1/subjects/03-001/{route}", base)
        assert accepted.status_code == 201, accepted.text
    before = await stored(deployment.owner)
    wrong = []
    for case in CASES:
        answer = await post(caller, case.route, case.body, case.headers)
        wrong += [f"{case.id}: {fault}" for fault in _faults(case, answer)]
    assert not wrong, "\n".join(wrong[:40])
    assert await stored(deployment.owner) == before
    said = caplog.text + "".join(capfd.readouterr())
    assert not [canary for canary in CANARIES if canary in said]
    noted = await deployment.owner.fetch("SELECT row_to_json(e)::text AS e FROM access_event e")
    assert len(noted) >= len(CASES)
    assert not [canary for canary in CANARIES if any(canary in row["e"] for row in noted)]


async def test_a_body_larger_than_the_limit_is_refused(deployment: Deployment) -> None:
    await deployment.subject("03")
    caller = await deployment.caller("coordinator", "03")
    limit = deployment.settings.body_limit

    async def slowly() -> Any:
        for _ in range(limit // 65536 + 2):
            yield b" " * 65536

    address = "/v1/subjects/03-001/visits"
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    for content in (b" " * (limit + 1), slowly()):
        answer = await caller.http.post(address, content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["type"] == "/problems/body-too-large"
        assert answer.json()["limit"] == limit


async def test_a_bad_token_is_nobodys(deployment: Deployment) -> None:
    await deployment.subject("03")
    caller = await deployment.caller("coordinator", "03")
    now = datetime.now(UTC)
    issuer = deployment.settings.issuer
    signing_key = deployment.service.signing_keys.signing_key(now)
    tokens = bad_tokens(signing_key, issuer, issuer, now, str(caller.id), "records:read")
    sendable = {name: token for name, token in tokens.items() if fits_in_a_header(token)}
    assert len(sendable) >= 120
    nobody = deployment.client()
    wrong = []
    for name, token in sendable.items():
        octets = token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")
        answer = await nobody.get(
            "/v1/subjects/03-001/visits",
            headers=[(b"authorization", b"Bearer " + octets)],  # type: ignore[arg-type]
        )
        problem = answer.json()
        if answer.status_code != 401 or problem["type"] != "/problems/invalid-token":
            wrong.append(f"{name}: {answer.status_code} {problem.get('type')}")
        if "www-authenticate" not in answer.headers:
            wrong.append(f"{name}: no WWW-Authenticate")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="none"),
        pytest.param([("authorization", "Bearer")], id="no token"),
        pytest.param([("authorization", "Basic eDp5")], id="another scheme"),
        pytest.param([("authorization", "Bearer a b")], id="two words"),
        pytest.param([("authorization", "Bearer x"), ("authorization", "Bearer y")], id="twice"),
    ],
)
async def test_a_request_without_one_token_is_nobodys(
    headers: list[tuple[str, str]], deployment: Deployment
) -> None:
    answer = await deployment.client().get("/v1/me", headers=headers)
    assert answer.status_code == 401


async def test_the_caller_is_asked_for_before_anything_else_is_read(deployment: Deployment) -> None:
    answer = await deployment.client().post(
        "/v1/subjects/03-001/visits?unknown=1", content=b"{", headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 401


async def test_a_bad_assertion_proves_nobody(deployment: Deployment) -> None:
    key = new_signing_key()
    client = await _client_with_keys(deployment, key)
    now = datetime.now(UTC)
    issuer = deployment.settings.issuer
    wrong = []
    http = deployment.client()
    for name, assertion in bad_assertions(key, str(client), issuer, now).items():
        text = assertion if isinstance(assertion, str) else assertion.decode("latin-1")
        try:
            answer = await http.post(
                "/oauth/token",
                data={
                    "grant_type": "client_credentials",
                    "client_assertion_type": ASSERTION_TYPE,
                    "client_assertion": text,
                },
            )
        except UnicodeEncodeError:
            continue  # no client can send it in a form
        if answer.status_code not in {400, 401, 413, 429}:
            wrong.append(f"{name}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    good = Forge(
        key,
        {"alg": "ES256", "kid": key.key_id, "typ": "JWT"},
        {
            "iss": str(client), "sub": str(client), "aud": f"{issuer}/oauth/token",
            "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 300, "jti": "once",
        },
    )  # fmt: skip
    answers = [
        await http.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": good.good(),
            },
        )
        for _ in range(2)
    ]
    assert answers[0].status_code == 200, answers[0].text
    assert answers[1].status_code in {401, 429}


async def _client_with_keys(deployment: Deployment, key: Any) -> uuid.UUID:
    jwks = json.dumps({"keys": [public_jwk(key.public)]})
    client: uuid.UUID = await deployment.owner.fetchval(
        "INSERT INTO principal (name, kind, public_keys) "
        "VALUES ('keys', 'client', $1) RETURNING id",
        jwks,
    )
    await deployment.centre("03")
    await deployment.owner.execute(
        "INSERT INTO access_grant (principal, role, centre) VALUES ($1, 'centre_system', '03')",
        client,
    )
    return client


def _faults(case: BadBody, answer: httpx.Response) -> list[str]:
    """Say in what a refusal differs from the one expected."""
    faults = []
    problem = answer.json() if answer.content else {}
    if answer.status_code != case.status:
        faults.append(f"{answer.status_code}, not {case.status}: {answer.text[:200]}")
    elif problem["type"] != f"/problems/{case.slug}":
        faults.append(f"{problem['type']}, not {case.slug}")
    elif case.code is not None:
        found = [error for error in problem.get("errors", []) if error["code"] == case.code]
        if not found:
            faults.append(f"no {case.code} in {problem.get('errors')}")
        elif case.pointer is not None and case.pointer not in {e.get("pointer") for e in found}:
            faults.append(f"{found} does not point at {case.pointer}")
    faults += [f"echoes {canary}" for canary in CANARIES if canary in answer.text]
    return faults
