"""What the endpoints ask of the response of one infused subject by one source."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.services.criteria.imwg.visit_response import VisitResponse
from app.services.derivations.response.best_response import best_by, best_response
from app.services.derivations.response.confirmed_response import ConfirmedVisit, confirmed_visits
from app.services.derivations.response.marker_depth import MarkerDepth, marker_depth
from app.services.derivations.response.mrd_status import MrdSummary, mrd_summary
from app.services.derivations.response.subject_response import (
    SubjectResponse,
    response_at_month_end,
    waived,
)
from app.services.derivations.response.unconfirmed_response import (
    UnconfirmedReason,
    why_unconfirmed,
)
from app.services.derivations.subject.analysis import (
    ResponseAnalysis,
    ResponseByVisit,
    ResponseDay,
)
from app.services.derivations.subject.responses_by_source import Responses, evaluation_windows
from app.services.derivations.subject_history import SubjectHistory
from app.trial.trial import Trial
from app.vocabularies.imwg import BEST_FIRST, MRD_THRESHOLDS, ResponseCategory, ResponseSource


def response_analysis(
    history: SubjectHistory,
    trial: Trial,
    responses: Responses,
    infused_on: date,
    source: ResponseSource,
    *,
    evaluable: bool,
) -> ResponseAnalysis:
    """Give what the endpoints ask of the response of an infused subject by one source.

    Args:
        history: the subject.
        trial: its policies.
        responses: the responses up to the horizon.
        infused_on: day of the first infusion.
        source: whose categories.
        evaluable: the subject is of the evaluable population by this source.
    """
    mrd = _mrd(responses, trial, infused_on, source)
    response = responses.by_source[source]
    best_urine_waived = None
    if source is ResponseSource.DERIVED:
        best_urine_waived = _urine_waived(trial, responses, infused_on)
    return ResponseAnalysis(
        best=response.best,
        best_urine_waived=best_urine_waived,
        days=tuple(map(_day, response.visits)),
        by_visit=dict(_by_visit(trial, response, infused_on, history.data_cut)),
        marker_depth=_marker_depth(responses, source),
        mrd=mrd,
        mrd_evaluable=mrd[trial.policy.mrd.threshold].evaluable,
        unconfirmed=dict(_unconfirmed(response, responses.new_therapy_on[source])),
        evaluable=evaluable,
    )


def _unconfirmed(
    response: SubjectResponse, new_therapy_on: date | None
) -> Iterator[tuple[ResponseCategory, UnconfirmedReason]]:
    for level in BEST_FIRST[: ResponseCategory.SD.rank + 1]:
        reason = why_unconfirmed(response.visits, level, new_therapy_on=new_therapy_on)
        if reason is not None:
            yield level, reason


def _marker_depth(responses: Responses, source: ResponseSource) -> MarkerDepth | None:
    """Give the best change of the tracked marker over the visits that count; None: none."""
    progressed = responses.by_source[source].best.progression_whenever_on
    course, new_therapy_on = responses.derived, responses.new_therapy_on[source]
    counted = {
        visit.assessed_on
        for visit in course.visits
        if (progressed is None or visit.assessed_on <= progressed)
        and (new_therapy_on is None or visit.assessed_on <= new_therapy_on)
    }
    return marker_depth(course.visits, course.measurable, counted)


def _mrd(
    responses: Responses, trial: Trial, infused_on: date, source: ResponseSource
) -> dict[str, MrdSummary]:
    return {
        threshold: mrd_summary(
            _categorised(responses, source),
            infused_on=infused_on,
            new_therapy_on=responses.new_therapy_on[source],
            progressed_on=responses.by_source[source].best.progression_whenever_on,
            threshold=Decimal(threshold),
            policy=trial.policy.mrd,
        )
        for threshold in MRD_THRESHOLDS
    }


def _categorised(responses: Responses, source: ResponseSource) -> tuple[VisitResponse, ...]:
    """Give the derived visits, each with the category of a source; NE where it gave none."""
    visits = responses.derived.visits
    if source is ResponseSource.DERIVED:
        return visits
    given = {
        name: visit.visit.category
        for visit in responses.by_source[source].visits
        for name in visit.visit.evaluation_ids
    }
    nothing = ResponseCategory.NE
    return tuple(
        replace(
            visit,
            category=next((given[name] for name in visit.evaluation_ids if name in given), nothing),
        )
        for visit in visits
    )


def _urine_waived(trial: Trial, responses: Responses, infused_on: date) -> ResponseCategory | None:
    if all(visit.same_with_urine_waived for visit in responses.derived.visits):
        return responses.by_source[ResponseSource.DERIVED].best.best
    confirmed = confirmed_visits(
        waived(responses.derived.visits),
        infused_on=infused_on,
        new_therapy_on=responses.new_therapy_on[ResponseSource.DERIVED],
        died_of_myeloma_on=responses.died_of_myeloma_on,
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
