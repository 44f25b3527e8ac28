"""A subject with adverse events, told in days from the infusion (day 0 = 10 March 2024, 10:00)."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.safety.adverse_events import subject_adverse_events
from app.services.derivations.safety.analysed_adverse_event import (
    AnalysedAdverseEvent,
    SubjectAdverseEvents,
)
from app.services.derivations.subject_history import (
    AdverseEvent,
    FollowUp,
    Preparation,
    SubjectHistory,
    Therapy,
)
from app.trial.trial import Trial
from app.vocabularies.adverse_events import AesiKind, Outcome
from app.vocabularies.follow_up import DeathCause, SurvivalStatus
from app.vocabularies.therapies import TherapyKind
from tests.subjects import base
from tests.subjects.base import TRIAL, Count, days, record_id, ref

INFUSED_AT = datetime(2024, 3, 10, 10, 0, tzinfo=timezone(timedelta(hours=8)))
INFUSED_ON = INFUSED_AT.date()
DATA_CUT = 500
"""Day of the cut, before the horizon."""

When = int | float | str | None
"""A day; a day and a part of it (2.5 is 22:00 on day 2); or a partial date as it is written."""

COUNT = Count(INFUSED_AT)
on = COUNT.on


def possible(when: When) -> PossibleDays | None:
    if when is None:
        return None
    if isinstance(when, int):
        return COUNT.day(when)
    return COUNT.after(when) if isinstance(when, float) else days(when)


def event(
    onset: When,
    end: When = None,
    *,
    name: str = "event",
    term: str = "Diarrhea",
    soc: str = "Gastrointestinal disorders",
    grade: int | None = 2,
    related: bool | None = False,
    **more: Any,
) -> AdverseEvent:
    """An event; without an end it goes on, and without an onset nothing is known of that."""
    more.setdefault("ongoing", True if end is None else None)
    for link in ("worsening_of", "symptom_of", "part_of_episode"):
        if more.get(link) is not None:
            more[link] = record_id(more[link])
    return AdverseEvent(
        record=ref("adverse-events", name),
        term=term,
        system_organ_class=soc,
        onset=possible(onset),
        end=possible(end),
        grade=grade,
        related=related,
        related_to_car_t=more.pop("related_to_car_t", related),
        **more,
    )


def crs(onset: When, end: When = None, *, name: str = "crs", **more: Any) -> AdverseEvent:
    return event(
        onset,
        end,
        name=name,
        term=more.pop("term", "Cytokine release syndrome"),
        soc="Immune system disorders",
        related=more.pop("related", True),
        aesi_kind=more.pop("aesi_kind", AesiKind.CRS),
        astct_grade=more.pop("astct_grade", 1),
        **more,
    )


def icans(onset: When, end: When = None, *, name: str = "icans", **more: Any) -> AdverseEvent:
    return event(
        onset,
        end,
        name=name,
        term=more.pop("term", "Nervous system disorders - Other, specify"),
        soc="Nervous system disorders",
        related=True,
        aesi_kind=more.pop("aesi_kind", AesiKind.ICANS),
        astct_grade=more.pop("astct_grade", 1),
        **more,
    )


def fatal(onset: When, end: When, **more: Any) -> AdverseEvent:
    return event(onset, end, grade=5, outcome=Outcome.FATAL, serious=True, **more)


def therapy(kind: TherapyKind, start: When, *given_for: str) -> Therapy:
    return Therapy(
        record=ref("therapies", f"{kind} {start}"),
        kind=kind,
        start=possible(start),
        given_for=tuple(record_id(name) for name in given_for),
    )


def history(
    *events: AdverseEvent,
    infused: bool = True,
    data_cut: int = DATA_CUT,
    shift: int = 0,
    death_cause: DeathCause | None = None,
    died: int | None = None,
    subject: str = "01-001",
) -> SubjectHistory:
    """A subject consented on day -40, collected on -30, lymphodepleted on -5, -4 and -3."""
    return base.history(
        subject=subject,
        data_cut=on(data_cut + shift),
        enrolment=base.enrolment(on(-31 + shift), consented_on=on(-40 + shift)),
        preparations=(
            Preparation(
                record=ref("preparations", "preparation"),
                leukapheresis_on=(on(-30 + shift),),
                lymphodepletion=tuple(COUNT.day(day + shift) for day in (-5, -4, -3)),
            ),
        ),
        infusions=(base.infusion(INFUSED_AT + timedelta(shift)),) if infused else (),
        follow_ups=(
            FollowUp(
                record=ref("follow-ups", "death"),
                contacted_on=COUNT.day(died + shift),
                status=SurvivalStatus.DIED,
                death=COUNT.day(died + shift),
                death_cause=death_cause,
            ),
        )
        if died is not None
        else (),
        adverse_events=events,
    )


def analysed(
    *events: AdverseEvent,
    new_therapy: int | None = None,
    died: int | None = None,
    seen: int | None = None,
    trial: Trial = TRIAL,
    dates_doubtful: bool = False,
    **more: Any,
) -> SubjectAdverseEvents:
    return subject_adverse_events(
        history(*events, died=died, **more),
        trial,
        new_therapy=None if new_therapy is None else on(new_therapy),
        death=None if died is None else on(died),
        last_known_alive=None if seen is None else on(seen),
        dates_doubtful=dates_doubtful,
    )


def the_event(*events: AdverseEvent, name: str | None = None, **more: Any) -> AnalysedAdverseEvent:
    """The analysis of the last event given, or of the one named."""
    wanted = record_id(name) if name else events[-1].record.record_id
    of_subject = analysed(*events, **more).events
    return next(one for one in of_subject if one.record.record_id == wanted)


def with_rules(**rules: Any) -> Trial:
    """The trial with some of its rules for adverse events changed."""
    changed = TRIAL.adverse_events.model_copy(update=rules)
    return TRIAL.model_copy(update={"adverse_events": changed})


def names(records: Sequence[RecordRef], *candidates: str) -> list[str]:
    known = {record_id(name): name for name in candidates}
    return [known[record.record_id] for record in records]
