"""What was derived of each subject, kept until one of its records changes.

A subject's analysis follows from its records up to its last change at the cut, from the trial's
rules and from the clinical cut-off. So one new record costs one subject, and a lost store costs
time and nothing else.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

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


@dataclass(slots=True)
class AnalysisStore:
    """The analyses that one worker keeps."""

    limit: int = SUBJECTS_KEPT
    _kept: OrderedDict[AnalysisKey, SubjectAnalysis] = field(default_factory=OrderedDict)

    def get(self, key: AnalysisKey) -> SubjectAnalysis | None:
        """Give an analysis that is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: AnalysisKey, analysis: SubjectAnalysis) -> None:
        """Keep an analysis, and let go of the one not asked for the longest."""
        self._kept[key] = analysis
        while len(self._kept) > self.limit:
            self._kept.popitem(last=False)
