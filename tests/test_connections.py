"""What a connection may take, on a service that runs as its users run it."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest

from tests.deployment import open_directory
from tests.faults.served import Served, eventually, serving

HOST = b"Host: trial.example\r\n"
LIVE = b"GET /livez HTTP/1.1\r\n" + HOST
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
LIMITS = {
    "DAYZERO_HEAD_SECONDS": "1",
    "DAYZERO_BODY_SECONDS": "2",
    "DAYZERO_IDLE_SECONDS": "3",
    "DAYZERO_CONNECTIONS_PER_ADDRESS": "5",
    "DAYZERO_PROXIES": "127.0.0.9",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with open_directory() as directory, serving(directory, LIMITS) as running:
        yield running


def connect(served: Served, address: str = "127.0.0.3") -> socket.socket:
    return socket.create_connection(
        ("127.0.0.1", served.port), source_address=(address, 0), timeout=10
    )


def ask(served: Served, *pieces: bytes, address: str = "127.0.0.3") -> bytes:
    """Send what is given and give everything that is answered until the service ends."""
    with connect(served, address) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:  # the service has said enough; what it said is read below
                break
        return heard(connection)


def heard(connection: socket.socket) -> bytes:
    answer = b""
    while piece := connection.recv(65_536):
        answer += piece
    return answer


def ended(connection: socket.socket) -> bool:
    """Tell whether the service has ended a connection."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    ("request_", "status", "problem"),
    [
        pytest.param([LIVE + b"X-More: " + b"a" * 33_000 + b"\r\n\r\n"], 431, "head-too-large",
                     id="a head over 32 KiB"),
        pytest.param([LIVE + b"X-More: "] + [b"a" * 262_144] * 160, 431, "head-too-large",
                     id="40 MB of a head that does not end"),
        pytest.param([LIVE + b"".join(b"X-%d: a\r\n" % n for n in range(101)) + b"\r\n"], 431,
                     "head-too-large", id="more than 100 headers"),
        pytest.param([b"GET /livez?" + b"a" * 8_200 + b" HTTP/1.1\r\n" + HOST + b"\r\n"], 414,
                     "uri-too-long", id="an address over 8 KiB"),
        pytest.param([b"GET /livez HTTP/1.1\r\n\r\n"], 400, "bad-request", id="no Host"),
        pytest.param([LIVE + HOST + b"\r\n"], 400, "bad-request", id="two Hosts"),
        pytest.param([b"GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n"], 400, "bad-request",
                     id="a Host that is none"),
        pytest.param([b"\x16\x03\x01\x02\x00\x01\r\n\r\n"], 400, "bad-request", id="not HTTP"),
        pytest.param([LIVE + b"X-Mo"], 408, "request-timeout", id="a head that stops"),
        pytest.param([b"POST /oauth/token HTTP/1.1\r\n" + HOST + FORM
                      + b"Content-Length: 99\r\n\r\ngrant"], 408, "request-timeout",
                     id="a body that stops"),
    ],
)  # fmt: skip
def test_it_refuses_and_ends_the_connection(
    served: Served, request_: list[bytes], status: int, problem: str
) -> None:
    answer = ask(served, *request_)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert b"application/problem+json" in answer
    assert f'"/problems/{problem}"'.encode() in answer
    assert b"connection: close" in answer


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(LIVE + b"X-More: " + b"a" * 31_000 + b"\r\nConnection: close\r\n\r\n",
                     id="a head of 31 KiB"),
        pytest.param(LIVE + b"".join(b"X-%d: a\r\n" % n for n in range(98))
                     + b"Connection: close\r\n\r\n", id="100 headers"),
        pytest.param(b"GET /livez HTTP/1.0\r\n\r\n", id="HTTP/1.0 without Host"),
        pytest.param(b"GET /livez HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n",
                     id="a Host with an address and a port"),
    ],
)  # fmt: skip
def test_it_answers_what_is_within_the_limits(served: Served, request_: bytes) -> None:
    assert ask(served, request_).startswith(b"HTTP/1.1 200 ")


def test_it_answers_requests_in_a_row_on_one_connection(served: Served) -> None:
    answer = ask(served, (LIVE + b"\r\n") * 20 + LIVE + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 ") == 21


def test_it_ends_a_connection_that_drips_line_ends(served: Served) -> None:
    with connect(served) as connection:
        connection.sendall(LIVE + b"\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        with suppress(OSError):  # reset, or a broken pipe
            while time.monotonic() - began < 8:
                connection.sendall(b"\r\n")
                time.sleep(0.2)
    assert time.monotonic() - began < 5


def test_it_ends_an_idle_connection(served: Served) -> None:
    with connect(served) as connection:
        connection.sendall(LIVE + b"\r\n")
        began = time.monotonic()
        heard(connection)
    assert 2 < time.monotonic() - began < 6


def test_an_address_beyond_its_share_loses_what_waits_longest(served: Served) -> None:
    with ExitStack() as opened:
        held = [opened.enter_context(connect(served, "127.0.0.4")) for _ in range(5)]
        for one in held:
            one.sendall(LIVE)
        time.sleep(0.2)
        assert ask(served, LIVE + b"Connection: close\r\n\r\n", address="127.0.0.4").startswith(
            b"HTTP/1.1 200 "
        )
        assert ended(held[0])
        held[4].sendall(b"Connection: close\r\n\r\n")
        assert heard(held[4]).startswith(b"HTTP/1.1 200 ")


def test_only_a_declared_proxy_is_believed(served: Served) -> None:
    """A failed sign-in counts for the address that the proxy names, or for the one that calls."""

    def last_of_failures(address: str, named: str) -> int:
        headers = {"X-Forwarded-For": named}
        with httpx.Client(
            base_url=served.origin, transport=httpx.HTTPTransport(local_address=address)
        ) as http:
            for _ in range(31):
                answer = http.post(
                    "/oauth/token", data={"grant_type": "client_credentials"}, headers=headers,
                    auth=("00000000-0000-7000-8000-000000000000", "no"),
                )  # fmt: skip
        return answer.status_code

    assert last_of_failures("127.0.0.9", "192.0.2.7") == 429
    assert last_of_failures("127.0.0.9", "192.0.2.8") == 429  # its own count began anew
    assert last_of_failures("127.0.0.10", "192.0.2.9") == 429
    with httpx.Client(
        base_url=served.origin, transport=httpx.HTTPTransport(local_address="127.0.0.10")
    ) as http:
        answer = http.post(
            "/oauth/token", data={"grant_type": "client_credentials"},
            headers={"X-Forwarded-For": "192.0.2.77"},
            auth=("00000000-0000-7000-8000-000000000000", "no"),
        )  # fmt: skip
    assert answer.status_code == 429


def test_new_requests_are_told_that_the_service_ends() -> None:
    with open_directory() as directory, serving(directory) as served:
        with connect(served) as held:
            held.sendall(LIVE)
            time.sleep(0.2)
            assert served.process is not None
            served.process.terminate()
            time.sleep(0.5)
            held.sendall(b"\r\n")
            answer = heard(held)
        assert b'"/problems/shutting-down"' in answer
        assert eventually(lambda: served.process is not None and served.process.poll() == 0, 20)
