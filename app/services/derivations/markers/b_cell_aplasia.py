"""When B cells were absent from the blood, and when they came back.

Source: the trial's protocol, pharmacodynamics, B-cell aplasia: CD19+ cells below 50/uL or below 1 %
of lymphocytes; recovery is two values at or above that, at least 28 days apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.derivations.markers.marker_values import (
    Level,
    MarkerSeries,
    MarkerValue,
)
from app.services.derivations.possible_days import PossibleDays
from app.trial.pharmacodynamics import PharmacodynamicRules

_CELLS_PER_UL_OF_10_9_PER_L: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BCellAplasia:
    """Absence of B cells of one subject.

    Attributes:
        at_baseline: before lymphodepletion; None without a value.
        occurred: after the infusion; None without a value that tells.
        first_on: date of the first value that shows it, ``first_day`` its day after the infusion.
        recovered_on: first of the values that show recovery, ``recovery_day`` its day; None while
            B cells are absent, or not yet seen often enough.
        confirmed_on: the value that confirmed the recovery.
    """

    at_baseline: bool | None
    occurred: bool | None
    first_on: date | None
    first_day: int | None
    recovered_on: date | None
    recovery_day: int | None
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class _Count:
    """The B cells of one sample; None: they do not tell."""

    value: MarkerValue
    absent: bool | None


def b_cell_aplasia(
    b_cells: Sequence[MarkerSeries],
    lymphocytes: Sequence[MarkerSeries],
    rules: PharmacodynamicRules,
    *,
    baseline_before: PossibleDays | None,
) -> BCellAplasia:
    """Derive when B cells were absent, and whether they recovered.

    Args:
        b_cells: CD19+ cells, in cells/uL, or in % of lymphocytes.
        lymphocytes: of the blood count, 10*9/L.
        rules: of pharmacodynamics.
        baseline_before: first dose of lymphodepletion; None: there was none.

    Decision: where the blood count of the same time has the lymphocytes, the share follows from
    both; either criterion is enough for aplasia, and recovery needs what is known of both. No value
    between the two of a recovery shows aplasia. A value below a limit of quantification that is
    above the criterion does not tell.
    """
    counts = _counts(b_cells, lymphocytes, rules)
    before = [count for count in counts if not count.value.after_infusion]
    if baseline_before is not None:
        last_day = baseline_before.earliest
        before = [count for count in before if count.value.dated <= last_day]
    after = [count for count in counts if count.value.after_infusion]
    first = next((count for count in after if count.absent), None)
    recovered, confirmed = _recovery(after, rules) if first else (None, None)
    return BCellAplasia(
        at_baseline=before[-1].absent if before else None,
        occurred=any(count.absent for count in after) if after else None,
        first_on=first.value.dated if first else None,
        first_day=first.value.day if first else None,
        recovered_on=recovered.dated if recovered else None,
        recovery_day=recovered.day if recovered else None,
        confirmed_on=confirmed.dated if confirmed else None,
    )


def _recovery(
    after: Sequence[_Count], rules: PharmacodynamicRules
) -> tuple[MarkerValue | None, MarkerValue | None]:
    """Give the first lasting recovery after aplasia, and the value that confirmed it."""
    absent_before = False
    present: list[MarkerValue] = []
    for count in after:
        if count.absent:
            absent_before, present = True, []
        elif absent_before:
            present.append(count.value)
            apart = count.value.day - present[0].day
            enough = len(present) >= rules.b_cell_recovery_values
            if enough and apart >= rules.b_cell_recovery_days_apart:
                return present[0], count.value
    return None, None


def _counts(
    b_cells: Sequence[MarkerSeries],
    lymphocytes: Sequence[MarkerSeries],
    rules: PharmacodynamicRules,
) -> list[_Count]:
    """Judge each sample by the criteria that it has values for."""
    shares, absolute = _by_time(b_cells, "%"), _by_time(b_cells, "/uL")
    totals = _by_time(lymphocytes, "10*9/L")
    counts = []
    for collected, value in sorted((shares | absolute).items(), key=lambda item: item[1].days):
        answers: list[bool | None] = []
        cells = absolute.get(collected)
        if cells is not None:
            answers.append(_below(cells, rules.b_cell_aplasia_per_ul))
        if collected in shares:
            answers.append(_below(shares[collected], rules.b_cell_aplasia_percent))
        elif cells is not None and cells.level is Level.QUANTIFIED and collected in totals:
            per_cent_of = totals[collected].amount * _CELLS_PER_UL_OF_10_9_PER_L
            answers.append(100 * cells.amount < rules.b_cell_aplasia_percent * per_cent_of)
        counts.append(_Count(value, _either(answers)))
    return [count for count in counts if count.absent is not None]


def _by_time(series: Sequence[MarkerSeries], unit: str) -> dict[PossibleDays, MarkerValue]:
    """Give the values of one unit by their time, the first recorded of two of one time."""
    values: dict[PossibleDays, MarkerValue] = {}
    for marker in series:
        for value in marker.values if marker.unit == unit else ():
            values.setdefault(value.collected, value)
    return values


def _either(answers: Sequence[bool | None]) -> bool | None:
    """Tell whether any criterion is met; None where none is and one of them is open."""
    if True in answers:
        return True
    return None if None in answers else False


def _below(value: MarkerValue, limit: Decimal) -> bool | None:
    """Tell whether a value is below a limit; None where it may lie on either side of it."""
    if value.level is Level.BELOW_LLOQ:
        return True if value.amount * 2 <= limit else None
    if value.level is Level.ABOVE_ULOQ:
        return False if value.amount >= limit else None
    return value.amount < limit
