"""How long CAR-T cells can be found: at planned visits, and until they are found no more.

Source: the trial's rules of CAR-T kinetics, persistence (a) and (b).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.services.derivations.kinetics.kinetics_profile import KineticsProfile
from app.services.derivations.visits.planned_visits import PlannedVisit


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceAtVisit:
    """Whether cells were quantifiable at one planned visit.

    Attributes:
        target: planned day after the infusion.
        day: date of the sample nearest the target; None without an evaluable sample in the window.
        detectable: it reached the lower limit of quantification; None without a sample.
    """

    visit: str
    target: int
    day: date | None
    detectable: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceTime:
    """The time to the loss of the cells.

    Attributes:
        days: since the start of the infusion: of the first sample below the limit, or of the last
            quantified one where the cells were not lost.
        lost: the cells were found no more (an event); otherwise the time is censored.
        confirmed: the next sample was below the limit too; None without a loss.
        lost_on: date of the first of those samples.
        found_again: a later sample was quantifiable again; the loss stands.
    """

    days: float
    lost: bool
    confirmed: bool | None
    lost_on: date | None
    found_again: bool


def persistence_at_visits(
    profile: KineticsProfile, visits: Sequence[PlannedVisit], *, infused_on: date
) -> tuple[PersistenceAtVisit, ...]:
    """Tell at each visit whether cells were quantifiable.

    The sample nearest the target inside the window decides, the later one of two equally near.
    """
    samples = profile.after_infusion
    answers = []
    for visit in visits:
        inside = [
            (-abs(day - visit.target), sample.days, sample)
            for sample in samples
            if visit.first_day <= (day := (sample.day - infused_on).days) <= visit.last_day
        ]
        nearest = max(inside, key=lambda nearby: nearby[:2])[2] if inside else None
        answers.append(
            PersistenceAtVisit(
                visit=visit.code,
                target=visit.target,
                day=nearest.day if nearest else None,
                detectable=nearest.concentration is not None if nearest else None,
            )
        )
    return tuple(answers)


def persistence_time(profile: KineticsProfile) -> PersistenceTime | None:
    """Give the time to the first of two consecutive samples below the limit, after Tmax.

    A single sample below the limit counts, unconfirmed, where it is the last one. Without either,
    the time is censored at the last quantified sample. None for a subject whose cells were never
    quantifiable: there is nothing to lose.
    """
    tmax, tlast = profile.parameters.tmax, profile.parameters.tlast
    if not profile.expanded or tmax is None or tlast is None:
        return None
    later = [result for result in profile.after_infusion if result.days > tmax]
    lost = next(
        (
            first
            for first, second in pairwise(later)
            if first.concentration is None and second.concentration is None
        ),
        None,
    )
    confirmed = lost is not None
    if lost is None and later and later[-1].concentration is None:
        lost = later[-1]
    if lost is None:
        return PersistenceTime(
            days=tlast, lost=False, confirmed=None, lost_on=None, found_again=False
        )
    return PersistenceTime(
        days=lost.days,
        lost=True,
        confirmed=confirmed,
        lost_on=lost.day,
        found_again=tlast > lost.days,
    )
