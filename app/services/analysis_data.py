"""The records of subjects as they stood at a data cut -> what the derivations read.

Rows become a :class:`SubjectHistory` here and nowhere else.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.database import Transaction
from app.models.dates import DateOrDateTime
from app.schemas.chronology import last_day
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record_kinds import by_path
from app.services import analysis_values as values
from app.services.derivations.subject_history import (
    Assessment,
    InvestigatorResponse,
    LabValue,
    RecordRef,
    SetAside,
    SubjectHistory,
)
from app.services.measured_values import as_analysed, not_plausible
from app.services.standing_records import (
    EVERY_KIND,
    Document,
    read_document,
    standing_from,
    standing_of,
)
from app.trial.trial import Trial
from app.vocabularies.laboratory import Comparator, QualitativeResult, find_analyte
from app.vocabularies.specimens import Specimen

_MEMBERS: Final[Mapping[str, tuple[str, Callable[[RecordRef, Any], Any]]]] = {
    "preparations": ("preparations", values.preparation),
    "infusions": ("infusions", values.infusion),
    "assessments": ("assessments", values.assessment),
    "visits": ("visits", values.visit),
    "therapies": ("therapies", values.therapy),
    "follow-ups": ("follow_ups", values.follow_up),
    "adverse-events": ("adverse_events", values.adverse_event),
    "kinetics": ("kinetics", values.kinetics_sample),
    "neuro-assessments": ("neuro_assessments", values.neuro_assessment),
}
"""By kind of record: the member of the history that it fills, and what makes one value of it."""

_LAB_VALUES = f"""
    SELECT record.subject, json_agg(json_build_array(
        record.record_id, record.version, analyte, collected_at, visit, value::text, comparator,
        unit, coded_value, reference_range ->> 'low', reference_range ->> 'high', lloq::text,
        uloq::text, specimen, sample_id, fasting, method, spurious,
        (clinically_significant ->> 'flag')::boolean, adverse_event, transfused_before,
        g_csf_before, confirmed_implausible))::text
    {standing_from(LAB_RESULTS)} AND not_done IS NULL
    GROUP BY record.subject"""
"""The results of a subject as one text: they are by far the most, and the one process that all
subjects pass through has nothing to do with them but to hand them on."""
_COMPARATORS: Final = {word.value: word for word in Comparator}
_CODED: Final = {word.value: word for word in QualitativeResult}
_SPECIMENS: Final = {word.value: word for word in Specimen}


@dataclass(frozen=True, slots=True)
class AnalysisCut:
    """Two times: what the database knew, and which clinical days count.

    Attributes:
        transaction_id: the last transaction that counts; None: whatever is current.
        known_on: the day on which the database knew it.
        cutoff: clinical data cut-off; None: every day counts.
    """

    transaction_id: str | None
    known_on: date
    cutoff: date | None


@dataclass(frozen=True, slots=True)
class SubjectRows:
    """What the database holds of one subject at a cut, not yet read: it can go to another process.

    Attributes:
        documents: path of the kind, identity, version, day of recording, and the document.
        labs: laboratory results as JSON, a list of the columns of each.
    """

    subject: str
    centre: str
    documents: tuple[tuple[str, uuid.UUID, int, date, str], ...]
    labs: str


async def histories_of(
    transaction: Transaction,
    trial: Trial,
    homes: Mapping[str, str],
    visible: list[str] | None,
    cut: AnalysisCut,
    kinds: frozenset[str] = EVERY_KIND,
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
    kinds: frozenset[str] = EVERY_KIND,
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
                (one.kind.path, one.record_id, one.version, one.recorded_on, one.text)
                for one in (standing[subject].documents if subject in standing else ())
            ),
            labs.get(subject, "[]"),
        )
        for subject, centre in homes.items()
    ]


def history_of_rows(trial: Trial, rows: SubjectRows, cut: AnalysisCut) -> SubjectHistory:
    """Read the rows of one subject."""
    documents = [
        Document(kind, record_id, version, recorded_on, text)
        for path, record_id, version, recorded_on, text in rows.documents
        if (kind := by_path(path)) is not None
    ]
    labs = list(map(_lab_value, json.loads(rows.labs)))
    return history_of(trial, rows.subject, rows.centre, documents, labs, cut)


def history_of(
    trial: Trial,
    subject: str,
    centre: str,
    documents: Collection[Document],
    lab_values: Collection[LabValue],
    cut: AnalysisCut,
) -> SubjectHistory:
    """Give the history that the standing records of one subject make."""
    enrolment = None
    members: dict[str, list[tuple[date, uuid.UUID, Any]]] = defaultdict(list)
    adjudications: list[tuple[uuid.UUID, Any, RecordRef]] = []
    latest = cut.known_on
    set_aside = [
        SetAside(record=one.record, member=one.analyte, day=one.collected.latest)
        for one in lab_values
        if one.not_plausible
    ]
    for document in documents:
        kind = document.kind
        fields, members_aside = _as_analysed(document)
        record = RecordRef(kind.path, document.record_id, document.version)
        written = getattr(fields, kind.dated_by) if kind.dated_by else None
        day = last_day(written) if written is not None else date.max
        set_aside += [
            SetAside(record=record, member=member, day=None if written is None else day)
            for member in members_aside
        ]
        if kind.one_per_subject:
            enrolment = values.enrolment(record, fields)
            continue
        latest = max(latest, day) if day != date.max else latest
        if kind.path == "adjudications":
            adjudications.append((document.record_id, fields, record))
            continue
        member, made = _MEMBERS[kind.path]
        value = made(record, fields)
        if kind.path == "assessments" and members_aside:
            value = replace(value, set_aside_on=_collected_on(document, members_aside))
        members[member].append((day, document.record_id, value))
    in_order = {
        member: tuple(value for _, _, value in sorted(found, key=lambda one: one[:2]))
        for member, found in members.items()
    }
    if adjudications:
        in_order["assessments"] = _adjudicated(in_order.get("assessments", ()), adjudications)
    labs = tuple(
        sorted(lab_values, key=lambda one: (one.collected.latest, one.record.record_id.int))
    )
    if labs:
        latest = max(latest, labs[-1].collected.latest)
    return SubjectHistory(
        subject=subject,
        centre=centre,
        data_cut=cut.cutoff or latest,
        horizon_months=trial.horizon_months,
        enrolment=enrolment,
        lab_values=labs,
        set_aside=tuple(set_aside),
        **in_order,
    )


def _as_analysed(document: Document) -> tuple[Any, tuple[str, ...]]:
    """Give what a record says as rules read it, and the members that hold what is not plausible."""
    sent = read_document(document)
    analysed = as_analysed(sent)
    if analysed is sent:
        return sent, ()
    return analysed, tuple(str(one.place[0]) for one in not_plausible(sent))


def _collected_on(document: Document, members: Collection[str]) -> tuple[date, ...]:
    """Give the days on which components of an evaluation were collected, where they say one."""
    fields = read_document(document)
    days = (getattr(getattr(fields, member), "collected_on", None) for member in members)
    return tuple(day.civil_date if isinstance(day, DateOrDateTime) else day for day in days if day)


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


def _lab_value(row: list[Any]) -> LabValue:
    (
        record_id, version, analyte, collected_at, visit, value, comparator, unit, coded_value,
        low, high, lloq, uloq, specimen, sample_id, fasting, method, spurious, significant,
        adverse_event, transfused, g_csf, confirmed,
    ) = row  # fmt: skip
    listed = find_analyte(analyte)
    result = LabValue(
        record=RecordRef(LAB_RESULTS.path, uuid.UUID(record_id), version),
        analyte=analyte if listed is None else listed.code,
        collected=values.lab_days(collected_at),
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
    return values.lab_as_analysed(result, confirmed=bool(confirmed))


def _number(text: str | None) -> Decimal | None:
    """Read a number, digits as sent."""
    return None if text is None else Decimal(text)
