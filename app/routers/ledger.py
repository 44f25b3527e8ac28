"""The feed of changes, and for the auditor the ledger and the log of reads and refusals."""

import uuid
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.access.permissions import Action
from app.problems import HistoryRewound, InvalidParameter, documented
from app.routers.log_exports import exported
from app.routers.record_routes import ALWAYS
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.table_answers import JSON, NDJSON, WRITTEN_AS_CSV
from app.routers.trial_route import TrialRoute, permits
from app.schemas.listing import CsvQuery, Instant, SoughtText
from app.services import ledger_reads
from app.services.log_filters import LogFilters

router = APIRouter(route_class=TrialRoute, tags=["ledger"])


class ChangesQuery(BaseModel):
    """From where on, and how many."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(default=0, ge=0, le=2**62, description="Only what came after this number.")
    limit: int = Field(default=1000, ge=1, le=10_000)


class LogQuery(CsvQuery):
    """Which entries of a log are wanted."""

    from_: Instant | None = Field(
        default=None, alias="from", description="Noted at this instant or later."
    )
    to: Instant | None = Field(default=None, description="Noted before this instant.")
    principal: SoughtText | None = Field(default=None, max_length=300, description="By its name.")
    subject: SoughtText | None = Field(default=None, max_length=20)
    centre: SoughtText | None = Field(
        default=None,
        max_length=8,
        description="About this centre; of reads, about any of its subjects.",
    )
    action: SoughtText | None = Field(
        default=None, max_length=100, description="What was done, as an entry's `action` says it."
    )

    def filters(self) -> LogFilters:
        """Give what is wanted."""
        return LogFilters(
            since=self.from_,
            until=self.to,
            principal=self.principal,
            subject=self.subject,
            centre=self.centre,
            action=self.action,
        )


class LedgerQuery(LogQuery, ChangesQuery):
    """From where on, how many, and which."""


class AccessQuery(LogQuery):
    """From where on, how many, and which."""

    model_config = ConfigDict(extra="forbid")

    after: str = Field(
        default="0-0",
        pattern="^([0-9]{1,18}-[0-9]{1,18})?$",
        examples=["742-10"],
        description="Only what came after this place, `next_after` of an earlier answer.",
    )
    limit: int = Field(default=1000, ge=1, le=10_000)


class Change(BaseModel):
    """One change, without clinical values."""

    seq: int
    action: str
    kind: str
    subject: str
    centre: str
    record_id: uuid.UUID
    version: int
    occurred_at: datetime


class Changes(BaseModel):
    """What changed, in the order in which it was committed, without gaps."""

    items: list[Change]
    next_after: int = Field(description="Where to go on.")
    as_of: int = Field(description="The seq up to which the feed is complete.")


class Entry(BaseModel):
    """One entry of the ledger."""

    seq: int
    action: str
    principal: str
    role: str | None
    centre: str | None
    subject: str | None
    kind: str | None
    record_id: uuid.UUID | None
    version: int | None
    route: str
    reason: str | None
    request_id: str
    occurred_at: datetime
    commitment: str | None = Field(
        description="Salted SHA-256, in hexadecimal, of the record's new content. Of the action "
        "`commit:versions`: what was committed to in content form 1 for all the versions that are "
        "older than that form."
    )
    content_form: int | None = Field(
        description="What `commitment` is of; null: there is none, or it is of the record as the "
        "database wrote it before there were forms. Form 1: SHA-256 of the version's salt and the "
        "canonical JSON (RFC 8785) of those members of the version, as its history gives them, "
        "that are not null, out of `record_id`, `version`, `state`, `subject`, `centre`, "
        "`source_id`, `recorded_at` (in UTC with six decimals and `Z`), `recorded_by`, `reason` "
        "and the members that the kind takes when it is submitted. Numbers are text, members of "
        "parts that are null are left out, and so is a `visit` that was derived."
    )
    transaction_id: str = Field(description="The transaction that made the change.")
    leaf_form: int = Field(description="What `leaf_hash` is of; new entries have form 2.")
    leaf_hash: str = Field(
        description="Form 2: SHA-256, in hexadecimal, of the octet 00 and the canonical JSON (RFC "
        "8785) of this entry's `action`, `centre`, `commitment`, `kind`, `occurred_at` (in UTC "
        "with six decimals and `Z`), `principal`, `reason`, `record_id`, `request_id`, `role`, "
        "`route`, `seq`, `subject`, `transaction_id` and `version`, null where there is nothing. "
        "Form 1: of the event's row as the database then wrote it."
    )
    sequenced_at: datetime


class Ledger(BaseModel):
    """The ledger in its own order, dense and without gaps."""

    items: list[Entry]
    next_after: int


class AccessLogEntry(BaseModel):
    """One read of subject-level data, or one refusal."""

    id: int
    action: str
    principal: str
    role: str | None
    subjects: list[str] | None
    kind: str | None
    record_id: uuid.UUID | None
    records: int | None
    route: str
    status: int
    problem: str | None
    request_id: str
    occurred_at: datetime


class AccessLog(BaseModel):
    """Who read what and who was refused, in the order of the transactions that noted it.

    A page is never added to later. What a transaction still running holds back comes on the next.
    """

    items: list[AccessLogEntry]
    next_after: str = Field(description="Where to go on.")


@router.get(
    "/v1/changes",
    operation_id="list_changes",
    summary="What changed since",
    responses={200: {"model": Changes}, **documented(*ALWAYS, InvalidParameter, HistoryRewound)},
    **permits(Action.READ_CHANGES),
)
async def changes(
    service: ServiceOfApp, caller: CallerOfRequest, query: Annotated[ChangesQuery, Query()]
) -> Response:
    """Give the changes at the caller's centres, or at all of them, after a seq."""
    found, last, head = await ledger_reads.changes(
        service.database, caller, query.after, query.limit
    )
    return _json(found, f'"next_after":{last},"as_of":{head}')


