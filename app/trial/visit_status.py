"""Where each visit of a subject stands, for the status board."""

from dataclasses import dataclass
from datetime import date

from app.trial.windows import VisitWindow
from app.vocabularies.concept import Concept
from app.vocabularies.visits import VisitStatus


class ScheduledVisitStatus(Concept):
    """Where a scheduled visit stands on a day."""

    UPCOMING = "upcoming", "its window has not opened"
    DUE = "due", "its window is open and nothing is recorded"
    OVERDUE = "overdue", "its window has closed, nothing is recorded, it can still be made up"
    MISSING = "missing", "it did not take place, or nothing is recorded and it is too late"
    SAMPLES_ONLY = (
        "samples_only",
        "its window has closed, samples of it are there, nothing is recorded of the visit itself",
    )
    DONE = "done", "it took place"
    NOT_APPLICABLE = "not_applicable", "the subject was not or no longer due for it"


@dataclass(frozen=True, slots=True)
class Stops:
    """The days on which a subject stopped being due for visits; None for what has not happened.

    Attributes:
        progression: confirmed progressive disease; it ends disease evaluations alone.
        death: death.
        withdrawal: withdrawal from follow-up, or leaving the trial otherwise.
    """

    progression: date | None = None
    death: date | None = None
    withdrawal: date | None = None

    def at_risk(self, window: VisitWindow) -> bool:
        """Tell whether the subject is still due for a visit on the last day of its window."""
        return all(day > window.last_day for day in self._ending(window))

    def stopped(self, window: VisitWindow, today: date) -> bool:
        """Tell whether the subject has stopped being due for such a visit by a day."""
        return any(day <= today for day in self._ending(window))

    def _ending(self, window: VisitWindow) -> list[date]:
        stops = [self.death, self.withdrawal]
        if window.disease_evaluation:
            stops.append(self.progression)
        return [stop for stop in stops if stop is not None]


def visit_status(
    window: VisitWindow,
    *,
    today: date,
    recorded: VisitStatus | None = None,
    stops: Stops | None = None,
    next_opens: date | None = None,
    sampled: bool = False,
) -> ScheduledVisitStatus:
    """Give the status of one visit.

    Args:
        window: the visit's window.
        today: the centre's day.
        recorded: what the centre recorded about the visit, None for nothing. A visit that took
            place is done, also one whose disease evaluation was not evaluable.
        stops: what ended the subject's visits; None for nothing.
        next_opens: first day of the next scheduled visit; None: there is none.
        sampled: a sample of the visit's days has come in.

    Source: the trial's protocol, rules of the schedule of assessments.

    Decision: a record wins over everything else. Without one, a visit whose window closed is
    overdue while somebody can still come or the entry catch up: until the next scheduled visit
    opens, whose day it would be then, or the subject has stopped. After that it is missing, as it
    is where the centre says that it was missed; a record that comes later makes it done all the
    same. Where samples of it have come in, what is missing is its record and not the visit. For
    progression-free survival an evaluation is missed by rules of its own.
    """
    match recorded:
        case VisitStatus.DONE:
            return ScheduledVisitStatus.DONE
        case VisitStatus.MISSED:
            return ScheduledVisitStatus.MISSING
        case VisitStatus.NOT_DONE:
            return ScheduledVisitStatus.NOT_APPLICABLE
    if stops is not None and not stops.at_risk(window):
        return ScheduledVisitStatus.NOT_APPLICABLE
    if today < window.first_day:
        return ScheduledVisitStatus.UPCOMING
    if today <= window.last_day:
        return ScheduledVisitStatus.DUE
    if sampled:
        return ScheduledVisitStatus.SAMPLES_ONLY
    too_late = next_opens is not None and today >= next_opens
    if too_late or (stops is not None and stops.stopped(window, today)):
        return ScheduledVisitStatus.MISSING
    return ScheduledVisitStatus.OVERDUE
