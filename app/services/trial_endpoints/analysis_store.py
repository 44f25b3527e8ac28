"""What was derived of each subject, kept until one of its records changes.

A subject's analysis follows from its records up to its last change at the cut, from the trial's
rules and from the clinical cut-off. So one new record costs one subject, and a lost store costs
time and nothing else.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.bounded_cache import BoundedCache
from app.services.derivations.subject.analysis import SubjectAnalysis

SUBJECTS_KEPT: Final = 10_000
"""Analyses that one worker keeps; the least recently asked for goes first."""


@dataclass(frozen=True, slots=True)
class AnalysisKey:
    """What an analysis follows from.

    Attributes:
        last_change: the subject's last transaction at the cut, as text.
        rule_set: digest of rules and trial file.
        data_cut: last clinical day that counts.
    """

    subject: str
    last_change: str
    rule_set: str
    data_cut: date


AnalysisStore = BoundedCache[AnalysisKey, SubjectAnalysis]
"""Analyses by what they follow from."""


def analysis_store() -> AnalysisStore:
    """Make room for the analyses of a worker."""
    return BoundedCache(SUBJECTS_KEPT)
