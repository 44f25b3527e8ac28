"""Progression-free survival: from the origin to confirmed progression or death of any cause.

Two regimes censor it. ``FDA`` asks what would have happened without new therapy and without gaps
in the evaluations; ``EMA`` takes what did happen. Both are always returned.

Source: the trial's endpoint definitions, PFS and DOR censoring; FDA, Clinical Trial Endpoints for
the Approval of Cancer Drugs and Biologics, tables A to C; EMA/CHMP/27994/2008, appendix 1.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from app.services.derivations.time_to_event.adequate_assessments import (
    assessment_word,
    evaluations_missed,
    last_adequate,
    why_no_progression,
)
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.event_time import (
    CensoringReason,
    EventComponent,
    EventTime,
    Happening,
    event,
)
from app.services.derivations.time_to_event.horizon import censored, under_horizon

Regime = Literal["FDA", "EMA"]
Sensitivity = Literal["FDA_B", "FDA_C", "EMA_interval"]
ProgressionEvent = tuple[Happening, EventComponent]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionReading:
    """Which regime, and which named departures from it."""

    regime: Regime = "FDA"
    unconfirmed_pd: Literal["no_event", "event"] = "no_event"
    """Whether a progression that still waits for a second visit is an event (Q21)."""
    same_day_pd_newtx: Literal["event", "censor"] = "event"
    """Whether progression on the day new therapy starts is an event in the FDA regime."""
    sensitivity: Sensitivity | None = None

    @property
    def name(self) -> str:
        """The variant, as results carry it."""
        name: str = self.sensitivity or self.regime
        if self.unconfirmed_pd == "event":
            name += ",unconfirmed_pd=event"
        if self.same_day_pd_newtx == "censor":
            name += ",same_day_pd_newtx=censor"
        return name


FDA = ProgressionReading()
EMA = ProgressionReading(regime="EMA")
FDA_B = ProgressionReading(sensitivity="FDA_B")
FDA_C = ProgressionReading(sensitivity="FDA_C")
EMA_INTERVAL = ProgressionReading(regime="EMA", sensitivity="EMA_interval")


def progression_free_survival(
    facts: EndpointFacts,
    *,
    reading: ProgressionReading = FDA,
    horizon: HorizonRule = "data_cut",
) -> EventTime:
    """Give the time to confirmed progression or death, whichever comes first.

    FDA: an event after new therapy is censored at the last adequate assessment up to that therapy,
    and an event after two or more missed evaluations at the last one before the gap. EMA: the event
    stands whatever came between. Without an event the time ends with the last adequate assessment,
    in FDA up to new therapy, and on the origin where there is none. Progression and death of one
    day are progression. Without a baseline evaluation progression cannot be shown.

    Args:
        facts: the subject's facts.
        reading: regime and named departures.
        horizon: what the horizon does.

    Source: the trial's endpoint definitions, PFS and DOR censoring.

    Decision: an adequate assessment after new therapy still means that code 4 (no adequate
    assessment after baseline) does not apply. ``same_day_pd_newtx=censor`` takes the assessment of
    the day for one after the therapy, and censors at the last one before it. ``FDA_B`` leaves a
    progression found inside an evaluation's window where it is and moves one between two windows to
    the next target day, no further than the data cut and the death. ``FDA_C`` adds clinical
    progression alone: a single infusion has no end of treatment. ``EMA_interval`` dates progression
    half way, rounded down, between the last adequate assessment before it and its own day.
    """
    return under_horizon(partial(_progression_free, reading), facts, horizon)


def _progression_free(reading: ProgressionReading, facts: EndpointFacts) -> EventTime:
    first = _first_event(reading, facts)
    censoring = _before_event(reading, facts, first) if first is not None else None
    if first is not None and censoring is None:
        return event("PFS", reading.name, facts.origin, _dated(reading, facts, first), first[1])
    last, reason = censoring or _without_event(reading, facts)
    return censored("PFS", reading.name, facts, last, reason, assessment_word(facts, last))


def _first_event(reading: ProgressionReading, facts: EndpointFacts) -> ProgressionEvent | None:
    candidates: list[ProgressionEvent] = []
    if facts.has_baseline:
        if facts.progression is not None:
            candidates.append((facts.progression, EventComponent.PROGRESSION))
        if reading.unconfirmed_pd == "event" and facts.unconfirmed_progression is not None:
            candidates.append((facts.unconfirmed_progression, EventComponent.PROGRESSION))
        if reading.sensitivity == "FDA_C" and facts.clinical_progression is not None:
            candidates.append((facts.clinical_progression, EventComponent.CLINICAL_PROGRESSION))
    if facts.death is not None:
        candidates.append((facts.death, EventComponent.DEATH))
    return min(candidates, key=lambda candidate: candidate[0].day, default=None)


def _without_event(
    reading: ProgressionReading, facts: EndpointFacts
) -> tuple[Happening, CensoringReason]:
    therapy = facts.new_therapy if reading.regime == "FDA" else None
    last = last_adequate(facts, up_to=therapy.day if therapy else date.max)
    return last, why_no_progression(facts, new_therapy=therapy is not None)


def _before_event(
    reading: ProgressionReading, facts: EndpointFacts, first: ProgressionEvent
) -> tuple[Happening, CensoringReason] | None:
    """Give where an event is censored before it, and why; None: the event stands."""
    if reading.regime == "EMA":
        return None
    (happened, component), therapy = first, facts.new_therapy
    died = component is EventComponent.DEATH
    if therapy is not None and therapy.day < happened.day:
        return last_adequate(facts, up_to=therapy.day), CensoringReason.NEW_THERAPY
    same_day = therapy is not None and therapy.day == happened.day
    if same_day and not died and reading.same_day_pd_newtx == "censor":
        return last_adequate(facts, before=happened.day), CensoringReason.NEW_THERAPY
    last = (
        last_adequate(facts, up_to=happened.day)
        if died
        else last_adequate(facts, before=happened.day)
    )
    if evaluations_missed(facts, last.day, happened.day):
        return last, CensoringReason.MISSED_VISITS
    return None


def _dated(reading: ProgressionReading, facts: EndpointFacts, first: ProgressionEvent) -> Happening:
    """Move a progression to the day that a sensitivity analysis dates it."""
    happening, component = first
    if component is not EventComponent.PROGRESSION:
        return happening
    if reading.sensitivity == "EMA_interval":
        last = last_adequate(facts, before=happening.day).day
        return replace(happening, day=last + timedelta(days=(happening.day - last).days // 2))
    if reading.sensitivity == "FDA_B":
        if any(window.holds(happening.day) for window in facts.windows):
            return happening
        coming = [window.target for window in facts.windows if window.target > happening.day]
        limits = [facts.cut] if facts.death is None else [facts.cut, facts.death.day]
        return replace(happening, day=min(coming[0], *limits)) if coming else happening
    return happening
