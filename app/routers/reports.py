"""The report of the trial for people: a page that needs nothing else, or a PDF."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.access.permissions import Action
from app.printing.page import MAY_LOAD
from app.problems import (
    AsOfInTheFuture,
    CutoffAfterAsOf,
    InvalidParameter,
    NotAcceptable,
    NotFound,
    documented,
)
from app.routers.conditions import IfNoneMatch
from app.routers.endpoints import FIGURES, EndpointRoute
from app.routers.record_routes import ALWAYS
from app.routers.responses import CutQuery
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.trial_route import permits
from app.schemas.listing import SoughtText
from app.services import ledger
from app.services.printed_reports import ReportForm
from app.services.reports.catalogue import TRIAL_REPORT
from app.services.reports.question import Question
from app.trial.populations import PopulationName
from app.vocabularies.imwg import ResponseSource

router = APIRouter(route_class=EndpointRoute, tags=["reports"])

_DESCRIPTION: Final = """
What a data monitoring committee reads, from one data cut, whose identity is on every page:
disposition, baseline, exposure, response, survival, safety, kinetics, pharmacodynamics, data
quality, methods. The figures are those of the summary, rounded for display. Whoever may read the
records gets listings by subject too; everybody else gets aggregates. `Accept` chooses the form:
HTML without a wish, or PDF.
"""


class ReportQuery(CutQuery):
    """Of whom, as of when."""

    population: PopulationName | None = Field(
        default=None, description="Who is analysed; the trial's default without it."
    )
    centre: SoughtText | None = Field(
        default=None, max_length=8, description="Subjects of one centre."
    )
    response_source: ResponseSource = Field(
        default=ResponseSource.DERIVED, description="Whose response categories."
    )


@router.get(
    "/v1/reports/trial",
    operation_id="print_trial_report",
    summary="Report of the trial, to read and to print",
    description=_DESCRIPTION,
    response_class=Response,
    responses={
        200: {
            "description": "The report.",
            "headers": FIGURES,
            "content": {
                ReportForm.HTML.value: {"schema": {"type": "string"}},
                ReportForm.PDF.value: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        304: {"description": "You hold this report.", "headers": FIGURES},
        **documented(
            *ALWAYS, InvalidParameter, NotFound, NotAcceptable, AsOfInTheFuture, CutoffAfterAsOf
        ),
    },
    **permits(Action.READ_ENDPOINTS),
)
async def print_trial_report(
    service: ServiceOfApp,
    caller: CallerOfRequest,
    form: FormOfAnswer,
    query: Annotated[ReportQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Print the report of the trial at a data cut."""
    printed_as = ReportForm(form)
    asked: dict[str, Any] = query.model_dump(exclude={"as_of"}, exclude_none=True)
    if "population" not in asked:
        asked |= {"population": service.trial.populations.default, "population_by_default": True}
    cut = await ledger.data_cut(
        service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
    )
    question = Question(endpoint=TRIAL_REPORT, cut=cut, **asked)
    answer = await service.reports.of_trial(caller, question, printed_as, if_none_match)
    headers = {"ETag": answer.etag, "Cache-Control": "private, no-cache"}
    if answer.body is None:
        return Response(status_code=304, headers=headers)
    name = "-".join(
        str(part) for part in (service.trial.code, cut.seq, query.cutoff) if part is not None
    )
    headers["Content-Disposition"] = f'inline; filename="{name}.{printed_as.suffix}"'
    media_type = printed_as.value
    if printed_as is ReportForm.HTML:
        headers["Content-Security-Policy"] = MAY_LOAD
        media_type = f"{printed_as.value}; charset=utf-8"
    return Response(answer.body, headers=headers, media_type=media_type)
