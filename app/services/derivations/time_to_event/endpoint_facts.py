"""The facts of one subject that every time to an event is derived from.

They are what is left of the records once dates are imputed, responses confirmed and the last day
alive is found. Nothing in them is dated after the data cut.

Source: the trial's endpoint definitions, time-to-event derivation.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from app.services.derivations.record_ref import RecordRef
from app.services.derivations.time_to_event.death import Death
from app.services.derivations.time_to_event.event_time import CensoringReason, Happening
from app.trial.policy import TimeToEventPolicy
from app.trial.windows import VisitWindow
from app.vocabularies.imwg import ResponseCategory

HorizonRule = Literal["data_cut", "truncate", "none"]

USUAL_OVERDUE_DAYS: Final = TimeToEventPolicy().overdue_contact_days


@dataclass(frozen=True, slots=True, kw_only=True)
class AdequateVisit:
    """A visit after the infusion whose own, unconfirmed category is not NE."""

    day: date
    category: ResponseCategory
    records: tuple[RecordRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEnd:
    """Why and when contact with a subject ended while it was alive."""

    day: date
    """Of a loss, the last contact; of a withdrawal, the day it took effect."""
    reason: CensoringReason
    """Lost, or withdrew."""
    record: RecordRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """One subject, as the times to an event see it. None: it has not happened."""

    origin: date
    """The infusion day; of the enrolled population the day of enrolment."""
    infused_on: date | None
    cut: date
    """Last day that counts (X); at most the horizon once that has been applied."""
    last_known_alive: date
    """At most the cut."""
    last_seen: RecordRef | None = None
    """What shows the subject alive that day."""
    horizon: date | None = None
    """Last day of the trial for this subject (H); None: it is not applied."""
    has_baseline: bool = True
    """Some part of the disease was evaluated before treatment."""
    visits: tuple[AdequateVisit, ...] = ()
    """By day."""
    progression: Happening | None = None
    """First confirmed progression, new therapy or not."""
    unconfirmed_progression: Happening | None = None
    """First biochemical progression that still waits for a second visit."""
    clinical_progression: Happening | None = None
    """First progression that the investigator judged clinically."""
    death: Death | None = None
    new_therapy: Happening | None = None
    contact_end: ContactEnd | None = None
    first_response: Happening | None = None
    """First confirmed PR or better, before progression and new therapy."""
    first_complete_response: Happening | None = None
    best_response: Happening | None = None
    """First visit with the best confirmed response, PR or better."""
    severe_toxicity: Happening | None = None
    """Onset of the first CRS or ICANS of ASTCT grade 4 or 5."""
    windows: tuple[VisitWindow, ...] = ()
    """Of the scheduled disease evaluations, by day."""
    missed_after_days: int | None = None
    """Without a schedule: the gap before an event, in days, beyond which two evaluations count as
    missed, twice the interval and the window; None: no evaluation can be missed."""
    response_due: VisitWindow | None = None
    """Window of the evaluation at which no response is an event, where that is asked for."""
    last_window_from: date | None = None
    """First day of the last scheduled evaluation's window; None: the horizon itself."""
    overdue_after_days: int = USUAL_OVERDUE_DAYS

    @property
    def closes_on(self) -> date:
        """The last day that can count: the earlier of data cut and horizon."""
        return self.cut if self.horizon is None else min(self.cut, self.horizon)

    @property
    def overdue_contact(self) -> bool:
        """Whether the subject has not been heard of for too long."""
        silence = self.closes_on - min(self.last_known_alive, self.closes_on)
        return silence > timedelta(days=self.overdue_after_days)


def within_horizon(facts: EndpointFacts) -> EndpointFacts:
    """Give the facts as if the data had been cut on the horizon.

    What is dated later does not count, except that it shows the subject alive on the horizon.

    Source: the trial's endpoint definitions, conventions, horizon ``data_cut``.
    """
    horizon = facts.horizon
    if horizon is None or facts.cut <= horizon:
        return facts
    died_later = facts.death is not None and facts.death.day > horizon
    return replace(
        facts,
        cut=horizon,
        last_known_alive=horizon if died_later else min(facts.last_known_alive, horizon),
        visits=tuple(visit for visit in facts.visits if visit.day <= horizon),
        progression=_by(horizon, facts.progression),
        unconfirmed_progression=_by(horizon, facts.unconfirmed_progression),
        clinical_progression=_by(horizon, facts.clinical_progression),
        death=None if died_later else facts.death,
        new_therapy=_by(horizon, facts.new_therapy),
        first_response=_by(horizon, facts.first_response),
        first_complete_response=_by(horizon, facts.first_complete_response),
        best_response=_by(horizon, facts.best_response),
        severe_toxicity=_by(horizon, facts.severe_toxicity),
    )


def _by(day: date, happening: Happening | None) -> Happening | None:
    return happening if happening is not None and happening.day <= day else None
