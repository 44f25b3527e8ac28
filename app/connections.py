"""How a worker keeps its connections, so that nobody can shut out the others without signing in.

Uvicorn reads the requests; this says how large a head may be and how long head and body may take,
which connections make room when there are too many, and what is said when one is ended. Only a
request that has arrived whole and waits for its answer counts as work: connections that are idle,
or that have not finished what they send, cost a little memory and nobody's turn.

Source: RFC 9110, sections 15.5.9 (408) and 15.5.11; RFC 6585, section 5 (431); RFC 9112, sections
3.2 (Host) and 9.6 (closing).
"""

import asyncio
import ipaddress
import re
import uuid
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.config import Settings
from app.problems import (
    MEDIA_TYPE,
    BadRequest,
    HeadTooLarge,
    Overloaded,
    Problem,
    RequestTimeout,
    ShuttingDown,
    TooManyRequests,
    UriTooLong,
)

LINGER_SECONDS: Final = 1.0
"""How long what still arrives is read and thrown away after a refusal, so that it is not lost in a
reset of the connection."""
LINGER_OCTETS: Final = 1024 * 1024
_HOST: Final = re.compile(
    rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?", re.ASCII
)


class Stage(Enum):
    """How far the newest request of a connection has come."""

    NONE = auto()
    HEAD = auto()
    BODY = auto()


@dataclass
class Door:
    """What the connections of one worker know of each other.

    Attributes:
        waiting: the connections that nobody works for, the one that has waited longest first.
        working: requests that have arrived whole and are not answered yet.
        by_address: the open connections of each address.
        on_behalf: running requests by the address that a declared proxy names.
        closing: no new request is taken any more.
    """

    settings: Settings
    waiting: dict["Connection", None] = field(default_factory=dict)
    by_address: dict[str, dict["Connection", None]] = field(default_factory=dict)
    on_behalf: Counter[str] = field(default_factory=Counter)
    working: int = 0
    open: int = 0
    closing: bool = False

    def __post_init__(self) -> None:
        self._proxies = tuple(map(ipaddress.ip_network, self.settings.proxies))

    def is_proxy(self, address: str) -> bool:
        """Tell whether an address is that of a declared proxy."""
        if not self._proxies:
            return False
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._proxies)

    def admit(self, connection: "Connection") -> Problem | None:
        """Take a connection in, at the cost of one that waits where there are too many.

        Returns:
            Why it is not taken; None: it is.
        """
        of_address = self.by_address.get(connection.address, {})
        share = self.settings.connections_per_address
        if share and len(of_address) >= share and not self.is_proxy(connection.address):
            waits = next((one for one in of_address if one in self.waiting), None)
            if waits is None:
                return TooManyRequests(
                    "Use the connections that you have open.", headers={"Retry-After": "1"}
                )
            waits.drop()
        elif self.open >= self.settings.connections:
            waits = next(iter(self.waiting), None)
            if waits is None:
                return Overloaded("Try again in a moment.", headers={"Retry-After": "2"})
            waits.drop()
        self.by_address.setdefault(connection.address, {})[connection] = None
        self.waiting[connection] = None
        self.open += 1
        return None

    def leave(self, connection: "Connection") -> None:
        """Forget a connection that has ended, once."""
        of_address = self.by_address.get(connection.address, {})
        if connection not in of_address:
            return
        del of_address[connection]
        if not of_address:
            del self.by_address[connection.address]
        self.waiting.pop(connection, None)
        self.open -= 1


