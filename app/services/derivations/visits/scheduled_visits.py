"""What is recorded of each scheduled visit of one subject, and where the visit stands on a day.

Source: the trial's protocol, schedule of assessments and its rules.

Decision: a visit took place when its record says so, and also without one when a disease
evaluation, leukapheresis, lymphodepletion or infusion falls on it: the subject was there. The visit
at the horizon that evaluates nothing is a contact, and any contact with the living subject is one.
A sample alone shows that blood was taken, not that the visit took place: it is given as such. The
code that a centre sent stands, and a day without a code belongs to the visit whose window holds it.
Of a record that has no day (missed, not done) nothing is known before the window opens.

Decision: visits that an event opens (progression, its confirmation, survival follow-up) have no day
that the calendar knows; they and unscheduled ones are given as they were recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.services.derivations.populations import milestones
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.endpoint_facts import ContactEnd
from app.services.derivations.time_to_event.last_known_alive import alive_contact
from app.trial.anchors import Anchors
from app.trial.schedule import anchors_of, visit_of, visit_windows
from app.trial.trial import Trial
from app.trial.visit_status import ScheduledVisitStatus, Stops, visit_status
from app.trial.visits import Visit
from app.trial.windows import VisitWindow
from app.vocabularies.follow_up import SurvivalStatus
from app.vocabularies.visits import VisitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledVisit:
    """One visit of the schedule for one subject.

    Attributes:
        window: None: what it counts from has not happened, or other windows left it no day.
        next_opens: first day of the next scheduled visit; None: there is none.
        may_open: without a window: it can still get one.
        recorded: what became of it; None: nothing is recorded.
        on: the day it took place.
        sampled: a sample of its days has come in.
    """

    code: str
    window: VisitWindow | None = None
    next_opens: date | None = None
    may_open: bool = False
    recorded: VisitStatus | None = None
    on: date | None = None
    sampled: bool = False

    def status(self, today: date, stops: Stops) -> ScheduledVisitStatus:
        """Give where it stands on a day."""
        if self.window is not None:
            return visit_status(
                self.window,
                today=today,
                recorded=self.recorded,
                stops=stops,
                next_opens=self.next_opens,
                sampled=self.sampled,
            )
        match self.recorded:
            case VisitStatus.DONE:
                return ScheduledVisitStatus.DONE
            case VisitStatus.MISSED:
                return ScheduledVisitStatus.MISSING
        gone = stops.death is not None or stops.withdrawal is not None
        if self.may_open and not gone:
            return ScheduledVisitStatus.UPCOMING
        return ScheduledVisitStatus.NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVisit:
    """A visit outside the schedule's calendar that took place."""

    code: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectVisits:
    """The visits of one subject up to the data cut: scheduled ones in their order, and others."""

    scheduled: tuple[ScheduledVisit, ...]
    others: tuple[OtherVisit, ...]
    stops: Stops


def subject_visits(
    history: SubjectHistory,
    trial: Trial,
    *,
    died: date | None,
    progressed: date | None,
    contact_end: ContactEnd | None,
) -> SubjectVisits:
    """Give the visits of a subject.

    Args:
        died: day of death up to the data cut; None: alive.
        progressed: day of confirmed progression; None: none.
        contact_end: why contact with the living subject ended; None: it did not.
    """
    anchors = _anchors(history, trial)
    windows = {window.code: window for window in visit_windows(trial, anchors)}
    visits = [visit for visit in trial.schedule.visits if not visit.after_an_event]
    codes = frozenset(visit.code for visit in visits)
    opening = _opening(tuple(window for window in windows.values() if not window.after_an_event))
    contacts = [
        windows[visit.code] for visit in visits if _is_contact(visit) and visit.code in windows
    ]
    seen = _seen(history, trial, anchors, contacts)
    sampled = _sampled(history, trial, anchors)
    said = {
        visit.code: visit.status
        for visit in history.visits
        if visit.status is not VisitStatus.DONE
        and (visit.code not in windows or windows[visit.code].first_day <= history.data_cut)
    }
    return SubjectVisits(
        scheduled=tuple(
            ScheduledVisit(
                code=visit.code,
                window=windows.get(visit.code),
                next_opens=opening.get(visit.code),
                may_open=_may_open(visit, anchors),
                recorded=VisitStatus.DONE if visit.code in seen else _said(said, visit, anchors),
                on=seen.get(visit.code),
                sampled=visit.code in sampled,
            )
            for visit in visits
        ),
        others=tuple(
            OtherVisit(code=visit.code, on=visit.visited_on)
            for visit in history.visits
            if visit.visited_on is not None
            and visit.visited_on <= history.data_cut
            and visit.code not in codes
        ),
        stops=Stops(progression=progressed, death=died, withdrawal=_left_on(history, contact_end)),
    )


