"""How complete and how consistent the records are that the figures stand on."""

from collections.abc import Mapping
from typing import Any, Final

from app.printing.document import Column, Row, Section, Table, label, table
from app.printing.rounding import percent
from app.printing.words import in_words
from app.vocabularies.wording import counted

_STATUSES: Final[Mapping[str, str]] = {
    "done": "Done",
    "due": "Due: the window is open",
    "overdue": "Overdue: the window has closed, it can still be made up",
    "samples_only": "Samples only: nothing is recorded of the visit itself",
    "missing": "Missing: missed, or too late to be made up",
    "upcoming": "Upcoming",
    "not_applicable": "Not applicable: died, left, or never came so far",
}
_ERRORS: Final[Mapping[str, str]] = {
    "fatal": "Kept out of every time to an event",
    "endpoint": "Kept out of every time to an event but overall survival",
    "record": "A record is ignored, the subject is kept",
}
MOST_RULES: Final = 15


def section(document: Mapping[str, Any]) -> Section:
    """Count what is missing, what contradicts itself, and what somebody has to look at."""
    quality = document["quality"]
    return Section(
        "Data quality",
        (
            visits(quality),
            contradictions(quality),
            left_out(document),
            agreement(quality),
            findings(quality),
        ),
        "quality",
    )


def visits(quality: Mapping[str, Any]) -> Table:
    """Count the scheduled visits by where they stand."""
    counts = quality["visits"]["counts"]
    expected = sum(counts[name] for name in ("done", "overdue", "missing"))
    return table(
        f"Scheduled visits on {quality['visits']['status_on']}, {counted(quality['n'], 'subject')}",
        (label("Status", 4), Column("Visits"), Column("% of those expected", share=1.4)),
        (
            [
                words,
                str(counts[name]),
                percent(100 * counts[name] / expected)
                if expected and name in {"done", "overdue", "missing"}
                else "",
            ]
            for name, words in _STATUSES.items()
        ),
        "Expected: those whose window has closed, or that took place.",
    )


def contradictions(quality: Mapping[str, Any]) -> Table:
    """Count the subjects whose records contradict each other."""
    errors = quality["data_errors"]
    return table(
        "Records that contradict each other, subjects",
        (label("Effect", 4), Column("Subjects")),
        (
            Row(("Any", str(errors["subjects"])), strong=True),
            *(
                Row((words, str(errors["by_class"].get(name, 0))), level=1)
                for name, words in _ERRORS.items()
            ),
        ),
    )


_LEFT_OUT: Final[Mapping[str, str]] = {
    "response": "Disease evaluations: out of every response and time to an event",
    "lab-abnormalities": "Laboratory results: out of every grade",
    "pharmacodynamics": "Of these, of markers: out of the pharmacodynamics",
    "car-kinetics": "Kinetics results: out of the profiles",
}


def left_out(document: Mapping[str, Any]) -> Table:
    """Count the values that no living person can have and nobody confirmed."""
    exposure = document["exposure"]["n_not_plausible"]
    return table(
        "Values that are not plausible and left out",
        (label("Values", 4), Column("Number")),
        (
            *(
                [words, str(document["endpoints"][name]["n_not_plausible"])]
                for name, words in _LEFT_OUT.items()
            ),
            ["Doses and products: out of the exposure", str(exposure)],
        ),
        "Until a centre corrects them, or confirms them with a reason.",
    )


def agreement(quality: Mapping[str, Any]) -> Table:
    """Count the visits on which the derived response is not the investigator's."""
    found = quality["responses"]
    return table(
        "Derived and investigator's response, visits",
        (label("Comparison", 4), Column("Visits")),
        (
            Row(("Judged by both", str(found["judged"])), strong=True),
            Row(
                (
                    f"Differing, in {counted(found['subjects_differing'], 'subject')}",
                    str(found["differing"]),
                )
            ),
            *(Row((_kind(kind), str(count)), level=1) for kind, count in found["by_kind"].items()),
            Row(
                (
                    "The other category would give another best response",
                    str(found["best_response_changes"]),
                )
            ),
            Row(
                (
                    "The other category would give another day of progression",
                    str(found["progression_changes"]),
                )
            ),
            Row(
                (
                    "With a lesion that baseline imaging did not have, not yet called new or known",
                    str(found["unanswered_lesions"]),
                )
            ),
        ),
    )


def findings(quality: Mapping[str, Any]) -> Table:
    """Count what the edit checks notice."""
    found = quality.get("findings")
    if found is None:
        return table("Findings of the edit checks", (label("Rule"), Column("Findings")), ())
    total = found["by_severity"]
    rules = found["by_rule"]
    rest = len(rules) - MOST_RULES
    return table(
        "Findings of the edit checks",
        (label("Severity, rule", 3), Column("Findings")),
        (
            Row((severity, str(count)), strong=True)
            if rule is None
            else Row((rule, str(count)), level=1)
            for severity, rule, count in _in_order(total, rules)
        ),
        "Of the records as the database knew them, whatever the clinical cut-off."
        + (f" Not listed: {counted(rest, 'rarer rule')}." if rest > 0 else ""),
    )


def _in_order(
    total: Mapping[str, int], rules: list[Mapping[str, Any]]
) -> list[tuple[str, str | None, int]]:
    shown = sorted(rules, key=lambda one: (-one["count"], one["rule"]))[:MOST_RULES]
    lines: list[tuple[str, str | None, int]] = []
    for severity in ("error", "warning", "notice"):
        lines.append((severity.capitalize(), None, total.get(severity, 0)))
        lines += [
            (severity, one["rule"], one["count"]) for one in shown if one["severity"] == severity
        ]
    return lines


def _kind(code: str) -> str:
    """Write ``DERIVED_LOWER_BY_2`` as words; progression keeps its letters."""
    return in_words(code).lower().replace("pd ", "PD ")
