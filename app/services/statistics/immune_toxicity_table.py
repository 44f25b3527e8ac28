"""CRS and ICANS of a cohort: how many, how severe by ASTCT, when, how long, and what was given.

Onset and length are those of the subjects affected alone. How likely the syndrome is by a day is
the cumulative incidence, in which a death before it competes.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38; the trial's endpoint definitions,
CRS and ICANS, and competing risks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.services.derivations.safety.analysed_adverse_event import Resolution
from app.services.derivations.safety.immune_toxicity import ImmuneToxicity, Syndrome
from app.services.derivations.safety.safety_follow_up import SafetyFollowUp
from app.services.derivations.safety.toxicity_episodes import SEVERE, TREATMENTS, ToxicityEpisode
from app.services.statistics.adverse_event_counts import GradeCounts, grade_counts
from app.services.statistics.competing_risks import (
    CompetingRisks,
    IncidenceLandmark,
    aalen_johansen,
    incidence_landmarks,
)
from app.services.statistics.day_range import DayRange, day_range
from app.services.statistics.kaplan_meier import kaplan_meier
from app.services.statistics.proportions import Proportion, proportion
from app.services.statistics.survival_quantiles import SurvivalQuantile, median_survival
from app.vocabularies.therapies import TherapyKind

OnsetRule = Literal["start_minus_infusion_plus_1", "hours_over_24"]

DEATH: Final = "death"
LANDMARKS: Final = (7, 14, 30)
"""Days, the infusion being day 1, at which the cumulative incidence is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectToxicity:
    """The syndrome of one subject of the cohort, and its follow-up."""

    toxicity: ImmuneToxicity
    follow_up: SafetyFollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentUse:
    """Subjects who were given one treatment for it, of all and of those affected."""

    kind: TherapyKind
    of_all: Proportion
    of_affected: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneToxicityTable:
    """One syndrome in a cohort.

    Attributes:
        n: the denominator.
        affected: with at least one episode.
        grades: those affected by highest ASTCT grade.
        before_infusion: subjects with one reported before the infusion; it stays in its period.
        onset_days: first onset by ``onset_rule``, where it is known to the day.
        onset_imputed: subjects affected whose first onset is not known to the day.
        days_after_infusion: first onset, 0 being the infusion day.
        severe_onset_days: of the first event of grade 3 or more; the infusion is day 1.
        severe_onset_imputed: subjects of which that onset is not known to the day.
        duration_days: of the first episode where that resolved, both ends included and known to the
            day.
        duration_imputed: subjects whose first episode resolved and has an end not known to the day.
        total_days: days on which it was present, where every episode resolved, on known days.
        unresolved: subjects with an episode that had not ended at death or last observation.
        end_unknown: subjects with an episode of which nobody says whether it has ended, or when.
        time_to_resolution: of the first episode, by Kaplan-Meier; those that had not ended count
            up to then.
        treatments: what was given for it.
        cumulative_incidence: of the first onset, with death as the competing event.
        landmarks: its values after days 7, 14 and 30.
        without_time_at_risk: subjects that are in no time to an event: neither in the cumulative
            incidence nor, affected, in the time to resolution.
    """

    kind: Syndrome
    n: int
    affected: Proportion
    grades: GradeCounts
    grade_3_or_more: Proportion
    before_infusion: int
    onset_rule: OnsetRule
    onset_days: DayRange
    onset_imputed: int
    days_after_infusion: DayRange
    severe_onset_days: DayRange
    severe_onset_imputed: int
    duration_days: DayRange
    duration_imputed: int
    total_days: DayRange
    unresolved: int
    end_unknown: int
    time_to_resolution: SurvivalQuantile
    treatments: tuple[TreatmentUse, ...]
    cumulative_incidence: CompetingRisks
    landmarks: tuple[IncidenceLandmark, ...]
    without_time_at_risk: int


