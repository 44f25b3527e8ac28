"""How a machine client proves who it is: what its assertion and its keys must be."""

import json
import time
import urllib.parse
from datetime import UTC, datetime
from typing import Any

import pytest
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import PrivateKeyJWT  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from app.access.access_tokens import verify_access_token
from app.access.claims import Lifetime
from app.access.client_assertions import (
    ClientAssertion,
    claimed_client,
    parse_client_jwks,
    verify_client_assertion,
)
from app.access.public_keys import public_jwk
from app.access.signing_keys import ConfiguredSigningKeys
from app.access.tokens import Fault, InvalidToken
from tests.access.bad_tokens import (
    access_token_forge,
    assertion_cases,
    assertion_forge,
    bad_assertions,
)
from tests.access.deployment import AUDIENCE, CLIENT_KEY, ISSUER, NOW, TOKEN_ENDPOINT, seconds
from tests.access.forge import base64url

CLIENT = "centre-03-lims"
FORGE = assertion_forge(CLIENT_KEY, CLIENT, TOKEN_ENDPOINT, NOW)
CASES = assertion_cases(FORGE)
ISSUED_AT = int(NOW.timestamp())
RSA_PRIVATE = rsa.generate_private_key(65_537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())


def verified(assertion: object, now: datetime = NOW, **changes: Any) -> ClientAssertion:
    terms: dict[str, Any] = {
        "client_id": CLIENT,
        "keys": (CLIENT_KEY.public,),
        "audiences": {ISSUER, TOKEN_ENDPOINT},
    }
    return verify_client_assertion(assertion, now=now, **terms | changes)


def refusal(assertion: object, now: datetime = NOW, **changes: Any) -> Fault:
    with pytest.raises(InvalidToken) as refused:
        verified(assertion, now, **changes)
    return refused.value.reason


def jwks(*keys: Any, **members: Any) -> str:
    """Write the JWK Set of public keys, each with the members added."""
    written = []
    for key in keys:
        kind = RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey
        written.append({**kind.import_key(key).as_dict(private=False), **members})
    return json.dumps({"keys": written})


def test_the_forge_makes_good_assertions() -> None:
    assert claimed_client(FORGE.good()) == CLIENT
    assert verified(FORGE.good()) == ClientAssertion(
        client_id=CLIENT,
        assertion_id="6d9fTqkq0dYw2r8bX1mZ5g",
        expires_at=NOW + seconds(300),
        remember_until=NOW + seconds(360),
    )


@pytest.mark.parametrize("case", CASES)
def test_it_refuses(case: str) -> None:
    bad = CASES[case]
    started = time.thread_time()
    assert refusal(bad.token) == bad.fault
    assert time.thread_time() - started < 0.05


@pytest.mark.parametrize("case", CASES)
def test_to_ask_whose_it_is_raises_nothing_else(case: str) -> None:
    try:
        client = claimed_client(CASES[case].token)
    except InvalidToken:
        return
    assert client.isprintable()
    assert 0 < len(client) <= 255


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(bad_assertions(CLIENT_KEY, CLIENT, TOKEN_ENDPOINT, NOW)) >= 40


class TestAuthlib:
    """Authlib's client, with nothing but its defaults, is let in."""

    def assertion(self, key: Any, method: PrivateKeyJWT) -> str:
        authentication = ClientAuth(CLIENT, key, auth_method=method)
        _, _, body = authentication.prepare("POST", TOKEN_ENDPOINT, {}, "")
        assertion: str
        (assertion,) = urllib.parse.parse_qs(body)["client_assertion"]
        return assertion

    def test_with_an_rsa_key_in_pem(self) -> None:
        pem = RSA_PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        assertion = self.assertion(pem.decode(), PrivateKeyJWT())
        now = datetime.now(UTC)
        taken = verified(assertion, now, keys=parse_client_jwks(jwks(RSA_PRIVATE)))
        assert claimed_client(assertion) == CLIENT
        assert 3_599 <= (taken.expires_at - now).total_seconds() <= 3_601

    def test_with_an_ec_key(self) -> None:
        key = ECKey.import_key(P256)
        assertion = self.assertion(key, PrivateKeyJWT(TOKEN_ENDPOINT, alg="ES256"))
        verified(assertion, datetime.now(UTC), keys=parse_client_jwks(jwks(P256)))

    def test_while_two_keys_are_registered(self) -> None:
        """A client that rotates its key writes no kid: both are tried."""
        old = rsa.generate_private_key(65_537, 2048)
        keys = parse_client_jwks(jwks(old, RSA_PRIVATE, P256))
        for key in (old, RSA_PRIVATE):
            assertion = self.assertion(RSAKey.import_key(key), PrivateKeyJWT())
            verified(assertion, datetime.now(UTC), keys=keys)

    def test_with_the_issuer_for_its_audience(self) -> None:
        assertion = self.assertion(RSAKey.import_key(RSA_PRIVATE), PrivateKeyJWT(ISSUER))
        verified(assertion, datetime.now(UTC), keys=parse_client_jwks(jwks(RSA_PRIVATE)))

    def test_not_with_the_key_of_another(self) -> None:
        other = RSAKey.import_key(rsa.generate_private_key(65_537, 2048))
        assertion = self.assertion(other, PrivateKeyJWT())
        keys = parse_client_jwks(jwks(RSA_PRIVATE))
        assert refusal(assertion, datetime.now(UTC), keys=keys) == Fault.SIGNATURE


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ECKey.import_key(P256)),
        ("ES384", ECKey.import_key(P384)),
        ("RS256", RSAKey.import_key(RSA_PRIVATE)),
        ("RS384", RSAKey.import_key(RSA_PRIVATE)),
        ("PS256", RSAKey.import_key(RSA_PRIVATE)),
    ],
)
def test_it_takes_five_algorithms(algorithm: str, key: ECKey | RSAKey) -> None:
    keys = parse_client_jwks(jwks(P256, P384, RSA_PRIVATE))
    assertion = jwt.encode({"alg": algorithm}, dict(FORGE.claims), key, algorithms=[algorithm])
    assert verified(assertion, keys=keys) == verified(FORGE.good())
    named = {"alg": algorithm, "kid": key.thumbprint()}
    verified(jwt.encode(named, dict(FORGE.claims), key, algorithms=[algorithm]), keys=keys)


