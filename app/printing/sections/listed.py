"""Who is behind the figures, for those who may read records. Nobody else gets this section."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.printing.document import NOTHING, Block, Column, Section, Table, label, table
from app.printing.words import heading, in_words, yes_or_no

_WHO: Final = (Column("Subject", "left"), Column("Day", share=0.6))


def section(document: Mapping[str, Any], figures: Sequence[Block] = ()) -> Section:
    """List deaths, serious events and departures by subject."""
    found = document["listings"]
    return Section(
        "Listings by subject",
        (*figures, deaths(found), serious_events(found), departures(found)),
        "listings",
    )


def deaths(found: Mapping[str, Any]) -> Table:
    """List the deaths."""
    return table(
        "Deaths",
        (*_WHO, Column("Died on", "left"), label("Cause", 1.6), label("Fatal event", 2.4)),
        (
            [
                row["subject"],
                _day(row),
                row["died_on"],
                heading(row["cause"] or "") or "Not given",
                row["fatal_event"] or NOTHING,
            ]
            for row in found["deaths"]
        ),
        "Day: from the infusion, which is day 0.",
    )


def serious_events(found: Mapping[str, Any]) -> Table:
    """List the serious events."""
    return table(
        "Serious adverse events",
        (
            *_WHO,
            label("Term", 3.2),
            Column("Grade", share=0.7),
            Column("Onset", "left", 1.2),
            Column("End", "left", 1.2),
            Column("Related to the cells", "center", 1),
        ),
        (
            [
                row["subject"],
                _day(row),
                row["term"] + ("" if row["treatment_emergent"] else " (before the infusion)"),
                str(row["astct_grade"] or row["grade"] or NOTHING),
                row["onset"] or "unknown",
                row["end"] or _without_end(row),
                yes_or_no(row["related_to_car_t"]),
            ]
            for row in found["serious_events"]
        ),
        "Grade: ASTCT of CRS and ICANS, CTCAE of everything else.",
    )


def _without_end(row: Mapping[str, Any]) -> str:
    if row["fatal"]:
        return "fatal"
    return "ongoing" if row["resolution"] == "not_ended" else "unknown"


def departures(found: Mapping[str, Any]) -> Table:
    """List the subjects who left the trial."""
    return table(
        "Subjects who left the trial",
        (*_WHO, Column("Left on", "left"), label("Disposition", 2), Column("Last known alive")),
        (
            [
                row["subject"],
                _day(row),
                row["left_on"],
                heading(in_words(row["disposition"])) or "Not given",
                row["last_known_alive"] or NOTHING,
            ]
            for row in found["discontinuations"]
        ),
    )


def _day(row: Mapping[str, Any]) -> str:
    return NOTHING if row["day"] is None else str(row["day"])
