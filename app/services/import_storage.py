"""What one transaction of an import makes of its lines: new records, next versions, voids."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic_core import to_json

from app.access.centres import visible_centres
from app.database import Transaction
from app.models.record import Origin
from app.schemas.infusion import INFUSIONS, InfusionIn
from app.schemas.record import RecordKind
from app.services import import_statements, record_statements
from app.services.caller import Caller
from app.services.edit_checks.safety_relevant_changes import (
    SAFETY_RELEVANT,
    RecordChange,
    safety_relevant,
)
from app.services.import_corrections import lay_line, say_what_differs
from app.services.import_enrolments import FileEnrolments
from app.services.import_findings import notice
from app.services.import_homes import FileHomes
from app.services.import_lines import CORRECTION, Line
from app.services.import_order import MetRecord, RecordSoFar, record_of
from app.services.import_records import FileRecords
from app.services.import_references import FileReferences, in_order
from app.services.import_runs import parts, runs
from app.services.product_lots import CODE as LOT_GIVEN
from app.services.product_lots import MESSAGE as LOT_MESSAGE
from app.services.product_lots import given_to_another
from app.services.subject_course import SubjectCourse, courses_of
from app.trial.trial import Trial

OUTCOMES = CREATED, UPDATED, UNCHANGED, RETRACTED, REJECTED = (
    "created", "updated", "unchanged", "retracted", "rejected",
)  # fmt: skip
OLDER: Final = "older"
"""What the source has said something later than; a summary counts it where there are any."""


class ImportStorage:
    """What one transaction of an import makes of its lines.

    Args:
        trial: what the protocol says.
        caller: whose import it is.
        before: how far earlier transactions of the same file came with the records of which it has
            more to say.
        courses: those of the file's subjects, as far as they are known and hold.
        validate_only: the transaction is to be taken back, as were those before it. Slots are then
            counted anew in each.
    """

    def __init__(
        self,
        trial: Trial,
        caller: Caller,
        before: Mapping[int, RecordSoFar],
        courses: dict[str, SubjectCourse],
        *,
        validate_only: bool,
    ) -> None:
        self._courses_of_file = courses
        self._trial = trial
        self._caller = caller
        self._validate_only = validate_only
        self._outcomes: dict[int, tuple[str, dict[str, Any]]] = {}
        self._refused_here: set[int] = set()
        self._system: dict[str, str] = {}
        self._lots: dict[tuple[str, int], str] = {}
        self._homes = FileHomes(self._refuse)
        self._references = FileReferences(self._refuse)
        self._records = FileRecords(before, self._references)
        self._enrolments = FileEnrolments(trial, self._homes, self._refuse)

    @property
    def so_far(self) -> dict[int, RecordSoFar]:
        """How far this transaction came with the records of which the file has more to say."""
        return self._records.so_far

    def outcome(self, line: Line) -> tuple[str, dict[str, Any]]:
        """Give what became of a line."""
        return (REJECTED, {}) if line.errors else self._outcomes[line.number]

    def forgive(self, line: Line) -> None:
        """Forget what only the database had against a line."""
        line.findings.clear()
        line.laid, line.source_said = "", None
        if line.number in self._refused_here:
            line.errors.clear()

    async def store(self, transaction: Transaction, lines: list[Line]) -> None:
        """Store the lines in runs in which no source_id comes twice."""
        self._references.needed |= any(line.named for line in lines)
        for run in runs(line for line in lines if not line.errors):
            for part in parts(run):
                await self._store_part(transaction, part)
        kept = [(line, self._outcomes[line.number][1]) for line in lines if not line.errors]
        await notice(transaction, self._trial, kept, self._courses_of_file)

    async def _store_part(self, transaction: Transaction, lines: list[Line]) -> None:
        await self._homes.find(transaction, lines)
        by_kind: dict[RecordKind, list[Line]] = defaultdict(list)
        for line in lines:
            if not line.errors and line.kind is not None:
                by_kind[line.kind].append(line)
        # In one order whatever the file's, so that two imports wait for each other one way.
        for kind in sorted(by_kind, key=in_order):
            await self._store_kind(transaction, kind, by_kind[kind])

    async def _store_kind(
        self, transaction: Transaction, kind: RecordKind, lines: list[Line]
    ) -> None:
        stored, later = await self._records.met_by(transaction, kind, lines)
        courses = await self._courses(transaction, kind, lines, stored)
        rows: dict[tuple[str, bool], list[str]] = defaultdict(list)
        voids: dict[str, list[dict[str, Any]]] = defaultdict(list)
        now = [line for line in lines if not line.errors]
        if later:
            now = [line for line in now if line not in later]
        for line in sorted(now, key=lambda line: (line.centre, line.source_id or "")):
            known = stored.get(line.number)
            if known is not None and known.taken_back:
                await self._go_on(transaction, line, known)
            elif line.payload is None:
                voids[line.centre] += await self._retract(transaction, line, known)
            elif kind is INFUSIONS and not await self._lot_is_free(transaction, line):
                pass
            elif known is None:
                if not kind.one_per_subject or await self._enrolments.enrol(transaction, line):
                    again = line.number in self._records.taking_over
                    rows[line.centre, again].append(self._new(transaction, line))
            elif await self._may_replace(transaction, line, known, courses):
                rows[line.centre, False].append(self._next(transaction, line, known))
        await self._write(transaction, kind, rows, voids)
        if later:
            await self._store_kind(transaction, kind, later)

    async def _write(
        self,
        transaction: Transaction,
        kind: RecordKind,
        rows: Mapping[tuple[str, bool], list[str]],
        voids: Mapping[str, list[dict[str, Any]]],
    ) -> None:
        for (centre, again), written in rows.items():
            await transaction.value(
                record_statements.append_rows(kind, again=again),
                f"[{','.join(written)}]",
                self._event(transaction, centre, "import"),
            )
        for centre, voided in voids.items():
            if not voided:
                continue
            await transaction.value(
                import_statements.append_voids(kind),
                json.dumps(voided),
                self._event(transaction, centre, "retract"),
            )
        await self._enrolments.release_slots(transaction)

    async def _courses(
        self,
        transaction: Transaction,
        kind: RecordKind,
        lines: list[Line],
        stored: Mapping[int, MetRecord],
    ) -> dict[str, SubjectCourse]:
        """Give the courses of subjects of whom something may be changed that needs a reason."""
        if kind.path not in SAFETY_RELEVANT or not stored:
            return {}
        subjects = {
            line.subject
            for line in lines
            if line.number in stored and line.subject is not None and line.reason is None
        }
        if not subjects:
            return {}
        visible = visible_centres(transaction.authority)
        return await courses_of(transaction, self._trial, subjects, visible)

    async def _go_on(self, transaction: Transaction, line: Line, known: MetRecord) -> None:
        """Say what would become of a line if what was taken back had been kept."""
        if line.payload is None:
            if (retracted := self._to_retract(line, known)) is not None:
                self._settle(line, RETRACTED, retracted.followed_by("voided"))
        elif await self._may_replace(transaction, line, known, {}):
            self._settle(line, UPDATED, known.followed_by("active"))

    def _to_retract(self, line: Line, known: MetRecord | None) -> MetRecord | None:
        if known is None or known.subject != line.subject:
            self._refuse(line, "/source_id", "unknown_source_id", "nothing was sent under it")
        elif known.state == "voided":
            self._settle(line, UNCHANGED, known)
        elif known.says_later_than(line):
            self._settle(line, OLDER, known)
        else:
            return known
        return None

    async def _retract(
        self, transaction: Transaction, line: Line, known: MetRecord | None
    ) -> list[dict[str, Any]]:
        """Give what voids the record that a line retracts; nothing where it cannot be."""
        known = self._to_retract(line, known)
        if known is None or not await self._enrolments.may_void(transaction, line, known):
            return []
        return [self._void(transaction, line, known)]

    async def _lot_is_free(self, transaction: Transaction, line: Line) -> bool:
        """Tell whether an infusion is of what no other subject was given; refuse it else."""
        infusion = line.payload
        if not isinstance(infusion, InfusionIn) or infusion.product_lot is None:
            return True  # a retraction, or of no lot
        subject = line.subject or ""
        lot = (infusion.product_lot, infusion.part)
        given = await given_to_another(transaction, self._trial, subject, infusion)
        autologous = self._trial.trial.product_autologous
        if given is not None or (autologous and self._lots.get(lot, subject) != subject):
            self._refuse(line, "/product_lot", LOT_GIVEN, LOT_MESSAGE)
            return False
        self._lots[lot] = subject
        return True

    async def _may_replace(
        self,
        transaction: Transaction,
        line: Line,
        known: MetRecord,
        courses: Mapping[str, SubjectCourse],
    ) -> bool:
        if line.subject is not None and known.subject != line.subject:
            self._refuse(
                line, "/source_id", "source_id_taken", "it belongs to another subject's record"
            )
        elif known.said is not None:
            self._settle(line, UNCHANGED, replace(known, version=known.said))
            if known.words is not None:
                say_what_differs(line, known.words)
        elif known.says_later_than(line):
            self._settle(line, OLDER, known)
        elif known.state == "voided":
            self._refuse(
                line, "/source_id", "record_voided", "the record is voided; send a new one"
            )
        else:
            self._lay(line, known, courses)
            return (
                not line.errors
                and self._enrolments.says_enough(line)
                and await self._enrolments.has_slot(transaction, line, known)
            )
        return False

    def _lay(self, line: Line, known: MetRecord, courses: Mapping[str, SubjectCourse]) -> None:
        """Lay a line on what stands; refuse it where it conflicts or has to say why."""
        if known.words is None or line.kind is None:
            return
        before = len(line.errors)
        after = lay_line(line, line.kind, known.words, known.sends)
        if len(line.errors) > before:
            self._refused_here.add(line.number)
            return
        course = courses.get(known.subject)
        if line.reason is not None or course is None:
            return
        zone = self._trial.centres.zone_of(line.centre)
        related = self._trial.adverse_events.related
        change = RecordChange(known.words.stands, after, course.anchors.infusion, zone, related)
        if members := safety_relevant(line.kind.path, change):
            self._refused_here.add(line.number)
            line.refuse(
                "/reason",
                "reason_required",
                f"say why on the line itself: changing {', '.join(members)} is relevant to safety",
                members=[f"/{member}" for member in members],
            )

    def _new(self, transaction: Transaction, line: Line) -> str:
        subject = self._enrolments.made.get(line.number, line.subject or "")
        record = MetRecord(subject=subject, record_id=self._references.id_of(line), version=1)
        self._settle(line, CREATED, record)
        confirmed = getattr(line.payload, "confirmed_implausible", None)
        reason = {"reason": line.reason} if confirmed else {}
        return self._row(transaction, line, record.members() | reason)

    def _next(self, transaction: Transaction, line: Line, known: MetRecord) -> str:
        record = known.followed_by("active")
        self._settle(line, UPDATED, record)
        more = {"reason": line.reason or CORRECTION, "source_id": known.source_id}
        if line.source_said is not None:
            more["source_said"] = line.source_said
        return self._row(transaction, line, record.members() | more)

    def _void(self, transaction: Transaction, line: Line, known: MetRecord) -> dict[str, Any]:
        self._settle(line, RETRACTED, known.followed_by("voided"))
        return {
            "record_id": known.record_id,
            "based_on": known.version,
            "reason": line.reason,
            "recorded_by": transaction.authority.name,
            "origin": Origin.SOURCE,
            "stated_at": None if line.stated_at is None else line.stated_at.isoformat(),
        }

    def _settle(self, line: Line, status: str, record: MetRecord) -> None:
        """Say what became of a line, and note how far the file came with its record.

        A record or version that was made to be taken back is not named.
        """
        last = self._records.last_of(line)
        made = None if last is None else last.made
        stored = status not in {UNCHANGED, OLDER}
        if stored and self._validate_only:
            made = record
        named = made is None or record.version < made.version
        self._outcomes[line.number] = (status, record.members() if named else {})
        if line.superseded:
            row = line.row if stored or last is None else last.row
            self._records.so_far[record_of(line)] = RecordSoFar(
                version=record.version, made=made, row=row
            )

    def _row(self, transaction: Transaction, line: Line, members: dict[str, Any]) -> str:
        if line.centre not in self._system:
            system = {"centre": line.centre, "state": "active", "origin": Origin.SOURCE}
            system["recorded_by"] = transaction.authority.name
            self._system[line.centre] = json.dumps(system)[1:]
        if line.stated_at is not None:
            members["source_stated_at"] = line.stated_at.isoformat()
        row = line.laid or line.row
        return f"{row},{to_json(members).decode()[1:-1]},{self._system[line.centre]}"

    def _event(self, transaction: Transaction, centre: str, action: str) -> str:
        role = self._homes.role_at(transaction, centre)
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
