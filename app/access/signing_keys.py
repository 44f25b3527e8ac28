"""The keys that sign our access tokens, and how they are read from a PEM or JWK text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.access.encoding import decoded_base64url, json_object
from app.access.public_keys import (
    KeySource,
    VerificationKey,
    is_key_id,
    public_jwk,
    public_key_of,
    thumbprint,
)

SIGNING_ALGORITHMS = frozenset({"ES256"})


@dataclass(frozen=True)
class SigningKey:
    """A P-256 private key under its name. Its representation shows the name only.

    Raises:
        ValueError: another curve, or a name that no key has.
    """

    key_id: str
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)

    def __post_init__(self) -> None:
        _ = self.public

    @cached_property
    def public(self) -> VerificationKey:
        """The half that verifies what this key signs."""
        return VerificationKey(self.key_id, self.private_key.public_key(), SIGNING_ALGORITHMS)


class SigningKeys(KeySource, Protocol):
    """The keys of this service: one signs at a time, several may verify."""

    def signing_key(self, now: datetime) -> SigningKey:
        """Give the key that signs at ``now``."""
        ...

    def public_jwks(self, now: datetime) -> dict[str, list[dict[str, str]]]:
        """Give the JWK Set to publish: every key that may verify at ``now``."""
        ...


@dataclass(frozen=True)
class ConfiguredSigningKeys:
    """Keys from the settings: the first signs, all of them verify.

    A rotation is two deployments: first the new key behind the old one, then before it.

    Raises:
        ValueError: no key, or two of one name.
    """

    keys: tuple[SigningKey, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("at least one signing key is needed")
        if len({key.key_id for key in self.keys}) != len(self.keys):
            raise ValueError("two signing keys have the same kid")

    def signing_key(self, now: datetime) -> SigningKey:  # noqa: ARG002 - they know no time
        """Give the first key."""
        return self.keys[0]

    def keys_for(self, key_id: str, now: datetime) -> Sequence[VerificationKey]:  # noqa: ARG002
        """Give the key of that name, if there is one."""
        return [key.public for key in self.keys if key.key_id == key_id]

    def public_jwks(self, now: datetime) -> dict[str, list[dict[str, str]]]:  # noqa: ARG002
        """Give all keys, public members only."""
        return {"keys": [public_jwk(key.public) for key in self.keys]}


def new_signing_key() -> SigningKey:
    """Make a P-256 key, named by its thumbprint."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    return SigningKey(thumbprint(private_key.public_key()), private_key)


def load_signing_key(text: str) -> SigningKey:
    """Read a P-256 private key from a PEM text (PKCS #8 or SEC 1, not encrypted) or a JWK.

    A JWK may bring its own ``kid``; any other key is named by its thumbprint.

    Raises:
        ValueError: it is neither, or not a P-256 key. The message says nothing of the key.
    """
    if text.lstrip().startswith("{"):
        return _from_jwk(text)
    try:
        private_key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("the signing key is not an unencrypted private key in PEM") from None
    if not isinstance(private_key, ec.EllipticCurvePrivateKey):
        raise ValueError("the signing key is not a P-256 key")
    return SigningKey(thumbprint(private_key.public_key()), private_key)


def _from_jwk(text: str) -> SigningKey:
    try:
        jwk = json_object(text.encode())
        public_key = public_key_of(jwk)
        key_id = jwk.get("kid", thumbprint(public_key))
        if not is_key_id(key_id):
            raise ValueError("kid")
        number = int.from_bytes(decoded_base64url(str(jwk["d"])), "big")
        private_key = ec.derive_private_key(number, ec.SECP256R1())
    except (ValueError, KeyError):
        raise ValueError("the signing key is not a private P-256 key as a JWK") from None
    if private_key.public_key() != public_key:
        raise ValueError("the signing key's private and public members do not belong together")
    return SigningKey(key_id, private_key)
