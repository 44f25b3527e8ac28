"""How far a subject has come.

Nobody types a status: it follows from what happened.
"""

from enum import StrEnum


class SubjectStatus(StrEnum):
    """How far a subject has come."""

    SCREENING = "screening"
    SCREEN_FAILED = "screen_failed"
    ENROLLED = "enrolled"
    INFUSED = "infused"
    OFF_STUDY = "off_study"
    DIED = "died"


def subject_status(
    *, enrolled: bool, screen_failed: bool, infused: bool, off_study: bool, died: bool
) -> SubjectStatus:
    """Give the furthest that a subject has come, by what has happened of it.

    Args:
        enrolled: it claimed a slot.
        screen_failed: it failed screening.
        infused: it was given the product.
        off_study: it left the study, however it left.
        died: it is known to have died.
    """
    if died:
        return SubjectStatus.DIED
    if off_study:
        return SubjectStatus.OFF_STUDY
    if infused:
        return SubjectStatus.INFUSED
    if screen_failed:
        return SubjectStatus.SCREEN_FAILED
    return SubjectStatus.ENROLLED if enrolled else SubjectStatus.SCREENING
