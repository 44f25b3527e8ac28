"""Why a subject's response is what it is, and where derived and investigator's responses differ."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.access.permissions import Action
from app.models.values import CivilDate
from app.problems import AsOfInTheFuture, CutoffAfterAsOf, InvalidParameter, NotFound, documented
from app.routers.endpoints import EndpointRoute
from app.routers.figures.explanation import DiscrepancyList, ResponseExplanation
from app.routers.record_routes import ALWAYS, SubjectOfPath
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.table_answers import CSV, WRITTEN_AS_CSV, streamed_table
from app.routers.trial_route import permits
from app.schemas.listing import CsvQuery, ReadQuery, SoughtText
from app.services import ledger
from app.services.json_values import written
from app.services.trial_endpoints import response_reads

router = APIRouter(route_class=EndpointRoute, tags=["responses"])


class CutQuery(ReadQuery):
    """As of when, and up to which clinical day."""

    cutoff: CivilDate | None = Field(
        default=None, description="Clinical data cut-off: nothing dated later counts."
    )


class DiscrepancyQuery(CsvQuery, CutQuery):
    """Which discrepancies are wanted."""

    centre: SoughtText | None = Field(default=None, max_length=8, description="Of one centre.")
    subject: SoughtText | None = Field(default=None, max_length=20, description="Of one subject.")
    after: SoughtText | None = Field(
        default=None, max_length=20, description="Where to go on; from the Link header."
    )
    limit: int = Field(
        default=100,
        ge=1,
        le=1000,
        description="A page ends with the subject that brings it to so many.",
    )


@router.get(
    "/v1/subjects/{subject}/response",
    operation_id="explain_response",
    summary="Why a subject's response is what it is",
    responses={
        200: {"model": ResponseExplanation},
        **documented(*ALWAYS, InvalidParameter, NotFound, AsOfInTheFuture, CutoffAfterAsOf),
    },
    **permits(Action.READ_RESPONSES),
)
async def explain(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    subject: SubjectOfPath,
    query: Annotated[CutQuery, Query()],
) -> Response:
    """Explain each visit: category, rules, nadir and change, what was missing, confirmation."""
    cut = await ledger.data_cut(
        service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
    )
    document = await response_reads.explanation(
        service.database, service.trial, caller, subject, cut, query.cutoff
    )
    return Response(written(document), media_type="application/json")


@router.get(
    "/v1/discrepancies",
    operation_id="list_discrepancies",
    summary="Where derived and investigator's responses differ",
    responses={
        200: {
            "model": DiscrepancyList,
            "content": WRITTEN_AS_CSV,
            "headers": {
                "Link": {
                    "description": 'The next page, `rel="next"`.',
                    "schema": {"type": "string"},
                }
            },
        },
        **documented(*ALWAYS, InvalidParameter, AsOfInTheFuture, CutoffAfterAsOf),
    },
    **permits(Action.READ_RESPONSES),
)
async def list_discrepancies(
    request: Request,
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[DiscrepancyQuery, Query()],
) -> Response:
    """List them for the subjects that the caller can see; neither source is ever overwritten.

    `Accept: text/csv` gives the whole list as CSV, one column a member, parts as JSON; `limit` and
    the page are those of JSON alone. `csv=spreadsheet` is for people.
    """
    cut = await ledger.data_cut(
        service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
    )
    if form == CSV:
        found = response_reads.discrepancy_pages(
            service.database,
            service.trial,
            caller,
            cut,
            query.cutoff,
            centre=query.centre,
            subject=query.subject,
        )
        headers = {"Dayzero-As-Of": str(cut.seq)}
        return await streamed_table(response_reads.DISCREPANCY_COLUMNS, found, query.csv, headers)
    page = await response_reads.discrepancy_page(
        service.database,
        service.trial,
        caller,
        cut,
        query.cutoff,
        centre=query.centre,
        subject=query.subject,
        after=query.after,
        limit=query.limit,
    )
    headers = {}
    if page.after is not None:
        kept = [
            (name, value)
            for name, value in request.query_params.multi_items()
            if name not in {"after", "as_of"}
        ]
        following = urlencode([*kept, ("as_of", cut.seq), ("after", page.after)])
        headers["Link"] = f'<{request.scope["path"]}?{following}>; rel="next"'
    body = written({"items": page.items, "as_of": cut.seq})
    return Response(body, headers=headers, media_type="application/json")
