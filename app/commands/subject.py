"""One subject in a terminal: what happened, in the order of its days from the infusion."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import typer

from app.access.permissions import Role
from app.charts.tables.subject_timeline import THERAPY_NAMES
from app.commands.public_reads import AsOf, AtUrl, Cutoff, WithToken, public_api
from app.commands.tables import show_block
from app.printing.document import NOTHING, Block, Column, Facts, Row, label, table
from app.printing.words import in_words, sentence

_ORDER: Final = ("preparation", "infusion", "visit", "response", "adverse event", "therapy")
_STRONG: Final = frozenset({"infusion", "outcome"})


def subject(
    code: Annotated[str, typer.Argument(help="The subject's code, as in 03-004.")],
    cutoff: Cutoff = None,
    as_of: AsOf = None,
    url: AtUrl = None,
    token: WithToken = None,
) -> None:
    """Print what happened to a subject, day by day from the infusion."""
    with public_api(url, token, Role.SPONSOR_ANALYST) as api:
        explained = api.json(f"/v1/subjects/{_segment(code)}/response", cutoff=cutoff, as_of=as_of)
        told = api.text(
            "/v1/charts/subject-timeline",
            "text/csv",
            subject=code,
            cutoff=cutoff,
            as_of=str(explained["as_of"]),
        )
    for block in blocks(explained, list(csv.DictReader(io.StringIO(told)))):
        show_block(block)


def blocks(explained: Mapping[str, Any], rows: list[dict[str, str]]) -> Iterator[Block]:
    """Give what is shown of a subject.

    Args:
        explained: its response, explained visit by visit.
        rows: what happened, as the timeline's picture has it.
    """
    best = explained["best"] or {}
    yield Facts(
        (
            ("Subject", f"{explained['subject']}, centre {explained['centre']}"),
            ("Infused on", explained["infused_on"] or "not infused"),
            ("Best confirmed response", best.get("best") or NOTHING),
            ("Progression", best.get("progression_on") or "none"),
            ("Data cut", f"as of {explained['as_of']}, cut-off {explained['cutoff'] or 'none'}"),
        )
    )
    confirmed = {visit["assessed_on"]: visit for visit in explained["visits"]}
    from_infusion = explained["infused_on"] is not None
    yield table(
        "Timeline, days from the infusion" if from_infusion else "Timeline, days from enrolment",
        (
            Column("Day"),
            Column("Date", "left"),
            Column("What", "left"),
            label("Which"),
            label("More"),
        ),
        (
            Row(
                (
                    row["since_day"],
                    row["since_on"],
                    row["lane"],
                    sentence(_named(row)),
                    _more(row, confirmed),
                ),
                strong=row["lane"] in _STRONG,
            )
            for row in _in_order(rows)
        ),
    )


def _in_order(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Put what happened into the order of its days; the same thing of one day stands once."""
    once = list({tuple(row.items()): row for row in rows}.values())
    return sorted(once, key=lambda row: (int(row["since_day"]), _place(row["lane"]), row["label"]))


def _place(lane: str) -> int:
    return _ORDER.index(lane) if lane in _ORDER else len(_ORDER)


def _named(row: Mapping[str, str]) -> str:
    """Name what happened; codes of visits and terms of events stand as they are."""
    label = row["label"]
    match row["lane"]:
        case "visit" | "response" | "adverse event":
            return label
        case "therapy" if label in THERAPY_NAMES:
            return THERAPY_NAMES[label]
        case _:
            return in_words(label)


def _more(row: Mapping[str, str], confirmed: Mapping[str, Mapping[str, Any]]) -> str:
    if row["lane"] == "response":
        return _confirmation(confirmed.get(row["since_on"]))
    said = []
    if row["grade"]:
        said.append(f"grade {row['grade']}")
    if row["serious"] == "true":
        said.append("serious")
    if row["lane"] in {"adverse event", "therapy"}:
        said.append(f"to day {row['until_day']}" if row["until_day"] else "not ended")
    return ", ".join(said)


def _confirmation(visit: Mapping[str, Any] | None) -> str:
    """Say what is confirmed at a visit, and by whom the investigator differs."""
    if visit is None:
        return ""
    said = [f"{in_words(visit['state'])}: {visit['confirmed']}, best so far {visit['running']}"]
    investigator = visit.get("investigator")
    if investigator and investigator["category"] != visit["category"]:
        said.append(f"investigator {investigator['category']}")
    signs = visit["clinical_relapse"]["signs"]
    if signs:
        said.append(f"signs of clinical relapse: {', '.join(map(in_words, signs))}")
    return "; ".join(said)


def _segment(code: str) -> str:
    """Give a code as a part of an address; what no code has makes none."""
    kept = "".join(
        letter for letter in code if letter.isascii() and (letter.isalnum() or letter == "-")
    )
    return kept if kept == code and code else "none"
