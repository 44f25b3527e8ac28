"""The lines of an import: read strictly, held to the schema of their kind, each on its own."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from app.models.values import OffsetDateTime, SourceId
from app.schemas.record import Finding, Reasoned, RecordIn, RecordKind
from app.schemas.record_errors import field_errors
from app.schemas.record_kinds import IMPORTED, by_path
from app.services.named_records import Naming, namings
from app.strict_json import MalformedJSON, parse_strictly

LONGEST_LINE = 1024 * 1024
"""Octets of a line: as many as the body of a single record may have."""

BLOCK = 64 * 1024
"""Octets read at once: lines cut from blocks cost a third of lines asked for one by one."""
_BLANKS = b" \t\r\n"

LONGEST_SUBJECT = 128
"""Characters of what names a subject: its code, or the sender's own id of its enrolment."""

_STATED = "reported_at"
"""The source's own moment of a statement. Decision: where a kind has a member of this name, as an
adverse event has for its report to the sponsor, it is that member and the line has no moment."""
_MOMENT: TypeAdapter[OffsetDateTime] = TypeAdapter(OffsetDateTime)

_OWN_ID = b'"source_id"'
"""What a line has a second time only where it names a record by the sender's own id of it."""

CORRECTION = "source correction (import)"
"""The reason of a changed record whose line gives none."""

RawLine = tuple[int, bytes | None]
"""The number of a line in its file, and what it holds."""


@dataclass(slots=True)
class Line:
    """One line of an import and what is known of it so far.

    Attributes:
        payload: the record, once it is what its kind can say; None for a retraction.
        row: the payload as JSON, without the closing brace.
        stated_at: the source's own moment of this statement, where it gives one.
        laid: the row to be stored where corrections by a person stay in it; empty: what was sent.
        source_said: what was sent, where ``laid`` is another row.
        named: what the record names by the sender's own ids.
        template: the row with places for what it names; empty where it names nothing.
        called: the subject as the line names it; ``subject`` is its code once it is found.
        superseded: whether the file says more of the same record further down.
        findings: what was noticed about the record.
        errors: why the line cannot be stored; empty while it can.
    """

    number: int
    source_id: str | None = None
    kind: RecordKind | None = None
    subject: str | None = None
    reason: str | None = None
    payload: RecordIn | None = None
    row: str = ""
    centre: str = ""
    stated_at: datetime | None = None
    laid: str = ""
    source_said: str | None = None
    named: tuple[Naming, ...] = ()
    template: str = ""
    called: str | None = None
    superseded: bool = False
    findings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def notice(self, finding: Finding) -> None:
        """Say what was noticed about the record."""
        self.findings.append(finding.model_dump())

    def refuse(self, pointer: str, code: str, message: str, **more: object) -> None:
        """Say why the line cannot be stored."""
        self.errors.append({"pointer": pointer, "code": code, "message": message, **more})


class _Retraction(RecordIn):
    source_id: SourceId


def read_lines(body: IO[bytes]) -> Iterator[Line]:
    """Read every line that is not blank."""
    for number, raw in raw_lines(body):
        yield read_line(number, raw)


def raw_lines(body: IO[bytes]) -> Iterator[RawLine]:
    """Give every line that is not blank, with its number; None for one that is too long."""
    number, begun, too_long = 1, b"", False
    while block := body.read(BLOCK):
        *ended, begun = (begun + block).split(b"\n")
        for raw in ended:
            if too_long or len(raw) >= LONGEST_LINE:  # its end counts
                yield number, None
            elif stripped := raw.strip(_BLANKS):
                yield number, stripped
            number, too_long = number + 1, False
        if len(begun) > LONGEST_LINE:
            begun, too_long = b"", True
    if too_long:
        yield number, None
    elif stripped := begun.strip(_BLANKS):
        yield number, stripped


