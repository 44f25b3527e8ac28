"""The intervals in which CTCAE 5.0 grades a laboratory result by its number.

One row of the table is one interval of one grade, in one unit. A unit that no row has is not
graded: nothing is converted. Cuts are facts; the criteria's wording is not part of the table.

Source: NCI, CTCAE version 5.0, 27 November 2017: the terms with numbers, as intervals with SI and
conventional units. The trial's protocol, analytes, for troponin. Where the published text gives
one unit only, a second one is there when it is a decimal multiple of it (counts per uL, protein in
mg per 24 hours). Those of ionised calcium in mg/dL are the mmol/L cuts times 4, as pharmaverse
admiral has them; CTCAE prints none.

Decision: sodium of 129 to 130 is grade 1 and of 124 to 125 grade 3, where the text leaves a gap.
The criteria's alternatives without a number (transfusion indicated, steroids begun) are not here,
nor are terms that one result cannot show: febrile neutropenia, chronic kidney disease.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

from app.vocabularies.laboratory_grading import (
    AbnormalityDirection,
    DecidingFact,
    GradingReference,
)

ANY_UNIT: Final = "*"
"""Unit of a row whose cuts are multiples: any, if the limits have the same."""

CONDITIONS: Final = {
    "symptomatic": (DecidingFact.SYMPTOMS, True),
    "asymptomatic": (DecidingFact.SYMPTOMS, False),
    "on_anticoagulation": (DecidingFact.ANTICOAGULATION, True),
    "no_intervention": (DecidingFact.INTERVENTION, False),
    "physiologic_consequences": (DecidingFact.PHYSIOLOGIC_CONSEQUENCES, True),
    "no_physiologic_consequences": (DecidingFact.PHYSIOLOGIC_CONSEQUENCES, False),
    "infarction_limit_reached": (DecidingFact.INFARCTION_LIMIT, True),
    "below_infarction_limit": (DecidingFact.INFARCTION_LIMIT, False),
}
"""Each condition of a row as a fact, and what the fact must be."""

_REFERENCES: Final = {
    "": None,
    "LLN": GradingReference.LOWER_LIMIT,
    "ULN": GradingReference.UPPER_LIMIT,
    "BASELINE": GradingReference.BASELINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPoint:
    """One end of an interval.

    Attributes:
        number: the cut itself, or what ``of`` is multiplied by, or what is added to it.
        of: what the number goes with; None: nothing, it is absolute.
        added: the number is added to ``of`` and not a multiple of it.
        included: the interval holds the cut.
    """

    number: Decimal
    of: GradingReference | None = None
    added: bool = False
    included: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeInterval:
    """One interval of values that have one grade.

    Attributes:
        analyte: our code.
        term: CTCAE 5.0 term, in its published spelling.
        unit: UCUM unit of value and cuts; ``ANY_UNIT`` where all cuts are multiples.
        grade: 1 to 4; None for a term that CTCAE grades by no number.
        branch: ``baseline_high``, ``baseline_not_high``, ``above_baseline``, ``value_below_lln``,
            or empty: what else must hold.
        condition: a key of ``CONDITIONS``, or empty.
        lower: where the interval begins; None: at 0.
        upper: where it ends; None: it does not.
    """

    analyte: str
    direction: AbnormalityDirection
    term: str
    unit: str
    grade: int | None
    branch: str
    condition: str
    lower: CutPoint | None
    upper: CutPoint | None


@cache
def grade_intervals() -> tuple[GradeInterval, ...]:
    """Give the intervals, by analyte, direction and unit as far as the table keeps them so."""
    table = resources.files("app.vocabularies").joinpath("data", "ctcae_v5_laboratory.csv")
    return tuple(
        GradeInterval(
            analyte=row["analyte"],
            direction=AbnormalityDirection(row["direction"]),
            term=row["term"],
            unit=row["unit"],
            grade=int(row["grade"]) if row["grade"] else None,
            branch=row["branch"],
            condition=row["condition"],
            lower=_cut(row, "lower"),
            upper=_cut(row, "upper"),
        )
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    )


def _cut(row: dict[str, str], end: str) -> CutPoint | None:
    if not row[end]:
        return None
    return CutPoint(
        number=Decimal(row[end]),
        of=_REFERENCES[row[f"{end}_of"]],
        added=row[f"{end}_by"] == "ADD",
        included=row[f"{end}_included"] == "true",
    )