def immune_toxicity_table(
    subjects: Sequence[SubjectToxicity],
    kind: Syndrome,
    *,
    onset_rule: OnsetRule = "start_minus_infusion_plus_1",
    conf_level: float = 0.95,
) -> ImmuneToxicityTable:
    """Describe one syndrome in a cohort.

    Args:
        subjects: the denominator, affected or not.
        kind: the syndrome; each subject's toxicity is of it.
        onset_rule: how ``onset_days`` is counted; ``hours_over_24`` takes whole days where the time
            of an onset is not known.
        conf_level: two-sided.

    Raises:
        ValueError: a toxicity is of another kind.

    Source: the trial's endpoint definitions, CRS and ICANS: median and range among those affected.
    A day that was filled in stays out of onset and duration, and is counted; in the cumulative
    incidence an onset that is not known stands at the infusion.
    Decision: an episode that had not ended has no duration; it counts in ``unresolved`` and, up to
    the day last observed, in ``time_to_resolution``.
    """
    if any(subject.toxicity.kind is not kind for subject in subjects):
        raise ValueError("every toxicity is of the kind asked for")
    n = len(subjects)
    affected = [subject.toxicity for subject in subjects if subject.toxicity.episodes]
    first = [toxicity.episodes[0] for toxicity in affected]
    known = [episode for episode in first if not episode.onset_imputed]
    resolved = [episode for episode in first if episode.resolution is Resolution.ENDED]
    times = [time for subject in subjects if (time := _time(subject)) is not None]
    curve = aalen_johansen(
        [days for days, _ in times],
        [cause for _, cause in times],
        of=(kind.value, DEATH),
        conf_level=conf_level,
    )
    timed = [
        subject.toxicity.episodes[0]
        for subject in subjects
        if subject.toxicity.episodes
        and not subject.follow_up.dates_doubtful
        and subject.toxicity.episodes[0].resolution is not Resolution.UNKNOWN
        and not subject.toxicity.episodes[0].imputed
    ]
    resolution = kaplan_meier(
        [episode.duration_days for episode in timed],
        [episode.end is not None for episode in timed],
        conf_level=conf_level,
    )
    severe = sum((toxicity.max_grade or 0) >= SEVERE for toxicity in affected)
    return ImmuneToxicityTable(
        kind=kind,
        n=n,
        affected=proportion(len(affected), n, conf_level=conf_level),
        grades=grade_counts(toxicity.max_grade for toxicity in affected),
        grade_3_or_more=proportion(severe, n, conf_level=conf_level),
        onset_rule=onset_rule,
        before_infusion=sum(subject.toxicity.before_infusion for subject in subjects),
        onset_days=day_range(_onset(episode, onset_rule) for episode in known),
        onset_imputed=len(first) - len(known),
        days_after_infusion=day_range(episode.days_after_infusion for episode in known),
        severe_onset_days=day_range(
            toxicity.severe_onset_day
            for toxicity in affected
            if toxicity.severe_onset_day is not None and not toxicity.severe_onset_imputed
        ),
        severe_onset_imputed=sum(toxicity.severe_onset_imputed for toxicity in affected),
        duration_days=day_range(
            episode.duration_days for episode in resolved if not episode.imputed
        ),
        duration_imputed=sum(episode.imputed for episode in resolved),
        total_days=day_range(
            toxicity.total_days
            for toxicity in affected
            if toxicity.total_days is not None and _is_whole(toxicity)
        ),
        unresolved=sum(toxicity.unresolved for toxicity in affected),
        end_unknown=sum(toxicity.end_unknown for toxicity in affected),
        time_to_resolution=median_survival(resolution),
        treatments=tuple(_use(drug, affected, n, conf_level) for drug in TREATMENTS),
        cumulative_incidence=curve,
        landmarks=incidence_landmarks(curve, kind.value, LANDMARKS),
        without_time_at_risk=n - len(times),
    )


def _is_whole(toxicity: ImmuneToxicity) -> bool:
    """Tell whether every day on which the syndrome was present is known."""
    return all(
        episode.resolution is Resolution.ENDED and not episode.imputed
        for episode in toxicity.episodes
    )


def _use(
    drug: TherapyKind, affected: Sequence[ImmuneToxicity], n: int, conf_level: float
) -> TreatmentUse:
    given = sum(drug in toxicity.treated_with for toxicity in affected)
    return TreatmentUse(
        kind=drug,
        of_all=proportion(given, n, conf_level=conf_level),
        of_affected=proportion(given, len(affected), conf_level=conf_level),
    )


def _onset(episode: ToxicityEpisode, rule: OnsetRule) -> float:
    if rule == "start_minus_infusion_plus_1":
        return episode.onset_day
    elapsed = episode.elapsed_days
    return episode.days_after_infusion if elapsed is None else elapsed


def _time(subject: SubjectToxicity) -> tuple[int, str | None] | None:
    """Give the day of the first onset, of death or of the last observation, and what happened.

    None: never infused, or its dates contradict each other. An onset on the day of death comes
    first.
    """
    toxicity, follow_up = subject.toxicity, subject.follow_up
    if follow_up.dates_doubtful:
        return None
    if toxicity.first is not None:
        return toxicity.first.onset_day, toxicity.kind.value
    days = follow_up.day(follow_up.observed_until)
    if days is None:
        return None
    died = follow_up.death is not None and follow_up.death <= follow_up.counted_until
    return days, DEATH if died else None
