"""The filters of a list, as conditions of its statement.

Only names of our own columns go into a condition; every value is a parameter of its own. A moment
lies on a day where its instant lies between the midnights of the centre, whatever offset it was
written in.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Final

from sqlalchemy import Date

from app.access.centres import visible_centres
from app.database import Transaction
from app.schemas.free_text import is_free
from app.schemas.record import RecordKind
from app.services.data_cut import Cut
from app.services.record_statements import dated
from app.services.subject_course import courses_of
from app.services.written_dates import midnight, possible_days
from app.trial.schedule import visit_windows
from app.trial.trial import Trial
from app.trial.visits import UNSCHEDULED

CUT, FIRST = "$2", 6
"""The parameter of the cut, and the number of the first one that belongs to a filter."""

_BY_DAY: Final = frozenset({"from", "to"})
_OTHERS: Final = "others"
"""Stands for every centre that has the trial's own time zone; no centre has such a code."""
_FULL: Final = len("2026-03-05")

_SUBJECTS = "SELECT subject FROM subject WHERE $1::text[] IS NULL OR centre = ANY ($1)"

_SHOWN = "({parameter}::text[] IS NULL OR record.centre = ANY ({parameter}::text[]))"
"""Free text is looked for where the caller reads it: to be found by it would give it away."""

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

_KNOWN_AS = """record.record_id IN (
              SELECT held.record_id FROM identifier AS held
              WHERE held.source_id = {parameter}::text AND held.kind = '{kind}'
                AND ($2::text IS NULL OR held.transaction_id <= ($2::text)::xid8))"""
"""Holds for records that have had an identifier as far as the cut, the second parameter."""


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
        if _asks_for_free_text(kind, name, value, trial):
            shown = transaction.authority.free_text_at()
            conditions.append(_SHOWN.format(parameter=f"${FIRST + len(values)}"))
            values.append(None if shown is None else list(shown))
        first = FIRST + len(values)
        values.append(value if name == "changed_after" else _text(value))
        if name in _BY_DAY:
            conditions.append(_of_days(kind, name, first))
            if _may_have_a_clock(kind):
                values.append(_midnights(trial, name, _text(value)))
        elif name == "visit":
            conditions.append(_in_visit(kind, value, first))
            values += await _spans_of_visit(transaction, trial, cut, value, within)
        else:
            conditions.append(_condition(kind, name, f"${first}"))
    return tuple(conditions), values


def _asks_for_free_text(kind: RecordKind, name: str, value: object, trial: Trial) -> bool:
    """Tell whether a filter looks for what somebody wrote in their own words."""
    if name in _BY_DAY or name == "changed_after":
        return False
    return is_free(kind, kind.filters.get(name, name), _text(value), trial)


def _text(value: object) -> str:
    """Write a filter's value as the database writes the column's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value if isinstance(value, Enum) else value)


def _condition(kind: RecordKind, name: str, parameter: str) -> str:
    match name:
        case "changed_after":
            return _CHANGED_AFTER.format(seq=parameter)
        case "source_id":
            return _KNOWN_AS.format(parameter=parameter, kind=kind.path)
        case "subject" | "centre" | "state":
            return f"record.{name} = {parameter}::text"
        case _:
            column, _, member = kind.filters[name].partition(".")
            text = f" ->> '{member}'" if member else "::text"
            return f'record."{column}"{text} = {parameter}::text'


def _unknown(kind: RecordKind) -> str:
    """Say that a record of a kind whose date may be unknown says so."""
    unknown = f"{kind.dated_by}_unknown"
    return f' OR record."{unknown}"' if unknown in kind.table.model_fields else ""


def _of_days(kind: RecordKind, name: str, first: int) -> str:
    """Say that a record is dated from a day on, or up to one.

    A partial date is kept when it may lie in the range, and so is an unknown one.
    """
    written, parameter = dated(kind, CUT), f"${first}::text"
    if name == "from":
        of_date = f"{written} >= left({parameter}, length({written}))"
    else:
        of_date = f"left({written}, length({parameter})) <= {parameter}"
    if not _may_have_a_clock(kind):
        return of_date + _unknown(kind)
    bound = f"coalesce(${first + 1}::jsonb ->> record.centre, ${first + 1}::jsonb ->> '{_OTHERS}')"
    side = ">=" if name == "from" else "<"
    return f"""
              CASE WHEN length({written}) > {_FULL}
              THEN ({written})::timestamptz {side} ({bound})::timestamptz
              ELSE {of_date} END{_unknown(kind)}"""


def _midnights(trial: Trial, name: str, value: str) -> str:
    """Write the instant at which a range of days begins, or has ended, in each time zone."""
    zones = {
        centre: trial.centres.zone_of(centre) for centre in (*trial.centres.time_zones, _OTHERS)
    }
    bounds = {}
    for centre, zone in zones.items():
        days = possible_days(value, zone)
        day = days.earliest if name == "from" else days.latest + timedelta(1)
        bounds[centre] = midnight(day, zone).isoformat()
    return json.dumps(bounds)


def _may_have_a_clock(kind: RecordKind) -> bool:
    return kind.dated_by is not None and not isinstance(
        kind.table.__table__.columns[kind.dated_by].type,  # type: ignore[attr-defined]
        Date,
    )


_Spans = tuple[list[str], list[str], list[str], list[str], list[str]]


async def _spans_of_visit(
    transaction: Transaction, trial: Trial, cut: Cut, visit: object, within: str | None
) -> _Spans:
    """Give the windows of a visit, and for UNS of every visit.

    They are columns: subject, first and last day, and the midnights that these begin and end with.
    """
    visible = visible_centres(transaction.authority)
    subjects = [within] if within is not None else []
    if within is None:
        subjects = [row["subject"] for row in await transaction.rows(_SUBJECTS, visible)]
    courses = await courses_of(transaction, trial, subjects, visible, cut.transaction_id)
    spans: _Spans = ([], [], [], [], [])
    for course in courses.values():
        zone = trial.centres.zone_of(course.centre)
        for window in visit_windows(trial, course.anchors):
            if visit not in {window.code, UNSCHEDULED}:
                continue
            first, last = window.first_day, window.last_day
            begins, ends = midnight(first, zone), midnight(last + timedelta(1), zone)
            span = (course.subject, *(one.isoformat() for one in (first, last, begins, ends)))
            for column, value in zip(spans, span, strict=True):
                column.append(value)
    return spans


def _in_visit(kind: RecordKind, visit: object, first: int) -> str:
    """Say that a record names a visit, or names none and its day lies in the visit's window.

    Of a kind that names no visit the day alone says it.
    """
    written = dated(kind, CUT)
    lies_in = f"{written} BETWEEN span.first_day AND span.last_day"
    if _may_have_a_clock(kind):
        lies_in = f"""CASE WHEN length({written}) > {_FULL}
                    THEN ({written})::timestamptz >= span.begins::timestamptz
                     AND ({written})::timestamptz < span.ends::timestamptz
                    ELSE {lies_in} END"""
    outside = "NOT " if visit == UNSCHEDULED else ""
    of_the_day = f"""{outside}EXISTS (
                  SELECT FROM unnest(
                      ${first + 1}::text[], ${first + 2}::text[], ${first + 3}::text[],
                      ${first + 4}::text[], ${first + 5}::text[]
                  ) AS span (subject, first_day, last_day, begins, ends)
                  WHERE span.subject = record.subject AND {lies_in})"""
    if not kind.names_a_visit:
        return f"${first}::text IS NOT NULL AND {of_the_day}"
    return f"""
              record.visit = ${first}::text OR (record.visit IS NULL AND {of_the_day})"""
