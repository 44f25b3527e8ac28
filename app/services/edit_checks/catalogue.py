"""Which checks look at which kind of record, and every rule by its identity."""

from typing import Final

from app.services.edit_checks import (
    adjudications,
    adverse_events,
    astct,
    dates,
    doubles,
    efficacy_results,
    enrolment,
    follow_up,
    infusion,
    kinetics,
    laboratory,
    offsets,
    plausibility,
    possible_progression,
    references,
    response,
    response_questions,
    source_statements,
    subject_identity,
    therapies,
    unfinished_events,
    unreported_grades,
    visits,
)
from app.services.edit_checks.rule import RecordCheck, Rule, SubjectCheck

_EVER = (source_statements.source_differs, dates.in_future, *offsets.RECORD_CHECKS)
_DATED = (dates.after_death, *_EVER)
_MEASURED = (
    *_DATED,
    dates.before_consent,
    dates.after_horizon,
    dates.after_off_study,
    visits.visit_is_the_days,
)
_TREATED = (*_DATED, dates.treated_before_consent, visits.visit_is_the_days)

RECORD_CHECKS: Final[dict[str, tuple[RecordCheck, ...]]] = {
    "subjects": (*_EVER, *enrolment.RECORD_CHECKS),
    "preparations": _TREATED,
    "infusions": (*_TREATED, *infusion.RECORD_CHECKS),
    "assessments": (*_MEASURED, *response.RECORD_CHECKS),
    "adverse-events": (
        *_DATED,
        *adverse_events.RECORD_CHECKS,
        *unfinished_events.RECORD_CHECKS,
        *astct.OF_EVENTS,
    ),
    "lab-results": (*_MEASURED, *laboratory.RECORD_CHECKS),
    "kinetics": (*_MEASURED, *kinetics.RECORD_CHECKS),
    "visits": _MEASURED,
    "neuro-assessments": (*_MEASURED, *astct.OF_ASSESSMENTS),
    "therapies": (*_EVER, *therapies.RECORD_CHECKS),
    "follow-ups": (*_EVER, visits.visit_is_the_days, *follow_up.RECORD_CHECKS),
    "adjudications": (*_DATED, visits.visit_is_the_days, *adjudications.RECORD_CHECKS),
}
"""The checks of one record beside the course of its subject, by the path of its kind."""

SUBJECT_CHECKS: Final[tuple[SubjectCheck, ...]] = (
    *enrolment.SUBJECT_CHECKS,
    *infusion.SUBJECT_CHECKS,
    *visits.SUBJECT_CHECKS,
    *references.SUBJECT_CHECKS,
    *response.SUBJECT_CHECKS,
    *efficacy_results.SUBJECT_CHECKS,
    *possible_progression.SUBJECT_CHECKS,
    *adverse_events.SUBJECT_CHECKS,
    *astct.SUBJECT_CHECKS,
    *laboratory.SUBJECT_CHECKS,
    *kinetics.SUBJECT_CHECKS,
    *therapies.SUBJECT_CHECKS,
    *follow_up.SUBJECT_CHECKS,
    *adjudications.SUBJECT_CHECKS,
    *doubles.SUBJECT_CHECKS,
    *subject_identity.SUBJECT_CHECKS,
)
"""The checks of a subject's records beside each other."""

ASSESSMENT_CHECKS: Final[tuple[SubjectCheck, ...]] = response_questions.ASSESSMENT_CHECKS
"""Those that judge every evaluation of a subject, and find something about evaluations alone."""

LISTED_CHECKS: Final[tuple[SubjectCheck, ...]] = unreported_grades.LISTED_CHECKS
"""Those that grade every laboratory result of a subject: too much work for the answer to a write,
and what they find is about results, whose own answers say it."""

RULES: Final[dict[str, Rule]] = {
    rule.id: rule
    for noun in (
        dates,
        enrolment,
        infusion,
        visits,
        references,
        response,
        response_questions,
        efficacy_results,
        possible_progression,
        adverse_events,
        unfinished_events,
        astct,
        laboratory,
        offsets,
        plausibility,
        unreported_grades,
        source_statements,
        kinetics,
        therapies,
        follow_up,
        adjudications,
        doubles,
        subject_identity,
    )
    for rule in vars(noun).values()
    if isinstance(rule, Rule)
}
"""Every rule by its identity."""
