"""The records of subjects as they stood at a data cut -> what the derivations read.

Rows become a :class:`SubjectHistory` here and nowhere else.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from app.database import Transaction
from app.schemas.adjudication import ADJUDICATIONS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record_kinds import RECORD_KINDS, by_path
from app.services import analysis_values as values
from app.services import measured_values
from app.services.derivations.moments import moment_of
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue, NotPlausible
from app.services.derivations.set_aside import without_wrong_dates
from app.services.derivations.subject_history import (
    AdverseEvent,
    Assessment,
    InvestigatorResponse,
    SubjectHistory,
)
from app.services.lab_values import lab_as_analysed
from app.services.measured_values import as_analysed
from app.services.standing_records import (
    Document,
    read_document,
    standing_from,
    standing_of,
)
from app.services.written_dates import possible_days
from app.trial.trial import Trial
from app.vocabularies.laboratory import Comparator, QualitativeResult, find_analyte
from app.vocabularies.specimens import Specimen

IN_HISTORY: Final = frozenset(
    kind.path for kind in RECORD_KINDS if kind.place_in_history is not None
)
"""Paths of the kinds that figures are made of."""

_LAB_VALUES = f"""
    SELECT record.subject, json_agg(json_build_array(
        record.record_id, record.version,
        to_char(record.recorded_at AT TIME ZONE 'UTC' + interval '14 hours', 'YYYY-MM-DD'),
        analyte, collected_at, visit, value::text, comparator,
        unit, coded_value, reference_range ->> 'low', reference_range ->> 'high', lloq::text,
        uloq::text, specimen, sample_id, fasting, method, spurious,
        (clinically_significant ->> 'flag')::boolean, adverse_event, transfused_before,
        g_csf_before, confirmed_implausible))::text
    {standing_from(LAB_RESULTS)} AND not_done IS NULL
    GROUP BY record.subject"""
"""The results of a subject as one text: they are by far the most, and the one process that all
subjects pass through has nothing to do with them but to hand them on."""
NOTHING: Final[Mapping[uuid.UUID, date]] = MappingProxyType({})
_COMPARATORS: Final = {word.value: word for word in Comparator}
_CODED: Final = {word.value: word for word in QualitativeResult}
_SPECIMENS: Final = {word.value: word for word in Specimen}


@dataclass(frozen=True, slots=True)
class AnalysisCut:
    """Two times: what the database knew, and which clinical days count.

    Attributes:
        transaction_id: the last transaction that counts; None: whatever is current.
        known_on: the day on which the database knew it.
        cutoff: clinical data cut-off; None: the day on which the database knew it.
    """

    transaction_id: str | None
    known_on: date
    cutoff: date | None


@dataclass(frozen=True, slots=True)
class SubjectRows:
    """What the database holds of one subject at a cut, not yet read: it can go to another process.

    Attributes:
        documents: path of the kind, identity, version, day of recording, the document, and when
            the first version was recorded.
        labs: laboratory results as JSON, a list of the columns of each.
    """

    subject: str
    centre: str
    documents: tuple[tuple[str, uuid.UUID, int, date, str, datetime | None], ...]
    labs: str


async def histories_of(
    transaction: Transaction,
    trial: Trial,
    homes: Mapping[str, str],
    visible: list[str] | None,
    cut: AnalysisCut,
    kinds: frozenset[str] = IN_HISTORY,
) -> dict[str, SubjectHistory]:
    """Give the histories of subjects, as far as the caller can see them.

    Args:
        homes: the subjects wanted, each with its centre.
        visible: the centres that the caller can see; None for every centre.
        kinds: paths of the kinds of record that are wanted; the others stay empty.
    """
    rows = await subject_rows(transaction, homes, visible, cut, kinds)
    return {one.subject: history_of_rows(trial, one, cut) for one in rows}


async def subject_rows(
    transaction: Transaction,
    homes: Mapping[str, str],
    visible: list[str] | None,
    cut: AnalysisCut,
    kinds: frozenset[str] = IN_HISTORY,
) -> list[SubjectRows]:
    """Fetch what stands of subjects; the parameters are those of :func:`histories_of`."""
    standing = await standing_of(
        transaction, homes, visible, cut.transaction_id, kinds - {LAB_RESULTS.path}
    )
    labs: dict[str, str] = {}
    if LAB_RESULTS.path in kinds:
        which = (list(homes), visible, cut.transaction_id)
        labs = dict(map(tuple, await transaction.rows(_LAB_VALUES, *which)))
    return [
        SubjectRows(
            subject,
            centre,
            tuple(
                (
                    one.kind.path,
                    one.record_id,
                    one.version,
                    one.recorded_on,
                    one.text,
                    one.first_recorded_at,
                )
                for one in (standing[subject].documents if subject in standing else ())
            ),
            labs.get(subject, "[]"),
        )
        for subject, centre in homes.items()
    ]


def history_of_rows(trial: Trial, rows: SubjectRows, cut: AnalysisCut) -> SubjectHistory:
    """Read the rows of one subject."""
    documents = [
        Document(kind, record_id, version, recorded_on, text, first_recorded_at)
        for path, record_id, version, recorded_on, text, first_recorded_at in rows.documents
        if (kind := by_path(path)) is not None
    ]
    zone = trial.centres.zone_of(rows.centre)
    sent = json.loads(rows.labs)
    labs = [_lab_value(row, zone) for row in sent]
    recorded_on = {uuid.UUID(row[0]): date.fromisoformat(row[2]) for row in sent}
    return history_of(trial, rows.subject, rows.centre, documents, labs, cut, recorded_on)


def history_of(
    trial: Trial,
    subject: str,
    centre: str,
    documents: Collection[Document],
    lab_values: Collection[LabValue],
    cut: AnalysisCut,
    recorded_on: Mapping[uuid.UUID, date] = NOTHING,
) -> SubjectHistory:
    """Give the history that the standing records of one subject make.

    Args:
        recorded_on: of the laboratory values, when each was recorded.
    """
    enrolment = None
    zone = trial.centres.zone_of(centre)
    members: dict[str, list[tuple[date, uuid.UUID, Any]]] = defaultdict(list)
    adjudications: list[tuple[uuid.UUID, Any, RecordRef]] = []
    not_plausible = [
        NotPlausible(record=one.record, member=one.analyte, day=one.collected.latest)
        for one in lab_values
        if one.not_plausible
    ]
    for document in documents:
        kind = document.kind
        if kind.place_in_history is None:
            continue
        fields, members_aside = _as_analysed(document)
        record = RecordRef(kind.path, document.record_id, document.version)
        written = getattr(fields, kind.dated_by) if kind.dated_by else None
        day = possible_days(written, zone).latest if written is not None else date.max
        not_plausible += [
            NotPlausible(record=record, member=member, day=None if written is None else day)
            for member in members_aside
        ]
        if kind.one_per_subject:
            enrolment = values.enrolment(record, fields)
            continue
        if kind is ADJUDICATIONS:
            adjudications.append((document.record_id, fields, record))
            continue
        read = values.READ_AS[kind.place_in_history]
        if read is values.adverse_event:
            read = partial(read, related=trial.adverse_events.related)
        value = read(record, fields, zone)
        if isinstance(value, AdverseEvent) and document.first_recorded_at is not None:
            value = replace(value, first_recorded=moment_of(document.first_recorded_at, zone))
        if isinstance(value, Assessment) and members_aside:
            value = replace(value, not_plausible_on=_collected_on(document, members_aside, zone))
        members[kind.place_in_history].append((day, document.record_id, value))
    in_order = {
        member: tuple(value for _, _, value in sorted(found, key=lambda one: one[:2]))
        for member, found in members.items()
    }
    if adjudications:
        in_order["assessments"] = _adjudicated(in_order.get("assessments", ()), adjudications)
    labs = tuple(
        sorted(lab_values, key=lambda one: (one.collected.latest, one.record.record_id.int))
    )
    history = SubjectHistory(
        subject=subject,
        centre=centre,
        data_cut=cut.cutoff or cut.known_on,
        horizon_months=trial.horizon_months,
        course_gap_days=trial.policy.lymphodepletion.course_gap_days,
        enrolment=enrolment,
        lab_values=labs,
        visits_after_infusion=trial.schedule.after_infusion,
        recorded_on={
            **{one.record_id: one.recorded_on for one in documents},
            **recorded_on,
        },
        not_plausible=tuple(not_plausible),
        **in_order,
    )
    return without_wrong_dates(history)


def _as_analysed(document: Document) -> tuple[Any, tuple[str, ...]]:
    """Give what a record says as rules read it, and the members that hold what is not plausible."""
    sent = read_document(document)
    analysed = as_analysed(sent)
    if analysed is sent:
        return sent, ()
    return analysed, tuple(str(one.place[0]) for one in measured_values.not_plausible(sent))


def _collected_on(document: Document, members: Collection[str], zone: tzinfo) -> tuple[date, ...]:
    """Give the days on which components of an evaluation were collected, where they say one."""
    fields = read_document(document)
    written = (getattr(getattr(fields, member), "collected_on", None) for member in members)
    return tuple(possible_days(one, zone).earliest for one in written if one is not None)


def _adjudicated(
    assessments: Collection[Assessment], adjudications: list[tuple[uuid.UUID, Any, RecordRef]]
) -> tuple[Assessment, ...]:
    """Put each adjudication beside its evaluation; of several the one submitted last stands."""
    of_assessment = {
        fields.assessment: InvestigatorResponse(
            category=fields.response,
            pd_basis=fields.pd_basis,
            dated=fields.response_date,
            record=record,
        )
        for _, fields, record in sorted(adjudications, key=lambda one: one[0])
    }
    return tuple(
        replace(one, adjudicated=of_assessment.get(one.record.record_id)) for one in assessments
    )


def _lab_value(row: list[Any], zone: tzinfo) -> LabValue:
    (
        record_id, version, _, analyte, collected_at, visit, value, comparator, unit, coded_value,
        low, high, lloq, uloq, specimen, sample_id, fasting, method, spurious, significant,
        adverse_event, transfused, g_csf, confirmed,
    ) = row  # fmt: skip
    listed = find_analyte(analyte)
    result = LabValue(
        record=RecordRef(LAB_RESULTS.path, uuid.UUID(record_id), version),
        analyte=analyte if listed is None else listed.code,
        collected=possible_days(collected_at, zone),
        visit=visit,
        value=_number(value),
        comparator=_COMPARATORS.get(comparator),
        unit=unit,
        coded_value=_CODED.get(coded_value),
        lower_limit=_number(low),
        upper_limit=_number(high),
        lloq=_number(lloq),
        uloq=_number(uloq),
        specimen=_SPECIMENS.get(specimen),
        sample_id=sample_id,
        fasting=fasting,
        method=method,
        spurious=spurious,
        clinically_significant=significant,
        adverse_event=None if adverse_event is None else uuid.UUID(adverse_event),
        transfused_before=transfused,
        g_csf_before=g_csf,
    )
    return lab_as_analysed(result, confirmed=bool(confirmed))


def _number(text: str | None) -> Decimal | None:
    """Read a number, digits as sent."""
    return None if text is None else Decimal(text)
