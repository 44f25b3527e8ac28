"""Non-compartmental analysis of one profile: how far the cells expanded, and for how long.

A profile is one subject, analyte, matrix and infusion. It begins with the sample at time 0 that
stands for the time before the infusion; whoever builds the profile puts it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from app.services.derivations.kinetics.concentration_area import (
    AreaRule,
    AreaWindow,
    Exposure,
    PartialArea,
    Point,
    exposure_of,
    partial_area,
)
from app.services.derivations.kinetics.terminal_half_life import HalfLife, terminal_half_life

EmbeddedRule = Literal["drop", "zero", "lloq/2"]
"""What a sample below the limit stands for when quantified ones lie on both its sides."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a profile.

    Attributes:
        days: actual time since the start of the infusion, in days of 86,400 s; the last sample
            before the infusion is at 0.
        concentration: the quantified value, above 0; None below the lower limit of
            quantification, whether detected or not.
        lloq: that limit, in the unit of the concentration; None when unknown.
        in_profile: False for a further sample of the same day, which counts for Cmax alone.
    """

    days: float
    concentration: Decimal | None
    lloq: Decimal | None = None
    in_profile: bool = True


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest concentration and the day of its first sample."""

    concentration: Decimal
    days: float


@dataclass(frozen=True, slots=True)
class Noncompartmental:
    """The parameters of one profile; times are days.

    Attributes:
        cmax: highest concentration; 0 when no sample was quantifiable ("no expansion"), and then
            every other parameter is None.
        tmax: day of ``cmax``, the first on a tie.
        early_peak: the highest concentration within the peak window; None when nothing in it was
            quantifiable.
        late_expansion: ``cmax`` came after the peak window.
        tfirst: first quantified sample.
        tlast: last quantified sample, and ``clast`` its concentration.
        tbql: first sample below the limit after ``tlast``; None when none was seen (censored).
        half_life: None when it cannot be estimated.
        partial_areas: one per window asked for, in their order.
    """

    cmax: Decimal
    tmax: float | None
    early_peak: Peak | None
    late_expansion: bool
    tfirst: float | None
    tlast: float | None
    clast: Decimal | None
    tbql: float | None
    exposure: Exposure | None
    half_life: HalfLife | None
    partial_areas: tuple[PartialArea, ...]


def noncompartmental(
    samples: Sequence[Sample],
    *,
    windows: Sequence[AreaWindow] = (),
    peak_window_days: float = 28,
    area_rule: AreaRule = "linear_up_log_down",
    embedded: EmbeddedRule = "drop",
    extrapolate: bool = False,
) -> Noncompartmental:
    """Derive the parameters of one profile.

    A sample below the limit of quantification counts as 0 before the first quantified one, by
    ``embedded`` between two of them, and adds no area after the last.

    Args:
        samples: of one profile, in any order.
        windows: the partial areas wanted.
        peak_window_days: how long the expansion is expected to take.
        area_rule: see ``area_under``.
        embedded: leave such a sample out, or take it as 0 or as half its limit.
        extrapolate: give a partial area by the half-life where the profile ends too early.

    Raises:
        ValueError: there is no sample in the profile, two samples share a time, a time is
            negative, a concentration is not above 0, or ``lloq/2`` meets a sample without a limit.

    Source: PKNCA 0.12.0.9000, defaults (``conc.blq`` first keep, middle drop, last keep;
    ``first.tmax``; lin up/log down).
    Decision: an area is extrapolated only where it would be missing, so that the option changes
    no area that was measured.
    """
    everything = sorted(samples, key=lambda sample: sample.days)
    _check(everything)
    profile = [sample for sample in everything if sample.in_profile]
    if not profile:
        raise ValueError("a profile has at least one sample")
    peak = _peak(everything)
    early_peak = _peak([sample for sample in everything if sample.days <= peak_window_days])
    points = _points(profile, embedded)
    quantified = [
        (sample.days, sample.concentration)
        for sample in profile
        if sample.concentration is not None
    ]
    if peak is None or not quantified:
        half_life, exposure = None, None
        tfirst = tlast = tbql = clast = None
    else:
        tfirst = quantified[0][0]
        tlast, clast = quantified[-1]
        tbql = next((sample.days for sample in profile if sample.days > tlast), None)
        half_life = terminal_half_life(
            [(days, float(value)) for days, value in quantified if days > peak.days]
        )
        exposure = exposure_of(points, tbql=tbql, half_life=half_life, rule=area_rule)
    return Noncompartmental(
        cmax=peak.concentration if peak else Decimal(0),
        tmax=peak.days if peak else None,
        early_peak=early_peak,
        late_expansion=peak is not None and peak.days > peak_window_days,
        tfirst=tfirst,
        tlast=tlast,
        clast=clast,
        tbql=tbql,
        exposure=exposure,
        half_life=half_life,
        partial_areas=tuple(
            partial_area(
                window,
                points,
                profile_ends=profile[-1].days,
                rule=area_rule,
                half_life=half_life if extrapolate else None,
            )
            for window in windows
        ),
    )


def _check(samples: Sequence[Sample]) -> None:
    if any(not sample.days >= 0 for sample in samples):
        raise ValueError("the time of a sample is counted from the infusion, at least 0")
    if any(earlier.days == later.days and later.in_profile for earlier, later in pairwise(samples)):
        raise ValueError("two samples of a profile have two times")
    if any(sample.concentration is not None and not sample.concentration > 0 for sample in samples):
        raise ValueError("a quantified concentration is above 0")


def _peak(samples: Sequence[Sample]) -> Peak | None:
    peaks = [
        Peak(sample.concentration, sample.days)
        for sample in samples
        if sample.concentration is not None
    ]
    return max(peaks, key=lambda peak: peak.concentration, default=None)


def _points(profile: Sequence[Sample], embedded: EmbeddedRule) -> list[Point]:
    """Give the curve from the start of the profile to its last quantified sample."""
    points: list[Point] = []
    waiting: list[Sample] = []
    for sample in profile:
        if sample.concentration is None:
            waiting.append(sample)
            continue
        rule = embedded if points else "zero"
        points += [(below.days, _below_limit(below, rule)) for below in waiting if rule != "drop"]
        points.append((sample.days, float(sample.concentration)))
        waiting.clear()
    return points


def _below_limit(sample: Sample, rule: EmbeddedRule) -> float:
    if rule == "zero":
        return 0.0
    if sample.lloq is None:
        raise ValueError("half the limit of quantification needs the limit")
    return float(sample.lloq) / 2
