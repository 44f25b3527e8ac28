"""The course of the CAR-T cells in one matrix by one method."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "matrix", "method", "unit", "subject", "days", "concentration", "below_lloq", "n",
    "n_below_lloq", "median", "lower_quartile", "upper_quartile",
)  # fmt: skip
"""The members of every row, in their order."""


def table(report: Report, options: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the table that is shown: the first of the matrix and method asked for; None: none is."""
    wanted = {name: options[name] for name in ("matrix", "method") if name in options}
    return next(
        (
            one
            for one in report["tables"]
            if all(one["analyte"][name] == value for name, value in wanted.items())
        ),
        None,
    )


def rows(report: Report, options: Mapping[str, Any]) -> list[Row]:
    """Give the planned days' medians and quartiles, then each subject's samples if they are open.

    A sample below the lower limit of quantification stands at half of it, as it does in the median.
    None where a figure cannot be told.
    """
    shown = table(report, options)
    if shown is None:
        return []
    analyte = shown["analyte"]
    about = {name: analyte[name] for name in ("matrix", "method", "unit")}
    return [about | row for row in (*summaries(shown), *samples(report, shown))]


def summaries(shown: Mapping[str, Any]) -> list[Row]:
    """Give the median and quartiles of each planned day."""
    found = []
    for day in shown["profile"]:
        levels = day["levels"]
        quartiles = levels["summary"]["quartiles"] if levels["summary"] else (None, None)
        found.append(
            {
                "subject": None,
                "days": day["nominal_day"],
                "concentration": None,
                "below_lloq": None,
                "n": levels["n"],
                "n_below_lloq": levels["n_below_lloq"],
                "median": levels["median"],
                "lower_quartile": quartiles[0],
                "upper_quartile": quartiles[1],
            }
        )
    return found


def samples(report: Report, shown: Mapping[str, Any]) -> list[Row]:
    """Give the samples of each subject's profile after its first infusion."""
    return [
        _sample(row["USUBJID"], sample, at)
        for row in report.get("rows", ())
        for one in row["kinetics"]["analytes"]
        if _is_shown(one["profile"], shown)
        for sample in one["profile"]["samples"]
        if sample["in_profile"] and (at := _level(sample)) is not None
    ]


def _is_shown(profile: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    return bool(profile["analyte"] == shown["analyte"] and profile["infusion_number"] == 1)


def _sample(subject: str, sample: Mapping[str, Any], at: float) -> Row:
    return {
        "subject": subject,
        "days": sample["days"],
        "concentration": at,
        "below_lloq": sample["concentration"] is None,
        "n": None,
        "n_below_lloq": None,
        "median": None,
        "lower_quartile": None,
        "upper_quartile": None,
    }


def _level(sample: Mapping[str, Any]) -> float | None:
    """Give where a sample stands; None: below a limit that nobody told."""
    if sample["concentration"] is not None:
        return float(sample["concentration"])
    return None if sample["lloq"] is None else float(sample["lloq"]) / 2
