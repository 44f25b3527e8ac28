"""The filters of a list, as conditions of its statement.

Only names of our own columns go into a condition; every value is a parameter of its own.
"""

from collections.abc import Mapping
from enum import Enum

from app.access.centres import visible_centres
from app.database import Transaction
from app.schemas.record import RecordKind
from app.services.ledger import Cut
from app.services.record_statements import day_of
from app.services.subject_course import courses_of
from app.trial.schedule import visit_windows
from app.trial.trial import Trial
from app.trial.visits import UNSCHEDULED

CUT, FIRST = "$2", 6
"""The parameter of the cut, and the number of the first one that belongs to a filter."""

_SUBJECTS = "SELECT subject FROM subject WHERE $1::text[] IS NULL OR centre = ANY ($1)"

# A seq may stand in the middle of its transaction, as in an import: what follows it there counts.
_CHANGED_AFTER = """(record.record_id, record.version) IN (
              SELECT event.record_id, event.version FROM ledger_event AS event
              WHERE (event.transaction_id, event.id) > (
                  coalesce((SELECT entry.transaction_id FROM ledger_entry AS entry
                            WHERE entry.seq <= {seq}::bigint
                            ORDER BY entry.seq DESC LIMIT 1), '0'::xid8),
                  coalesce((SELECT entry.event FROM ledger_entry AS entry
                            WHERE entry.seq <= {seq}::bigint
                            ORDER BY entry.seq DESC LIMIT 1), 0)))"""


async def conditions_of(
    transaction: Transaction,
    trial: Trial,
    kind: RecordKind,
    filters: Mapping[str, object],
    cut: Cut,
    within: str | None,
) -> tuple[tuple[str, ...], list[object]]:
    """Give the conditions that filters make, and the values of their parameters in order.

    Args:
        within: the one subject whose list it is; None for the list across subjects.
    """
    conditions: list[str] = []
    values: list[object] = []
    if within is not None:
        filters = {**filters, "subject": within}
    for name, value in filters.items():
        first = FIRST + len(values)
        values.append(value if name == "changed_after" else _text(value))
        if name == "visit":
            conditions.append(_in_visit(kind, value, first))
            values += await _spans_of_visit(transaction, trial, cut, value, within)
        else:
            conditions.append(_condition(kind, name, f"${first}"))
    return tuple(conditions), values


def _text(value: object) -> str:
    """Write a filter's value as the database writes the column's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value if isinstance(value, Enum) else value)


def _condition(kind: RecordKind, name: str, parameter: str) -> str:
    dated = day_of(kind, CUT)
    match name:
        case "from":
            # A partial date is kept when it may lie in the range.
            return f"{dated} >= left({parameter}::text, length({dated}))"
        case "to":
            return f"left({dated}, length({parameter}::text)) <= {parameter}::text"
        case "changed_after":
            return _CHANGED_AFTER.format(seq=parameter)
        case "subject" | "centre" | "state" | "source_id":
            return f"record.{name} = {parameter}::text"
        case _:
            return f'record."{kind.filters[name]}"::text = {parameter}::text'


async def _spans_of_visit(
    transaction: Transaction, trial: Trial, cut: Cut, visit: object, within: str | None
) -> tuple[list[str], list[str], list[str]]:
    """Give subject, first and last day of each window of a visit; of every window for UNS."""
    visible = visible_centres(transaction.authority)
    subjects = [within] if within is not None else []
    if within is None:
        subjects = [row["subject"] for row in await transaction.rows(_SUBJECTS, visible)]
    courses = await courses_of(transaction, trial, subjects, visible, cut.transaction_id)
    spans = [
        (course.subject, window.first_day.isoformat(), window.last_day.isoformat())
        for course in courses.values()
        for window in visit_windows(trial, course.anchors)
        if visit in {window.code, UNSCHEDULED}
    ]
    return [span[0] for span in spans], [span[1] for span in spans], [span[2] for span in spans]


def _in_visit(kind: RecordKind, visit: object, first: int) -> str:
    """Say that a record names a visit, or names none and its day lies in the visit's window."""
    day = day_of(kind, CUT)
    outside = "NOT " if visit == UNSCHEDULED else ""
    return f"""
              record.visit = ${first}::text OR (record.visit IS NULL AND {outside}EXISTS (
                  SELECT FROM unnest(
                      ${first + 1}::text[], ${first + 2}::text[], ${first + 3}::text[]
                  ) AS span (subject, first_day, last_day)
                  WHERE span.subject = record.subject
                    AND {day} BETWEEN span.first_day AND span.last_day))"""
