"""Summaries of the parameters of many CAR-T profiles of one analyte.

Source: the trial's rules of CAR-T kinetics, summaries.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.services.derivations.kinetics.kinetics_profile import KineticsProfile
from app.services.derivations.kinetics.noncompartmental import Noncompartmental
from app.services.statistics.summaries import Summary, summarise
from app.services.statistics.table_methods import USUAL_METHODS, TableMethods

DAYS = "d"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSummary:
    """One parameter over the subjects.

    Attributes:
        name: such as ``cmax``, ``tmax``, ``auc_0_28``, ``half_life``.
        unit: UCUM; an area is in unit x days.
        summary: a value of 0, "no expansion", is left out of its geometric figures and counted.
        n_missing: subjects without the parameter, by reason.
        n_flagged: values to be read with care: a half-life that is poorly fitted or rests on a
            short span, an area to infinity of which over 20 % is extrapolated, an area that ends at
            the last quantified sample before its day, a peak after day 28.
    """

    name: str
    unit: str
    summary: Summary
    n_missing: dict[str, int]
    n_flagged: int


@dataclass(frozen=True, slots=True)
class _Value:
    value: float | Decimal | None
    missing: str = ""
    flagged: bool = False


_Reading = Callable[[Noncompartmental], _Value]


def parameter_summaries(
    profiles: Sequence[KineticsProfile],
    *,
    names: Sequence[str] | None = None,
    methods: TableMethods = USUAL_METHODS,
) -> tuple[ParameterSummary, ...]:
    """Summarise the parameters of profiles of one analyte, one per subject.

    Args:
        profiles: of one analyte.
        names: the parameters wanted; None for all.
        methods: of quartiles and limits.
    """
    if not profiles:
        return ()
    found = []
    for name, unit, reading in _readings(profiles[0]):
        if names is not None and name not in names:
            continue
        values = [reading(profile.parameters) for profile in profiles]
        found.append(
            ParameterSummary(
                name=name,
                unit=unit,
                summary=summarise(
                    [value.value for value in values if value.value is not None],
                    quantile_type=methods.quantile_type,
                    conf_level=methods.conf_level,
                ),
                n_missing=dict(
                    sorted(
                        Counter(value.missing for value in values if value.value is None).items()
                    )
                ),
                n_flagged=sum(value.flagged for value in values),
            )
        )
    return tuple(found)


def _readings(profile: KineticsProfile) -> Iterator[tuple[str, str, _Reading]]:
    unit = profile.analyte.unit
    area_unit = f"{unit}.{DAYS}"
    never = "never quantifiable"
    yield "cmax", unit, lambda p: _Value(p.cmax, flagged=p.late_expansion)
    yield (
        "cmax_to_day_28",
        unit,
        lambda p: _Value(p.early_peak.concentration if p.early_peak else None, "not by day 28"),
    )
    yield "tmax", DAYS, lambda p: _Value(p.tmax, never)
    yield "tfirst", DAYS, lambda p: _Value(p.tfirst, never)
    yield "tlast", DAYS, lambda p: _Value(p.tlast, never)
    yield "clast", unit, lambda p: _Value(p.clast, never)
    yield "tbql", DAYS, lambda p: _Value(p.tbql, "not reached" if p.tlast is not None else never)
    yield "half_life", DAYS, _half_life
    yield "auc_last", area_unit, lambda p: _exposure(p, "auc_last")
    yield "auc_all", area_unit, lambda p: _exposure(p, "auc_all")
    yield "auc_inf", area_unit, lambda p: _exposure(p, "auc_inf")
    for place, area in enumerate(profile.parameters.partial_areas):
        yield f"auc_0_{area.end:g}", area_unit, _partial_area(place)


def _half_life(parameters: Noncompartmental) -> _Value:
    fit = parameters.half_life
    if fit is None:
        return _Value(None, "not estimable")
    return _Value(fit.days, flagged=fit.poorly_fitted or fit.short_span)


def _exposure(parameters: Noncompartmental, name: str) -> _Value:
    exposure = parameters.exposure
    if exposure is None:
        return _Value(None, _without_exposure(parameters))
    if name != "auc_inf":
        return _Value(exposure.auc_last if name == "auc_last" else exposure.auc_all)
    return _Value(exposure.auc_inf, "no half-life", flagged=exposure.largely_extrapolated)


def _without_exposure(parameters: Noncompartmental) -> str:
    return next((area.reason for area in parameters.partial_areas if area.reason), "no area")


def _partial_area(place: int) -> _Reading:
    def reading(parameters: Noncompartmental) -> _Value:
        area = parameters.partial_areas[place]
        cut_short = area.area is not None and not area.quantifiable_to_end
        return _Value(area.area, area.reason or "", flagged=cut_short)

    return reading
