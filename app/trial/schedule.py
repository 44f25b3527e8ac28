"""When a subject's visits are due, and which visit a day belongs to.

Everything counts from the subject's own anchors, in whole days; both ends of a window belong to
it.

Source: the trial's schedule of assessments (section ``schedule`` of the trial file).

Decision: a record of a day on which one window closes and the next opens belongs to the scheduled
disease evaluation, else to the nearer target, else to the later. So the day of leukapheresis is
``APH`` and no longer ``SCR``, and the horizon is the last evaluation, not yet the end of study.
"""

from bisect import bisect_left
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.trial.adverse_events import Period
from app.trial.anchors import Anchors, add_months, day_label, study_day
from app.trial.trial import Trial
from app.trial.visits import UNSCHEDULED
from app.trial.windows import VisitWindow, in_turn, opened, parted
from app.vocabularies.adverse_events import CollectionPeriod

__all__ = [
    "Anchors",
    "VisitWindow",
    "add_months",
    "anchors_of",
    "day_label",
    "nominal_day",
    "period_of",
    "study_day",
    "visit_of",
    "visit_windows",
    "window_of",
]


class _Windows(NamedTuple):
    scheduled: tuple[VisitWindow, ...]
    after_events: tuple[VisitWindow, ...]
    last_days: tuple[date, ...]
    shared: dict[date, VisitWindow]


def anchors_of(
    trial: Trial,
    *,
    consent: date | None = None,
    first_leukapheresis: date | None = None,
    first_lymphodepletion: date | None = None,
    infusion: date | None = None,
    new_therapy: date | None = None,
    suspected_progression: date | None = None,
    progression_visit: date | None = None,
    follow_up_start: date | None = None,
) -> Anchors:
    """Gather a subject's days; the horizon is the trial's, counted from the infusion."""
    return Anchors(
        consent=consent,
        first_leukapheresis=first_leukapheresis,
        first_lymphodepletion=first_lymphodepletion,
        infusion=infusion,
        horizon=None if infusion is None else add_months(infusion, trial.horizon_months),
        new_therapy=new_therapy,
        suspected_progression=suspected_progression,
        progression_visit=progression_visit,
        follow_up_start=follow_up_start,
    )


def visit_windows(trial: Trial, anchors: Anchors) -> tuple[VisitWindow, ...]:
    """Give the windows of the visits whose anchors have happened: scheduled ones, then the others.

    Each part is in the order of its days.
    """
    windows = _windows(trial, anchors)
    return windows.scheduled + windows.after_events


def window_of(trial: Trial, anchors: Anchors, day: date) -> VisitWindow | None:
    """Give the window that ``day`` belongs to, None outside every one.

    A scheduled visit comes before one that an event opened.
    """
    windows = _windows(trial, anchors)
    if day in windows.shared:
        return windows.shared[day]
    nearest = bisect_left(windows.last_days, day)
    if nearest < len(windows.last_days) and windows.scheduled[nearest].first_day <= day:
        return windows.scheduled[nearest]
    return next((window for window in windows.after_events if window.holds(day)), None)


def visit_of(trial: Trial, anchors: Anchors, day: date) -> str:
    """Give the code of the visit that ``day`` belongs to, ``UNS`` outside every window.

    Decision: a day of a subject without any anchor is unscheduled too, never unknown.
    """
    window = window_of(trial, anchors, day)
    return UNSCHEDULED if window is None else window.code


def nominal_day(
    trial: Trial, anchors: Anchors, collected: date, *, elapsed_days: Decimal | None = None
) -> int | None:
    """Give the nominal day, from infusion, of a kinetics sample; None when it has none.

    In the weeks of the profile the file's nominal times decide, before and after them the target
    of the sample's visit.

    Args:
        trial: the trial.
        anchors: the subject's days.
        collected: day the sample was taken.
        elapsed_days: time since the start of infusion, in days; None where the time is not known.
            It decides where a nominal time is one of the clock, as before the dose and on day 1.

    Source: the trial's protocol, CAR kinetics, nominal times and windows.
    """
    if anchors.infusion is None:
        return None
    calendar_days = Decimal((collected - anchors.infusion).days)
    times = trial.kinetics.nominal_times
    for time in times:
        days = elapsed_days if time.clock and elapsed_days is not None else calendar_days
        if time.first <= days <= time.last:
            return time.day
    if times and times[0].first <= calendar_days <= times[-1].last:
        return None
    window = window_of(trial, anchors, collected)
    return None if window is None else (window.target - anchors.infusion).days


def period_of(
    trial: Trial, anchors: Anchors, onset: date, *, before_infusion_start: bool = False
) -> CollectionPeriod | None:
    """Give the period of adverse event collection that ``onset`` lies in; None outside all.

    A period lasts until the next in the file's order begins: an onset on the day of new
    anti-myeloma therapy lies in ``after_new_therapy``.

    Args:
        trial: the trial.
        anchors: the subject's days.
        onset: day the event began.
        before_infusion_start: its time is known and precedes the start of infusion. Without a time
            an onset on the infusion day counts as after it.

    Source: the trial's protocol, collection of adverse events.

    Decision: before consent and after the horizon nothing is collected, so None. A period whose
    closing anchor has not happened (lymphodepletion omitted, infusion still to come) goes on.
    """
    current: Period | None = None
    for period in trial.adverse_events.periods:
        if before_infusion_start and period.starts == "infusion":
            continue
        if period.begun(onset, anchors):
            current = period
    return None if current is None or current.over(onset, anchors) else current.code


@lru_cache(maxsize=4096)
def _windows(trial: Trial, anchors: Anchors) -> _Windows:
    scheduled: list[VisitWindow] = []
    after_events: list[VisitWindow] = []
    for visit in trial.schedule.visits:
        (after_events if visit.after_an_event else scheduled).extend(opened(visit, anchors))
    in_order = parted(scheduled)
    return _Windows(
        in_order,
        in_turn(after_events),
        tuple(window.last_day for window in in_order),
        _shared(in_order),
    )


def _shared(windows: tuple[VisitWindow, ...]) -> dict[date, VisitWindow]:
    """Say whose the shared days are."""
    shared: dict[date, VisitWindow] = {}
    for earlier, later in pairwise(windows):
        if earlier.last_day == later.first_day:
            day = later.first_day
            shared[day] = min(
                shared.get(day, earlier),
                later,
                key=lambda window: (
                    not window.disease_evaluation,
                    abs(day - window.target),
                    date.max - window.target,
                ),
            )
    return shared
