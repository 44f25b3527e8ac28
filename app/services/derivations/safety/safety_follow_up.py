"""Between which days the adverse events of one subject count, and how long it was at risk.

Source: the trial's endpoint definitions, adverse events; the trial's protocol, collection of
adverse events.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.subject_history import SubjectHistory
from app.trial.anchors import Anchors, add_months
from app.trial.trial import Trial


class SafetyWindow(StrEnum):
    """Which adverse events a table counts."""

    TREATMENT_EMERGENT = "treatment_emergent"
    """From the infusion to new therapy, the horizon or the cut; related ones beyond new therapy."""
    PRIMARY = "primary"
    """The treatment-emergent ones of the trial's primary period."""
    TO_HORIZON = "to_horizon"
    """Serious, special interest and related ones up to the horizon, as the trial file says."""
    EARLIER_LYMPHODEPLETION = "earlier_lymphodepletion"
    """From the first dose of a course that led to no infusion to 30 days after its last."""
    LYMPHODEPLETION = "lymphodepletion"
    """From the first dose of lymphodepletion to the infusion."""


BEFORE_INFUSION: Final = frozenset(
    {SafetyWindow.EARLIER_LYMPHODEPLETION, SafetyWindow.LYMPHODEPLETION}
)
"""Their length is set by the schedule, so they have no rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyFollowUp:
    """The days that bound the safety follow-up of one subject; None: has not happened.

    Attributes:
        infused_at: start of the first infusion, on the centre's clock.
        data_cut: last clinical day that counts (X).
        horizon: last day after infusion that counts (H).
        new_therapy: start of the first new anti-myeloma therapy after infusion (N).
        death: not after the cut.
        last_known_alive: ends the time at risk of a subject not known to have died; None: the
            subject is taken as followed up to the cut.
        primary_from: first day of the trial's primary period; new therapy does not end it.
        primary_until: its last day.
        dates_doubtful: the subject's dates contradict each other, so that no time of it is known.
        infusion_doubtful: the infusion is dated later than it was recorded.
    """

    infused_at: datetime | None
    data_cut: date
    horizon: date | None
    new_therapy: date | None
    death: date | None
    last_known_alive: date | None
    primary_from: date | None
    primary_until: date | None
    dates_doubtful: bool
    infusion_doubtful: bool

    @property
    def infused_on(self) -> date | None:
        """The infusion day, day 0."""
        return self.infused_at.date() if self.infused_at else None

    @property
    def infusion(self) -> PossibleDays | None:
        """The moment the first infusion started, on its day."""
        day = self.infused_on
        return PossibleDays(day, day, self.infused_at) if day is not None else None

    @property
    def counted_until(self) -> date:
        """min(X, H): nothing after it counts."""
        return _first(self.data_cut, self.horizon)

    @property
    def emergent_until(self) -> date:
        """min(N, X, H): the last day of events that are not related; the day of N belongs to it."""
        return _first(self.counted_until, self.new_therapy)

    @property
    def observed_until(self) -> date:
        """The last day on which an event could have been noticed: death, last contact, or the cut.

        Not after min(X, H).
        """
        return _first(self.counted_until, self.death or self.last_known_alive)

    def in_primary_period(self, day: date) -> bool:
        """Tell whether a day lies in the trial's primary period, both ends included."""
        return (self.primary_from is None or day >= self.primary_from) and (
            self.primary_until is None or day <= self.primary_until
        )

    def day(self, day: date) -> int | None:
        """Count days from the infusion, which is day 1; None: never infused, or before it."""
        if self.infused_on is None or day < self.infused_on:
            return None
        return (day - self.infused_on).days + 1

    def days_at_risk(self, window: SafetyWindow) -> int | None:
        """Give how many days a subject without an event was at risk of one, infusion day included.

        None: never infused, or the dates contradict each other; without a rate, also before the
        infusion.

        Source: the trial's endpoint definitions, exposure-adjusted incidence rate.
        Decision: the time ends with death or the last day known alive even where the window does
        not, because nobody looked for events after it.
        """
        if window in BEFORE_INFUSION or self.dates_doubtful:
            return None
        end = min(self.emergent_until, self.observed_until)
        if window is SafetyWindow.PRIMARY:
            end = _first(end, self.primary_until)
        return self.day(end)


def safety_follow_up(
    history: SubjectHistory,
    trial: Trial,
    *,
    new_therapy: date | None,
    death: date | None,
    last_known_alive: date | None,
    dates_doubtful: bool,
) -> SafetyFollowUp:
    """Gather the days that bound a subject's safety follow-up.

    New therapy and death after the cut are not known at it.
    """
    infusion = history.first_infusion
    anchors = collection_anchors(history, new_therapy=new_therapy)
    primary_from, primary_until = _primary_period(trial, anchors)
    return SafetyFollowUp(
        infused_at=infusion.started_at if infusion else None,
        data_cut=history.data_cut,
        horizon=anchors.horizon,
        new_therapy=_by(history.data_cut, new_therapy),
        death=_by(history.data_cut, death),
        last_known_alive=last_known_alive,
        primary_from=primary_from,
        primary_until=primary_until,
        dates_doubtful=dates_doubtful,
        infusion_doubtful=infusion is not None
        and not history.may_have_seen(infusion.record, infusion.day),
    )


def collection_anchors(history: SubjectHistory, *, new_therapy: date | None) -> Anchors:
    """Give the days that the periods of collection hang on."""
    leukapheresis = [
        day for preparation in history.preparations for day in preparation.leukapheresis_on
    ]
    infused_on = history.infused_on
    return Anchors(
        consent=history.enrolment.consented_on if history.enrolment else None,
        first_leukapheresis=min(leukapheresis, default=None),
        first_lymphodepletion=lymphodepletion_of(history).first_day,
        infusion=infused_on,
        horizon=add_months(infused_on, history.horizon_months) if infused_on else None,
        new_therapy=_by(history.data_cut, new_therapy),
    )


def _primary_period(trial: Trial, anchors: Anchors) -> tuple[date | None, date | None]:
    """Give the ends of the primary period; None: the trial declares none, or it is open."""
    rules = trial.adverse_events
    for period in rules.periods:
        if period.code is rules.primary_period:
            starts, ends = anchors.day(period.starts), anchors.day(period.ends)
            return (
                starts + timedelta(period.starts_day) if starts else None,
                ends + timedelta(period.ends_day) if ends else None,
            )
    return None, None


def _first(day: date, other: date | None) -> date:
    return day if other is None else min(day, other)


def _by(data_cut: date, day: date | None) -> date | None:
    return day if day is not None and day <= data_cut else None
