"""Bodies that the service must refuse, each made from a body that it accepts.

``data/bad_bodies.json`` holds one case a line: which record is posted, how its body differs from
the accepted one (``bases``), and the refusal that is expected. A difference is one of

========================  ======================================================================
``replace``               pointer and the raw JSON that stands there instead
``replace_base64``        the same, the raw bytes in base64
``insert``                raw JSON of further members
``remove``                pointer of a member to leave out
``prepend``, ``append``   raw text before or behind the body
``append_base64``         the same, the raw bytes in base64
``encode``                the encoding of the body
``raw``, ``base64``       the whole body
========================  ======================================================================

or none, when only a header is wrong (None: without it). Raw text that is long is a list of pieces:
a text and how often it is repeated. What is sent holds one of ``CANARIES`` wherever it can, so that
a test can tell whether an answer, a log or a table repeats it.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANARIES = ("Canary7719", "77197719", "13812345678", "11010519491231002X", "0012345")

_CORPUS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "bad_bodies.json").read_text("utf-8")
)
BASES: dict[str, dict[str, Any]] = _CORPUS["bases"]
_HERE = "put the token here"


@dataclass(frozen=True)
class BadBody:
    """A request that must be refused.

    Attributes:
        id: what is wrong, in words.
        route: the kind of record that is posted.
        body: the body.
        headers: the content headers; None: the header is not sent.
        status: the status of the refusal.
        slug: the last segment of its problem type.
        code: the code of an error that it must list; None: any.
        pointer: the pointer of that error; None: not said.
    """

    id: str
    route: str
    body: bytes
    headers: dict[str, str | None]
    status: int
    slug: str
    code: str | None
    pointer: str | None

    def __str__(self) -> str:
        return self.id


def bad_bodies(bases: Mapping[str, Mapping[str, Any]] = BASES) -> list[BadBody]:
    """Give every case, made from these accepted bodies, one for each kind of record."""
    return [
        BadBody(
            id=case["id"],
            route=case["route"],
            body=_body(case, bases[case["route"]]),
            headers={"content-type": "application/json", **case.get("headers", {})},
            status=case["status"],
            slug=case["slug"],
            code=case.get("code"),
            pointer=case.get("pointer"),
        )
        for case in _CORPUS["cases"]
    ]


def _body(case: Mapping[str, Any], base: Mapping[str, Any]) -> bytes:
    if "raw" in case:
        return _text(case["raw"]).encode()
    if "base64" in case:
        return b64decode(case["base64"])
    if "replace" in case:
        pointer, token = case["replace"]
        return _replaced(base, pointer, _text(token).encode())
    if "replace_base64" in case:
        pointer, token = case["replace_base64"]
        return _replaced(base, pointer, b64decode(token))
    if "remove" in case:
        return json.dumps({k: v for k, v in base.items() if f"/{k}" != case["remove"]}).encode()
    whole = json.dumps(base)
    if "insert" in case:
        whole = f"{whole[:-1]}, {case['insert']}}}"
    whole = case.get("prepend", "") + whole + case.get("append", "")
    return whole.encode(case.get("encode", "utf-8")) + b64decode(case.get("append_base64", ""))


def _replaced(base: Mapping[str, Any], pointer: str, token: bytes) -> bytes:
    """Write the body with a raw token in place of one member, which is added when it is absent."""
    body = deepcopy(dict(base))
    body[pointer.removeprefix("/")] = _HERE
    return json.dumps(body).encode().replace(json.dumps(_HERE).encode(), token)


def _text(pieces: str | list[tuple[str, int]]) -> str:
    if isinstance(pieces, str):
        return pieces
    return "".join(piece * times for piece, times in pieces)
