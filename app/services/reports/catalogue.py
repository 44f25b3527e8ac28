"""Each endpoint by its name, and the summary that holds them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.derivations.time_to_event.event_definition import PARTS
from app.services.reports.adverse_events import adverse_event_report
from app.services.reports.cohort import errors_of, members, set_aside
from app.services.reports.enrolment import enrolment_report
from app.services.reports.laboratory import (
    car_kinetics_report,
    lab_abnormality_report,
    pharmacodynamic_report,
)
from app.services.reports.not_plausible import not_plausible
from app.services.reports.question import Question, head, usual_population
from app.services.reports.response import response_report
from app.services.reports.status_board import status_board
from app.services.reports.survival import survival_report
from app.services.reports.swimmer import swimmer_report
from app.services.reports.waterfall import waterfall_report
from app.services.reports.whole_trial import beside_the_summary
from app.trial.trial import Trial

Report = Callable[[Question, Sequence[SubjectAnalysis], Trial], dict[str, Any]]

REPORTS: Final[dict[str, Report]] = {
    "enrolment": enrolment_report,
    "response": response_report,
    **dict.fromkeys(PARTS, survival_report),
    "adverse-events": adverse_event_report,
    "lab-abnormalities": lab_abnormality_report,
    "car-kinetics": car_kinetics_report,
    "pharmacodynamics": pharmacodynamic_report,
}
"""By the name in the address, in the order of the summary."""

PICTURED: Final[dict[str, Report]] = {
    "swimmer": swimmer_report,
    "response-waterfall": waterfall_report,
}
"""Reports that are shown as pictures and have no address of their own."""

SUMMARY: Final = "summary"
STATUS_BOARD: Final = "status-board"
TRIAL_REPORT: Final = "trial-report"


def report(question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial) -> dict[str, Any]:
    """Answer a question about an endpoint: what was asked, then what was found.

    The rows of a report are made only when they are asked for.
    """
    cohort = members(analyses, question)
    body = (REPORTS | PICTURED)[question.endpoint](question, analyses, trial)
    answer = {**head(question, trial, len(cohort)), **body}
    if question.rows:
        answer["rows"] = [_with_its_zone(row, trial) for row in answer["rows"]]
    else:
        del answer["rows"]
    answer |= not_plausible(cohort, trial, question.endpoint)
    if question.endpoint != "enrolment":
        answer["set_aside"] = set_aside(cohort)
        answer["data_errors"] = errors_of(cohort)
    return answer


def _with_its_zone(row: Mapping[str, Any], trial: Trial) -> dict[str, Any]:
    """Say in whose calendar the days of a subject are."""
    return {**row, "time_zone": trial.centres.time_zone_of(row["SITEID"])}


def summary(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Answer with every endpoint in one document, each as it answers by itself."""
    return {
        **head(question, trial, len(members(analyses, question))),
        "endpoints": {
            name: report(_part(question, name, trial), analyses, trial) for name in REPORTS
        },
    }


def _part(question: Question, endpoint: str, trial: Trial) -> Question:
    """Give the question about one endpoint of a summary, of its own population where none is."""
    part = replace(question, endpoint=endpoint)
    if not question.population_by_default:
        return part
    return replace(part, population=usual_population(endpoint, trial))


def trial_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Answer with everything that a report of the trial says: the summary, and what is beside it.

    Rows make it name the subjects of its listings, and nothing of the summary.
    """
    document = {
        **summary(replace(question, rows=False), analyses, trial),
        **beside_the_summary(question, analyses, trial),
    }
    if question.rows:
        swimmer = report(replace(question, endpoint="swimmer"), analyses, trial)
        document["pictured"] = {"swimmer": swimmer}
    return document


WHOLE_DOCUMENTS: Final[dict[str, Report]] = {
    SUMMARY: summary,
    STATUS_BOARD: status_board,
    TRIAL_REPORT: trial_report,
}
"""What is answered without being an endpoint of its own; the board names subjects in every row."""