class Connection(HttpToolsProtocol):
    """One connection, with limits to what it may take.

    Attributes:
        address: the other end's, without the port; empty where it has none.
    """

    def __init__(self, door: Door, **options: Any) -> None:
        super().__init__(**options)
        self.address = ""
        self._door = door
        self._settings = door.settings
        self._stage = Stage.NONE
        self._unanswered = 0
        self._behalf: deque[str] = deque()
        self._head_octets = 0
        self._body_octets = 0
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self._thrown_away = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in, or say why not."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        if problem := self._door.admit(self):
            self._end(problem)
            return
        self._since = self.loop.time()
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._disarm()
        self._door.leave(self)
        self._door.working -= self._unanswered
        self._unanswered = 0
        while self._behalf:
            self._forget_behalf()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what arrived, within the limits."""
        if self._ended:
            self._throw_away(data)
            return
        if self._stage is not Stage.BODY:
            self._head_octets += len(data)
            if self._since is None:
                self._since = self.loop.time()
        super().data_received(data)
        if self._ended or self.transport.is_closing():
            return
        if self._stage is Stage.HEAD and (problem := self._refusal_of_size()):
            self._end(problem)
        elif self._since is not None and self._timer is None:
            self._arm()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._stage = Stage.HEAD

    def on_headers_complete(self) -> None:
        """Hold the head against the limits before anybody works for it."""
        self._head_octets = len(self.url) + sum(len(n) + len(v) + 4 for n, v in self.headers)
        problem = self._refusal_of_head()
        app = self.app
        self.app = app if problem is None else _Refusal(problem)
        try:
            super().on_headers_complete()
        finally:
            self.app = app
        self._disarm()
        self._stage = Stage.BODY
        self._head_octets = self._body_octets = 0
        self._since = self.loop.time()

    def on_body(self, body: bytes) -> None:
        """Count what arrives; of what is answered already, only so much is read."""
        super().on_body(body)
        self._body_octets += len(body)
        if self.cycle.response_complete:
            self._throw_away(body)

    def on_message_complete(self) -> None:
        """Let the request count as work from here on."""
        answered = self.cycle.response_complete
        super().on_message_complete()
        self._disarm()
        self._stage = Stage.NONE
        self._since = None
        if not answered:
            self._unanswered += 1
            self._door.working += 1
            self._door.waiting.pop(self, None)

    def on_response_complete(self) -> None:
        """Let the request count as work no more."""
        arrived = not (self.cycle.response_complete and self.cycle.more_body)
        if arrived and self._unanswered:
            self._unanswered -= 1
            self._door.working -= 1
            if not self._unanswered:
                self._door.waiting[self] = None
        if self._behalf:
            self._forget_behalf()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse what is no HTTP."""
        self._end(BadRequest("Send HTTP/1.1 as RFC 9112 writes it."))

    def shutdown(self) -> None:
        """End at a moment at which nothing is lost: an idle connection soon, another answered."""
        if self._unanswered or self._stage is not Stage.NONE:
            if self.cycle is not None:
                self.cycle.keep_alive = False
        elif not self._ended:
            self._ended = True
            self._linger()

    def drop(self) -> None:
        """End a connection that nobody works for, to make room."""
        self._door.leave(self)
        self.transport.abort()

    def _refusal_of_size(self) -> Problem | None:
        settings = self._settings
        if len(self.url) > settings.request_line_limit:
            return UriTooLong(f"An address has at most {settings.request_line_limit} octets.")
        if self._head_octets > settings.head_limit or len(self.headers) > settings.header_limit:
            return HeadTooLarge(
                f"Send at most {settings.header_limit} headers and {settings.head_limit} octets.",
                limit=settings.head_limit,
            )
        return None

    def _refusal_of_head(self) -> Problem | None:
        if problem := self._refusal_of_size():
            return problem
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            return BadRequest("Send exactly one Host header.")
        if hosts and not _HOST.fullmatch(hosts[0]):
            return BadRequest("Send the host's name, and its port, as the Host header.")
        if self._door.closing:
            return ShuttingDown("Send it again; another takes this one's place.", **_SOON)
        if self._door.working >= self._settings.requests_at_once:
            return Overloaded("Try again in a moment.", **_SOON)
        return self._refusal_on_behalf()

    def _refusal_on_behalf(self) -> Problem | None:
        """Count a request for the address that a declared proxy names, up to its share."""
        if not self._door.is_proxy(self.address):
            return None
        forwarded = [value for name, value in self.headers if name == b"x-forwarded-for"]
        named = [one.strip() for one in b",".join(forwarded).decode("latin-1").split(",")]
        others = [one for one in named if one and not self._door.is_proxy(one)]
        address = others[-1] if others else self.address
        share = self._settings.connections_per_address
        if share and others and self._door.on_behalf[address] >= share:
            return TooManyRequests("Wait for the answers that are due.", **_SOON)
        self._door.on_behalf[address] += 1
        self._behalf.append(address)
        return None

    def _forget_behalf(self) -> None:
        address = self._behalf.popleft()
        self._door.on_behalf[address] -= 1
        if not self._door.on_behalf[address]:
            del self._door.on_behalf[address]

    def _arm(self) -> None:
        """Look again when what is awaited should have come."""
        assert self._since is not None  # noqa: S101 - something is awaited
        settings = self._settings
        if self._stage is Stage.BODY:
            due = settings.body_seconds + self._body_octets / settings.body_octets_per_second
        else:
            due = settings.head_seconds
        left = self._since + due - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._look_again)
        else:
            self._late()

    def _look_again(self) -> None:
        self._timer = None
        if self._stage is Stage.BODY and self.flow.read_paused:  # the reader is slow, not they
            self._timer = self.loop.call_later(1, self._look_again)
        elif not self._ended and not self.transport.is_closing():
            self._arm()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        if self._stage is Stage.NONE or (self._stage is Stage.BODY and self.cycle.response_started):
            self.transport.close()
            return
        self._end(RequestTimeout("Send the request at once, or more of it in less time."))

    def _end(self, problem: Problem) -> None:
        """Say why, and end the connection when it has been heard."""
        self._disarm()
        self._ended = True
        self._door.leave(self)
        if self._stage is Stage.BODY and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_written(problem))
        self._linger()

    def _linger(self) -> None:
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _throw_away(self, data: bytes) -> None:
        self._thrown_away += len(data)
        if self._thrown_away > LINGER_OCTETS:
            self.transport.abort()


_SOON: Final[dict[str, Any]] = {"headers": {"Retry-After": "2"}}


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Answers a request with a problem and ends its connection."""

    problem: Problem

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        headers, body = _parts(self.problem)
        await send(
            {"type": "http.response.start", "status": self.problem.status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})


def _parts(problem: Problem) -> tuple[list[tuple[bytes, bytes]], bytes]:
    request_id = str(uuid.uuid4())
    body = problem.document(request_id)
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-request-id": request_id,
        "connection": "close",
        **problem.headers,
    }
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()], body


def _written(problem: Problem) -> bytes:
    headers, body = _parts(problem)
    lines = b"".join(b"%s: %s\r\n" % header for header in headers)
    return b"%s%s\r\n%s" % (STATUS_LINE[problem.status], lines, body)
