"""The trial's pictures: what an endpoint answers, drawn, in the form that the caller accepts."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Query, Response

from app.access.permissions import Action
from app.charts.named_charts import CHARTS, Asks, Chart
from app.problems import (
    AsOfInTheFuture,
    CutoffAfterAsOf,
    InvalidParameter,
    NotAcceptable,
    NotFound,
    documented,
)
from app.routers.chart_query import (
    AdverseEventQuery,
    ChartQuery,
    CohortQuery,
    KineticsQuery,
    MarkersQuery,
    ResponsesQuery,
    SeriesQuery,
    ShiftQuery,
    SurvivalQuery,
    TimelineQuery,
)
from app.routers.conditions import IfNoneMatch
from app.routers.endpoints import FIGURES, EndpointRoute
from app.routers.record_routes import ALWAYS
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.trial_route import permits
from app.service import Service
from app.services import ledger
from app.services.caller import Caller
from app.services.data_cut import DataCut
from app.services.derivations.time_to_event.event_definition import PARTS, definition_of
from app.services.drawing.forms import Form
from app.services.drawing.order import Order
from app.services.drawing.pictures import PictureAnswer
from app.services.reports.question import Question, usual_population
from app.services.trial_endpoints.subject_reads import SubjectQuestion, SubjectReport
from app.trial.trial import Trial
from app.vocabularies.times_to_event import TimeToEvent

router = APIRouter(route_class=EndpointRoute, tags=["charts"])

_DESCRIPTION: Final = """
The picture shows what the endpoint answers to the same question. Its caption says of how many
subjects, of which population, as of which data cut and by which rules. `Accept` chooses the form:
SVG without a wish, PNG, PDF, the Vega-Lite specification, or CSV, which has the data behind the
picture. A picture of nobody says so.
"""
_OF_THE_QUESTION: Final = frozenset(
    {"cutoff", "population", "centre", "response_source", "variant", "conf_type"}
)
"""What the endpoint is asked; the rest is asked of the picture."""


_QUERIES: Final[Mapping[Asks, type[ChartQuery]]] = {
    "cohort": CohortQuery,
    "responses": ResponsesQuery,
    "survival": SurvivalQuery,
    "kinetics": KineticsQuery,
    "adverse events": AdverseEventQuery,
    "shifts": ShiftQuery,
    "series": SeriesQuery,
    "timeline": TimelineQuery,
    "markers": MarkersQuery,
}


def reading(chart: Chart) -> Action:
    """Give what seeing a picture is: of subjects, reading their records."""
    return Action.READ_RECORD if chart.rows else Action.READ_ENDPOINTS


def _add(name: str, chart: Chart) -> None:
    shape = _QUERIES[chart.asks]

    @router.get(
        f"/v1/charts/{name}",
        operation_id=f"draw_{name.replace('-', '_')}",
        summary=f"Picture: {chart.shows}",
        description=_DESCRIPTION,
        response_class=Response,
        responses={
            200: {
                "description": "The picture.",
                "headers": FIGURES,
                "content": {form.value: {"schema": _SCHEMAS[form]} for form in Form},
            },
            304: {"description": "You hold this picture.", "headers": FIGURES},
            **documented(
                *ALWAYS, InvalidParameter, NotFound, NotAcceptable, AsOfInTheFuture, CutoffAfterAsOf
            ),
        },
        **permits(reading(chart)),
    )
    async def draw(
        service: ServiceOfApp,
        caller: CallerOfRequest,
        form: FormOfAnswer,
        query: Annotated[shape, Query()],  # type: ignore[valid-type]
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        return await _answer(service, caller, name, query, Form(form), if_none_match)


async def _answer(
    service: Service,
    caller: Caller,
    name: str,
    query: ChartQuery,
    form: Form,
    if_none_match: str | None,
) -> Response:
    cut = await ledger.data_cut(
        service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
    )
    if isinstance(query, SeriesQuery | TimelineQuery):
        asked = query.model_dump(exclude={"as_of", "csv"}, exclude_none=True)
        options = {key: asked.pop(key) for key in ("scale",) if key in asked}
        of_subject = SubjectQuestion(report=cast("SubjectReport", name), cut=cut, **asked)
        order = Order(chart=name, form=form, options=options, csv=query.csv)
        picture = await service.pictures.of_subject(caller, of_subject, order, if_none_match)
        return _response(name, form, picture)
    chart = CHARTS[name]
    question, options = _asked(service, chart, query, cut)
    picture = await service.pictures.of_endpoint(
        caller,
        question,
        Order(chart=name, form=form, options=options, csv=query.csv),
        if_none_match,
        reading=reading(chart),
        rows_where_permitted=chart.rows is None,
    )
    return _response(name, form, picture)


def _asked(
    service: Service, chart: Chart, query: ChartQuery, cut: DataCut
) -> tuple[Question, dict[str, Any]]:
    """Give what is asked of the endpoint, and what is left for the picture itself.

    Raises:
        InvalidParameter: the endpoint does not know the definition.
    """
    asked: dict[str, Any] = query.model_dump(exclude={"as_of", "csv"}, exclude_none=True)
    endpoint = chart.endpoint or asked.pop("endpoint")
    if "variant" in asked:
        _known(endpoint, asked["variant"], service.trial)
    of_question = {key: asked.pop(key) for key in tuple(asked) if key in _OF_THE_QUESTION}
    of_question.setdefault("population", usual_population(endpoint, service.trial))
    return Question(endpoint=endpoint, cut=cut, rows=bool(chart.rows), **of_question), asked


def _response(name: str, form: Form, picture: PictureAnswer) -> Response:
    headers = {"ETag": picture.etag, "Cache-Control": "private, no-cache"}
    if picture.body is None:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name}.{form.suffix}"'
    if form is Form.SVG:
        headers["Content-Security-Policy"] = "default-src 'none'"
    media_type = f"{form.value}; charset=utf-8" if form is Form.CSV else form.value
    return Response(picture.body, headers=headers, media_type=media_type)


def _known(endpoint: TimeToEvent, variant: str, trial: Trial) -> None:
    """Refuse a definition that the endpoint does not have."""
    try:
        definition_of(endpoint, variant, trial.policy.tte)
    except ValueError as error:
        raise _unknown_variant(endpoint, str(error)) from error


def _unknown_variant(endpoint: TimeToEvent, reason: str) -> InvalidParameter:
    return InvalidParameter(
        "Mend the parameters that are listed.",
        errors=[
            {
                "parameter": "variant",
                "code": "unknown_variant",
                "message": f"{reason}; write one or more of those allowed, between commas",
                "allowed": list(PARTS[endpoint]),
            }
        ],
    )


_SCHEMAS: Final[Mapping[Form, dict[str, Any]]] = {
    Form.SVG: {"type": "string"},
    Form.PNG: {"type": "string", "format": "binary"},
    Form.PDF: {"type": "string", "format": "binary"},
    Form.VEGA_LITE: {"type": "object"},
    Form.CSV: {"type": "string"},
}

for _name, _chart in CHARTS.items():
    _add(_name, _chart)
