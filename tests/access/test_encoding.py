"""Base64url and JSON, as RFC 7515 writes them and no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.encoding import decoded_base64url, encoded_base64url, json_object


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"f", "Zg", id="one octet"),
        pytest.param(b"fo", "Zm8", id="two octets"),
        pytest.param(b"foo", "Zm9v", id="three octets"),
        pytest.param(bytes([3, 236, 255, 224, 193]), "A-z_4ME", id="RFC 7515, appendix C"),
    ],
)
def test_base64url_has_no_padding(octets: bytes, text: str) -> None:
    assert encoded_base64url(octets) == text
    assert decoded_base64url(text) == octets


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Zg==", id="padding"),
        pytest.param("Zh", id="spare bits set"),
        pytest.param("Zm9", id="spare bits set in a second octet"),
        pytest.param("A", id="an impossible length"),
        pytest.param("A+z/4ME", id="the standard alphabet"),
        pytest.param("Zm 9v", id="a blank"),
        pytest.param("Zm9v\n", id="a newline at the end"),
        pytest.param("Zm9\uff11", id="a fullwidth digit"),
    ],
)
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        decoded_base64url(text)


@given(st.text("AZaz09-_=+/ "))
def test_what_is_decoded_encodes_to_the_same_text(text: str) -> None:
    try:
        octets = decoded_base64url(text)
    except ValueError:
        return
    assert encoded_base64url(octets) == text


def test_an_object_is_read() -> None:
    assert json_object('{"é": [1, null]}'.encode()) == {"é": [1, None]}


@pytest.mark.parametrize(
    "text", [b"[]", b'"a"', b"1", b"null", b"", b'{"a":1,"a":1}', b'{"a":NaN}', b"\xff{}"]
)
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_object(text)
