"""Which lymphodepletion is that of a subject, where more than one was begun.

Source: the trial's protocol, components of a disease evaluation, which lymphodepletion.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import pairwise
from typing import Final

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.subject_history import SubjectHistory
from app.vocabularies.preparations import PreparationOutcome

AFTER_EARLIER_DAYS: Final = 30
"""Days after the last dose of an earlier course in which an adverse event is still of its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """One preparation, as far as it tells which lymphodepletion counts."""

    record_id: uuid.UUID
    doses: tuple[PossibleDays, ...] = ()
    """Of lymphodepletion, in any order."""
    leukapheresis_on: tuple[date, ...] = ()
    outcome: PreparationOutcome | None = None
    """None: not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInfusion:
    """The first planned infusion, by its first part."""

    starts: PossibleDays
    preparation: uuid.UUID | None = None
    """The preparation that it names."""


@dataclass(frozen=True, slots=True)
class LymphodepletionCourse:
    """One course of lymphodepletion, its doses in their order."""

    preparation: uuid.UUID
    doses: tuple[PossibleDays, ...]

    @property
    def first_dose(self) -> PossibleDays:
        """The dose that began it; of one day the one whose time is not known."""
        return self.doses[0]

    @property
    def first_day(self) -> date:
        """Day of the first dose."""
        return self.doses[0].earliest

    @property
    def last_day(self) -> date:
        """Day of the last dose."""
        return self.doses[-1].earliest


@dataclass(frozen=True, slots=True, kw_only=True)
class Lymphodepletion:
    """The lymphodepletion of a subject, and the courses before it.

    Attributes:
        course: the one that counts; None: it was omitted, or has not begun.
        preparation: the preparation it was looked for in; None: there is none.
        earlier: courses that began before it, first to last; without it, before the infusion.
        too_late: the preparation has doses, and none of them began before the infusion.
    """

    course: LymphodepletionCourse | None = None
    preparation: uuid.UUID | None = None
    earlier: tuple[LymphodepletionCourse, ...] = ()
    too_late: bool = False

    @property
    def first_dose(self) -> PossibleDays | None:
        """The first dose, which closes every baseline; None: no lymphodepletion."""
        return self.course.first_dose if self.course is not None else None

    @property
    def first_day(self) -> date | None:
        """Day of the first dose; None: no lymphodepletion."""
        return self.course.first_day if self.course is not None else None

    def earlier_on(self, day: date, *, infused_on: date | None) -> LymphodepletionCourse | None:
        """Give the earlier course that a day belongs to; None: to none.

        It is in the time of a course from the first dose to 30 days after the last, and before the
        lymphodepletion that counts, else before the infusion.
        """
        ends = self.first_day or infused_on or date.max
        return next(
            (
                before
                for before in reversed(self.earlier)
                if before.first_day <= day <= before.last_day + timedelta(AFTER_EARLIER_DAYS)
                and day < ends
            ),
            None,
        )


def lymphodepletion(
    preparations: Iterable[Preparing], infusion: PlannedInfusion | None, *, course_gap_days: int
) -> Lymphodepletion:
    """Find the lymphodepletion of a subject among the courses of its preparations.

    It is the last course that began before the first planned infusion, in the preparation that
    this infusion names; where it names none, in the last preparation that was infused or whose
    outcome is not stated. What another preparation held does not stand in for it. Of a subject who
    was not infused it is the last course of the last preparation.

    Args:
        preparations: those that stand, in any order.
        infusion: None: not infused.
        course_gap_days: most days between one dose and the next of one course.

    Decision: the last preparation is the one with the latest leukapheresis or dose up to the
    infusion, for one that only began afterwards did not lead to it; if all did, it is the first of
    them. A named preparation that does not stand counts as not named. A dose of the infusion's own
    day whose order is not known was given before the cells.
    """
    stand = tuple(preparations)
    courses = sorted(
        (course for preparation in stand for course in _courses(preparation, course_gap_days)),
        key=lambda course: _moment(course.first_dose),
    )
    chosen = _of_infusion(stand, infusion) if infusion is not None else _last(stand, date.max)
    if chosen is None:
        return Lymphodepletion(earlier=tuple(_before(courses, infusion)))
    own = [course for course in courses if course.preparation == chosen.record_id]
    course = next(reversed(list(_before(own, infusion))), None)
    earlier = tuple(_before(courses, infusion))
    if course is not None:
        earlier = tuple(
            before for before in earlier if _moment(before.first_dose) < _moment(course.first_dose)
        )
    return Lymphodepletion(
        course=course,
        preparation=chosen.record_id,
        earlier=earlier,
        too_late=course is None and bool(own),
    )


def lymphodepletion_of(history: SubjectHistory) -> Lymphodepletion:
    """Give the lymphodepletion of a subject, as its records say it up to the data cut.

    Decision: of a subject with no planned infusion but an unplanned one, that one stands for it.
    """
    infused = [infusion for infusion in history.infusions if infusion.day <= history.data_cut]
    planned = [infusion for infusion in infused if infusion.planned] or infused
    first = min(planned, key=lambda infusion: infusion.started_at, default=None)
    return lymphodepletion(
        (
            Preparing(
                record_id=preparation.record.record_id,
                doses=tuple(
                    dose
                    for dose in preparation.lymphodepletion
                    if dose.earliest <= history.data_cut
                ),
                leukapheresis_on=tuple(
                    day for day in preparation.leukapheresis_on if day <= history.data_cut
                ),
                outcome=preparation.outcome,
            )
            for preparation in history.preparations
        ),
        None
        if first is None
        else PlannedInfusion(
            starts=PossibleDays(first.day, first.day, first.started_at.astimezone(UTC)),
            preparation=first.preparation,
        ),
        course_gap_days=history.course_gap_days,
    )


def bridging_from(history: SubjectHistory) -> date | None:
    """Give the first day that bridging can have begun on; None: there was none.

    Decision: it is bridging in the preparation of the lymphodepletion that counts; what bridged to
    an earlier course is earlier treatment, as that course is.
    """
    preparation = lymphodepletion_of(history).preparation
    days = [
        one.bridging_from.earliest
        for one in history.preparations
        if one.bridging_from is not None and preparation in {None, one.record.record_id}
    ]
    return min(days, default=None)


def _courses(preparation: Preparing, gap_days: int) -> Iterator[LymphodepletionCourse]:
    doses = sorted(preparation.doses, key=_moment)
    if not doses:
        return
    starts = [0] + [
        place
        for place, (one, other) in enumerate(pairwise(doses), start=1)
        if (other.earliest - one.earliest).days > gap_days
    ]
    for start, end in pairwise([*starts, len(doses)]):
        yield LymphodepletionCourse(preparation.record_id, tuple(doses[start:end]))


def _before(
    courses: Sequence[LymphodepletionCourse], infusion: PlannedInfusion | None
) -> Iterator[LymphodepletionCourse]:
    """Give the courses that began before an infusion; all of a subject who was not infused."""
    for course in courses:
        if infusion is None or _given_before(course.first_dose, infusion.starts):
            yield course


def _given_before(dose: PossibleDays, infusion: PossibleDays) -> bool:
    if dose.instant is not None and infusion.instant is not None:
        return dose.instant < infusion.instant
    return dose.earliest <= infusion.earliest


def _of_infusion(stand: Sequence[Preparing], infusion: PlannedInfusion) -> Preparing | None:
    """Give the preparation that led to an infusion; None: none can have."""
    named = [preparation for preparation in stand if preparation.record_id == infusion.preparation]
    if named:
        return named[0]
    outcomes = {None, PreparationOutcome.INFUSED}
    able = [
        preparation
        for preparation in stand
        if preparation.outcome in outcomes and _days(preparation)
    ]
    day = infusion.starts.earliest
    return _last(able, day) or min(
        able, key=lambda preparation: min(_days(preparation)), default=None
    )


def _last(preparations: Iterable[Preparing], until: date) -> Preparing | None:
    begun = [
        preparation
        for preparation in preparations
        if any(day <= until for day in _days(preparation))
    ]
    return max(
        begun,
        key=lambda preparation: (
            max(day for day in _days(preparation) if day <= until),
            preparation.record_id,
        ),
        default=None,
    )


def _days(preparation: Preparing) -> list[date]:
    return [*preparation.leukapheresis_on, *(dose.earliest for dose in preparation.doses)]


def _moment(dose: PossibleDays) -> tuple[date, bool, float]:
    at = dose.instant
    return dose.earliest, at is not None, at.timestamp() if at is not None else 0.0
