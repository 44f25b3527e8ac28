"""The confirmed responses of one infused subject up to a day, by every source that judged them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.services.criteria.imwg.details import ImwgDetails
from app.services.derivations.response.judged_evaluations import ResponseCourse
from app.services.derivations.response.rated_visit import RatedVisit
from app.services.derivations.response.subject_response import (
    DerivedCourse,
    SubjectResponse,
    derived_course,
    rated_visits,
    subject_response,
)
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.facts_of_subject import SubjectDates, subject_dates
from app.services.derivations.time_to_event.new_therapy import new_therapy
from app.trial.schedule import anchors_of, visit_windows
from app.trial.trial import Trial
from app.trial.windows import VisitWindow
from app.vocabularies.imwg import ResponseSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """The responses of an infused subject up to a day, by every source."""

    until: date
    judged: DerivedCourse
    """The evaluations and the baseline that they are held against, as the criteria judge them."""
    by_source: Mapping[ResponseSource, SubjectResponse]
    new_therapy_on: Mapping[ResponseSource, date | None]
    died_of_myeloma_on: date | None

    @property
    def derived(self) -> ResponseCourse:
        """The visits by the criteria, before any is confirmed."""
        return self.judged.course


def responses_up_to(
    history: SubjectHistory,
    trial: Trial,
    infused_on: date,
    until: date,
    dates: SubjectDates | None = None,
    *,
    explained: bool = False,
) -> Responses:
    """Give the confirmed responses of an infused subject by each source, as known on a day.

    New therapy that is known only to its month is dated by the progression of that month, and a
    response is confirmed only before new therapy: so progression is looked for first, which new
    therapy does not unmake.
    """
    policy = trial.policy.imwg
    known = replace(history, data_cut=until)
    course = derived_course(
        history,
        policy,
        infused_on=infused_on,
        until=until,
        details=ImwgDetails(components=trial.response.components),
        explained=explained,
    )
    died = (dates or subject_dates(known, trial)).died
    died_of_myeloma_on = died.day if died is not None and died.due_to_myeloma else None
    windows = evaluation_windows(trial, infused_on)
    by_source: dict[ResponseSource, SubjectResponse] = {}
    new_therapy_on: dict[ResponseSource, date | None] = {}
    for source in _judging(history):
        visits = rated_visits(
            history, course, source, infused_on=infused_on, until=until, windows=windows
        )

        def confirmed(
            before: date | None,
            source: ResponseSource = source,
            visits: tuple[RatedVisit, ...] = visits,
        ) -> SubjectResponse:
            return subject_response(
                source,
                visits,
                policy,
                infused_on=infused_on,
                new_therapy_on=before,
                died_of_myeloma_on=died_of_myeloma_on,
            )

        response = confirmed(None)
        started = new_therapy(known, progressed_on=response.best.progression_whenever_on)
        new_therapy_on[source] = started.day if started else None
        by_source[source] = confirmed(started.day) if started else response
    for source in ResponseSource:
        by_source.setdefault(source, by_source[ResponseSource.DERIVED])
        new_therapy_on.setdefault(source, new_therapy_on[ResponseSource.DERIVED])
    return Responses(
        until=until,
        judged=course,
        by_source=by_source,
        new_therapy_on=new_therapy_on,
        died_of_myeloma_on=died_of_myeloma_on,
    )


def evaluation_windows(trial: Trial, infused_on: date) -> tuple[VisitWindow, ...]:
    """Give the windows of a subject's scheduled disease evaluations, by day."""
    windows = visit_windows(trial, anchors_of(trial, infusion=infused_on))
    return tuple(window for window in windows if window.disease_evaluation)


def _judging(history: SubjectHistory) -> Iterator[ResponseSource]:
    """Give the sources that have a course of their own; without reviewers theirs is the derived."""
    yield ResponseSource.DERIVED
    yield ResponseSource.INVESTIGATOR
    if any(assessment.adjudicated for assessment in history.assessments):
        yield ResponseSource.ADJUDICATED
