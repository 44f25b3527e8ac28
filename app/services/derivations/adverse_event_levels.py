"""The worst of a subject's adverse events: of any, of each organ class and of each term."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.services.derivations.analysed_adverse_event import AnalysedAdverseEvent


@dataclass(frozen=True, slots=True)
class LevelKey:
    """Any adverse event (both None), an organ class (no term), or a term of a class."""

    system_organ_class: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLevel:
    """What the events of one subject come to at one level. It counts once, however many they are.

    Attributes:
        events: how many there were.
        worst_grade: highest grade; None: none of the events is graded.
        serious: one of them was, as in the other claims.
        first_on: day of the first: its onset, or the infusion day of a worsening with an old one.
    """

    events: int
    worst_grade: int | None
    serious: bool
    related: bool
    related_to_car_t: bool
    causality_missing: bool
    first_on: date

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
        ValueError: there is no event.
    """
    group = tuple(events)
    grades = (event.special_interest_grade if special_interest else event.grade for event in group)
    return SubjectLevel(
        events=len(group),
        worst_grade=max((grade for grade in grades if grade is not None), default=None),
        serious=any(event.serious for event in group),
        related=any(event.related for event in group),
        related_to_car_t=any(event.related_to_car_t for event in group),
        causality_missing=any(event.causality_missing for event in group),
        first_on=min(event.emerged_on or event.onset for event in group),
    )
