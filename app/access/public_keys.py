"""Public keys that verify signatures: which are strong enough, how a JWK is read and written."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias, TypeGuard

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.access.encoding import decoded_base64url, encoded_base64url, json_object
from app.access.rsa_moduli import weakness_of

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
RSA_ALGORITHMS = frozenset({"RS256", "RS384", "PS256"})
CURVE_ALGORITHMS = {"P-256": frozenset({"ES256"}), "P-384": frozenset({"ES384"})}
SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192  # a larger one would make each verification a small denial of service

_CURVE_NAMES = {curve.name: name for name, curve in CURVES.items()}
_KEY_ID = re.compile(r"[A-Za-z0-9._~:+/=@#-]{1,128}")
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
LONGEST_KEY_SET = 65_536


class UnusableKey(ValueError):  # noqa: N818 - a kind of key, as in "skip the unusable keys"
    """A key that is sound but not for verifying our signatures: other type, curve, use or alg."""


@dataclass(frozen=True)
class VerificationKey:
    """A public key under the name (``kid``) by which a token refers to it.

    Attributes:
        algorithms: the signature algorithms this key may verify, never empty.

    Raises:
        ValueError: the key is too weak, or cannot verify one of ``algorithms``.
    """

    key_id: str
    public_key: PublicKey = field(repr=False)
    algorithms: frozenset[str]

    def __post_init__(self) -> None:
        if not is_key_id(self.key_id):
            raise ValueError("kid has characters or a length that no key name has")
        if not self.algorithms or not self.algorithms <= algorithms_of(self.public_key):
            raise ValueError("the key is not of the type of its algorithms")


class KeySource(Protocol):
    """Where the keys of one issuer are found, however they came there and whenever they change."""

    def keys_for(self, key_id: str, now: datetime) -> Sequence[VerificationKey]:
        """Give the keys of that name that may verify at ``now``: none, or one."""
        ...


def is_key_id(value: object) -> TypeGuard[str]:
    """Tell whether a value is fit to be a ``kid``: 1 to 128 plain ASCII characters."""
    return isinstance(value, str) and _KEY_ID.fullmatch(value) is not None


def algorithms_of(public_key: PublicKey) -> frozenset[str]:
    """Give the signature algorithms that a key can verify.

    Raises:
        UnusableKey: a curve other than P-256 and P-384.
        ValueError: an RSA key that is weak, malformed or unreasonably large.

    Source: RFC 7518, sections 3.3 to 3.5 (2048 bits at least; one curve for each algorithm).
    Decision: RSA exponents from 65537 to 32 bits, as FIPS 186-5 wants at least and all sensible
    software makes; a huge exponent would make each verification slow.
    """
    if isinstance(public_key, rsa.RSAPublicKey):
        numbers = public_key.public_numbers()
        if not SMALLEST_RSA_BITS <= public_key.key_size <= LARGEST_RSA_BITS:
            raise ValueError(
                f"an RSA key has {SMALLEST_RSA_BITS} to {LARGEST_RSA_BITS} bits, "
                f"not {public_key.key_size}"
            )
        if not 65_537 <= numbers.e < 2**32:
            raise ValueError("an RSA key has an exponent from 65537 to 2**32")
        if weakness := weakness_of(numbers.n):
            raise ValueError(f"an RSA key has {weakness}")
        return RSA_ALGORITHMS
    name = _CURVE_NAMES.get(public_key.curve.name)
    if name is None:
        raise UnusableKey("the curve is neither P-256 nor P-384")
    return CURVE_ALGORITHMS[name]


def public_jwk(key: VerificationKey) -> dict[str, str]:
    """Write a key as a JWK (RFC 7517): public members only, with ``kid`` and ``use``."""
    jwk = _key_members(key.public_key) | {"kid": key.key_id, "use": "sig"}
    if len(key.algorithms) == 1:
        jwk["alg"] = next(iter(key.algorithms))
    return jwk


def thumbprint(public_key: PublicKey) -> str:
    """Give a key the name that follows from the key itself.

    Source: RFC 7638, section 3 (SHA-256).
    """
    members = json.dumps(_key_members(public_key), sort_keys=True, separators=(",", ":"))
    return encoded_base64url(hashlib.sha256(members.encode()).digest())


def jwks_members(text: str | bytes) -> list[Mapping[str, object]]:
    """Read a JWK Set down to its keys, not yet looked at.

    Raises:
        ValueError: longer than 64 KiB, not a JSON object, or without a list of objects ``keys``.
    """
    octets = text.encode() if isinstance(text, str) else text
    if len(octets) > LONGEST_KEY_SET:
        raise ValueError(f"a JWK Set has at most {LONGEST_KEY_SET} bytes")
    keys = json_object(octets).get("keys")
    if not isinstance(keys, list) or not all(isinstance(jwk, dict) for jwk in keys):
        raise ValueError('a JWK Set is an object whose "keys" is a list of objects')
    return keys


def verification_key(jwk: Mapping[str, object]) -> VerificationKey:
    """Read one public JWK; a key without ``kid`` is named by its thumbprint.

    Raises:
        UnusableKey: another key type, curve, ``use``, ``key_ops`` or ``alg`` than ours.
        ValueError: private or symmetric, weak, or malformed; the message names no value.

    Source: RFC 7517, section 4; RFC 7518, sections 6.2 and 6.3.
    """
    if jwk.get("kty") == "oct" or _PRIVATE_MEMBERS & jwk.keys():
        raise ValueError("the key is secret (symmetric or private); register the public key")
    if jwk.get("use", "sig") != "sig":
        raise UnusableKey('"use" is not "sig"')
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise UnusableKey('"key_ops" does not have "verify"')
    public_key = public_key_of(jwk)
    algorithms = algorithms_of(public_key)
    if "alg" in jwk:
        algorithms = frozenset(name for name in algorithms if name == jwk["alg"])
        if not algorithms:
            raise UnusableKey('"alg" is not an algorithm of ours for this type of key')
    key_id = jwk.get("kid", thumbprint(public_key))
    if not isinstance(key_id, str):
        raise ValueError("kid is not a string")
    return VerificationKey(key_id, public_key, algorithms)


def public_key_of(jwk: Mapping[str, object]) -> PublicKey:
    """Read the public half of an EC or RSA JWK, whatever else the JWK says.

    Raises:
        UnusableKey: another key type or curve.
        ValueError: a member is missing or malformed, or the point is not on the curve.
    """
    match jwk.get("kty"):
        case "EC":
            curve = CURVES.get(str(jwk.get("crv")))
            if curve is None:
                raise UnusableKey("the curve is neither P-256 nor P-384")
            x, y = (_member(jwk, name, octets=curve.key_size // 8) for name in ("x", "y"))
            return ec.EllipticCurvePublicNumbers(x, y, curve).public_key()
        case "RSA":
            return rsa.RSAPublicNumbers(_member(jwk, "e"), _member(jwk, "n")).public_key()
        case _:
            raise UnusableKey('"kty" is neither "EC" nor "RSA"')


def _member(jwk: Mapping[str, object], name: str, *, octets: int | None = None) -> int:
    """Give the unsigned integer in a member, of a fixed length in octets where one is due."""
    text = jwk.get(name)
    if not isinstance(text, str):
        raise ValueError(f'"{name}" is not a string')
    decoded = decoded_base64url(text)
    if octets is not None and len(decoded) != octets:
        raise ValueError(f'"{name}" does not have {octets} octets')
    return int.from_bytes(decoded, "big")


def _key_members(public_key: PublicKey) -> dict[str, str]:
    """Give the members that a key of this type must have, as RFC 7638 hashes them."""
    if isinstance(public_key, rsa.RSAPublicKey):
        numbers = public_key.public_numbers()
        return {"kty": "RSA", "n": _unsigned(numbers.n), "e": _unsigned(numbers.e)}
    point = public_key.public_numbers()
    octets = public_key.curve.key_size // 8
    return {
        "kty": "EC",
        "crv": _CURVE_NAMES[public_key.curve.name],
        "x": encoded_base64url(point.x.to_bytes(octets, "big")),
        "y": encoded_base64url(point.y.to_bytes(octets, "big")),
    }


def _unsigned(number: int) -> str:
    return encoded_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
