"""A small OpenID Connect issuer on the loopback address: what it refuses, a real one refuses."""

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = "dayzero-page"
AUDIENCE = "dayzero"
KEY = RSAKey.generate_key(2048, {"kid": "issuer-1", "use": "sig", "alg": "RS256"}, private=True)


@dataclass
class Issuer:
    """Signs one person in without asking, once for each code; keeps what it was asked."""

    origin: str
    page: str
    person: str = "7c1f"
    denies: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        """What it serves."""
        return Starlette(
            routes=[
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )

    def settings(self, name: str, **sign_in: str) -> dict[str, Any]:
        """Give what a deployment's list of issuers says of it."""
        return {
            "issuer": self.origin,
            "audience": AUDIENCE,
            "jwks_url": f"{self.origin}/keys",
            "sign_in": {
                "name": name,
                "client_id": CLIENT,
                "authorization_endpoint": f"{self.origin}/authorize",
                "token_endpoint": f"{self.origin}/token",
                **sign_in,
            },
        }

    async def authorize(self, request: Request) -> Response:
        """Sign the person in and send the browser back, as RFC 6749, section 4.1.2, says."""
        asked = dict(request.query_params)
        self.asked.append(asked)
        back = {"state": asked["state"], "iss": self.origin, "session_state": "of-no-interest"}
        if self.denies:
            back |= {"error": "access_denied", "error_description": "the person is not on the list"}
        else:
            code = uuid.uuid4().hex
            self._codes[code] = asked
            back |= {"code": code}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        """Exchange a code, once, for whoever holds the verifier of its challenge (RFC 7636)."""
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self._codes.pop(form.get("code", ""), None)
        proven = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        right = (
            asked is not None
            and form["grant_type"] == "authorization_code"
            and asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == base64.urlsafe_b64encode(proven).rstrip(b"=").decode()
            and all(form[name] == asked[name] for name in ("client_id", "redirect_uri"))
        )
        headers = {"Access-Control-Allow-Origin": self.page, "Cache-Control": "no-store"}
        if not right or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400, headers)
        tokens = {
            "access_token": self._signed(AUDIENCE, "at+jwt"),
            "id_token": self._signed(CLIENT, "JWT", nonce=asked["nonce"]),
            "token_type": "Bearer",
            "expires_in": 900,
        }
        return JSONResponse(tokens, headers=headers)

    async def keys(self, _: Request) -> Response:
        """Publish the key."""
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})

    def _signed(self, audience: str, form: str, **claims: str) -> str:
        now = int(time.time())
        said = {"iss": self.origin, "sub": self.person, "aud": audience, "iat": now}
        header = {"alg": "RS256", "kid": "issuer-1", "typ": form}
        return jwt.encode(header, {**said, "exp": now + 900, **claims}, KEY)
