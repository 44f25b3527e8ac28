"""Findings: what the edit checks notice about the records as they stand."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.access.permissions import Action
from app.problems import AsOfInTheFuture, InvalidParameter, documented
from app.routers.record_routes import ALWAYS
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.table_answers import CSV, EXPLAINED, WRITTEN_AS_CSV, streamed_table
from app.routers.trial_route import TrialRoute, permits
from app.schemas.finding import FindingCursor, FindingList, FindingOfRecord, FindingPlace
from app.schemas.listing import CsvQuery, ReadQuery, SoughtText
from app.schemas.record_kinds import RECORD_KINDS, by_path
from app.service import Service
from app.services import findings, ledger
from app.services.caller import Caller
from app.services.data_cut import Cut
from app.services.edit_checks import RULES

router = APIRouter(route_class=TrialRoute, tags=["findings"])

_DESCRIPTION = (
    """
Edit checks hold each record against the rest of its subject's data. They never refuse a record:
what they notice is computed when it is asked for, from the records as they stand, and goes away
with its cause. A message says what would settle the finding and never contains a value.

The answer to a write carries the findings about the record that was written. For a laboratory
result and for kinetics those are the ones that follow from the record and the course of its
subject; the other kinds are held against the subject's other records too. The list has them all.

"""
    + EXPLAINED
)


def _known_rule(rule: str) -> str:
    if rule not in RULES:
        raise PydanticCustomError(
            "not_a_rule", "name a rule of the edit checks", {"allowed": sorted(RULES)}
        )
    return rule


def _known_kind(kind: str) -> str:
    if by_path(kind) is None:
        allowed = [one.path for one in RECORD_KINDS]
        raise PydanticCustomError("not_a_kind", "name a kind of record", {"allowed": allowed})
    return kind


class FindingsQuery(CsvQuery, ReadQuery):
    """What a list of findings can be asked for."""

    centre: SoughtText | None = Field(
        default=None, max_length=8, description="Findings of one centre."
    )
    subject: SoughtText | None = Field(
        default=None, max_length=20, description="Findings of one subject."
    )
    severity: Literal["error", "warning", "notice"] | None = Field(
        default=None, description="Only of this severity."
    )
    rule: Annotated[str, AfterValidator(_known_rule)] | None = Field(
        default=None,
        description="Only of this rule.",
        json_schema_extra={"enum": [*sorted(RULES)]},
    )
    kind: Annotated[str, AfterValidator(_known_kind)] | None = Field(
        default=None,
        description="Only about records of this kind, such as `adverse-events`.",
        json_schema_extra={"enum": [kind.path for kind in RECORD_KINDS]},
    )
    each: bool = Field(
        default=False,
        description="List findings that differ by nothing but the record one by one; without it "
        "they are one finding of the subject with a `count`.",
    )
    limit: int = Field(default=100, ge=1, le=1000, description="How many on one page.")
    cursor: Annotated[FindingCursor | None, BeforeValidator(FindingCursor.decoded)] = Field(
        default=None,
        description="Where to go on; from the Link header.",
        json_schema_extra={"type": "string"},
    )


@router.get(
    "/v1/findings",
    operation_id="list_findings",
    summary="What the edit checks notice",
    description=_DESCRIPTION,
    responses={
        200: {
            "model": FindingList,
            "content": WRITTEN_AS_CSV,
            "headers": {
                "Link": {
                    "description": 'The next page, `rel="next"`.',
                    "schema": {"type": "string"},
                }
            },
        },
        **documented(*ALWAYS, InvalidParameter, AsOfInTheFuture),
    },
    **permits(Action.READ_FINDINGS),
)
async def list_findings(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[FindingsQuery, Query()],
) -> Response:
    """List the findings about records that the caller can see."""
    sought = findings.Sought(
        query.centre, query.subject, query.severity, query.rule, query.kind, query.each
    )
    if form == CSV:
        return await _whole_list(service, caller, query, sought)
    cut = await _cut(service, query)
    after = query.cursor.after if query.cursor else None
    page = await findings.page(
        service.database,
        service.trial,
        caller,
        sought,
        cut,
        after,
        query.limit,
    )
    headers = {}
    if page.more:
        fixed = cut.seq if cut.transaction_id is not None else None
        cursor = FindingCursor(after=FindingPlace.of(page.findings[-1]), seq=fixed)
        headers["Link"] = _next(request, cursor)
    body = FindingList(items=page.findings, as_of=cut.seq)
    return Response(body.model_dump_json(), headers=headers, media_type="application/json")


async def _whole_list(
    service: Service, caller: Caller, query: FindingsQuery, sought: findings.Sought
) -> Response:
    """Answer with all the findings at one cut, as a table."""
    database = service.database
    if query.as_of is None:
        cut = await ledger.newest_cut(database)
    else:
        cut = await ledger.cut_at(database, query.as_of)
    found = findings.pages(database, service.trial, caller, sought, cut)
    columns = list(FindingOfRecord.model_fields)
    return await streamed_table(columns, found, query.csv, {"Dayzero-As-Of": str(cut.seq)})


async def _cut(service: Service, query: FindingsQuery) -> Cut:
    as_of = query.cursor.seq if query.cursor and query.cursor.seq is not None else query.as_of
    if as_of is None:
        return await ledger.current_head(service.database)
    return await ledger.cut_at(service.database, as_of)


def _next(request: Request, cursor: FindingCursor) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*kept, ("cursor", cursor.encoded())])
    return f'<{request.scope["path"]}?{query}>; rel="next"'
