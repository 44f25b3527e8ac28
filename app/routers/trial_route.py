"""What every route does before and around its own work.

In this order: the caller is known before anything of the request is read; the query has no
parameter that the route does not know; the body is of a form and a size that the route takes and
is JSON that means one thing. Whatever is wrong becomes a problem, and what an authenticated caller
was refused is noted.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from app.access.permissions import PERMISSIONS, Action
from app.access.scopes import scope_of
from app.problems import (
    BodyTooLarge,
    DeadlineExceeded,
    MalformedJson,
    NotAcceptable,
    Problem,
    RequestTimeout,
    UnknownParameter,
    documented,
)
from app.routers.binding import Binding
from app.routers.body_forms import BodyForms
from app.routers.caller import authenticate
from app.routers.negotiation import preferred, vary
from app.routers.refusals import answer, as_problem
from app.service import Service
from app.services.caller import Caller
from app.strict_json import MalformedJSON, parse_strictly

_JSON_BODY: Final = BodyForms(("application/json",))


def permits(action: Action, **extra: Any) -> dict[str, Any]:
    """Declare what a route does; every route declares exactly one action.

    Args:
        action: what it does.
        extra: further members of its OpenAPI operation.
    """
    return {"openapi_extra": {"x-action": action.value, **extra}}


CARRIES_SECRETS: Final = {"x-carries-secrets": True}
"""What a route says of itself whose answers hold credentials: they are never compressed."""


class ReadRequest(Request):
    """A request whose body was read to its end."""

    def __init__(self, scope: Scope, receive: Receive, raw: bytes) -> None:
        super().__init__(scope, receive)
        self._raw = raw

    async def body(self) -> bytes:
        """Give the body as it came."""
        return self._raw


class TrialRoute(APIRoute):
    """A route of this service: one declared action, a known caller, strict input.

    Attributes:
        strict_query: whether a parameter of the query that the route does not know is refused.
        forms: the media types of its answers, the usual one first; a GET is held to them.
        carries_secrets: whether an answer holds credentials.
    """

    strict_query: ClassVar[bool] = True

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        declared = (options.get("openapi_extra") or {}).get("x-action")
        if declared is None:
            raise RuntimeError(f"the route {path} declares no action")
        self.action = Action(declared)
        scope = scope_of(self.action)
        extra: dict[str, Any] = {**options["openapi_extra"]}
        if self.action is Action.PUBLIC:
            extra["security"] = []
        else:
            extra["security"] = [{"oauth2": [scope] if scope else []}, {"bearer": []}]
            extra["x-roles"] = sorted(role.value for role in PERMISSIONS[self.action])
        options["openapi_extra"] = extra
        self.carries_secrets = bool(extra.get("x-carries-secrets"))
        self.forms = _forms_of(options)
        self._negotiates = "GET" in (options.get("methods") or ("GET",))
        if self._negotiates:
            options["responses"] = {**documented(NotAcceptable), **(options.get("responses") or {})}
        super().__init__(path, endpoint, **options)
        self._route = f"{' '.join(sorted(self.methods or ()))} {self.path_format}"
        self._known = frozenset(_query_names(self.dependant))
        self._binding = Binding(self.dependant)
        self._binding.supplied.require(
            a_caller=self.action is not Action.PUBLIC, a_form=self._negotiates
        )
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        service: Service = request.app.state.service
        request.state.route = self._route
        request.state.carries_secrets = self.carries_secrets
        try:
            async with asyncio.timeout(self.seconds(service)):
                response = await self._handle(request, service)
        except TimeoutError:
            response = await answer(request, _late(request))
        except (Problem, RequestValidationError) as refusal:
            response = await answer(request, as_problem(refusal))
        await response(scope, receive, send)

    async def _handle(self, request: Request, service: Service) -> Response:
        """Know the caller, read the request strictly, and let the endpoint answer."""
        if self.action is not Action.PUBLIC:
            principal = await authenticate(request, service)
            # Before the caller is known to `answer`: a refusal for haste is not worth a note in
            # the database, which the limit is there to spare.
            request.app.state.request_rate.admit(principal.id)
            request.state.caller = Caller(principal, request.state.request_id, self._route)
        if self._negotiates:
            request.state.form = preferred(request, self.forms)
        if self.strict_query:
            _require_known_parameters(request, self._known)
        value = None
        if self.body_field is not None:
            raw = await read_body(request, service.settings.body_limit)
            value = _parsed(request, raw)
            request = ReadRequest(request.scope, request.receive, raw)
        answered = await self.endpoint(**self._binding.read(request, value))
        if isinstance(answered, Response):
            if self._negotiates and len(self.forms) > 1:
                vary(answered.headers, "Accept")
            return answered
        if isinstance(answered, BaseModel):
            written: str | bytes = answered.model_dump_json()
        else:
            written = json.dumps(answered, ensure_ascii=False)
        return Response(written, self.status_code or 200, media_type="application/json")

    def seconds(self, service: Service) -> float:
        """Give how long a request of this route may take."""
        return service.settings.request_seconds


def _forms_of(options: dict[str, Any]) -> tuple[str, ...]:
    """Give the media types that a route declares of its answers: JSON unless it says otherwise."""
    described = (options.get("responses") or {}).get(200, {})
    declared = tuple(described.get("content", ()))
    if options.get("response_class") is Response and "model" not in described and declared:
        return declared
    return tuple(dict.fromkeys(("application/json", *declared)))


def _query_names(dependant: Dependant) -> Iterator[str]:
    """Give the parameters of the query, those of a query model one by one."""
    for field in dependant.query_params:
        shape = field.field_info.annotation
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            for name, member in shape.model_fields.items():
                yield member.alias or name
        else:
            yield field.alias


def _late(request: Request) -> Problem:
    """Say who was too slow."""
    if getattr(request.state, "awaits_body", False):
        return RequestTimeout("Send the body in less time; nothing was stored.")
    return DeadlineExceeded(
        "Send it again; a change under the same Idempotency-Key has one effect.",
        headers={"Retry-After": "2"},
    )


async def read_body(request: Request, limit: int) -> bytes:
    """Read the body to its end.

    Raises:
        BodyTooLarge: it is longer than ``limit`` octets.
    """
    declared = request.headers.get("content-length")
    if declared is not None and declared.isascii() and declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    received = bytearray()
    async for chunk in arriving(request):
        received += chunk
        if len(received) > limit:
            raise too_large(limit)
    return bytes(received)


async def arriving(request: Request) -> AsyncIterator[bytes]:
    """Give the body as it arrives; a request that ends meanwhile is said to wait for it."""
    request.state.awaits_body = True
    async for chunk in request.stream():
        yield chunk
    request.state.awaits_body = False


def too_large(limit: int) -> BodyTooLarge:
    """Refuse a body that is too large."""
    return BodyTooLarge(f"A body here has at most {limit} octets.", limit=limit)


def _require_known_parameters(request: Request, known: frozenset[str]) -> None:
    if not request.scope["query_string"]:
        return
    names = [name for name, _ in request.query_params.multi_items()]
    if not known.issuperset(names):
        raise UnknownParameter("Leave out what the route does not know.", allowed=sorted(known))
    if len(names) != len(set(names)):
        raise UnknownParameter("Give each parameter once.", allowed=sorted(known))


def _parsed(request: Request, raw: bytes) -> Any:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise _JSON_BODY.of_type(request)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _JSON_BODY.of_coding()
    try:
        return parse_strictly(raw)
    except MalformedJSON as malformed:
        error: dict[str, Any] = {"code": malformed.code, "message": malformed.message}
        if malformed.pointer is not None:
            error["pointer"] = malformed.pointer
        raise MalformedJson("Send one JSON text in UTF-8.", errors=[error]) from None
