"""B cells and immunoglobulin G of a population, as part of the report of pharmacodynamics.

Source: the trial's protocol, pharmacodynamics, B-cell aplasia and hypogammaglobulinaemia.
"""

from collections.abc import Sequence
from typing import Any

from app.services.derivations.markers.pharmacodynamics import SubjectPharmacodynamics
from app.services.reports.response_figures import rate
from app.services.statistics.humoral_tables import b_cell_table, immunoglobulin_table
from app.services.statistics.proportions import Proportion
from app.services.statistics.summaries import Summary
from app.services.statistics.table_methods import TableMethods


def humoral_report(
    subjects: Sequence[SubjectPharmacodynamics], methods: TableMethods
) -> dict[str, Any]:
    """Report in how many subjects B cells were absent and IgG was low, since when and how long.

    N are those with a value after the infusion that tells; days count from the infusion, day 0, and
    are of those in whom it occurred.
    """
    b_cells = b_cell_table(subjects, methods)
    immunoglobulin = immunoglobulin_table(subjects, methods)
    return {
        "b_cell_aplasia": {
            **_occurred(b_cells.aplasia, b_cells.first_day, b_cells.n_treated),
            "n_recovered": b_cells.recovered.x,
            "recovered": _rate(b_cells.recovered),
            "recovery_day": b_cells.recovery_day,
        },
        "hypogammaglobulinaemia": {
            **_occurred(immunoglobulin.low, immunoglobulin.first_day, immunoglobulin.n_treated),
            "unit": "g/L",
            "lowest": immunoglobulin.lowest,
            "n_low_at_baseline": immunoglobulin.n_low_at_baseline,
            "n_values_after_ivig": immunoglobulin.n_values_after_ivig,
            "n_values_without_m_protein": immunoglobulin.n_values_without_m_protein,
        },
    }


def _occurred(share: Proportion, first_day: Summary, n_treated: int) -> dict[str, Any]:
    return {
        **_rate(share),
        "n_treated": n_treated,
        "median_first_day": first_day.median,
        "first_day": first_day,
    }


def _rate(share: Proportion) -> dict[str, Any]:
    return rate(share.x, share.n, share.method, share.conf_level)
