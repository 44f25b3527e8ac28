"""The keys of an external issuer, fetched from a real server that does what issuers do."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.access import issuer_keys
from app.access.issuer_keys import FetchedKeys, WrittenKeys, safe_url, usable_keys
from app.access.public_keys import VerificationKey, public_jwk
from tests.access.deployment import key_number

Answer = Callable[[BaseHTTPRequestHandler], None]


def jwks(*keys: VerificationKey) -> bytes:
    return json.dumps({"keys": [public_jwk(key) for key in keys]}).encode()


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


class Issuer:
    """A server on loopback whose answer can be changed at any time, with a clock moved by hand."""

    def __init__(self) -> None:
        self.answer: Answer = sends(jwks(ONE))
        self.requests = 0
        self.now = 1_000.0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            """Hands each request to the answer of the moment."""

            def do_GET(self) -> None:
                issuer.requests += 1
                issuer.headers = dict(self.headers)
                issuer.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.headers: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"

    def keys(self) -> FetchedKeys:
        return FetchedKeys(self.url, monotonic=lambda: self.now)


ONE, TWO = key_number(1).public, key_number(2).public


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    thread = threading.Thread(target=issuer.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield issuer
    issuer.server.shutdown()
    thread.join()
    issuer.server.server_close()


async def settled(keys: FetchedKeys) -> None:
    """Wait for a fetch that goes on behind a request's back."""
    if keys._fetching is not None:
        await keys._fetching


def test_a_key_is_fetched_when_it_is_first_asked_for(issuer: Issuer) -> None:
    async def run() -> None:
        keys = issuer.keys()
        assert issuer.requests == 0
        assert await keys.keys_for("key-1") == [ONE]
        assert await keys.keys_for("key-1") == [ONE]
        assert issuer.requests == 1

    asyncio.run(run())
    assert issuer.headers["Accept"] == "application/json"


def test_requests_that_come_at_once_share_one_fetch(issuer: Issuer) -> None:
    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.1)
        sends(jwks(ONE))(request)

    async def run() -> None:
        keys = issuer.keys()
        answers = await asyncio.gather(*(keys.keys_for("key-1") for _ in range(20)))
        assert answers == [[ONE]] * 20

    issuer.answer = slowly
    asyncio.run(run())
    assert issuer.requests == 1


def test_a_flood_of_unknown_names_costs_one_fetch_a_minute(issuer: Issuer) -> None:
    async def run() -> None:
        keys = issuer.keys()
        for second in range(0, 180, 3):
            issuer.now = 1_000.0 + second
            for number in range(170):
                assert await keys.keys_for(f"unknown-{second}-{number}") == []
            assert await keys.keys_for("key-1") == [ONE]

    asyncio.run(run())
    assert issuer.requests == 3


def test_the_pause_between_fetches_is_a_minute(issuer: Issuer) -> None:
    async def run() -> None:
        keys = issuer.keys()
        await keys.keys_for("key-1")
        issuer.answer = sends(jwks(ONE, TWO))
        issuer.now += 59.9
        assert await keys.keys_for("key-2") == []
        issuer.now += 0.1
        assert await keys.keys_for("key-2") == [TWO]

    asyncio.run(run())
    assert issuer.requests == 2


def test_known_keys_are_renewed_after_ten_minutes_and_nobody_waits(issuer: Issuer) -> None:
    released = threading.Event()

    def when_released(request: BaseHTTPRequestHandler) -> None:
        released.wait(5)
        sends(jwks(TWO))(request)

    async def run() -> None:
        keys = issuer.keys()
        await keys.keys_for("key-1")
        issuer.answer = when_released
        issuer.now += 599.9
        await keys.keys_for("key-1")
        assert keys._fetching is None
        issuer.now += 0.1
        assert await keys.keys_for("key-1") == [ONE]
        assert keys._fetching is not None
        released.set()
        await settled(keys)
        assert await keys.keys_for("key-1") == []
        assert await keys.keys_for("key-2") == [TWO]

    asyncio.run(run())
    assert issuer.requests == 2


def test_a_request_that_leaves_does_not_end_the_fetch(issuer: Issuer) -> None:
    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.1)
        sends(jwks(ONE))(request)

    async def run() -> None:
        keys = issuer.keys()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(keys.keys_for("key-1"), 0.02)
        assert await keys.keys_for("key-1") == [ONE]

    issuer.answer = slowly
    asyncio.run(run())
    assert issuer.requests == 1


def never_ends(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b" " * 4096)
    except OSError:
        return


