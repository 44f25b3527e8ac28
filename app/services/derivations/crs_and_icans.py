"""Which adverse events are CRS or ICANS, the row they count in, and the scale they are graded on.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38 (ASTCT 2019); CTCAE 5.0; the
trial's protocol, CRS and ICANS in the tables of adverse events.
"""

from typing import Final

from app.services.derivations.subject_history import AdverseEvent
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.ctcae import find_term

CRS_TERM: Final = "Cytokine release syndrome"
"""CTCAE 5.0 term."""


def syndrome(event: AdverseEvent, rules: AdverseEventRules) -> AesiKind | None:
    """Tell whether an event is CRS or ICANS; None: neither.

    Decision: the CTCAE term makes a CRS too; where nobody named the kind, an ASTCT grade on the
    term that the trial records ICANS under makes an ICANS.
    """
    if event.aesi_kind in {AesiKind.CRS, AesiKind.ICANS}:
        return event.aesi_kind
    if event.term == CRS_TERM:
        return AesiKind.CRS
    graded = event.aesi_kind is None and event.astct_grade is not None
    return AesiKind.ICANS if graded and event.term == rules.icans_term else None


def table_row(
    event: AdverseEvent, kind: AesiKind | None, rules: AdverseEventRules
) -> tuple[str, str]:
    """Give the term and the organ class under which the tables count an event.

    Source: the trial's protocol, ICANS in the tables of adverse events.
    Decision: so a subject whose centre reported ICANS under a sign of it is counted once with the
    others.
    """
    if kind is not AesiKind.ICANS:
        return event.term, event.system_organ_class
    term = find_term(rules.icans_term)
    soc = term.soc if term is not None else event.system_organ_class
    return f"{rules.icans_term}: ICANS", soc


def grade_on(event: AdverseEvent, kind: AesiKind | None, scale: str) -> int | None:
    """Give the grade on a scale; an ASTCT grade 0 is none, and the scales are never mixed."""
    return (event.astct_grade or None) if kind and scale == "ASTCT" else event.grade
