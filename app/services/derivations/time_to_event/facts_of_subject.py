"""The endpoint facts of one subject, from its records and its confirmed responses.

Source: the trial's endpoint definitions, time-to-event derivation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from app.services.derivations.partial_dates import (
    adverse_event_end_day,
    adverse_event_start_day,
)
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.response.best_response import BestResponse
from app.services.derivations.response.confirmed_response import ConfirmedVisit
from app.services.derivations.safety.crs_and_icans import syndrome
from app.services.derivations.safety.treatment_emergence import began_before
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.contact_end import contact_end
from app.services.derivations.time_to_event.death import Death, death
from app.services.derivations.time_to_event.endpoint_facts import (
    AdequateVisit,
    ContactEnd,
    EndpointFacts,
)
from app.services.derivations.time_to_event.event_time import Happening
from app.services.derivations.time_to_event.last_known_alive import (
    EvidenceOfLife,
    evidence_of_life,
    last_known_alive,
)
from app.services.derivations.time_to_event.new_therapy import new_therapy
from app.trial.adverse_events import AdverseEventRules
from app.trial.anchors import add_months
from app.trial.schedule import anchors_of, visit_windows
from app.trial.trial import Trial
from app.trial.windows import VisitWindow
from app.vocabularies.imwg import PdBasis, ResponseCategory

Origin = Literal["infusion", "enrolment"]

NO_RESPONSE_VISIT: Final = "M3"
SEVERE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectDates:
    """What the facts of one subject have in common, whoever judged its response."""

    evidence: EvidenceOfLife | None
    died: Death | None
    contact_end: ContactEnd | None
    clinical_progression: Happening | None
    severe_toxicity: Happening | None
    records: Mapping[str, RecordRef]
    """The record of each evaluation."""


def subject_dates(history: SubjectHistory, trial: Trial) -> SubjectDates:
    """Find what does not depend on the response: last alive, death, end of contact, toxicity."""
    evidence = evidence_of_life(history)
    last = evidence.day if evidence else None
    return SubjectDates(
        evidence=evidence,
        died=death(history, last_evidence=last, rule=trial.policy.partial_dates.death),
        contact_end=contact_end(history, last_evidence=last),
        clinical_progression=_clinical_progression(history),
        severe_toxicity=_severe_toxicity(history, trial.adverse_events),
        records={
            assessment.evaluation.evaluation_id: assessment.record
            for assessment in history.assessments
        },
    )


def endpoint_facts(
    history: SubjectHistory,
    trial: Trial,
    *,
    visits: Iterable[ConfirmedVisit],
    response: BestResponse,
    has_baseline: bool,
    origin: Origin = "infusion",
    missed_after_days: int | None = None,
    dates: SubjectDates | None = None,
) -> EndpointFacts | None:
    """Give the facts of one subject; None: not in the population of that origin.

    Args:
        history: the subject's records; its data cut is X.
        trial: the trial; its schedule says which evaluations can be missed.
        visits: the subject's visits after infusion, confirmed, up to the data cut.
        response: what those visits come to.
        has_baseline: some part of the disease was evaluated before treatment.
        origin: what the times count from. Of the enrolled population, the day of enrolment; its
            subjects need not be infused.
        missed_after_days: in a trial without scheduled evaluations, the gap before an event beyond
            which two count as missed; None: none can be missed.
        dates: what is common to all of the subject's facts, where it has been found already.

    Source: the trial's endpoint definitions, origin, horizon and terms of section 1.

    Decision: the horizon counts from the infusion under either origin, and from enrolment for a
    subject who was never infused. The response of such a subject is not evaluated. An infusion that
    is dated before the enrolment is the origin of both, so that nothing counts from a day after the
    treatment; the centre is asked to mend the dates.
    """
    infused_on = history.infused_on
    enrolled_on = history.enrolment.enrolled_on if history.enrolment is not None else None
    starts = infused_on
    if origin == "enrolment":
        starts = min(enrolled_on, infused_on) if enrolled_on and infused_on else enrolled_on
    found = dates or subject_dates(history, trial)
    evidence, records = found.evidence, found.records
    alive = last_known_alive(evidence, until=history.data_cut)
    if starts is None or starts > history.data_cut or evidence is None or alive is None:
        return None
    windows = _evaluations(trial, infused_on) if infused_on is not None else ()
    seen = tuple(visits)
    return EndpointFacts(
        origin=starts,
        infused_on=infused_on,
        cut=history.data_cut,
        last_known_alive=alive,
        last_seen=evidence.record,
        horizon=add_months(infused_on or starts, history.horizon_months),
        has_baseline=has_baseline,
        visits=_adequate(history, seen, records),
        progression=_at(response.progression_whenever_on, seen, records),
        unconfirmed_progression=_at(response.unconfirmed_progression_on, seen, records),
        clinical_progression=found.clinical_progression,
        death=found.died,
        new_therapy=new_therapy(history, progressed_on=response.progression_whenever_on),
        contact_end=found.contact_end,
        first_response=_at(response.first_response_on, seen, records),
        first_complete_response=_at(response.first_complete_response_on, seen, records),
        best_response=_at(response.best_on if response.responded else None, seen, records),
        severe_toxicity=found.severe_toxicity,
        windows=windows,
        missed_after_days=missed_after_days,
        response_due=next((window for window in windows if window.code == NO_RESPONSE_VISIT), None),
        last_window_from=windows[-1].first_day if windows else None,
        overdue_after_days=trial.policy.tte.overdue_contact_days,
    )


@lru_cache(maxsize=4096)
def _evaluations(trial: Trial, infused_on: date) -> tuple[VisitWindow, ...]:
    windows = visit_windows(trial, anchors_of(trial, infusion=infused_on))
    return tuple(window for window in windows if window.disease_evaluation)


def _adequate(
    history: SubjectHistory, visits: tuple[ConfirmedVisit, ...], records: Mapping[str, RecordRef]
) -> tuple[AdequateVisit, ...]:
    after, cut = history.infused_on, history.data_cut
    if after is None:
        return ()
    return tuple(
        AdequateVisit(
            day=confirmed.visit.assessed_on,
            category=confirmed.visit.category,
            records=_records_of(confirmed, records),
        )
        for confirmed in visits
        if confirmed.visit.category is not ResponseCategory.NE
        and after < confirmed.visit.assessed_on <= cut
    )


def _at(
    day: date | None, visits: tuple[ConfirmedVisit, ...], records: Mapping[str, RecordRef]
) -> Happening | None:
    if day is None:
        return None
    visit = next((confirmed for confirmed in visits if confirmed.visit.assessed_on == day), None)
    return Happening(day=day, records=_records_of(visit, records) if visit is not None else ())


def _records_of(
    confirmed: ConfirmedVisit, records: Mapping[str, RecordRef]
) -> tuple[RecordRef, ...]:
    return tuple(records[name] for name in confirmed.visit.evaluation_ids if name in records)


def _clinical_progression(history: SubjectHistory) -> Happening | None:
    after = history.infused_on
    progressions = [
        Happening(day=said.dated or assessment.evaluation.anchor, records=(assessment.record,))
        for assessment in history.assessments
        if (said := assessment.investigator) is not None
        and said.category is ResponseCategory.PD
        and said.pd_basis is PdBasis.CLINICAL
    ]
    return min(
        (
            happening
            for happening in progressions
            if after is not None and after < happening.day <= history.data_cut
        ),
        key=lambda happening: happening.day,
        default=None,
    )


def _severe_toxicity(history: SubjectHistory, rules: AdverseEventRules) -> Happening | None:
    infusion = history.first_infusion
    if infusion is None:
        return None
    started = PossibleDays(infusion.day, infusion.day, infusion.started_at)
    onsets: list[Happening] = []
    for event in history.adverse_events:
        severe = event.astct_grade is not None and event.astct_grade >= SEVERE
        if not severe or syndrome(event, rules) is None:
            continue
        onset = adverse_event_start_day(event.onset, infused_on=infusion.day, end=event.end)
        end = adverse_event_end_day(event.end, died_on=None, data_cut=history.data_cut)
        if onset is None or began_before(event, onset, end, started):
            continue
        if onset.day <= history.data_cut:
            onsets.append(Happening(day=onset.day, records=(event.record,), imputed=onset.imputed))
    return min(onsets, key=lambda onset: onset.day, default=None)
