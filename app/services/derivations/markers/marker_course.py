"""The course of one blood marker: baseline, peak or nadir, exposure, and its level at each visit.

Source: the trial's protocol, pharmacodynamics, baseline and parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from app.services.derivations.kinetics.concentration_area import AreaWindow, NoArea, partial_area
from app.services.derivations.markers.marker_values import (
    Level,
    MarkerSeries,
    MarkerValue,
    first_of_each_day,
)
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.visits.planned_visits import planned_visit
from app.trial.pharmacodynamics import PharmacodynamicRules
from app.trial.trial import Trial

AREA_TOLERANCE_DAYS: Final = 2
"""How long before the end of the area the last value may have been drawn: as for AUC0-28 of
CAR-T cells."""

NoMarkerArea = NoArea | Literal["no baseline", "no value after the infusion"]


class MarkerFlag(StrEnum):
    """What a reader of a marker's course should know."""

    CLOCK_MISSING = "clock_missing"
    """The clock time of a value is missing, and whole calendar days stand for it."""
    UNIT_KEPT_APART = "unit_kept_apart"
    """Its unit cannot be converted to that of the summaries."""
    BASELINE_BELOW_LLOQ = "baseline_below_lloq"
    PEAK_ABOVE_ULOQ = "peak_above_uloq"
    """The true peak is higher: the upper limit of the assay stands for it."""
    TOCILIZUMAB_BEFORE_PEAK = "tocilizumab_before_peak"
    """Tocilizumab raises interleukin 6 by itself; the value stays."""
    RESTATED = "restated"
    """Values of another unit were brought to this one by a rounded factor."""
    IVIG = "ivig"
    """Some values were drawn within the days after immunoglobulin in which IgG is not its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLevel:
    """The value of one planned visit, the one nearest its target; ``target`` in days."""

    visit: str
    target: int
    value: MarkerValue


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerCourse:
    """The course of one analyte in one unit.

    Attributes:
        n_values: values after the infusion; ``n_below_lloq`` and ``n_above_uloq`` are among them.
        baseline: None without a value before the day that it is taken before.
        peak: highest value from the infusion to the last day of a peak, the first on a tie; None
            without one, and for a marker that is followed by its nadir.
        fold_change: peak over baseline; None without both, or with a baseline of 0.
        nadir: lowest value after the infusion, the first on a tie; None for a marker that is
            followed by its peak.
        percent_change: from baseline to nadir; negative where the marker fell.
        first_below_lloq: first value below the limit of quantification.
        first_return: first value above half the baseline, after one that was not.
        area: from the baseline at time 0, linear, unit x days; None for the ``no_area`` beside it.
        last: last value.
        visits: from the day of the infusion on.
        restated_by: the rounded factor by which values of another unit came into it, in words.
    """

    analyte: str
    unit: str
    n_values: int
    n_below_lloq: int
    n_above_uloq: int
    baseline: MarkerValue | None
    peak: MarkerValue | None
    fold_change: float | None
    nadir: MarkerValue | None
    percent_change: float | None
    first_below_lloq: MarkerValue | None
    first_return: MarkerValue | None
    area: float | None
    no_area: NoMarkerArea | None
    last: MarkerValue | None
    visits: tuple[VisitLevel, ...]
    restated_by: str | None
    flags: tuple[MarkerFlag, ...]


def marker_course(
    series: MarkerSeries,
    trial: Trial,
    *,
    lymphodepletion: PossibleDays | None,
    horizon_day: int,
    flags: Sequence[MarkerFlag] = (),
) -> MarkerCourse:
    """Derive the course of one marker.

    Args:
        series: its values.
        trial: the schedule, and the rules of pharmacodynamics.
        lymphodepletion: its first dose before the infusion; None: there was none.
        horizon_day: the horizon, days after the infusion.
        flags: what is known of the course beside its values.

    Decision: a baseline is taken from before lymphodepletion, its first day included, or not at
    all: afterwards the marker has changed. Half the limit stands for a value below it in every
    parameter.
    """
    rules = trial.pharmacodynamics
    after = [value for value in series.values if value.after_infusion]
    baseline = _baseline(series, rules, lymphodepletion)
    followed_by_nadir = series.analyte in rules.nadir_analytes
    peak = None if followed_by_nadir else _peak(after, rules)
    nadir = min(after, key=lambda value: value.amount, default=None) if followed_by_nadir else None
    area, no_area = _area(baseline, after, rules)
    found = set(flags)
    if any(
        value.collected.instant is None for value in (*after, *([baseline] if baseline else ()))
    ):
        found.add(MarkerFlag.CLOCK_MISSING)
    if series.kept_apart:
        found.add(MarkerFlag.UNIT_KEPT_APART)
    if series.restated_by is not None:
        found.add(MarkerFlag.RESTATED)
    if baseline is not None and baseline.level is Level.BELOW_LLOQ:
        found.add(MarkerFlag.BASELINE_BELOW_LLOQ)
    if peak is not None and peak.level is Level.ABOVE_ULOQ:
        found.add(MarkerFlag.PEAK_ABOVE_ULOQ)
    return MarkerCourse(
        analyte=series.analyte,
        unit=series.unit,
        n_values=len(after),
        n_below_lloq=sum(value.level is Level.BELOW_LLOQ for value in after),
        n_above_uloq=sum(value.level is Level.ABOVE_ULOQ for value in after),
        baseline=baseline,
        peak=peak,
        fold_change=_ratio(peak, baseline),
        nadir=nadir,
        percent_change=None if (ratio := _ratio(nadir, baseline)) is None else 100 * (ratio - 1),
        first_below_lloq=next((value for value in after if value.level is Level.BELOW_LLOQ), None)
        if followed_by_nadir
        else None,
        first_return=_first_return(baseline, after) if followed_by_nadir else None,
        area=area,
        no_area=no_area,
        last=after[-1] if after else None,
        visits=_visits(series, trial, horizon_day),
        restated_by=series.restated_by,
        flags=tuple(flag for flag in MarkerFlag if flag in found),
    )


def _baseline(
    series: MarkerSeries, rules: PharmacodynamicRules, lymphodepletion: PossibleDays | None
) -> MarkerValue | None:
    before = [value for value in series.values if not value.after_infusion]
    if series.analyte in rules.baseline_pre_lymphodepletion and lymphodepletion is not None:
        before = [value for value in before if value.collected.earliest <= lymphodepletion.earliest]
    return next((value for value in before if value.days == before[-1].days), None)


def _peak(after: Sequence[MarkerValue], rules: PharmacodynamicRules) -> MarkerValue | None:
    early = [value for value in after if value.day <= rules.peak_to_day]
    return max(early, key=lambda value: value.amount, default=None)


def _ratio(value: MarkerValue | None, baseline: MarkerValue | None) -> float | None:
    if value is None or baseline is None or not baseline.amount:
        return None
    return float(value.amount / baseline.amount)


def _first_return(baseline: MarkerValue | None, after: Sequence[MarkerValue]) -> MarkerValue | None:
    if baseline is None:
        return None
    fallen = False
    for value in after:
        if value.amount * 2 <= baseline.amount:
            fallen = True
        elif fallen:
            return value
    return None


def _area(
    baseline: MarkerValue | None, after: Sequence[MarkerValue], rules: PharmacodynamicRules
) -> tuple[float | None, NoMarkerArea | None]:
    if baseline is None:
        return None, "no baseline"
    if not after:
        return None, "no value after the infusion"
    points = [(0.0, float(baseline.amount))]
    for value in first_of_each_day(after):
        if value.days > points[-1][0]:
            points.append((value.days, float(value.amount)))
    window = AreaWindow(rules.auc_to_day, AREA_TOLERANCE_DAYS)
    area = partial_area(window, points, profile_ends=points[-1][0], rule="linear")
    return area.area, area.reason


def _visits(series: MarkerSeries, trial: Trial, horizon_day: int) -> tuple[VisitLevel, ...]:
    """Give the level at each visit: the value nearest the target, the later of two equally near."""
    nearest: dict[str, VisitLevel] = {}
    for value in first_of_each_day(value for value in series.values if value.day >= 0):
        visit = planned_visit(trial, value.day, horizon_day=horizon_day)
        if visit is None:
            continue
        held = nearest.get(visit.code)
        if held is None or abs(value.day - visit.target) <= abs(held.value.day - visit.target):
            nearest[visit.code] = VisitLevel(visit=visit.code, target=visit.target, value=value)
    return tuple(sorted(nearest.values(), key=lambda level: level.target))
