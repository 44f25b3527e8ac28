"""Laboratory abnormalities: worst grades, outliers, and whether blood counts recovered."""

from collections.abc import Mapping
from typing import Any, Final

from app.printing.document import NOTHING, Column, Section, Table, label, table
from app.printing.rounding import count_and_percent
from app.printing.words import procedure

_GRADES: Final = ("0", "1", "2", "3", "4")


def section(document: Mapping[str, Any]) -> Section:
    """Show the laboratory abnormalities of the population."""
    labs = document["endpoints"]["lab-abnormalities"]
    return Section(
        "Safety: laboratory",
        (worst_grades(labs), outliers(labs), recovery(labs)),
        "laboratory",
    )


def worst_grades(labs: Mapping[str, Any]) -> Table:
    """Show the worst grade after the infusion, analyte by analyte."""
    return table(
        "Worst grade after the infusion",
        (
            label("Abnormality", 3),
            Column("Results"),
            *(Column(grade, share=0.6) for grade in _GRADES),
            Column("3+, n (%)", share=1.2),
        ),
        (
            [
                one["term"],
                str(one["n_with_results"]),
                *(str(one["worst"][grade] or NOTHING) for grade in _GRADES),
                count_and_percent(
                    one["grade_3_or_more"]["x"], _of(one["grade_3_or_more"]["estimate"])
                ),
            ]
            for one in labs["tables"]
            if one["term"] and one["n_with_results"]
        ),
        f"CTCAE grades of the results themselves. Baseline: {procedure(labs['baseline'])}; a range "
        f"of grades counts as the {labs['grade_range_counts_as']}.",
    )


def outliers(labs: Mapping[str, Any]) -> Table:
    """Show what was clinically significant, by the investigator and by the trial's rule."""
    return table(
        "Clinically significant outliers, subjects",
        (
            label("Analyte"),
            Column("Direction", "left"),
            Column("By the investigator", share=1.4),
            Column("By the rule"),
            Column("Both"),
        ),
        (
            [
                one["term"] or one["analyte"],
                one["direction"].lower(),
                str(one["clinically_significant"]["subjects"]["x"]),
                str(one["outlier"]["subjects"]["x"]),
                str(one["n_flag_and_rule"]),
            ]
            for one in labs["tables"]
            if one["clinically_significant"]["subjects"]["x"] or one["outlier"]["subjects"]["x"]
        ),
    )


def recovery(labs: Mapping[str, Any]) -> Table:
    """Show whether severe cytopenia had recovered."""
    return table(
        "Severe cytopenia and its recovery, subjects",
        (
            label("Count"),
            Column("By day"),
            Column("n"),
            Column("Never severe"),
            Column("Recovered"),
            Column("Prolonged"),
            Column("Not known"),
        ),
        (
            [
                one["analyte"],
                str(one["by_day"]),
                str(one["n"]),
                str(one["never_severe"]),
                str(one["recovered"]),
                str(one["prolonged"]),
                str(one["not_assessable"]),
            ]
            for one in labs["cytopenia_recovery"]
        ),
    )


def _of(estimate: float | None) -> float | None:
    return None if estimate is None else 100 * estimate
