"""Where each visit of a subject stands, for the status board."""

from dataclasses import dataclass
from datetime import date

from app.trial.windows import VisitWindow
from app.vocabularies.concept import Concept
from app.vocabularies.visits import VisitStatus


class ScheduledVisitStatus(Concept):
    """Where a scheduled visit stands today."""

    PLANNED = "planned", "its window has not opened"
    DUE = "due", "its window is open"
    OVERDUE = "overdue", "its window has closed and nothing is recorded"
    DONE = "done", "it took place"
    MISSED = "missed", "the centre says that it did not take place"
    NOT_APPLICABLE = "not_applicable", "the subject was no longer due for it"


@dataclass(frozen=True, slots=True)
class Stops:
    """The days on which a subject stopped being due for visits; None for what has not happened.

    Attributes:
        progression: confirmed progressive disease; it ends disease evaluations alone.
        death: death.
        withdrawal: withdrawal from follow-up.
    """

    progression: date | None = None
    death: date | None = None
    withdrawal: date | None = None

    def at_risk(self, window: VisitWindow) -> bool:
        """Tell whether the subject is still due for a visit on the last day of its window."""
        stops = [self.death, self.withdrawal]
        if window.disease_evaluation:
            stops.append(self.progression)
        return all(stop is None or stop > window.last_day for stop in stops)


def visit_status(
    window: VisitWindow,
    *,
    today: date,
    recorded: VisitStatus | None = None,
    stops: Stops | None = None,
) -> ScheduledVisitStatus:
    """Give the status of one visit.

    Args:
        window: the visit's window.
        today: the centre's day.
        recorded: what the centre recorded about the visit, None for nothing. A visit that took
            place is done, also one whose disease evaluation was not evaluable.
        stops: what ended the subject's visits; None for nothing.

    Source: the trial's protocol, rules of the schedule of assessments.

    Decision: a record wins over everything else. Without one, a window that closed is overdue and
    not missed: the gap may be one of data entry, and only the centre knows. For progression-free
    survival an evaluation is missed without anybody saying so; that is judged there.
    """
    match recorded:
        case VisitStatus.DONE:
            return ScheduledVisitStatus.DONE
        case VisitStatus.MISSED:
            return ScheduledVisitStatus.MISSED
        case VisitStatus.NOT_DONE:
            return ScheduledVisitStatus.NOT_APPLICABLE
    if stops is not None and not stops.at_risk(window):
        return ScheduledVisitStatus.NOT_APPLICABLE
    if today < window.first_day:
        return ScheduledVisitStatus.PLANNED
    return ScheduledVisitStatus.DUE if today <= window.last_day else ScheduledVisitStatus.OVERDUE
