"""What stands under the title of every picture: of whom, as of which data cut, by which rules."""

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any, Final

import altair as alt

from app.charts.style import CONFIG, QUIET, SUBTITLE_LETTERS, WIDTH
from app.charts.tables.row import Report, Row

Picture = Any
"""A chart as Altair composes it: its own types are lost on the way."""

DIGITS_OF_A_DIGEST: Final = 8
NOBODY_HEIGHT: Final = 260


def finished(
    picture: Picture, report: Report, title: str, about: Iterable[str] = ()
) -> dict[str, Any]:
    """Give a picture its title and caption and write it as a specification.

    Args:
        picture: what was drawn.
        report: what it was drawn from.
        title: what it shows.
        about: facts that belong beside n and population, each a phrase.
    """
    lines = [*_wrapped([who(report), *about]), *_wrapped([cut(report), *rules(report)])]
    titled = picture.properties(title=alt.TitleParams(text=title, subtitle=lines))
    specification: dict[str, Any] = titled.configure(**CONFIG).to_dict(validate=False)
    return specification


def nobody(report: Report, title: str, sentence: str, about: Iterable[str] = ()) -> dict[str, Any]:
    """Give the picture that says that there is nothing to show."""
    empty = (
        alt.Chart(values([{"said": sentence}]))
        .mark_text(fontSize=15, color=QUIET)
        .encode(text="said:N", x=alt.value(WIDTH / 2), y=alt.value(NOBODY_HEIGHT / 2))
        .properties(width=WIDTH, height=NOBODY_HEIGHT, view=alt.ViewConfig(stroke="#c8c8c8"))
    )
    return finished(empty, report, title, about)


def who(report: Report) -> str:
    """Say who is in a report, and how many; or which subject it is of."""
    if "subject" in report:
        return f"Subject {report['subject']}, centre {report['centre']}"
    named = str(report["population"]).replace("_", " ")
    centre = f", centre {report['centre']}" if report.get("centre") else ""
    return f"Population: {named}{centre}, n = {report['n']}"


def cut(report: Report) -> str:
    """Say what the database knew, and up to which day it counts."""
    until = (
        f"clinical cut-off {report['cutoff']}"
        if report.get("cutoff")
        else f"no clinical cut-off, known on {report['data_cutoff']}"
    )
    return f"Data cut: as of {report['as_of']}, {until}"


def rules(report: Report) -> list[str]:
    """Say which rules made a report."""
    made = report["rule_set"]
    code, trial = (made[of][:DIGITS_OF_A_DIGEST] for of in ("code_digest", "trial"))
    return [
        f"Rule set {made['version']}, code {code}, trial file {trial}",
        f"{made['response_criteria']}, {made['ae_grading']}, {made['crs_icans_grading']}",
    ]


def source(report: Report) -> str:
    """Say whose responses a report rests on."""
    return f"responses: {report['response_source']}"


def values(rows: Sequence[Row]) -> alt.InlineData:
    """Give rows as the data of a picture, inside its specification."""
    return alt.InlineData(values=list(rows))


def words(name: str) -> str:
    """Write a name of ours as words."""
    return re.sub(r"[-_]", " ", name)


def _wrapped(phrases: Iterable[str]) -> list[str]:
    """Put phrases into lines, none of them parted unless it is longer than a line."""
    lines: list[str] = []
    for phrase in phrases:
        if lines and len(lines[-1]) + len(phrase) + 3 <= SUBTITLE_LETTERS:
            lines[-1] += f" · {phrase}"
        else:
            lines += wrap(phrase, SUBTITLE_LETTERS)
    return lines
