"""Answers that are tables: their forms in the contract, and how they are written as CSV."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from app.csv_rows import CsvForm, written_rows, written_table
from app.services.entity_tags import weak

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"

WRITTEN_AS_CSV: Final = {CSV: {"schema": {"type": "string"}}}
"""What a route declares that gives a table as CSV."""

EXPLAINED: Final = (
    "`Accept: text/csv` gives the whole list as CSV, one column a member, parts as JSON; `limit` "
    "and the page are those of JSON alone. `csv=spreadsheet` is for people."
)

Rows = Sequence[Mapping[str, Any]]


async def streamed_table(
    columns: Sequence[str],
    pages: AsyncIterator[Rows],
    form: CsvForm,
    headers: Mapping[str, str],
) -> Response:
    """Answer with a table whose rows come page by page.

    What is wrong with the question is found before the answer begins.
    """
    first = await anext(pages, ())

    async def lines() -> AsyncIterator[str]:
        yield written_table(columns, first, form)
        async for rows in pages:
            yield written_rows(columns, rows, form)

    return StreamingResponse(lines(), media_type=f"{CSV}; charset=utf-8", headers=dict(headers))


async def whole_table(
    answer: bytes,
    read: Callable[[bytes], tuple[Sequence[str], Rows]],
    form: CsvForm,
    headers: Mapping[str, str],
) -> Response:
    """Answer with the table that an answer in JSON comes to, read and written in a thread."""

    def write() -> str:
        columns, rows = read(answer)
        return written_table(columns, rows, form)

    body = await asyncio.to_thread(write)
    return Response(body, media_type=f"{CSV}; charset=utf-8", headers=dict(headers))


def table_etag(answer: str, form: CsvForm) -> str:
    """Give the identity of a table: of the answer that it is written from, and of its form."""
    return weak((answer, CSV, form))
