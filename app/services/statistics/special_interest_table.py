"""Adverse events of special interest by kind, on the scale that the trial grades each kind on.

Source: the trial's protocol, adverse events of special interest; the trial's endpoint definitions,
adverse events, tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.derivations.safety.adverse_event_levels import SubjectLevel, subject_level
from app.services.derivations.safety.analysed_adverse_event import (
    AnalysedAdverseEvent,
    LeftOut,
    SubjectAdverseEvents,
)
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.statistics.adverse_event_counts import LevelCounts, level_counts
from app.services.statistics.day_range import DayRange, day_range
from app.vocabularies.adverse_events import AesiKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialInterestRow:
    """One kind of special interest.

    Attributes:
        onset_days: of the first event of each subject affected, where it is known to the day; the
            infusion is day 1.
        onset_imputed: subjects whose first onset is not known to the day.
    """

    kind: AesiKind
    counts: LevelCounts
    onset_days: DayRange
    onset_imputed: int


def special_interest_table(
    subjects: Sequence[SubjectAdverseEvents],
    window: SafetyWindow = SafetyWindow.TO_HORIZON,
    *,
    conf_level: float = 0.95,
) -> tuple[SpecialInterestRow, ...]:
    """Count the subjects with each kind of special interest; every kind has its row.

    Args:
        subjects: the denominator.
        window: which events.
        conf_level: two-sided.

    Source: the trial's endpoint definitions, adverse events: a day that was filled in, in part or
    altogether, stays out of the onset and is counted.
    Decision: a pregnancy, in no incidence of adverse events, is counted here.
    """
    affected: dict[AesiKind, list[SubjectLevel]] = {kind: [] for kind in AesiKind}
    days: dict[AesiKind, list[int | None]] = {kind: [] for kind in AesiKind}
    for subject in subjects:
        by_kind: dict[AesiKind, list[AnalysedAdverseEvent]] = {}
        for event in subject.counted(window, also=(LeftOut.PREGNANCY,)):
            if event.aesi_kind is not None:
                by_kind.setdefault(event.aesi_kind, []).append(event)
        for kind, events in by_kind.items():
            level = subject_level(events, special_interest=True)
            affected[kind].append(level)
            known = None if level.first_imputed else subject.follow_up.day(level.first_on)
            days[kind].append(known)
    return tuple(
        SpecialInterestRow(
            kind=kind,
            counts=level_counts(affected[kind], len(subjects), conf_level=conf_level),
            onset_days=day_range(day for day in days[kind] if day is not None),
            onset_imputed=sum(level.first_imputed for level in affected[kind]),
        )
        for kind in AesiKind
    )