def _anchors(history: SubjectHistory, trial: Trial) -> Anchors:
    """Give the days that the schedule hangs on, as far as they have happened up to the cut."""
    reached = milestones(history)
    return anchors_of(
        trial,
        consent=reached.consented_on,
        first_leukapheresis=reached.apheresed_on,
        first_lymphodepletion=reached.lymphodepletion_from,
        infusion=reached.infused_on,
    )


def _opening(windows: tuple[VisitWindow, ...]) -> dict[str, date]:
    ordered = sorted(windows, key=lambda window: window.first_day)
    return {earlier.code: later.first_day for earlier, later in pairwise(ordered)}


def _is_contact(visit: Visit) -> bool:
    """Tell whether the visit is the survival contact at the end, which needs nobody to come."""
    return visit.anchor == "horizon" and visit.disease_evaluation == "none"


def _may_open(visit: Visit, anchors: Anchors) -> bool:
    """Tell whether a visit without a window can still get one: what it waits for can still come."""
    awaited = [visit.anchor] + ([visit.not_before] if visit.not_before else [])
    return anchors.infusion is None and any(anchors.day(anchor) is None for anchor in awaited)


def _said(said: Mapping[str, VisitStatus], visit: Visit, anchors: Anchors) -> VisitStatus | None:
    return None if _may_open(visit, anchors) else said.get(visit.code)


def _seen(
    history: SubjectHistory,
    trial: Trial,
    anchors: Anchors,
    contacts: Iterable[VisitWindow],
) -> dict[str, date]:
    """Give the first day of each visit on which the subject was there; its own record's first."""
    recorded = [
        (visit.code, visit.visited_on)
        for visit in history.visits
        if visit.status is VisitStatus.DONE and visit.visited_on is not None
    ]
    shown = [(code or visit_of(trial, anchors, day), day) for code, day in _present(history)]
    spoken = [
        (window.code, contact.earliest)
        for window in contacts
        for contact in map(alive_contact, history.follow_ups)
        if contact is not None and window.holds(contact.earliest)
    ]
    found: dict[str, date] = {}
    for days in (recorded, shown, spoken):
        for code, day in sorted(days, key=lambda dated: dated[1]):
            if day <= history.data_cut:
                found.setdefault(code, day)
    return found


def _sampled(history: SubjectHistory, trial: Trial, anchors: Anchors) -> frozenset[str]:
    """Give the visits of which a sample has come in, by the code sent or by its day."""
    drawn = {
        *((value.visit, value.collected.earliest) for value in history.lab_values),
        *((sample.visit, sample.collected.earliest) for sample in history.kinetics),
    }
    return frozenset(
        code or visit_of(trial, anchors, day) for code, day in drawn if day <= history.data_cut
    )


def _present(history: SubjectHistory) -> Iterator[tuple[str | None, date]]:
    """Give the days on which the subject was at the centre, with the visit where it was named."""
    for assessment in history.assessments:
        yield assessment.visit, assessment.evaluation.anchor
    for preparation in history.preparations:
        for day in preparation.leukapheresis_on:
            yield None, day
        for dose in preparation.lymphodepletion:
            yield None, dose.earliest
    for infusion in history.infusions:
        yield None, infusion.day


def _left_on(history: SubjectHistory, contact_end: ContactEnd | None) -> date | None:
    """Give the day from which nobody waited for the subject any more; None: it is still followed.

    Decision: contact with a subject who was lost ended on its last contact, but its visits were
    asked for, and are missing, until the loss was declared.
    """
    days: list[date | None] = []
    if history.enrolment is not None:
        days += [history.enrolment.screen_failed_on, history.enrolment.off_study_on]
    if contact_end is not None:
        declared = [
            follow_up.contacted_on.earliest
            for follow_up in history.follow_ups
            if follow_up.record == contact_end.record and follow_up.status is SurvivalStatus.LOST
        ]
        days += declared or [contact_end.day]
    return min((day for day in days if day is not None and day <= history.data_cut), default=None)