_EXPORTED: Final = {
    "content": {NDJSON: {"schema": {"type": "string"}}, **WRITTEN_AS_CSV},
    "headers": {
        "Dayzero-Rows": {
            "description": "Of an export: how many entries it has when it is whole.",
            "schema": {"type": "integer"},
        }
    },
}
_EXPORTS: Final = """

`Accept: application/x-ndjson` or `text/csv` gives everything that is wanted from `after` on, as it
stood when it was asked for, whatever `limit` says; whoever takes it is noted. `Dayzero-Rows` says
how many entries it has. NDJSON ends with a line of its own,
`{"complete": true, "rows": 2, "next_after": ...}`: an export without it was broken off. A CSV is
whole if it has as many lines below its header as `Dayzero-Rows` says. `csv=spreadsheet` is for
people.
"""


@router.get(
    "/v1/ledger",
    operation_id="read_ledger",
    summary="The ledger",
    description="The ledger's entries with who, when, why and what they commit to." + _EXPORTS,
    responses={
        200: {"model": Ledger, **_EXPORTED},
        **documented(*ALWAYS, InvalidParameter, HistoryRewound),
    },
    **permits(Action.READ_LEDGER),
)
async def entries(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[LedgerQuery, Query()],
) -> Response:
    """Give a page of the ledger, or all of it as an export."""
    database = service.database
    if form != JSON:
        export = await ledger_reads.export_ledger(database, caller, query.after, query.filters())
        return exported(export, list(Entry.model_fields), form, query.csv)
    found, last = await ledger_reads.read_ledger(
        database, caller, query.after, query.limit, query.filters()
    )
    return _json(found, f'"next_after":{last}')


@router.get(
    "/v1/access-log",
    operation_id="read_access_log",
    summary="Who read what, and who was refused",
    description="The log of reads and refusals." + _EXPORTS,
    responses={
        200: {"model": AccessLog, **_EXPORTED},
        **documented(*ALWAYS, InvalidParameter),
    },
    **permits(Action.READ_LEDGER),
)
async def reads(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[AccessQuery, Query()],
) -> Response:
    """Give a page of the log, or all of it as an export."""
    database = service.database
    after = ledger_reads.AccessPlace.read(query.after)
    if form != JSON:
        export = await ledger_reads.export_access(database, caller, after, query.filters())
        return exported(export, list(AccessLogEntry.model_fields), form, query.csv)
    found, last = await ledger_reads.read_access(
        database, caller, after, query.limit, query.filters()
    )
    return _json(found, f'"next_after":"{last.written()}"')


def _json(documents: list[str], rest: str) -> Response:
    return Response(f'{{"items":[{",".join(documents)}],{rest}}}', media_type="application/json")
