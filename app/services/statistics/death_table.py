"""Deaths of a cohort after the infusion, by time and cause.

Source: the trial's protocol, adverse events: all deaths are collected up to the horizon; the
trial's endpoint definitions, adverse events, tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.derivations.safety.analysed_adverse_event import SubjectAdverseEvents
from app.services.statistics.proportions import Proportion, proportion
from app.vocabularies.follow_up import DeathCause

EARLY_DAYS: Final = 30
"""Days after the infusion within which a death is early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathsByCause:
    """Deaths of one class of cause; ``unknown`` takes those without any."""

    cause: DeathCause
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathTable:
    """Deaths from any cause up to the cut and the horizon.

    Attributes:
        n: the denominator.
        within_30_days: up to day 30, the infusion day being 0.
        in_primary_period: up to the end of the trial's primary period.
        after_new_therapy: on or after the day new anti-myeloma therapy began.
        by_fatal_event: with an adverse event that counts and that the subject died of.
        causes: every class of cause; they sum to the deaths.
    """

    n: int
    deaths: Proportion
    within_30_days: Proportion
    in_primary_period: Proportion
    after_new_therapy: Proportion
    by_fatal_event: Proportion
    causes: tuple[DeathsByCause, ...]


def death_table(
    subjects: Sequence[SubjectAdverseEvents], *, conf_level: float = 0.95
) -> DeathTable:
    """Count the deaths of a cohort.

    Decision: a death whose date lies before the infusion counts among the deaths and in none of the
    spans after it.
    """
    died = [(subject, day) for subject in subjects if (day := _died_on(subject)) is not None]

    def share(claims: Sequence[bool]) -> Proportion:
        return proportion(sum(claims), len(subjects), conf_level=conf_level)

    causes = [subject.death_cause or DeathCause.UNKNOWN for subject, _ in died]
    return DeathTable(
        n=len(subjects),
        deaths=share([True for _ in died]),
        within_30_days=share([_within_30_days(subject, day) for subject, day in died]),
        in_primary_period=share(
            [subject.follow_up.in_primary_period(day) for subject, day in died]
        ),
        after_new_therapy=share([_after_new_therapy(subject, day) for subject, day in died]),
        by_fatal_event=share(
            [
                any(event.fatal and event.left_out is None for event in subject.events)
                for subject, _ in died
            ]
        ),
        causes=tuple(
            DeathsByCause(cause=cause, subjects=causes.count(cause)) for cause in DeathCause
        ),
    )


def _died_on(subject: SubjectAdverseEvents) -> date | None:
    death = subject.follow_up.death
    return death if death is not None and death <= subject.follow_up.counted_until else None


def _within_30_days(subject: SubjectAdverseEvents, day: date) -> bool:
    study_day = subject.follow_up.day(day)
    return study_day is not None and study_day <= EARLY_DAYS + 1


def _after_new_therapy(subject: SubjectAdverseEvents, day: date) -> bool:
    new_therapy = subject.follow_up.new_therapy
    return new_therapy is not None and day >= new_therapy
