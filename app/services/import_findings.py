"""What the edit checks notice about the records that the lines of an import speak of."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.access.centres import visible_centres
from app.database import Transaction
from app.schemas.lab_result import LabResultIn
from app.services.answers_to_writes import OF_VOLUME
from app.services.derivations.moments import day_furthest_east
from app.services.edit_checks import CheckedRecord, LabSample, on_record, on_subject
from app.services.import_lines import Line
from app.services.other_subjects import every_subject
from app.services.standing_records import EVERY_KIND, standing_of, subject_records
from app.services.subject_course import SubjectCourse, courses_of
from app.trial.trial import Trial

_NOBODYS = uuid.UUID(int=0)
"""Stands for the identity of a record where nothing is said about it but what it says itself."""


async def notice(
    transaction: Transaction,
    trial: Trial,
    stored: Sequence[tuple[Line, Mapping[str, Any]]],
    courses: dict[str, SubjectCourse],
) -> None:
    """Write on each line what is noticed about its record, as the answer to a single write does.

    Laboratory results and kinetics are held against the course of their subjects, records of other
    kinds against the subject's other records too.

    Args:
        stored: the lines that were not refused, with the members of their results.
        courses: those of the subjects of the file so far; forgotten when a line may move one.
            Another caller's write in between is seen by the next file, and by the list of findings.
    """
    of_volume: list[tuple[Line, Mapping[str, Any]]] = []
    others: list[tuple[Line, Mapping[str, Any]]] = []
    for line, members in stored:
        if line.kind is not None and line.payload is not None and "record_id" in members:
            (of_volume if line.kind.path in OF_VOLUME else others).append((line, members))
    if len(of_volume) < len(stored):
        courses.clear()
    if of_volume:
        await _read_courses(transaction, trial, of_volume, courses)
        _of_volume(trial, of_volume, courses)
    if others:
        await _of_others(transaction, trial, others)


async def _read_courses(
    transaction: Transaction,
    trial: Trial,
    stored: Sequence[tuple[Line, Mapping[str, Any]]],
    courses: dict[str, SubjectCourse],
) -> None:
    missing = {members["subject"] for _, members in stored} - courses.keys()
    if missing:
        visible = visible_centres(transaction.authority)
        courses |= await courses_of(transaction, trial, missing, visible)


def _of_volume(
    trial: Trial,
    stored: Sequence[tuple[Line, Mapping[str, Any]]],
    courses: Mapping[str, SubjectCourse],
) -> None:
    """Notice what follows from each result and the course of its subject.

    Of results that are alike but for their ids, as a file that is sent again has many, the first is
    looked at.
    """
    today = day_furthest_east(datetime.now(UTC))
    noticed: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line, members in stored:
        kind, row = line.kind, line.laid or line.row
        same = (members["subject"], row.replace(f'"{line.source_id}"', "", 1))
        found = noticed.get(same)
        if found is None and kind is not None:
            course = courses[members["subject"]]
            payload = line.payload
            if line.laid or payload is None:
                payload = kind.submission.model_validate_json(row + "}")
            fields = LabSample.of(payload) if isinstance(payload, LabResultIn) else payload
            zone = trial.centres.zone_of(course.centre)
            record = CheckedRecord.of(kind, _NOBODYS, members["version"], today, fields, zone)
            found = [one.model_dump() for one in on_record(record, course, trial)]
            noticed[same] = found
        line.findings += found or ()


async def _of_others(
    transaction: Transaction, trial: Trial, stored: Sequence[tuple[Line, Mapping[str, Any]]]
) -> None:
    visible = visible_centres(transaction.authority)
    lines: dict[str, dict[str, Line]] = defaultdict(dict)
    homes = {}
    for line, members in stored:
        lines[members["subject"]][members["record_id"]] = line
        homes[members["subject"]] = line.centre
    wanted = EVERY_KIND - OF_VOLUME
    standing = await standing_of(transaction, homes, visible, kinds=wanted)
    everybody = await every_subject(transaction, trial, visible)
    for subject, centre in homes.items():
        others = everybody.beside(subject)
        records = subject_records(trial, subject, centre, standing[subject], others)
        for found in on_subject(records):
            about = lines[subject].get(str(found.record.record_id))
            if about is not None and found.finding.model_dump() not in about.findings:
                about.notice(found.finding)
        await asyncio.sleep(0)
