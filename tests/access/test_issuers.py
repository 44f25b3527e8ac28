"""External issuers of people: their terms, and whom their tokens stand for."""

import asyncio
import json
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.access.issuer_keys import FetchedKeys, WrittenKeys, usable_keys
from app.access.issuers import (
    ExternalIdentity,
    ExternalIssuer,
    ExternalIssuers,
    claimed_issuer,
    external_identity,
    parse_issuers,
)
from app.access.public_keys import public_jwk
from app.access.tokens import Fault, InvalidToken, read_token
from tests.access.bad_tokens import access_token_cases, access_token_forge
from tests.access.deployment import AUDIENCE, ISSUER, NOW, SIGNING_KEY, key_number, seconds

LOGIN = "https://login.example/realms/trial"
KEY = RSAKey.import_key(rsa.generate_private_key(65_537, 2048), {"kid": "rsa-1", "use": "sig"})
EC_KEY = ECKey.import_key(key_number(5).private_key, {"kid": "ec-1", "alg": "ES256"})
JWKS: dict[str, Any] = {
    "keys": [KEY.as_dict(private=False), EC_KEY.as_dict(private=False)],
}
ISSUED_AT = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {
    "iss": LOGIN,
    "sub": "f3b1c2",
    "aud": "dayzero",
    "iat": ISSUED_AT,
    "exp": ISSUED_AT + 900,
    "email": "investigator@centre-03.example",
    "email_verified": True,
    "realm_access": {"roles": ["offline_access"]},
}
ABSENT = object()


def terms(**changes: Any) -> ExternalIssuer:
    return ExternalIssuer(**{"issuer": LOGIN, "audience": "dayzero", "jwks": JWKS} | changes)


def token(header: dict[str, Any] | None = None, key: Any = KEY, **claims: Any) -> str:
    """Sign what an issuer would write, with changes; ABSENT takes a claim or parameter away."""
    written = {**CLAIMS, **claims}
    parameters = {"alg": "RS256", "kid": "rsa-1", "typ": "JWT", **(header or {})}
    return jwt.encode(
        {name: value for name, value in parameters.items() if value is not ABSENT},
        {name: value for name, value in written.items() if value is not ABSENT},
        key,
        algorithms=["RS256", "RS512", "PS256", "ES256"],
        default_type=None,
    )


def verified(text: object, *issuers: ExternalIssuer, now: Any = NOW) -> ExternalIdentity:
    return asyncio.run(ExternalIssuers(issuers or (terms(),)).verify(text, now))


def refusal(text: object, *issuers: ExternalIssuer, now: Any = NOW) -> Fault:
    with pytest.raises(InvalidToken) as refused:
        verified(text, *issuers, now=now)
    return refused.value.reason


def test_a_person_is_known_by_issuer_and_name() -> None:
    assert verified(token()) == ExternalIdentity(LOGIN, "f3b1c2", NOW, NOW + seconds(900))
    assert claimed_issuer(token()) == LOGIN


@pytest.mark.parametrize(
    ("claim", "claims", "name"),
    [
        pytest.param("sub", {}, "f3b1c2", id="sub"),
        pytest.param("email", {}, "investigator@centre-03.example", id="a verified address"),
        pytest.param("email", {"email_verified": False}, Fault.SUBJECT, id="one not verified"),
        pytest.param("email", {"email_verified": "true"}, Fault.SUBJECT, id="true as a text"),
        pytest.param("email", {"email_verified": 1}, Fault.SUBJECT, id="true as a number"),
        pytest.param("email", {"email_verified": ABSENT}, Fault.SUBJECT, id="nothing said of it"),
        pytest.param("email", {"email": ABSENT}, Fault.CLAIM_MISSING, id="no address"),
        pytest.param("email", {"email": ["a@b"]}, Fault.CLAIM_MALFORMED, id="a list of them"),
        pytest.param("sub", {"email_verified": False}, "f3b1c2", id="sub, whatever the address"),
        pytest.param("upn", {"upn": "李雷@医院"}, "李雷@医院", id="a claim of the issuer's own"),
        pytest.param("upn", {"upn": "a\u202eb"}, Fault.CLAIM_MALFORMED, id="one with a bidi mark"),
        pytest.param("upn", {"upn": "u", "sub": ABSENT}, Fault.CLAIM_MISSING, id="without sub"),
    ],
)
def test_the_claim_that_names_a_principal(claim: str, claims: Any, name: str | Fault) -> None:
    issuer = terms(principal_claim=claim)
    if isinstance(name, Fault):
        assert refusal(token(**claims), issuer) == name
    else:
        assert verified(token(**claims), issuer).name == name


