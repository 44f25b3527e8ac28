"""Who is analysed: the subjects of a population, and those whom a contradiction keeps out.

Source: the trial's protocol, populations; the trial's endpoint definitions, classes of data errors.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.services.derivations.error_effects import ErrorClass
from app.services.derivations.error_rules import DataError
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.reports.question import Question
from app.vocabularies.imwg import ResponseSource


def members(analyses: Sequence[SubjectAnalysis], question: Question) -> tuple[SubjectAnalysis, ...]:
    """Give the subjects of the population asked about."""
    return tuple(analysis for analysis in analyses if belongs(analysis, question))


def belongs(analysis: SubjectAnalysis, question: Question) -> bool:
    """Tell whether a subject is of a population, also of one that an endpoint itself tells.

    ``responders`` and ``evaluable`` are those by the source asked for, ``mrd_evaluable`` those with
    a sample before its progression that can answer at the trial's threshold, ``kinetics`` those
    with an evaluable sample after the infusion, ``pharmacodynamic`` those with a marker's value
    after it.
    """
    match question.population:
        case "responders":
            response = analysis.responses.get(question.response_source)
            return response is not None and response.best.responded
        case "mrd_evaluable":
            response = analysis.responses.get(question.response_source)
            return response is not None and response.mrd_evaluable
        case "evaluable":
            response = analysis.responses.get(question.response_source)
            return response is not None and response.evaluable
        case "kinetics":
            return analysis.kinetics is not None and bool(analysis.kinetics.analytes)
        case "pharmacodynamic":
            return analysis.pharmacodynamics is not None and bool(analysis.pharmacodynamics.markers)
        case name:
            return name in analysis.populations


def errors_of(analyses: Sequence[SubjectAnalysis]) -> list[dict[str, Any]]:
    """List the subjects with a contradiction in their records, error by error."""
    return [_error(analysis, error) for analysis in analyses for error in analysis.data_errors]


def set_aside(analyses: Sequence[SubjectAnalysis]) -> dict[str, Any]:
    """Count what the figures are without because its dates cannot be, by what says so."""
    found = [
        (analysis.subject, error)
        for analysis in analyses
        for error in analysis.data_errors
        if error.error_class is ErrorClass.RECORD
    ]
    return {
        "n_records": len({(error.records[0], error.member) for _, error in found}),
        "n_subjects": len({subject for subject, _ in found}),
        "by_rule": dict(sorted(Counter(error.rule.value for _, error in found).items())),
    }


def _error(analysis: SubjectAnalysis, error: DataError) -> dict[str, Any]:
    return {
        "subject": analysis.subject,
        "centre": analysis.centre,
        "class": error.error_class,
        "rule": error.rule,
        "message": error.rule.display,
        "finding": error.finding,
        "member": error.member,
        "records": error.records,
    }


def judged(
    analyses: Sequence[SubjectAnalysis], source: ResponseSource
) -> tuple[SubjectAnalysis, ...]:
    """Give the infused subjects, who alone have a response by any source."""
    return tuple(analysis for analysis in analyses if source in analysis.responses)