def hangs_up(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100")
    request.end_headers()
    request.wfile.write(b"{")


def redirects(request: BaseHTTPRequestHandler) -> None:
    if request.path == "/elsewhere":
        sends(jwks(ONE, TWO))(request)
    else:
        sends(b"", 302, Location="/elsewhere")(request)


NONSENSE = [
    pytest.param(sends(b"", 500), id="500"),
    pytest.param(sends(jwks(TWO), 404), id="404 with keys"),
    pytest.param(sends(jwks(TWO), 203), id="another 2xx"),
    pytest.param(redirects, id="a redirect"),
    pytest.param(sends(b"<html>maintenance</html>"), id="a page"),
    pytest.param(sends(b'{"keys":[]}'), id="no keys"),
    pytest.param(sends(b'{"keys":[{"kty":"oct","k":"AAAA"}]}'), id="no key of ours"),
    pytest.param(sends(jwks(TWO) + b" " * 65_536), id="too long"),
    pytest.param(never_ends, id="endless"),
    pytest.param(hangs_up, id="cut short"),
    pytest.param(sends(jwks(TWO), Content_Encoding="gzip"), id="said to be compressed"),
]


@pytest.mark.parametrize("answer", NONSENSE)
def test_an_issuer_that_answers_nonsense_keeps_its_keys(
    issuer: Issuer, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        keys = issuer.keys()
        await keys.keys_for("key-1")
        issuer.answer = answer
        issuer.now += 3_600
        assert await keys.keys_for("key-2") == []
        assert await keys.keys_for("key-1") == [ONE]

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert [issuer.url in record.getMessage() for record in caplog.records] == [True]


@pytest.mark.parametrize("answer", NONSENSE)
def test_an_issuer_that_answered_nothing_else_has_no_keys(issuer: Issuer, answer: Answer) -> None:
    async def run() -> None:
        issuer.answer = answer
        assert await issuer.keys().keys_for("key-2") == []

    asyncio.run(run())


def test_an_issuer_that_is_down_keeps_its_keys_for_a_day(issuer: Issuer) -> None:
    async def run() -> None:
        keys = issuer.keys()
        await keys.keys_for("key-1")
        keys._url = "http://127.0.0.1:1/jwks"
        for _ in range(24 * 60):
            issuer.now += 60
            assert await keys.keys_for("key-1") == [ONE]
        await settled(keys)
        issuer.now += 1
        assert await keys.keys_for("key-1") == []

    logging.disable(logging.WARNING)
    try:
        asyncio.run(run())
    finally:
        logging.disable(logging.NOTSET)


def test_an_endless_answer_is_left_after_its_first_64_kib(issuer: Issuer) -> None:
    sent = 0

    def counts(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        request.send_response(200)
        request.end_headers()
        try:
            while sent < 64_000_000:  # what is in the buffers between us is far less
                sent += request.wfile.write(b" " * 4096)
        except OSError:
            return

    async def run() -> None:
        issuer.answer = counts
        assert await issuer.keys().keys_for("key-1") == []

    asyncio.run(run())
    assert sent < 64_000_000


def test_an_issuer_that_drips_is_given_up(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "SECONDS_IN_ALL", 0.2)
    stopped = threading.Event()

    def drips(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not stopped.wait(0.02):
                request.wfile.write(b" ")
        except OSError:
            return

    async def run() -> None:
        issuer.answer = drips
        started = time.monotonic()
        assert await issuer.keys().keys_for("key-1") == []
        assert time.monotonic() - started < 2
        stopped.set()

    asyncio.run(run())


def test_a_proxy_of_the_environment_does_not_see_loopback(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert asyncio.run(_first(issuer.keys())) == [ONE]


async def _first(keys: FetchedKeys) -> list[VerificationKey]:
    return list(await keys.keys_for("key-1"))


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example/keys",
        "https://login.example:8443/keys?p=1",
        "https://127.0.0.1/keys",
        "http://127.0.0.1:8080/keys",
        "http://127.9.9.9/keys",
        "http://[::1]:8080/keys",
        "http://localhost/keys",
        "HTTPS://LOGIN.EXAMPLE/keys",
    ],
)
def test_keys_are_fetched_over_tls_or_from_this_machine(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "keys.json",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://login.example/keys",
        "http://login.example/keys",
        "http://10.0.0.1/keys",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost.example/keys",
        "http://2130706433/keys",
        "http://0.0.0.0/keys",
        "http:///keys",
        "https:///keys",
        "https://",
        "https://user:password@login.example/keys",
        "https://user@login.example/keys",
        "https://login.example/keys#x",
        "http://127.0.0.1@login.example/keys",
        "javascript:alert(1)",
    ],
)
def test_keys_are_fetched_from_nowhere_else(url: str) -> None:
    with pytest.raises(ValueError, match="address of keys"):
        safe_url(url)


RSA_2048: dict[str, Any] = dict(RSAKey.generate_key(2048).as_dict(private=False))


def test_keys_that_are_not_for_us_are_passed_over() -> None:
    unusable: list[Any] = [
        OKPKey.generate_key("Ed25519").as_dict(private=False),
        {**RSA_2048, "use": "enc"},
        {**RSA_2048, "alg": "RSA-OAEP"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "PQ", "anything": {"nested": []}},
        ECKey.generate_key("P-256").as_dict(private=True),
    ]
    text = json.dumps({"keys": [*unusable, {**RSA_2048, "kid": "k", "x5c": ["MIIB"]}]})
    assert [key.key_id for key in usable_keys(text)] == ["k"]
    with pytest.raises(ValueError, match="no key"):
        usable_keys(json.dumps({"keys": unusable}))


def test_a_key_set_is_of_a_bearable_size() -> None:
    key = json.loads(jwks(ONE))["keys"][0]
    assert len(usable_keys(json.dumps({"keys": [key] * 100}))) == 100
    with pytest.raises(ValueError, match="at most 100"):
        usable_keys(json.dumps({"keys": [key] * 101}))


def test_written_keys_are_found_by_their_names() -> None:
    keys = WrittenKeys((ONE, TWO))
    assert asyncio.run(keys.keys_for("key-2")) == [TWO]
    assert asyncio.run(keys.keys_for("key-3")) == []


def test_rsa_keys_of_an_issuer_take_its_algorithm() -> None:
    public_key = rsa.generate_private_key(65_537, 2048).public_key()
    key = VerificationKey("r", public_key, frozenset({"RS256"}))
    assert usable_keys(jwks(key)) == (key,)
