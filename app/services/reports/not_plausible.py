"""How many numbers an endpoint is without, because no living person can have them.

Source: the trial's protocol, plausibility.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from app.services.derivations.markers.pharmacodynamics import followed_markers
from app.services.derivations.sampled_values import NotPlausible
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.derivations.time_to_event.event_definition import PARTS
from app.trial.trial import Trial

_EVALUATIONS: Final = frozenset({"assessments"})
_RESULTS: Final = frozenset({"lab-results"})
_READ: Final[dict[str, frozenset[str]]] = {
    "enrolment": frozenset({"subjects"}),
    "response": _EVALUATIONS,
    "response-waterfall": _EVALUATIONS,
    "swimmer": _EVALUATIONS,
    **dict.fromkeys(PARTS, _EVALUATIONS),
    "lab-abnormalities": _RESULTS,
    "car-kinetics": frozenset({"kinetics"}),
    "pharmacodynamics": _RESULTS,
    "exposure": frozenset({"infusions", "preparations"}),
}
"""The kinds of record whose numbers an endpoint is made of."""


def not_plausible(cohort: Sequence[SubjectAnalysis], trial: Trial, endpoint: str) -> dict[str, Any]:
    """Give the count of numbers that an endpoint of these subjects leaves out, whole and by member.

    A member is that of the record, of a laboratory result our code of the analyte.
    """
    counts = Counter(
        number.member
        for analysis in cohort
        for number in analysis.not_plausible
        if _is_read(number, trial, endpoint)
    )
    return {"n_not_plausible": counts.total(), "not_plausible_by": dict(sorted(counts.items()))}


def _is_read(number: NotPlausible, trial: Trial, endpoint: str) -> bool:
    if endpoint == "pharmacodynamics" and number.member not in followed_markers(
        trial.pharmacodynamics
    ):
        return False
    return number.record.kind in _READ.get(endpoint, frozenset())
