"""The episodes of CRS or ICANS: events that follow each other, their length, and what was given.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38; the trial's endpoint definitions,
adverse events, CRS and ICANS.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.services.derivations.moments import days_since
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.safety.analysed_adverse_event import AnalysedAdverseEvent, Resolution
from app.services.derivations.safety.safety_follow_up import SafetyFollowUp
from app.services.derivations.subject_history import Therapy
from app.vocabularies.therapies import TherapyKind

TREATMENTS: Final = (
    TherapyKind.TOCILIZUMAB,
    TherapyKind.CORTICOSTEROID,
    TherapyKind.ANAKINRA,
    TherapyKind.SILTUXIMAB,
)
"""What is given against CRS and ICANS."""

SEVERE: Final = 3
"""ASTCT grade from which an episode is severe."""

_DAY: Final = timedelta(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityEpisode:
    """One episode: events that follow each other without a gap, or that are linked.

    Attributes:
        records: its events, by onset.
        onset_day: days from the infusion, which is day 1.
        days_after_infusion: the same without the 1: 0 on the infusion day.
        elapsed_days: hours from the start of infusion to the onset, divided by 24; None: the time
            of the onset is not known.
        onset_imputed: a part of the onset was filled in, or all of it.
        end: last day; None: it had not ended when the subject died or was last observed, or nobody
            says when, as ``resolution`` tells.
        observed_until: the end, or the day of death or last observation that cuts it off; where
            nobody says whether it has ended, the last day it is known to have been present.
        duration_days: from the onset to ``observed_until``, both included.
        days: days of these on which one of the events was present.
        max_grade: None: not graded.
        severe_on: onset of the first event of grade 3 or more; None: there is none. An event
            carries its highest grade only, so the grade may have been reached later.
        severe_imputed: a part of that day was filled in, or all of it.
        imputed: a part of one of its dates was filled in.
        treated_with: what was given for it.
    """

    records: tuple[RecordRef, ...]
    onset: date
    onset_imputed: bool
    onset_day: int
    days_after_infusion: int
    elapsed_days: float | None
    end: date | None
    resolution: Resolution
    observed_until: date
    duration_days: int
    days: int
    max_grade: int | None
    severe_on: date | None
    severe_imputed: bool
    imputed: bool
    treated_with: tuple[TherapyKind, ...]


def toxicity_episodes(
    events: Iterable[AnalysedAdverseEvent],
    therapies: Sequence[Therapy],
    follow_up: SafetyFollowUp,
    *,
    gap_days: int,
) -> tuple[ToxicityEpisode, ...]:
    """Give the episodes that events of one kind make up, by onset.

    Records belong to one episode when they make up one event, or when not more than
    ``gap_days`` lie between the end of one and the onset of the next; with 1, an event that begins
    the day after continues the episode.

    Decision: an event of which nobody says whether it has ended is not taken to go on.
    """
    episodes = (
        _episode(group, follow_up, therapies) for group in _grouped(tuple(events), gap_days)
    )
    return tuple(
        sorted(episodes, key=lambda episode: (episode.onset, episode.records[0].record_id))
    )


def _grouped(
    events: Sequence[AnalysedAdverseEvent], gap_days: int
) -> list[list[AnalysedAdverseEvent]]:
    """Group events that are linked or lie close, and whatever hangs on either."""
    groups: list[list[AnalysedAdverseEvent]] = []
    for event in events:
        joined, apart = [event], []
        for group in groups:
            if any(event.event == other.event or _close(event, other, gap_days) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups


def _close(one: AnalysedAdverseEvent, other: AnalysedAdverseEvent, gap_days: int) -> bool:
    earlier, later = sorted((one, other), key=began_on)
    end = earlier.end
    if end is None and earlier.resolution is Resolution.UNKNOWN:
        end = began_on(earlier)
    return end is None or (began_on(later) - end).days <= gap_days


def _episode(
    group: Sequence[AnalysedAdverseEvent],
    follow_up: SafetyFollowUp,
    therapies: Sequence[Therapy],
) -> ToxicityEpisode:
    events = sorted(group, key=lambda event: (began_on(event), event.record.record_id))
    onset = began_on(events[0])
    days = days_present(events, follow_up)
    last = max(days)
    resolution = _resolution(events, follow_up)
    severe = [event for event in events if (event.astct_grade or 0) >= SEVERE]
    grades = [event.astct_grade for event in events if event.astct_grade is not None]
    given = {
        therapy.kind for therapy in therapies if _given_for(therapy, events, onset, last, follow_up)
    }
    day = follow_up.day(onset) or 1
    return ToxicityEpisode(
        records=tuple(event.record for event in events),
        onset=onset,
        onset_imputed=_all_imputed(events, onset),
        onset_day=day,
        days_after_infusion=day - 1,
        elapsed_days=_elapsed_days(events, onset, follow_up),
        end=last if resolution is Resolution.ENDED else None,
        resolution=resolution,
        observed_until=last,
        duration_days=(last - onset).days + 1,
        days=len(days),
        max_grade=max(grades, default=None),
        severe_on=began_on(severe[0]) if severe else None,
        severe_imputed=bool(severe) and _all_imputed(severe, began_on(severe[0])),
        imputed=any(event.onset_imputed or event.end_imputed for event in events),
        treated_with=tuple(drug for drug in TREATMENTS if drug in given),
    )


def began_on(event: AnalysedAdverseEvent) -> date:
    """Give the day from which an event counts.

    Raises:
        ValueError: no day stands for its onset, so that it is in no episode.
    """
    if event.began_on is None:
        raise ValueError("an event of an episode began on some day")
    return event.began_on


def _all_imputed(events: Iterable[AnalysedAdverseEvent], day: date) -> bool:
    """Tell whether nothing that began on a day is known to have begun on it."""
    return all(event.onset_imputed for event in events if began_on(event) == day)


def _resolution(events: Sequence[AnalysedAdverseEvent], follow_up: SafetyFollowUp) -> Resolution:
    """Tell whether an episode had ended; one event that goes on keeps it open."""
    if all(_resolved_on(event, follow_up) for event in events):
        return Resolution.ENDED
    open_ended = (event for event in events if _resolved_on(event, follow_up) is None)
    if all(event.resolution is Resolution.UNKNOWN for event in open_ended):
        return Resolution.UNKNOWN
    return Resolution.NOT_ENDED


def _resolved_on(event: AnalysedAdverseEvent, follow_up: SafetyFollowUp) -> date | None:
    """Give the day an event resolved; None: it had not, or only death or the horizon ended it."""
    if event.fatal or event.end is None or event.end > follow_up.counted_until:
        return None
    return event.end


def days_present(
    events: Iterable[AnalysedAdverseEvent], follow_up: SafetyFollowUp
) -> frozenset[date]:
    """Give the days on which one of the events was present, up to the last day observed.

    Of an event of which nobody says whether it has ended, the day it began.
    """
    days: set[date] = set()
    for event in events:
        began = began_on(event)
        last = _resolved_on(event, follow_up)
        if last is None and event.resolution is Resolution.UNKNOWN:
            last = began
        last = last or max(began, follow_up.observed_until)
        days.update(began + _DAY * count for count in range((last - began).days + 1))
    return frozenset(days)


def _elapsed_days(
    events: Iterable[AnalysedAdverseEvent], onset: date, follow_up: SafetyFollowUp
) -> float | None:
    times = [event.onset_at for event in events if event.onset_at and event.onset == onset]
    if not times or follow_up.infused_at is None:
        return None
    return days_since(follow_up.infused_at, min(times))


def _given_for(
    therapy: Therapy,
    events: Iterable[AnalysedAdverseEvent],
    onset: date,
    last: date,
    follow_up: SafetyFollowUp,
) -> bool:
    """Tell whether a therapy was started for an episode: linked to it, and by the day after it.

    Source: the trial's endpoint definitions, treatment of CRS and ICANS.
    Decision: a start known to the month counts where it can lie in that time; one after death or
    the cut does not.
    """
    known_until = min(follow_up.data_cut, follow_up.death or follow_up.data_cut)
    return (
        therapy.kind in TREATMENTS
        and any(event.record.record_id in therapy.given_for for event in events)
        and _may_have_begun(therapy, onset, min(last + _DAY, known_until))
    )


def _may_have_begun(therapy: Therapy, since: date, until: date) -> bool:
    """Tell whether a therapy may have begun between two days.

    Decision: one of which no start is known may, unless it had ended before them.
    """
    if therapy.start is None:
        return therapy.end is None or therapy.end.latest >= since
    return therapy.start.earliest <= until and therapy.start.latest >= since
