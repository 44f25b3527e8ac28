"""Tells a trial to the service, each centre by its own client and all of them at once."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from app.demo.client import CentreClient, Refused, StoredRecord, address
from app.demo.records import (
    ENROLMENTS,
    REVIEWERS,
    CentreRecords,
    Correction,
    Record,
    Reference,
    SubjectAsSent,
    TrialRecords,
)
from app.demo.report import LoadReport

SUBJECTS_AT_ONCE = 3
"""Subjects of a centre that are told of at once."""
LINES_OF_A_FILE = 2_000
_KEYS: Final = uuid.UUID("6f7b2a53-9d44-4a0e-8a57-0d2f2f6e9c11")

Progress = Callable[[str, int], None]
"""Told after each step which centre got on, and by how many records."""


async def load(
    trial: TrialRecords,
    clients: Mapping[str, CentreClient],
    on_progress: Progress = lambda _centre, _steps: None,
) -> LoadReport:
    """Tell everything and report what became of it. Telling it again changes nothing.

    Args:
        clients: a signed-in client by centre, and the reviewers' own when they have to tell.
    """
    report, began = LoadReport(), time.monotonic()
    await asyncio.gather(
        *(_Centre(centre, clients, report, on_progress).tell() for centre in trial.centres)
    )
    report.seconds = time.monotonic() - began
    return report


async def loaded(trial: TrialRecords, clients: Mapping[str, CentreClient]) -> bool:
    """Tell whether the last thing that each centre has to tell is stored already."""
    there = await asyncio.gather(
        *(_has_last(centre, clients[centre.code]) for centre in trial.centres)
    )
    return all(there)


async def _has_last(centre: CentreRecords, client: CentreClient) -> bool:
    changes = [change.record for change in centre.changes()]
    *_, last = changes or centre.records()
    page = await client.read(f"/v1/{last.kind}?source_id={last.source_id}")
    return any(item["version"] >= 1 + bool(changes) for item in page["items"])


class _Centre:
    """One centre telling what it has, and the reviewers telling of its subjects."""

    def __init__(
        self,
        centre: CentreRecords,
        clients: Mapping[str, CentreClient],
        report: LoadReport,
        on_progress: Progress,
    ) -> None:
        self._centre = centre
        self._clients = clients
        self._client = clients[centre.code]
        self._report = report
        self._on_progress = on_progress
        self._stored: dict[Reference, StoredRecord] = {}

    async def tell(self) -> None:
        """Enrol one after the other, tell of the enrolled, send the files.

        Then the reviewers have their say, and the corrections come last.
        """
        enrolled: list[tuple[str, SubjectAsSent]] = []
        for subject in self._centre.subjects:
            stored = await self._submit(subject.enrolment, "/v1/subjects")
            if stored is not None:
                enrolled.append((stored.subject, subject))
        turns = asyncio.Semaphore(SUBJECTS_AT_ONCE)
        await asyncio.gather(*(self._tell_of(code, of, turns) for code, of in enrolled))
        await self._send_files(enrolled)
        for code, subject in enrolled:
            for verdict in subject.adjudications:
                await self._submit(verdict, f"/v1/subjects/{code}/{verdict.kind}", REVIEWERS)
        for code, subject in enrolled:
            for change in subject.changes:
                await self._correct(code, change)

    async def _tell_of(
        self, subject: str, records: SubjectAsSent, turns: asyncio.Semaphore
    ) -> None:
        async with turns:
            for record in records.singly:
                await self._submit(record, f"/v1/subjects/{subject}/{record.kind}")

    async def _submit(
        self, record: Record, place: str, by: str | None = None
    ) -> StoredRecord | None:
        client = self._client if by is None else self._clients[by]
        body = {"source_id": record.source_id, **self._resolved(record.body)}
        key = uuid.uuid5(_KEYS, f"{self._centre.code} {record.kind} {record.source_id}")
        try:
            stored = await client.submit(place, body, str(key))
        except Refused as refused:
            self._refuse(record, refused)
            return None
        finally:
            self._on_progress(self._centre.code, 1)
        self._keep(record, stored)
        return stored

    async def _send_files(self, enrolled: Sequence[tuple[str, SubjectAsSent]]) -> None:
        lines = (
            (record, self._line(record, subject))
            for subject, records in enrolled
            for record in records.in_bulk
        )
        for file in _files(lines):
            await self._send_file(file)

    async def _send_file(self, file: Sequence[tuple[Record, dict[str, Any]]]) -> None:
        async for result in self._client.import_lines(line for _, line in file):
            record = file[result["line"] - 1][0]
            if result["status"] == "rejected":
                self._report.refuse(record.kind, record.source_id, result["errors"])
            else:
                created = result["status"] == "created"
                self._keep(
                    record,
                    StoredRecord(
                        result["subject"], result["record_id"], result["version"], created
                    ),
                )
        self._on_progress(self._centre.code, len(file))

    def _line(self, record: Record, subject: str) -> dict[str, Any]:
        said = {"kind": record.kind, "subject": subject, "source_id": record.source_id}
        return {**said, **self._resolved(record.body)}

    async def _correct(self, subject: str, change: Correction) -> None:
        record, known = change.record, self._stored.get(change.record.reference)
        self._on_progress(self._centre.code, 1)
        if known is None:
            return
        if change.by_import:
            line = {**self._line(record, subject), "reason": change.reason}
            async for result in self._client.import_lines([line]):
                self._report.changed[record.kind] += result["status"] == "updated"
                if result["status"] == "rejected":
                    self._report.refuse(record.kind, record.source_id, result["errors"])
            return
        place = address(record.kind, subject, known.record_id)
        version = (await self._client.read(place))["version"]
        if version > 1:
            return
        try:
            if change.voided:
                key = uuid.uuid5(_KEYS, f"void {self._centre.code} {record.source_id}")
                await self._client.void(place, version, change.reason, str(key))
            else:
                body = {"source_id": record.source_id, **self._resolved(record.body)}
                await self._client.amend(place, body, version, change.reason)
        except Refused as refused:
            self._refuse(record, refused)
        else:
            self._report.changed[record.kind] += 1

    def _keep(self, record: Record, stored: StoredRecord) -> None:
        self._stored[record.reference] = stored
        self._report.keep(self._centre.code, record.kind, created=stored.created)

    def _refuse(self, record: Record, refused: Refused) -> None:
        errors = refused.errors or [{"code": refused.type, "message": refused.detail}]
        self._report.refuse(record.kind, record.source_id, errors)

    def _resolved(self, value: Any) -> Any:
        """Put the ``record_id`` of what is stored in the place of each reference to it."""
        if isinstance(value, Reference):
            return self._stored[value].record_id if value in self._stored else None
        if isinstance(value, Mapping):
            return {name: self._resolved(member) for name, member in value.items()}
        if isinstance(value, (list, tuple)):
            resolved = (self._resolved(member) for member in value)
            return [member for member in resolved if member is not None]
        return value


def _files(lines: Iterator[Any]) -> Iterator[list[Any]]:
    while file := list(islice(lines, LINES_OF_A_FILE)):
        yield file


def steps(centre: CentreRecords) -> int:
    """Give how many records and corrections a centre has to tell."""
    return sum(1 for _ in centre.records()) + sum(1 for _ in centre.changes())


def kinds(trial: TrialRecords) -> tuple[str, ...]:
    """Give the kinds of record that a trial tells of, the enrolments first."""
    told = {record.kind for centre in trial.centres for record in centre.records()}
    return (ENROLMENTS, *sorted(told - {ENROLMENTS}))
