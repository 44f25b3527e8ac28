"""The document of figures -> the report that is printed: its sections in their order.

Source: ICH E3 for the order of what is told; what a data monitoring committee reads first, the cut
and the flow of subjects, comes first.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.printing.document import Block, Figure, Printed, Section
from app.printing.sections import (
    baseline,
    cut,
    disposition,
    kinetics,
    laboratory,
    listed,
    methods,
    quality,
    response,
    safety,
    survival,
)
from app.printing.words import ENDPOINTS, in_words

Pictures = Mapping[str, str]
"""SVG documents by what they show: an endpoint of the survival curves, or the name of a picture."""

TITLE: Final = "Trial report"
_SHOWN: Final[Mapping[str, str]] = {
    "enrolment": "Accrual",
    "response-over-time": "Best response over time",
    "adverse-events": "Adverse events by worst grade",
    "car-kinetics": "CAR-T cells over time",
    "swimmer": "Time on study of each subject",
    **ENDPOINTS,
}


def printed(document: Mapping[str, Any], pictures: Pictures) -> Printed:
    """Make the report of a document.

    Args:
        document: the figures, as the service tells them to whoever asks.
        pictures: what was drawn of them; one that is missing is left out.
    """
    return Printed(
        title=TITLE,
        subtitle=document["trial"]["title"],
        cut=_identity(document),
        reference=_reference(document),
        sections=tuple(_sections(document, pictures)),
    )


def _sections(document: Mapping[str, Any], pictures: Pictures) -> Sequence[Section]:
    sections = [
        cut.section(document),
        disposition.section(document, _figures(pictures, "enrolment")),
        baseline.baseline(document),
        baseline.exposure(document),
        response.section(document, _figures(pictures, "response-over-time")),
        survival.section(document, {name: _figures(pictures, name) for name in ENDPOINTS}),
        safety.section(document, _figures(pictures, "adverse-events")),
        laboratory.section(document),
        kinetics.kinetics(document, _figures(pictures, "car-kinetics")),
        kinetics.pharmacodynamics(document),
        quality.section(document),
    ]
    if "listings" in document:
        sections.append(listed.section(document, _figures(pictures, "swimmer")))
    return [*sections, methods.section(document)]


def _figures(pictures: Pictures, name: str) -> tuple[Block, ...]:
    found = pictures.get(name)
    return () if found is None else (Figure(_SHOWN[name], found),)


def _identity(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what tells this cut from every other, in the fewest words."""
    facts = [
        ("Trial", document["trial"]["code"]),
        ("as of", str(document["as_of"])),
        ("cut-off", document["cutoff"] or f"none, known on {document['known_on']}"),
        ("population", f"{in_words(document['population'])}, n = {document['n']}"),
        ("responses", document["response_source"]),
        ("rules", document["rule_set"]["version"]),
    ]
    if document.get("centre"):
        facts.insert(1, ("centre", document["centre"]))
    return tuple(facts)


def _reference(document: Mapping[str, Any]) -> str:
    """Give the name of the file, in letters, digits and hyphens."""
    parts = [document["trial"]["code"], "as-of", document["as_of"], document["cutoff"] or ""]
    return "-".join(str(part) for part in parts if part)
