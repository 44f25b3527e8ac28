"""Incidence of adverse events: subjects with at least one, by organ class, term and worst grade.

A subject counts once at every level, however many events it had. The denominator is every subject
given, with or without events.

Source: the trial's endpoint definitions, adverse events, tables and rates; CDISC ADaM OCCDS 1.1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.services.derivations.safety.adverse_event_levels import (
    LevelKey,
    SubjectLevel,
    subject_levels,
)
from app.services.derivations.safety.analysed_adverse_event import SubjectAdverseEvents
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.statistics.adverse_event_counts import LevelCounts, level_counts
from app.services.statistics.days import DAYS_PER_YEAR
from app.services.statistics.incidence import (
    HUNDRED,
    EventRate,
    Rate,
    exposure_adjusted_event_rate,
    poisson_rate,
)

Level = Literal["any", "system_organ_class", "term"]

_ANY: Final = LevelKey()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventRow:
    """One row of a table: any event, an organ class, or a term of the class above it.

    Attributes:
        incidence_rate: subjects affected per 100 person-years to the first event; None: the window
            has no rate.
        event_rate: all events per 100 person-years, without limits.
        first_imputed: subjects whose first event stands, in the rate, at a day that was filled in.
    """

    level: Level
    system_organ_class: str | None
    term: str | None
    counts: LevelCounts
    incidence_rate: Rate | None
    event_rate: EventRate | None
    first_imputed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventTable:
    """Incidence in one window.

    Attributes:
        n: the denominator.
        without_time_at_risk: subjects of it that are in no rate.
        rows: any event, then each organ class with its terms below it, most frequent first and
            alphabetically where as frequent. The row of any event is there without events too.
    """

    window: SafetyWindow
    n: int
    without_time_at_risk: int
    rows: tuple[AdverseEventRow, ...]


def adverse_event_table(
    subjects: Sequence[SubjectAdverseEvents],
    window: SafetyWindow,
    *,
    conf_level: float = 0.95,
) -> AdverseEventTable:
    """Count the subjects with an adverse event in a window, at every level.

    Args:
        subjects: the denominator, as the treated, or for lymphodepletion those who had one.
        window: which events.
        conf_level: two-sided, of shares and rates.

    Raises:
        ValueError: the level does not lie between 0 and 1.

    Source: the trial's endpoint definitions, adverse events, tables: organ classes by frequency
    then name, terms within them likewise.
    Decision: the lymphodepletion window has no rate, because its length is set by the schedule.
    """
    levels = [subject_levels(subject.counted(window)) for subject in subjects]
    days = [subject.follow_up.days_at_risk(window) for subject in subjects]
    all_days = _sum(days)
    affected = _affected(levels)
    return AdverseEventTable(
        window=window,
        n=len(subjects),
        without_time_at_risk=sum(time is None for time in days),
        rows=tuple(
            AdverseEventRow(
                level=_level(key),
                system_organ_class=key.system_organ_class,
                term=key.term,
                counts=level_counts(affected[key].values(), len(subjects), conf_level=conf_level),
                incidence_rate=_incidence_rate(subjects, days, all_days, affected[key], conf_level),
                event_rate=_event_rate(days, all_days, affected[key]),
                first_imputed=sum(level.first_imputed for level in affected[key].values()),
            )
            for key in _in_order(affected)
        ),
    )


def _level(key: LevelKey) -> Level:
    if key.term is not None:
        return "term"
    return "any" if key == _ANY else "system_organ_class"


def _affected(
    levels: Sequence[Mapping[LevelKey, SubjectLevel]],
) -> dict[LevelKey, dict[int, SubjectLevel]]:
    """Give, at each level, what the subjects who had an event came to, by their position."""
    affected: dict[LevelKey, dict[int, SubjectLevel]] = {_ANY: {}}
    for position, of_subject in enumerate(levels):
        for key, level in of_subject.items():
            affected.setdefault(key, {})[position] = level
    return affected


def _in_order(affected: Mapping[LevelKey, Mapping[int, SubjectLevel]]) -> list[LevelKey]:
    def place(key: LevelKey) -> tuple[bool, int, str, bool, int, str]:
        soc = LevelKey(key.system_organ_class)
        return (
            key != _ANY,
            -len(affected[soc]),
            key.system_organ_class or "",
            key.term is not None,
            -len(affected[key]),
            key.term or "",
        )

    return sorted(affected, key=place)


def _incidence_rate(
    subjects: Sequence[SubjectAdverseEvents],
    days: Sequence[int | None],
    all_days: int,
    affected: Mapping[int, SubjectLevel],
    conf_level: float,
) -> Rate | None:
    """Give the rate to the first event; days count from the infusion as day 1.

    Decision: a first event after the window, as a related one after new therapy, lengthens the
    time of its subject.
    """
    timed = [at for at in affected if days[at] is not None]
    until_first = sum(subjects[at].follow_up.day(affected[at].first_on) or 0 for at in timed)
    if not all_days:
        return None
    person_days = all_days - _sum(days[at] for at in timed) + until_first
    return poisson_rate(len(timed), person_days / DAYS_PER_YEAR, per=HUNDRED, conf_level=conf_level)


def _event_rate(
    days: Sequence[int | None], all_days: int, affected: Mapping[int, SubjectLevel]
) -> EventRate | None:
    if not all_days:
        return None
    events = sum(level.events for at, level in affected.items() if days[at] is not None)
    return exposure_adjusted_event_rate(events, [all_days])


def _sum(days: Iterable[int | None]) -> int:
    return sum(day for day in days if day is not None)
