"""Which public keys may verify, and how a JWK is read and written."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from app.access.public_keys import (
    PublicKey,
    UnusableKey,
    VerificationKey,
    algorithms_of,
    is_key_id,
    jwks_members,
    public_jwk,
    thumbprint,
    verification_key,
)
from app.access.rsa_moduli import weakness_of
from tests.access.forge import base64url

RSA_2048 = rsa.generate_private_key(65_537, 2048).public_key()
P256 = ec.generate_private_key(ec.SECP256R1()).public_key()
P384 = ec.generate_private_key(ec.SECP384R1()).public_key()
KEYS = pytest.mark.parametrize(
    "public_key",
    [
        pytest.param(RSA_2048, id="RSA"),
        pytest.param(P256, id="P-256"),
        pytest.param(P384, id="P-384"),
    ],
)


def jwk_of(public_key: PublicKey, **members: Any) -> dict[str, Any]:
    """Give a key as a JWK with members changed; None takes one away."""
    jwk: dict[str, Any]
    if isinstance(public_key, rsa.RSAPublicKey):
        numbers = public_key.public_numbers()
        jwk = {"kty": "RSA", "n": unsigned(numbers.n), "e": unsigned(numbers.e)}
    else:
        point = public_key.public_numbers()
        octets = public_key.key_size // 8
        curve = {256: "P-256", 384: "P-384"}[public_key.key_size]
        jwk = {"kty": "EC", "crv": curve, "x": unsigned(point.x, octets)}
        jwk["y"] = unsigned(point.y, octets)
    return {name: value for name, value in {**jwk, **members}.items() if value is not None}


def unsigned(number: int, octets: int = 0) -> str:
    return base64url(number.to_bytes(octets or (number.bit_length() + 7) // 8, "big"))


def joserfc_key(key: Any) -> ECKey | RSAKey:
    is_rsa = key["kty"] == "RSA" if isinstance(key, dict) else isinstance(key, rsa.RSAPublicKey)
    return RSAKey.import_key(key) if is_rsa else ECKey.import_key(key)


@KEYS
def test_it_reads_what_joserfc_writes(public_key: PublicKey) -> None:
    jwk: Any = joserfc_key(public_key).as_dict(private=False)
    key = verification_key({**jwk, "kid": "k1", "use": "sig"})
    assert (key.key_id, key.public_key, key.algorithms) == (
        "k1",
        public_key,
        algorithms_of(public_key),
    )


@KEYS
def test_joserfc_reads_what_it_writes(public_key: PublicKey) -> None:
    key = VerificationKey("k1", public_key, algorithms_of(public_key))
    jwk: Any = public_jwk(key)
    assert joserfc_key(jwk).public_key == public_key
    assert verification_key(jwk) == key


@KEYS
def test_a_key_without_a_name_is_named_by_its_thumbprint(public_key: PublicKey) -> None:
    assert verification_key(jwk_of(public_key)).key_id == joserfc_key(public_key).thumbprint()


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    modulus = (  # the example of section 3.1
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_B"
        "JECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_F"
        "DW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4"
        "vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    public_key = verification_key({"kty": "RSA", "n": modulus, "e": "AQAB"}).public_key
    assert thumbprint(public_key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    ("public_key", "algorithms"),
    [
        pytest.param(RSA_2048, {"RS256", "RS384", "PS256"}, id="RSA"),
        pytest.param(P256, {"ES256"}, id="P-256"),
        pytest.param(P384, {"ES384"}, id="P-384"),
    ],
)
def test_a_curve_has_one_algorithm_and_rsa_three(
    public_key: PublicKey, algorithms: set[str]
) -> None:
    assert algorithms_of(public_key) == algorithms


def test_alg_leaves_a_key_one_algorithm() -> None:
    assert verification_key(jwk_of(RSA_2048, alg="PS256")).algorithms == {"PS256"}
    key = verification_key(jwk_of(P256, alg="ES256", kid="k"))
    assert public_jwk(key)["alg"] == "ES256"


def test_it_writes_no_alg_for_a_key_of_several() -> None:
    assert "alg" not in public_jwk(VerificationKey("k", RSA_2048, algorithms_of(RSA_2048)))


def rsa_numbers(bits: int, exponent: int, *, modulus: int | None = None) -> PublicKey:
    return rsa.RSAPublicNumbers(exponent, modulus or 2 ** (bits - 1) + 1).public_key()


@pytest.mark.parametrize(
    "public_key",
    [
        pytest.param(rsa_numbers(2047, 65_537), id="2047 bits"),
        pytest.param(rsa_numbers(1024, 65_537), id="1024 bits"),
        pytest.param(rsa_numbers(8193, 65_537), id="8193 bits"),
        pytest.param(rsa_numbers(2048, 3), id="exponent 3"),
        pytest.param(rsa_numbers(2048, 65_535), id="exponent 65535"),
        pytest.param(rsa_numbers(2048, 2**32 + 1), id="an exponent beyond 32 bits"),
        pytest.param(rsa_numbers(2048, 65_537, modulus=2**2047), id="an even modulus"),
    ],
)
def test_an_rsa_key_is_strong_and_quick_enough(public_key: PublicKey) -> None:
    with pytest.raises(ValueError, match="RSA"):
        algorithms_of(public_key)
    with pytest.raises(ValueError, match="RSA"):
        verification_key(jwk_of(public_key))


@pytest.mark.parametrize("bits", [2048, 8192])
def test_an_rsa_key_has_2048_to_8192_bits(bits: int) -> None:
    # Of unknown factors, none of them small, found once by trying.
    modulus = next(
        number for number in range(2 ** (bits - 1) + 1, 2**bits, 2) if weakness_of(number) is None
    )
    assert algorithms_of(rsa_numbers(bits, 65_537, modulus=modulus))


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param(jwk_of(RSA_2048, use="enc"), id="for encryption"),
        pytest.param(jwk_of(RSA_2048, key_ops=["encrypt"]), id="with other operations"),
        pytest.param(jwk_of(RSA_2048, key_ops="verify"), id="with operations that are no list"),
        pytest.param(jwk_of(RSA_2048, alg="RSA-OAEP"), id="for an algorithm of encryption"),
        pytest.param(jwk_of(RSA_2048, alg="RS512"), id="for an algorithm that we do not take"),
        pytest.param(jwk_of(RSA_2048, alg="ES256"), id="for the algorithm of another type"),
        pytest.param(jwk_of(P256, alg="ES384"), id="for the algorithm of another curve"),
        pytest.param(jwk_of(P256, alg="none"), id="for no algorithm"),
        pytest.param(jwk_of(P256, alg=["ES256"]), id="for a list of algorithms"),
        pytest.param(jwk_of(P256, crv="P-521"), id="on another curve"),
        pytest.param(jwk_of(P256, crv=["P-256"]), id="on a list of curves"),
        pytest.param(OKPKey.generate_key("Ed25519").as_dict(private=False), id="Ed25519"),
        pytest.param(jwk_of(P256, kty="ec"), id="of a type in small letters"),
        pytest.param(jwk_of(P256, kty=None), id="of no type"),
    ],
)
def test_a_key_may_be_sound_and_not_for_us(jwk: dict[str, Any]) -> None:
    with pytest.raises(UnusableKey):
        verification_key(jwk)


SECP256K1 = ec.generate_private_key(ec.SECP256K1()).public_key()


def test_a_curve_of_the_same_size_is_another_curve() -> None:
    with pytest.raises(UnusableKey):
        algorithms_of(SECP256K1)


PRIVATE_EC: dict[str, Any] = dict(ECKey.generate_key("P-256").as_dict(private=True))
PRIVATE_RSA: dict[str, Any] = dict(RSAKey.generate_key(2048).as_dict(private=True))


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param(PRIVATE_EC, id="EC, private"),
        pytest.param(PRIVATE_RSA, id="RSA, private"),
        pytest.param({**jwk_of(RSA_2048), "p": "AQAB"}, id="RSA, with a prime"),
        pytest.param(dict(OctKey.generate_key(256).as_dict()), id="symmetric"),
        pytest.param({"kty": "oct"}, id="symmetric, without its key"),
        pytest.param({**jwk_of(P256), "k": "AAAA"}, id="EC, with a symmetric key"),
    ],
)
def test_a_secret_is_no_public_key(jwk: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="secret"):
        verification_key(jwk)


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param(jwk_of(P256, x=None), id="EC without x"),
        pytest.param(jwk_of(P256, y=1), id="EC with a number for y"),
        pytest.param(jwk_of(P256, x="AAAA"), id="EC with a short x"),
        pytest.param(jwk_of(P256, x="A" * 86), id="EC with a long x"),
        pytest.param(
            jwk_of(P256, x=unsigned(P256.public_numbers().x, 33)), id="EC with a zero before x"
        ),
        pytest.param(jwk_of(P256, x=jwk_of(P256)["y"]), id="EC off the curve"),
        pytest.param(jwk_of(P256, x="A" * 43, y="A" * 43), id="EC at the origin"),
        pytest.param(jwk_of(P256, x=jwk_of(P256)["x"] + "="), id="EC with padding"),
        pytest.param(jwk_of(P384, crv="P-256"), id="EC on another curve than it says"),
        pytest.param(jwk_of(RSA_2048, n=None), id="RSA without n"),
        pytest.param(jwk_of(RSA_2048, e=None), id="RSA without e"),
        pytest.param(jwk_of(RSA_2048, e="AA"), id="RSA with e = 0"),
        pytest.param(jwk_of(RSA_2048, n=""), id="RSA with an empty n"),
        pytest.param(jwk_of(RSA_2048, n="not base64!"), id="RSA with n in no base64"),
        pytest.param(jwk_of(P256, kid=7), id="a name that is a number"),
        pytest.param(jwk_of(P256, kid=""), id="an empty name"),
        pytest.param(jwk_of(P256, kid="a b"), id="a name with a blank"),
    ],
)
def test_a_malformed_key_is_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        verification_key(jwk)
    assert not isinstance(refused.value, UnusableKey)


@pytest.mark.parametrize(
    "algorithms", [frozenset(), frozenset({"ES384"}), frozenset({"ES256", "RS256"})]
)
def test_a_key_verifies_only_what_its_type_can(algorithms: frozenset[str]) -> None:
    with pytest.raises(ValueError, match="type"):
        VerificationKey("k", P256, algorithms)


@pytest.mark.parametrize("key_id", ["a", "A-z_4ME", "2026-11/key+1=", "did:web:x#k", "k" * 128])
def test_names_of_keys(key_id: str) -> None:
    assert is_key_id(key_id)


@pytest.mark.parametrize("key_id", ["", "k" * 129, "a b", "k\n", "k\x00", "k'", "é", None, 1, b"k"])
def test_no_names_of_keys(key_id: object) -> None:
    assert not is_key_id(key_id)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{}", id="no keys"),
        pytest.param('{"keys":null}', id="null"),
        pytest.param('{"keys":{}}', id="an object"),
        pytest.param('{"keys":["k"]}', id="a text among the keys"),
        pytest.param("[]", id="a list"),
        pytest.param('{"keys":[],"keys":[]}', id="keys twice"),
        pytest.param(json.dumps({"keys": [], "x": "x" * 65_536}), id="too long"),
    ],
)
def test_a_key_set_is_an_object_with_a_list_of_objects(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        jwks_members(text)


def test_a_key_set_has_64_kib() -> None:
    text = json.dumps({"keys": [], "x": ""})
    assert jwks_members(text[:-2] + "x" * (65_536 - len(text)) + text[-2:]) == []
