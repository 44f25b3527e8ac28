"""What a reader of aggregates may ask where small counts are withheld, and what it is answered."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.access.principal import Authority
from app.problems import InsufficientScope, InvalidParameter, NotPermitted
from app.services.derivations.moments import civil_day
from app.services.reports.question import Question, usual_population
from app.services.statistics.small_cells import without_small_cells
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseSource

Answered = Callable[[Question], dict[str, Any]]


def reads_records(authority: Authority, centres: Sequence[str] | None) -> bool:
    """Tell whether a caller may read the records of each of these centres; None: of every one."""
    try:
        authority.role_for(Action.READ_RECORD)
    except (NotPermitted, InsufficientScope):
        return False
    readable = visible_centres(authority, Action.READ_RECORD)
    return readable is None or (centres is not None and set(centres) <= set(readable))


def as_disclosed(
    question: Question,
    trial: Trial,
    authority: Authority,
    visible: Sequence[str] | None,
    *,
    in_cells: bool,
) -> Question:
    """Give the question as its caller may ask it, with the smallest count that it is shown.

    Who may read the records behind the figures is shown every count.

    Args:
        in_cells: the answer is a document in which counts can be withheld, and no picture of one.

    Raises:
        NotPermitted: two such answers would give back the difference of a day or a centre, or the
            answer is a picture or the printed report.
        InvalidParameter: the cut-off is no last day of a month that is over.

    Decision: pictures and the printed report are refused where counts are withheld, for they draw
    every count.
    """
    smallest = trial.policy.disclosure.smallest_cell
    over = visible if question.centre is None else [question.centre]
    if smallest == 0 or reads_records(authority, over):
        return question
    if question.as_of_asked or question.centre is not None:
        raise NotPermitted(
            "Leave out as_of and centre: small counts are withheld from you, and the difference of "
            "two answers would give them back.",
            action=Action.READ_ENDPOINTS.value,
        )
    if not in_cells:
        raise NotPermitted(
            "Ask for the endpoint itself: small counts are withheld from you, and a picture or the "
            "printed report shows each.",
            action=Action.READ_ENDPOINTS.value,
        )
    today = civil_day(datetime.now(UTC), ZoneInfo(trial.centres.time_zone))
    cutoff = month_end(question.cutoff, today)
    return replace(question, cutoff=cutoff, smallest_cell=smallest, slots_taken=None)


def month_end(asked: date | None, today: date) -> date:
    """Give the cut-off: as it was asked, or the last day of the month before today's.

    Raises:
        InvalidParameter: it is not the last day of a month, or that month is not over.
    """
    latest = today.replace(day=1) - timedelta(days=1)
    if asked is None:
        return latest
    if asked > latest or asked.day != monthrange(asked.year, asked.month)[1]:
        message = f"write the last day of a month up to {latest}"
        raise InvalidParameter(
            "Mend the parameter that is listed.",
            errors=[{"parameter": "cutoff", "code": "not_a_month_end", "message": message}],
        )
    return asked


def in_cells(question: Question, trial: Trial, answered: Answered) -> dict[str, Any]:
    """Give the answer to a question, without the counts that its caller is not shown."""
    document = answered(question)
    if question.smallest_cell == 0:
        return document
    usual = replace(
        question,
        population=usual_population(question.endpoint, trial),
        response_source=ResponseSource.DERIVED,
        variant=None,
    )
    beside = document if usual == question else answered(usual)
    return without_small_cells(document, question.smallest_cell, beside)
