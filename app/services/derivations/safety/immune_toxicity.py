"""CRS and ICANS of one subject: when, how long and how severe, by ASTCT 2019, and what was given.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38; the trial's endpoint definitions,
adverse events, CRS and ICANS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.services.derivations.safety.analysed_adverse_event import Resolution, SubjectAdverseEvents
from app.services.derivations.safety.toxicity_episodes import (
    TREATMENTS,
    ToxicityEpisode,
    days_present,
    toxicity_episodes,
)
from app.services.derivations.subject_history import Therapy
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.therapies import TherapyKind

Syndrome = Literal[AesiKind.CRS, AesiKind.ICANS]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneToxicity:
    """CRS, or ICANS, of one subject. Everything of a subject not affected is None or empty.

    Attributes:
        episodes: by onset.
        max_grade: highest of the episodes; None too: not graded.
        severe_onset_day: of the first event of grade 3 or more, days from the infusion as day 1.
        severe_onset_imputed: a part of that day was filled in, or all of it.
        total_days: days on which it is known to have been present, over all episodes.
        unresolved: an episode had not ended when the subject died or was last observed.
        end_unknown: of an episode nobody says whether it has ended, or when.
        before_infusion: it was reported with an onset before the infusion, where it cannot begin:
            such an event stays in its own period and has neither onset nor duration here.
    """

    kind: Syndrome
    episodes: tuple[ToxicityEpisode, ...]
    max_grade: int | None
    severe_onset_day: int | None
    severe_onset_imputed: bool
    total_days: int | None
    unresolved: bool
    end_unknown: bool
    before_infusion: bool
    treated_with: tuple[TherapyKind, ...]

    @property
    def first(self) -> ToxicityEpisode | None:
        """The first episode; None: not affected."""
        return self.episodes[0] if self.episodes else None


def immune_toxicity(
    subject: SubjectAdverseEvents,
    therapies: Sequence[Therapy],
    kind: Syndrome,
    *,
    gap_days: int,
) -> ImmuneToxicity:
    """Give the episodes of CRS, or of ICANS, of one subject after the infusion.

    Args:
        subject: its adverse events, from ``subject_adverse_events``.
        therapies: its concomitant therapies.
        kind: which of the two.
        gap_days: longest gap that does not end an episode, see ``toxicity_episodes``.

    Source: the trial's endpoint definitions, CRS and ICANS, and data errors, CRS-BEFORE-INFUSION.
    Decision: new therapy does not end the collection of either.
    """
    until = subject.follow_up.counted_until
    of_kind = [
        event for event in subject.events if event.aesi_kind is kind and event.left_out is None
    ]
    events = [
        event for event in of_kind if event.emerged_on is not None and event.emerged_on <= until
    ]
    episodes = toxicity_episodes(events, therapies, subject.follow_up, gap_days=gap_days)
    grades = [episode.max_grade for episode in episodes if episode.max_grade is not None]
    severe = [
        (episode.severe_on, episode.severe_imputed)
        for episode in episodes
        if episode.severe_on is not None
    ]
    given = {drug for episode in episodes for drug in episode.treated_with}
    return ImmuneToxicity(
        kind=kind,
        episodes=episodes,
        max_grade=max(grades, default=None),
        severe_onset_day=subject.follow_up.day(min(severe)[0]) if severe else None,
        severe_onset_imputed=bool(severe) and min(severe)[1],
        total_days=len(days_present(events, subject.follow_up)) if events else None,
        unresolved=any(episode.resolution is Resolution.NOT_ENDED for episode in episodes),
        end_unknown=any(episode.resolution is Resolution.UNKNOWN for episode in episodes),
        before_infusion=any(event.before_infusion for event in of_kind),
        treated_with=tuple(drug for drug in TREATMENTS if drug in given),
    )
