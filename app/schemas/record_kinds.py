"""Every kind of record of the trial: what the centres send, and what the reviewers make of it."""

from functools import cache
from typing import Final

from app.schemas.adjudication import ADJUDICATIONS
from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.assessment import ASSESSMENTS
from app.schemas.enrolment import ENROLMENTS
from app.schemas.follow_up import FOLLOW_UPS
from app.schemas.infusion import INFUSIONS
from app.schemas.kinetics_result import KINETICS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.neuro_assessment import NEURO_ASSESSMENTS
from app.schemas.preparation import PREPARATIONS
from app.schemas.record import RecordKind
from app.schemas.therapy import THERAPIES
from app.schemas.visit import VISITS

RECORD_KINDS: Final[tuple[RecordKind, ...]] = (
    ENROLMENTS,
    PREPARATIONS,
    INFUSIONS,
    ASSESSMENTS,
    ADVERSE_EVENTS,
    LAB_RESULTS,
    KINETICS,
    VISITS,
    NEURO_ASSESSMENTS,
    THERAPIES,
    FOLLOW_UPS,
    ADJUDICATIONS,
)
"""In the order of a subject's way through the trial; what is judged comes before its verdict."""

IMPORTED: Final[tuple[RecordKind, ...]] = tuple(
    kind for kind in RECORD_KINDS if kind.judges is None
)
"""The kinds that come in bulk too: those that the centres send."""


def by_path(path: str) -> RecordKind | None:
    """Find a kind by the segment of its address, such as ``adverse-events``; None: no such kind."""
    return _kinds().get(path)


@cache
def _kinds() -> dict[str, RecordKind]:
    return {kind.path: kind for kind in RECORD_KINDS}
