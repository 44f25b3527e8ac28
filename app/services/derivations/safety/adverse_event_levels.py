"""The worst of a subject's adverse events: of any, of each organ class and of each term."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.services.derivations.safety.analysed_adverse_event import AnalysedAdverseEvent, Resolution


@dataclass(frozen=True, slots=True)
class LevelKey:
    """Any adverse event (both None), an organ class (no term), or a term of a class."""

    system_organ_class: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLevel:
    """What the events of one subject come to at one level. It counts once, however many they are.

    Attributes:
        events: how many there were; records that are linked are one.
        worst_grade: highest grade; None: none of the events is graded.
        serious: one of them was, as in the other claims.
        unresolved: one of them had not ended at the cut.
        end_unknown: of one of them nobody says whether it has ended, or when.
        first_on: day of the first.
        first_imputed: a part of that day was filled in, or all of it.
    """

    events: int
    worst_grade: int | None
    serious: bool
    related: bool
    related_to_car_t: bool
    causality_missing: bool
    unresolved: bool
    end_unknown: bool
    first_on: date
    first_imputed: bool

    @property
    def severe(self) -> bool:
        """Whether the worst was of grade 3 or more."""
        return self.worst_grade is not None and self.worst_grade >= 3


def subject_levels(events: Iterable[AnalysedAdverseEvent]) -> dict[LevelKey, SubjectLevel]:
    """Give what one subject's events come to at every level at which it has one.

    Source: the trial's endpoint definitions, adverse events, tables: highest grade by subject; an
    event without a grade ranks lowest and is never given one.
    """
    grouped: dict[LevelKey, list[AnalysedAdverseEvent]] = {}
    for event in events:
        soc, term = event.system_organ_class, event.term
        for key in (LevelKey(), LevelKey(soc), LevelKey(soc, term)):
            grouped.setdefault(key, []).append(event)
    return {key: subject_level(group) for key, group in grouped.items()}


def subject_level(
    events: Iterable[AnalysedAdverseEvent], *, special_interest: bool = False
) -> SubjectLevel:
    """Give what some events of one subject come to.

    Args:
        events: at least one.
        special_interest: take the grade on the scale of the tables of special interest.

    Raises:
        ValueError: there is no event, or none of a day.

    Decision: an event of several records had not ended if one of them had not.
    """
    group = tuple(events)
    first_on, first_imputed = min(
        (event.began_on, event.onset_imputed is not None)
        for event in group
        if event.began_on is not None
    )
    grades = (event.special_interest_grade if special_interest else event.grade for event in group)
    return SubjectLevel(
        events=len({event.event for event in group}),
        worst_grade=max((grade for grade in grades if grade is not None), default=None),
        serious=any(event.serious for event in group),
        related=any(event.related for event in group),
        related_to_car_t=any(event.related_to_car_t for event in group),
        causality_missing=any(event.causality_missing for event in group),
        unresolved=any(event.resolution is Resolution.NOT_ENDED for event in group),
        end_unknown=any(event.resolution is Resolution.UNKNOWN for event in group),
        first_on=first_on,
        first_imputed=first_imputed,
    )