@pytest.mark.parametrize("algorithm", ["RS512", "PS384", "PS512", "HS256"])
def test_it_takes_no_other(algorithm: str) -> None:
    key = OctKey.import_key("a" * 64) if algorithm == "HS256" else RSAKey.import_key(RSA_PRIVATE)
    assertion = jwt.encode({"alg": algorithm}, dict(FORGE.claims), key, algorithms=[algorithm])
    assert refusal(assertion, keys=parse_client_jwks(jwks(RSA_PRIVATE))) == Fault.ALGORITHM


def test_a_key_registered_for_one_algorithm_verifies_no_other() -> None:
    keys = parse_client_jwks(jwks(RSA_PRIVATE, alg="RS384"))
    key = RSAKey.import_key(RSA_PRIVATE)
    assert refusal(jwt.encode({"alg": "RS256"}, dict(FORGE.claims), key), keys=keys) == (
        Fault.KEY_UNSUITED
    )


@pytest.mark.parametrize(
    "media_type",
    ["JWT", "jwt", "client-authentication+jwt", "application/client-authentication+JWT"],
)
def test_it_takes_the_types_that_clients_write(media_type: str) -> None:
    verified(FORGE.with_header(typ=media_type))


def test_type_and_key_name_may_be_absent() -> None:
    verified(FORGE.without_header("typ"))
    verified(FORGE.without_header("kid"))


def test_either_of_our_addresses_is_its_audience() -> None:
    verified(FORGE.with_claims(aud=ISSUER))
    assert refusal(FORGE.with_claims(aud=AUDIENCE)) == Fault.AUDIENCE


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        pytest.param({"exp": 3600}, None, id="an hour"),
        pytest.param({"exp": 3601}, Fault.LIFETIME, id="an hour and a second"),
        pytest.param({"iat": -1, "exp": 3600}, Fault.LIFETIME, id="the same, a second old"),
        pytest.param({"iat": 60, "exp": 3660}, None, id="an hour, by a clock a minute fast"),
        pytest.param({"iat": 61, "exp": 3661}, Fault.NOT_YET_VALID, id="by one faster than that"),
        pytest.param({"iat": None, "exp": 3660}, None, id="no iat, an hour and the leeway"),
        pytest.param({"iat": None, "exp": 3661}, Fault.LIFETIME, id="no iat, a second more"),
        pytest.param({"iat": -360, "exp": -59}, None, id="ended 59 s ago: within the leeway"),
        pytest.param({"iat": -360, "exp": -60}, Fault.EXPIRED, id="ended 60 s ago"),
        pytest.param({"iat": None, "nbf": 61}, Fault.NOT_YET_VALID, id="no iat, nbf 61 s ahead"),
    ],
)
def test_its_life_has_exact_bounds(claims: dict[str, int | None], fault: Fault | None) -> None:
    forge = FORGE if claims.get("iat", 0) is not None else _without_issued_at()
    changes = {name: ISSUED_AT + offset for name, offset in claims.items() if offset is not None}
    if fault is None:
        verified(forge.with_claims(**changes))
    else:
        assert refusal(forge.with_claims(**changes)) == fault


def _without_issued_at() -> Any:
    claims = {name: value for name, value in FORGE.claims.items() if name != "iat"}
    return type(FORGE)(FORGE.key, FORGE.header, claims)


def test_its_longest_life_is_a_setting() -> None:
    five_minutes = Lifetime(longest=seconds(300), leeway=seconds(60))
    verified(FORGE.good(), lifetime=five_minutes)
    longer = FORGE.with_claims(exp=ISSUED_AT + 301)
    assert refusal(longer, lifetime=five_minutes) == Fault.LIFETIME


