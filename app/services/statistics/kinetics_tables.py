"""CAR-T kinetics of a trial: per matrix and method profiles, parameters and persistence.

Source: the trial's rules of CAR-T kinetics, summaries, and samples taken by indication.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from app.services.derivations.kinetics.car_kinetics import CarKinetics
from app.services.derivations.kinetics.kinetics_profile import (
    KineticsProfile,
    ProfileFlag,
    ProfileSample,
)
from app.services.derivations.kinetics.kinetics_samples import KineticsAnalyte, analyte_order
from app.services.statistics.kinetics_parameters import ParameterSummary, parameter_summaries
from app.services.statistics.level_summaries import LevelSummary, MeasuredLevel, summarise_levels
from app.services.statistics.persistence_tables import (
    Followed,
    PersistenceRate,
    TimeToLoss,
    persistence_rates,
    time_to_loss,
)
from app.services.statistics.proportions import Proportion, proportion
from app.services.statistics.subject_facts import NOTHING_KNOWN, SubjectFacts
from app.services.statistics.summaries import Summary, summarise
from app.services.statistics.table_methods import USUAL_METHODS, TableMethods
from app.vocabularies.specimens import Matrix

Denominator = Literal[
    "treated subjects with an evaluable sample after infusion",
    "treated subjects with an evaluable sample of cerebrospinal fluid after infusion",
]
TREATED: Final[Denominator] = "treated subjects with an evaluable sample after infusion"
FLUID: Final[Denominator] = (
    "treated subjects with an evaluable sample of cerebrospinal fluid after infusion"
)

EXPANSION_PARAMETERS: Final = ("cmax", "auc_0_28")
"""What is shown by response, descriptively."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """The levels of one planned day, one per subject: the sample nearest to it."""

    nominal_day: int
    levels: LevelSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpansionByResponse:
    """Expansion of the subjects with, or without, a confirmed response; descriptive only."""

    responder: bool
    n: int
    parameters: tuple[ParameterSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioSummary:
    """Marrow or fluid over blood on one planned day; None: samples without a planned day."""

    nominal_day: int | None
    n: int
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class KineticsTable:
    """One analyte after the first infusion.

    Attributes:
        n_treated: None for cerebrospinal fluid, which is never related to all treated subjects.
        n: subjects of the ``denominator``.
        n_also_measured: subjects left out of a table of derived cells per microlitre because
            theirs were measured.
        expanded: subjects with a quantifiable sample after the infusion; ``n_no_expansion`` is the
            others.
        flags: subjects per flag of their profile.
        lloq: every lower limit of quantification that its samples were held against, ascending.
        n_unscheduled: samples without a planned day, in no row of ``profile``.
        time_to_loss: of blood alone.
        ratios: of marrow and fluid to blood.
    """

    analyte: KineticsAnalyte
    denominator: Denominator
    n_treated: int | None
    n: int
    n_also_measured: int
    expanded: Proportion
    n_no_expansion: int
    flags: dict[str, int]
    profile: tuple[DaySummary, ...]
    lloq: tuple[Decimal, ...]
    n_unscheduled: int
    parameters: tuple[ParameterSummary, ...]
    persistence: tuple[PersistenceRate, ...]
    time_to_loss: TimeToLoss | None
    by_response: tuple[ExpansionByResponse, ...]
    ratios: tuple[RatioSummary, ...]
    methods: TableMethods


def kinetics_tables(
    subjects: Sequence[CarKinetics],
    facts: Mapping[str, SubjectFacts],
    methods: TableMethods = USUAL_METHODS,
) -> tuple[KineticsTable, ...]:
    """Summarise the kinetics after the first infusion, one table per matrix, method and unit.

    Args:
        subjects: every subject; one never infused is not counted.
        facts: by subject: response, and the last day in follow-up.
        methods: of limits, quartiles and medians.
    """
    treated = [subject for subject in subjects if subject.infused_on is not None]
    analytes = {
        analyte.profile.analyte
        for subject in treated
        for analyte in subject.analytes
        if analyte.profile.infusion_number == 1
    }
    return tuple(
        _table(analyte, treated, facts, methods) for analyte in sorted(analytes, key=analyte_order)
    )


def _table(
    analyte: KineticsAnalyte,
    treated: Sequence[CarKinetics],
    facts: Mapping[str, SubjectFacts],
    methods: TableMethods,
) -> KineticsTable:
    by_indication = analyte.matrix is Matrix.CSF
    with_derived = [(subject, subject.of(analyte)) for subject in treated]
    followed: list[Followed] = [
        (subject, kinetics)
        for subject, kinetics in with_derived
        if kinetics is None or ProfileFlag.ALSO_MEASURED not in kinetics.profile.flags
    ]
    profiles = {
        subject.subject: kinetics.profile for subject, kinetics in followed if kinetics is not None
    }
    in_order = list(profiles.values())
    n_expanded = sum(profile.expanded for profile in in_order)
    return KineticsTable(
        analyte=analyte,
        denominator=FLUID if by_indication else TREATED,
        n_treated=None if by_indication else len(treated),
        n=len(profiles),
        n_also_measured=len(with_derived) - len(followed),
        expanded=proportion(n_expanded, len(profiles), conf_level=methods.conf_level),
        n_no_expansion=len(profiles) - n_expanded,
        flags=dict(
            sorted(Counter(str(flag) for profile in in_order for flag in profile.flags).items())
        ),
        profile=_by_day(in_order, methods),
        lloq=tuple(
            sorted(
                {
                    sample.lloq
                    for profile in in_order
                    for sample in profile.samples
                    if sample.lloq is not None
                }
            )
        ),
        n_unscheduled=sum(
            sample.nominal_day is None for profile in in_order for sample in profile.after_infusion
        ),
        parameters=parameter_summaries(in_order, methods=methods),
        persistence=persistence_rates(
            followed,
            facts,
            over_treated=not by_indication and not analyte.derived,
            methods=methods,
        ),
        time_to_loss=time_to_loss(followed, methods) if analyte.matrix is Matrix.PB else None,
        by_response=_by_response(profiles, facts, methods),
        ratios=_ratios(analyte, treated, methods),
        methods=methods,
    )


def _by_day(profiles: Sequence[KineticsProfile], methods: TableMethods) -> tuple[DaySummary, ...]:
    """Summarise each planned day; of a subject's samples of one the nearest, ties the later."""
    levels: dict[int, list[MeasuredLevel]] = {}
    for profile in profiles:
        nearest: dict[int, ProfileSample] = {}
        for sample in profile.samples:
            day = sample.nominal_day
            if day is None or not sample.in_profile:
                continue
            held = nearest.get(day)
            if held is None or abs(sample.days - day) <= abs(held.days - day):
                nearest[day] = sample
        for day, sample in nearest.items():
            levels.setdefault(day, []).append(_level(sample))
    return tuple(
        DaySummary(nominal_day=day, levels=summarise_levels(levels[day], methods))
        for day in sorted(levels)
    )


