"""The values of one blood marker that count: in one unit, and within the limits of the assay.

Source: the trial's protocol, pharmacodynamics: values below the limit of quantification, values
above it, several values a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services.criteria.assay_limits import quantification_state
from app.services.derivations.kinetics.kinetics_samples import rest_of_the_day
from app.services.derivations.moments import MomentOrder, days_since, order_of
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import Infusion
from app.vocabularies.kinetics import QuantificationState
from app.vocabularies.laboratory import Comparator, find_analyte
from app.vocabularies.restated_units import restatement
from app.vocabularies.specimens import Specimen

OF_THE_BLOOD: Final = frozenset({None, Specimen.BLOOD, Specimen.SERUM, Specimen.PLASMA})
"""Specimens whose values are a marker's; a cytokine of cerebrospinal fluid is another matter."""


class Level(StrEnum):
    """How a value stands to the limits of its assay."""

    QUANTIFIED = "quantified"
    BELOW_LLOQ = "below_lloq"
    """Half the lower limit stands for it."""
    ABOVE_ULOQ = "above_uloq"
    """The upper limit stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerValue:
    """One value of one marker.

    Attributes:
        day: calendar days after the infusion.
        days: time since its start; whole calendar days where the clock time is not known, half of
            what was left of the infusion day where only the visit says that it was after.
        amount: in the unit of its series; of a value beyond the limits, what stands for it.
    """

    record: RecordRef
    collected: PossibleDays
    day: int
    days: float
    amount: Decimal
    level: Level

    @property
    def dated(self) -> date:
        """The date on the centre's clock."""
        return self.collected.earliest

    @property
    def after_infusion(self) -> bool:
        """Whether it was drawn after the start; without a time the visit may say so."""
        return self.days > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerSeries:
    """The values of one analyte in one unit, in the order of their time.

    Attributes:
        kept_apart: the unit cannot be converted to the one that summaries use.
        restated_by: the rounded factor by which some values were brought to it, in words; None:
            none were.
    """

    analyte: str
    unit: str
    kept_apart: bool
    restated_by: str | None
    values: tuple[MarkerValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutValues:
    """Values of markers that do not count."""

    spurious: int = 0
    other_specimen: int = 0
    """Of cerebrospinal fluid, urine or another material."""
    not_placed: int = 0
    """Words, and numbers that the limits of their assay cannot place."""


def marker_series(
    values: Iterable[LabValue],
    analytes: Sequence[str],
    *,
    infusion: Infusion,
    last_day: date,
    visits_after: frozenset[str] = frozenset(),
) -> tuple[tuple[MarkerSeries, ...], LeftOutValues]:
    """Give the series of each analyte, in the order of ``analytes``, and what was left out.

    A value is brought to the unit that summaries use, by a printed factor where it must be, which
    the series names; one that cannot be restated is kept in a series of its own unit.

    Args:
        values: every laboratory value of the subject.
        analytes: our codes.
        infusion: the first infusion.
        last_day: last day that counts.
        visits_after: codes of the visits planned after the infusion day.
    """
    wanted = set(analytes)
    spurious = other_specimen = not_placed = 0
    series: dict[tuple[str, str], list[MarkerValue]] = {}
    factors: dict[tuple[str, str], str] = {}
    for value in values:
        if value.analyte not in wanted or value.collected.earliest > last_day:
            continue
        if value.spurious:
            spurious += 1
        elif value.specimen not in OF_THE_BLOOD:
            other_specimen += 1
        elif (placed := _placed(value)) is None or value.unit is None:
            not_placed += 1
        else:
            amount, level = placed
            unit = usual_unit(value.analyte) or value.unit
            way = restatement(value.analyte, value.unit, unit)
            if way is None:
                converted, unit = amount, value.unit
            else:
                converted = way.of(amount)
                if way.factor is not None:
                    factors[value.analyte, unit] = way.factor
            series.setdefault((value.analyte, unit), []).append(
                _value(value, converted, level, infusion, visits_after)
            )
    order = {code: place for place, code in enumerate(analytes)}
    found = tuple(
        MarkerSeries(
            analyte=analyte,
            unit=unit,
            kept_apart=unit != (usual_unit(analyte) or unit),
            restated_by=factors.get((analyte, unit)),
            values=tuple(sorted(found, key=lambda value: (value.days, value.record.record_id))),
        )
        for (analyte, unit), found in sorted(
            series.items(), key=lambda item: (order[item[0][0]], item[0][1])
        )
    )
    return found, LeftOutValues(
        spurious=spurious, other_specimen=other_specimen, not_placed=not_placed
    )


def first_of_each_day(values: Iterable[MarkerValue]) -> list[MarkerValue]:
    """Give the first value of each calendar day, from values in the order of their time."""
    first: dict[int, MarkerValue] = {}
    for value in values:
        first.setdefault(value.day, value)
    return sorted(first.values(), key=lambda value: value.days)


def drawn_before(value: PossibleDays, other: PossibleDays) -> bool:
    """Tell whether a sample came before a dose; on the same day without a time it did."""
    return order_of(value, other, on_one_day=MomentOrder.BEFORE) is MomentOrder.BEFORE


def usual_unit(analyte: str) -> str | None:
    """Give the unit that summaries use; None for an analyte that no list names."""
    listed = find_analyte(analyte)
    return listed.units[0] if listed and listed.units else None


def _placed(value: LabValue) -> tuple[Decimal, Level] | None:
    """Give what stands for a value and why; None where it cannot be placed.

    Decision: below a limit that the laboratory did not send, half of what it wrote stands for the
    value: "<5" is 2.5; above one, what it wrote.
    """
    if value.value is None:
        return None
    state = quantification_state(value=value.value, comparator=value.comparator, lloq=value.lloq)
    if state is QuantificationState.MISSING:
        return None
    if state.below_quantification:
        return (value.value if value.lloq is None else value.lloq) / 2, Level.BELOW_LLOQ
    beyond = value.comparator in {Comparator.GREATER, Comparator.GREATER_OR_EQUAL}
    if beyond or (value.uloq is not None and value.value > value.uloq):
        return (value.value if value.uloq is None else value.uloq), Level.ABOVE_ULOQ
    return value.value, Level.QUANTIFIED


def _value(
    value: LabValue,
    amount: Decimal,
    level: Level,
    infusion: Infusion,
    visits_after: frozenset[str],
) -> MarkerValue:
    day = (value.collected.earliest - infusion.day).days
    days = float(day)
    if value.collected.instant is not None:
        days = days_since(infusion.started_at, value.collected.instant)
    elif day == 0 and value.visit in visits_after:
        days = rest_of_the_day(infusion) / 2
    return MarkerValue(
        record=value.record,
        collected=value.collected,
        day=day,
        days=days,
        amount=amount,
        level=level,
    )
