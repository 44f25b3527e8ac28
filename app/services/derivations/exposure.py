"""Who a subject was before treatment, and what of the treatment it got.

Source: the trial's protocol, infusion and populations; CONSORT 2010, baseline data and numbers
treated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.derivations.populations import Milestones, in_specification, milestones
from app.services.derivations.subject_history import Infusion, SubjectHistory
from app.trial.populations import Populations


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionGiven:
    """The infusion of one subject; None is not known.

    Attributes:
        dose: CAR+ T cells given in all planned parts, 10^6/kg.
        in_specification: conforming product within the tolerance of the planned dose.
        out_of_specification: a part did not conform to its release specification.
        viability, transduction: of the first part, %.
        vector_copy_number: of the first part, copies per transduced cell.
        unplanned: repeats that the protocol does not plan.
        bridged: bridging was given before the infusion.
        days_from_enrolment, days_from_leukapheresis: to the first infusion.
    """

    dose: Decimal | None
    planned_dose: Decimal | None
    in_specification: bool
    out_of_specification: bool
    viability: Decimal | None
    vector_copy_number: Decimal | None
    transduction: Decimal | None
    parts: int
    unplanned: int
    bridged: bool | None
    lymphodepleted: bool
    days_from_enrolment: int | None
    days_from_leukapheresis: int | None


def exposure(history: SubjectHistory, rules: Populations) -> InfusionGiven | None:
    """Give what an infused subject got up to the data cut; None: it was not infused."""
    first = history.first_infusion
    if first is None:
        return None
    given = [infusion for infusion in history.infusions if infusion.day <= history.data_cut]
    parts = [infusion for infusion in given if infusion.planned] or [first]
    reached = milestones(history)
    return InfusionGiven(
        dose=_total(parts),
        planned_dose=next((part.planned_dose for part in parts if part.planned_dose), None),
        in_specification=in_specification(history, rules.dose_tolerance_percent),
        out_of_specification=any(part.out_of_specification for part in parts),
        viability=first.viability,
        vector_copy_number=first.vector_copy_number,
        transduction=first.transduction,
        parts=len(parts),
        unplanned=sum(not infusion.planned for infusion in given),
        bridged=_bridged(history),
        lymphodepleted=_before(reached.lymphodepletion_from, first.day) is not None,
        days_from_enrolment=_before(reached.enrolled_on, first.day),
        days_from_leukapheresis=_before(reached.apheresed_on, first.day),
    )


def age_years(history: SubjectHistory) -> int | None:
    """Give the age at consent in years; None: not known.

    Decision: of the birth only the year is held, so the age is the difference of two years and may
    be one year too high. Without a consent the day of enrolment counts.
    """
    return _years_since(history, _characteristic(history, "year_of_birth"))


def years_since_diagnosis(history: SubjectHistory) -> int | None:
    """Give the whole years from the year of diagnosis to that of consent; None: not known."""
    return _years_since(history, _characteristic(history, "year_of_diagnosis"))


def _characteristic(history: SubjectHistory, name: str) -> int | None:
    enrolment = history.enrolment
    return getattr(enrolment.characteristics, name) if enrolment else None


def _years_since(history: SubjectHistory, year: int | None) -> int | None:
    reached: Milestones = milestones(history)
    day = reached.consented_on or reached.enrolled_on
    return None if day is None or year is None else day.year - year


def _total(parts: Iterable[Infusion]) -> Decimal | None:
    doses = [part.dose for part in parts if part.dose is not None]
    return sum(doses, Decimal(0)) if doses else None


def _bridged(history: SubjectHistory) -> bool | None:
    said = [
        preparation.bridged
        for preparation in history.preparations
        if preparation.bridged is not None
    ]
    return any(said) if said else None


def _before(day: date | None, infused_on: date) -> int | None:
    """Give the days from one that came before the infusion; None: it did not."""
    return None if day is None or day > infused_on else (infused_on - day).days
