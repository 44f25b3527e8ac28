"""Progression-free survival: from the origin to confirmed progression or death of any cause.

Two regimes censor it. ``FDA`` asks what would have happened without new therapy and without gaps
in the evaluations; ``EMA`` takes what did happen. Both are always returned.

Source: the trial's endpoint definitions, PFS and DOR censoring; FDA, Clinical Trial Endpoints for
the Approval of Cancer Drugs and Biologics, tables A to C; EMA/CHMP/27994/2008, appendix 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from app.services.derivations.endpoint_facts import AdequateVisit, EndpointFacts, HorizonRule
from app.services.derivations.horizon import (
    LAST_ASSESSMENT,
    censored,
    under_horizon,
    why_follow_up_ended,
)
from app.services.derivations.time_to_event import (
    CensoringReason,
    EventComponent,
    EventTime,
    Happening,
    event,
)

Regime = Literal["FDA", "EMA"]
Sensitivity = Literal["FDA_B", "FDA_C", "EMA_interval"]

MISSED_VISITS_ALLOWED = 1


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
    name = reading.name
    visits = facts.visits if facts.has_baseline else ()
    found = _first_event(reading, facts)
    if found is None:
        return _without_event(reading, facts, visits)
    happening, component = found
    if reading.regime == "FDA":
        therapy = facts.new_therapy
        same_day = reading.same_day_pd_newtx == "censor" and component is not EventComponent.DEATH
        if therapy is not None and same_day and therapy.day == happening.day:
            last = _last(visits, facts, before=therapy.day)
            return _at_assessment(name, facts, last, CensoringReason.NEW_THERAPY)
        if therapy is not None and therapy.day < happening.day:
            last = _last(visits, facts, up_to=therapy.day)
            return _at_assessment(name, facts, last, CensoringReason.NEW_THERAPY)
        if component is EventComponent.DEATH:
            last = _last(visits, facts, up_to=happening.day)
        else:
            last = _last(visits, facts, before=happening.day)
        if _evaluations_missed(facts, last.day, happening.day):
            return _at_assessment(name, facts, last, CensoringReason.MISSED_VISITS)
    return event("PFS", name, facts.origin, _dated(reading, facts, visits, found), component)


def _first_event(
    reading: ProgressionReading, facts: EndpointFacts
) -> tuple[Happening, EventComponent] | None:
    candidates: list[tuple[Happening, EventComponent]] = []
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
    reading: ProgressionReading, facts: EndpointFacts, visits: tuple[AdequateVisit, ...]
) -> EventTime:
    therapy = facts.new_therapy if reading.regime == "FDA" else None
    last = _last(visits, facts, up_to=therapy.day if therapy else date.max)
    return _at_assessment(
        reading.name, facts, last, why_no_progression(facts, new_therapy=therapy is not None)
    )


def why_no_progression(facts: EndpointFacts, *, new_therapy: bool) -> CensoringReason:
    """Tell why no event of the disease was seen: the first reason that applies.

    Args:
        facts: the subject's facts.
        new_therapy: new therapy censors here, and has begun.

    Source: the trial's endpoint definitions, reasons when censored without an event.
    """
    if not facts.has_baseline:
        return CensoringReason.NO_BASELINE
    if not facts.visits:
        return CensoringReason.NO_POST_BASELINE
    if new_therapy:
        return CensoringReason.NEW_THERAPY
    return why_follow_up_ended(facts)


def last_assessment(facts: EndpointFacts) -> Happening:
    """Give the last adequate assessment; the origin where there is none, or no baseline."""
    return _last(facts.visits if facts.has_baseline else (), facts, up_to=date.max)


def _last(
    visits: Iterable[AdequateVisit],
    facts: EndpointFacts,
    *,
    up_to: date | None = None,
    before: date | None = None,
) -> Happening:
    last: AdequateVisit | None = None
    for visit in visits:
        if (before is not None and visit.day >= before) or (
            up_to is not None and visit.day > up_to
        ):
            break
        last = visit
    if last is None:
        return Happening(day=facts.origin)
    return Happening(day=last.day, records=last.records)


def _evaluations_missed(facts: EndpointFacts, last: date, happened: date) -> bool:
    """Tell whether two or more whole windows lie between the last assessment and an event."""
    if facts.missed_after_days is not None and not facts.windows:
        return happened - last > timedelta(days=facts.missed_after_days)
    missed = sum(last < window.first_day and window.last_day < happened for window in facts.windows)
    return missed > MISSED_VISITS_ALLOWED


def _at_assessment(
    name: str, facts: EndpointFacts, last: Happening, reason: CensoringReason
) -> EventTime:
    return censored("PFS", name, facts, last, reason, assessment_word(facts, last))


def assessment_word(facts: EndpointFacts, last: Happening) -> str:
    """Say what the day of a censoring at the last adequate assessment is."""
    if last.records or last.day != facts.origin:
        return LAST_ASSESSMENT
    return "infusion" if facts.origin == facts.infused_on else "enrolment"


def _dated(
    reading: ProgressionReading,
    facts: EndpointFacts,
    visits: tuple[AdequateVisit, ...],
    found: tuple[Happening, EventComponent],
) -> Happening:
    """Move a progression to the day that a sensitivity analysis dates it."""
    happening, component = found
    if component is not EventComponent.PROGRESSION:
        return happening
    if reading.sensitivity == "EMA_interval":
        last = _last(visits, facts, before=happening.day).day
        return replace(happening, day=last + timedelta(days=(happening.day - last).days // 2))
    if reading.sensitivity == "FDA_B":
        if any(window.holds(happening.day) for window in facts.windows):
            return happening
        coming = [window.target for window in facts.windows if window.target > happening.day]
        limits = [facts.cut] if facts.death is None else [facts.cut, facts.death.day]
        return replace(happening, day=min(coming[0], *limits)) if coming else happening
    return happening