def test_its_name_is_remembered_as_long_as_it_could_be_taken() -> None:
    taken = verified(FORGE.good())
    verified(FORGE.good(), taken.remember_until - seconds(0.001))
    assert refusal(FORGE.good(), taken.remember_until) == Fault.EXPIRED


def test_an_access_token_of_ours_is_no_assertion_and_the_other_way_round() -> None:
    access = access_token_forge(CLIENT_KEY, CLIENT, TOKEN_ENDPOINT, NOW, subject=CLIENT)
    assert refusal(access.good()) == Fault.TYPE
    with pytest.raises(InvalidToken, match=Fault.TYPE):
        verify_access_token(
            FORGE.good(),
            keys=ConfiguredSigningKeys((CLIENT_KEY,)),
            issuer=CLIENT,
            audience=TOKEN_ENDPOINT,
            now=NOW,
        )


def test_whose_it_is_is_asked_of_assertions_only() -> None:
    access = access_token_forge(CLIENT_KEY, CLIENT, TOKEN_ENDPOINT, NOW, subject=CLIENT)
    with pytest.raises(InvalidToken, match=Fault.TYPE):
        claimed_client(access.good())
    with pytest.raises(InvalidToken, match=Fault.ALGORITHM):
        claimed_client(FORGE.with_header(alg="HS256"))


def test_the_keys_of_another_client_prove_nothing() -> None:
    assert refusal(FORGE.good(), client_id="another-client") == Fault.ISSUER
    assert refusal(FORGE.good(), keys=()) == Fault.KEY_UNKNOWN


@given(st.one_of(st.binary(), st.text(), st.text("eyJ.-_=A0 \n")))
def test_random_bytes_and_texts_are_refused_and_nothing_else_is_raised(assertion: object) -> None:
    refusal(assertion)
    with pytest.raises(InvalidToken):
        claimed_client(assertion)


GOOD = FORGE.good()


@given(position=st.integers(0, len(GOOD) - 1), replacement=st.characters())
def test_a_good_assertion_with_another_character_is_refused(
    position: int, replacement: str
) -> None:
    mutated = GOOD[:position] + replacement + GOOD[position + 1 :]
    if mutated != GOOD:
        refusal(mutated)


WEAK = json.dumps(
    {"keys": [{"kty": "RSA", "n": base64url((2**1023 + 1).to_bytes(128, "big")), "e": "AQAB"}]}
)


class TestRegisteredKeys:
    """The JWK Set that a client registers."""

    def test_joserfc_key_sets_are_read(self) -> None:
        keys: list[Any] = [
            ECKey.import_key(P256),
            ECKey.import_key(P384),
            RSAKey.import_key(RSA_PRIVATE),
        ]
        registered = parse_client_jwks(json.dumps(KeySet(keys).as_dict(private=False)))
        assert [key.key_id for key in registered] == [key.thumbprint() for key in keys]

    def test_a_key_set_may_be_written_from_its_keys(self) -> None:
        text = json.dumps({"keys": [public_jwk(CLIENT_KEY.public)]})
        assert parse_client_jwks(text) == (CLIENT_KEY.public,)

    def test_ten_keys_are_enough(self) -> None:
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(11)]
        assert len(parse_client_jwks(jwks(*keys[:10]))) == 10
        with pytest.raises(ValueError, match="1 to 10 keys, not 11"):
            parse_client_jwks(jwks(*keys))

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            pytest.param("", "JSON", id="nothing"),
            pytest.param('{"keys":[]}', "1 to 10 keys, not 0", id="no key"),
            pytest.param("[]", "object", id="a list"),
            pytest.param('{"kty":"EC"}', '"keys"', id="a key alone"),
            pytest.param('{"keys":[],"keys":[]}', "once", id="keys twice"),
            pytest.param(
                json.dumps({"keys": [ECKey.import_key(P256).as_dict(private=True)]}),
                "key 1: the key is secret",
                id="private",
            ),
            pytest.param(
                json.dumps({"keys": [OctKey.generate_key(256).as_dict()]}),
                "key 1: the key is secret",
                id="symmetric",
            ),
            pytest.param(
                WEAK,
                "key 1: an RSA key",
                id="weak",
            ),
            pytest.param(jwks(P256, P384, kid="k"), "key 2: an earlier", id="one name twice"),
            pytest.param(jwks(P256, P256), "key 2: an earlier", id="one key twice"),
            pytest.param(jwks(P256, use="enc"), 'key 1: "use"', id="for encryption"),
            pytest.param(jwks(P256, alg="ES512"), 'key 1: "alg"', id="for another algorithm"),
            pytest.param(jwks(P256, kid="a b"), "key 1: kid", id="a name that none has"),
        ],
    )
    def test_what_is_wrong_is_said(self, text: str, message: str) -> None:
        with pytest.raises(ValueError, match=message) as refused:
            parse_client_jwks(text)
        secret = ECKey.import_key(P256).as_dict(private=True)["d"]
        assert str(secret) not in str(refused.value)