def _level(sample: ProfileSample) -> MeasuredLevel:
    if sample.concentration is not None:
        return MeasuredLevel(sample.concentration)
    return MeasuredLevel((sample.lloq or Decimal(0)) / 2, below_lloq=True)


def _by_response(
    profiles: Mapping[str, KineticsProfile],
    facts: Mapping[str, SubjectFacts],
    methods: TableMethods,
) -> tuple[ExpansionByResponse, ...]:
    groups = []
    for responder in (True, False):
        members = [
            profile
            for subject, profile in profiles.items()
            if facts.get(subject, NOTHING_KNOWN).responder is responder
        ]
        groups.append(
            ExpansionByResponse(
                responder=responder,
                n=len(members),
                parameters=parameter_summaries(
                    members, names=EXPANSION_PARAMETERS, methods=methods
                ),
            )
        )
    return tuple(groups)


def _ratios(
    analyte: KineticsAnalyte, treated: Sequence[CarKinetics], methods: TableMethods
) -> tuple[RatioSummary, ...]:
    """Summarise the ratios to blood by planned day, a subject's first of each."""
    ratios: dict[int | None, list[float]] = {}
    for subject in treated:
        first: dict[int | None, float] = {}
        for to_blood in subject.ratios:
            if to_blood.analyte == analyte:
                first.setdefault(to_blood.nominal_day, to_blood.ratio)
        for day, ratio in first.items():
            ratios.setdefault(day, []).append(ratio)
    return tuple(
        RatioSummary(
            nominal_day=day,
            n=len(ratios[day]),
            summary=summarise(
                ratios[day],
                quantile_type=methods.quantile_type,
                conf_level=methods.conf_level,
            ),
        )
        for day in sorted(ratios, key=lambda day: (day is None, day or 0))
    )
