"""The status board: which visits are done, due, overdue and missing."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.access.permissions import Action
from app.problems import AsOfInTheFuture, CutoffAfterAsOf, InvalidParameter, NotFound, documented
from app.routers.conditions import IfNoneMatch
from app.routers.endpoints import FIGURES, EndpointRoute, described
from app.routers.record_routes import ALWAYS
from app.routers.responses import CutQuery
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.table_answers import CSV, WRITTEN_AS_CSV, table_etag, whole_table
from app.routers.trial_route import permits
from app.schemas.listing import CsvQuery, SoughtText
from app.schemas.status_board import StatusBoard
from app.services import ledger
from app.services.entity_tags import is_held
from app.services.reports.catalogue import STATUS_BOARD
from app.services.reports.question import Question
from app.services.reports.tables import board_table

router = APIRouter(route_class=EndpointRoute, tags=["status board"])


class BoardQuery(CsvQuery, CutQuery):
    """Whose visits, as of when."""

    centre: SoughtText | None = Field(
        default=None, max_length=8, description="Subjects of one centre."
    )


@router.get(
    "/v1/status-board",
    operation_id="read_status_board",
    summary="Which visits are done, due, overdue and missing",
    responses={
        200: {"model": StatusBoard, "headers": FIGURES, "content": WRITTEN_AS_CSV},
        304: {"description": "You hold this answer.", "headers": FIGURES},
        **documented(*ALWAYS, InvalidParameter, NotFound, AsOfInTheFuture, CutoffAfterAsOf),
    },
    **permits(Action.READ_RECORD),
)
async def read_status_board(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[BoardQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give each scheduled visit of each subject that the caller can see, with where it stands.

    The same question at the same `as_of` has the same answer, byte for byte. `Accept: text/csv`
    gives one line a visit of a subject; `scheduled` is false of a visit outside the calendar, which
    has no status. `csv=spreadsheet` is for people.
    """
    cut = await ledger.data_cut(
        service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
    )
    question = Question(
        endpoint=STATUS_BOARD, cut=cut, cutoff=query.cutoff, centre=query.centre, rows=True
    )
    admitted = await service.answers.admit(caller, question, Action.READ_RECORD)
    as_csv = form == CSV
    headers = described(table_etag(admitted.etag, query.csv) if as_csv else admitted.etag)
    if is_held(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    told = await service.answers.told(caller, admitted)
    if as_csv:
        return await whole_table(told.body, board_table, query.csv, headers)
    return Response(told.body, headers=headers, media_type="application/json")
