"""Answers in fewer octets, for whoever asks: zstd or gzip, chosen by ``Accept-Encoding``.

What is worth it: text of a kibibyte or more. Pictures of points, PDF and whatever has a coding
already go as they are. A streamed answer is flushed with each of its pieces, so that a line of an
import's results arrives when it would have.

A length gives away what a body repeats. Where a body holds a secret beside text that somebody else
chose, who can see the lengths of many answers can guess the secret piece by piece (BREACH). The
routes whose answers hold credentials say so (``x-carries-secrets``), and theirs are never
compressed. The other answers hold none: a caller is known by a header that no answer repeats,
there are no cookies that a foreign page could make a browser send, and refusals never repeat what
was sent.

Decision: an ETag stays as it is under a coding. That of a record is its version, which If-Match
must be able to name; nothing here is answered in ranges, which is what a tag of the very octets
would be for. ``Vary`` keeps caches from giving one caller's coding to another.

Source: RFC 9110, sections 8.4, 8.8.3 and 12.5.3; RFC 8878 (zstd); RFC 1952 (gzip).
"""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol

import zstandard
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import NotAcceptable
from app.routers.negotiation import IDENTITY, preferred_coding, vary
from app.routers.refusals import write

SMALLEST: Final = 1024
"""Octets from which on a body is compressed."""

IN_THE_LOOP: Final = 32 * 1024
"""Octets up to which compressing is shorter than handing it to a thread is worth."""

_GZIP_LEVEL, _ZSTD_LEVEL = 4, 3
_GZIP_WINDOW: Final = 31
_TEXT: Final = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/x-ndjson",
        "application/xml",
        "image/svg+xml",
    }
)


class Compressor(Protocol):
    """Packs one body, piece by piece."""

    def pack(self, piece: bytes, *, last: bool) -> bytes:
        """Give all that can be unpacked of what came so far."""


class _Gzip:
    def __init__(self) -> None:
        self._packing = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)

    def pack(self, piece: bytes, *, last: bool) -> bytes:
        packed = self._packing.compress(piece)
        return packed + self._packing.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


class _Zstd:
    def __init__(self) -> None:
        self._packing = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()

    def pack(self, piece: bytes, *, last: bool) -> bytes:
        flushed = zstandard.COMPRESSOBJ_FLUSH_FINISH if last else zstandard.COMPRESSOBJ_FLUSH_BLOCK
        packed = self._packing.compress(piece)
        return packed + self._packing.flush(flushed)


CODINGS: Final[dict[str, Callable[[], Compressor]]] = {"zstd": _Zstd, "gzip": _Gzip}
"""What there is: the one to take first, and last the one that everybody knows."""


class CompressedAnswers:
    """Compresses what is worth it for callers that ask."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = [value for name, value in scope["headers"] if name == b"accept-encoding"]
        coding, always = _asked(b",".join(sent).decode("latin-1") if sent else None)
        if coding is None:
            refused = NotAcceptable(
                "Take one of the codings, or the answer as it is.", allowed=[*CODINGS, IDENTITY]
            )
            await write(refused, scope["state"]["request_id"])(scope, receive, send)
            return
        answer = _Answer(scope, send, coding, SMALLEST if not always else 0)
        await self._app(scope, receive, answer.send)


@lru_cache(256)
def _asked(accepted: str | None) -> tuple[str | None, bool]:
    """Give the coding that is asked for, and whether also for an answer that is short.

    Who refuses identity and takes a coding gets that, however short the answer is.
    """
    return preferred_coding(accepted, tuple(CODINGS)), preferred_coding(accepted, ()) is None


class _Answer:
    """One answer on its way out; its head is held until the first piece of its body is known."""

    def __init__(self, scope: Scope, send: Send, coding: str, smallest: int) -> None:
        self._scope, self._send = scope, send
        self._coding, self._smallest = coding, smallest
        self._head: Message | None = None
        self._packing: Compressor | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        piece, more = message.get("body", b""), message.get("more_body", False)
        if self._head is not None:
            await self._begin(self._head, piece, more=more)
            return
        if self._packing is not None:
            message = {**message, "body": await self._packed(self._packing, piece, more=more)}
        await self._send(message)

    async def _begin(self, head: Message, piece: bytes, *, more: bool) -> None:
        self._head = None
        said = dict(head["headers"])
        carries_secrets = self._scope["state"].get("carries_secrets", False)
        if not carries_secrets and _may_be_packed(head["status"], said):
            worth_it = head["status"] != 304 and (more or len(piece) >= self._smallest)
            if worth_it and self._coding in CODINGS:
                self._packing = CODINGS[self._coding]()
                piece = await self._packed(self._packing, piece, more=more)
                headers = MutableHeaders(scope=head)
                headers["content-encoding"] = self._coding
                if more:
                    del headers["content-length"]
                else:
                    headers["content-length"] = str(len(piece))
            if b"vary" in said:
                vary(MutableHeaders(scope=head), "Accept-Encoding")
            else:
                head["headers"].append((b"vary", b"Accept-Encoding"))
        await self._send(head)
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    @staticmethod
    async def _packed(packing: Compressor, piece: bytes, *, more: bool) -> bytes:
        if len(piece) <= IN_THE_LOOP:
            return packing.pack(piece, last=not more)
        return await asyncio.to_thread(packing.pack, piece, last=not more)


def _may_be_packed(status: int, said: Mapping[bytes, bytes]) -> bool:
    """Tell whether an answer of this kind is one that compressing makes shorter."""
    if b"content-encoding" in said or status in {204, 206}:
        return False
    return status == 304 or _is_text(said.get(b"content-type", b""))


@lru_cache(256)
def _is_text(content_type: bytes) -> bool:
    media_type = content_type.decode("latin-1").partition(";")[0].strip().lower()
    return (
        media_type.startswith("text/")
        or media_type.endswith(("+json", "+xml"))
        or media_type in _TEXT
    )
