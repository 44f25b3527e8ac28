"""Times to an event: how many events, medians, landmarks, and why subjects were censored."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.printing.document import NOTHING, Block, Column, Row, Section, Table, label, table
from app.printing.rounding import NOT_ESTIMABLE, limits, months, share
from app.printing.words import ENDPOINTS, heading, in_words, sentence
from app.vocabularies.wording import counted


def section(
    document: Mapping[str, Any], pictures: Mapping[str, Sequence[Block]] | None = None
) -> Section:
    """Show every time to an event beside the others, then each by itself."""
    reports = {name: document["endpoints"][name] for name in ENDPOINTS}
    blocks: list[Block] = [medians(reports), landmarks(reports), endings(reports)]
    for name in reports:
        blocks += (pictures or {}).get(name, ())
    return Section("Efficacy: times to an event", tuple(blocks), "survival")


def medians(reports: Mapping[str, Mapping[str, Any]]) -> Table:
    """Show events, medians and the follow-up behind them."""
    return table(
        "Events and medians",
        (
            label("Endpoint", 2.6),
            Column("n", share=0.6),
            Column("Events", share=0.8),
            Column("Median, months", share=1.1),
            Column("95 % limits", share=1.5),
            Column("Follow-up, months", share=1.2),
        ),
        (
            [
                ENDPOINTS[name],
                str(found["n"]),
                str(found["n_event"]),
                *_median(found["median"]),
                months(found["follow_up"]["median"]["estimate_months"]),
            ]
            for name, found in reports.items()
        ),
        "Kaplan-Meier. Follow-up: median, reverse Kaplan-Meier. A month is 30.4375 days."
        + _without_baseline(reports),
    )


def _median(median: Mapping[str, Any]) -> tuple[str, str]:
    """Write a median and its limits; one that is not given is no median that was not reached."""
    if median["withheld"] is not None:
        return NOTHING, NOTHING
    between = limits(median["lower_months"], median["upper_months"], months)
    return months(median["estimate_months"]), between


def _without_baseline(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """Say of which times subjects lack a baseline, and which medians are not given for it."""
    return "".join(
        f" {ENDPOINTS[name]}: {found['n_without_baseline']} of {counted(found['n'], 'subject')} "
        "without a baseline evaluation, censored on the first day"
        + (f"; no median is given ({NOTHING})." if found["median"]["withheld"] else ".")
        for name, found in reports.items()
        if found["n_without_baseline"]
    )


def landmarks(reports: Mapping[str, Mapping[str, Any]]) -> Table:
    """Show the curves at the landmarks, in per cent."""
    first = next(iter(reports.values()))
    marks = [one["months"] for one in first["landmarks"]]
    return table(
        "Without the event at the landmarks, % (95 % limits)",
        (label("Endpoint", 1.5), *(Column(f"{mark} months") for mark in marks)),
        (
            [ENDPOINTS[name], *(_landmark(one) for one in found["landmarks"])]
            for name, found in reports.items()
        ),
        f"{sentence(NOT_ESTIMABLE)}: nobody was followed so long.",
    )


def endings(reports: Mapping[str, Mapping[str, Any]]) -> Table:
    """Say what the events were, and why the others were censored."""
    found = reports.values()
    events = dict.fromkeys(event for one in found for event in one["event_components"])
    reasons = {
        code: reason["reason"]
        for one in found
        for code, reason in sorted(one["censor_reasons"].items())
        if reason["n"]
    }
    return table(
        "What ended the time, subjects",
        (label("End", 1.8), *(Column(ENDPOINTS[name]) for name in reports)),
        (
            Row(("Event", *(str(one["n_event"]) for one in found)), strong=True),
            *(
                Row(
                    (
                        "Progression" if event == "PD" else heading(event),
                        *(str(one["event_components"].get(event, NOTHING)) for one in found),
                    ),
                    level=1,
                )
                for event in events
            ),
            Row(("Censored", *(str(one["n_censored"]) for one in found)), strong=True),
            *(
                Row((sentence(reason), *(_reason(one, code) for one in found)), level=1)
                for code, reason in sorted(reasons.items(), key=lambda one: int(one[0]))
            ),
        ),
        "Definitions: "
        + "; ".join(
            f"{ENDPOINTS[name].lower()}: {one['definition']['words']}, from the {_start(name, one)}"
            for name, one in reports.items()
        )
        + ".",
    )


def _start(name: str, report: Mapping[str, Any]) -> str:
    """Say from when a time is counted; a response lasts from its own first day."""
    return "first response" if name == "duration-of-response" else in_words(report["origin"])


def _reason(report: Mapping[str, Any], code: str) -> str:
    found = report["censor_reasons"].get(code)
    return str(found["n"]) if found and found["n"] else NOTHING


def _landmark(mark: Mapping[str, Any]) -> str:
    if not mark["estimable"]:
        return NOT_ESTIMABLE
    return (
        f"{share(mark['survival'])}\n({limits(mark['lower'], mark['upper'], share, NOT_ESTIMABLE)})"
    )
