"""Which checks look at which kind of record, and every rule by its identity."""

from collections.abc import Mapping
from typing import Final

from app.schemas.record import Dating, RecordKind
from app.schemas.record_kinds import RECORD_KINDS
from app.services.edit_checks import (
    adjudications,
    adverse_events,
    astct,
    dates,
    disease_evaluations,
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
    response_questions,
    source_statements,
    subject_identity,
    therapies,
    unfinished_events,
    unreported_grades,
    visits,
)
from app.services.edit_checks.rule import RecordCheck, Rule, SubjectCheck

_MODULES: Final = (
    dates,
    enrolment,
    infusion,
    visits,
    references,
    disease_evaluations,
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
"""The modules of rules, in the order in which their checks are made and their rules are listed."""

_EVER: Final[tuple[RecordCheck, ...]] = (
    source_statements.source_differs,
    dates.in_future,
    *offsets.RECORD_CHECKS,
)
_DATED: Final = (dates.after_death, *_EVER)
_BY_DATING: Final[Mapping[Dating, tuple[RecordCheck, ...]]] = {
    Dating.TOLD: _EVER,
    Dating.HAPPENED: _DATED,
    Dating.MEASURED: (*_DATED, dates.before_consent, dates.after_horizon, dates.after_off_study),
    Dating.TREATED: (*_DATED, dates.treated_before_consent),
}
_OWN: Final[Mapping[str, tuple[RecordCheck, ...]]] = {
    "subjects": enrolment.RECORD_CHECKS,
    "infusions": infusion.RECORD_CHECKS,
    "assessments": disease_evaluations.RECORD_CHECKS,
    "adverse-events": (
        *adverse_events.RECORD_CHECKS,
        *unfinished_events.RECORD_CHECKS,
        *astct.OF_EVENTS,
    ),
    "lab-results": laboratory.RECORD_CHECKS,
    "kinetics": kinetics.RECORD_CHECKS,
    "neuro-assessments": astct.OF_ASSESSMENTS,
    "therapies": therapies.RECORD_CHECKS,
    "follow-ups": follow_up.RECORD_CHECKS,
    "adjudications": adjudications.RECORD_CHECKS,
}
"""The checks that only one kind has; a kind without any is not named."""


def _checks_of(kind: RecordKind) -> tuple[RecordCheck, ...]:
    """Give the checks of one record: of its dates, of its visit, and those of its kind alone."""
    of_visit = (visits.visit_is_the_days,) if kind.names_a_visit and kind.visit_of_the_day else ()
    return (*_BY_DATING[kind.dating], *of_visit, *_OWN.get(kind.path, ()))


RECORD_CHECKS: Final[Mapping[str, tuple[RecordCheck, ...]]] = {
    kind.path: _checks_of(kind) for kind in RECORD_KINDS
}
"""The checks of one record beside the course of its subject, by the path of its kind."""

SUBJECT_CHECKS: Final[tuple[SubjectCheck, ...]] = tuple(
    check for module in _MODULES for check in vars(module).get("SUBJECT_CHECKS", ())
)
"""The checks of a subject's records beside each other."""

ASSESSMENT_CHECKS: Final[tuple[SubjectCheck, ...]] = response_questions.ASSESSMENT_CHECKS
"""Those that judge every evaluation of a subject, and find something about evaluations alone."""

LISTED_CHECKS: Final[tuple[SubjectCheck, ...]] = unreported_grades.LISTED_CHECKS
"""Those that grade every laboratory result of a subject: too much work for the answer to a write,
and what they find is about results, whose own answers say it."""

RULES: Final[dict[str, Rule]] = {
    rule.id: rule for module in _MODULES for rule in vars(module).values() if isinstance(rule, Rule)
}
"""Every rule by its identity."""
