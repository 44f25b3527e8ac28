"""What the endpoints ask of the response of one infused subject by one source."""

from collections.abc import Iterator
from datetime import date

from app.services.derivations.best_response import best_by, best_response
from app.services.derivations.confirmed_response import ConfirmedVisit, confirmed_visits
from app.services.derivations.marker_depth import MarkerDepth, marker_depth
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.subject_response import (
    SubjectResponse,
    response_at_month_end,
    waived,
)
from app.services.trial_endpoints.responses_by_source import Responses, evaluation_windows
from app.services.trial_endpoints.subject_analysis import (
    ResponseAnalysis,
    ResponseByVisit,
    ResponseDay,
)
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseCategory, ResponseSource


def response_analysis(
    history: SubjectHistory,
    trial: Trial,
    found: Responses,
    infused_on: date,
    source: ResponseSource,
) -> ResponseAnalysis:
    """Give what the endpoints ask of the response of an infused subject by one source."""
    response = found.by_source[source]
    best_urine_waived = None
    if source is ResponseSource.DERIVED:
        best_urine_waived = _urine_waived(trial, found, infused_on)
    return ResponseAnalysis(
        best=response.best,
        best_urine_waived=best_urine_waived,
        days=tuple(map(_day, response.visits)),
        by_visit=dict(_by_visit(trial, response, infused_on, history.data_cut)),
    )


def tracked_marker_depth(found: Responses) -> MarkerDepth | None:
    """Give the best change of the tracked marker over the visits that count; None: none."""
    visits = found.by_source[ResponseSource.DERIVED].visits
    counted = {visit.visit.assessed_on for visit in visits if visit.in_endpoint_set}
    course = found.course.course
    return marker_depth(course.visits, course.measurable, counted)


def _urine_waived(trial: Trial, found: Responses, infused_on: date) -> ResponseCategory | None:
    if all(visit.same_with_urine_waived for visit in found.course.course.visits):
        return found.by_source[ResponseSource.DERIVED].best.best
    confirmed = confirmed_visits(
        waived(found.course.course.visits),
        infused_on=infused_on,
        new_therapy_on=found.new_therapy_on[ResponseSource.DERIVED],
        died_of_myeloma_on=found.died_of_myeloma_on,
        policy=trial.policy.imwg,
    )
    return best_response(confirmed).best


def _day(visit: ConfirmedVisit) -> ResponseDay:
    return ResponseDay(
        assessed_on=visit.visit.assessed_on,
        category=visit.visit.category,
        confirmed=visit.confirmed,
        running=visit.running,
        state=visit.state,
        in_endpoint_set=visit.in_endpoint_set,
    )


def _by_visit(
    trial: Trial, response: SubjectResponse, infused_on: date, data_cut: date
) -> Iterator[tuple[str, ResponseByVisit]]:
    confirmed_then = trial.policy.rates.by_month == "confirmed_by_then"
    best = response_at_month_end if confirmed_then else best_by
    for window in evaluation_windows(trial, infused_on):
        yield (
            window.code,
            ResponseByVisit(
                best=best(response.visits, window.last_day),
                closed=window.last_day <= data_cut,
            ),
        )
