"""Which analysis populations a subject belongs to.

Source: the trial's protocol, populations; CDISC ADaMIG 1.3, population flags of ADSL.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.subject_history import SubjectHistory
from app.trial.populations import Populations


class Population(StrEnum):
    """The populations that a subject is told into by its own records."""

    SCREENED = "screened"
    ENROLLED = "enrolled"
    APHERESED = "apheresed"
    LYMPHODEPLETED = "lymphodepleted"
    TREATED = "treated"
    TREATED_IN_SPEC = "treated_in_spec"
    EVALUABLE = "evaluable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """The days on which a subject came as far as each stage; None: it did not, up to X."""

    consented_on: date | None
    enrolled_on: date | None
    apheresed_on: date | None
    lymphodepleted_on: date | None
    """First dose of any course."""
    lymphodepletion_from: date | None
    """First dose of the lymphodepletion that counts."""
    earlier_lymphodepletion_from: date | None
    """First dose of a course before that one, or before an infusion without it."""
    infused_on: date | None


def milestones(history: SubjectHistory) -> Milestones:
    """Give how far a subject came up to the data cut-off."""
    enrolment = history.enrolment
    depletion = lymphodepletion_of(history)
    doses = (
        dose.earliest
        for preparation in history.preparations
        for dose in preparation.lymphodepletion
    )
    earlier = (course.first_day for course in depletion.earlier)
    return Milestones(
        consented_on=_until(history, enrolment.consented_on if enrolment else None),
        enrolled_on=_until(history, enrolment.enrolled_on if enrolment else None),
        apheresed_on=_until(
            history,
            min(
                (
                    day
                    for preparation in history.preparations
                    for day in preparation.leukapheresis_on
                ),
                default=None,
            ),
        ),
        lymphodepleted_on=_until(history, min(doses, default=None)),
        lymphodepletion_from=_until(history, depletion.first_day),
        earlier_lymphodepletion_from=_until(history, min(earlier, default=None)),
        infused_on=history.infused_on,
    )


def populations(
    history: SubjectHistory, rules: Populations, *, measurable: bool, judged: bool
) -> frozenset[Population]:
    """Give the populations of a subject at the data cut-off.

    Args:
        history: the subject.
        rules: the trial's own; the tolerance of the planned dose is theirs.
        measurable: the disease was measurable at baseline, by any track.
        judged: there is an adequate evaluation after infusion, or progression or death before the
            first.

    Decision: ``enrolled`` asks for the claimed slot and that no eligibility criterion was answered
    as not met; an unanswered one does not exclude.
    """
    reached = milestones(history)
    reached_by = set()
    if reached.consented_on is not None:
        reached_by.add(Population.SCREENED)
    eligible = history.enrolment is not None and history.enrolment.eligible
    if reached.enrolled_on is not None and eligible:
        reached_by.add(Population.ENROLLED)
        if reached.apheresed_on is not None:
            reached_by.add(Population.APHERESED)
    if reached.lymphodepleted_on is not None:
        reached_by.add(Population.LYMPHODEPLETED)
    if reached.infused_on is not None:
        reached_by.add(Population.TREATED)
        if in_specification(history, rules.dose_tolerance_percent):
            reached_by.add(Population.TREATED_IN_SPEC)
        if measurable and judged:
            reached_by.add(Population.EVALUABLE)
    return frozenset(reached_by)


def _until(history: SubjectHistory, day: date | None) -> date | None:
    return day if day is not None and day <= history.data_cut else None


def in_specification(history: SubjectHistory, tolerance_percent: Decimal | int) -> bool:
    """Tell whether conforming product within the tolerance of the planned dose was given.

    Decision: a product of which nothing was said conforms; a dose that was not recorded, or not
    planned, is not held to be out of tolerance.
    """
    parts = [
        infusion
        for infusion in history.infusions
        if infusion.planned and infusion.day <= history.data_cut
    ]
    if any(part.out_of_specification for part in parts):
        return False
    planned = next((part.planned_dose for part in parts if part.planned_dose is not None), None)
    given = [part.dose for part in parts if part.dose is not None]
    if planned is None or not given:
        return True
    return abs(sum(given) - planned) * 100 <= planned * tolerance_percent
