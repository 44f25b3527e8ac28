"""Where a subject stands: the days that its schedule hangs on, and its status, from its records.

Nobody types a status. It follows from the current versions of the enrolment, the preparations, the
infusions, the therapies and the follow-ups, so that a correction of any of them moves it at once.
"""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import cache, lru_cache
from typing import Any, Final

from app.database import Transaction
from app.models.values import PartialDate
from app.services.derivations.lymphodepletion import (
    Lymphodepletion,
    PlannedInfusion,
    Preparing,
    lymphodepletion,
)
from app.services.derivations.moments import moment_of
from app.services.derivations.subject_status import SubjectStatus, subject_status
from app.services.written_dates import known_day, on_the_clock, possible_days
from app.trial.anchors import Anchors
from app.trial.schedule import anchors_of, visit_of
from app.trial.trial import Trial
from app.vocabularies.follow_up import SurvivalStatus
from app.vocabularies.preparations import InfusionKind, PreparationOutcome
from app.vocabularies.therapies import ALWAYS_NEW_ANTI_MYELOMA, NEW_THERAPY_TARGETS

NO_LYMPHODEPLETION: Final = Lymphodepletion()


@dataclass(frozen=True, slots=True)
class SubjectCourse:
    """The days that matter of one subject; None for what has not happened.

    Attributes:
        enrolled: whether there is an enrolment that stands.
        off_study: day the subject left, however it left.
        died: day of death, as far as known.
        infused_at: start of the first infusion, as sent.
    """

    subject: str
    centre: str
    enrolled: bool
    enrolled_on: date | None
    screen_failed_on: date | None
    off_study: date | None
    died: PartialDate | None
    anchors: Anchors
    lymphodepletion: Lymphodepletion = NO_LYMPHODEPLETION
    infused_at: str | None = None

    @property
    def status(self) -> SubjectStatus:
        """How far the subject has come."""
        return subject_status(
            enrolled=self.enrolled_on is not None,
            screen_failed=self.screen_failed_on is not None,
            infused=self.anchors.infusion is not None,
            off_study=self.off_study is not None,
            died=self.died is not None,
        )


_TABLES = ("enrolment", "preparation", "infusion", "follow_up", "therapy")
_NEW_THERAPIES = ", ".join(f"'{kind.value}'" for kind in sorted(ALWAYS_NEW_ANTI_MYELOMA))
_NEW_TARGETS = ", ".join(f"'{target.value}'" for target in sorted(NEW_THERAPY_TARGETS))

_IS_NEW_THERAPY = (
    f" AND (record.therapy_kind IN ({_NEW_THERAPIES})"
    f" OR record.radiotherapy_target IN ({_NEW_TARGETS}) OR record.starts_new_line)"
)


def _current(table: str, columns: str, *, cut: bool, also: str = "") -> str:
    """Select what stands of a kind, of the subject at hand, at the cut."""
    as_of, newer_as_of = (
        (f" AND {row}.transaction_id <= ($3::text)::xid8" if cut else "")
        for row in ("record", "newer")
    )
    return f"""(
        SELECT json_agg(row_to_json(standing)) FROM (
            SELECT {columns} FROM {table} AS record
            WHERE record.subject = subject.subject AND record.state = 'active'{as_of}
              AND NOT EXISTS (
                  SELECT FROM {table} AS newer
                  WHERE newer.record_id = record.record_id
                    AND newer.version = record.version + 1{newer_as_of}){also}
        ) AS standing) AS {table}"""  # noqa: S608 - our own names


@cache
def _courses(*, one: bool, everywhere: bool, cut: bool) -> str:
    """Give the statement that reads courses.

    Parameters: $1 the subject, or the subjects; $2 the visible centres; $3 the last transaction.

    Each form has the conditions that it needs and no others. With one for all, PostgreSQL planned
    it anew for every write, and that took four times as long as running it (0.8 and 0.2 ms).
    """
    return f"""
    SELECT subject.subject, subject.centre,
           {_current("enrolment", "consent, enrolled_on, screen_failure, off_study", cut=cut)},
           {
        _current(
            "preparation",
            "record_id, leukapheresis_on, further_leukapheresis_on, lymphodepletion, outcome",
            cut=cut,
        )
    },
           {_current("infusion", "infused_at, infusion_kind, preparation", cut=cut)},
           {
        _current(
            "follow_up", "status, death_date", cut=cut, also=" AND record.death_date IS NOT NULL"
        )
    },
           {
        _current(
            "therapy",
            "therapy_kind, start, radiotherapy_target, starts_new_line",
            cut=cut,
            also=_IS_NEW_THERAPY,
        )
    }
    FROM subject
    WHERE subject.subject = {"$1" if one else "ANY ($1::text[])"}
      AND {"$2::text[] IS NULL" if everywhere else "subject.centre = ANY ($2::text[])"}
      AND {"$3::text IS NOT NULL" if cut else "$3::text IS NULL"}"""  # noqa: S608


async def courses_of(
    transaction: Transaction,
    trial: Trial,
    subjects: Collection[str],
    visible: list[str] | None,
    cut: str | None = None,
) -> dict[str, SubjectCourse]:
    """Give the courses of those of the subjects that the caller can see.

    Args:
        visible: the centres that the caller can see; None for every centre.
        cut: the last transaction that counts; None for what is current.
    """
    one = len(subjects) == 1
    rows = await transaction.rows(
        _courses(one=one, everywhere=visible is None, cut=cut is not None),
        next(iter(subjects)) if one else list(subjects),
        visible,
        cut,
    )
    return {row["subject"]: _course(trial, row) for row in rows}


