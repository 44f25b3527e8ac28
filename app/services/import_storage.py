"""What one transaction of an import makes of its lines: new records, next versions, voids."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.access.centres import visible_centres
from app.access.permissions import Action, Role
from app.database import Transaction
from app.problems import NotPermitted
from app.schemas.enrolment import EnrolmentIn, missing_disease_fields
from app.schemas.record import RecordIn, RecordKind
from app.services import import_statements, record_statements
from app.services.content_findings import content_findings
from app.services.identity import new_identity
from app.services.import_lines import CORRECTION, Line
from app.services.import_order import Known, Told, record_of
from app.services.records import Caller
from app.trial.trial import Trial

OUTCOMES = CREATED, UPDATED, UNCHANGED, RETRACTED, REJECTED = (
    "created", "updated", "unchanged", "retracted", "rejected",
)  # fmt: skip


class ImportStorage:
    """What one transaction of an import makes of its lines.

    Args:
        trial: what the protocol says.
        caller: whose import it is.
        before: how far earlier transactions of the same file came with the records of which it has
            more to say.
        validate_only: the transaction is to be taken back, as were those before it. Slots are then
            counted anew in each.

    Attributes:
        told: how far this one came with such records.
    """

    def __init__(
        self, trial: Trial, caller: Caller, before: Mapping[int, Told], *, validate_only: bool
    ) -> None:
        self.told: dict[int, Told] = {}
        self._trial = trial
        self._caller = caller
        self._before = before
        self._validate_only = validate_only
        self._outcomes: dict[int, tuple[str, dict[str, Any]]] = {}
        self._refused_here: set[int] = set()
        self._roles: dict[str, Role | None] = {}
        self._made: dict[int, str] = {}
        self._system: dict[str, str] = {}

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
        stored = await self._stored(transaction, kind, lines)
        rows: dict[str, list[str]] = defaultdict(list)
        voids: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in sorted(lines, key=lambda line: (line.centre, line.source_id or "")):
            known = stored.get(line.number)
            if known is not None and known.taken_back:
                await self._go_on(transaction, line, known)
            elif line.payload is None:
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

    async def _stored(
        self, transaction: Transaction, kind: RecordKind, lines: list[Line]
    ) -> dict[int, Known]:
        """Give what is stored under the lines' source_ids, by the number of the line.

        Most lines of most files are new: which are not is asked first, and what those say only
        then.
        """
        found = {line.number: known for line in lines if (known := self._taken_back(line))}
        sources = {
            (row["centre"], row["source_id"])
            for row in await transaction.rows(
                import_statements.known(kind),
                [line.centre for line in lines],
                [line.source_id for line in lines],
            )
        }
        sent = {
            (line.centre, line.source_id): line
            for line in lines
            if (line.centre, line.source_id) in sources and line.number not in found
        }
        if not sent:
            return found
        asked = ",".join(self._asked(line) for line in sent.values())
        for row in await transaction.rows(import_statements.look(kind), f"[{asked}]"):
            line = sent[row["centre"], row["source_id"]]
            found[line.number] = Known(
                subject=row["subject"],
                record_id=str(row["record_id"]),
                version=row["version"],
                state=row["state"],
                said=row["said"],
            )
        return found

    def _asked(self, line: Line) -> str:
        """Write the row that is looked for, and from which version on it counts as said."""
        members: dict[str, object] = {"centre": line.centre, "source_id": line.source_id}
        if line.superseded:
            told = self._told(line)
            members["version"] = told.version if told else 1
        return f"{line.row or '{'}{',' if line.row else ''}{json.dumps(members)[1:]}"

    def _told(self, line: Line) -> Told | None:
        record = record_of(line)
        return self.told.get(record, self._before.get(record))

    def _taken_back(self, line: Line) -> Known | None:
        """Give the record that earlier lines made in a transaction that was taken back."""
        before = self._before.get(record_of(line))
        told = self._told(line) if before is not None and before.made is not None else None
        if told is None or told.made is None:
            return None
        said = told.made.state == "active" and line.row == told.row
        return replace(told.made, said=told.version if said else None, taken_back=True)

    async def _go_on(self, transaction: Transaction, line: Line, known: Known) -> None:
        """Say what would become of a line if what was taken back had been kept."""
        if line.payload is None:
            if (retracted := self._to_retract(line, known)) is not None:
                self._settle(line, RETRACTED, retracted.followed_by("voided"))
        elif await self._may_replace(transaction, line, known):
            self._settle(line, UPDATED, known.followed_by("active"))

    def _to_retract(self, line: Line, known: Known | None) -> Known | None:
        if known is None or known.subject != line.subject:
            self._refuse(line, "/source_id", "unknown_source_id", "nothing was sent under it")
        elif known.state == "voided":
            self._settle(line, UNCHANGED, known)
        else:
            return known
        return None

    async def _may_replace(self, transaction: Transaction, line: Line, known: Known) -> bool:
        if line.subject is not None and known.subject != line.subject:
            self._refuse(
                line, "/source_id", "source_id_taken", "it belongs to another subject's record"
            )
        elif known.said is not None:
            self._settle(line, UNCHANGED, replace(known, version=known.said))
        elif known.state == "voided":
            self._refuse(
                line, "/source_id", "record_voided", "the record is voided; send a new one"
            )
        else:
            return self._trial_has_enough(line) and await self._has_slot(transaction, line, known)
        return False

    def _new(self, transaction: Transaction, line: Line) -> str:
        subject = self._made.get(line.number, line.subject or "")
        record = Known(subject=subject, record_id=str(new_identity()), version=1)
        self._settle(line, CREATED, record)
        confirmed = getattr(line.payload, "confirmed_implausible", None)
        reason = {"reason": line.reason} if confirmed else {}
        return self._row(transaction, line, record.members() | reason)

    def _next(self, transaction: Transaction, line: Line, known: Known) -> str:
        record = known.followed_by("active")
        self._settle(line, UPDATED, record)
        reason = {"reason": line.reason or CORRECTION}
        return self._row(transaction, line, record.members() | reason)

    def _void(self, transaction: Transaction, line: Line, known: Known) -> dict[str, Any]:
        self._settle(line, RETRACTED, known.followed_by("voided"))
        return {
            "record_id": known.record_id,
            "based_on": known.version,
            "reason": line.reason,
            "recorded_by": transaction.authority.name,
        }

    def _settle(self, line: Line, status: str, record: Known) -> None:
        """Say what became of a line, and note how far the file came with its record.

        A record or version that was made to be taken back is not named.
        """
        told = self._told(line)
        made = None if told is None else told.made
        if status != UNCHANGED and self._validate_only:
            made = record
        named = made is None or record.version < made.version
        said = {} if line.payload is None else _findings(line.payload)
        self._outcomes[line.number] = (status, (record.members() if named else {}) | said)
        if line.superseded:
            row = line.row if status != UNCHANGED or told is None else told.row
            self.told[record_of(line)] = Told(version=record.version, made=made, row=row)

    def _row(self, transaction: Transaction, line: Line, members: dict[str, Any]) -> str:
        if line.centre not in self._system:
            system = {"centre": line.centre, "state": "active"}
            system["recorded_by"] = transaction.authority.name
            self._system[line.centre] = json.dumps(system)[1:]
        return f"{line.row},{json.dumps(members)[1:-1]},{self._system[line.centre]}"

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
        if not await self._has_slot(transaction, line, Known(subject=subject)):
            await transaction.connection.execute("ROLLBACK TO SAVEPOINT enrolment")
            return False
        await transaction.connection.execute("RELEASE SAVEPOINT enrolment")
        self._made[line.number] = subject
        return True

    async def _has_slot(self, transaction: Transaction, line: Line, record: Known) -> bool:
        """Claim a slot for the subject of an enrolment; tell whether it has one or needs none."""
        if not isinstance(line.payload, EnrolmentIn) or line.payload.enrolled_on is None:
            return True
        if record.taken_back:
            free = await transaction.value("SELECT slots_taken() < $1", self._trial.slots)
        else:
            free = await transaction.value(
                "SELECT claim_slot($1, $2) IS NOT NULL", record.subject, self._trial.slots
            )
        if not free:
            self._refuse(line, "/enrolled_on", "enrolment_closed", "the trial has no slot left")
        return bool(free)

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


def _findings(payload: RecordIn) -> dict[str, Any]:
    """Give the member of a result that says what a record says against itself; none, if nothing."""
    found = [one.model_dump() for one in content_findings(payload)]
    return {"findings": found} if found else {}


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
