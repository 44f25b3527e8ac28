"""Who the subjects were before treatment, and what they were given.

Source: CONSORT 2010, item 15; ICH E3, sections 11.2 and 12.1.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.printing.document import Column, Facts, Row, Section, label, table
from app.printing.rounding import count_and_percent, significant
from app.printing.words import heading, with_unit

NAMES: Final[Mapping[str, str]] = {
    "age": "Age at consent",
    "sex": "Sex",
    "ecog": "ECOG performance status",
    "years_since_diagnosis": "Time since diagnosis",
    "iss": "ISS stage",
    "r_iss": "R-ISS stage",
    "prior_lines": "Prior lines of therapy",
    "marrow_plasma_cells": "Plasma cells in the marrow",
    "prior_autologous_transplant": "Prior autologous transplantation",
    "prior_bcma_therapy": "Prior BCMA-directed therapy",
    "dose": "CAR+ T cells given",
    "planned_dose": "CAR+ T cells planned",
    "days_from_enrolment": "From enrolment to infusion",
    "days_from_leukapheresis": "From leukapheresis to infusion",
    "bridged": "Bridging therapy",
}
_COLUMNS: Final = (label("Characteristic", 3), Column("Figure", "right", 1.6), Column("Missing"))


def baseline(document: Mapping[str, Any]) -> Section:
    """Describe the population before treatment."""
    return Section(
        "Demographics and baseline",
        (
            table(
                f"Baseline of the population, n = {document['n']}",
                _COLUMNS,
                (row for one in document["baseline"] for row in _rows(one)),
                "Categories: subjects (% of those of whom it is known). Numbers: median "
                "(first to third quartile), range. Of the birth only the year is held: the age is "
                "the difference of two years.",
            ),
        ),
        "baseline",
    )


def exposure(document: Mapping[str, Any]) -> Section:
    """Describe the infusions."""
    given = document["exposure"]
    n = given["n"]
    facts = (
        ("Subjects infused", str(n)),
        ("Product out of specification", _of(given["out_of_specification"], n)),
        ("Conforming, within the tolerance of the planned dose", _of(given["in_specification"], n)),
        ("Lymphodepletion before the infusion", _of(given["lymphodepleted"], n)),
        ("Dose in several parts", _of(given["split"], n)),
        ("A repeat that was not planned", _of(given["unplanned_repeat"], n)),
    )
    return Section(
        "Exposure",
        (
            Facts(facts),
            table(
                "Infusion and product",
                _COLUMNS,
                (row for one in (*given["numbers"], given["bridged"]) for row in _rows(one)),
                "Median (first to third quartile), range.",
            ),
        ),
        "exposure",
    )


def _rows(found: Mapping[str, Any]) -> Iterator[Row]:
    name = NAMES.get(found["name"]) or heading(found["name"])
    missing = str(found["n_missing"])
    if "categories" not in found:
        yield Row((with_unit(name, found["unit"]), _number(found), missing))
        return
    yield Row((name, "", missing), strong=True)
    for category in found["categories"]:
        yield Row(
            (_category(category), count_and_percent(category["x"], category["percent"]), ""),
            level=1,
        )


def _category(category: Mapping[str, Any]) -> str:
    return str(category["meaning"])


def _number(found: Mapping[str, Any]) -> str:
    if not found["n"]:
        return significant(None)
    low, high = found["quartiles"]
    return (
        f"{significant(found['median'])} ({significant(low)} to {significant(high)}), "
        f"{significant(found['minimum'])} to {significant(found['maximum'])}"
    )


def _of(x: int, n: int) -> str:
    return count_and_percent(x, 100 * x / n if n else None)