@pytest.mark.parametrize(
    ("rule", "audience", "accepted"),
    [
        pytest.param("text_or_list", "dayzero", True, id="the text"),
        pytest.param("text_or_list", ["dayzero"], True, id="a list of it"),
        pytest.param("text_or_list", ["account", "dayzero"], True, id="a list that has it"),
        pytest.param("text_or_list", ["account"], False, id="a list that has it not"),
        pytest.param("text_or_list", [], False, id="an empty list"),
        pytest.param("text_or_list", ["dayzero", 1], False, id="a list with a number"),
        pytest.param("text_or_list", [["dayzero"]], False, id="a list in a list"),
        pytest.param("text_or_list", "dayzero account", False, id="two in one text"),
        pytest.param("text_or_list", None, False, id="null"),
        pytest.param("text", "dayzero", True, id="text alone: the text"),
        pytest.param("text", ["dayzero"], False, id="text alone: a list of it"),
        pytest.param("text", "account", False, id="text alone: another"),
    ],
)
def test_the_audience_follows_the_rule_of_the_issuer(
    rule: str, audience: object, accepted: bool
) -> None:
    issuer = terms(audience_rule=rule)
    if accepted:
        verified(token(aud=audience), issuer)
    else:
        assert refusal(token(aud=audience), issuer) == Fault.AUDIENCE


@pytest.mark.parametrize("rule", ["text", "text_or_list"])
def test_an_audience_there_must_be(rule: str) -> None:
    assert refusal(token(aud=ABSENT), terms(audience_rule=rule)) == Fault.CLAIM_MISSING


@pytest.mark.parametrize(
    ("types", "media_type", "accepted"),
    [
        pytest.param(["JWT", "at+jwt"], "JWT", True, id="JWT"),
        pytest.param(["JWT", "at+jwt"], "at+jwt", True, id="at+jwt"),
        pytest.param(["JWT", "at+jwt"], "application/AT+JWT", True, id="written in full"),
        pytest.param(["application/AT+JWT"], "at+jwt", True, id="configured in full"),
        pytest.param(["at+jwt"], "JWT", False, id="an identity token, where none is taken"),
        pytest.param(["JWT"], "logout+jwt", False, id="a token for signing out"),
        pytest.param(["JWT"], ABSENT, False, id="absent, where it must be there"),
        pytest.param(["JWT", None], ABSENT, True, id="absent, where it may be"),
        pytest.param([None], "JWT", False, id="there, where it must be absent"),
    ],
)
def test_the_types_follow_the_terms_of_the_issuer(
    types: Any, media_type: Any, accepted: bool
) -> None:
    issuer = terms(types=types)
    if accepted:
        verified(token({"typ": media_type}), issuer)
    else:
        assert refusal(token({"typ": media_type}), issuer) == Fault.TYPE


@pytest.mark.parametrize(
    ("algorithms", "header", "key", "fault"),
    [
        pytest.param(["RS256"], {}, KEY, None, id="RS256"),
        pytest.param(["PS256"], {"alg": "PS256"}, KEY, None, id="PS256"),
        pytest.param(["ES256"], {"alg": "ES256", "kid": "ec-1"}, EC_KEY, None, id="ES256"),
        pytest.param(["ES256"], {}, KEY, Fault.ALGORITHM, id="RS256, where ES256 is agreed"),
        pytest.param(["RS256"], {"alg": "PS256"}, KEY, Fault.ALGORITHM, id="PS256 likewise"),
        pytest.param(["RS256"], {"alg": "RS512"}, KEY, Fault.ALGORITHM, id="RS512"),
        pytest.param(
            ["RS256", "ES256"], {"kid": "ec-1"}, KEY, Fault.KEY_UNSUITED, id="another key's name"
        ),
        pytest.param(["RS256"], {"kid": "rsa-2"}, KEY, Fault.KEY_UNKNOWN, id="an unknown name"),
        pytest.param(["RS256"], {"kid": ABSENT}, KEY, Fault.KEY_ID, id="no name"),
        pytest.param(
            ["RS256"],
            {},
            RSAKey.import_key(rsa.generate_private_key(65_537, 2048)),
            Fault.SIGNATURE,
            id="another key",
        ),
    ],
)
def test_the_algorithms_follow_the_terms_of_the_issuer(
    algorithms: Any, header: dict[str, Any], key: Any, fault: Fault | None
) -> None:
    issuer = terms(algorithms=algorithms)
    if fault is None:
        verified(token(header, key), issuer)
    else:
        assert refusal(token(header, key), issuer) == fault


