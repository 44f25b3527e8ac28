"""Where clients and people get access tokens, and where others learn how to verify them.

Refusals here are those of OAuth 2.0 (RFC 6749, section 5.2), which stock clients understand.
"""

import base64
import binascii
import time
from collections import deque
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.access.client_assertions import CLIENT_ALGORITHMS
from app.access.grant_types import ASSERTION_TYPE, LINK_GRANT
from app.access.permissions import Action
from app.access.scopes import ALL_SCOPES
from app.problems import (
    BodyTooLarge,
    DatabaseUnavailable,
    DeadlineExceeded,
    OutcomeUnknown,
    Overloaded,
    UnknownParameter,
    documented,
)
from app.routers.supplied import ServiceOfApp
from app.routers.trial_route import CARRIES_SECRETS, TrialRoute, permits, read_body
from app.schemas.discovery import AuthorizationServer, PublicKeys
from app.services.sign_in import InvalidClient, InvalidScope, SignIn

router = APIRouter(route_class=TrialRoute, tags=["sign in"])

_FORM = "application/x-www-form-urlencoded"
_KNOWN = frozenset(
    {
        "grant_type", "scope", "client_id", "client_secret", "client_assertion",
        "client_assertion_type", "link", "resource", "audience",
    }
)  # fmt: skip


class TokenAnswer(BaseModel):
    """A new access token."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the type's name
    expires_in: int = Field(description="Seconds.")
    scope: str


class OAuthError(BaseModel):
    """Why there is no token (RFC 6749, section 5.2)."""

    error: str
    error_description: str


class _Refused(Exception):  # noqa: N818 - what the caller gets
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


class FailedSignIns:
    """How often signing in failed, by the caller's address, in the last minute.

    A caller that fails too often is told to wait. One that signs in rightly never is: guessing
    cannot lock a true client out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._failed: dict[str, deque[float]] = {}

    def too_many(self, address: str) -> bool:
        """Note a failure and tell whether there have been too many."""
        now = time.monotonic()
        failed = self._failed.setdefault(address, deque(maxlen=self._limit + 1))
        failed.append(now)
        if len(self._failed) > 10_000:
            self._failed = {
                known: times for known, times in self._failed.items() if times[-1] > now - 60
            }
        return len(failed) > self._limit and failed[0] > now - 60


_FORM_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {
                            "type": "string",
                            "enum": ["client_credentials", LINK_GRANT],
                        },
                        "scope": {"type": "string", "description": "Words with single spaces."},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "format": "password"},
                        "client_assertion_type": {"type": "string", "enum": [ASSERTION_TYPE]},
                        "client_assertion": {"type": "string"},
                        "link": {"type": "string", "description": "The code of a one-time link."},
                    },
                }
            }
        },
    }
}


