"""What the report stands on: the trial, the data cut, who is in it, and by which rules."""

from collections.abc import Mapping
from typing import Any

from app.printing.document import Facts, Paragraph, Section
from app.printing.words import centres, in_words


def section(document: Mapping[str, Any]) -> Section:
    """Say of what, of whom, as of when, and by which rules."""
    trial, rules = document["trial"], document["rule_set"]
    items = [
        ("Trial", f"{trial['code']}: {trial['title']}"),
        ("Design", trial["design"]),
        ("What the database knew", f"number {document['as_of']} of the ledger"),
        ("Known on", document["known_on"]),
        ("Clinical cut-off", _cutoff(document)),
        ("Population", f"{in_words(document['population'])}, n = {document['n']}"),
        ("Definition", document["population_definition"] or "that of the trial file"),
        ("Centres", centres(document)),
        ("Responses", _responses(document["response_source"])),
        ("Criteria", _criteria(rules)),
        ("Rule set", f"{rules['version']}, code {rules['code_digest'][:16]}"),
        ("Trial file", rules["trial"][:16]),
        ("Made by", document["engine_version"]),
    ]
    return Section(
        "Data cut and population",
        (
            Facts(tuple(items)),
            Paragraph(
                "Every figure of this report is of this one cut. The same question at the same "
                "number of the ledger gives the same report."
            ),
        ),
        "cut",
    )


def _cutoff(document: Mapping[str, Any]) -> str:
    cutoff = document["cutoff"]
    if cutoff is None:
        return f"none: the data end on {document['data_cutoff']}, the day of the data cut"
    return f"{cutoff}: nothing dated later counts"


def _responses(source: str) -> str:
    return {
        "derived": "derived from the measurements",
        "investigator": "the investigators'",
        "adjudicated": "the reviewers', derived where they judged nothing",
    }.get(source, source)


def _criteria(rules: Mapping[str, Any]) -> str:
    return ", ".join(
        rules[name] for name in ("response_criteria", "ae_grading", "crs_icans_grading")
    )
