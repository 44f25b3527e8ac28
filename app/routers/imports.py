"""Records in bulk, as NDJSON."""

import asyncio
import zlib
from collections.abc import Iterator
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.access.permissions import Action
from app.problems import (
    BodyTooLarge,
    ImportRejected,
    InvalidParameter,
    MalformedJson,
    OutcomeUnknown,
    UnsupportedMediaType,
    documented,
)
from app.routers.body_forms import BodyForms
from app.routers.record_answers import lines_of
from app.routers.record_routes import ALWAYS
from app.routers.supplied import CallerOfRequest, ServiceOfApp
from app.routers.trial_route import TrialRoute, arriving, permits, too_large
from app.service import Service
from app.services.imports import Import, import_all, import_rows, require_importer

MEDIA_TYPE = "application/x-ndjson"
IN_MEMORY = 1024 * 1024
"""Octets of a body that are kept in memory; what is more goes to disk."""
PIECE = 256 * 1024
"""Octets unpacked at once."""


class ImportRoute(TrialRoute):
    """A route whose body takes its time."""

    def seconds(self, service: Service) -> float:
        """Give how long an import may take to arrive and, stored whole, to be stored."""
        return service.settings.import_seconds


router = APIRouter(route_class=ImportRoute, tags=["imports"])


class Commit(StrEnum):
    """What is stored together."""

    ROWS = "rows"
    ALL = "all"


class ImportQuery(BaseModel):
    """How an import is to be stored."""

    model_config = ConfigDict(extra="forbid")

    commit: Commit = Field(
        default=Commit.ROWS,
        description="`rows` stores what can be stored, `all` everything or nothing.",
    )
    validate_only: bool = Field(
        default=False, description="Check everything on the same way, and keep nothing."
    )


_FILE: Final = BodyForms((MEDIA_TYPE,), ("identity", "gzip"))
_BODY = {
    "requestBody": {
        "required": True,
        "description": "One record a line: `kind`, `subject`, `source_id` and the kind's fields; "
        "`reason` when it changes what is stored; `retracted: true` and `reason` to void. An "
        "enrolment that makes a subject names no `subject`. Adjudications do not come in bulk. "
        "`Content-Encoding: gzip` is taken.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": '{"kind":"lab-results","subject":"03-001","source_id":"LIS:998871:3",'
                '"analyte":"PLT","value":"31","unit":"10*9/L","collected_at":"2026-03-09"}\n',
            }
        },
    }
}


@router.post(
    "/v1/imports",
    operation_id="import_records",
    summary="Send records in bulk",
    description="A result for each line, then the summary; without the summary, send the file "
    "again: what is stored already changes nothing. Several lines may speak of one record: they "
    "are versions in their order, the last is what the record says in the end, and sent again they "
    "are all `unchanged`: a line is held against what its source said last, so that what a person "
    "corrected stays until the source changes that member. `reported_at` is the source's own "
    "moment of a statement; what is older than the one held is `older`. `subject` takes the "
    "`source_id` of the enrolment too, and references take one in the place of a `record_id`, also "
    "of an earlier line. A result has the `findings` about its record. After a retraction the file "
    "says no more of that record.",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": lines_of("ImportResult")}}},
        **documented(
            *ALWAYS,
            InvalidParameter,
            MalformedJson,
            BodyTooLarge,
            UnsupportedMediaType,
            ImportRejected,
            OutcomeUnknown,
        ),
    },
    **permits(Action.IMPORT_RECORDS, **_BODY),
)
async def import_records(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    query: Annotated[ImportQuery, Query()],
) -> Response:
    """Read the body to its end, then store it and answer."""
    job = Import(service.database, service.trial, caller, query.validate_only)
    await require_importer(job)
    body = await _spooled(request, service.settings.import_limit)
    if query.commit is Commit.ALL:
        with body:
            return Response(await import_all(job, body), media_type=MEDIA_TYPE)

    async def results() -> Any:
        with body:
            async for written in import_rows(job, body):
                yield written

    return StreamingResponse(results(), media_type=MEDIA_TYPE)


async def _spooled(request: Request, limit: int) -> IO[bytes]:
    """Read the body to its end, unpacked, and give it from its beginning.

    A stock client reads no answer while it sends: one that began earlier would stop both at 16 MB.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise _FILE.of_type(request)
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in _FILE.codings:
        raise _FILE.of_coding()
    unpacking = zlib.decompressobj(wbits=31) if coding == "gzip" else None
    spool: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - outlives the call
    try:
        received = 0
        async for chunk in arriving(request):
            received += len(chunk)
            if received > limit:
                raise too_large(limit)
            for piece in [chunk] if unpacking is None else _unpacked(unpacking, chunk):
                spool.write(piece)
                if spool.tell() > limit:
                    raise too_large(limit)
                await asyncio.sleep(0)
        if unpacking is not None and not unpacking.eof:
            raise _not_gzip()
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


def _unpacked(unpacking: Any, chunk: bytes) -> Iterator[bytes]:
    """Unpack what arrived piece by piece: a few octets may hold a thousand times as many."""
    try:
        while chunk:
            yield unpacking.decompress(chunk, PIECE)
            chunk = unpacking.unconsumed_tail
    except zlib.error:
        raise _not_gzip() from None
    if unpacking.unused_data:
        raise _not_gzip()


def _not_gzip() -> MalformedJson:
    return MalformedJson("The body says it is gzip; send one whole gzip member.")
