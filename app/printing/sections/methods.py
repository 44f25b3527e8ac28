"""By which definitions and methods the figures were made, and where they come from."""

from collections.abc import Mapping
from typing import Any

from app.printing.document import Column, Facts, Paragraph, Row, Section, Table, label, table
from app.printing.words import procedure


def section(document: Mapping[str, Any]) -> Section:
    """Say how the figures were made."""
    return Section(
        "Methods, definitions and sources",
        (outcomes(document), Facts(_methods(document)), policy(document), *_sources(document)),
        "methods",
    )


def outcomes(document: Mapping[str, Any]) -> Table:
    """List what the trial registered, and where it is answered."""
    return table(
        "Outcomes as registered",
        (
            label("Outcome", 2),
            Column("Kind", "left"),
            label("Registered as", 3),
            label("Answered by", 2),
        ),
        (
            [one["name"], one["kind"], one["registered"], ", ".join(one["endpoints"])]
            for one in document["outcomes"]
        ),
    )


def policy(document: Mapping[str, Any]) -> Table:
    """List how the trial settled what its sources leave open."""
    return table(
        "How the trial file settles what the sources leave open, by its own keys",
        (label("Key", 3), label("Value", 2)),
        (
            row
            for group, members in document["policy"].items()
            for row in (
                Row((f"policy.{group}", ""), strong=True),
                *(Row((name, _said(value)), level=1) for name, value in members.items()),
            )
        ),
    )


def _methods(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    survival = document["endpoints"]["overall-survival"]
    response = document["endpoints"]["response"]
    return (
        (
            "Curves",
            (
                f"Kaplan-Meier, standard error by {procedure(survival['se'])}, limits by the "
                f"{survival['conf_type']} transformation, median as "
                f"{procedure(survival['median_rule'])}"
            ),
        ),
        ("Rates", f"limits by {procedure(response['conf_type'])}, two-sided 95 %"),
        ("Follow-up", procedure(survival["follow_up"]["method"])),
        ("Month", f"{survival['days_per_month']} days"),
        ("Horizon", f"{survival['horizon_months']} months from the infusion"),
        (
            "Rounding",
            (
                "for display alone: shares to 0.1 %, months to 0.1, other values to three "
                "significant digits, half away from zero"
            ),
        ),
    )


def _sources(document: Mapping[str, Any]) -> tuple[Paragraph, ...]:
    rules = document["rule_set"]
    return (
        Paragraph(
            f"Response: {rules['response_criteria']} (Kumar et al. 2016, Lancet Oncology 17:e328). "
            f"Toxicity: {rules['ae_grading']} (NCI 2017). CRS and ICANS: "
            f"{rules['crs_icans_grading']} (Lee et al. 2019, Biol Blood Marrow Transplant 25:625). "
            "Limits of rates: Clopper and Pearson 1934. Curves: Kaplan and Meier 1958; Greenwood "
            "1926; statistics agree with R's survival package. Flow of subjects: CONSORT 2010; "
            "order of sections: ICH E3."
        ),
        Paragraph(
            f"Rule set {rules['version']}, code {rules['code_digest']}; "
            f"trial file {rules['trial']}; {document['engine_version']}."
        ),
    )


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
