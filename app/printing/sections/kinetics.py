"""Expansion and persistence of the cells, by matrix and method; and what moved with them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.printing.document import NOTHING, Block, Column, Row, Section, Table, label, table
from app.printing.rounding import days, proportion, rate, significant
from app.printing.words import MATRICES, METHODS, procedure, with_unit
from app.vocabularies.wording import NOT_REACHED

PARAMETERS: Final[Mapping[str, str]] = {
    "cmax": "Cmax",
    "tmax": "Tmax",
    "auc_0_28": "AUC, day 0 to 28",
    "tlast": "Tlast",
    "half_life": "Half-life",
}


def kinetics(document: Mapping[str, Any], figures: Sequence[Block] = ()) -> Section:
    """Show the kinetics of the cells."""
    found = document["endpoints"]["car-kinetics"]
    return Section(
        "CAR-T kinetics",
        (parameters(found), *figures, persistence(found)),
        "kinetics",
    )


def pharmacodynamics(document: Mapping[str, Any]) -> Section:
    """Show the markers that moved with the cells."""
    found = document["endpoints"]["pharmacodynamics"]
    return Section("Pharmacodynamics", (markers(found), humoral(found)), "pharmacodynamics")


def parameters(found: Mapping[str, Any]) -> Table:
    """Show the main parameters of each matrix and method."""
    return table(
        "Parameters of the profile",
        (
            label("Matrix and method, parameter", 3),
            Column("n", share=0.6),
            Column("Median"),
            Column("Quartiles", share=1.6),
            Column("Geometric mean", share=1.2),
            Column("CV, %", share=0.8),
        ),
        (row for one in found["tables"] for row in _parameters(one)),
        f"Area: {procedure(found['auc'])}; half-life: {procedure(found['half_life'])}. "
        "CV: geometric.",
    )


def persistence(found: Mapping[str, Any]) -> Table:
    """Show how many still had cells that could be quantified."""
    visits = [one["visit"] for one in found["tables"][0]["persistence"]] if found["tables"] else []
    return table(
        "Cells quantifiable, % of those sampled; median time to loss",
        (
            label("Matrix and method", 2),
            *(Column(visit, share=0.8) for visit in visits),
            Column("Loss, days", share=1.1),
        ),
        (
            [
                method_of(one["analyte"]),
                *(_sampled(one["persistence"], visit) for visit in visits),
                _loss(one["time_to_loss"]),
            ]
            for one in found["tables"]
            if any(each["over_sampled"]["n"] for each in one["persistence"])
        ),
        f"Loss: {procedure(found['persistence_event'])}.",
    )


def markers(found: Mapping[str, Any]) -> Table:
    """Show each marker before, at its extreme and after."""
    return table(
        "Markers, medians over the population",
        (
            label("Marker", 2),
            Column("n", share=0.6),
            Column("Baseline"),
            Column("Peak"),
            Column("Nadir"),
            Column("Last"),
            Column("Day of extreme"),
            Column("Fold change"),
        ),
        (_marker(one) for one in found["tables"]),
        f"Below the limit of quantification: {procedure(found['below_lloq'])}. Days from "
        "the infusion.",
    )


def humoral(found: Mapping[str, Any]) -> Table:
    """Show B-cell aplasia and hypogammaglobulinaemia."""
    b_cells, low = found["b_cell_aplasia"], found["hypogammaglobulinaemia"]
    return table(
        "Humoral immunity",
        (
            label("Condition"),
            Column("x/N"),
            Column("%"),
            Column("95 % limits", share=1.4),
            Column("Median first day"),
            Column("Recovered, x/N"),
            Column("Median day of it"),
            Column("Lowest IgG, g/L"),
        ),
        (
            [
                "B-cell aplasia",
                *rate(b_cells),
                significant(b_cells["first_day"]["median"]),
                f"{b_cells['recovered']['x']}/{b_cells['recovered']['N']}",
                significant(b_cells["recovery_day"]["median"]),
                NOTHING,
            ],
            [
                "Hypogammaglobulinaemia",
                *rate(low),
                significant(low["first_day"]["median"]),
                NOTHING,
                NOTHING,
                significant(low["lowest"]["minimum"]),
            ],
        ),
        f"N: a value after the infusion that tells, of {low['n_treated']} treated. IgG low before "
        f"lymphodepletion already: {low['n_low_at_baseline']}. Values left out: "
        f"{low['n_values_after_ivig']} after immunoglobulin, "
        f"{low['n_values_without_m_protein']} of IgG myeloma without an M-protein of the time.",
    )


def method_of(analyte: Mapping[str, Any]) -> str:
    """Name a matrix and a method."""
    name = f"{MATRICES.get(analyte['matrix'], analyte['matrix'])}, "
    method = METHODS.get(analyte["method"], analyte["method"])
    return f"{name}{method}"


def _marker(found: Mapping[str, Any]) -> list[str]:
    group = next(one for one in found["groups"] if one["group"] == "all")
    of = {one["name"]: one["levels"]["median"] for one in group["parameters"]}
    return [
        with_unit(found["analyte"], found["unit"]),
        str(group["n"]),
        significant(of.get("baseline")),
        significant(of.get("peak")),
        significant(of.get("nadir")),
        significant(of.get("last")),
        significant(of.get("peak_day", of.get("nadir_day"))),
        significant(of.get("fold_change")),
    ]


def _sampled(persistence_of: Sequence[Mapping[str, Any]], visit: str) -> str:
    for one in persistence_of:
        if one["visit"] == visit and one["over_sampled"]["n"]:
            return proportion(one["over_sampled"])[1]
    return NOTHING


def _parameters(found: Mapping[str, Any]) -> Iterator[Row]:
    """Give a row for the matrix and method, then one for each parameter that somebody has."""
    yield Row((method_of(found["analyte"]), str(found["n"]), "", "", "", ""), strong=True)
    for parameter in found["parameters"]:
        summary = parameter["summary"]
        if parameter["name"] in PARAMETERS and summary["n"]:
            yield Row(
                (
                    with_unit(PARAMETERS[parameter["name"]], parameter["unit"]),
                    str(summary["n"]),
                    significant(summary["median"]),
                    _between(summary["quartiles"]),
                    significant(summary["geometric_mean"]["estimate"]),
                    significant(summary["geometric_cv_percent"]),
                ),
                level=1,
            )


def _loss(found: Mapping[str, Any] | None) -> str:
    """Give the median time to loss; a matrix that is not followed for it has none."""
    return NOTHING if found is None else days(found["median"]["estimate"], NOT_REACHED)


def _between(quartiles: Sequence[float] | None) -> str:
    if quartiles is None:
        return NOTHING
    return f"{significant(quartiles[0])} to {significant(quartiles[1])}"
