"""The markers, responses and CAR-T cells of one subject."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "subject", "marker", "series", "collected_on", "days", "comparator", "value", "unit", "lloq",
)  # fmt: skip
"""The members of every row, in their order."""
MARKERS: Final[Mapping[str, str]] = {
    "serum_m_protein": "serum M-protein",
    "urine_m_protein": "urine M-protein",
    "free_light_chains": "free light chains",
}
MATRICES: Final[Mapping[str, str]] = {"PB": "blood", "BM": "marrow", "CSF": "cerebrospinal fluid"}
CELLS: Final = "CAR-T cells"
RESPONSE: Final = "response"


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give the values by marker and day, then the CAR-T cells by sample, then the responses.

    ``days`` count from the infusion, else from the first value. ``value`` is in ``unit``; None: a
    response, or cells below the limit of quantification, which stands beside it.
    """
    markers = [
        {
            "marker": MARKERS[one["marker"]],
            "series": one["series"],
            "collected_on": one["collected_on"],
            "days": one["day"],
            "comparator": one["comparator"],
            "value": float(one["value"]),
            "unit": one["unit"],
            "lloq": None,
        }
        for one in report["markers"]
    ]
    cells = [
        {
            "marker": CELLS,
            "series": series(one["analyte"]),
            "collected_on": sample["collected_on"],
            "days": sample["days"],
            "comparator": None,
            "value": None if sample["value"] is None else float(sample["value"]),
            "unit": one["analyte"]["unit"],
            "lloq": None if sample["lloq"] is None else float(sample["lloq"]),
        }
        for one in report["cells"]
        for sample in one["samples"]
    ]
    responses = [
        {
            "marker": RESPONSE,
            "series": one["category"],
            "collected_on": one["assessed_on"],
            "days": one["day"],
            "comparator": None,
            "value": None,
            "unit": None,
            "lloq": None,
        }
        for one in report["responses"]
    ]
    order = list(MARKERS.values())
    markers.sort(key=lambda row: (order.index(row["marker"]), row["series"], row["days"]))
    return [{"subject": report["subject"], **row} for row in (*markers, *cells, *responses)]


def series(analyte: Mapping[str, Any]) -> str:
    """Name a kind of sample: where, and counted how."""
    counted = {"qpcr": "qPCR", "flow_pct": "flow, % of CD3+", "flow_abs": "flow, cells"}
    method = counted.get(analyte["method"], analyte["method"])
    derived = " (derived)" if analyte["derived"] else ""
    return f"{MATRICES.get(analyte['matrix'], analyte['matrix'])}, {method}{derived}"
