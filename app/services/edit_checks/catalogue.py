"""Which checks look at which kind of record, and every rule by its identity."""

from typing import Final

from app.services.edit_checks import dates, follow_up, infusion, visits
from app.services.edit_checks.rule import RecordCheck, Rule, SubjectCheck

_MEASURED = (
    dates.after_death,
    dates.before_consent,
    dates.in_future,
    dates.after_horizon,
    dates.after_off_study,
    visits.visit_is_the_days,
)
_TREATED = (
    dates.after_death,
    dates.treated_before_consent,
    dates.in_future,
    visits.visit_is_the_days,
)

RECORD_CHECKS: Final[dict[str, tuple[RecordCheck, ...]]] = {
    "subjects": (dates.in_future,),
    "preparations": _TREATED,
    "infusions": (*_TREATED, *infusion.RECORD_CHECKS),
    "assessments": _MEASURED,
    "adverse-events": (dates.after_death, dates.in_future),
    "lab-results": _MEASURED,
    "kinetics": _MEASURED,
    "visits": _MEASURED,
    "neuro-assessments": _MEASURED,
    "therapies": (dates.in_future,),
    "follow-ups": (dates.in_future, visits.visit_is_the_days, *follow_up.RECORD_CHECKS),
}
"""The checks of one record beside the course of its subject, by the path of its kind."""

SUBJECT_CHECKS: Final[tuple[SubjectCheck, ...]] = (
    *infusion.SUBJECT_CHECKS,
    *visits.SUBJECT_CHECKS,
    *follow_up.SUBJECT_CHECKS,
)
"""The checks of a subject's records beside each other."""

RULES: Final[dict[str, Rule]] = {
    rule.id: rule
    for noun in (dates, infusion, visits, follow_up)
    for rule in vars(noun).values()
    if isinstance(rule, Rule)
}
"""Every rule by its identity."""
