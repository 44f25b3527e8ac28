"""Which follow-up tells of a subject's death."""

from datetime import date

from app.services.derivations.subject_history import FollowUp, SubjectHistory
from app.vocabularies.follow_up import SurvivalStatus


def reported_death(history: SubjectHistory) -> FollowUp | None:
    """Give the follow-up that tells of the death, whenever it was; None: no death is reported.

    Decision: of several that tell of it the one with the earliest last possible day, which prefers
    a full date to a month that holds it; centres are asked to mend deaths on different days.
    """
    deaths = [
        contact
        for contact in history.follow_ups
        if contact.status is SurvivalStatus.DIED and contact.death is not None
    ]
    return min(
        deaths,
        key=lambda death: (
            (death.death.latest, death.death.earliest, death.record.record_id)
            if death.death
            else (date.max, date.max, death.record.record_id)
        ),
        default=None,
    )
