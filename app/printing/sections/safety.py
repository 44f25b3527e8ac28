"""Adverse events: an overview, CRS and ICANS, special interest, serious events, terms, deaths."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.printing.document import NOTHING, Block, Column, Row, Section, Table, label, table
from app.printing.rounding import count_and_percent, days, proportion, share
from app.printing.words import heading, in_words, sentence
from app.vocabularies.wording import counted

WINDOWS: Final[Mapping[str, str]] = {
    "treatment_emergent": "Treatment-emergent, infusion to horizon",
    "primary": "Primary period",
    "to_horizon": "Serious, related or of special interest, to the horizon",
    "earlier_lymphodepletion": "Earlier lymphodepletion, without infusion",
    "lymphodepletion": "Lymphodepletion, before the infusion",
}
NOT_GRADED: Final[Mapping[str, str]] = {
    "no_counts": "No grade: no counts",
    "gaps": "No grade: days without a count decide",
    "one_low_count": "No grade: a single low count",
    "not_followed": "No grade: not followed",
}
_GRADES: Final = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5")
_OF: Final = (Column("x/n"), Column("%"), Column("95 % limits", share=1.4))
SPECIAL: Final[Mapping[str, str]] = {
    "replication_competent_vector": "replication-competent vector",
    "tumour_lysis": "tumour lysis syndrome",
    "cardiac": "cardiac event",
}


def section(document: Mapping[str, Any], figures: Sequence[Block] = ()) -> Section:
    """Show the adverse events of the population."""
    safety = document["endpoints"]["adverse-events"]
    return Section(
        "Safety: adverse events",
        (
            overview(safety),
            syndromes(safety),
            special_interest(safety),
            haematotoxicity(safety),
            *figures,
            serious(safety),
            terms(safety),
            deaths(safety),
        ),
        "safety",
    )


def overview(safety: Mapping[str, Any]) -> Table:
    """Count subjects with any event of each period."""
    return table(
        "Subjects with an event, n (%)",
        (
            label("Period", 3),
            Column("n", share=0.6),
            Column("Any"),
            Column("Grade 3+"),
            Column("Serious"),
            Column("Related"),
            Column("Fatal", share=0.8),
            Column("Events", share=0.8),
        ),
        (
            [WINDOWS[window], str(found["n"]), *_any(found["rows"])]
            for window, found in safety["tables"].items()
        ),
        "Related to any study treatment; a causality that nobody judged counts as related: "
        f"{'yes' if safety['missing_causality_is_related'] else 'no'}.",
    )


def syndromes(safety: Mapping[str, Any]) -> Table:
    """Show CRS and ICANS by ASTCT grade, with onset, duration and treatment."""
    found = safety["syndromes"]
    names = tuple(found)

    def line(words: str, cells: Sequence[str], level: int = 0) -> Row:
        return Row((words, *cells), level)

    of = [found[name] for name in names]
    rows = [
        line("Any grade, x/n (%)", [_share(one["affected"]) for one in of]),
        *(
            line(f"Grade {grade[-1]}", [str(one["grades"][grade]) for one in of], 1)
            for grade in _GRADES
        ),
        line("Grade 3 or more, x/n (%)", [_share(one["grade_3_or_more"]) for one in of]),
        line("Study day of onset, median (range)", [_range(one["onset_days"]) for one in of]),
        line("Duration of an episode, days", [_range(one["duration_days"]) for one in of]),
        line("Onset not known to the day", [str(one["onset_imputed"]) for one in of], 1),
        line("Duration not known to the day", [str(one["duration_imputed"]) for one in of], 1),
        line("Not resolved at the cut", [str(one["unresolved"]) for one in of]),
        line("Of unknown end", [str(one["end_unknown"]) for one in of]),
        line("Dated before the infusion", [str(one["before_infusion"]) for one in of]),
        *(
            line(
                heading(treatment["kind"]),
                [_share(_treated(one, treatment["kind"])) for one in of],
                1,
            )
            for treatment in of[0]["treatments"]
        ),
    ]
    return table(
        "CRS and ICANS, ASTCT grades",
        (label("Figure", 3), *(Column(name, share=1.5) for name in names)),
        rows,
        "Treatments: of those affected, x/n (%). The infusion is study day 1.",
    )


def special_interest(safety: Mapping[str, Any]) -> Table:
    """Show the other events of special interest."""
    return table(
        "Events of special interest",
        (
            label("Kind"),
            *_OF,
            Column("Grade 3+"),
            Column("Median onset, day", share=1.2),
            Column("Onset not to the day", share=1.2),
        ),
        (
            [
                sentence(_kind(one["kind"])),
                *proportion(one["counts"]["subjects"]),
                str(one["counts"]["grade_3_or_more"]["x"]),
                days(one["onset_days"]["median"]),
                str(one["onset_imputed"]),
            ]
            for one in safety["special_interest"]
            if one["counts"]["subjects"]["x"]
        ),
        "Kinds without any subject: "
        + (
            ", ".join(
                _kind(one["kind"])
                for one in safety["special_interest"]
                if not one["counts"]["subjects"]["x"]
            )
            or "none"
        )
        + ".",
    )


def haematotoxicity(safety: Mapping[str, Any]) -> Table:
    """Show early and late ICAHT by grade, who has none and why, and how days were covered."""
    found = safety["icaht"]
    early, late = found["early"], found["late"]

    def line(words: str, of_early: str, of_late: str, level: int = 0) -> Row:
        return Row((words, of_early, of_late), level)

    rows = [
        *(
            line(f"Grade {grade}", str(early["grades"][grade]), str(late["grades"][grade]), 1)
            for grade in sorted(early["grades"])
        ),
        line(
            "Grade 3 or more, x/n (%)",
            _share(early["grade_3_or_more"]),
            _share(late["grade_3_or_more"]),
        ),
        line("Could be higher: days without a count", str(early["at_least"]), NOTHING),
        *(
            line(words, str(early["not_graded"][why]), str(late["not_graded"][why]), 1)
            for why, words in NOT_GRADED.items()
        ),
        line(
            "Days with a count, median (range)",
            _range(early["measured_days"]),
            _range(late["measured_days"]),
        ),
    ]
    return table(
        f"ICAHT (EHA and EBMT 2023) from neutrophil counts, n = {found['n']}",
        (label("Figure", 3), Column("Early, day 0 to 30"), Column("Late, after day 30")),
        rows,
        f"G-CSF after the infusion: {counted(found['given_g_csf'], 'subject')}; blood products: "
        f"{found['transfused']}.",
    )


def serious(safety: Mapping[str, Any]) -> Table:
    """Show the terms of serious treatment-emergent events."""
    rows = safety["tables"]["treatment_emergent"]["rows"]
    return table(
        "Serious treatment-emergent events by term",
        (label("Term"), *_OF),
        (
            [row["term"], *proportion(row["counts"]["serious"])]
            for row in sorted(
                (row for row in rows if row["level"] == "term" and row["counts"]["serious"]["x"]),
                key=lambda row: (-row["counts"]["serious"]["x"], row["term"]),
            )
        ),
        "Subjects with at least one serious event of the term.",
    )


def terms(safety: Mapping[str, Any]) -> Table:
    """Show every treatment-emergent term by its worst grade."""
    found = safety["tables"]["treatment_emergent"]
    return table(
        f"Treatment-emergent events by worst grade, n = {found['n']}",
        (
            label("System organ class, term", 3.4),
            *(Column(grade[-1], share=0.55) for grade in _GRADES),
            Column("?", share=0.45),
            Column("Any, n (%)", share=1.1),
            Column("3+, n (%)", share=1.1),
        ),
        (
            Row(
                (
                    row["term"] or row["system_organ_class"] or "Any event",
                    *(str(row["counts"]["grades"][grade] or NOTHING) for grade in _GRADES),
                    str(row["counts"]["grades"]["missing"] or NOTHING),
                    _percent(row["counts"]["subjects"]),
                    _percent(row["counts"]["grade_3_or_more"]),
                ),
                level=int(row["level"] == "term"),
                strong=row["level"] != "term",
            )
            for row in found["rows"]
        ),
        "A subject counts once in each row, with its worst grade; ?: no grade was given.",
    )


def deaths(safety: Mapping[str, Any]) -> Table:
    """Count the deaths, by time and by cause."""
    found = safety["deaths"]
    lines: tuple[tuple[str, str, int], ...] = (
        ("deaths", "Deaths", 0),
        ("within_30_days", "within 30 days of the infusion", 1),
        ("in_primary_period", "in the primary period", 1),
        ("after_new_therapy", "after new anti-myeloma therapy", 1),
        ("by_fatal_event", "by an adverse event that was fatal", 1),
    )
    causes = [
        Row((f"cause: {in_words(one['cause'])}", str(one["subjects"]), "", ""), level=1)
        for one in found["causes"]
        if one["subjects"]
    ]
    return table(
        "Deaths",
        (label("Deaths", 3), *_OF),
        (*(Row((words, *proportion(found[name])), level) for name, words, level in lines), *causes),
    )


def _any(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give the cells of a period; without any row nobody had an event."""
    if not rows:
        return ["0"] * 5 + ["0"]
    counts = rows[0]["counts"]
    shares = [counts[name] for name in ("subjects", "grade_3_or_more", "serious", "related")]
    return [
        *(_percent(one) for one in shares),
        str(counts["grades"]["grade_5"]),
        str(counts["events"]),
    ]


def _percent(found: Mapping[str, Any]) -> str:
    if found["estimate"] is None:
        return str(found["x"])
    return count_and_percent(found["x"], 100 * found["estimate"])


def _share(found: Mapping[str, Any]) -> str:
    return f"{found['x']}/{found['n']} ({share(found['estimate'])})"


def _treated(syndrome: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        one["of_affected"] for one in syndrome["treatments"] if one["kind"] == kind
    )
    return found


def _range(found: Mapping[str, Any]) -> str:
    if not found["n"]:
        return NOTHING
    return f"{days(found['median'])} ({days(found['minimum'])} to {days(found['maximum'])})"


def _kind(name: str) -> str:
    return SPECIAL.get(name) or (name if name.isupper() else in_words(name))
