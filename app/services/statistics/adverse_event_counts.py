"""How many subjects were affected at one level of adverse events, and how badly.

Source: the trial's endpoint definitions, adverse events, tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.services.derivations.safety.adverse_event_levels import SubjectLevel
from app.services.statistics.proportions import Proportion, proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeCounts:
    """Subjects by their worst grade; ``missing``: none of their events is graded."""

    grade_1: int
    grade_2: int
    grade_3: int
    grade_4: int
    grade_5: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCounts:
    """Subjects with at least one event, and how many of them had one that ...

    Attributes:
        subjects: with an event, whatever its grade, of the denominator, with exact limits.
        grades: the same subjects by worst grade; they sum to ``subjects``.
        grade_3_or_more: worst grade 3, 4 or 5.
        related: to any study treatment, those whose causality nobody judged by the trial's rule.
        causality_missing: with an event whose causality nobody judged.
        unresolved: subjects with an event that had not ended at the cut.
        end_unknown: subjects with one of which nobody says whether it has ended, or when.
        events: all of them, repeated ones included; linked records are one event.
    """

    subjects: Proportion
    grades: GradeCounts
    grade_3_or_more: Proportion
    serious: Proportion
    related: Proportion
    related_to_car_t: Proportion
    causality_missing: Proportion
    unresolved: int
    end_unknown: int
    events: int


def level_counts(
    affected: Iterable[SubjectLevel], n: int, *, conf_level: float = 0.95
) -> LevelCounts:
    """Count the subjects affected at one level, of ``n``."""
    levels = tuple(affected)

    def share(claims: Iterable[bool]) -> Proportion:
        return proportion(sum(claims), n, conf_level=conf_level)

    return LevelCounts(
        subjects=proportion(len(levels), n, conf_level=conf_level),
        grades=grade_counts(level.worst_grade for level in levels),
        grade_3_or_more=share(level.severe for level in levels),
        serious=share(level.serious for level in levels),
        related=share(level.related for level in levels),
        related_to_car_t=share(level.related_to_car_t for level in levels),
        causality_missing=share(level.causality_missing for level in levels),
        unresolved=sum(level.unresolved for level in levels),
        end_unknown=sum(level.end_unknown for level in levels),
        events=sum(level.events for level in levels),
    )


def grade_counts(worst: Iterable[int | None]) -> GradeCounts:
    """Count subjects by worst grade, 1 to 5, or None."""
    grades = tuple(worst)
    return GradeCounts(
        grade_1=grades.count(1),
        grade_2=grades.count(2),
        grade_3=grades.count(3),
        grade_4=grades.count(4),
        grade_5=grades.count(5),
        missing=grades.count(None),
    )
