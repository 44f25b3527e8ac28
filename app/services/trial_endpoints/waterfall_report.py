"""The best percent change of each subject's tracked marker, beside its best response."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.services.trial_endpoints.cohort import members
from app.services.trial_endpoints.question import Question
from app.services.trial_endpoints.response_report import best_of
from app.services.trial_endpoints.subject_analysis import SubjectAnalysis
from app.trial.trial import Trial


def waterfall_report(
    question: Question, analyses: Sequence[SubjectAnalysis], _trial: Trial
) -> dict[str, Any]:
    """Report the subjects in whom a change can be told, and count the others by their track.

    The percentage is unrounded and counts from baseline; it follows from the measurements, whatever
    source the category is of.
    """
    cohort = members(analyses, question)
    told = [one for one in cohort if one.marker_depth is not None]
    without = Counter(
        one.track.value if one.track else "not_infused"
        for one in cohort
        if one.marker_depth is None
    )
    return {
        "n_with_change": len(told),
        "without_change": dict(sorted(without.items())),
        "rows": [
            {
                "USUBJID": one.subject,
                "SITEID": one.centre,
                "marker": one.marker_depth.component,
                "percent_change": float(one.marker_depth.percent_change),
                "assessed_on": one.marker_depth.assessed_on,
                "best_response": best_of(one, question.response_source),
            }
            for one in told
            if one.marker_depth is not None
        ],
    }
