"""A whole log as one answer, which says at its end that it is whole."""

import json
from collections.abc import AsyncIterator, Sequence

from fastapi import Response
from fastapi.responses import StreamingResponse

from app.csv_rows import CsvForm, written_header, written_rows
from app.routers.table_answers import CSV
from app.services.ledger_reads import Export


def exported(export: Export, columns: Sequence[str], form: str, csv: CsvForm) -> Response:
    """Answer with all the entries of a log, as NDJSON or as CSV."""
    lines = _table(export, columns, csv) if form == CSV else _lines(export)
    headers = {"Dayzero-Rows": str(export.rows)}
    return StreamingResponse(lines, media_type=f"{form}; charset=utf-8", headers=headers)


async def _lines(export: Export) -> AsyncIterator[str]:
    """Write an entry a line, and at the end that this was all."""
    written = 0
    async for documents in export.pages:
        if documents:
            yield "\n".join(documents) + "\n"
            written += len(documents)
    reached = export.reached
    last = reached if isinstance(reached, int) else reached.written()
    yield json.dumps({"complete": True, "rows": written, "next_after": last}) + "\n"


async def _table(export: Export, columns: Sequence[str], csv: CsvForm) -> AsyncIterator[str]:
    yield written_header(columns, csv)
    async for documents in export.pages:
        yield written_rows(columns, map(json.loads, documents), csv)
