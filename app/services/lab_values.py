"""One stored laboratory result -> the value that the derivations read."""

from dataclasses import replace
from datetime import tzinfo
from decimal import Decimal

from app.models.lab_result import LabResultFields
from app.services.criteria.plausibility import Normal, implausibility
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import LabValue
from app.services.written_dates import possible_days
from app.vocabularies.laboratory import analysed_in, find_analyte
from app.vocabularies.taken_units import Restated


def lab_value(record: RecordRef, fields: LabResultFields, zone: tzinfo) -> LabValue:
    """Give a laboratory result; the analyte by our code where it is listed."""
    listed = find_analyte(fields.analyte)
    result = _lab_value(record, fields, listed.code if listed else fields.analyte, zone)
    return lab_as_analysed(result, confirmed=bool(fields.confirmed_implausible))


def _lab_value(record: RecordRef, fields: LabResultFields, analyte: str, zone: tzinfo) -> LabValue:
    limits, judged = fields.reference_range, fields.clinically_significant
    return LabValue(
        record=record,
        analyte=analyte,
        sent_as=fields.analyte,
        collected=possible_days(fields.collected_at, zone),
        visit=fields.visit,
        value=fields.value,
        comparator=fields.comparator,
        unit=fields.unit,
        coded_value=fields.coded_value,
        lower_limit=limits.low if limits else None,
        upper_limit=limits.high if limits else None,
        lloq=fields.lloq,
        uloq=fields.uloq,
        specimen=fields.specimen,
        sample_id=fields.sample_id,
        fasting=fields.fasting,
        method=fields.method,
        spurious=fields.spurious,
        clinically_significant=judged.flag if judged else None,
        adverse_event=fields.adverse_event,
        transfused_before=fields.transfused_before,
        g_csf_before=fields.g_csf_before,
    )


def lab_as_analysed(result: LabValue, *, confirmed: bool) -> LabValue:
    """Give a result in a listed unit, without a number that no living person can have.

    Args:
        result: as it was sent, the analyte by our code where it is listed.
        confirmed: the centre confirmed the number.
    """
    value, unit = result.value, result.unit
    listed = find_analyte(result.analyte)
    if value is None or unit is None or listed is None:
        return result
    read = None if unit in listed.units else analysed_in(listed, unit)
    if read is not None:
        result = replace(
            result,
            value=read.of(value),
            unit=read.unit,
            lower_limit=_restated(result.lower_limit, read),
            upper_limit=_restated(result.upper_limit, read),
            lloq=_restated(result.lloq, read),
            uloq=_restated(result.uloq, read),
        )
    if confirmed or result.spurious or result.value is None:
        return result
    impossible = implausibility(
        result.analyte,
        result.value,
        result.unit,
        comparator=result.comparator,
        normal=Normal(result.lower_limit, result.upper_limit),
    )
    if impossible is None:
        return result
    return replace(result, value=None, comparator=None, not_plausible=True)


def _restated(number: Decimal | None, read: Restated) -> Decimal | None:
    return None if number is None else read.of(number)
