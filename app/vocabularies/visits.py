"""Words of a scheduled visit."""

from enum import IntEnum

from app.vocabularies.concept import Concept


class VisitStatus(Concept):
    """What became of a scheduled visit."""

    DONE = "done", "the visit took place"
    MISSED = "missed", "the visit was due and did not take place"
    NOT_DONE = "not_done", "the visit was not asked for, as after withdrawal"


class MissedVisitReason(Concept):
    """Why a visit did not take place."""

    SUBJECT_DECISION = "subject_decision", "the subject did not come or declined"
    ILLNESS = "illness", "the subject was too ill"
    TRAVEL = "travel", "travel or distance"
    CENTRE = "centre", "a reason of the centre"
    DIED = "died", "the subject had died"
    WITHDREW = "withdrew", "the subject had withdrawn"
    LOST = "lost", "the subject could not be reached"
    OTHER = "other", "another reason"


class EcogPerformanceStatus(IntEnum):
    """ECOG performance status, 0 (fully active) to 5 (dead)."""

    FULLY_ACTIVE = 0
    RESTRICTED = 1
    SELF_CARE = 2
    LIMITED_SELF_CARE = 3
    DISABLED = 4
    DEAD = 5
