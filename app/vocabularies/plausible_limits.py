"""The limits that no living person passes, by what is measured.

They catch a value in another unit, a lost decimal point, another analyte: not what is rare. Each
stands well beyond what has been reported of patients who lived. There is no lower limit for what
can be 0, such as a count, and no factor to the reference range for what rises without bound after
CAR-T cells (ferritin, C-reactive protein, enzymes, creatine kinase, troponin, NT-proBNP, D-dimer,
cytokines, viral load).

Source: the trial's protocol, plausibility, for what has limits and what has none. The numbers are
this service's: each row of the table says what they rest on.

Decision: beside a factor, a row says between which values the upper limit of normal of a laboratory
can lie. A value that lies in its own range passes every factor, although a range that fits another
unit alone shows that both were sent in that one.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from app.vocabularies.laboratory import find_analyte


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibleLimits:
    """What is possible of one quantity, in one unit; None: there is no such limit.

    Attributes:
        quantity: our code of the analyte, or the name of what else is measured.
        unit: UCUM unit of the limits, for what has units.
        lowest, highest: the limits are themselves possible.
        zero: 0 is possible, although it is below the lowest.
        below_range: how many times less than the lower limit of its own range a value can be.
        above_range: how many times more than the upper limit of its own range.
        normal_from, normal_to: where the upper limit of normal of a laboratory can lie.
        other_if_below, other_if_above: the unit that is then likelier, where no list names it.
    """

    quantity: str
    unit: str
    lowest: Decimal | None
    highest: Decimal | None
    zero: bool
    below_range: Decimal | None
    above_range: Decimal | None
    normal_from: Decimal | None
    normal_to: Decimal | None
    other_if_below: str | None
    other_if_above: str | None
    why: str


@cache
def plausible_limits() -> Mapping[str, tuple[PlausibleLimits, ...]]:
    """Give the limits by quantity, one row per kind of unit."""
    table = resources.files("app.vocabularies").joinpath("data", "plausible_limits.csv")
    rows: dict[str, tuple[PlausibleLimits, ...]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        one = PlausibleLimits(
            quantity=row["quantity"],
            unit=row["unit"],
            lowest=_number(row["lowest"]),
            highest=_number(row["highest"]),
            zero=row["zero"] == "true",
            below_range=_number(row["below_range"]),
            above_range=_number(row["above_range"]),
            normal_from=_number(row["normal_from"]),
            normal_to=_number(row["normal_to"]),
            other_if_below=row["other_if_below"] or None,
            other_if_above=row["other_if_above"] or None,
            why=row["why"],
        )
        rows[one.quantity] = (*rows.get(one.quantity, ()), one)
    return rows


def units_of(quantity: str) -> tuple[str, ...]:
    """Give the units that a quantity is usually reported in."""
    analyte = find_analyte(quantity)
    if analyte is not None:
        return analyte.units
    return tuple(limits.unit for limits in plausible_limits().get(quantity, ()))


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None