def read_line(number: int, raw: bytes | None) -> Line:
    """Read one line as :func:`raw_lines` gives it."""
    line = Line(number)
    if raw is None:
        line.refuse("", "line_too_long", f"a line has at most {LONGEST_LINE} octets")
        return line
    try:
        sent = parse_strictly(raw)
    except MalformedJSON as malformed:
        line.refuse(malformed.pointer or "", malformed.code, malformed.message)
        return line
    if not isinstance(sent, dict):
        line.refuse("", "not_an_object", "write one object on a line")
        return line
    kind = by_path(path) if isinstance(path := sent.pop("kind", None), str) else None
    if kind is None:
        line.refuse(
            "/kind", "unknown_kind", "name a kind of record", allowed=[k.path for k in IMPORTED]
        )
    elif kind not in IMPORTED:
        line.refuse("/kind", "not_permitted", "no role sends records of this kind in bulk")
    line.kind = kind
    _read_addresses(line, sent)
    retracted = sent.pop("retracted", False)
    if not isinstance(retracted, bool):
        line.refuse("/retracted", "not_a_boolean", "write true, or leave it out")
    if retracted is True:
        _read_retraction(line, sent)
    elif kind is not None:
        _read_record(line, kind, sent)
        if line.payload is not None and raw.count(_OWN_ID) > 1:
            line.named = tuple(namings(line.payload))
            line.template = line.row
    else:
        with contextlib.suppress(ValidationError):
            line.source_id = _source_id(sent)
    return line


def _read_addresses(line: Line, sent: dict[str, Any]) -> None:
    subject, reason = sent.pop("subject", None), sent.pop("reason", None)
    if (
        _STATED in sent
        and line.kind is not None
        and _STATED not in line.kind.submission.model_fields
    ):
        _read_moment(line, sent.pop(_STATED))
    if isinstance(subject, str) and len(subject) <= LONGEST_SUBJECT:
        line.subject = line.called = subject
    elif subject is not None or line.kind is None or not line.kind.one_per_subject:
        line.refuse("/subject", "unknown_subject", "name a subject that you can see")
    if reason is not None:
        try:
            line.reason = Reasoned.model_validate({"reason": reason}).reason
        except ValidationError as invalid:
            line.errors += field_errors(invalid.errors(), skip=0)
    if sent.get("source_id") is None:
        line.refuse("/source_id", "missing", "is required in an import")


def _read_moment(line: Line, stated: object) -> None:
    if stated is None:
        return
    try:
        line.stated_at = _MOMENT.validate_python(stated).instant
    except ValidationError as invalid:
        (error, *_) = field_errors(invalid.errors(), skip=0)
        line.errors.append({**error, "pointer": f"/{_STATED}"})


def _read_retraction(line: Line, sent: dict[str, Any]) -> None:
    """A retraction says which record and why; what else the line holds does not matter."""
    if line.reason is None and not line.errors:
        line.refuse("/reason", "missing", "say why the record is retracted")
    try:
        line.source_id = _source_id(sent)
    except ValidationError as invalid:
        if sent.get("source_id") is not None:
            line.errors += field_errors(invalid.errors(), skip=0)


def _read_record(line: Line, kind: RecordKind, sent: dict[str, Any]) -> None:
    try:
        payload = kind.submission.__pydantic_validator__.validate_python(
            sent, context={"reason": line.reason}
        )
    except ValidationError as invalid:
        line.errors += field_errors(invalid.errors(include_url=False, include_input=False), skip=0)
        with contextlib.suppress(ValidationError):
            line.source_id = _source_id(sent)
        return
    line.payload, line.source_id = payload, payload.source_id
    line.row = payload.__pydantic_serializer__.to_json(payload).decode()[:-1]


def _source_id(sent: dict[str, Any]) -> str:
    return _Retraction.model_validate({"source_id": sent.get("source_id")}).source_id


def result(line: Line, status: str, more: Mapping[str, object]) -> str:
    """Write what became of a line: where it is in the file, never what it says."""
    written: dict[str, object] = {"line": line.number, "status": status}
    if line.source_id is not None:
        written["source_id"] = line.source_id
    if line.kind is not None:
        written["kind"] = line.kind.path
    if line.errors:
        written["errors"] = line.errors
    elif line.findings:
        written["findings"] = line.findings
    return to_json(written | dict(more)).decode()