@router.post(
    "/oauth/token",
    operation_id="issue_token",
    summary="Get an access token",
    responses={
        200: {"model": TokenAnswer},
        400: {
            "model": OAuthError,
            "description": "The request asks for nothing we issue.",
            "content": documented(UnknownParameter)[400]["content"],
        },
        401: {"model": OAuthError, "description": "`invalid_client`."},
        429: {"model": OAuthError, "description": "Too many failures from this address."},
        **documented(
            BodyTooLarge, DatabaseUnavailable, OutcomeUnknown, Overloaded, DeadlineExceeded
        ),
    },
    **permits(Action.PUBLIC, **CARRIES_SECRETS, **_FORM_BODY),
)
async def issue_token(request: Request, service: ServiceOfApp) -> JSONResponse:
    """Issue a token for client credentials or for a one-time link."""
    try:
        form = _form(request, await read_body(request, 64 * 1024))
        asked = frozenset(form.get("scope", "").split())
        if form.get("grant_type") == "client_credentials":
            principal = await _client(request, form, service.sign_in)
            lifetime = timedelta(seconds=service.settings.access_token_seconds)
        elif form.get("grant_type") == LINK_GRANT:
            principal = await service.sign_in.by_link(form.get("link", ""))
            lifetime = timedelta(hours=service.settings.session_hours)
        elif "grant_type" in form:
            raise _Refused("unsupported_grant_type", "use client_credentials")
        else:
            raise _Refused("invalid_request", "send a grant_type")
        issued = await service.sign_in.issue(principal, asked, lifetime)
    except InvalidScope:
        return _refusal(_Refused("invalid_scope", "ask for scopes that your roles give"))
    except InvalidClient:
        address = request.client.host if request.client else ""
        if request.app.state.failed_sign_ins.too_many(address):
            return _refusal(_Refused("temporarily_unavailable", "wait before you try again", 429))
        return _refusal(_Refused("invalid_client", "the client is not known by what it sent", 401))
    except _Refused as refused:
        return _refusal(refused)
    return JSONResponse(
        {
            "access_token": issued.text,
            "token_type": "Bearer",
            "expires_in": int((issued.says.expires_at - issued.says.issued_at).total_seconds()),
            "scope": " ".join(sorted(issued.says.scopes)),
        },
        headers={"Pragma": "no-cache"},
    )


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="read_authorization_server",
    summary="How to sign in here (RFC 8414)",
    responses={200: {"model": AuthorizationServer}, **documented(UnknownParameter)},
    **permits(Action.PUBLIC),
)
async def authorization_server(service: ServiceOfApp) -> JSONResponse:
    """Describe the token endpoint."""
    sign_in: SignIn = service.sign_in
    issuer = sign_in.settings.issuer
    return JSONResponse(
        {
            "issuer": issuer,
            "token_endpoint": sign_in.token_endpoint,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "grant_types_supported": ["client_credentials", LINK_GRANT],
            "response_types_supported": [],
            "scopes_supported": sorted(ALL_SCOPES),
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "private_key_jwt",
            ],
            "token_endpoint_auth_signing_alg_values_supported": sorted(CLIENT_ALGORITHMS),
            "service_documentation": f"{issuer}/docs",
        }
    )


@router.get(
    "/.well-known/jwks.json",
    operation_id="read_signing_keys",
    summary="The public keys that verify our access tokens (RFC 7517)",
    responses={200: {"model": PublicKeys}, **documented(UnknownParameter)},
    **permits(Action.PUBLIC),
)
async def signing_keys(service: ServiceOfApp) -> JSONResponse:
    """Publish the keys, those of the coming and of the last rotation too."""
    keys = service.sign_in.public_keys()
    return JSONResponse(keys, headers={"Cache-Control": "public, max-age=60"})


async def _client(request: Request, form: dict[str, str], sign_in: SignIn) -> Any:
    """Give the client by the one method that it used."""
    basic = request.headers.getlist("authorization")
    methods = (bool(basic), "client_secret" in form, "client_assertion" in form)
    if sum(methods) > 1:
        raise _Refused("invalid_request", "prove who the client is in one way")
    if not any(methods):
        raise InvalidClient
    if basic:
        identity, secret = _basic(basic)
        if form.get("client_id", identity) != identity:
            raise InvalidClient
        return await sign_in.by_secret(identity, secret)
    if "client_secret" in form:
        return await sign_in.by_secret(form.get("client_id", ""), form["client_secret"])
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise InvalidClient
    return await sign_in.by_assertion(form["client_assertion"], form.get("client_id"))


def _basic(presented: list[str]) -> tuple[str, str]:
    scheme, _, encoded = presented[0].partition(" ")
    if len(presented) != 1 or scheme.lower() != "basic":
        raise InvalidClient
    try:
        identity, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClient from None
    if not colon:
        raise InvalidClient
    return unquote_plus(identity), unquote_plus(secret)


def _form(request: Request, raw: bytes) -> dict[str, str]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        raise _Refused("invalid_request", f"send {_FORM}")
    try:
        values = parse_qs(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict",
            max_num_fields=20,
        )  # fmt: skip
    except ValueError:
        raise _Refused("invalid_request", "send a form") from None
    if any(len(given) > 1 for given in values.values()):
        raise _Refused("invalid_request", "send each parameter once")
    return {name: given[0] for name, given in values.items() if name in _KNOWN}


def _refusal(refused: _Refused) -> JSONResponse:
    headers = {"Pragma": "no-cache"}
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="dayzero"'
    if refused.status == 429:
        headers["Retry-After"] = "60"
    return JSONResponse(
        {"error": refused.error, "error_description": refused.description},
        refused.status,
        headers=headers,
    )
