"""What the headers of a request say about when it may have an effect."""

import re
from typing import Annotated

from fastapi import Header, Request

from app.problems import IdempotencyKeyMissing, IfMatchMissing, InvalidParameter
from app.services.keyed_requests import KeyedRequest

_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')
_KEY = re.compile(r"[!-~]{1,255}")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 255 visible ASCII characters of your choice, new for each request; the "
        "same key with the same request gives the same answer again.",
        json_schema_extra={"pattern": "^[!-~]{1,255}$"},
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description='The ETag of the version the change is based on: `"3"`.',
        json_schema_extra={"pattern": '^"[1-9][0-9]{0,8}"$'},
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="An ETag you hold; unchanged gives 304."),
]


def based_on(if_match: str | None) -> int:
    """Give the version that a change is based on.

    Raises:
        IfMatchMissing: the header is missing.
        InvalidParameter: it is not exactly one strong ETag of a record.
    """
    if if_match is None:
        raise IfMatchMissing("Read the record and send its ETag in If-Match.")
    match = _ETAG.fullmatch(if_match)
    if match is None:
        raise _invalid("If-Match", "send the one ETag of the record, in quotes")
    return int(match[1])


async def keyed(request: Request, key: str | None, *, required: bool) -> KeyedRequest:
    """Give the request's idempotency key and the digest of what it stands for.

    Raises:
        IdempotencyKeyMissing: there is none and the route needs one.
        InvalidParameter: it is empty, too long or has other characters than visible ASCII.
    """
    if key is None:
        if required:
            raise IdempotencyKeyMissing("Send a new Idempotency-Key with each request.")
    elif not _KEY.fullmatch(key):
        raise _invalid("Idempotency-Key", "send 1 to 255 visible ASCII characters")
    return KeyedRequest.of(
        key,
        request.method.encode(),
        request.scope["path"].encode(),
        request.headers.get("if-match", "").encode(),
        await request.body(),
    )


def _invalid(header: str, message: str) -> InvalidParameter:
    return InvalidParameter(
        "Mend the header that is listed.",
        errors=[{"parameter": header, "code": "malformed_header", "message": message}],
    )
