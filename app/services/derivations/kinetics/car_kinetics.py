"""CAR-T cellular kinetics of one subject: profiles, persistence, and marrow and fluid over blood.

Source: the trial's rules of CAR-T kinetics.
"""

from dataclasses import dataclass, replace
from datetime import date

from app.services.derivations.kinetics.compartment_ratios import (
    CompartmentRatio,
    compartment_ratios,
)
from app.services.derivations.kinetics.kinetics_profile import (
    KineticsProfile,
    ProfileFlag,
    ProfileSpan,
    kinetics_profile,
)
from app.services.derivations.kinetics.kinetics_samples import (
    AssayedSample,
    KineticsAnalyte,
    SamplesLeftOut,
    analyte_order,
    assayed_samples,
)
from app.services.derivations.kinetics.persistence import (
    PersistenceAtVisit,
    PersistenceTime,
    persistence_at_visits,
    persistence_time,
)
from app.services.derivations.subject_history import Infusion, SubjectHistory
from app.services.derivations.visits.planned_visits import planned_visits
from app.trial.anchors import add_months
from app.trial.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyteKinetics:
    """One analyte after one infusion: its profile, and how long the cells were found.

    Attributes:
        at_visits: one per planned visit of persistence; empty after a second infusion, because
            the visits count from the first.
        persistence: None for a subject whose cells were never quantifiable.
    """

    profile: KineticsProfile
    at_visits: tuple[PersistenceAtVisit, ...]
    persistence: PersistenceTime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarKinetics:
    """The CAR-T kinetics of one subject at a data cut.

    Attributes:
        infused_on: day of the first infusion; None: never infused, and then there is nothing else.
        last_day: last day that counts: the horizon or the data cut, whichever came first.
        analytes: by infusion, matrix and method; one without an evaluable sample after the
            infusion is absent.
        ratios: after the first infusion.
        left_out: results that do not count, of any day.
    """

    subject: str
    centre: str
    infused_on: date | None
    last_day: date | None
    analytes: tuple[AnalyteKinetics, ...]
    ratios: tuple[CompartmentRatio, ...]
    left_out: SamplesLeftOut

    def of(self, analyte: KineticsAnalyte) -> AnalyteKinetics | None:
        """Give an analyte after the first infusion; None without an evaluable sample after it."""
        return next(
            (
                kinetics
                for kinetics in self.analytes
                if kinetics.profile.analyte == analyte and kinetics.profile.infusion_number == 1
            ),
            None,
        )


def car_kinetics(history: SubjectHistory, trial: Trial) -> CarKinetics:
    """Derive the CAR-T kinetics of one subject.

    Each analyte (method and unit), matrix and infusion has a profile of its own. It begins with the
    last sample before the infusion and ends at the horizon, the data cut or the next infusion;
    samples of later days are no part of it.

    Decision: the further parts of a split infusion belong to it: time counts from the first. Which
    infusion a sample follows is told by its time, not by the infusion that its record names.
    """
    samples, left_out = assayed_samples(history.kinetics)
    spans = _spans(history, trial)
    if not spans:
        return CarKinetics(
            subject=history.subject,
            centre=history.centre,
            infused_on=None,
            last_day=None,
            analytes=(),
            ratios=(),
            left_out=left_out,
        )
    by_kind: dict[KineticsAnalyte, list[AssayedSample]] = {}
    for sample in samples:
        by_kind.setdefault(sample.analyte, []).append(sample)
    analytes = tuple(
        _analyte(profile, span, trial)
        for span in spans
        for profile in _profiles(by_kind, span, trial)
    )
    return CarKinetics(
        subject=history.subject,
        centre=history.centre,
        infused_on=spans[0].infusion.day,
        last_day=spans[0].last_day,
        analytes=analytes,
        ratios=compartment_ratios(
            [analyte.profile for analyte in analytes if analyte.profile.infusion_number == 1],
            ratio_days=trial.kinetics.ratio_days,
        ),
        left_out=left_out,
    )


def _spans(history: SubjectHistory, trial: Trial) -> list[ProfileSpan]:
    infused = sorted(
        (infusion for infusion in history.infusions if infusion.day <= history.data_cut),
        key=lambda infusion: infusion.started_at,
    )
    begun = [
        infusion for number, infusion in enumerate(infused) if number == 0 or infusion.part == 1
    ]
    if not begun:
        return []
    ends_at = trial.kinetics.profile_ends_at
    horizon = add_months(begun[0].day, history.horizon_months)
    last_day = min(history.data_cut, horizon) if "horizon" in ends_at else history.data_cut
    following: list[Infusion | None] = [*begun[1:], None]
    new_therapy_on = _new_therapy_on(history, begun[0].day)
    return [
        ProfileSpan(
            infusion=infusion,
            number=number,
            following=following[number - 1] if "second_infusion" in ends_at else None,
            last_day=last_day,
            horizon_day=(horizon - begun[0].day).days,
            new_therapy_on=new_therapy_on,
        )
        for number, infusion in enumerate(begun, start=1)
    ]


def _new_therapy_on(history: SubjectHistory, infused_on: date) -> date | None:
    """Give the first day that new anti-myeloma therapy can have begun on, after the infusion."""
    starts = [
        max(therapy.start.earliest, infused_on)
        for therapy in history.therapies
        if therapy.is_anti_myeloma
        and therapy.start is not None
        and therapy.start.latest > infused_on
    ]
    return min(starts, default=None)


def _profiles(
    by_kind: dict[KineticsAnalyte, list[AssayedSample]], span: ProfileSpan, trial: Trial
) -> list[KineticsProfile]:
    derived = (kinetics_profile(samples, span, trial) for samples in by_kind.values())
    profiles = sorted(
        (profile for profile in derived if profile is not None),
        key=lambda profile: analyte_order(profile.analyte),
    )
    measured = {profile.analyte for profile in profiles if not profile.analyte.derived}
    return [
        replace(profile, flags=(*profile.flags, ProfileFlag.ALSO_MEASURED))
        if profile.analyte.derived and replace(profile.analyte, derived=False) in measured
        else profile
        for profile in profiles
    ]


def _analyte(profile: KineticsProfile, span: ProfileSpan, trial: Trial) -> AnalyteKinetics:
    codes = trial.kinetics.persistence_visits if profile.infusion_number == 1 else ()
    visits = planned_visits(trial, codes, horizon_day=span.horizon_day)
    return AnalyteKinetics(
        profile=profile,
        at_visits=persistence_at_visits(profile, visits, infused_on=span.infusion.day),
        persistence=persistence_time(profile),
    )
