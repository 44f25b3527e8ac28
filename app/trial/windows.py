"""The windows of one subject's visits: opened as the file declares them, cut where they overlap.

Decision: the file's windows overlap where a subject's dates lie close together, and those of
consecutive days of lymphodepletion always do. They are cut so that two windows share one day at
most, the one on which the first closes and the second opens: a scheduled disease evaluation is not
cut for another visit, otherwise each keeps the days nearer to its own target and the later one
those in the middle.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from app.trial.anchors import Anchors
from app.trial.visits import Visit


@dataclass(frozen=True, slots=True)
class VisitWindow:
    """The days of one visit of one subject.

    Attributes:
        code: visit code.
        target: the planned day; may lie outside the window where that was cut short.
        first_day, last_day: the window, both inclusive.
        disease_evaluation: a scheduled disease evaluation, which can be missed.
        after_an_event: opened by an event (suspected progression, end of evaluations); it may
            share any days with the scheduled visits.
    """

    code: str
    target: date
    first_day: date
    last_day: date
    disease_evaluation: bool = False
    after_an_event: bool = False

    def holds(self, day: date) -> bool:
        """Tell whether ``day`` lies in the window."""
        return self.first_day <= day <= self.last_day


def opened(visit: Visit, anchors: Anchors) -> list[VisitWindow]:
    """Open the windows of one visit as the file declares them: none, one, or one per interval."""
    anchor = anchors.day(visit.anchor)
    opens = anchors.day(visit.not_before) if visit.not_before else date.min
    if anchor is None or opens is None:
        return []
    closes = (anchors.day(visit.not_after) if visit.not_after else None) or date.max
    targets = [anchor + timedelta(visit.target)]
    if visit.every is not None and anchors.horizon is not None:
        days_left = (anchors.horizon - targets[0]).days
        targets = [targets[0] + timedelta(day) for day in range(0, days_left + 1, visit.every)]
    windows = [
        VisitWindow(
            code=visit.code,
            target=target,
            first_day=max(opens, target - timedelta(visit.before)),
            last_day=min(closes, target + timedelta(visit.after)),
            disease_evaluation=visit.disease_evaluation == "scheduled",
            after_an_event=visit.after_an_event,
        )
        for target in targets
    ]
    return [window for window in windows if window.first_day <= window.last_day]


def parted(windows: list[VisitWindow]) -> tuple[VisitWindow, ...]:
    """Cut windows, in the order of their targets, until two share one day at most."""
    placed: list[VisitWindow] = []
    for later in sorted(windows, key=lambda window: window.target):
        window = later
        while placed and placed[-1].last_day > window.first_day:
            earlier, window = _cut(placed.pop(), window)
            if earlier.first_day <= earlier.last_day:
                placed.append(earlier)
                break
        if window.first_day <= window.last_day:
            placed.append(window)
    return tuple(placed)


def _cut(earlier: VisitWindow, later: VisitWindow) -> tuple[VisitWindow, VisitWindow]:
    """Part two windows that share days; one of them may end up with none."""
    if earlier.disease_evaluation and not later.disease_evaluation:
        return earlier, replace(later, first_day=earlier.last_day + timedelta(1))
    opens = later.first_day
    if earlier.disease_evaluation or not later.disease_evaluation:
        between = (later.target - earlier.target).days
        middle = earlier.target + timedelta((between + 1) // 2)
        if between == 0 and _days(earlier) < _days(later):
            middle += timedelta(1)
        opens = max(opens, min(middle, earlier.last_day + timedelta(1)))
    return (
        replace(earlier, last_day=opens - timedelta(1)),
        replace(later, first_day=opens),
    )


def _days(window: VisitWindow) -> int:
    return (window.last_day - window.first_day).days


def in_turn(windows: list[VisitWindow]) -> tuple[VisitWindow, ...]:
    """Let each window that an event opened close when the next one opens."""
    ordered = sorted(windows, key=lambda window: window.first_day)
    closed = [
        replace(window, last_day=min(window.last_day, following.first_day - timedelta(1)))
        for window, following in pairwise(ordered)
    ]
    return tuple(window for window in closed + ordered[-1:] if window.first_day <= window.last_day)
