"""The death of a subject: on which day, and whether of the myeloma.

Source: the trial's endpoint definitions, partial dates and data cut-off.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from app.services.derivations.partial_dates import death_day
from app.services.derivations.reported_death import reported_death
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.event_time import Happening
from app.vocabularies.follow_up import DeathCause

_DUE_TO_MYELOMA: Final = {
    DeathCause.MYELOMA: True,
    DeathCause.CAR_T_TOXICITY: False,
    DeathCause.INFECTION: False,
    DeathCause.OTHER: False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Death(Happening):
    """A death up to the data cut."""

    due_to_myeloma: bool | None = None
    """None: not known."""
    cause: DeathCause | None = None


def death(
    history: SubjectHistory,
    *,
    last_evidence: date | None,
    rule: Literal["mid", "first"] = "mid",
) -> Death | None:
    """Give the death of a subject up to the data cut; None: alive at the cut.

    Args:
        history: the subject's records.
        last_evidence: latest evidence of life, also beyond the cut; None: there is none.
        rule: what a missing day of death is.

    Source: the trial's endpoint definitions, data cut-off: a death dated after it has not happened.

    Decision: the day of death is held against the cut, not the day it was learnt: what was known
    when is the business of the records' own versions. A death known to the month of the cut, of a
    subject known alive on the cut, came after it. A cause that is another than the myeloma says
    that the death was not due to it, unless the centre says that it was.
    """
    report = reported_death(history)
    if report is None or report.death is None:
        return None
    died, cut = report.death, history.data_cut
    if died.earliest > cut:
        return None
    could_be_later = died.day is None and died.latest > cut
    if could_be_later and last_evidence is not None and last_evidence >= cut:
        return None
    imputed = death_day(died, last_known_alive=last_evidence, data_cut=cut, rule=rule)
    due = report.death_due_to_myeloma
    if due is None and report.death_cause is not None:
        due = _DUE_TO_MYELOMA.get(report.death_cause)
    return Death(
        day=imputed.day,
        records=(report.record,),
        imputed=imputed.imputed,
        due_to_myeloma=due,
        cause=report.death_cause,
    )