def test_the_thumbprint_of_a_certificate_means_nothing() -> None:
    verified(token({"x5t": "dGh1bWI"}))
    verified(token({"x5t#S256": "dGh1bWI"}))


@pytest.mark.parametrize(
    "parameters",
    [
        {"jku": "https://attacker.example/keys"},
        {"x5u": "https://attacker.example/chain"},
        {"x5c": ["MIIB"]},
        {"jwk": KEY.as_dict(private=False)},
        {"cty": "JWT"},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_a_header_says_nothing_else(parameters: dict[str, Any]) -> None:
    assert refusal(token(parameters)) == Fault.HEADER_PARAMETER


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        pytest.param({"exp": ISSUED_AT + 3600}, None, id="an hour"),
        pytest.param({"exp": ISSUED_AT + 3601}, Fault.LIFETIME, id="an hour and a second"),
        pytest.param({"iat": ISSUED_AT + 60}, None, id="issued by a clock a minute fast"),
        pytest.param({"iat": ISSUED_AT + 61}, Fault.NOT_YET_VALID, id="by one faster than that"),
        pytest.param({"nbf": ISSUED_AT + 61}, Fault.NOT_YET_VALID, id="not valid yet"),
        pytest.param({"iat": ABSENT}, Fault.CLAIM_MISSING, id="no iat"),
        pytest.param({"exp": ABSENT}, Fault.CLAIM_MISSING, id="no exp"),
        pytest.param({"exp": ISSUED_AT + 900.5}, Fault.CLAIM_MALFORMED, id="a fraction"),
        pytest.param({"iat": True}, Fault.CLAIM_MALFORMED, id="true"),
    ],
)
def test_its_life_has_exact_bounds(claims: dict[str, Any], fault: Fault | None) -> None:
    if fault is None:
        verified(token(**claims))
    else:
        assert refusal(token(**claims)) == fault


def test_its_life_and_leeway_are_terms_of_the_issuer() -> None:
    strict = terms(longest_seconds=900, leeway_seconds=0)
    verified(token(), strict)
    verified(token(), strict, now=NOW + seconds(899.9))
    assert refusal(token(), strict, now=NOW + seconds(900)) == Fault.EXPIRED
    verified(token(), now=NOW + seconds(959.9))
    assert refusal(token(), now=NOW + seconds(960)) == Fault.EXPIRED
    assert refusal(token(exp=ISSUED_AT + 901), strict) == Fault.LIFETIME


def test_the_keys_of_one_issuer_do_not_speak_for_another() -> None:
    other_key = RSAKey.import_key(rsa.generate_private_key(65_537, 2048), {"kid": "rsa-1"})
    other = terms(issuer="https://other.example", jwks={"keys": [other_key.as_dict(private=False)]})
    both = (terms(), other)
    assert verified(token(), *both).issuer == LOGIN
    assert verified(token(iss="https://other.example", key=other_key), *both).issuer == (
        "https://other.example"
    )
    assert refusal(token(iss="https://other.example"), *both) == Fault.SIGNATURE
    assert refusal(token(key=other_key), *both) == Fault.SIGNATURE


def test_one_key_of_two_issuers_speaks_for_the_one_that_signed() -> None:
    """A provider may sign for all its customers with the same keys."""
    neighbour = terms(issuer="https://login.example/realms/other")
    unverified = read_token(token(), neighbour.form)
    keys = usable_keys(json.dumps(JWKS))
    with pytest.raises(InvalidToken, match=Fault.ISSUER):
        external_identity(unverified, issuer=neighbour, keys=keys, now=NOW)


@pytest.mark.parametrize(
    ("issuer", "fault"),
    [
        (f"{LOGIN}/", Fault.ISSUER),
        (LOGIN.upper(), Fault.ISSUER),
        ("https://unknown.example", Fault.ISSUER),
        (ABSENT, Fault.CLAIM_MISSING),
        ([LOGIN], Fault.CLAIM_MALFORMED),
        (None, Fault.CLAIM_MALFORMED),
    ],
)
def test_an_unknown_issuer_is_refused(issuer: object, fault: Fault) -> None:
    assert refusal(token(iss=issuer)) == fault


