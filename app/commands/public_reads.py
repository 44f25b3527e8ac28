"""The operator's way to the trial's figures: the public API over HTTP, like everybody else.

A command that read the database past the service would be a second way to data, with walls and
notes of its own to keep; this one has those of the API. It signs in with an access token, with a
client's credentials, or, on the machine whose data directory the embedded service runs on, as a
person made for the occasion: named after the account, with the least role that will do, for ten
minutes, in the ledger like every grant, each read noted under its name.
"""

import getpass
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import asyncpg
import httpx
import typer

from app.access.grant_types import LINK_GRANT
from app.access.permissions import Role
from app.commands.console import errors, fail
from app.commands.operator_access import as_owner
from app.commands.settings import configured
from app.config import Settings
from app.services import administration

OCCASION: Final = timedelta(minutes=10)
LAST_MINUTE: Final = timedelta(minutes=1)
SECONDS: Final = httpx.Timeout(10.0, read=300.0)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

AtUrl = Annotated[
    str | None,
    typer.Option("--url", help="Where the service is; without it, where `serve` last was."),
]
WithToken = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="DAYZERO_TOKEN",
        help="An access token. Without it: DAYZERO_CLIENT_ID and DAYZERO_CLIENT_SECRET, or the "
        "data directory of the embedded service.",
    ),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="What the database knew: a number or an instant.")
]
Cutoff = Annotated[
    str | None, typer.Option("--cutoff", help="Last clinical day that counts, as in 2026-06-30.")
]


@dataclass(frozen=True, slots=True)
class PublicApi:
    """A service and the access to it."""

    http: httpx.Client

    def json(self, address: str, **query: str | None) -> dict[str, Any]:
        """Ask for a document.

        Raises:
            typer.Exit: the service does not give it; a sentence has said why.
        """
        found = self._answered(address, "application/json", query).json()
        if not isinstance(found, dict):
            raise fail("The service answered with something else than a document.")
        return found

    def text(self, address: str, media_type: str, **query: str | None) -> str:
        """Ask for a text of a form; refusals are as for :meth:`json`."""
        return self._answered(address, media_type, query).text

    def _answered(
        self, address: str, media_type: str, query: Mapping[str, str | None]
    ) -> httpx.Response:
        asked = {name: value for name, value in query.items() if value is not None}
        with errors.status("Asking the service ..."):
            try:
                answer = self.http.get(address, params=asked, headers={"Accept": media_type})
            except httpx.TimeoutException:
                raise fail("The service took too long; ask again in a moment.") from None
            except (httpx.HTTPError, httpx.InvalidURL):
                raise fail(f"The service at {self.http.base_url} went away.") from None
        if not answer.is_success:
            raise fail(refusal(answer))
        return answer


@contextmanager
def public_api(url: str | None, token: str | None, role: Role) -> Iterator[PublicApi]:
    """Sign in to the service.

    Args:
        url: where it is; None: where the settings say.
        token: an access token; None: by the credentials of a client, or as the operator.
        role: what the operator becomes for the occasion where nothing else signs in.

    Raises:
        typer.Exit: there is no way in; a sentence has said why.
    """
    settings = configured()
    address = (url or settings.issuer).rstrip("/")
    _require_safe(address)
    with httpx.Client(base_url=address, timeout=SECONDS) as http:
        _require_service(http, address)
        given = token or _token(http, settings, address, role)
        if not given.isascii() or not given.isprintable():
            raise fail("The token is none: it has letters that no token has.")
        http.headers["Authorization"] = f"Bearer {given}"
        yield PublicApi(http)


def refusal(answer: httpx.Response) -> str:
    """Say in a sentence why the service refused; nothing of the request is repeated."""
    if answer.status_code == 401:
        return "The service does not know the token, or it has ended: sign in again."
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return f"The service answered {answer.status_code}."
    said = [f"{printable(problem.get('title', 'The service refused')).rstrip('.')}."]
    for error in problem.get("errors") or ():
        place = printable(error.get("parameter") or error.get("pointer") or "")
        allowed = ", ".join(map(printable, error.get("allowed") or ()))
        said.append(
            f"{place}: {printable(error.get('message', '')).rstrip('.')}"
            + (f"; allowed: {allowed}." if allowed else ".")
        )
    if len(said) == 1 and problem.get("detail"):
        said.append(printable(problem["detail"]))
    return " ".join(said)


def printable(text: object) -> str:
    """Give a text without what would steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in str(text))


def _require_safe(address: str) -> None:
    """Refuse to send access in the clear to another machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        parts, host = None, None
    if parts is None or host is None or parts.scheme not in {"http", "https"}:
        raise fail("The address of the service is one of http or https, as in https://trial.test.")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise fail("Access is sent to another machine under https alone.")


def _require_service(http: httpx.Client, address: str) -> None:
    try:
        http.get("/livez").raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL):
        raise fail(f"No service answers at {address}: start it with `dayzero serve`.") from None


def _token(http: httpx.Client, settings: Settings, address: str, role: Role) -> str:
    client, secret = (os.environ.get(f"DAYZERO_CLIENT_{name}") for name in ("ID", "SECRET"))
    if client and secret:
        return _exchanged(http, {"grant_type": "client_credentials"}, (client, secret))
    if settings.database_url is not None or address != settings.issuer.rstrip("/"):
        raise fail(
            "Sign in: set DAYZERO_TOKEN to an access token, or DAYZERO_CLIENT_ID and "
            "DAYZERO_CLIENT_SECRET to a client's."
        )
    link = as_owner(lambda owner: _link_of_operator(owner, role))
    return _exchanged(http, {"grant_type": LINK_GRANT, "link": link})


async def _link_of_operator(owner: asyncpg.Connection, role: Role) -> str:
    return await administration.make_link(owner, await _made_operator(owner, role))


async def _made_operator(owner: asyncpg.Connection, role: Role) -> uuid.UUID:
    """Give the operator a role for the occasion, unless one from just before still lasts.

    Every grant is an event of the ledger and moves its clock; asking twice need not.
    """
    name = printable(f"Operator at the terminal, {_account()}")
    now = datetime.now(UTC)
    for held in await administration.grants(owner):
        ends_at = held["ends_at"]
        theirs = (held["name"], held["role"]) == (name, role.value)
        if theirs and ends_at is not None and ends_at - now > LAST_MINUTE:
            person: uuid.UUID = held["id"]
            return person
    return await administration.add_grant(owner, name, role, None, now + OCCASION, make_person=True)


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unnamed"


def _exchanged(
    http: httpx.Client, form: dict[str, str], credentials: tuple[str, str] | None = None
) -> str:
    proof = httpx.BasicAuth(*credentials) if credentials else httpx.USE_CLIENT_DEFAULT
    try:
        answer = http.post("/oauth/token", data=form, auth=proof)
        return str(answer.raise_for_status().json()["access_token"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        raise fail("The service does not let the caller in by these credentials.") from None
