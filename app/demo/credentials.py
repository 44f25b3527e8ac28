"""How a client proves who it is at the token endpoint.

Source: RFC 6749, section 2.3.1 (client secret), RFC 7523, section 2.2 (private key).
"""

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from app.access.grant_types import ASSERTION_TYPE

ASSERTION_SECONDS = 60
_COORDINATE = 32


class Credentials(Protocol):
    """What a client proves itself by."""

    def sent(self, token_endpoint: str) -> tuple[dict[str, str], dict[str, str]]:
        """Give the form members and the headers of a token request."""
        ...


@dataclass(frozen=True)
class SecretInHeader:
    """A client secret by HTTP Basic (``client_secret_basic``)."""

    client_id: str
    secret: str = field(repr=False)

    def sent(self, token_endpoint: str) -> tuple[dict[str, str], dict[str, str]]:  # noqa: ARG002
        """Give the header; both parts are form-encoded before they are joined."""
        pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
        return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@dataclass(frozen=True)
class SecretInForm:
    """A client secret in the body (``client_secret_post``)."""

    client_id: str
    secret: str = field(repr=False)

    def sent(self, token_endpoint: str) -> tuple[dict[str, str], dict[str, str]]:  # noqa: ARG002
        """Give the form members."""
        return {"client_id": self.client_id, "client_secret": self.secret}, {}


@dataclass(frozen=True)
class KeyPair:
    """A key pair on P-256 that never leaves this process (``private_key_jwt``, ES256)."""

    private_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False
    )
    key_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def jwks(self) -> str:
        """Write the public key as the JWK Set to register."""
        point = self.private_key.public_key().public_numbers()
        key = {
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "alg": "ES256",
            "kid": self.key_id,
            "x": _base64url(point.x.to_bytes(_COORDINATE, "big")),
            "y": _base64url(point.y.to_bytes(_COORDINATE, "big")),
        }
        return json.dumps({"keys": [key]})

    def signed(self, claims: dict[str, object]) -> str:
        """Sign claims as a compact JWT."""
        header = {"alg": "ES256", "typ": "JWT", "kid": self.key_id}
        text = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
        signature = self.private_key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        numbers = decode_dss_signature(signature)
        raw = b"".join(number.to_bytes(_COORDINATE, "big") for number in numbers)
        return f"{text}.{_base64url(raw)}"


@dataclass(frozen=True)
class SignedAssertion:
    """A registered key pair (``private_key_jwt``); every assertion is used once."""

    client_id: str
    keys: KeyPair

    def sent(self, token_endpoint: str) -> tuple[dict[str, str], dict[str, str]]:
        """Give the form members with a new assertion."""
        now = int(time.time())
        assertion = self.keys.signed(
            {
                "iss": self.client_id,
                "sub": self.client_id,
                "aud": token_endpoint,
                "jti": str(uuid.uuid4()),
                "iat": now,
                "exp": now + ASSERTION_SECONDS,
            }
        )
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}, {}


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
