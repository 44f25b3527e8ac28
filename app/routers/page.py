"""The page at ``/``: what people look at, in a browser, with nothing from anywhere but here.

The page is plain files of ``app.web.page``. It holds no data and no rights: whoever loads it gets
what everybody gets, and what it shows comes from the routes that a client calls.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.access.permissions import Action
from app.routers.conditions import IfNoneMatch
from app.routers.negotiation import preferred_coding
from app.routers.supplied import ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.services.entity_tags import is_held
from app.services.rule_book.reading import ROOMS
from app.vocabularies.times_to_event import TIMES_TO_EVENT

HOME: Final = "/"
BACK_FROM_ISSUER: Final = "/signed-in"
"""Where an issuer sends a person back to, with whatever parameters it likes (RFC 6749, 4.1.2)."""

_ROOM: Final = "app.web.page"
_DOCUMENT: Final = "index.html"
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Vary": "Accept-Encoding",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Part:
    """A file of the page, as it is and packed, each with the ETag of its own."""

    content: bytes
    packed: bytes
    digest: str
    media_type: str


class BackFromIssuer(TrialRoute):
    """A route that ignores what it does not know: an issuer may add what it likes."""

    strict_query = False


def content_security_policy(elsewhere: tuple[str, ...] = ()) -> str:
    """Say what a browser may load for the page.

    Nothing inline runs and nothing is evaluated. ``blob:`` is for pictures that were fetched with
    the caller's token, which an address in ``<img>`` could not carry.

    Args:
        elsewhere: origins that the page may call besides ours: the issuers' token endpoints.
    """
    callable_origins = " ".join(("'self'", *elsewhere))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"connect-src {callable_origins}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


router = APIRouter(route_class=TrialRoute, tags=["page"])


async def _part(
    request: Request, service: ServiceOfApp, if_none_match: IfNoneMatch = None
) -> Response:
    part = _read(_NAMES[request.scope["path"]])
    zipped = preferred_coding(request.headers.get("accept-encoding"), ("gzip",)) == "gzip"
    etag = f'"{part.digest}-gzip"' if zipped else f'"{part.digest}"'
    policy = content_security_policy(service.sign_in.issuers.token_origins)
    headers = {**_HEADERS, "ETag": etag, "Content-Security-Policy": policy}
    if is_held(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    content = part.packed if zipped else part.content
    return Response(content, headers=headers, media_type=part.media_type)


def _times() -> bytes:
    """Write the times to an event with their titles, as a module of the page."""
    titles = {name: words.title for name, words in TIMES_TO_EVENT.items()}
    return f"export const TIMES = {json.dumps(titles, indent=2)};\n".encode()


def _chapters() -> bytes:
    """Write the chapters of the rule book with their titles, as a module of the page."""
    return f"export const CHAPTERS = {json.dumps(ROOMS, indent=2)};\n".encode()


_WRITTEN: Final = {"chapters.js": _chapters, "times.js": _times}
"""Modules that are written of what the service knows, and no files."""


@cache
def _read(name: str) -> Part:
    made = _WRITTEN.get(name)
    content = made() if made else files(_ROOM).joinpath(*name.split("/")).read_bytes()
    return Part(
        content=content,
        packed=gzip.compress(content, 9, mtime=0),
        digest=hashlib.sha256(content).hexdigest()[:16],
        media_type=_MEDIA_TYPES[PurePath(name).suffix],
    )


def _files(room: Any, before: str = "") -> Iterator[str]:
    for entry in sorted(room.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _files(entry, f"{before}{entry.name}/")
        elif PurePath(entry.name).suffix in _MEDIA_TYPES:
            yield before + entry.name


_NAMES: Final = {
    HOME: _DOCUMENT,
    BACK_FROM_ISSUER: _DOCUMENT,
    **{f"/page/{name}": name for name in _files(files(_ROOM)) if name != _DOCUMENT},
    **{f"/page/{name}": name for name in _WRITTEN},
}
"""The file at each address."""

PAGE_ADDRESSES: Final = frozenset(_NAMES)

for _address, _name in _NAMES.items():
    router.add_api_route(
        _address,
        _part,
        response_class=Response,
        responses={200: {"content": {_MEDIA_TYPES[PurePath(_name).suffix]: {}}}},
        include_in_schema=False,
        route_class_override=BackFromIssuer if _address == BACK_FROM_ISSUER else None,
        **permits(Action.PUBLIC),
    )
