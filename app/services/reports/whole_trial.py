"""Everything that a report of the whole trial says, as one document of one data cut.

Its figures are those of the summary; what the summary does not have is added beside: who the
subjects were, what they were given, how complete the records are, and, for those who may read
records, who is behind the figures.

Source: ICH E3; CONSORT 2010; the trial's protocol.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.services.derivations.error_effects import ErrorClass
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.reports.baseline import baseline, exposure_of
from app.services.reports.cohort import members
from app.services.reports.listings import listings
from app.services.reports.not_plausible import not_plausible
from app.services.reports.question import Question
from app.services.reports.status_board import status_board
from app.trial.trial import Trial


def beside_the_summary(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Give what a report of the trial says beyond the figures of the summary."""
    cohort = members(analyses, question)
    board = status_board(question, analyses, trial)
    found: dict[str, Any] = {
        "trial": {
            "code": trial.code,
            "title": trial.title,
            "design": trial.trial.design,
            "slots": trial.slots,
        },
        "known_on": question.cut.known_on,
        "population_definition": _definition(question, trial),
        "outcomes": [outcome.model_dump(mode="json") for outcome in trial.outcomes],
        "policy": trial.policy.model_dump(mode="json"),
        "baseline": baseline(cohort),
        "exposure": exposure_of(cohort) | not_plausible(cohort, trial, "exposure"),
        "quality": {
            "n": len(analyses),
            "visits": {"status_on": board["status_on"], "counts": board["counts"]},
            "data_errors": _errors(analyses),
            "responses": _agreement(cohort),
        },
    }
    if question.rows:
        found["listings"] = listings(cohort, question.cutoff or question.cut.known_on)
    return found


def _definition(question: Question, trial: Trial) -> str | None:
    return next(
        (
            definition.definition
            for definition in trial.populations.definitions
            if definition.name == question.population
        ),
        None,
    )


def _errors(analyses: Sequence[SubjectAnalysis]) -> dict[str, Any]:
    """Count the subjects whose records contradict each other, by what they are kept out of."""
    return {
        "subjects": sum(bool(analysis.data_errors) for analysis in analyses),
        "by_class": {
            error_class.value: sum(
                any(error.error_class is error_class for error in analysis.data_errors)
                for analysis in analyses
            )
            for error_class in ErrorClass
        },
    }


def _agreement(cohort: Sequence[SubjectAnalysis]) -> dict[str, Any]:
    """Count the visits on which the derived category is not the investigator's."""
    kinds = Counter(kind for subject in cohort for kind in subject.judged.kinds)
    return {
        "judged": sum(subject.judged.judged for subject in cohort),
        "differing": sum(kinds.values()),
        "subjects_differing": sum(bool(subject.judged.kinds) for subject in cohort),
        "by_kind": dict(sorted(kinds.items())),
        "best_response_changes": sum(subject.judged.best_changes for subject in cohort),
        "progression_changes": sum(subject.judged.progression_changes for subject in cohort),
        "unanswered_lesions": sum(subject.judged.unanswered for subject in cohort),
    }
