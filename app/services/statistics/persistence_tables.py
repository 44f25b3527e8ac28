"""How long CAR-T cells persist in a trial: rates at planned visits, and the time to their loss.

Source: the trial's rules of CAR-T kinetics, persistence (a) and (b), and samples taken by
indication.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.services.derivations.kinetics.car_kinetics import AnalyteKinetics, CarKinetics
from app.services.derivations.kinetics.persistence import PersistenceAtVisit
from app.services.statistics.days import in_days
from app.services.statistics.kaplan_meier import KaplanMeier, kaplan_meier
from app.services.statistics.landmarks import Landmark, landmarks
from app.services.statistics.proportions import Proportion, proportion
from app.services.statistics.subject_facts import NOTHING_KNOWN, SubjectFacts
from app.services.statistics.survival_quantiles import SurvivalQuantile, median_survival
from app.services.statistics.table_methods import USUAL_METHODS, TableMethods

LANDMARK_MONTHS: Final = (3, 6, 9, 12, 18, 24, 30, 36)

Followed = tuple[CarKinetics, AnalyteKinetics | None]
"""A treated subject, and its kinetics of one analyte; None without an evaluable sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceRate:
    """How many subjects had quantifiable cells at one visit.

    Attributes:
        target: planned day after the infusion; the earliest where subjects differ.
        over_sampled: of the subjects with an evaluable sample in the window of the visit.
        over_followed: of all treated subjects alive and in follow-up on the planned day; None
            where samples are taken by indication, as of cerebrospinal fluid.
    """

    visit: str
    target: int
    over_sampled: Proportion
    over_followed: Proportion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToLoss:
    """The time until the cells are found no more, in days since the start of the infusion.

    Attributes:
        n_unconfirmed: losses that rest on a last sample alone.
        n_never_quantifiable: subjects left out because there was nothing to lose.
        landmarks: persistence at months of 30.4375 days.
    """

    n_unconfirmed: int
    n_never_quantifiable: int
    curve: KaplanMeier
    median: SurvivalQuantile
    landmarks: tuple[Landmark, ...]


def persistence_rates(
    subjects: Sequence[Followed],
    facts: Mapping[str, SubjectFacts],
    *,
    over_treated: bool,
    methods: TableMethods = USUAL_METHODS,
) -> tuple[PersistenceRate, ...]:
    """Give the share of subjects with quantifiable cells at each visit, with exact limits.

    Args:
        subjects: every treated subject.
        facts: by subject; ``followed_to`` tells who is in follow-up.
        over_treated: give the rate over the treated subjects too; not where samples are taken by
            indication, or the analyte is not every subject's.
        methods: of the limits.

    Decision: a subject with a sample of the visit was in follow-up, whatever else is known of it.
    """
    answers = [
        (subject, {at_visit.visit: at_visit for at_visit in kinetics.at_visits} if kinetics else {})
        for subject, kinetics in subjects
    ]
    targets: dict[str, int] = {}
    for _, visits in answers:
        for code, planned in visits.items():
            targets[code] = min(planned.target, targets.get(code, planned.target))
    rates = []
    for code, target in targets.items():
        sampled = [
            visit.detectable
            for _, visits in answers
            if (visit := visits.get(code)) is not None and visit.detectable is not None
        ]
        followed = sum(
            _in_follow_up(subject, visits.get(code), target, facts) for subject, visits in answers
        )
        found = sum(sampled)
        rates.append(
            PersistenceRate(
                visit=code,
                target=target,
                over_sampled=proportion(found, len(sampled), conf_level=methods.conf_level),
                over_followed=proportion(found, followed, conf_level=methods.conf_level)
                if over_treated
                else None,
            )
        )
    return tuple(sorted(rates, key=lambda rate: rate.target))


def time_to_loss(subjects: Sequence[Followed], methods: TableMethods = USUAL_METHODS) -> TimeToLoss:
    """Estimate the time to the loss of the cells by Kaplan and Meier.

    Subjects whose cells were never quantifiable are left out and counted; death censors at the last
    quantified sample.
    """
    with_samples = [kinetics for _, kinetics in subjects if kinetics is not None]
    times = [sample.persistence for sample in with_samples if sample.persistence is not None]
    curve = kaplan_meier(
        [time.days for time in times],
        [time.lost for time in times],
        conf_type=methods.conf_type,
        conf_level=methods.conf_level,
    )
    return TimeToLoss(
        n_unconfirmed=sum(time.confirmed is False for time in times),
        n_never_quantifiable=len(with_samples) - len(times),
        curve=curve,
        median=median_survival(curve, rule=methods.median_rule),
        landmarks=landmarks(curve, [in_days(month) for month in LANDMARK_MONTHS]),
    )


def _in_follow_up(
    subject: CarKinetics,
    visit: PersistenceAtVisit | None,
    usual_target: int,
    facts: Mapping[str, SubjectFacts],
) -> bool:
    if visit is not None and visit.detectable is not None:
        return True
    followed_to = facts.get(subject.subject, NOTHING_KNOWN).followed_to
    if followed_to is None or subject.infused_on is None:
        return False
    target = visit.target if visit is not None else usual_target
    return followed_to >= subject.infused_on + timedelta(target)
