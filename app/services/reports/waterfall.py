"""The best percent change of each subject's tracked marker, beside its best response."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.reports.cohort import members
from app.services.reports.question import Question
from app.services.reports.response import best_of
from app.trial.trial import Trial


def waterfall_report(
    question: Question, analyses: Sequence[SubjectAnalysis], _trial: Trial
) -> dict[str, Any]:
    """Report the subjects in whom a change can be told, and count the others by their track.

    The percentage is unrounded and counts from baseline. It follows from the measurements, over the
    visits that count by the source of the category: none after its progression.
    """
    cohort = members(analyses, question)
    depths = {
        subject.subject: response.marker_depth
        for subject in cohort
        if (response := subject.responses.get(question.response_source)) is not None
    }
    without = Counter(
        subject.track.value if subject.track else "not_infused"
        for subject in cohort
        if depths.get(subject.subject) is None
    )
    return {
        "n_with_change": len(cohort) - without.total(),
        "without_change": dict(sorted(without.items())),
        "rows": [
            {
                "USUBJID": subject.subject,
                "SITEID": subject.centre,
                "marker": depth.component,
                "percent_change": float(depth.percent_change),
                "assessed_on": depth.assessed_on,
                "best_response": best_of(subject, question.response_source),
            }
            for subject in cohort
            if (depth := depths.get(subject.subject)) is not None
        ],
    }
