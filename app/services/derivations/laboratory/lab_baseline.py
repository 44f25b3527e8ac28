"""Which results of a subject are baseline, and between which days the others count.

Source: the trial's protocol, laboratory outliers: baseline, post-baseline set; components of a
disease evaluation, which lymphodepletion.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.services.derivations.laboratory.corrected_calcium import SubjectLab
from app.services.derivations.lymphodepletion import LymphodepletionCourse, lymphodepletion_of
from app.services.derivations.moments import MomentOrder, clock_missing, order_of
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.subject_history import SubjectHistory
from app.trial.anchors import add_months
from app.trial.trial import Trial


class LabPeriod(StrEnum):
    """When a sample was taken, as far as laboratory abnormalities are concerned."""

    BEFORE_LYMPHODEPLETION = "before_lymphodepletion"
    """Also what came before the infusion of a subject without lymphodepletion."""
    LYMPHODEPLETION = "lymphodepletion"
    """From the first dose of lymphodepletion to the infusion."""
    POST_INFUSION = "post_infusion"
    AFTER_FOLLOW_UP = "after_follow_up"
    """After new therapy, the horizon or the data cut: not counted."""


class BaselineFlag(StrEnum):
    """What is unusual about a baseline."""

    AFTER_LYMPHODEPLETION = "after_LD"
    """There was none before lymphodepletion; counts may be low already."""
    CLOCK_MISSING = "clock_missing"
    """From the infusion day, without a time: it is taken to have been drawn before the infusion."""
    EARLIER_LYMPHODEPLETION = "earlier_ld"
    """From before an earlier course of lymphodepletion: what followed that one was still low."""
    OLD = "old_baseline"
    """Older than the protocol accepts, and there was none that was not."""
    NOT_COMPARABLE = "not_comparable"
    """Some results cannot be compared with it: for them there is no baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFollowUp:
    """The moments that bound the periods of one infused subject.

    Attributes:
        lymphodepletion_from: the first dose of lymphodepletion; None: omitted.
        earlier_courses: those that led to no infusion, first to last.
        until: min(N, X, H), the last day that counts; the day of new therapy belongs to it.
        visits_after: codes of the visits planned after the infusion day.
    """

    infused_at: datetime
    infused_on: date
    """The infusion day, day 0, on the centre's clock."""
    lymphodepletion_from: PossibleDays | None
    until: date
    visits_after: frozenset[str] = frozenset()
    earlier_courses: tuple[LymphodepletionCourse, ...] = ()

    def day(self, day: date) -> int:
        """Count days from the infusion, which is day 0."""
        return (day - self.infused_on).days

    def period(self, collected: PossibleDays, visit: str | None = None) -> LabPeriod:
        """Place a sample.

        Without a time, a sample of the infusion day was drawn before the infusion, unless the visit
        that it names is planned after that day. On the first day of lymphodepletion everything is
        from before it.

        Args:
            collected: when it was drawn.
            visit: code of the visit that it names; None: none.

        Source: the trial's endpoint definitions, section 5, order of two moments.
        """
        infusion = PossibleDays(self.infused_on, self.infused_on, self.infused_at)
        side = MomentOrder.AFTER if visit in self.visits_after else MomentOrder.BEFORE
        if order_of(collected, infusion, on_one_day=side) is not MomentOrder.BEFORE:
            late = collected.earliest > self.until
            return LabPeriod.AFTER_FOLLOW_UP if late else LabPeriod.POST_INFUSION
        first = self.lymphodepletion_from
        if first is None or collected.earliest <= first.earliest:
            return LabPeriod.BEFORE_LYMPHODEPLETION
        return LabPeriod.LYMPHODEPLETION


@dataclass(frozen=True, slots=True, kw_only=True)
class LabBaseline:
    """The result that a subject's results of one analyte are compared with."""

    result: SubjectLab
    flags: tuple[BaselineFlag, ...] = ()


def lab_follow_up(history: SubjectHistory, *, new_therapy: date | None) -> LabFollowUp | None:
    """Give the bounds of a subject's laboratory follow-up; None: never infused, up to the cut.

    Args:
        history: the subject's records.
        new_therapy: start of the first new anti-myeloma therapy after infusion (N); None: none.

    Decision: lymphodepletion that is not dated before the infusion day is left out of account.
    """
    infusion = history.first_infusion
    if infusion is None:
        return None
    depletion = lymphodepletion_of(history)
    first = depletion.first_dose
    ends = [history.data_cut, add_months(infusion.day, history.horizon_months)]
    return LabFollowUp(
        infused_at=infusion.started_at,
        infused_on=infusion.day,
        lymphodepletion_from=first if first and first.latest < infusion.day else None,
        until=min(ends if new_therapy is None else [*ends, new_therapy]),
        visits_after=history.visits_after_infusion,
        earlier_courses=depletion.earlier,
    )


