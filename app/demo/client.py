"""The client of a centre's integration engine: signs in, sends, corrects, reads back.

Every write can be sent again: a POST carries the same Idempotency-Key each time, a line of a file
its source_id. So whatever the network does to a request, the client repeats it until it knows.
"""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from app.demo.credentials import Credentials
from app.demo.records import ENROLMENTS

NDJSON = "application/x-ndjson"
TRIES = 6
LONGEST_WAIT = 10.0
"""Seconds between two tries at most."""
BEFORE_EXPIRY = 30.0
"""Seconds before a token's end from which on it is not used any more."""
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_IN_FLIGHT = "/problems/idempotency-key-in-flight"
_TAKEN = "/problems/source-id-taken"


class Refused(Exception):  # noqa: N818 - what the service answered
    """The service refused a request and said why."""

    def __init__(
        self, status: int, problem: Mapping[str, Any], location: str | None = None
    ) -> None:
        super().__init__(f"{status} {problem.get('type')}: {problem.get('detail')}")
        self.status = status
        self.location = location
        self.type = str(problem.get("type", ""))
        self.detail = str(problem.get("detail", ""))
        self.errors: list[dict[str, Any]] = list(problem.get("errors") or [])


@dataclass(frozen=True)
class StoredRecord:
    """A record as the service holds it; ``created`` is false for one that was there already."""

    subject: str
    record_id: str
    version: int
    created: bool = True


def address(kind: str, subject: str, record_id: str) -> str:
    """Give where a record is; an enrolment is at its subject's own address."""
    if kind == ENROLMENTS:
        return f"/v1/subjects/{subject}"
    return f"/v1/subjects/{subject}/{kind}/{record_id}"


class CentreClient:
    """One signed-in client.

    Args:
        http: where the service is; its ``base_url`` is the service's address.
        credentials: what the client proves itself by.
    """

    def __init__(self, http: httpx.AsyncClient, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials
        self._token = ""
        self._usable_until = 0.0
        self._signing_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def submit(self, place: str, body: Mapping[str, Any], key: str) -> StoredRecord:
        """POST a record.

        Raises:
            Refused: the service does not take it.
        """
        try:
            answer = await self._sent(
                "POST", place, content=_json(body), headers={"Idempotency-Key": key}
            )
        except Refused as refused:
            if refused.type != _TAKEN or refused.location is None:
                raise
            return _stored(await self.read(refused.location), created=False)
        return _stored(answer.json(), created="Idempotency-Replayed" not in answer.headers)

    async def amend(
        self, place: str, body: Mapping[str, Any], version: int, reason: str
    ) -> StoredRecord:
        """PUT what a record should say.

        Raises:
            Refused: the service does not take it, or has another version by now.
        """
        content = _json({**body, "reason": reason})
        answer = await self._sent(
            "PUT", place, content=content, headers={"If-Match": f'"{version}"'}
        )
        return _stored(answer.json())

    async def void(self, place: str, version: int, reason: str, key: str) -> StoredRecord:
        """Void a record.

        Raises:
            Refused: the service does not allow it.
        """
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key}
        answer = await self._sent(
            "POST", f"{place}/void", content=_json({"reason": reason}), headers=headers
        )
        return _stored(answer.json())

    async def import_lines(self, lines: Iterable[Mapping[str, Any]]) -> AsyncIterator[Any]:
        """Send a file; give the result of each line, in the order of their storage.

        A file whose answer ends without a summary is sent again: lines stored by then come back
        as unchanged.
        """
        content = gzip.compress(b"".join(_json(line) + b"\n" for line in lines), 1)
        headers = {"Content-Type": NDJSON, "Content-Encoding": "gzip"}
        answer = await self._sent(
            "POST", "/v1/imports", content=content, headers=headers, whole=_has_summary
        )
        for line in answer.text.rstrip("\n").split("\n")[:-1]:
            yield json.loads(line)

    async def read(self, place: str) -> Any:
        """GET one document.

        Raises:
            Refused: there is none that the client can see.
        """
        return (await self._sent("GET", place)).json()

    async def rows(self, kind: str) -> list[str]:
        """GET every record of a kind that the client can see, each as its JSON text."""
        answer = await self._sent("GET", f"/v1/{kind}", headers={"Accept": NDJSON})
        return [row for row in answer.text.split("\n") if row]

    async def _sent(
        self,
        method: str,
        place: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        whole: Any = None,
    ) -> httpx.Response:
        """Send a request until it is answered for good."""
        wait, renewed = 0.2, False
        for tries_left in reversed(range(TRIES)):
            sent = {"Content-Type": "application/json", **(headers or {})}
            sent["Authorization"] = f"Bearer {await self._current_token()}"
            try:
                answer = await self._http.request(method, place, content=content, headers=sent)
            except httpx.TransportError:
                if not tries_left:
                    raise
            else:
                if answer.status_code == 401 and not renewed:
                    self._usable_until, renewed = 0.0, True
                elif answer.is_success and (whole is None or whole(answer)):
                    return answer
                elif not tries_left or not _worth_another(answer):
                    raise _refusal(answer)
                wait = float(answer.headers.get("Retry-After", wait))
            await asyncio.sleep(min(wait, LONGEST_WAIT))
            wait *= 2
        raise AssertionError("unreachable")

    async def _current_token(self) -> str:
        async with self._signing_in:
            if time.monotonic() >= self._usable_until:
                await self._sign_in()
        return self._token

    async def _sign_in(self) -> None:
        """Get an access token where the service's own description says.

        Source: RFC 8414 for the description, RFC 6749, section 4.4, for the grant.
        """
        described = await self._http.get("/.well-known/oauth-authorization-server")
        endpoint = described.raise_for_status().json()["token_endpoint"]
        form, headers = self._credentials.sent(endpoint)
        answer = await self._http.post(
            endpoint, data={"grant_type": "client_credentials", **form}, headers=headers
        )
        if not answer.is_success:
            said = answer.json()
            raise Refused(
                answer.status_code,
                {"type": said.get("error"), "detail": said.get("error_description")},
            )
        given = answer.json()
        self._token = given["access_token"]
        self._usable_until = time.monotonic() + max(5.0, given["expires_in"] - BEFORE_EXPIRY)


def _worth_another(answer: httpx.Response) -> bool:
    if answer.is_success or answer.status_code in _TRY_AGAIN:
        return True
    return answer.status_code == 409 and _problem(answer).get("type") == _IN_FLIGHT


def _refusal(answer: httpx.Response) -> Refused:
    return Refused(answer.status_code, _problem(answer), answer.headers.get("Location"))


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"detail": "not a problem document"}


def _has_summary(answer: httpx.Response) -> bool:
    last = answer.text.rstrip("\n").rpartition("\n")[2]
    return last.startswith('{"summary"')


def _stored(document: Mapping[str, Any], *, created: bool = True) -> StoredRecord:
    return StoredRecord(document["subject"], document["record_id"], document["version"], created)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
