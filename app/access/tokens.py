"""Signed tokens, made and verified: the one door to python-jose.

The library accepts what it should not (any ``typ``, unknown ``crit``, altered base64 tails) and
raises what it should not (TypeError, RecursionError). So a token is looked at before the library
sees it, what the library says about the signature is taken as yes or no, and the claims come back
through a strict reader. Whatever is wrong is one exception, `InvalidToken`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from jose import jwk, jws
from jose.backends.base import Key

from app.access.encoding import decoded_base64url, json_object
from app.access.public_keys import VerificationKey, is_key_id

LONGEST_TOKEN = 8192


class Fault(StrEnum):
    """Why a token is refused: for our log and our counters, never for the caller."""

    NOT_TEXT = "not-text"
    TOO_LONG = "too-long"
    SEGMENTS = "segments"
    BASE64URL = "base64url"
    HEADER = "header"
    HEADER_PARAMETER = "header-parameter"
    ALGORITHM = "algorithm"
    TYPE = "type"
    KEY_ID = "key-id"
    KEY_UNKNOWN = "key-unknown"
    KEY_AMBIGUOUS = "key-ambiguous"
    KEY_UNSUITED = "key-unsuited"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    CLAIM_MISSING = "claim-missing"
    CLAIM_MALFORMED = "claim-malformed"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    SUBJECT = "subject"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    LIFETIME = "lifetime"


class InvalidToken(Exception):  # noqa: N818 - it is what happened to the caller, not our error
    """A token that proves nothing. It carries a reason for our log and nothing of the token."""

    def __init__(self, reason: Fault) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class TokenForm:
    """What the header of one kind of token may say.

    Attributes:
        algorithms: the signature algorithms allowed (``alg``).
        types: the media types allowed (``typ``), in lower case; None: it may be absent.
        exact_type: compare ``typ`` letter by letter. Otherwise as the media type that it is: case
            does not count and a leading ``application/`` may be written (RFC 7515, section 4.1.9).
        key_id_required: ``kid`` must be there.
        ignored: header parameters that may be there and mean nothing to us.
    """

    algorithms: frozenset[str]
    types: frozenset[str | None]
    exact_type: bool = False
    key_id_required: bool = True
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True)
class UnverifiedToken:
    """A token of the right form, whose signature nobody has looked at yet.

    Attributes:
        key_id: the key that it names (``kid``); empty if it names none.
    """

    text: str = field(repr=False)
    algorithm: str
    key_id: str


def read_token(token: object, form: TokenForm) -> UnverifiedToken:
    """Check everything about a token that can be checked without a key.

    Raises:
        InvalidToken: it is not text of three canonical base64url segments under 8 KiB, or its
            header is not a flat object of allowed parameters with allowed values.
    """
    text, (octets, _, _) = _segments(token)
    header = _json_object(octets, Fault.HEADER)
    if not header.keys() <= {"alg", "kid", "typ"} | form.ignored:
        raise InvalidToken(Fault.HEADER_PARAMETER)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in form.algorithms:
        raise InvalidToken(Fault.ALGORITHM)
    if not _type_fits(header, form):
        raise InvalidToken(Fault.TYPE)
    if "kid" not in header and not form.key_id_required:
        return UnverifiedToken(text, algorithm, key_id="")
    key_id = header.get("kid")
    if not is_key_id(key_id):
        raise InvalidToken(Fault.KEY_ID)
    return UnverifiedToken(text, algorithm, key_id)


def unverified_claims(token: object) -> dict[str, object]:
    """Read what a token says of itself, to know whose keys to try; believe nothing of it.

    Raises:
        InvalidToken: the token cannot be read.
    """
    _, (_, octets, _) = _segments(token)
    return _json_object(octets, Fault.CLAIMS)


def verified_claims(token: UnverifiedToken, keys: Sequence[VerificationKey]) -> dict[str, object]:
    """Give the claims of a token that one of these keys has signed.

    A token that names its key must name exactly one of them. One that names none is tried with
    each key that fits its algorithm; callers bound how many there are.

    Raises:
        InvalidToken: no key, several keys of that name, a key of another type, a signature by
            none of them, or claims that are not one JSON object without duplicates.
    """
    candidates = [key for key in keys if token.key_id in ("", key.key_id)]
    if not candidates:
        raise InvalidToken(Fault.KEY_UNKNOWN)
    if token.key_id and len(candidates) > 1:
        raise InvalidToken(Fault.KEY_AMBIGUOUS)
    suited = [key for key in candidates if token.algorithm in key.algorithms]
    if not suited:
        raise InvalidToken(Fault.KEY_UNSUITED)
    try:
        trusted = [_library_key(key, token.algorithm) for key in suited]
        payload = jws.verify(token.text, trusted, algorithms=[token.algorithm])
    except Exception:  # the library raises more than JOSEError, and its message quotes the token
        raise InvalidToken(Fault.SIGNATURE) from None
    return _json_object(payload, Fault.CLAIMS)


def signed_token(
    claims: Mapping[str, object],
    *,
    private_key: ec.EllipticCurvePrivateKey,
    key_id: str,
    media_type: str,
) -> str:
    """Sign claims with ES256 and give the compact token (RFC 7515, section 7.1)."""
    payload = json.dumps(claims, separators=(",", ":"), allow_nan=False).encode()
    token: str = jws.sign(
        payload,
        jwk.construct(private_key, "ES256"),
        headers={"typ": media_type, "kid": key_id},
        algorithm="ES256",
    )
    return token


def _segments(token: object) -> tuple[str, list[bytes]]:
    """Give a token's text and the octets of its header, claims and signature."""
    if not isinstance(token, str):
        raise InvalidToken(Fault.NOT_TEXT)
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken(Fault.TOO_LONG)
    segments = token.split(".")
    if len(segments) != 3 or not all(segments):
        raise InvalidToken(Fault.SEGMENTS)
    try:
        return token, [decoded_base64url(segment) for segment in segments]
    except ValueError:
        raise InvalidToken(Fault.BASE64URL) from None


def _json_object(octets: bytes, fault: Fault) -> dict[str, object]:
    try:
        return json_object(octets)
    except ValueError:
        raise InvalidToken(fault) from None


def _type_fits(header: Mapping[str, object], form: TokenForm) -> bool:
    if "typ" not in header:
        return None in form.types
    media_type = header["typ"]
    if not isinstance(media_type, str):
        return False
    if not form.exact_type:
        media_type = media_type.lower().removeprefix("application/")
    return media_type in form.types


def _library_key(key: VerificationKey, algorithm: str) -> Any:
    if algorithm == "PS256" and isinstance(key.public_key, rsa.RSAPublicKey):
        return _ProbabilisticRsaKey(key.public_key)
    return jwk.construct(key.public_key, algorithm)


class _ProbabilisticRsaKey(Key):  # type: ignore[misc]  # the library is untyped
    """PS256 in the library's own shape, which has no RSASSA-PSS.

    Source: RFC 7518, section 3.5 (MGF1 with the same hash, a salt as long as the hash).
    """

    def __init__(self, public_key: rsa.RSAPublicKey) -> None:
        super().__init__(public_key, "PS256")
        self._public_key = public_key

    def verify(self, message: bytes, signature: bytes) -> bool:
        sha256 = hashes.SHA256()
        scheme = padding.PSS(mgf=padding.MGF1(sha256), salt_length=padding.PSS.DIGEST_LENGTH)
        try:
            self._public_key.verify(signature, message, scheme, sha256)
        except InvalidSignature:
            return False
        return True
