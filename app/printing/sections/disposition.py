"""How far subjects came, and how they left.

Source: CONSORT 2010, item 13: numbers of participants at each step.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.printing.document import NOTHING, Column, Row, Section, label, table
from app.printing.rounding import percent
from app.printing.words import heading, in_words

STEPS: Final = {
    "screened": "Consented",
    "screen_failed": "Screening failed",
    "enrolled": "Enrolled",
    "apheresed": "Leukapheresis",
    "lymphodepleted": "Lymphodepletion",
    "infused": "Infused",
    "off_study": "Left the trial",
    "died": "Died",
}
_ASIDE: Final = frozenset({"screen_failed", "off_study", "died"})
_SHORT: Final = ("screened", "screen_failed", "enrolled", "infused", "off_study", "died")


def section(document: Mapping[str, Any], figures: tuple[Any, ...] = ()) -> Section:
    """Count the subjects at each step, by centre, and how they left."""
    enrolment = document["endpoints"]["enrolment"]
    return Section(
        "Enrolment and disposition",
        (flow(enrolment), by_centre(enrolment), *figures, departures(enrolment)),
        "disposition",
    )


def flow(enrolment: Mapping[str, Any]) -> Any:
    """Count the subjects that came as far as each step."""
    total, slots = enrolment["total"], enrolment["slots"]
    enrolled = total["enrolled"]
    note = "Percentages are of those enrolled. Counted over everybody, whatever the population."
    if slots["left"] is not None:
        note += f" Slots of the trial: {slots['total']}, taken {slots['taken']}."
    return table(
        "Flow of subjects",
        (label("Step"), Column("Subjects"), Column("% of enrolled")),
        (
            Row(
                (
                    words,
                    str(total[step]),
                    NOTHING
                    if step in {"screened", "screen_failed"} or not enrolled
                    else percent(100 * total[step] / enrolled),
                ),
                level=int(step in _ASIDE),
            )
            for step, words in STEPS.items()
        ),
        note,
    )


def by_centre(enrolment: Mapping[str, Any]) -> Any:
    """Count the same centre by centre."""
    return table(
        "By centre",
        (Column("Centre", "left"), *(Column(STEPS[step]) for step in _SHORT)),
        (
            [f"{row['centre']}", *(str(row[step]) for step in _SHORT)]
            for row in enrolment["by_centre"]
        ),
    )


def departures(enrolment: Mapping[str, Any]) -> Any:
    """Count how the subjects who left the trial left it."""
    return table(
        "How subjects left the trial",
        (label("Disposition"), Column("Subjects")),
        (
            [heading(in_words(name)), str(count)]
            for name, count in enrolment["dispositions"].items()
        ),
    )
