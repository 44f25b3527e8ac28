"""How clients and people sign in: by secret, by signed assertion, by a link, through an issuer."""

import asyncio
import base64
import hashlib
import json
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from app.access.claims import Lifetime
from app.access.client_assertions import CLIENT_ALGORITHMS
from app.access.grant_types import ASSERTION_TYPE, LINK_GRANT
from app.access.permissions import Role
from app.access.scopes import ALL_SCOPES, scopes_of
from app.access.signing_key_ring import SigningKeyRing
from app.config import Settings
from app.embedded_postgres import EmbeddedPostgres
from app.main import create_app
from app.services import administration, sign_in
from app.services.administration import NewClient
from app.services.sign_in import external_name
from tests.access.forge import compact, hmac_signer
from tests.deployment import ORIGIN, Deployment, clone_of_template

TOKEN_ENDPOINT = f"{ORIGIN}/oauth/token"
FORM = "application/x-www-form-urlencoded"
CREDENTIALS = "client_credentials"


async def new_client(
    deployment: Deployment, role: Role = Role.COORDINATOR, jwks: str | None = None
) -> NewClient:
    centre = await deployment.centre("03") if role is Role.COORDINATOR else None
    name = f"client {uuid.uuid4()}"
    return await administration.create_client(deployment.owner, name, role, centre, jwks)


def basic(identity: object, secret: object) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{identity}:{secret}".encode()).decode()}


async def ask(deployment: Deployment, form: Any, **headers: str) -> httpx.Response:
    """Ask for a token with a form, or with a body of any kind."""
    content = {"content": form} if isinstance(form, bytes) else {"data": form}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await deployment.client().post("/oauth/token", headers=sent, **content)


async def who_is(deployment: Deployment, token: str) -> httpx.Response:
    return await deployment.client(Authorization=f"Bearer {token}").get("/v1/me")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json()) == {"error", "error_description"}
    return answer.status_code, answer.json()["error"]


