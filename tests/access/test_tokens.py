"""The one door to the token library."""

import ast
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import app
from app.access.public_keys import VerificationKey, algorithms_of
from app.access.tokens import (
    Fault,
    InvalidToken,
    TokenForm,
    UnverifiedToken,
    read_token,
    unverified_claims,
    verified_claims,
)
from tests.access.deployment import SIGNING_KEY
from tests.access.forge import Signer, compact, es256_signer

RSA_KEY = rsa.generate_private_key(65_537, 2048)
VERIFIES = VerificationKey("r", RSA_KEY.public_key(), algorithms_of(RSA_KEY.public_key()))


def test_one_module_alone_imports_python_jose() -> None:
    importers = []
    for module in Path(app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            importers += [module.name for name in names if name.split(".")[0] == "jose"]
    assert set(importers) == {"tokens.py"}


def probabilistic(hash_of_mask: hashes.HashAlgorithm, salt: int) -> Signer:
    scheme = padding.PSS(padding.MGF1(hash_of_mask), salt)
    return lambda message: RSA_KEY.sign(message, scheme, hashes.SHA256())


def deterministic(message: bytes) -> bytes:
    return RSA_KEY.sign(message, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("algorithm", "sign", "accepted"),
    [
        pytest.param("PS256", probabilistic(hashes.SHA256(), 32), True, id="PS256"),
        pytest.param("PS256", probabilistic(hashes.SHA256(), 20), False, id="a short salt"),
        pytest.param("PS256", probabilistic(hashes.SHA256(), 0), False, id="no salt"),
        pytest.param("PS256", probabilistic(hashes.SHA512(), 32), False, id="another mask"),
        pytest.param("PS256", deterministic, False, id="RS256 that says PS256"),
        pytest.param("RS256", deterministic, True, id="RS256"),
        pytest.param("RS256", probabilistic(hashes.SHA256(), 32), False, id="PS256, says RS256"),
        pytest.param("RS384", deterministic, False, id="RS256 that says RS384"),
    ],
)
def test_an_rsa_signature_is_of_the_scheme_it_says(
    algorithm: str, sign: Signer, accepted: bool
) -> None:
    form = TokenForm(frozenset({"RS256", "RS384", "PS256"}), frozenset({None}))
    token = read_token(compact({"alg": algorithm, "kid": "r"}, {"sub": "s"}, sign), form)
    if accepted:
        assert verified_claims(token, [VERIFIES]) == {"sub": "s"}
    else:
        with pytest.raises(InvalidToken, match=Fault.SIGNATURE):
            verified_claims(token, [VERIFIES])


def typed(media_type: str | None) -> str:
    header = {"alg": "ES256", "kid": SIGNING_KEY.key_id}
    if media_type is not None:
        header["typ"] = media_type
    return compact(header, {}, es256_signer(SIGNING_KEY.private_key))


@pytest.mark.parametrize(
    ("media_type", "exact", "fits"),
    [
        pytest.param("at+jwt", True, True, id="exact: the type"),
        pytest.param("AT+JWT", True, False, id="exact: in capitals"),
        pytest.param("application/at+jwt", True, False, id="exact: written in full"),
        pytest.param("AT+JWT", False, True, id="in capitals"),
        pytest.param("application/at+jwt", False, True, id="written in full"),
        pytest.param("Application/AT+jwt", False, True, id="written in full, partly in capitals"),
        pytest.param("text/at+jwt", False, False, id="of another tree"),
        pytest.param("jwt", False, False, id="another"),
        pytest.param(None, False, False, id="absent"),
    ],
)
def test_a_type_is_a_media_type(media_type: str | None, exact: bool, fits: bool) -> None:
    form = TokenForm(frozenset({"ES256"}), frozenset({"at+jwt"}), exact_type=exact)
    if fits:
        read_token(typed(media_type), form)
    else:
        with pytest.raises(InvalidToken, match=Fault.TYPE):
            read_token(typed(media_type), form)


def test_a_type_may_be_allowed_to_be_absent() -> None:
    read_token(typed(None), TokenForm(frozenset({"ES256"}), frozenset({None, "jwt"})))
    with pytest.raises(InvalidToken, match=Fault.TYPE):
        read_token(typed("at+jwt"), TokenForm(frozenset({"ES256"}), frozenset({None, "jwt"})))


def test_a_token_without_a_key_name_is_tried_with_every_key_that_fits() -> None:
    form = TokenForm(frozenset({"ES256", "RS256"}), frozenset({None}), key_id_required=False)
    token = read_token(compact({"alg": "RS256"}, {"sub": "s"}, deterministic), form)
    assert token.key_id == ""
    assert verified_claims(token, [SIGNING_KEY.public, VERIFIES]) == {"sub": "s"}
    with pytest.raises(InvalidToken, match=Fault.KEY_UNSUITED):
        verified_claims(token, [SIGNING_KEY.public])
    with pytest.raises(InvalidToken, match=Fault.KEY_UNKNOWN):
        verified_claims(token, [])


def test_an_unverified_token_does_not_show_its_text() -> None:
    assert "secret" not in repr(UnverifiedToken("secret", "ES256", "k"))


def test_a_good_signature_does_not_follow_from_readable_claims() -> None:
    forged = compact({"alg": "ES256", "kid": "x"}, {"iss": "i"}, lambda _: b"\x00" * 64)
    assert unverified_claims(forged) == {"iss": "i"}
