"""Which adverse events of a subject are treatment-emergent, and how each one counts.

Source: ICH E9, treatment-emergent; CDISC ADaM OCCDS 1.1; the trial's protocol, adverse events; the
trial's endpoint definitions, adverse events.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Final

from app.services.derivations.analysed_adverse_event import (
    AnalysedAdverseEvent,
    Ignored,
    IgnoredEvent,
    SubjectAdverseEvents,
)
from app.services.derivations.crs_and_icans import grade_on, syndrome, table_row
from app.services.derivations.death import reported_death
from app.services.derivations.incidence_exclusions import left_out
from app.services.derivations.lymphodepletion import Lymphodepletion, lymphodepletion_of
from app.services.derivations.partial_dates import (
    ImputedDay,
    adverse_event_end_day,
    adverse_event_start_day,
)
from app.services.derivations.safety_follow_up import (
    SafetyFollowUp,
    collection_anchors,
    safety_follow_up,
)
from app.services.derivations.subject_history import AdverseEvent, SubjectHistory
from app.services.derivations.treatment_emergence import emerged_on
from app.trial.adverse_events import AdverseEventRules
from app.trial.anchors import Anchors, study_day
from app.trial.schedule import period_of
from app.trial.trial import Trial
from app.vocabularies.adverse_events import AesiKind, CollectionPeriod, Outcome

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

    Source: the trial's endpoint definitions, adverse events and data errors: a record that ends
    after the death is ignored and the subject stays.
    Decision: so is one that begins after it or ends before it begins. The end of a fatal event is
    the death, whatever day the record has: the event that killed is not lost over a date.
    """
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
    died = report.death.latest if report and report.death else follow_up.death
    kept: dict[uuid.UUID, AdverseEvent] = {}
    ignored: list[IgnoredEvent] = []
    for event in history.adverse_events:
        reason = _ignored(event, follow_up, died)
        if reason is None:
            kept[event.record.record_id] = event
        else:
            ignored.append(IgnoredEvent(event.record, reason))
    depletion = lymphodepletion_of(history)
    analysed = (
        _analysed(event, kept, trial, anchors, follow_up, depletion) for event in kept.values()
    )
    return SubjectAdverseEvents(
        subject=history.subject,
        centre=history.centre,
        follow_up=follow_up,
        death_cause=report.death_cause if report and follow_up.death else None,
        events=tuple(sorted(analysed, key=_in_time)),
        ignored=tuple(sorted(ignored, key=lambda one: one.record.record_id)),
    )


def _analysed(
    event: AdverseEvent,
    others: Mapping[uuid.UUID, AdverseEvent],
    trial: Trial,
    anchors: Anchors,
    follow_up: SafetyFollowUp,
    depletion: Lymphodepletion,
) -> AnalysedAdverseEvent:
    rules = trial.adverse_events
    infused_on = follow_up.infused_on
    onset = adverse_event_start_day(event.onset, infused_on=infused_on, end=event.end)
    end = _end(event, follow_up)
    emerged = emerged_on(event, onset.day, end, others, follow_up)
    kind = syndrome(event, rules)
    aesi_kind = kind or event.aesi_kind
    term, soc = table_row(event, kind, rules)
    serious = bool(event.serious or event.seriousness_criteria)
    related = _related(judged=event.related, rules=rules)

    emergent = emerged is not None and emerged <= (
        follow_up.counted_until if related else follow_up.emergent_until
    )
    collected = emergent or (
        emerged is not None
        and emerged <= follow_up.counted_until
        and aesi_kind in COLLECTED_AFTER_NEW_THERAPY
    )
    belongs = {"serious": serious, "aesi": aesi_kind is not None, "related": related}
    return AnalysedAdverseEvent(
        record=event.record,
        term=term,
        system_organ_class=soc,
        aesi_kind=aesi_kind,
        onset=onset.day,
        onset_imputed=onset.imputed,
        onset_at=event.onset.instant,
        end=end.day if end else None,
        end_imputed=end.imputed if end else None,
        study_day=study_day(onset.day, infused_on) if infused_on else None,
        end_study_day=study_day(end.day, infused_on) if infused_on and end else None,
        period=CollectionPeriod.EARLIER_LYMPHODEPLETION
        if emerged is None and depletion.earlier_on(onset.day, infused_on=infused_on)
        else period_of(
            trial,
            anchors,
            emerged or onset.day,
            before_infusion_start=infused_on is not None and emerged is None,
        ),
        emerged_on=emerged,
        treatment_emergent=emergent,
        in_primary_window=emergent and emerged is not None and follow_up.in_primary_period(emerged),
        to_horizon=collected and any(belongs[rule] for rule in rules.to_horizon),
        left_out=left_out(event, others, rules),
        grade=grade_on(event, kind, rules.crs_scale_in_tables),
        special_interest_grade=grade_on(event, kind, rules.crs_scale_of_special_interest),
        astct_grade=grade_on(event, kind, "ASTCT") if kind else None,
        serious=serious,
        related=related,
        related_to_car_t=_related(judged=event.related_to_car_t, rules=rules),
        causality_missing=event.related is None,
        fatal=event.outcome is Outcome.FATAL,
        part_of_episode=event.part_of_episode,
    )


def _ignored(event: AdverseEvent, follow_up: SafetyFollowUp, died: date | None) -> Ignored | None:
    """Tell why a record is ignored; ``died`` is the last day that the death can have been."""
    onset, end = event.onset, event.end
    if onset.earliest > follow_up.data_cut:
        return Ignored.AFTER_CUT
    if end is not None and end.latest < onset.earliest:
        return Ignored.END_BEFORE_ONSET
    if follow_up.death is None or died is None:
        return None
    if onset.earliest > died:
        return Ignored.ONSET_AFTER_DEATH
    if end is not None and end.earliest > died and event.outcome is not Outcome.FATAL:
        return Ignored.END_AFTER_DEATH
    return None


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
    return event.onset, event.term, event.record.record_id