def _chosen(
    results: Iterable[SubjectLab], follow_up: LabFollowUp, trial: Trial
) -> LabBaseline | None:
    """Choose the baseline among a subject's usable results of one analyte; None: there is none.

    It is the last one before lymphodepletion, if that is recent enough; without one, the last one
    before the infusion, flagged. Without lymphodepletion, and under the policy
    ``pre_infusion``, it is the last one before the infusion. One that an earlier course of
    lymphodepletion may still have lowered yields to one from before that course, flagged; without
    one that is recent enough it stays, flagged as drawn after lymphodepletion.

    Decision: the last one before the infusion may be one from before lymphodepletion that is older
    than accepted; then that is flagged. Where lymphodepletion was omitted, the days of a baseline
    from before an earlier course are counted from the infusion. Under ``pre_infusion`` an earlier
    course changes nothing, as the one that led to the infusion does not.
    """
    before = sorted(
        (result for result in results if _period(result, follow_up) in _BEFORE_INFUSION),
        key=lambda result: moment(result.value.collected),
    )
    if not before:
        return None
    if trial.policy.lab.baseline == "pre_infusion":
        return LabBaseline(result=before[-1])
    chosen = _last_usual(before, follow_up, trial)
    course = _lowered_by(chosen.result, follow_up, trial)
    if course is None:
        return chosen
    earlier = _from_before(course, before, follow_up, trial)
    if earlier is not None:
        return LabBaseline(result=earlier, flags=(BaselineFlag.EARLIER_LYMPHODEPLETION,))
    flags = {*chosen.flags, BaselineFlag.AFTER_LYMPHODEPLETION}
    return replace(chosen, flags=tuple(flag for flag in BaselineFlag if flag in flags))


def _last_usual(before: Sequence[SubjectLab], follow_up: LabFollowUp, trial: Trial) -> LabBaseline:
    """Choose as of a subject with one course of lymphodepletion, or none."""
    first = follow_up.lymphodepletion_from
    if first is None:
        return LabBaseline(result=before[-1])
    recent = _last_before_lymphodepletion(before, follow_up)
    oldest = first.earliest - timedelta(trial.laboratory.baseline_days)
    if recent is not None and recent.value.collected.earliest >= oldest:
        return LabBaseline(result=recent)
    flag = BaselineFlag.OLD if before[-1] is recent else BaselineFlag.AFTER_LYMPHODEPLETION
    return LabBaseline(result=before[-1], flags=(flag,))


def lab_baseline(
    results: Iterable[SubjectLab], follow_up: LabFollowUp, trial: Trial
) -> LabBaseline | None:
    """Choose the baseline as :func:`_chosen` does, flagged where its order is only supposed."""
    baseline = _chosen(results, follow_up, trial)
    if baseline is None:
        return None
    infusion = PossibleDays(follow_up.infused_on, follow_up.infused_on, follow_up.infused_at)
    if not clock_missing(baseline.result.value.collected, infusion):
        return baseline
    return replace(baseline, flags=(*baseline.flags, BaselineFlag.CLOCK_MISSING))


def _lowered_by(
    result: SubjectLab, follow_up: LabFollowUp, trial: Trial
) -> LymphodepletionCourse | None:
    """Give the latest earlier course with a dose in the days before a result; None: none has.

    Decision: what was drawn on the day of a dose is from before it, as the schedule has it.
    """
    collected = result.value.collected.earliest
    lowered = range(1, trial.laboratory.after_earlier_course_days + 1)
    for course in reversed(follow_up.earlier_courses):
        if any((collected - dose.earliest).days in lowered for dose in course.doses):
            return course
    return None


def _from_before(
    course: LymphodepletionCourse,
    before: Sequence[SubjectLab],
    follow_up: LabFollowUp,
    trial: Trial,
) -> SubjectLab | None:
    """Give the last result from before a course that no course before that one lowered either."""
    first = follow_up.lymphodepletion_from
    reference = follow_up.infused_on if first is None else first.earliest
    oldest = reference - timedelta(trial.laboratory.before_earlier_course_days)
    for result in reversed(before):
        collected = result.value.collected.earliest
        if collected < oldest:
            return None
        if collected <= course.first_day and _lowered_by(result, follow_up, trial) is None:
            return result
    return None


def moment(days: PossibleDays) -> tuple[date, bool, float]:
    """Order moments; of one day those without a time come first."""
    at = days.instant
    return days.earliest, at is not None, at.timestamp() if at else 0.0


def _period(result: SubjectLab, follow_up: LabFollowUp) -> LabPeriod:
    return follow_up.period(result.value.collected, result.value.visit)


_BEFORE_INFUSION = frozenset({LabPeriod.BEFORE_LYMPHODEPLETION, LabPeriod.LYMPHODEPLETION})


def _last_before_lymphodepletion(
    before: Sequence[SubjectLab], follow_up: LabFollowUp
) -> SubjectLab | None:
    return next(
        (
            result
            for result in reversed(before)
            if _period(result, follow_up) is LabPeriod.BEFORE_LYMPHODEPLETION
        ),
        None,
    )
