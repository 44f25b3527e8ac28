"""Records in bulk: lines are checked one by one and stored in chunks, a transaction each.

Sending a file again is harmless: a line is found again by its source_id, and one that says what is
stored already changes nothing. Of two imports of the same file at once, the one that comes second
to a record meets the unique source_id, and its chunk is done again on what is stored by then.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import asyncpg

from app.access.centres import visible_centres
from app.access.permissions import Action, Role
from app.database import Database, Transaction
from app.problems import ImportRejected, NotPermitted, Problem
from app.schemas.enrolment import EnrolmentIn, missing_disease_fields
from app.schemas.record import RecordKind
from app.services import import_statements, record_statements
from app.services.identity import new_identity
from app.services.import_lines import CORRECTION, Line, read_lines, result
from app.services.records import Caller
from app.trial.trial import Trial

CHUNK = 500
"""Lines stored in one transaction, so that other requests keep their latency."""
MOST_AT_ONCE = 10_000
"""Lines of an import that is stored whole or not at all."""
SLICE = 50
"""Lines checked before other requests get their turn."""
TRIES = 4

CREATED, UPDATED, UNCHANGED, RETRACTED, REJECTED = (
    "created", "updated", "unchanged", "retracted", "rejected",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Import:
    """An import: whose, of which trial, and whether anything is to be kept."""

    database: Database
    trial: Trial
    caller: Caller
    validate_only: bool


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
    counts = dict.fromkeys((CREATED, UPDATED, UNCHANGED, RETRACTED, REJECTED), 0)
    storing: asyncio.Task[list[tuple[Line, str, dict[str, Any]]]] | None = None
    try:
        async for chunk in _chunks(body):
            if storing is not None:
                yield _written(await storing, counts)
            storing = asyncio.create_task(_store(job, chunk))
        if storing is not None:
            yield _written(await storing, counts)
    except Problem as problem:
        failed = {
            "status": "failed",
            "problem": f"/problems/{problem.slug()}",
            "detail": problem.detail,
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
    """
    lines: list[Line] = []
    async for chunk in _chunks(body):
        lines += chunk
        if len(lines) > MOST_AT_ONCE:
            raise ImportRejected(
                f"An import that is stored whole has at most {MOST_AT_ONCE} lines.",
                limit=MOST_AT_ONCE,
            )
    counts = dict.fromkeys((CREATED, UPDATED, UNCHANGED, RETRACTED, REJECTED), 0)
    outcomes = await _store(job, lines, whole=True)
    written = _written(outcomes, counts)
    if counts[REJECTED]:
        rejects = [
            {"line": line.number, "errors": line.errors}
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


def _written(outcomes: list[tuple[Line, str, dict[str, Any]]], counts: dict[str, int]) -> str:
    for _, status, _ in outcomes:
        counts[status] += 1
    return "".join(result(line, status, **more) + "\n" for line, status, more in outcomes)


async def _store(
    job: Import, lines: list[Line], *, whole: bool = False
) -> list[tuple[Line, str, dict[str, Any]]]:
    """Store lines in one transaction; again when another import was in the way."""
    for attempt in range(1, TRIES + 1):
        storage = _Storage(job)
        try:
            async with job.database.transaction(
                job.caller.principal, Action.IMPORT_RECORDS
            ) as transaction:
                await storage.store(transaction, lines)
                rejected = any(line.errors for line in lines)
                if job.validate_only or (whole and rejected):
                    raise _NothingIsKept
        except _NothingIsKept:
            pass
        except asyncpg.UniqueViolationError:
            if attempt == TRIES:
                raise
            for line in lines:
                storage.forgive(line)
            continue
        return [(line, *storage.outcome(line)) for line in lines]
    raise AssertionError("unreachable")


class _Storage:
    """What one transaction of an import makes of its lines."""

    def __init__(self, job: Import) -> None:
        self._job = job
        self._outcomes: dict[int, tuple[str, dict[str, Any]]] = {}
        self._refused_here: set[int] = set()
        self._roles: dict[str, Role | None] = {}
        self._made: dict[int, str] = {}

    def outcome(self, line: Line) -> tuple[str, dict[str, Any]]:
        """Give what became of a line."""
        return (REJECTED, {}) if line.errors else self._outcomes[line.number]

    def forgive(self, line: Line) -> None:
        """Forget what only the database had against a line."""
        if line.number in self._refused_here:
            line.errors.clear()

    async def store(self, transaction: Transaction, lines: list[Line]) -> None:
        """Store the lines in runs in which no source_id comes twice."""
        for run in _runs(line for line in lines if not line.errors):
            await self._find_homes(transaction, run)
            by_kind: dict[RecordKind, list[Line]] = defaultdict(list)
            for line in run:
                if not line.errors and line.kind is not None:
                    by_kind[line.kind].append(line)
            for kind, of_kind in by_kind.items():
                await self._store_kind(transaction, kind, of_kind)

    async def _find_homes(self, transaction: Transaction, lines: list[Line]) -> None:
        """Find the centre of each line, and refuse those of centres the caller cannot see."""
        visible = visible_centres(transaction.authority)
        wanted = sorted({line.subject for line in lines if line.subject is not None})
        rows = await transaction.rows(import_statements.HOMES, wanted, visible)
        homes = {row["subject"]: row["centre"] for row in rows}
        for line in lines:
            if line.subject is not None:
                centre = homes.get(line.subject)
                pointer, code, what = "/subject", "unknown_subject", "subject"
            elif isinstance(line.payload, EnrolmentIn):
                centre = line.payload.centre
                pointer, code, what = "/centre", "unknown_centre", "centre"
                if visible is not None and centre not in visible:
                    centre = None
            else:
                self._refuse(line, "/subject", "missing", "name the subject")
                continue
            if centre is None:
                self._refuse(
                    line, pointer, code, f"there is no such {what}, or none that you can see"
                )
            elif self._role_at(transaction, centre) is None:
                self._refuse(line, pointer, "not_permitted", "your role there does not allow it")
            else:
                line.centre = centre

    def _role_at(self, transaction: Transaction, centre: str) -> Role | None:
        if centre not in self._roles:
            try:
                role = transaction.authority.role_for(Action.IMPORT_RECORDS, centre)
                self._roles[centre] = role
            except NotPermitted:
                self._roles[centre] = None
        return self._roles[centre]

    async def _store_kind(
        self, transaction: Transaction, kind: RecordKind, lines: list[Line]
    ) -> None:
        sent = [
            f"{line.row or '{'}{',' if line.row else ''}"
            f'"centre":{json.dumps(line.centre)},"source_id":{json.dumps(line.source_id)}}}'
            for line in lines
        ]
        stored = {
            (row["centre"], row["source_id"]): row
            for row in await transaction.rows(import_statements.look(kind), f"[{','.join(sent)}]")
        }
        rows: dict[str, list[str]] = defaultdict(list)
        voids: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in sorted(lines, key=lambda line: (line.centre, line.source_id or "")):
            known = stored.get((line.centre, line.source_id))
            if line.payload is None:
                if self._may_retract(line, known):
                    voids[line.centre].append(self._void(transaction, line, known))
            elif known is None:
                if not kind.one_per_subject or await self._enrol(transaction, line):
                    rows[line.centre].append(self._new(transaction, line))
            elif self._may_replace(line, known):
                rows[line.centre].append(self._next(transaction, line, known))
        for centre, written in rows.items():
            await transaction.rows(
                record_statements.append_rows(kind),
                f"[{','.join(written)}]",
                self._event(transaction, centre, "import"),
            )
        for centre, voided in voids.items():
            await transaction.rows(
                import_statements.append_voids(kind),
                json.dumps(voided),
                self._event(transaction, centre, "retract"),
            )

    def _may_retract(self, line: Line, known: asyncpg.Record | None) -> bool:
        if known is None or (line.subject is not None and known["subject"] != line.subject):
            self._refuse(line, "/source_id", "unknown_source_id", "nothing was sent under it")
        elif known["state"] == "voided":
            self._outcomes[line.number] = (UNCHANGED, _of(known))
        else:
            return True
        return False

    def _may_replace(self, line: Line, known: asyncpg.Record) -> bool:
        if line.subject is not None and known["subject"] != line.subject:
            self._refuse(
                line, "/source_id", "source_id_taken", "it belongs to another subject's record"
            )
        elif known["state"] == "voided":
            self._refuse(
                line, "/source_id", "record_voided", "the record is voided; send a new one"
            )
        elif known["unchanged"]:
            self._outcomes[line.number] = (UNCHANGED, _of(known))
        else:
            return self._trial_has_enough(line)
        return False

    def _new(self, transaction: Transaction, line: Line) -> str:
        record_id = new_identity()
        subject = self._made.get(line.number, line.subject)
        more = {"subject": subject, "record_id": str(record_id), "version": 1}
        self._outcomes[line.number] = (CREATED, more)
        return self._row(transaction, line, more)

    def _next(self, transaction: Transaction, line: Line, known: asyncpg.Record) -> str:
        more = {**_of(known), "version": known["version"] + 1}
        self._outcomes[line.number] = (UPDATED, more)
        return self._row(transaction, line, {**more, "reason": line.reason or CORRECTION})

    def _void(
        self, transaction: Transaction, line: Line, known: asyncpg.Record | None
    ) -> dict[str, Any]:
        if known is None:
            raise RuntimeError("only a known record is retracted")
        self._outcomes[line.number] = (RETRACTED, {**_of(known), "version": known["version"] + 1})
        return {
            "record_id": str(known["record_id"]),
            "based_on": known["version"],
            "reason": line.reason,
            "recorded_by": transaction.authority.name,
        }

    def _row(self, transaction: Transaction, line: Line, members: dict[str, Any]) -> str:
        system = {
            **members,
            "centre": line.centre,
            "state": "active",
            "recorded_by": transaction.authority.name,
        }
        return f"{line.row},{json.dumps(system)[1:]}"

    async def _enrol(self, transaction: Transaction, line: Line) -> bool:
        """Make the subject of a new enrolment and claim its slot; tell whether there was one."""
        if not self._trial_has_enough(line) or not isinstance(line.payload, EnrolmentIn):
            return False
        if line.subject is not None:
            self._refuse(line, "/subject", "unknown_source_id", "a new subject gets its code here")
            return False
        await transaction.connection.execute("SAVEPOINT enrolment")
        subject = await transaction.value("SELECT new_subject($1)", line.centre)
        if line.payload.enrolled_on is not None:
            slots = self._job.trial.slots
            slot = await transaction.value("SELECT claim_slot($1, $2)", subject, slots)
            if slot is None:
                await transaction.connection.execute("ROLLBACK TO SAVEPOINT enrolment")
                self._refuse(line, "/enrolled_on", "enrolment_closed", "the trial has no slot left")
                return False
        await transaction.connection.execute("RELEASE SAVEPOINT enrolment")
        self._made[line.number] = subject
        return True

    def _trial_has_enough(self, line: Line) -> bool:
        required = self._job.trial.records.disease_fields == "required"
        if required and isinstance(line.payload, EnrolmentIn):
            for name in missing_disease_fields(line.payload):
                self._refuse(line, f"/{name}", "missing", "is required once enrolled_on is given")
        return not line.errors

    def _event(self, transaction: Transaction, centre: str, action: str) -> str:
        role = self._roles[centre]
        return json.dumps(
            {
                "action": action,
                "principal": transaction.authority.name,
                "role": role.value if role else None,
                "route": self._job.caller.route,
                "request_id": self._job.caller.request_id,
            }
        )

    def _refuse(self, line: Line, pointer: str, code: str, message: str) -> None:
        self._refused_here.add(line.number)
        line.refuse(pointer, code, message)


def _of(known: asyncpg.Record) -> dict[str, Any]:
    return {
        "subject": known["subject"],
        "record_id": str(known["record_id"]),
        "version": known["version"],
    }


def _runs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Part lines so that no source_id comes twice in a part: the later one is a later version."""
    run: list[Line] = []
    seen: set[tuple[str, str | None]] = set()
    for line in lines:
        identity = (line.kind.path if line.kind else "", line.source_id)
        if identity in seen:
            yield run
            run, seen = [], set()
        run.append(line)
        seen.add(identity)
    if run:
        yield run
