"""One profile of CAR-T cells: its samples in time, and the parameters of their course.

A profile is one subject, analyte and infusion. Source: the trial's rules of CAR-T kinetics.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services.derivations.kinetics.concentration_area import AreaWindow
from app.services.derivations.kinetics.kinetics_samples import (
    AssayedSample,
    KineticsAnalyte,
    elapsed_days,
)
from app.services.derivations.kinetics.noncompartmental import (
    EmbeddedRule,
    Noncompartmental,
    Sample,
    noncompartmental,
)
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.subject_history import Infusion
from app.services.derivations.visits.planned_visits import planned_day
from app.trial.kinetics import KineticsRules
from app.trial.trial import Trial
from app.vocabularies.kinetics import QuantificationState
from app.vocabularies.specimens import Matrix

FEWEST_FOR_AN_AREA: Final = 4
"""Quantified samples below which marrow and fluid, sampled sparsely, have no area."""

_EMBEDDED: Final[dict[str, EmbeddedRule]] = {
    "pknca": "drop",
    "zero": "zero",
    "half_lloq": "lloq/2",
}


class ProfileFlag(StrEnum):
    """What a reader of a profile should know."""

    ZERO_INSERTED = "zero_inserted"
    """There was no sample before the infusion: the profile starts from an inserted (0, 0)."""
    QUANTIFIED_BEFORE_INFUSION = "quantified_before_infusion"
    CLOCK_MISSING = "clock_missing"
    """The clock time of a sample is missing, and whole calendar days stand for it."""
    NOMINAL_TIME = "nominal_time"
    """The nominal day stands for the time of a sample, as the trial's rules have it."""
    SEVERAL_A_DAY = "several_a_day"
    """Cmax uses all samples of a day, the profile the first."""
    IDENTICAL_TIMES = "identical_times"
    """Two results of one time: the one recorded first counts."""
    LIMIT_MISSING = "limit_missing"
    """A result has no lower limit of quantification."""
    SPARSE = "sparse"
    """Too few quantified samples of marrow or fluid for an area or a half-life."""
    NEW_THERAPY = "new_therapy"
    """New anti-myeloma therapy began before the last sample; the profile goes on."""
    ALSO_MEASURED = "also_measured"
    """Derived cells per microlitre of a subject in whom they were also measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSample:
    """One sample of a profile.

    Attributes:
        day: date on the centre's clock.
        days: time since the start of the infusion; 0 for the last sample before it.
        nominal_day: planned day by the schedule; 0 before the infusion, None when unscheduled.
        in_profile: False for a further sample of the same day, which counts for Cmax alone.
        time_known: False where calendar days, or the nominal day, stand for the elapsed time.
    """

    record: RecordRef
    day: date
    days: float
    nominal_day: int | None
    state: QuantificationState
    concentration: Decimal | None
    lloq: Decimal | None
    in_profile: bool = True
    before_infusion: bool = False
    time_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KineticsProfile:
    """The course of one analyte after one infusion.

    Attributes:
        infusion_number: 1 for the first infusion.
        samples: in the order of their time; the first may be the one before the infusion.
        parameters: concentrations in the analyte's unit, times in days.
        expanded: a sample after the infusion was quantifiable; otherwise "no expansion".
    """

    analyte: KineticsAnalyte
    infusion: RecordRef
    infusion_number: int
    samples: tuple[ProfileSample, ...]
    parameters: Noncompartmental
    expanded: bool
    flags: tuple[ProfileFlag, ...]

    @property
    def after_infusion(self) -> tuple[ProfileSample, ...]:
        """The samples after the infusion that make up the curve."""
        return tuple(
            sample for sample in self.samples if sample.in_profile and not sample.before_infusion
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSpan:
    """The infusion that a profile follows, and what bounds it.

    Attributes:
        following: the next infusion, at which the profile ends; None: there was none.
        last_day: last day that counts.
        horizon_day: the horizon, in days after the infusion.
        new_therapy_on: first day of new anti-myeloma therapy; it does not end a profile.
    """

    infusion: Infusion
    number: int
    following: Infusion | None
    last_day: date
    horizon_day: int
    new_therapy_on: date | None


def kinetics_profile(
    samples: Sequence[AssayedSample], span: ProfileSpan, trial: Trial
) -> KineticsProfile | None:
    """Derive the profile of one analyte; None without a result after the infusion.

    The last sample before the infusion is set to time 0; without one the curve starts from an
    inserted (0, 0).

    Args:
        samples: every result of the analyte, in any order.
        span: the infusion followed.
        trial: the schedule, and the rules of kinetics.

    Decision: a sample of the infusion day does not stand in for the one before the dose, so that
    both are in the profile; a quantified sample before the infusion keeps its value and is flagged,
    and is no expansion.
    """
    flags: set[ProfileFlag] = set()
    sample_time = trial.kinetics.sample_time
    placed = sorted(
        (
            (elapsed_days(sample, span.infusion, sample_time=sample_time), sample)
            for sample in samples
            if sample.day <= span.last_day
        ),
        key=lambda timed: (timed[0], timed[1].record.record_id),
    )
    before = [timed for timed in placed if timed[0] <= 0]
    after = [
        timed
        for timed in placed
        if timed[0] > 0 and (span.following is None or elapsed_days(timed[1], span.following) <= 0)
    ]
    if not after:
        return None
    rows = _time_zero(before, flags, trial) + _after(after, flags, span, trial)
    if not all(row.time_known for row in rows):
        nominal = sample_time == "nominal"
        flags.add(ProfileFlag.NOMINAL_TIME if nominal else ProfileFlag.CLOCK_MISSING)
    if any(row.lloq is None for row in rows):
        flags.add(ProfileFlag.LIMIT_MISSING)
    if span.new_therapy_on is not None and span.new_therapy_on < rows[-1].day:
        flags.add(ProfileFlag.NEW_THERAPY)
    analyte = samples[0].analyte
    return KineticsProfile(
        analyte=analyte,
        infusion=span.infusion.record,
        infusion_number=span.number,
        samples=tuple(rows),
        parameters=_parameters(rows, analyte, trial.kinetics, flags),
        expanded=any(row.concentration is not None and not row.before_infusion for row in rows),
        flags=tuple(flag for flag in ProfileFlag if flag in flags),
    )


def _time_zero(
    before: Sequence[tuple[float, AssayedSample]], flags: set[ProfileFlag], trial: Trial
) -> list[ProfileSample]:
    """Give the last sample before the infusion, the first recorded of those of one time."""
    if not before:
        flags.add(ProfileFlag.ZERO_INSERTED)
        return []
    latest = [sample for days, sample in before if days == before[-1][0]]
    if len(latest) > 1:
        flags.add(ProfileFlag.IDENTICAL_TIMES)
    if latest[0].concentration is not None:
        flags.add(ProfileFlag.QUANTIFIED_BEFORE_INFUSION)
    return [replace(_row(latest[0], 0.0, trial, nominal_day=0), before_infusion=True)]


def _after(
    after: Sequence[tuple[float, AssayedSample]],
    flags: set[ProfileFlag],
    span: ProfileSpan,
    trial: Trial,
) -> list[ProfileSample]:
    rows: list[ProfileSample] = []
    days_seen: set[date] = set()
    for days, sample in after:
        timed = sample.collected.instant is not None
        if rows and rows[-1].days == days and timed:
            flags.add(ProfileFlag.IDENTICAL_TIMES)
            continue
        calendar_day = (sample.day - span.infusion.day).days
        nominal_day = planned_day(
            trial,
            calendar_day,
            horizon_day=span.horizon_day,
            elapsed_days=days if timed or calendar_day == 0 else None,
        )
        row = _row(sample, days, trial, nominal_day=nominal_day)
        if sample.day in days_seen:
            flags.add(ProfileFlag.SEVERAL_A_DAY)
            row = replace(row, in_profile=False)
        days_seen.add(sample.day)
        rows.append(row)
    return rows


def _row(
    sample: AssayedSample, days: float, trial: Trial, *, nominal_day: int | None
) -> ProfileSample:
    by_plan = trial.kinetics.sample_time == "nominal" and sample.nominal_day is not None
    return ProfileSample(
        record=sample.record,
        day=sample.day,
        days=days,
        nominal_day=nominal_day,
        state=sample.state,
        concentration=sample.concentration,
        lloq=sample.lloq,
        time_known=sample.collected.instant is not None and not by_plan,
    )


def _parameters(
    rows: Sequence[ProfileSample],
    analyte: KineticsAnalyte,
    rules: KineticsRules,
    flags: set[ProfileFlag],
) -> Noncompartmental:
    """Analyse the curve; sparsely sampled marrow and fluid have no area and no half-life.

    Decision: where half the limit stands for a sample between quantified ones, one without a limit
    is left out of the curve.
    """
    embedded = _EMBEDDED[rules.blq]
    quantified = [row.days for row in rows if row.in_profile and row.concentration is not None]
    curve = [
        Sample(row.days, row.concentration, row.lloq, row.in_profile)
        for row in rows
        if row.lloq is not None or embedded != "lloq/2" or not _between(row, quantified)
    ]
    if ProfileFlag.ZERO_INSERTED in flags:
        curve.insert(0, Sample(0.0, None))
    result = noncompartmental(
        curve,
        windows=[AreaWindow(area.to_day, area.tolerance) for area in rules.auc_windows],
        area_rule=rules.auc,
        embedded=embedded,
    )
    if analyte.matrix is Matrix.PB or len(quantified) >= FEWEST_FOR_AN_AREA or not quantified:
        return result
    flags.add(ProfileFlag.SPARSE)
    return replace(
        result,
        exposure=None,
        half_life=None,
        partial_areas=tuple(
            replace(area, area=None, reason="fewer than 4 quantifiable samples")
            for area in result.partial_areas
        ),
    )


def _between(row: ProfileSample, quantified: Sequence[float]) -> bool:
    """Tell whether a sample below the limit lies between two quantified ones."""
    return (
        row.concentration is None and bool(quantified) and quantified[0] < row.days < quantified[-1]
    )
