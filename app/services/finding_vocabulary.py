"""The findings as a vocabulary: what each one says, and what it keeps out of the figures."""

from collections.abc import Mapping
from typing import Final

from app.services.derivations.error_effects import KEEPS_OUT
from app.services.edit_checks import RULES
from app.vocabularies.registry import OWN_VERSION, VOCABULARIES
from app.vocabularies.vocabulary import Entry, Vocabulary

FINDINGS: Final = Vocabulary(
    name="finding",
    version=OWN_VERSION,
    title="Findings of the edit checks, and what each keeps out of the figures.",
    source="this service; the trial's endpoint definitions, section 11.6",
    notice=None,
    entries=tuple(
        Entry(
            code=rule.id,
            display=rule.message,
            properties={
                "severity": rule.severity,
                "keeps_out": tuple(map(str, KEEPS_OUT.get(rule.id, ()))) or None,
            },
        )
        for rule in sorted(RULES.values(), key=lambda rule: rule.id)
    ),
)
"""``keeps_out`` names kind, member and effect of each thing that is kept out; null: nothing is."""

SERVED: Final[Mapping[str, tuple[Vocabulary, ...]]] = dict(
    sorted([*VOCABULARIES.items(), (FINDINGS.name, (FINDINGS,))])
)
"""All vocabularies by name, each with its versions, the current one first."""
