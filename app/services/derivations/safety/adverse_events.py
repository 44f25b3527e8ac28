"""Which adverse events of a subject are treatment-emergent, and how each one counts.

Source: ICH E9, treatment-emergent; CDISC ADaM OCCDS 1.1; the trial's protocol, adverse events; the
trial's endpoint definitions, adverse events.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.services.derivations.lymphodepletion import Lymphodepletion, lymphodepletion_of
from app.services.derivations.partial_dates import (
    ImputedDay,
    ImputedPart,
    adverse_event_end_day,
    adverse_event_start_day,
)
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.reported_death import reported_death
from app.services.derivations.safety.analysed_adverse_event import (
    AnalysedAdverseEvent,
    Ignored,
    IgnoredEvent,
    Resolution,
    SubjectAdverseEvents,
)
from app.services.derivations.safety.crs_and_icans import (
    grade_on,
    special_interest,
    syndrome,
    table_row,
)
from app.services.derivations.safety.event_chains import EventLine, emergent_lines, event_chains
from app.services.derivations.safety.incidence_exclusions import left_out
from app.services.derivations.safety.safety_follow_up import (
    SafetyFollowUp,
    collection_anchors,
    safety_follow_up,
)
from app.services.derivations.safety.treatment_emergence import began_before
from app.services.derivations.set_aside import without_wrong_dates
from app.services.derivations.subject_history import AdverseEvent, SubjectHistory
from app.trial.adverse_events import AdverseEventRules
from app.trial.anchors import Anchors, study_day
from app.trial.schedule import period_of
from app.trial.trial import Trial
from app.vocabularies.adverse_events import ONGOING, AesiKind, CollectionPeriod, Outcome

COLLECTED_AFTER_NEW_THERAPY: Final = frozenset(
    {AesiKind.SECOND_MALIGNANCY, AesiKind.REPLICATION_COMPETENT_VECTOR}
)
"""Kinds of special interest that are collected to the horizon whatever therapy follows."""


def subject_adverse_events(
    history: SubjectHistory,
    trial: Trial,
    *,
    new_therapy: date | None = None,
    death: date | None = None,
    last_known_alive: date | None = None,
    dates_doubtful: bool = False,
) -> SubjectAdverseEvents:
    """Give the adverse events of a subject as the tables count them.

    Args:
        history: the subject's records; cut-off and horizon are its own.
        trial: the trial's periods and rules.
        new_therapy: first new anti-myeloma therapy after the infusion; None: none.
        death: day of death; None: alive.
        last_known_alive: ends the time at risk of a subject not known to have died.
        dates_doubtful: its dates contradict each other, a data error of the class ``fatal``: it
            counts in every table and in no time.

    Source: the trial's endpoint definitions, adverse events and data errors: an end or an onset
    that cannot be becomes unknown, and the event stays.
    Decision: the end of a fatal event is the death, whatever day the record has. Where the day of
    the infusion cannot be, its order to an event is not known, and the event counts as after it.
    """
    history = without_wrong_dates(history)
    follow_up = safety_follow_up(
        history,
        trial,
        new_therapy=new_therapy,
        death=death,
        last_known_alive=last_known_alive,
        dates_doubtful=dates_doubtful,
    )
    anchors = collection_anchors(history, new_therapy=new_therapy)
    report = reported_death(history)
    kept: dict[uuid.UUID, AdverseEvent] = {}
    ignored: list[IgnoredEvent] = []
    for event in history.adverse_events:
        reason = _ignored(event, follow_up)
        if reason is None:
            kept[event.record.record_id] = event
        else:
            ignored.append(IgnoredEvent(event.record, reason))
    chains = event_chains(
        (_line(event, follow_up) for event in kept.values()),
        gap_days=trial.adverse_events.episode_gap_days,
    )
    depletion = lymphodepletion_of(history)
    analysed = [
        event
        for chain in chains
        for event in _analysed(chain, kept, trial, anchors, follow_up, depletion)
    ]
    return SubjectAdverseEvents(
        subject=history.subject,
        centre=history.centre,
        follow_up=follow_up,
        death_cause=report.death_cause if report and follow_up.death else None,
        events=tuple(sorted(analysed, key=_in_time)),
        ignored=tuple(sorted(ignored, key=lambda event: event.record.record_id)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated(EventLine):
    """A line with the days that stand for its onset and its end."""

    onset: ImputedDay | None
    end: ImputedDay | None


def _line(event: AdverseEvent, follow_up: SafetyFollowUp) -> _Dated:
    infusion = None if follow_up.infusion_doubtful else follow_up.infusion
    infused_on = None if follow_up.infusion_doubtful else follow_up.infused_on
    end = _end(event, follow_up)
    onset = adverse_event_start_day(event.onset, infused_on=infused_on, end=event.end)
    before = (
        infusion is not None and onset is not None and began_before(event, onset, end, infusion)
    )
    return _Dated(
        event=event,
        begins=onset.day if onset else follow_up.data_cut,
        ends=end.day if end else None,
        before=before,
        onset=onset,
        end=end,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """The event that a chain of lines comes to.

    Attributes:
        lines: identities of the lines that count as after the infusion.
        serious, related, special: one of these lines is.
    """

    first: RecordRef
    lines: frozenset[uuid.UUID]
    emerged_on: date | None
    serious: bool
    related: bool
    special: frozenset[AesiKind]


def _event(chain: Sequence[_Dated], trial: Trial, follow_up: SafetyFollowUp) -> _Event:
    rules = trial.adverse_events
    emergent = (
        emergent_lines(chain, state=trial.policy.ae.chain_state) if follow_up.infusion else ()
    )
    counted = [line for line in emergent if line.begins <= follow_up.counted_until]
    kinds = (special_interest(line.event, rules) for line in counted)
    return _Event(
        first=(emergent or chain)[0].event.record,
        lines=frozenset(line.record_id for line in counted),
        emerged_on=counted[0].begins if counted else None,
        serious=any(_serious(line.event) for line in counted),
        related=any(_related(judged=line.event.related, rules=rules) for line in counted),
        special=frozenset(kind for kind in kinds if kind is not None),
    )


def _analysed(
    chain: Sequence[_Dated],
    others: Mapping[uuid.UUID, AdverseEvent],
    trial: Trial,
    anchors: Anchors,
    follow_up: SafetyFollowUp,
    depletion: Lymphodepletion,
) -> Iterator[AnalysedAdverseEvent]:
    """Analyse the lines of a chain, each with the windows that their event lies in."""
    rules = trial.adverse_events
    whole = _event(chain, trial, follow_up)
    emerged = whole.emerged_on
    emergent = emerged is not None and emerged <= (
        follow_up.counted_until if whole.related else follow_up.emergent_until
    )
    collected = emergent or (
        emerged is not None and not whole.special.isdisjoint(COLLECTED_AFTER_NEW_THERAPY)
    )
    primary = emergent and emerged is not None and follow_up.in_primary_period(emerged)
    belongs = {"serious": whole.serious, "aesi": bool(whole.special), "related": whole.related}
    to_horizon = collected and any(belongs[rule] for rule in rules.to_horizon)
    for line in chain:
        counts = line.record_id in whole.lines
        yield replace(
            _record(line, others, trial, anchors, follow_up, depletion),
            event=whole.first,
            emerged_on=line.begins if counts else None,
            treatment_emergent=counts and emergent,
            in_primary_window=counts and primary,
            to_horizon=counts and to_horizon,
        )


def _record(
    line: _Dated,
    others: Mapping[uuid.UUID, AdverseEvent],
    trial: Trial,
    anchors: Anchors,
    follow_up: SafetyFollowUp,
    depletion: Lymphodepletion,
) -> AnalysedAdverseEvent:
    """Analyse a record by itself, whatever event it belongs to."""
    event, end, rules = line.event, line.end, trial.adverse_events
    infused_on = follow_up.infused_on
    kind = syndrome(event, rules)
    term, soc = table_row(event, kind, rules)
    onset = line.begins if event.onset is not None else None
    stands = line.onset is not None and not (line.before and onset is None)
    return AnalysedAdverseEvent(
        record=event.record,
        event=event.record,
        term=term,
        system_organ_class=soc,
        aesi_kind=kind or event.aesi_kind,
        onset=onset,
        onset_imputed=line.onset.imputed if line.onset else ImputedPart.YEAR,
        onset_at=line.begins_at,
        end=end.day if end else None,
        end_imputed=end.imputed if end else None,
        resolution=_resolution(event, end),
        study_day=study_day(onset, infused_on) if infused_on and onset else None,
        end_study_day=study_day(end.day, infused_on) if infused_on and end else None,
        period=_period(line, trial, anchors, follow_up, depletion) if stands else None,
        before_infusion=line.before,
        emerged_on=None,
        treatment_emergent=False,
        in_primary_window=False,
        to_horizon=False,
        left_out=left_out(event, others, rules),
        grade=grade_on(event, kind, rules.crs_scale_in_tables),
        special_interest_grade=grade_on(event, kind, rules.crs_scale_of_special_interest),
        astct_grade=grade_on(event, kind, "ASTCT") if kind else None,
        serious=_serious(event),
        related=_related(judged=event.related, rules=rules),
        related_to_car_t=_related(judged=event.related_to_car_t, rules=rules),
        causality_missing=event.related is None,
        fatal=event.outcome is Outcome.FATAL,
    )


def _period(
    line: _Dated,
    trial: Trial,
    anchors: Anchors,
    follow_up: SafetyFollowUp,
    depletion: Lymphodepletion,
) -> CollectionPeriod | None:
    if line.before and depletion.earlier_on(line.begins, infused_on=follow_up.infused_on):
        return CollectionPeriod.EARLIER_LYMPHODEPLETION
    return period_of(trial, anchors, line.begins, before_infusion_start=line.before)


def _resolution(event: AdverseEvent, end: ImputedDay | None) -> Resolution:
    """Tell whether an event had ended.

    Source: the trial's protocol, adverse events.
    Decision: an event of which there is neither an end nor the word that it goes on is not taken
    for one that goes on; nor is one that has resolved on a day that nobody knows.
    """
    if end is not None or event.outcome is Outcome.FATAL:
        return Resolution.ENDED
    if event.end is not None or event.ongoing or event.outcome in ONGOING:
        return Resolution.NOT_ENDED
    return Resolution.UNKNOWN


def _serious(event: AdverseEvent) -> bool:
    return bool(event.serious or event.seriousness_criteria)


def _ignored(event: AdverseEvent, follow_up: SafetyFollowUp) -> Ignored | None:
    """Tell why a record is ignored; None: it is not."""
    late = event.onset is not None and event.onset.earliest > follow_up.data_cut
    return Ignored.AFTER_CUT if late else None


def _end(event: AdverseEvent, follow_up: SafetyFollowUp) -> ImputedDay | None:
    """Give the day an event ended; None: it had not by the cut, or nobody says."""
    if event.outcome is Outcome.FATAL and follow_up.death is not None:
        return ImputedDay(follow_up.death)
    if event.end is None or event.end.earliest > follow_up.data_cut:
        return None
    return adverse_event_end_day(event.end, died_on=follow_up.death, data_cut=follow_up.data_cut)


def _related(*, judged: bool | None, rules: AdverseEventRules) -> bool:
    return rules.missing_causality_is_related if judged is None else judged


def _in_time(event: AnalysedAdverseEvent) -> tuple[date, str, uuid.UUID]:
    return event.onset or event.emerged_on or date.min, event.term, event.record.record_id