def not_enrolled(subject: str, centre: str) -> SubjectCourse:
    """Give the course of a subject of whom nothing is known yet."""
    return SubjectCourse(subject, centre, False, None, None, None, None, Anchors())  # noqa: FBT003


def visit_on(trial: Trial, course: SubjectCourse, written: str | None) -> str | None:
    """Give the visit that a record's day belongs to; None when the day is not known.

    Args:
        written: the date of the record as it was sent.
    """
    day = known_day(written, trial.centres.zone_of(course.centre))
    return None if day is None else _visit(trial, course.anchors, day)


@lru_cache(maxsize=20_000)
def _visit(trial: Trial, anchors: Anchors, day: date) -> str:
    return visit_of(trial, anchors, day)


def _course(trial: Trial, row: Mapping[str, Any]) -> SubjectCourse:
    return _read(trial, row["subject"], row["centre"], tuple(row[table] for table in _TABLES))


@lru_cache(maxsize=4096)
def _read(
    trial: Trial, subject: str, centre: str, columns: tuple[str | None, ...]
) -> SubjectCourse:
    """Read what stands of a subject; of the hundreds of writes about it few change any of it."""
    standing = dict(zip(_TABLES, map(_parts, columns), strict=True))
    return course_from(trial, subject, centre, standing)


def course_from(
    trial: Trial, subject: str, centre: str, standing: Mapping[str, Sequence[Mapping[str, Any]]]
) -> SubjectCourse:
    """Give the course of a subject from its standing records.

    Args:
        standing: by table, the records as JSON documents; other tables and members are ignored.
    """
    zone = trial.centres.zone_of(centre)
    enrolments = standing.get("enrolment", ())
    enrolment = enrolments[0] if enrolments else {}
    preparations = standing.get("preparation", ())
    deaths = [
        PartialDate(record["death_date"])
        for record in standing.get("follow_up", ())
        if record["status"] == SurvivalStatus.DIED
    ]
    infused_at = min(
        (record["infused_at"] for record in standing.get("infusion", ())),
        key=lambda written: on_the_clock(written, zone),
        default=None,
    )
    infusion = known_day(infused_at, zone)
    new_therapies = [
        possible_days(record["start"], zone)
        for record in standing.get("therapy", ())
        if record["start"] is not None and _is_new_therapy(record)
    ]
    new_therapies += [
        possible_days(record["infused_at"], zone)
        for record in standing.get("infusion", ())
        if record["infusion_kind"] == InfusionKind.UNPLANNED_REPEAT
    ]
    depletion = _lymphodepletion(trial, standing, zone)
    return SubjectCourse(
        subject=subject,
        centre=centre,
        enrolled=bool(enrolments),
        enrolled_on=_day(enrolment.get("enrolled_on")),
        screen_failed_on=_day((enrolment.get("screen_failure") or {}).get("date")),
        off_study=_day((enrolment.get("off_study") or {}).get("date")),
        died=min(deaths, key=lambda death: death.latest) if deaths else None,
        anchors=anchors_of(
            trial,
            consent=_day((enrolment.get("consent") or {}).get("signed_on")),
            first_leukapheresis=_first(
                _day(day)
                for record in preparations
                for day in (record["leukapheresis_on"], *record["further_leukapheresis_on"])
            ),
            first_lymphodepletion=depletion.first_day,
            infusion=infusion,
            new_therapy=_first(
                start.earliest
                for start in new_therapies
                if infusion is not None and start.latest > infusion
            ),
        ),
        lymphodepletion=depletion,
        infused_at=infused_at,
    )


def _is_new_therapy(record: Mapping[str, Any]) -> bool:
    """Tell whether a therapy after the infusion is new anti-myeloma therapy, as N counts it.

    Source: the trial's endpoint definitions, time to event, N.
    """
    return (
        record["therapy_kind"] in ALWAYS_NEW_ANTI_MYELOMA
        or record.get("radiotherapy_target") in NEW_THERAPY_TARGETS
        or record.get("starts_new_line") is True
    )


def _lymphodepletion(
    trial: Trial, standing: Mapping[str, Sequence[Mapping[str, Any]]], zone: tzinfo
) -> Lymphodepletion:
    infusions = standing.get("infusion", ())
    planned = [one for one in infusions if one["infusion_kind"] == InfusionKind.PLANNED]
    starts = [
        (on_the_clock(record["infused_at"], zone), record.get("preparation"))
        for record in planned or infusions
    ]
    first = min(starts, key=lambda one: one[0], default=None)
    return lymphodepletion(
        (
            Preparing(
                record_id=uuid.UUID(record["record_id"]),
                doses=tuple(
                    possible_days(dose["given_on"], zone) for dose in record["lymphodepletion"]
                ),
                leukapheresis_on=tuple(
                    date.fromisoformat(day)
                    for day in (record["leukapheresis_on"], *record["further_leukapheresis_on"])
                    if day is not None
                ),
                outcome=PreparationOutcome(record["outcome"]) if record["outcome"] else None,
            )
            for record in standing.get("preparation", ())
        ),
        None
        if first is None
        else PlannedInfusion(
            starts=moment_of(first[0], zone),
            preparation=uuid.UUID(first[1]) if first[1] is not None else None,
        ),
        course_gap_days=trial.policy.lymphodepletion.course_gap_days,
    )


def _parts(column: str | None) -> list[dict[str, Any]]:
    return json.loads(column) if column else []


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
