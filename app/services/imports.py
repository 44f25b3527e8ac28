"""Records in bulk: lines are checked one by one and stored in chunks, a transaction each.

Sending a file again is harmless: a line is found again by its source_id, and one that says what its
source said last changes nothing, whatever a person corrected since; see `import_order` for a file
that says several things of one record. Of two imports of the same file at once, the one that comes
second to a record meets the unique identifier, and its chunk is done again on what is stored by
then.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import IO, Any

import asyncpg

from app.access.permissions import Action
from app.database import RETRY_AFTER, Database
from app.problems import ImportRejected, OutcomeUnknown, Overloaded, Problem
from app.services.caller import Caller
from app.services.import_lines import Line, read_lines, result
from app.services.import_order import FileOrder, RecordSoFar, order_of
from app.services.import_storage import OUTCOMES, REJECTED, ImportStorage
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial

CHUNK = 1_000
"""Lines stored in one transaction: more would keep others waiting, fewer would cost round trips."""
MOST_AT_ONCE = 10_000
"""Lines of an import that is stored whole or not at all."""
SLICE = 10
"""Lines checked before other requests, and the storing of the chunk before, get their turn."""
TRIES = 4
SEND_AGAIN = "Send the file again: what is stored already changes nothing."

LineOutcome = tuple[Line, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Import:
    """An import: whose, of which trial, and whether anything is to be kept."""

    database: Database
    trial: Trial
    caller: Caller
    validate_only: bool
    courses: dict[str, SubjectCourse] = field(default_factory=dict)
    """Those of the file's subjects, as far as they were read and hold."""


class _NothingIsKept(Exception):  # noqa: N818 - how a transaction is left without a commit
    """The transaction is rolled back because nothing was to be kept."""


async def require_importer(job: Import) -> None:
    """Refuse a caller who may import nowhere, before its lines are looked at."""
    async with job.database.transaction(job.caller.principal, Action.IMPORT_RECORDS):
        pass


async def import_rows(job: Import, body: IO[bytes]) -> AsyncIterator[str]:
    """Store what can be stored, chunk by chunk; give a result for each line and the summary.

    The results of a chunk are given after its commit, while the next chunk is being checked. When
    the database goes away the results end with the problem instead of the summary.
    """
    counts = dict.fromkeys(OUTCOMES, 0)
    so_far: dict[int, RecordSoFar] = {}
    storing: asyncio.Task[list[LineOutcome]] | None = None
    try:
        order = await order_of(body)
        async for chunk in _chunks(body):
            if storing is not None:
                yield _written(await storing, counts)
            storing = asyncio.create_task(_store(job, [order.mark(line) for line in chunk], so_far))
        if storing is not None:
            yield _written(await storing, counts)
    except Problem as problem:
        failed = {
            "status": "failed",
            "problem": f"/problems/{problem.slug()}",
            "detail": SEND_AGAIN,
        }
        yield json.dumps(failed) + "\n"
        return
    finally:
        if storing is not None and not storing.done():
            storing.cancel()
    yield json.dumps({"summary": {**counts, "lines": sum(counts.values())}}) + "\n"


async def import_all(job: Import, body: IO[bytes]) -> str:
    """Store every line in one transaction, or nothing; give the results and the summary.

    Raises:
        ImportRejected: a line cannot be stored, or there are too many.
        OutcomeUnknown: the database went away during the commit.
    """
    lines: list[Line] = []
    async for chunk in _chunks(body):
        lines += chunk
        if len(lines) > MOST_AT_ONCE:
            raise ImportRejected(
                f"An import that is stored whole has at most {MOST_AT_ONCE} lines.",
                limit=MOST_AT_ONCE,
            )
    order = FileOrder.of(lines)
    counts = dict.fromkeys(OUTCOMES, 0)
    try:
        outcomes = await _store(job, [order.mark(line) for line in lines], {}, whole=True)
    except OutcomeUnknown:
        raise OutcomeUnknown(SEND_AGAIN, headers=RETRY_AFTER) from None
    written = _written(outcomes, counts)
    if counts[REJECTED]:
        rejects = [
            {"line": line.number, "source_id": line.source_id, "errors": line.errors}
            for line, status, _ in outcomes
            if status == REJECTED
        ]
        raise ImportRejected("Mend the lines that are listed; nothing was stored.", rejects=rejects)
    return written + json.dumps({"summary": {**counts, "lines": len(lines)}}) + "\n"


async def _chunks(body: IO[bytes]) -> AsyncIterator[list[Line]]:
    """Read and check lines, giving way to other requests now and then."""
    chunk: list[Line] = []
    for line in read_lines(body):
        chunk.append(line)
        if len(chunk) % SLICE == 0:
            await asyncio.sleep(0)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _written(outcomes: list[LineOutcome], counts: dict[str, int]) -> str:
    for _, status, _ in outcomes:
        counts[status] = counts.get(status, 0) + 1
    return "".join(result(line, status, more) + "\n" for line, status, more in outcomes)


async def _store(
    job: Import, lines: list[Line], so_far: dict[int, RecordSoFar], *, whole: bool = False
) -> list[LineOutcome]:
    """Store lines in one transaction; again when others were in the way.

    Args:
        so_far: how far earlier transactions of the file came with its records; goes on from there.
    """
    for attempt in range(1, TRIES + 1):
        storage = ImportStorage(
            job.trial, job.caller, so_far, job.courses, validate_only=job.validate_only
        )
        try:
            async with job.database.transaction(
                job.caller.principal, Action.IMPORT_RECORDS
            ) as transaction:
                for start in range(0, len(lines), CHUNK):
                    await storage.store(transaction, lines[start : start + CHUNK])
                rejected = any(line.errors for line in lines)
                if job.validate_only or (whole and rejected):
                    raise _NothingIsKept
        except _NothingIsKept:
            pass
        except (asyncpg.UniqueViolationError, Overloaded):
            # Another import stored the same records first, or a lock was too long in coming.
            if attempt == TRIES:
                raise Overloaded(SEND_AGAIN, headers=RETRY_AFTER) from None
            job.courses.clear()
            for line in lines:
                storage.forgive(line)
            continue
        so_far |= storage.so_far
        return [(line, *storage.outcome(line)) for line in lines]
    raise AssertionError("unreachable")
