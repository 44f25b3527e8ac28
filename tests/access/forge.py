"""Makes tokens byte by byte, with any header, payload and signature, and no token library.

A library would refuse to make most of what a service must refuse to take.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from app.access.signing_keys import SigningKey

Signer = Callable[[bytes], bytes]
JsonObject = Mapping[str, Any]


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(part: JsonObject | bytes) -> bytes:
    return part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()


def compact(header: JsonObject | bytes, payload: JsonObject | bytes, sign: Signer) -> str:
    """Join a token: objects are written as JSON, bytes go in as they are."""
    signed = f"{base64url(octets_of(header))}.{base64url(octets_of(payload))}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


def der_signer(key: ec.EllipticCurvePrivateKey) -> Signer:
    """Sign as most software does, in ASN.1: not the form of RFC 7518."""
    return lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))


def es256_signer(key: ec.EllipticCurvePrivateKey) -> Signer:
    """Sign as RFC 7518, section 3.4, wants: r and s, 32 octets each."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(der_signer(key)(message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def hmac_signer(secret: bytes, algorithm: str) -> Signer:
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    return lambda message: hmac.new(secret, message, digest).digest()


@dataclass(frozen=True)
class Forge:
    """A good token of one kind, to be changed in one place at a time and signed again."""

    key: SigningKey
    header: JsonObject
    claims: JsonObject
    sign: Signer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sign", es256_signer(self.key.private_key))

    def good(self) -> str:
        return compact(self.header, self.claims, self.sign)

    def with_header(self, **parameters: Any) -> str:
        return compact({**self.header, **parameters}, self.claims, self.sign)

    def without_header(self, name: str) -> str:
        return compact(_without(self.header, name), self.claims, self.sign)

    def with_claims(self, **claims: Any) -> str:
        return compact(self.header, {**self.claims, **claims}, self.sign)

    def without_claim(self, name: str) -> str:
        return compact(self.header, _without(self.claims, name), self.sign)

    def with_written_claim(self, name: str, text: str) -> str:
        """Put a claim's value in as the JSON text given, which need not be JSON."""
        others = json.dumps(_without(self.claims, name), separators=(",", ":"))
        return self.with_payload(f'{others[:-1]},"{name}":{text}}}'.encode())

    def with_payload(self, payload: bytes) -> str:
        return compact(self.header, payload, self.sign)

    def with_raw_header(self, header: bytes) -> str:
        return compact(header, self.claims, self.sign)

    def signed_by(self, sign: Signer, **parameters: Any) -> str:
        return compact({**self.header, **parameters}, self.claims, sign)

    def with_segments(self, header: str, payload: str) -> str:
        """Sign two segments as they are written here, whatever they are."""
        signed = f"{header}.{payload}"
        return f"{signed}.{base64url(self.sign(signed.encode()))}"

    def written_header(self) -> str:
        return octets_of(self.header).decode()

    def written_claims(self) -> str:
        return octets_of(self.claims).decode()


def _without(members: JsonObject, name: str) -> dict[str, Any]:
    return {key: value for key, value in members.items() if key != name}
