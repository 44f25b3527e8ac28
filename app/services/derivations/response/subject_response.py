"""A subject's confirmed response by any of three sources: derived, investigator, adjudicated.

The derived categories follow from the measurements; the investigator's and the reviewers' are taken
as they were given and confirmed by the same rule. None of them ever overwrites another.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016); the trial's endpoint definitions, C1 to C9 and
``response_source``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter

from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.visit_response import VisitResponse
from app.services.derivations.lymphodepletion import bridging_from, lymphodepletion_of
from app.services.derivations.response.best_response import BestResponse, best_response
from app.services.derivations.response.confirmed_response import ConfirmedVisit, confirmed_visits
from app.services.derivations.response.disease_baseline import DiseaseBaseline, disease_baseline
from app.services.derivations.response.judged_evaluations import (
    WORST_FIRST,
    ResponseCourse,
    response_course,
    with_urine_waived,
)
from app.services.derivations.response.rated_visit import RatedVisit, rated
from app.services.derivations.subject_history import (
    NOTHING_SAID,
    Assessment,
    InvestigatorResponse,
    SubjectHistory,
)
from app.trial.policy import ImwgPolicy
from app.trial.windows import VisitWindow
from app.vocabularies.imwg import ResponseCategory, ResponseSource


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedCourse:
    """What the measurements of an infused subject say, visit by visit, before confirmation."""

    baseline: DiseaseBaseline
    course: ResponseCourse

    @property
    def has_baseline(self) -> bool:
        """Whether any component was measured on or before lymphodepletion."""
        return bool(self.baseline.collected)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResponse:
    """The visits of one subject by one source, confirmed, and what they come to."""

    source: ResponseSource
    visits: tuple[ConfirmedVisit, ...]
    best: BestResponse


def derived_course(
    history: SubjectHistory,
    policy: ImwgPolicy,
    *,
    infused_on: date,
    until: date,
    details: ImwgDetails = USUAL_DETAILS,
    explained: bool = True,
) -> DerivedCourse:
    """Judge each evaluation of an infused subject by its measurements.

    Args:
        history: the subject.
        policy: how the criteria are read.
        infused_on: day of the first infusion.
        until: last day that counts; nothing collected later is looked at.
        details: reading of the criteria beside the policy.
        explained: whether each marker's change is given too.

    Raises:
        ValueError: a value the rules cannot read.
    """
    evaluations = [assessment.evaluation for assessment in history.assessments]
    enrolment = history.enrolment
    myeloma = enrolment.myeloma if enrolment else NOTHING_SAID
    baseline = disease_baseline(
        evaluations,
        infused_on=infused_on,
        lymphodepletion_from=lymphodepletion_of(history).first_day,
        bridging_from=bridging_from(history),
        myeloma=myeloma,
        policy=policy,
        details=details,
    )
    course = response_course(
        baseline.evaluation if baseline.collected else None,
        evaluations,
        infused_on=infused_on,
        myeloma=myeloma,
        policy=policy,
        until=until,
        details=details,
        explained=explained,
    )
    return DerivedCourse(baseline=baseline, course=course)


def rated_visits(
    history: SubjectHistory,
    derived: DerivedCourse,
    source: ResponseSource,
    *,
    infused_on: date,
    until: date,
    windows: Sequence[VisitWindow] = (),
) -> tuple[RatedVisit, ...]:
    """Give the visits after infusion with their unconfirmed categories by a source, by day.

    Args:
        history: the subject.
        derived: from :func:`derived_course`.
        source: whose categories; ``adjudicated`` falls back on the derived category of a visit
            that no reviewer judged.
        infused_on: day of the first infusion.
        until: last day that counts.
        windows: the scheduled evaluations, for the gaps between visits.
    """
    if source is ResponseSource.INVESTIGATOR:
        visits = _judged(
            ((assessment, assessment.investigator) for assessment in history.assessments),
            infused_on,
            until,
        )
    else:
        visits = rated(derived.course.visits)
        if source is ResponseSource.ADJUDICATED:
            visits = _adjudicated(history, visits, infused_on, until)
    return tuple(
        replace(visit, days_to_next_scheduled=_interval(visit, windows)) for visit in visits
    )


def subject_response(
    source: ResponseSource,
    visits: Iterable[RatedVisit],
    policy: ImwgPolicy,
    *,
    infused_on: date,
    new_therapy_on: date | None,
    died_of_myeloma_on: date | None,
) -> SubjectResponse:
    """Confirm a subject's visits and give what they come to."""
    confirmed = confirmed_visits(
        visits,
        infused_on=infused_on,
        new_therapy_on=new_therapy_on,
        died_of_myeloma_on=died_of_myeloma_on,
        policy=policy,
    )
    return SubjectResponse(source=source, visits=confirmed, best=best_response(confirmed))


