"""Our own access tokens: what is issued, what is accepted, and all that is not."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from authlib.oauth2.rfc6750.errors import InvalidTokenError  # type: ignore[import-untyped]
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from app.access.access_tokens import (
    AccessToken,
    AccessTokenVerifier,
    issue_access_token,
    verify_access_token,
)
from app.access.claims import Lifetime
from app.access.encoding import decoded_base64url
from app.access.public_keys import PublicKey, VerificationKey, algorithms_of
from app.access.signing_keys import ConfiguredSigningKeys, SigningKey
from app.access.tokens import Fault, InvalidToken
from tests.access.bad_tokens import (
    Bad,
    access_token_cases,
    access_token_forge,
    bad_tokens,
    fits_in_a_header,
)
from tests.access.deployment import AUDIENCE, ISSUER, NOW, SIGNING_KEY, key_number, seconds

KEYS = ConfiguredSigningKeys((SIGNING_KEY,))
FORGE = access_token_forge(SIGNING_KEY, ISSUER, AUDIENCE, NOW)
CASES = access_token_cases(FORGE)
ISSUED_AT = int(NOW.timestamp())


def verified(token: object, now: datetime = NOW, **changes: Any) -> AccessToken:
    terms: dict[str, Any] = {"keys": KEYS, "issuer": ISSUER, "audience": AUDIENCE} | changes
    return verify_access_token(token, now=now, **terms)


def refusal(token: object, now: datetime = NOW, **changes: Any) -> Fault:
    with pytest.raises(InvalidToken) as refused:
        verified(token, now, **changes)
    return refused.value.reason


class OneKey:
    """Keys of any kind, all given for any name, as no source of ours would."""

    def __init__(self, *keys: VerificationKey) -> None:
        self.keys = keys

    def keys_for(self, key_id: str, now: datetime) -> tuple[VerificationKey, ...]:
        return self.keys


def issue(**changes: Any) -> str:
    terms: dict[str, Any] = {
        "signing_key": SIGNING_KEY,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "subject": "centre-03",
        "client_id": "centre-03",
        "scopes": ["records:write", "records:read"],
        "now": NOW,
    }
    return issue_access_token(**terms | changes).text


def test_the_forge_makes_good_tokens() -> None:
    assert verified(FORGE.good()) == AccessToken(
        subject="centre-03",
        client_id="centre-03",
        scopes=frozenset({"records:read"}),
        token_id="J8p2uEoXkQq1v0cN3sYw7A",
        issued_at=NOW,
        expires_at=NOW + seconds(300),
        key_id=SIGNING_KEY.key_id,
    )


@pytest.mark.parametrize("case", CASES)
def test_it_refuses(case: str) -> None:
    bad: Bad = CASES[case]
    started = time.thread_time()
    with pytest.raises(InvalidToken) as refused:
        verified(bad.token)
    assert time.thread_time() - started < 0.05
    assert refused.value.reason == bad.fault
    assert refused.value.args == (bad.fault.value,), "it says more than the reason"
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_the_corpus_is_as_large_as_promised() -> None:
    tokens = bad_tokens(SIGNING_KEY, ISSUER, AUDIENCE, NOW)
    assert len(tokens) >= 120
    assert sum(map(fits_in_a_header, tokens.values())) >= 120


@pytest.mark.parametrize("token", [None, 1, b"", FORGE.good().encode(), ["a"], {}, object()])
def test_it_refuses_what_is_no_text(token: object) -> None:
    assert refusal(token) == Fault.NOT_TEXT


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        pytest.param({"exp": 31, "iat": 0}, None, id="ends a second from now, issued 30 s ago"),
        pytest.param({"iat": -330, "exp": -29}, None, id="ended 29 s ago: within the leeway"),
        pytest.param({"iat": -330, "exp": -30}, Fault.EXPIRED, id="ended 30 s ago"),
        pytest.param({"iat": 30, "exp": 330}, None, id="issued 30 s from now: within the leeway"),
        pytest.param({"iat": 31, "exp": 331}, Fault.NOT_YET_VALID, id="issued 31 s from now"),
        pytest.param({"nbf": 30}, None, id="valid from 30 s on: within the leeway"),
        pytest.param({"nbf": 31}, Fault.NOT_YET_VALID, id="valid from 31 s on"),
        pytest.param({"exp": 3600}, None, id="lives an hour"),
        pytest.param({"exp": 3601}, Fault.LIFETIME, id="lives an hour and a second"),
        pytest.param({"iat": -10, "exp": 3591}, Fault.LIFETIME, id="the same, 10 s old"),
        pytest.param({"iat": 10, "exp": 11}, None, id="lives a second"),
        pytest.param({"iat": 10, "exp": 10}, Fault.LIFETIME, id="lives no time"),
    ],
)
def test_its_times_have_exact_bounds(claims: dict[str, int], fault: Fault | None) -> None:
    token = FORGE.with_claims(**{name: ISSUED_AT + offset for name, offset in claims.items()})
    if fault is None:
        verified(token)
    else:
        assert refusal(token) == fault


def test_the_leeway_and_the_longest_life_are_those_of_the_policy() -> None:
    strict = Lifetime(longest=seconds(200), leeway=seconds(0))
    assert refusal(FORGE.good(), lifetime=strict) == Fault.LIFETIME
    short = FORGE.with_claims(exp=ISSUED_AT + 200)
    verified(short, NOW + seconds(199.999), lifetime=strict)
    assert refusal(short, NOW + seconds(200), lifetime=strict) == Fault.EXPIRED
    early = FORGE.with_claims(iat=ISSUED_AT + 1, exp=ISSUED_AT + 200)
    assert refusal(early, lifetime=strict) == Fault.NOT_YET_VALID


@pytest.mark.parametrize("leeway", [-1, 61])
def test_a_leeway_is_at_most_a_minute(leeway: int) -> None:
    with pytest.raises(ValueError, match="leeway"):
        Lifetime(longest=seconds(300), leeway=seconds(leeway))


def test_a_lifetime_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Lifetime(longest=seconds(0))


def test_a_time_without_a_zone_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="time zone"):
        verified(FORGE.good(), NOW.replace(tzinfo=None))


def test_it_refuses_two_keys_of_one_name() -> None:
    twice = OneKey(SIGNING_KEY.public, SIGNING_KEY.public)
    assert refusal(FORGE.good(), keys=twice) == Fault.KEY_AMBIGUOUS


@pytest.mark.parametrize(
    "public_key",
    [
        pytest.param(ec.generate_private_key(ec.SECP384R1()).public_key(), id="P-384"),
        pytest.param(rsa.generate_private_key(65_537, 2048).public_key(), id="RSA"),
    ],
)
def test_it_refuses_a_key_of_another_type(public_key: PublicKey) -> None:
    other = VerificationKey(SIGNING_KEY.key_id, public_key, algorithms_of(public_key))
    assert refusal(FORGE.good(), keys=OneKey(other)) == Fault.KEY_UNSUITED


def test_it_refuses_a_key_of_another_name() -> None:
    renamed = SigningKey("another-name", SIGNING_KEY.private_key).public
    assert refusal(FORGE.good(), keys=OneKey(renamed)) == Fault.KEY_UNKNOWN


def test_it_refuses_the_right_name_with_another_key() -> None:
    other = SigningKey(SIGNING_KEY.key_id, key_number(7).private_key).public
    assert refusal(FORGE.good(), keys=OneKey(other)) == Fault.SIGNATURE


def test_it_reads_only_claims_it_knows() -> None:
    token = FORGE.with_claims(centre="03", roles=["study_admin"], nested={"a": [1, 2.5, None]})
    assert verified(token) == verified(FORGE.good())


def test_an_issued_token_is_as_rfc_9068_says() -> None:
    text = issue(now=NOW + seconds(0.9), lifetime=seconds(120))
    header, claims = (json.loads(decoded_base64url(part)) for part in text.split(".")[:2])
    assert header == {"alg": "ES256", "kid": SIGNING_KEY.key_id, "typ": "at+jwt"}
    assert len(claims.pop("jti")) == 22
    assert claims == {
        "iss": ISSUER,
        "sub": "centre-03",
        "aud": AUDIENCE,
        "client_id": "centre-03",
        "iat": ISSUED_AT,
        "exp": ISSUED_AT + 120,
        "scope": "records:read records:write",
    }


def test_an_issued_token_says_what_its_verification_says() -> None:
    issued = issue_access_token(
        signing_key=SIGNING_KEY,
        issuer=ISSUER,
        audience=AUDIENCE,
        subject="a person",
        client_id="the page",
        scopes={"records:read"},
        now=NOW,
    )
    assert verified(issued.text) == issued.says
    assert issued.says.expires_at - issued.says.issued_at == seconds(300)
    assert issued.text not in repr(issued)


def test_no_two_issued_tokens_have_one_name() -> None:
    assert len({verified(issue()).token_id for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"scopes": []}, id="no scope"),
        pytest.param({"scopes": ["records:read records:write"]}, id="a scope with a blank"),
        pytest.param({"scopes": [""]}, id="an empty scope"),
        pytest.param({"scopes": ['a"b']}, id="a scope with a quote"),
        pytest.param({"lifetime": timedelta(0)}, id="no life"),
        pytest.param({"lifetime": timedelta(seconds=0.9)}, id="less than a second"),
        pytest.param({"subject": ""}, id="no subject"),
        pytest.param({"subject": "a\nb"}, id="a subject with a newline"),
        pytest.param({"client_id": "x" * 256}, id="a client with a long name"),
        pytest.param({"issuer": ""}, id="no issuer"),
        pytest.param({"audience": ""}, id="no audience"),
    ],
)
def test_it_issues_nothing_that_it_would_refuse(terms: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="access token"):
        issue(**terms)


class TestOtherImplementations:
    """Authlib and its joserfc read what we issue, and we read what they issue."""

    now = datetime.now(UTC)

    @staticmethod
    def validator(jwks: Any, audience: str = AUDIENCE) -> JWTBearerTokenValidator:
        class Validator(JWTBearerTokenValidator):  # type: ignore[misc]  # Authlib is untyped
            def get_jwks(self) -> KeySet:
                return KeySet.import_key_set(jwks)

        return Validator(issuer=ISSUER, resource_server=audience)

    def test_authlib_accepts_what_we_issue(self) -> None:
        validator = self.validator(KEYS.public_jwks(self.now))
        token = validator.authenticate_token(issue(now=self.now))
        validator.validate_token(token, ["records:read"], request=None)
        assert token["sub"] == "centre-03"

    def test_authlib_refuses_what_another_key_signed(self) -> None:
        validator = self.validator(ConfiguredSigningKeys((key_number(9),)).public_jwks(self.now))
        with pytest.raises(InvalidTokenError):
            validator.authenticate_token(issue(now=self.now))

    def test_we_accept_what_joserfc_signs(self) -> None:
        key = ECKey.import_key(SIGNING_KEY.private_key)
        token = jwt.encode(dict(FORGE.header), dict(FORGE.claims), key)
        assert verified(token) == verified(FORGE.good())

    @given(
        subject=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=255),
        scopes=st.sets(
            st.text(
                st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'),
                min_size=1,
                max_size=20,
            ),
            min_size=1,
            max_size=5,
        ),
        lifetime=st.integers(1, 3600),
    )
    def test_all_agree_on_whatever_we_issue(
        self, subject: str, scopes: set[str], lifetime: int
    ) -> None:
        text = issue(subject=subject, scopes=scopes, lifetime=seconds(lifetime))
        ours = verified(text)
        jwks: Any = KEYS.public_jwks(NOW)
        theirs = jwt.decode(text, KeySet.import_key_set(jwks)).claims
        assert (ours.subject, set(ours.scopes)) == (subject, scopes)
        assert (theirs["sub"], set(theirs["scope"].split())) == (subject, scopes)
        assert theirs["exp"] == ours.expires_at.timestamp() == ISSUED_AT + lifetime


GOOD = FORGE.good()


@given(st.one_of(st.binary(), st.text(), st.text("eyJ.-_=A0 \n")))
def test_random_bytes_and_texts_are_refused_and_nothing_else_is_raised(token: object) -> None:
    refusal(token)


@given(position=st.integers(0, len(GOOD) - 1), replacement=st.characters())
def test_a_good_token_with_another_character_is_refused(position: int, replacement: str) -> None:
    mutated = GOOD[:position] + replacement + GOOD[position + 1 :]
    if mutated != GOOD:
        refusal(mutated)


@given(
    start=st.integers(0, len(GOOD)),
    length=st.integers(0, len(GOOD)),
    inserted=st.text("ABCxyz019-_.=", max_size=8),
)
@example(start=0, length=0, inserted=".")
def test_a_good_token_with_a_part_replaced_is_refused(
    start: int, length: int, inserted: str
) -> None:
    mutated = GOOD[:start] + inserted + GOOD[start + length :]
    if mutated != GOOD:
        refusal(mutated)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(claim=st.sampled_from(sorted(FORGE.claims)), value=JSON)
def test_a_well_signed_claim_of_any_value_is_taken_or_refused(claim: str, value: object) -> None:
    token = FORGE.with_claims(**{claim: value})
    try:
        taken = verified(token)
    except InvalidToken:
        return
    assert isinstance(value, str if claim not in {"iat", "exp"} else int)
    assert taken.issued_at < taken.expires_at


@given(parameters=st.dictionaries(st.text(), JSON, min_size=1, max_size=3))
def test_a_well_signed_header_with_anything_more_is_refused(parameters: dict[str, Any]) -> None:
    if not parameters.keys() & FORGE.header.keys():
        refusal(FORGE.with_header(**parameters))


class TestVerifier:
    """What is verified once is remembered, as long as token and key live."""

    def test_a_token_is_verified_in_full_once(self) -> None:
        verifier = AccessTokenVerifier(KEYS, ISSUER, AUDIENCE)
        first = verifier.verify(GOOD, NOW)
        assert verifier.verify(GOOD, NOW + seconds(299)) is first
        assert len(verifier.cache) == 1

    def test_a_remembered_token_still_expires(self) -> None:
        verifier = AccessTokenVerifier(KEYS, ISSUER, AUDIENCE)
        verifier.verify(GOOD, NOW)
        with pytest.raises(InvalidToken, match="expired"):
            verifier.verify(GOOD, NOW + seconds(330))

    def test_a_remembered_token_dies_with_its_key(self) -> None:
        keys = OneKey(SIGNING_KEY.public)
        verifier = AccessTokenVerifier(keys, ISSUER, AUDIENCE)
        verifier.verify(GOOD, NOW)
        keys.keys = ()
        with pytest.raises(InvalidToken, match="key-unknown"):
            verifier.verify(GOOD, NOW)

    def test_a_refused_token_is_not_remembered(self) -> None:
        verifier = AccessTokenVerifier(KEYS, ISSUER, AUDIENCE)
        for _ in range(2):
            with pytest.raises(InvalidToken):
                verifier.verify(CASES["aud other"].token, NOW)
        assert len(verifier.cache) == 0

    def test_a_changed_token_is_not_taken_for_the_remembered_one(self) -> None:
        verifier = AccessTokenVerifier(KEYS, ISSUER, AUDIENCE)
        verifier.verify(GOOD, NOW)
        for case in CASES.values():
            with pytest.raises(InvalidToken):
                verifier.verify(case.token, NOW)

    def test_its_terms_are_those_it_was_given(self) -> None:
        strict = Lifetime(longest=seconds(299))
        for verifier in (
            AccessTokenVerifier(KEYS, "https://other.example", AUDIENCE),
            AccessTokenVerifier(KEYS, ISSUER, "https://other.example"),
            AccessTokenVerifier(KEYS, ISSUER, AUDIENCE, lifetime=strict),
        ):
            with pytest.raises(InvalidToken):
                verifier.verify(GOOD, NOW)
