"""The keys that sign: how they are read, and what of them is ever shown."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc.jwk import ECKey

from app.access.public_keys import thumbprint, verification_key
from app.access.signing_keys import (
    ConfiguredSigningKeys,
    SigningKey,
    load_signing_key,
    new_signing_key,
)
from tests.access.deployment import NOW, SIGNING_KEY, key_number

PRIVATE = SIGNING_KEY.private_key
JWK: dict[str, Any] = dict(ECKey.import_key(PRIVATE).as_dict(private=True))


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8, encryption: Any = None) -> str:
    octets: bytes = key.private_bytes(Encoding.PEM, form, encryption or NoEncryption())
    return octets.decode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(pem(PRIVATE), id="PKCS 8"),
        pytest.param(pem(PRIVATE, PrivateFormat.TraditionalOpenSSL), id="SEC 1"),
        pytest.param(f"\n  {pem(PRIVATE)}\n", id="PEM with blanks around it"),
        pytest.param(json.dumps(JWK), id="JWK"),
        pytest.param(f"\n {json.dumps(JWK, indent=1)}\n", id="JWK with blanks"),
    ],
)
def test_it_reads_a_key_and_names_it_by_its_thumbprint(text: str) -> None:
    key = load_signing_key(text)
    assert key.private_key.private_numbers() == PRIVATE.private_numbers()
    assert key.key_id == thumbprint(PRIVATE.public_key())
    assert key.public.algorithms == {"ES256"}


def test_a_jwk_may_bring_its_name() -> None:
    assert load_signing_key(json.dumps({**JWK, "kid": "2026-11"})).key_id == "2026-11"


P384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a secret", id="no key"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", id="no PEM"),
        pytest.param(pem(P384), id="P-384"),
        pytest.param(pem(rsa.generate_private_key(65_537, 2048)), id="RSA"),
        pytest.param(pem(ed25519.Ed25519PrivateKey.generate()), id="Ed25519"),
        pytest.param(pem(PRIVATE, encryption=BestAvailableEncryption(b"x")), id="encrypted"),
        pytest.param(
            PRIVATE.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
            id="public, PEM",
        ),
        pytest.param(json.dumps({**JWK, "d": None}), id="public, JWK"),
        pytest.param(json.dumps({k: v for k, v in JWK.items() if k != "d"}), id="JWK without d"),
        pytest.param(json.dumps({**JWK, "d": "AAAA"}), id="JWK with d = 0"),
        pytest.param(json.dumps({**JWK, "d": "_" * 43 + "8"}), id="JWK with d in no base64"),
        pytest.param(json.dumps({**JWK, "kid": "a b"}), id="JWK with a name that none has"),
        pytest.param(json.dumps({**JWK, "kid": 7}), id="JWK with a number for a name"),
        pytest.param(
            json.dumps({**JWK, "d": ECKey.import_key(key_number(3).private_key)["d"]}),
            id="JWK with the d of another",
        ),
        pytest.param(json.dumps(ECKey.import_key(P384).as_dict(private=True)), id="JWK on P-384"),
        pytest.param("{" + json.dumps(JWK), id="no JSON"),
    ],
)
def test_it_reads_nothing_else_and_does_not_say_what_it_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        load_signing_key(text)
    message = str(refused.value)
    assert not any(len(word) > 4 and word in message for word in text.split() if "KEY" not in word)
    assert str(JWK["d"]) not in message
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_a_signing_key_shows_its_name_only() -> None:
    assert repr(SIGNING_KEY) == f"SigningKey(key_id='{SIGNING_KEY.key_id}')"


@pytest.mark.parametrize(
    ("key_id", "private_key"),
    [
        pytest.param("k", P384, id="P-384"),
        pytest.param("", PRIVATE, id="no name"),
        pytest.param("a b", PRIVATE, id="a name with a blank"),
    ],
)
def test_a_signing_key_is_a_named_p256_key(
    key_id: str, private_key: ec.EllipticCurvePrivateKey
) -> None:
    with pytest.raises(ValueError, match=r"type|kid"):
        SigningKey(key_id, private_key)


def test_new_keys_differ_and_are_named_by_their_thumbprints() -> None:
    first, second = new_signing_key(), new_signing_key()
    assert first.key_id != second.key_id
    assert first.key_id == thumbprint(first.private_key.public_key())


class TestConfiguredSigningKeys:
    """Keys from the settings: the first signs, all verify."""

    keys = ConfiguredSigningKeys((key_number(1), key_number(2)))

    def test_the_first_signs(self) -> None:
        assert self.keys.signing_key(NOW).key_id == "key-1"

    def test_all_verify(self) -> None:
        assert self.keys.keys_for("key-1", NOW) == [key_number(1).public]
        assert self.keys.keys_for("key-2", NOW) == [key_number(2).public]
        assert self.keys.keys_for("key-3", NOW) == []

    def test_all_are_published_without_private_members(self) -> None:
        published = self.keys.public_jwks(NOW)["keys"]
        assert [verification_key(jwk) for jwk in published] == [
            key_number(1).public,
            key_number(2).public,
        ]
        assert all(jwk.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"} for jwk in published)

    def test_there_is_one_at_least(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            ConfiguredSigningKeys(())

    def test_no_two_have_one_name(self) -> None:
        with pytest.raises(ValueError, match="same kid"):
            ConfiguredSigningKeys((key_number(1), key_number(2, name="key-1")))
