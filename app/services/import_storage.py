"""What one transaction of an import makes of its lines: new records, next versions, voids."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import asyncpg

from app.access.centres import visible_centres
from app.access.permissions import Action, Role
from app.database import Transaction
from app.problems import NotPermitted
from app.schemas.enrolment import EnrolmentIn, missing_disease_fields
from app.schemas.record import RecordKind
from app.services import import_statements, record_statements
from app.services.identity import new_identity
from app.services.import_lines import CORRECTION, Line
from app.services.records import Caller
from app.trial.trial import Trial

OUTCOMES = CREATED, UPDATED, UNCHANGED, RETRACTED, REJECTED = (
    "created", "updated", "unchanged", "retracted", "rejected",
)  # fmt: skip


class ImportStorage:
    """What one transaction of an import makes of its lines."""

    def __init__(self, trial: Trial, caller: Caller) -> None:
        self._trial = trial
        self._caller = caller
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
            # In one order whatever the file's, so that two imports wait for each other one way.
            for kind in sorted(by_kind, key=lambda kind: kind.path):
                await self._store_kind(transaction, kind, by_kind[kind])

    async def _find_homes(self, transaction: Transaction, lines: list[Line]) -> None:
        """Find the centre of each line, and refuse those of centres the caller cannot see."""
        visible = visible_centres(transaction.authority)
        wanted = sorted({line.subject for line in lines if line.subject is not None})
        rows = await transaction.rows(import_statements.HOMES, wanted, visible)
        homes = {row["subject"]: row["centre"] for row in rows}
        for line in lines:
            enrolment = line.payload if isinstance(line.payload, EnrolmentIn) else None
            if line.subject is not None:
                centre = homes.get(line.subject)
                pointer, code, what = "/subject", "unknown_subject", "subject"
            elif enrolment is not None:
                centre = enrolment.centre
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
            elif enrolment is not None and enrolment.centre != centre:
                self._refuse(
                    line, "/centre", "centre_fixed", "is the centre that enrolled the subject"
                )
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
        stored = await _stored(transaction, kind, lines)
        rows: dict[str, list[str]] = defaultdict(list)
        voids: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in sorted(lines, key=lambda line: (line.centre, line.source_id or "")):
            known = stored.get((line.centre, line.source_id))
            if line.payload is None:
                if (known := self._to_retract(line, known)) is not None:
                    voids[line.centre].append(self._void(transaction, line, known))
            elif known is None:
                if not kind.one_per_subject or await self._enrol(transaction, line):
                    rows[line.centre].append(self._new(transaction, line))
            elif await self._may_replace(transaction, line, known):
                rows[line.centre].append(self._next(transaction, line, known))
        for centre, written in rows.items():
            await transaction.value(
                record_statements.append_rows(kind),
                f"[{','.join(written)}]",
                self._event(transaction, centre, "import"),
            )
        for centre, voided in voids.items():
            await transaction.value(
                import_statements.append_voids(kind),
                json.dumps(voided),
                self._event(transaction, centre, "retract"),
            )

    def _to_retract(self, line: Line, known: asyncpg.Record | None) -> asyncpg.Record | None:
        if known is None or known["subject"] != line.subject:
            self._refuse(line, "/source_id", "unknown_source_id", "nothing was sent under it")
        elif known["state"] == "voided":
            self._outcomes[line.number] = (UNCHANGED, _of(known))
        else:
            return known
        return None

    async def _may_replace(
        self, transaction: Transaction, line: Line, known: asyncpg.Record
    ) -> bool:
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
            return self._trial_has_enough(line) and await self._has_slot(
                transaction, line, known["subject"]
            )
        return False

    def _new(self, transaction: Transaction, line: Line) -> str:
        subject = self._made.get(line.number, line.subject)
        more = {"subject": subject, "record_id": str(new_identity()), "version": 1}
        self._outcomes[line.number] = (CREATED, more)
        return self._row(transaction, line, more)

    def _next(self, transaction: Transaction, line: Line, known: asyncpg.Record) -> str:
        more = {**_of(known), "version": known["version"] + 1}
        self._outcomes[line.number] = (UPDATED, more)
        return self._row(transaction, line, {**more, "reason": line.reason or CORRECTION})

    def _void(self, transaction: Transaction, line: Line, known: asyncpg.Record) -> dict[str, Any]:
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
        if line.subject is not None:
            self._refuse(
                line,
                "/source_id",
                "unknown_source_id",
                "no enrolment was sent under it; a new subject gets its code here",
            )
            return False
        if not self._trial_has_enough(line):
            return False
        await transaction.connection.execute("SAVEPOINT enrolment")
        subject = await transaction.value("SELECT new_subject($1)", line.centre)
        if not await self._has_slot(transaction, line, subject):
            await transaction.connection.execute("ROLLBACK TO SAVEPOINT enrolment")
            return False
        await transaction.connection.execute("RELEASE SAVEPOINT enrolment")
        self._made[line.number] = subject
        return True

    async def _has_slot(self, transaction: Transaction, line: Line, subject: str) -> bool:
        """Claim a slot for the subject of an enrolment; tell whether it has one or needs none."""
        if not isinstance(line.payload, EnrolmentIn) or line.payload.enrolled_on is None:
            return True
        slot = await transaction.value("SELECT claim_slot($1, $2)", subject, self._trial.slots)
        if slot is None:
            self._refuse(line, "/enrolled_on", "enrolment_closed", "the trial has no slot left")
        return slot is not None

    def _trial_has_enough(self, line: Line) -> bool:
        required = self._trial.records.disease_fields == "required"
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
                "route": self._caller.route,
                "request_id": self._caller.request_id,
            }
        )

    def _refuse(self, line: Line, pointer: str, code: str, message: str) -> None:
        self._refused_here.add(line.number)
        line.refuse(pointer, code, message)


async def _stored(
    transaction: Transaction, kind: RecordKind, lines: list[Line]
) -> dict[tuple[str, str | None], asyncpg.Record]:
    """Give what is stored under the lines' source_ids, by centre and source_id.

    Most lines of most files are new: which are not is asked first, and what those say only then.
    """
    known = {
        (row["centre"], row["source_id"])
        for row in await transaction.rows(
            import_statements.known(kind),
            [line.centre for line in lines],
            [line.source_id for line in lines],
        )
    }
    sent = [
        f"{line.row or '{'}{',' if line.row else ''}"
        f'"centre":{json.dumps(line.centre)},"source_id":{json.dumps(line.source_id)}}}'
        for line in lines
        if (line.centre, line.source_id) in known
    ]
    if not sent:
        return {}
    rows = await transaction.rows(import_statements.look(kind), f"[{','.join(sent)}]")
    return {(row["centre"], row["source_id"]): row for row in rows}


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
