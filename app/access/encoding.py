"""The two encodings that tokens and keys are made of, read strictly: base64url and JSON objects."""

import base64
import re

from app.strict_json import parse_strictly

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def encoded_base64url(octets: bytes) -> str:
    """Write octets as base64url without padding.

    Source: RFC 7515, section 2, "Base64url Encoding".
    """
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def decoded_base64url(text: str) -> bytes:
    """Give the octets behind an unpadded base64url text.

    Decision: a text is read only if it is the one way to write its octets. The spare bits of a
    last character may otherwise be altered, and a signed token then has several spellings.

    Raises:
        ValueError: another alphabet, padding, white space, an impossible length or spare bits set.
    """
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not in the base64url alphabet")
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded_base64url(octets) != text:
        raise ValueError("not the canonical base64url text")
    return octets


def json_object(text: bytes) -> dict[str, object]:
    """Read one JSON object in UTF-8, as strictly as a request's body.

    Raises:
        ValueError: `app.strict_json` refuses it, or it is no object.
    """
    read = parse_strictly(text)
    if not isinstance(read, dict):
        raise ValueError("not a JSON object")
    return read