class TestSecret:
    @pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
    async def test_gives_a_token_that_works(self, deployment: Deployment, method: str) -> None:
        client = await new_client(deployment)
        if method == "client_secret_basic":
            proof = basic(client.client_id, client.secret)
            answer = await ask(deployment, {"grant_type": CREDENTIALS}, **proof)
        else:
            answer = await ask(
                deployment,
                {
                    "grant_type": CREDENTIALS,
                    "client_id": str(client.client_id),
                    "client_secret": client.secret,
                },
            )
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Pragma"] == "no-cache"
        issued = answer.json()
        assert issued["token_type"] == "Bearer"
        assert issued["expires_in"] == 300
        assert set(issued["scope"].split()) == scopes_of([Role.COORDINATOR])
        me = await who_is(deployment, issued["access_token"])
        assert (me.json()["id"], me.json()["name"]) == (str(client.client_id), client.name)

    async def test_is_read_from_basic_as_the_form_coding_writes_it(
        self, deployment: Deployment
    ) -> None:
        """Source: RFC 6749, section 2.3.1: both halves are form-encoded first."""
        client = await new_client(deployment)
        coded = "".join(f"%{octet:02X}" for octet in str(client.client_id).encode())
        answer = await ask(deployment, {"grant_type": CREDENTIALS}, **basic(coded, client.secret))
        assert answer.status_code == 200

    async def test_tells_nobody_why_a_client_is_refused(self, deployment: Deployment) -> None:
        client, other = await new_client(deployment), await new_client(deployment)
        keyed = await new_client(deployment, jwks=json.dumps({"keys": [public(rsa_key())]}))
        revoked = await new_client(deployment)
        await administration.revoke_client(deployment.owner, revoked.name)
        known, secret = str(client.client_id), client.secret
        unread = {"Authorization": "Basic !"}
        twice = [("Authorization", basic(known, secret)["Authorization"])] * 2
        proofs: list[Any] = [
            basic(known, "wrong"),
            basic(known, ""),
            basic(known, other.secret),
            basic(other.client_id, secret),
            basic(uuid.uuid4(), secret),
            basic("", secret),
            basic("nobody", secret),
            basic("no\0body", secret),
            basic(client.name, secret),
            basic(keyed.client_id, secret),
            basic(revoked.client_id, revoked.secret),
            unread,
            {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
            {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
            {"Authorization": f"Bearer {secret}"},
            {"Authorization": ""},
            {},
            twice,
        ]
        answers = []
        for proof in proofs:
            sent = httpx.Headers(proof)
            sent["Content-Type"] = FORM
            answers.append(
                await deployment.client().post(
                    "/oauth/token", content=f"grant_type={CREDENTIALS}", headers=sent
                )
            )
        assert {refusal(answer) for answer in answers} == {(401, "invalid_client")}
        assert len({answer.content for answer in answers}) == 1
        del_id = [
            {name: value for name, value in answer.headers.items() if name != "x-request-id"}
            for answer in answers
        ]
        assert all(headers == del_id[0] for headers in del_id)
        assert del_id[0]["www-authenticate"] == 'Basic realm="dayzero"'

    async def test_in_the_form_must_be_of_the_client_named_there(
        self, deployment: Deployment
    ) -> None:
        client, other = await new_client(deployment), await new_client(deployment)
        form = {"grant_type": CREDENTIALS, "client_secret": client.secret}
        for named in ({}, {"client_id": ""}, {"client_id": str(other.client_id)}):
            answer = await ask(deployment, {**form, **named})
            assert refusal(answer) == (401, "invalid_client")
        named_twice = {"grant_type": CREDENTIALS, "client_id": str(other.client_id)}
        answer = await ask(deployment, named_twice, **basic(client.client_id, client.secret))
        assert refusal(answer) == (401, "invalid_client")

    async def test_in_two_ways_at_once_is_refused(self, deployment: Deployment) -> None:
        """Source: RFC 6749, section 2.3: not more than one method in a request."""
        client = await new_client(deployment)
        form = {
            "grant_type": CREDENTIALS,
            "client_id": str(client.client_id),
            "client_secret": client.secret,
        }
        both = await ask(deployment, form, **basic(client.client_id, client.secret))
        assert refusal(both) == (400, "invalid_request")
        asserted = {**form, "client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.b.c"}
        assert refusal(await ask(deployment, asserted)) == (400, "invalid_request")

    async def test_is_worth_nothing_once_the_client_is_revoked(
        self, deployment: Deployment
    ) -> None:
        client = await new_client(deployment)
        proof = basic(client.client_id, client.secret)
        token = (await ask(deployment, {"grant_type": CREDENTIALS}, **proof)).json()
        assert (await who_is(deployment, token["access_token"])).status_code == 200
        await administration.revoke_client(deployment.owner, str(client.client_id))
        assert (await who_is(deployment, token["access_token"])).status_code == 401
        again = await ask(deployment, {"grant_type": CREDENTIALS}, **proof)
        assert refusal(again) == (401, "invalid_client")


class TestForm:
    @pytest.mark.parametrize(
        ("body", "media_type", "error"),
        [
            pytest.param(b"", FORM, "invalid_request", id="empty"),
            pytest.param(b"scope=profile", FORM, "invalid_request", id="no grant_type"),
            pytest.param(b"grant_type=", FORM, "unsupported_grant_type", id="empty grant_type"),
            pytest.param(
                b"grant_type=password", FORM, "unsupported_grant_type", id="other grant_type"
            ),
            pytest.param(
                b"grant_type=client_credentials&grant_type=client_credentials",
                FORM,
                "invalid_request",
                id="grant_type twice",
            ),
            pytest.param(
                b"grant_type=client_credentials&x=1&x=1", FORM, "invalid_request", id="any twice"
            ),
            pytest.param(b"grant_type", FORM, "invalid_request", id="no value"),
            pytest.param(b"grant_type=%FF", FORM, "invalid_request", id="no UTF-8"),
            pytest.param("grant_type=é".encode(), FORM, "invalid_request", id="no ASCII"),
            pytest.param(
                b"&".join(b"x%d=1" % number for number in range(30)),
                FORM,
                "invalid_request",
                id="many fields",
            ),
            pytest.param(b'{"grant_type": "x"}', "application/json", "invalid_request", id="JSON"),
            pytest.param(
                b"grant_type=client_credentials", "text/plain", "invalid_request", id="other type"
            ),
        ],
    )
    async def test_that_cannot_be_read_is_refused(
        self, deployment: Deployment, body: bytes, media_type: str, error: str
    ) -> None:
        client = await new_client(deployment)
        proof = basic(client.client_id, client.secret)
        answer = await ask(deployment, body, Content_Type=media_type, **proof)
        assert refusal(answer) == (400, error)
        assert refusal(await ask(deployment, body, Content_Type=media_type)) == (400, error)

    async def test_of_no_media_type_is_refused(self, deployment: Deployment) -> None:
        answer = await ask(deployment, b"grant_type=client_credentials")
        assert refusal(answer) == (400, "invalid_request")

    async def test_may_name_its_charset(self, deployment: Deployment) -> None:
        client = await new_client(deployment)
        proof = basic(client.client_id, client.secret)
        body = b"grant_type=client_credentials"
        answer = await ask(deployment, body, Content_Type=f"{FORM}; charset=UTF-8", **proof)
        assert answer.status_code == 200

    async def test_that_is_too_large_is_refused(self, deployment: Deployment) -> None:
        answer = await ask(deployment, b"grant_type=" + b"x" * 65_536, Content_Type=FORM)
        assert answer.status_code == 413
        assert answer.json()["type"] == "/problems/body-too-large"

    async def test_does_not_go_into_the_address(self, deployment: Deployment) -> None:
        answer = await deployment.client().post("/oauth/token?grant_type=client_credentials")
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/unknown-parameter")


class TestScope:
    @pytest.mark.parametrize(
        ("role", "asked", "given"),
        [
            pytest.param(Role.COORDINATOR, "records:read", {"records:read"}, id="one"),
            pytest.param(
                Role.COORDINATOR,
                "profile records:write",
                {"profile", "records:write"},
                id="two",
            ),
            pytest.param(Role.COORDINATOR, "", scopes_of([Role.COORDINATOR]), id="none named"),
            pytest.param(Role.DATA_MANAGER, None, scopes_of([Role.DATA_MANAGER]), id="not asked"),
            pytest.param(Role.COORDINATOR, "ledger:read", None, id="of another role"),
            pytest.param(Role.DATA_MANAGER, "records:write", None, id="of a writer"),
            pytest.param(Role.COORDINATOR, "records:read admin", None, id="unknown"),
            pytest.param(Role.COORDINATOR, "records:read\0", None, id="NUL"),
        ],
    )
    async def test_is_what_was_asked_and_the_role_gives(
        self, deployment: Deployment, role: Role, asked: str | None, given: set[str] | None
    ) -> None:
        client = await new_client(deployment, role)
        form = {"grant_type": CREDENTIALS} | ({} if asked is None else {"scope": asked})
        answer = await ask(deployment, form, **basic(client.client_id, client.secret))
        if given is None:
            assert refusal(answer) == (400, "invalid_scope")
        else:
            assert set(answer.json()["scope"].split()) == given

    async def test_bounds_what_the_token_can_do(self, deployment: Deployment) -> None:
        client = await new_client(deployment)
        form = {"grant_type": CREDENTIALS, "scope": "records:read"}
        answer = await ask(deployment, form, **basic(client.client_id, client.secret))
        caller = deployment.client(Authorization=f"Bearer {answer.json()['access_token']}")
        assert (await caller.get("/v1/adverse-events")).status_code == 200
        refused = await caller.post(
            "/v1/imports", content=b"{}", headers={"Content-Type": "application/x-ndjson"}
        )
        assert refused.status_code == 403
        assert refused.json()["type"] == "/problems/insufficient-scope"
        assert (await caller.get("/v1/ledger")).status_code == 403


@pytest.fixture
async def impatient(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment that lets an address fail three times a minute."""
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, failed_sign_ins_per_minute=3) as deployment,
    ):
        yield deployment


class TestFailures:
    async def test_are_told_to_wait_while_the_true_client_signs_in(
        self, impatient: Deployment
    ) -> None:
        client = await new_client(impatient)
        form = {"grant_type": CREDENTIALS}
        right, wrong = basic(client.client_id, client.secret), basic(client.client_id, "wrong")
        statuses = []
        for _ in range(6):
            statuses.append((await ask(impatient, form, **wrong)).status_code)
            assert (await ask(impatient, form, **right)).status_code == 200
        assert statuses == [401, 401, 401, 429, 429, 429]
        answer = await ask(impatient, form, **wrong)
        assert refusal(answer) == (429, "temporarily_unavailable")
        assert answer.headers["Retry-After"] == "60"

    async def test_of_one_address_are_not_another_ones(self, impatient: Deployment) -> None:
        async def failed(address: str) -> int:
            transport = httpx.ASGITransport(app=impatient.app, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
                form = {"grant_type": CREDENTIALS}
                return (await http.post("/oauth/token", data=form)).status_code

        assert [await failed("10.0.0.1") for _ in range(4)] == [401, 401, 401, 429]
        assert await failed("10.0.0.2") == 401

    async def test_in_a_crowd_never_lock_the_true_client_out(self, impatient: Deployment) -> None:
        client = await new_client(impatient)
        form = {"grant_type": CREDENTIALS}

        async def guess(number: int) -> int:
            guessed = basic(client.client_id, f"guess {number}")
            return (await ask(impatient, form, **guessed)).status_code

        async def sign_in() -> int:
            right = basic(client.client_id, client.secret)
            return (await ask(impatient, form, **right)).status_code

        guesses, signed_in = await asyncio.gather(
            asyncio.gather(*(guess(number) for number in range(300))),
            asyncio.gather(*(sign_in() for _ in range(30))),
        )
        assert set(signed_in) == {200}
        assert sorted(guesses) == [401] * 3 + [429] * 297


Key = ECKey | RSAKey


@cache
def rsa_key(number: int = 0, size: int = 2048) -> RSAKey:
    return RSAKey.generate_key(size, {"kid": f"rsa-{number}"})


@cache
def ec_key(curve: str) -> ECKey:
    return ECKey.generate_key(curve, {"kid": curve})


def public(key: Key) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def key_for(algorithm: str) -> Key:
    if algorithm.startswith("ES"):
        return ec_key({"ES256": "P-256", "ES384": "P-384"}[algorithm])
    return rsa_key()


def assertion(
    client: object, *, key: Any = None, algorithm: str = "RS256", header: Any = None, **claims: Any
) -> str:
    """A good assertion of a client, with other claims where they are given; None leaves one out."""
    now = int(datetime.now(UTC).timestamp())
    good = {
        "iss": str(client),
        "sub": str(client),
        "aud": TOKEN_ENDPOINT,
        "iat": now,
        "exp": now + 300,
        "jti": str(uuid.uuid4()),
    }
    said = {name: value for name, value in (good | claims).items() if value is not None}
    written = {"alg": algorithm, **(header or {})}
    return jwt.encode(written, said, key or rsa_key(), algorithms=[algorithm])


async def assert_(deployment: Deployment, presented: str, **form: str) -> httpx.Response:
    fields = {
        "grant_type": CREDENTIALS,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": presented,
    }
    return await ask(deployment, fields | form)


@pytest.fixture
async def keyed(deployment: Deployment) -> str:
    """The client_id of a client that has registered a key of each kind."""
    keys = {"keys": [public(rsa_key()), public(ec_key("P-256")), public(ec_key("P-384"))]}
    return str((await new_client(deployment, jwks=json.dumps(keys))).client_id)


class TestAssertion:
    @pytest.mark.parametrize("algorithm", sorted(CLIENT_ALGORITHMS))
    async def test_gives_a_token_that_works(
        self, deployment: Deployment, keyed: str, algorithm: str
    ) -> None:
        answer = await assert_(
            deployment, assertion(keyed, key=key_for(algorithm), algorithm=algorithm)
        )
        assert answer.status_code == 200
        me = await who_is(deployment, answer.json()["access_token"])
        assert me.json()["id"] == keyed

    @pytest.mark.parametrize(
        ("claims", "form"),
        [
            pytest.param({"aud": ORIGIN}, {}, id="for the issuer"),
            pytest.param({"iat": None}, {}, id="without iat"),
            pytest.param({"jti": "x" * 255}, {}, id="under a long name"),
            pytest.param({}, {"client_id": "{client}"}, id="with its client_id"),
        ],
    )
    async def test_may_say_more_or_less(
        self, deployment: Deployment, keyed: str, claims: dict[str, Any], form: dict[str, str]
    ) -> None:
        named = {name: value.format(client=keyed) for name, value in form.items()}
        answer = await assert_(deployment, assertion(keyed, **claims), **named)
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "claims",
        [
            pytest.param({"aud": "https://elsewhere.example/oauth/token"}, id="for another"),
            pytest.param({"aud": [TOKEN_ENDPOINT]}, id="for a list"),
            pytest.param({"aud": None}, id="for nobody"),
            pytest.param({"jti": None}, id="without jti"),
            pytest.param({"jti": ""}, id="with an empty jti"),
            pytest.param({"jti": "a\0b"}, id="with NUL in its jti"),
            pytest.param({"jti": "x" * 5000}, id="with an endless jti"),
            pytest.param({"exp": None}, id="without exp"),
            pytest.param({"exp": 1}, id="that has ended"),
            pytest.param({"sub": "somebody"}, id="about somebody else"),
            pytest.param({"iss": str(uuid.uuid4())}, id="of an unknown client"),
            pytest.param({"iss": "nobody"}, id="of no client"),
        ],
    )
    async def test_that_says_something_else_is_refused(
        self, deployment: Deployment, keyed: str, claims: dict[str, Any]
    ) -> None:
        answer = await assert_(deployment, assertion(keyed, **claims))
        assert refusal(answer) == (401, "invalid_client")

    @pytest.mark.parametrize(
        ("seconds", "status"),
        [pytest.param(3600, 200, id="an hour"), pytest.param(3700, 401, id="longer")],
    )
    async def test_lives_an_hour_at_most(
        self, deployment: Deployment, keyed: str, seconds: int, status: int
    ) -> None:
        ends = int(datetime.now(UTC).timestamp()) + seconds
        answer = await assert_(deployment, assertion(keyed, exp=ends))
        assert answer.status_code == status

    async def test_of_another_key_or_kind_is_refused(
        self, deployment: Deployment, keyed: str
    ) -> None:
        pem = rsa_key().as_pem(private=False)
        claims = jwt.decode(assertion(keyed), rsa_key()).claims
        by_secret = await new_client(deployment)
        access = await ask(
            deployment,
            {"grant_type": CREDENTIALS},
            **basic(by_secret.client_id, by_secret.secret),
        )
        for presented in (
            assertion(keyed, key=rsa_key(1)),
            compact({"alg": "HS256"}, claims, hmac_signer(pem, "HS256")),
            compact({"alg": "none"}, claims, lambda _: b""),
            assertion(keyed, header={"typ": "at+jwt"}),
            assertion(keyed, header={"kid": "unknown"}),
            assertion(by_secret.client_id),
            access.json()["access_token"],
            "a.b.c",
            "",
        ):
            answer = await assert_(deployment, presented)
            assert refusal(answer) == (401, "invalid_client")

    async def test_of_another_type_or_client_is_refused(
        self, deployment: Deployment, keyed: str
    ) -> None:
        other = {"client_id": str(uuid.uuid4())}
        saml = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}
        for form in (other, {"client_id": ""}, saml):
            answer = await assert_(deployment, assertion(keyed), **form)
            assert refusal(answer) == (401, "invalid_client")

    async def test_proves_the_client_once(self, deployment: Deployment, keyed: str) -> None:
        presented = assertion(keyed)
        assert (await assert_(deployment, presented)).status_code == 200
        assert refusal(await assert_(deployment, presented)) == (401, "invalid_client")

    async def test_is_known_again_by_its_name_alone(
        self, deployment: Deployment, keyed: str
    ) -> None:
        await assert_(deployment, assertion(keyed, jti="the same"))
        later = assertion(keyed, jti="the same", exp=int(datetime.now(UTC).timestamp()) + 999)
        assert (await assert_(deployment, later)).status_code == 401

    async def test_does_not_use_up_the_name_for_another_client(
        self, deployment: Deployment, keyed: str
    ) -> None:
        jwks = json.dumps({"keys": [public(rsa_key())]})
        other = (await new_client(deployment, jwks=jwks)).client_id
        for client in (keyed, other):
            answer = await assert_(deployment, assertion(client, jti="a common name"))
            assert answer.status_code == 200

    async def test_gives_one_token_to_a_hundred_at_once(
        self, server: EmbeddedPostgres, tmp_path: Path
    ) -> None:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, tmp_path, failed_sign_ins_per_minute=1000) as deployment,
        ):
            jwks = json.dumps({"keys": [public(rsa_key())]})
            presented = assertion((await new_client(deployment, jwks=jwks)).client_id)
            answers = await asyncio.gather(*(assert_(deployment, presented) for _ in range(100)))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 99


@pytest.fixture
async def served(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment that listens on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, tmp_path, issuer=issuer) as deployment,
            listening(deployment, listener),
        ):
            yield deployment


@asynccontextmanager
async def listening(deployment: Deployment, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(deployment.app, lifespan="off", log_level="critical")
    http = uvicorn.Server(config)
    serving = asyncio.create_task(http.serve(sockets=[listener]))
    try:
        yield
    finally:
        http.should_exit = True
        await serving


class TestAuthlib:
    """A stock client with nothing but its defaults, over HTTP."""

    async def test_signs_in_by_private_key(self, served: Deployment) -> None:
        made = await new_client(served, jwks=json.dumps({"keys": [public(rsa_key())]}))
        pem = rsa_key().as_pem(private=True).decode()
        method = PrivateKeyJWT()
        names = await asyncio.to_thread(fetched_names, served, made.client_id, pem, method)
        assert names == [made.name] * 2

    @pytest.mark.parametrize("method", [None, "client_secret_basic", "client_secret_post"])
    async def test_signs_in_by_secret(self, served: Deployment, method: str | None) -> None:
        made = await new_client(served)
        names = await asyncio.to_thread(fetched_names, served, made.client_id, made.secret, method)
        assert names == [made.name] * 2


def fetched_names(deployment: Deployment, client: uuid.UUID, proof: Any, method: Any) -> list[str]:
    """Sign in twice with one client and ask each time who it is."""
    issuer, names = deployment.settings.issuer, []
    chosen = {} if method is None else {"token_endpoint_auth_method": method}
    with OAuth2Session(str(client), proof, **chosen) as session:
        for _ in range(2):
            session.fetch_token(f"{issuer}/oauth/token", grant_type=CREDENTIALS)
            names.append(session.get(f"{issuer}/v1/me").json()["name"])
    return names


class TestMetadata:
    async def test_describes_the_token_endpoint(self, deployment: Deployment) -> None:
        """Source: RFC 8414, section 2."""
        answer = await deployment.client().get("/.well-known/oauth-authorization-server")
        described = answer.json()
        assert described["issuer"] == ORIGIN
        assert described["token_endpoint"] == TOKEN_ENDPOINT
        assert described["jwks_uri"] == f"{ORIGIN}/.well-known/jwks.json"
        assert described["response_types_supported"] == []
        assert CREDENTIALS in described["grant_types_supported"]
        assert set(described["scopes_supported"]) == ALL_SCOPES
        assert set(described["token_endpoint_auth_methods_supported"]) == {
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        }
        assert set(described["token_endpoint_auth_signing_alg_values_supported"]) == {
            "ES256",
            "ES384",
            "RS256",
            "RS384",
            "PS256",
        }

    async def test_a_stranger_verifies_our_tokens_by_the_published_keys(
        self, deployment: Deployment
    ) -> None:
        """Source: RFC 9068, sections 2.1 and 2.2, by a library that we do not use ourselves."""
        client = await new_client(deployment)
        proof = basic(client.client_id, client.secret)
        token = (await ask(deployment, {"grant_type": CREDENTIALS}, **proof)).json()
        published = await deployment.client().get("/.well-known/jwks.json")
        assert published.headers["Cache-Control"] == "public, max-age=60"
        assert all("d" not in key for key in published.json()["keys"])
        keys = KeySet.import_key_set(published.json())
        verified = jwt.decode(token["access_token"], keys, algorithms=["ES256"])
        assert verified.header["typ"] == "at+jwt"
        said = verified.claims
        assert (said["iss"], said["aud"]) == (ORIGIN, ORIGIN)
        assert (said["sub"], said["client_id"]) == (str(client.client_id),) * 2
        assert said["exp"] - said["iat"] == 300
        assert said["jti"]

    async def test_keys_rotate_without_an_outage(self, deployment: Deployment) -> None:
        client = await new_client(deployment)
        proof = basic(client.client_id, client.secret)
        ring = deployment.service.signing_keys
        assert isinstance(ring, SigningKeyRing)
        issued: list[str] = []
        for _ in range(4):
            answer = await ask(deployment, {"grant_type": CREDENTIALS}, **proof)
            issued.append(answer.json()["access_token"])
            # Another process turns the keys; this one sees it by itself.
            path = deployment.settings.data_directory / "signing_keys.json"
            SigningKeyRing(path, Lifetime(timedelta(minutes=15), timedelta(0))).rotate(
                datetime.now(UTC)
            )
            for token in issued:
                assert (await who_is(deployment, token)).status_code == 200
        published = (await deployment.client().get("/.well-known/jwks.json")).json()["keys"]
        names = [jwt.decode(token, KeySet.import_key_set({"keys": published})).header["kid"]
                 for token in issued]  # fmt: skip
        assert len(set(names)) == 4


async def person(
    deployment: Deployment, name: str = "Ann", role: Role = Role.DATA_MANAGER
) -> uuid.UUID:
    return await administration.add_grant(
        deployment.owner, name, role, None, None, make_person=True
    )


async def link(deployment: Deployment) -> str:
    return await administration.make_link(deployment.owner, await person(deployment))


async def follow(deployment: Deployment, code: str) -> httpx.Response:
    return await ask(deployment, {"grant_type": LINK_GRANT, "link": code})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set the clock of signing in forward."""

    def set_forward(by: timedelta) -> None:
        class Later(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz) + by

        monkeypatch.setattr(sign_in, "datetime", Later)

    return set_forward


class TestLink:
    async def test_signs_a_person_in_once(self, deployment: Deployment) -> None:
        code = await link(deployment)
        answer = await follow(deployment, code)
        assert answer.json()["expires_in"] == 8 * 3600
        me = await who_is(deployment, answer.json()["access_token"])
        assert me.json()["name"] == "Ann"
        assert refusal(await follow(deployment, code)) == (401, "invalid_client")

    async def test_signs_one_of_many_in(self, deployment: Deployment) -> None:
        code = await link(deployment)
        answers = await asyncio.gather(*(follow(deployment, code) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19

    @pytest.mark.parametrize(
        ("minutes", "status"), [pytest.param(14, 200, id="in time"), pytest.param(15, 401)]
    )
    async def test_lasts_a_quarter_of_an_hour(
        self,
        deployment: Deployment,
        later: Callable[[timedelta], None],
        minutes: int,
        status: int,
    ) -> None:
        code = await link(deployment)
        later(timedelta(minutes=minutes))
        assert (await follow(deployment, code)).status_code == status

    async def test_is_no_access_token_and_none_is_a_link(self, deployment: Deployment) -> None:
        ann = await person(deployment)
        code = await administration.make_link(deployment.owner, ann)
        assert (await who_is(deployment, code)).status_code == 401
        assert (await follow(deployment, deployment.token(ann))).status_code == 401
        assert (await follow(deployment, code)).status_code == 200

    async def test_of_a_person_without_access_is_refused(self, deployment: Deployment) -> None:
        code = await link(deployment)
        await administration.revoke_client(deployment.owner, "Ann")
        assert refusal(await follow(deployment, code)) == (401, "invalid_client")

    async def test_is_short_and_known_here_by_its_digest_alone(
        self, deployment: Deployment
    ) -> None:
        codes = {await link(deployment) for _ in range(20)}
        assert {len(code) for code in codes} == {22}, "16 octets, base64url"
        assert len(codes) == 20
        rows = await deployment.owner.fetch("SELECT one_time_link::text AS row FROM one_time_link")
        digests = await deployment.owner.fetch("SELECT digest FROM one_time_link")
        kept = "".join(row["row"] for row in rows)
        assert not [code for code in codes if code in kept or code.encode().hex() in kept]
        assert {row["digest"] for row in digests} == {
            hashlib.sha256(code.encode()).digest() for code in codes
        }

    async def test_is_forgotten_by_its_use_and_by_its_end(self, deployment: Deployment) -> None:
        used, left = await link(deployment), await link(deployment)
        assert (await follow(deployment, used)).status_code == 200
        assert await deployment.owner.fetchval("SELECT count(*) FROM one_time_link") == 1
        await deployment.owner.execute(
            "UPDATE one_time_link SET expires_at = now() - interval '1s'"
        )
        await deployment.service.database.service_value(
            "SELECT forget_expired($1)", timedelta(days=1)
        )
        assert await deployment.owner.fetchval("SELECT count(*) FROM one_time_link") == 0
        assert (await follow(deployment, left)).status_code == 401

    @pytest.mark.parametrize("code", ["", "a.b.c", "\0", "x" * 20_000, "x" * 22, "é" * 22])
    async def test_that_is_none_is_refused(self, deployment: Deployment, code: str) -> None:
        assert refusal(await follow(deployment, code)) == (401, "invalid_client")


HOSPITAL, REGISTRY = "https://sign-in.hospital.example", "https://sign-in.registry.example"
AUDIENCE = "dayzero-trial"


def listed(issuer: str, key: Key, **terms: Any) -> dict[str, Any]:
    return {"issuer": issuer, "audience": AUDIENCE, "jwks": {"keys": [public(key)]}, **terms}


def write_issuers(directory: Path, *issuers: dict[str, Any]) -> Path:
    file = directory / "issuers.json"
    file.write_text(json.dumps(issuers))
    return file


def vouched(name: str, *, key: Key | None = None, **claims: Any) -> str:
    """A token of the hospital's issuer for a person."""
    now = int(datetime.now(UTC).timestamp())
    said = {"iss": HOSPITAL, "sub": name, "aud": AUDIENCE, "iat": now, "exp": now + 300, **claims}
    signing = key or rsa_key()
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": signing.kid}, said, signing)


@pytest.fixture
async def federated(server: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment whose people come through a hospital's issuer, or through a registry's."""
    issuers = write_issuers(tmp_path, listed(HOSPITAL, rsa_key()), listed(REGISTRY, rsa_key(1)))
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, external_issuers=issuers) as deployment,
    ):
        await person(deployment, external_name(HOSPITAL, "ann"))
        yield deployment


class TestExternalIssuer:
    async def test_vouches_for_a_person_with_a_grant(self, federated: Deployment) -> None:
        me = await who_is(federated, vouched("ann"))
        assert me.status_code == 200
        assert me.json()["name"] == f"{HOSPITAL} ann"
        assert me.json()["grants"] == [{"role": "data_manager", "centre": None}]

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            pytest.param("bea", {}, id="an unknown person"),
            pytest.param("ann", {"aud": "another-service"}, id="for another service"),
            pytest.param("ann", {"aud": ORIGIN}, id="for our own identifier"),
            pytest.param("ann", {"iss": REGISTRY}, id="in another issuer's name"),
            pytest.param("ann", {"iss": REGISTRY, "key": 1}, id="of the same name elsewhere"),
            pytest.param("ann", {"iss": "https://unknown.example"}, id="an unknown issuer"),
            pytest.param("ann", {"iss": ORIGIN}, id="in our own name"),
            pytest.param("ann", {"key": 1}, id="by another issuer's key"),
            pytest.param("ann", {"exp": 1}, id="ended"),
        ],
    )
    async def test_is_not_believed_otherwise(
        self, federated: Deployment, name: str, change: dict[str, Any]
    ) -> None:
        key = rsa_key(change.get("key", 0))
        claims = {name: value for name, value in change.items() if name != "key"}
        answer = await who_is(federated, vouched(name, key=key, **claims))
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/invalid-token"

    async def test_vouches_for_nobody_whose_access_was_taken(self, federated: Deployment) -> None:
        assert (await who_is(federated, vouched("ann"))).status_code == 200
        await administration.revoke_client(federated.owner, external_name(HOSPITAL, "ann"))
        assert (await who_is(federated, vouched("ann"))).status_code == 401

    async def test_does_not_sign_clients_in(self, federated: Deployment) -> None:
        assert (await assert_(federated, vouched("ann"))).status_code == 401
        assert (await follow(federated, vouched("ann"))).status_code == 401

    @pytest.mark.parametrize(
        ("issuers", "reason"),
        [
            pytest.param([ORIGIN], "identifier of this service", id="our own"),
            pytest.param([HOSPITAL, ORIGIN], "identifier of this service", id="our own among them"),
            pytest.param([HOSPITAL, HOSPITAL], "the same identifier", id="twice"),
        ],
    )
    def test_is_refused_at_the_start(self, tmp_path: Path, issuers: list[str], reason: str) -> None:
        file = write_issuers(tmp_path, *(listed(issuer, rsa_key()) for issuer in issuers))
        settings = Settings(data_directory=tmp_path, issuer=ORIGIN, external_issuers=file)
        with pytest.raises(ValueError, match=reason):
            create_app(settings, "postgresql://nobody@/nowhere")
