"""Which adverse events are CRS or ICANS, the row they count in, and the scale they are graded on.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38 (ASTCT 2019); CTCAE 5.0; the
trial's protocol, CRS and ICANS in the tables of adverse events.
"""

from typing import Final

from app.services.derivations.subject_history import AdverseEvent
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.astct import CRS_TERM
from app.vocabularies.ctcae import find_term

ICANS_NAMES: Final = frozenset(
    {
        "icans",
        "immune effector cell associated neurotoxicity",
        "immune effector cell associated neurotoxicity syndrome",
        "immune effector cell associated neurotoxicity syndrome (icans)",
    }
)
"""How ICANS is written in words, in small letters and without hyphens."""


def syndrome(event: AdverseEvent, rules: AdverseEventRules) -> AesiKind | None:
    """Tell whether an event is CRS or ICANS; None: neither.

    Decision: the CTCAE term makes a CRS too; where nobody named the kind, an ASTCT grade on the
    term that the trial records ICANS under, or its name beside that term, makes an ICANS.
    """
    return syndrome_named(
        aesi_kind=event.aesi_kind,
        term=event.term,
        words=event.other_specify,
        graded=event.astct_grade is not None,
        rules=rules,
    )


def syndrome_named(
    *,
    aesi_kind: AesiKind | None,
    term: str,
    words: str | None,
    graded: bool,
    rules: AdverseEventRules,
) -> AesiKind | None:
    """Tell whether what was reported is CRS or ICANS; None: neither.

    Args:
        words: what happened, beside a term "Other, specify".
        graded: it has an ASTCT grade.
    """
    if aesi_kind in {AesiKind.CRS, AesiKind.ICANS}:
        return aesi_kind
    if term == CRS_TERM:
        return AesiKind.CRS
    if aesi_kind is not None or term != rules.icans_term:
        return None
    named = words is not None and _spelled(words) in ICANS_NAMES
    return AesiKind.ICANS if graded or named else None


def _spelled(words: str) -> str:
    return " ".join(words.replace("-", " ").casefold().split())


def special_interest(event: AdverseEvent, rules: AdverseEventRules) -> AesiKind | None:
    """Give the kind of special interest, that of CRS and ICANS also where nobody named it."""
    return syndrome(event, rules) or event.aesi_kind


def table_row(
    event: AdverseEvent, kind: AesiKind | None, rules: AdverseEventRules
) -> tuple[str, str]:
    """Give the term and the organ class under which the tables count an event.

    A term "Other, specify" counts by the preferred term of MedDRA that the centre coded it with,
    named by its code.

    Source: the trial's protocol, ICANS in the tables of adverse events.
    Decision: so a subject whose centre reported ICANS under a sign of it is counted once with the
    others.
    """
    if kind is not AesiKind.ICANS:
        published = find_term(event.term)
        if event.meddra_pt is not None and published is not None and published.other_specify:
            return f"{event.term}: MedDRA {event.meddra_pt}", event.system_organ_class
        return event.term, event.system_organ_class
    term = find_term(rules.icans_term)
    soc = term.soc if term is not None else event.system_organ_class
    return f"{rules.icans_term}: ICANS", soc


def grade_on(event: AdverseEvent, kind: AesiKind | None, scale: str) -> int | None:
    """Give the grade on a scale; an ASTCT grade 0 is none, and the scales are never mixed."""
    return (event.astct_grade or None) if kind and scale == "ASTCT" else event.grade