def waived(visits: Iterable[VisitResponse]) -> tuple[RatedVisit, ...]:
    """Give the derived visits where VGPR and CR do not ask for unmeasurable urine (Q8)."""
    return rated(with_urine_waived(visits))


def _adjudicated(
    history: SubjectHistory, derived: tuple[RatedVisit, ...], infused_on: date, until: date
) -> tuple[RatedVisit, ...]:
    """Put the reviewers' categories in the place of the derived ones they judged."""
    judged = _judged(
        ((assessment, assessment.adjudicated) for assessment in history.assessments),
        infused_on,
        until,
    )
    spoken_for = {name for visit in judged for name in visit.evaluation_ids}
    kept = tuple(visit for visit in derived if not spoken_for & set(visit.evaluation_ids))
    return _one_each_day((*kept, *judged))


def _judged(
    judgements: Iterable[tuple[Assessment, InvestigatorResponse | None]],
    infused_on: date,
    until: date,
) -> tuple[RatedVisit, ...]:
    return _one_each_day(
        RatedVisit(
            assessed_on=day,
            category=judgement.category,
            basis=judgement.pd_basis,
            evaluation_ids=(str(assessment.record.record_id),),
            said_confirmed=bool(judgement.progression_confirmed),
        )
        for assessment, judgement in judgements
        if judgement is not None
        and infused_on < (day := judgement.dated or assessment.evaluation.anchor) <= until
    )


def _one_each_day(visits: Iterable[RatedVisit]) -> tuple[RatedVisit, ...]:
    """Merge visits of one day: the worst category stands, and NE only for want of any (C1)."""

    def badness(visit: RatedVisit) -> tuple[int, bool, tuple[str, ...]]:
        waits = not (visit.conclusive or visit.said_confirmed)
        return WORST_FIRST.index(visit.category), waits, visit.evaluation_ids

    merged: list[RatedVisit] = []
    for _, group in groupby(
        sorted(visits, key=attrgetter("assessed_on")), attrgetter("assessed_on")
    ):
        of_day = sorted(group, key=badness)
        names = dict.fromkeys(name for visit in of_day for name in visit.evaluation_ids)
        merged.append(replace(of_day[0], evaluation_ids=tuple(names)))
    return tuple(merged)


def _interval(visit: RatedVisit, windows: Sequence[VisitWindow]) -> int | None:
    following = (window.target for window in windows if window.first_day > visit.assessed_on)
    target = next(following, None)
    return None if target is None else (target - visit.assessed_on).days


def response_at_month_end(visits: Iterable[ConfirmedVisit], day: date) -> ResponseCategory | None:
    """Give the best category confirmed with its confirming visit up to a day; None: there is none.

    Source: the trial's policy ``rates.by_month``, alternative ``confirmed_by_then``.
    """
    running = (
        visit.running
        for visit in visits
        if visit.in_endpoint_set
        and visit.visit.assessed_on <= day
        and (visit.confirmed_by is None or visit.confirmed_by <= day)
    )
    return min(running, key=lambda value: value.rank, default=None)
