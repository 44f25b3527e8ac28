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
from app.schemas.record import Finding
from app.services.derivations.moments import day_furthest_east
from app.services.edit_checks import LabSample, Stored, on_record, on_subject
from app.services.import_lines import Line
from app.services.observations import OF_VOLUME
from app.services.other_subjects import every_subject
from app.services.standing_records import EVERY_KIND, standing_of, subject_records
from app.services.subject_course import courses_of
from app.trial.trial import Trial

_NOBODYS = uuid.UUID(int=0)
"""Stands for the identity of a record where nothing is said about it but what it says itself."""


async def notice(
    transaction: Transaction, trial: Trial, stored: Sequence[tuple[Line, Mapping[str, Any]]]
) -> None:
    """Write on each line what is noticed about its record, as the answer to a single write does.

    Laboratory results and kinetics are held against the course of their subjects, records of other
    kinds against the subject's other records too.

    Args:
        stored: the lines that were not refused, with the members of their results.
    """
    of_volume: list[tuple[Line, Mapping[str, Any]]] = []
    others: list[tuple[Line, Mapping[str, Any]]] = []
    for line, members in stored:
        if line.kind is not None and line.payload is not None and "record_id" in members:
            (of_volume if line.kind.path in OF_VOLUME else others).append((line, members))
    if of_volume:
        await _of_volume(transaction, trial, of_volume)
    if others:
        await _of_others(transaction, trial, others)


async def _of_volume(
    transaction: Transaction, trial: Trial, stored: Sequence[tuple[Line, Mapping[str, Any]]]
) -> None:
    visible = visible_centres(transaction.authority)
    subjects = {members["subject"] for _, members in stored}
    courses = await courses_of(transaction, trial, subjects, visible)
    today = day_furthest_east(datetime.now(UTC))
    noticed: dict[tuple[str, LabSample], list[Finding]] = {}
    for line, members in stored:
        course = courses[members["subject"]]
        payload, kind = line.payload, line.kind
        if kind is None or payload is None:
            continue
        if line.laid:
            payload = kind.submission.model_validate_json(line.laid + "}")
        zone = trial.centres.zone_of(course.centre)
        record = (kind, _NOBODYS, members["version"], today)
        if isinstance(payload, LabResultIn):
            sample = LabSample.of(payload)
            same = (course.subject, sample)  # of one sample many results are alike
            if same not in noticed:
                noticed[same] = [*on_record(Stored.of(*record, sample, zone), course, trial)]
            line.findings += noticed[same]
        else:
            line.findings += on_record(Stored.of(*record, payload, zone), course, trial)


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
            if about is not None and found.finding not in about.findings:
                about.findings.append(found.finding)
        await asyncio.sleep(0)
