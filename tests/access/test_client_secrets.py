"""Secrets of clients: shown once, kept as a digest."""

import hashlib

import pytest

from app.access.client_secrets import is_client_secret, new_client_secret

SECRET = new_client_secret()


def test_a_secret_is_known_by_its_digest() -> None:
    assert SECRET.digest == hashlib.sha256(SECRET.text.encode()).digest()
    assert is_client_secret(SECRET.text, SECRET.digest)


def test_a_secret_has_256_random_bits() -> None:
    assert len(SECRET.text) == len("dayzero_") + 43
    assert len({new_client_secret().text for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param("", id="nothing"),
        pytest.param(new_client_secret().text, id="another secret"),
        pytest.param(SECRET.text[:-1], id="cut short"),
        pytest.param(SECRET.text + "A", id="longer"),
        pytest.param(SECRET.text + "\n", id="with a newline"),
        pytest.param(SECRET.text + "é", id="with a letter that is not ASCII"),
        pytest.param(SECRET.text.removeprefix("dayzero_"), id="without its prefix"),
        pytest.param(SECRET.text.swapcase(), id="in another case"),
        pytest.param(SECRET.digest.hex(), id="its digest"),
        pytest.param("dayzero_" + "é" * 43, id="not ASCII"),
        pytest.param("dayzero_" + "\ud800" * 43, id="halves of surrogate pairs"),
        pytest.param("x" * 10_000_000, id="10 MB"),
    ],
)
def test_nothing_else_is_the_secret(presented: str) -> None:
    assert not is_client_secret(presented, SECRET.digest)


@pytest.mark.parametrize(
    "digest", [b"", SECRET.digest[:-1], bytes(32)], ids=["none", "cut short", "zeros"]
)
def test_another_digest_is_of_another_secret(digest: bytes) -> None:
    assert not is_client_secret(SECRET.text, digest)


def test_a_text_of_another_form_is_no_secret_of_ours() -> None:
    """A weak text cannot become a credential, even if its digest came into the database."""
    assert not is_client_secret("password", hashlib.sha256(b"password").digest())


def test_a_secret_is_not_shown_by_accident() -> None:
    assert SECRET.text not in repr(SECRET)
    assert repr(SECRET.digest) not in repr(SECRET)
