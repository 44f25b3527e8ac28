"""The trial's endpoints, computed on request as of any data cut."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from app.access.permissions import Action
from app.csv_rows import CsvForm
from app.problems import AsOfInTheFuture, CutoffAfterAsOf, InvalidParameter, NotFound, documented
from app.routers.conditions import IfNoneMatch
from app.routers.endpoint_query import (
    EndpointQuery,
    OfResponses,
    ResponseQuery,
    survival_query,
)
from app.routers.figures.summary import FIGURES as FIGURES_OF
from app.routers.record_routes import ALWAYS
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.table_answers import CSV, WRITTEN_AS_CSV, table_etag, whole_table
from app.routers.trial_route import TrialRoute, permits
from app.service import Service
from app.services import ledger
from app.services.caller import Caller
from app.services.data_cut import DataCut
from app.services.derivations.time_to_event.event_definition import PARTS
from app.services.entity_tags import is_held
from app.services.reports.catalogue import REPORTS, SUMMARY
from app.services.reports.question import Question, usual_population
from app.services.reports.tables import endpoint_table

_QUERIES: dict[str, type[EndpointQuery]] = {
    "response": ResponseQuery,
    "car-kinetics": OfResponses,
    "pharmacodynamics": OfResponses,
    SUMMARY: OfResponses,
    **{name: survival_query(name) for name in PARTS},
}
"""The query of each endpoint that can be asked more than the others."""

_DESCRIPTION = """
The figures follow from the records as the database knew them at `as_of`, from what is dated up to
`cutoff`, and from the trial's policy, which the answer names. The same question at the same `as_of`
has the same answer, byte for byte. A centre gets its own subjects' figures; rows are for those who
may read the records behind them.

`Accept: text/csv` gives one table. With `rows` it is the rows, one a subject, one column a member,
parts as JSON. Without, it is the figures, one a line: `table` is the list of the answer that the
figure stands in, as a JSON pointer, and `row` its place there from 0 on, both empty where it stands
in no list; `member` is the pointer from there, and `value` the value. So `/rates/ORR/estimate` is
one line, and the lines of one `table` are that table. `csv=spreadsheet` is for people.
"""


FIGURES: Final = {
    "ETag": {
        "description": "Weak: of the figures. A copy that you hold may name an older `as_of`; it "
        "says the same.",
        "required": True,
        "schema": {"type": "string", "pattern": '^W/"[0-9a-f]{32}"$'},
    }
}
"""The header of an answer that follows from records."""


class EndpointRoute(TrialRoute):
    """A route that computes: it may take longer than one that reads."""

    def seconds(self, service: Service) -> float:
        """Give how long a request of this route may take."""
        return service.settings.endpoint_seconds


router = APIRouter(route_class=EndpointRoute, tags=["endpoints"])


def _add(name: str) -> None:
    shape = _QUERIES.get(name, EndpointQuery)

    @router.get(
        f"/v1/endpoints/{name}",
        operation_id=f"read_{name.replace('-', '_')}",
        summary=f"Endpoint: {name.replace('-', ' ')}",
        description=_DESCRIPTION,
        responses={
            200: {"model": FIGURES_OF[name], "headers": FIGURES, "content": WRITTEN_AS_CSV},
            304: {"description": "You hold these figures.", "headers": FIGURES},
            **documented(*ALWAYS, InvalidParameter, NotFound, AsOfInTheFuture, CutoffAfterAsOf),
        },
        **permits(Action.READ_ENDPOINTS),
    )
    async def endpoint(
        service: ServiceOfApp,
        caller: CallerOfRequest,
        form: FormOfAnswer,
        query: Annotated[shape, Query()],  # type: ignore[valid-type]
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        return await _answer(service, caller, name, query, form, if_none_match)


async def _answer(
    service: Service,
    caller: Caller,
    name: str,
    query: EndpointQuery,
    form: str,
    if_none_match: str | None,
) -> Response:
    asked: dict[str, Any] = query.model_dump(exclude={"as_of", "csv"}, exclude_none=True)
    if "population" not in asked:
        asked |= {
            "population": usual_population(name, service.trial),
            "population_by_default": True,
        }

    def question_at(cut: DataCut) -> Question:
        return Question(endpoint=name, cut=cut, as_of_asked=query.as_of is not None, **asked)

    if form == CSV:
        cut = await ledger.data_cut(
            service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
        )
        return await _table(service, caller, question_at(cut), query.csv, if_none_match)
    if if_none_match is not None and query.as_of is None:
        ledger.require_past(query.cutoff, datetime.now(UTC))
        held = await service.answers.unchanged(caller, question_at, if_none_match)
        if held is not None:
            return Response(status_code=304, headers=described(held))
    cut = await ledger.data_cut(
        service.database, query.as_of, service.trial.centres.time_zone, query.cutoff
    )
    answer = await service.answers.ask(caller, question_at(cut), if_none_match)
    headers = described(answer.etag)
    if answer.body is None:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type="application/json")


async def _table(
    service: Service, caller: Caller, question: Question, form: CsvForm, held: str | None
) -> Response:
    """Answer with the rows or the figures as CSV."""
    admitted = await service.answers.admit(caller, question, cells=True)
    headers = described(table_etag(admitted.etag, form))
    if is_held(held, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    told = await service.answers.told(caller, admitted)
    return await whole_table(told.body, endpoint_table, form, headers)


def described(etag: str) -> dict[str, str]:
    """Give the headers that an answer with an identity of its own has."""
    return {"ETag": etag, "Cache-Control": "private, no-cache"}


for _name in (*REPORTS, SUMMARY):
    _add(_name)