def test_two_keys_of_one_name_verify_nothing() -> None:
    twice = {"keys": [KEY.as_dict(private=False)] * 2}
    assert refusal(token(), terms(jwks=twice)) == Fault.KEY_AMBIGUOUS


FORGE = access_token_forge(SIGNING_KEY, ISSUER, AUDIENCE, NOW)
BAD = access_token_cases(FORGE)
AS_ISSUER = terms(
    issuer=ISSUER,
    audience=AUDIENCE,
    audience_rule="text",
    algorithms=["ES256"],
    jwks={"keys": [public_jwk(SIGNING_KEY.public)]},
)
TAKEN_FROM_AN_ISSUER = ("client_id", "jti", "scope", "typ", "header with x5t")


@pytest.mark.parametrize(
    "case", [case for case in BAD if not case.startswith(TAKEN_FROM_AN_ISSUER)]
)
def test_the_corpus_is_refused_from_an_issuer_too(case: str) -> None:
    verified(FORGE.good(), AS_ISSUER)
    refusal(BAD[case].token, AS_ISSUER)


@given(st.one_of(st.binary(), st.text(), st.text("eyJ.-_=A0 \n")))
def test_random_bytes_and_texts_are_refused_and_nothing_else_is_raised(text: object) -> None:
    refusal(text)


class TestTerms:
    """What a deployment writes about an issuer."""

    written: ClassVar = {"issuer": LOGIN, "audience": "dayzero", "jwks": JWKS}

    def parsed(self, *issuers: dict[str, Any]) -> tuple[ExternalIssuer, ...]:
        return parse_issuers(json.dumps(issuers).encode())

    def test_they_are_a_json_list(self) -> None:
        (issuer,) = self.parsed(self.written)
        assert issuer == terms()
        assert isinstance(issuer.keys, WrittenKeys)
        assert self.parsed() == ()

    def test_they_may_say_everything(self) -> None:
        (issuer,) = self.parsed(
            {
                "issuer": LOGIN,
                "audience": "dayzero",
                "audience_rule": "text",
                "jwks_url": "https://login.example/keys",
                "algorithms": ["RS256", "ES256"],
                "types": ["at+JWT", None],
                "principal_claim": "email",
                "longest_seconds": 300,
                "leeway_seconds": 0,
            }
        )
        assert isinstance(issuer.keys, FetchedKeys)
        assert issuer.types == {"at+jwt", None}
        assert issuer.lifetime.longest == seconds(300)

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"jwks_url": "https://login.example/keys"}, id="keys in two places"),
            pytest.param({"jwks": None}, id="keys nowhere"),
            pytest.param({"jwks": {"keys": []}}, id="no key"),
            pytest.param({"jwks": None, "jwks_url": "http://login.example/k"}, id="plain HTTP"),
            pytest.param({"algorithms": ["HS256"]}, id="a symmetric algorithm"),
            pytest.param({"algorithms": ["none"]}, id="no signature"),
            pytest.param({"algorithms": []}, id="no algorithm"),
            pytest.param({"types": []}, id="no type"),
            pytest.param({"types": [1]}, id="a number for a type"),
            pytest.param({"issuer": ""}, id="no issuer"),
            pytest.param({"audience": ""}, id="no audience"),
            pytest.param({"audience": ["dayzero"]}, id="a list for an audience"),
            pytest.param({"audience_rule": "any"}, id="another rule"),
            pytest.param({"principal_claim": ""}, id="no claim"),
            pytest.param({"longest_seconds": 59}, id="less than a minute"),
            pytest.param({"longest_seconds": 86_401}, id="more than a day"),
            pytest.param({"leeway_seconds": 61}, id="more leeway than a minute"),
            pytest.param({"leeway_seconds": -1}, id="less than no leeway"),
            pytest.param({"verify": False}, id="an unknown key"),
        ],
    )
    def test_they_are_refused_where_they_do_not_hold(self, changes: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"."):
            self.parsed({**self.written, **changes})

    @pytest.mark.parametrize("text", [b"", b"{}", b'{"issuer":"x"}', b'[{"a":1,"a":1}]', b"[1]"])
    def test_they_are_strict_json(self, text: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            parse_issuers(text)

    def test_one_issuer_has_one_set_of_terms(self) -> None:
        with pytest.raises(ValueError, match="same identifier"):
            ExternalIssuers([terms(), terms(audience="other")])
