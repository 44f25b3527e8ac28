"""Laboratory abnormalities: worst grades, outliers, and whether blood counts recovered."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.printing.document import NOTHING, Column, Section, Table, label, table
from app.printing.rounding import count_and_percent
from app.printing.words import procedure

_GRADES: Final = ("0", "1", "2", "3", "4")

_SHIFT_RULE: Final = (
    "The baseline has its own grade, by the cuts that do not refer to a baseline. ALT, AST, ALP, "
    "GGT and bilirubin, which CTCAE 5.0 grades in multiples of an abnormal baseline, shift by the "
    "laboratory's limits on both sides; their worst grades above are those of CTCAE 5.0. All other "
    "abnormalities shift from the own grade to the CTCAE 5.0 grade."
)


def section(document: Mapping[str, Any]) -> Section:
    """Show the laboratory abnormalities of the population."""
    labs = document["endpoints"]["lab-abnormalities"]
    return Section(
        "Safety: laboratory",
        (worst_grades(labs), shifts(labs), outliers(labs), recovery(labs)),
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
        " ".join(_about_grades(labs)),
    )


def _about_grades(labs: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"CTCAE grades of the results themselves. Baseline: {procedure(labs['baseline'])}; a range "
        f"of grades counts as the {labs['grade_range_counts_as']}."
    )
    factors = sorted({factor for one in labs["tables"] for factor in one["factors"]})
    if factors:
        yield f"Values in other units were restated by {'; '.join(factors)}."
    unused = sum(one["n_baseline_not_comparable"] for one in labs["tables"])
    if unused:
        yield f"Baselines that results could not be compared with: {unused}."
    if labs["n_not_analysed"]:
        codes = ", ".join(one["analyte"] or "withheld" for one in labs["not_analysed"])
        yield (
            f"Results in no table, because their codes name no analyte of the trial: "
            f"{labs['n_not_analysed']} ({codes})."
        )


def shifts(labs: Mapping[str, Any]) -> Table:
    """Show how many subjects went from each grade at baseline to a worse one."""
    return table(
        "Shift from the baseline to the worst grade, subjects",
        (
            label("Abnormality", 3),
            Column("Scale", "left"),
            Column("From", share=0.6),
            *(Column(f"to {grade}", share=0.6) for grade in _GRADES),
        ),
        (
            [
                one["term"],
                "limits" if one["shift_scale"] == "limits" else "CTCAE",
                NOTHING if before is None else str(before),
                *(str(counts.get(grade) or NOTHING) for grade in _GRADES),
            ]
            for one in labs["tables"]
            if one["term"] and one["n_with_results"]
            for before, counts in _worsened(one)
        ),
        _SHIFT_RULE,
    )


def _worsened(one: Mapping[str, Any]) -> Iterator[tuple[int | None, dict[str, int]]]:
    """Give the grades at baseline from which some subject got worse, with all shifts from each."""
    by_baseline: dict[int | None, dict[str, int]] = {}
    worse = set()
    for shift in one["shift"]:
        before, after = shift["baseline_grade"], shift["worst_grade"]
        by_baseline.setdefault(before, {})[str(after)] = shift["subjects"]
        if after is not None and after > (before or 0):
            worse.add(before)
    return ((before, counts) for before, counts in by_baseline.items() if before in worse)


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
