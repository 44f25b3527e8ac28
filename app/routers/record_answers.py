"""How records are written into answers: one, all its versions, or a list in the form asked for."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.csv_rows import CsvForm, written_rows, written_table
from app.database import Database
from app.routers.table_answers import CSV, JSON, NDJSON
from app.schemas.listing import Cursor, ListQuery, ReadQuery
from app.schemas.record import RecordKind
from app.service import Service
from app.services import ledger
from app.services.caller import Caller
from app.services.data_cut import Cut
from app.services.entity_tags import is_held
from app.services.keyed_requests import Answer
from app.services.place import Place
from app.services.record_reads import Listing

_NOT_FILTERS = {"limit", "cursor", "as_of", "csv"}


def respond(given: Answer) -> Response:
    """Write the answer of a write."""
    headers = {"ETag": given.etag}
    if given.location is not None:
        headers["Location"] = given.location
    if given.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(given.body, given.status, headers=headers, media_type=JSON)


async def fetched(
    service: Service,
    caller: Caller,
    place: Place,
    query: ReadQuery,
    if_none_match: str | None,
) -> Response:
    """Answer with one record, or with 304 when the caller holds it."""
    cut = None if query.as_of is None else await ledger.cut_at(service.database, query.as_of)
    record = await service.record_reads.fetch(caller, place, cut)
    etag = f'"{record.version}"'
    if is_held(if_none_match, etag):
        return Response(status_code=304, headers={"ETag": etag})
    return Response(record.document, headers={"ETag": etag}, media_type=JSON)


async def versions(
    service: Service,
    caller: Caller,
    place: Place,
    query: ReadQuery,
) -> Response:
    """Answer with every version of a record, oldest first."""
    cut = await _cut(service.database, query)
    documents, known = await service.record_reads.history(caller, place, cut)
    also = f"[{','.join(one.model_dump_json() for one in known.also)}]"
    named = f',"identifiers":{json.dumps(known.own)},"also_held_by":{also}}}'
    return Response(_list(documents, cut)[:-1] + named, media_type=JSON)


async def listed(
    request: Request,
    service: Service,
    caller: Caller,
    form: str,
    kind: RecordKind,
    query: ListQuery,
    subject: str | None = None,
) -> Response:
    """Answer with one page as JSON, or with the whole list as CSV or NDJSON."""
    database, reads = service.database, service.record_reads
    filters = {
        name: value
        for name, value in query.model_dump(by_alias=True, exclude_none=True).items()
        if name not in _NOT_FILTERS
    }
    listing = Listing(kind, filters, subject)
    if form == JSON:
        after = query.cursor.after if query.cursor else None
        as_of = query.as_of
        if query.cursor is not None and query.cursor.seq is not None:
            as_of = query.cursor.seq
        cut_at = None if as_of is None else await ledger.cut_at(database, as_of)
        page = await reads.page(caller, listing, cut_at, after, query.limit)
        cut = page.cut
        headers = {}
        if page.more and page.last is not None:
            fixed = cut.seq if cut.transaction_id is not None else None
            headers["Link"] = _next(request, Cursor(after=page.last, seq=fixed))
        return Response(_list(page.documents, cut), headers=headers, media_type=JSON)
    cut = await (
        ledger.newest_cut(database) if query.as_of is None else ledger.cut_at(database, query.as_of)
    )
    pages = reads.pages(caller, listing, cut)
    first = await anext(pages)
    lines = _csv(kind, first, pages, query.csv) if form == CSV else _ndjson(first, pages)
    return StreamingResponse(
        lines, media_type=f"{form}; charset=utf-8", headers={"Dayzero-As-Of": str(cut.seq)}
    )


def lines_of(component: str) -> dict[str, Any]:
    """Describe a text of many lines, each of them an object of a component."""
    return {
        "type": "string",
        "contentMediaType": NDJSON,
        "contentSchema": {"$ref": f"#/components/schemas/{component}"},
        "description": "One object a line.",
    }


def listed_as(kind: RecordKind) -> dict[int | str, dict[str, Any]]:
    """Describe the forms of a list for OpenAPI."""
    return {
        200: {
            "model": kind.listed,
            "content": {
                NDJSON: {"schema": lines_of(kind.shown.__name__)},
                CSV: {"schema": {"type": "string"}},
            },
            "headers": {
                "Link": {
                    "description": 'The next page, `rel="next"`.',
                    "schema": {"type": "string"},
                }
            },
        }
    }


async def _cut(database: Database, query: ReadQuery) -> Cut:
    if query.as_of is None:
        return await ledger.current_head(database)
    return await ledger.cut_at(database, query.as_of)


def _list(documents: list[str], cut: Cut) -> str:
    return f'{{"items":[{",".join(documents)}],"as_of":{cut.seq}}}'


def _next(request: Request, cursor: Cursor) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*kept, ("cursor", cursor.encoded())])
    return f'<{request.scope["path"]}?{query}>; rel="next"'


async def _ndjson(first: list[str], rest: AsyncIterator[list[str]]) -> AsyncIterator[str]:
    if first:
        yield "\n".join(first) + "\n"
    async for documents in rest:
        if documents:
            yield "\n".join(documents) + "\n"


async def _csv(
    kind: RecordKind, first: list[str], rest: AsyncIterator[list[str]], form: CsvForm
) -> AsyncIterator[str]:
    """Write documents as rows: one column a member, last what follows from other records."""
    columns = list(dict.fromkeys([*kind.view.model_fields, *kind.shown.model_fields]))
    yield written_table(columns, map(json.loads, first), form)
    async for documents in rest:
        yield written_rows(columns, map(json.loads, documents), form)
