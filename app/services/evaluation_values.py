"""One stored disease evaluation -> the measurements that the criteria read."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from app.models.assessment import AssessmentFields
from app.models.disease_evaluation import (
    Imaging,
    Immunofixation,
    MarrowExamination,
    MProteinOfIsotype,
)
from app.models.measurements import Measurement
from app.services.criteria.imwg import evaluation as imwg
from app.services.derivations import subject_history as history
from app.services.derivations.record_ref import RecordRef
from app.services.written_dates import known_day


def assessment(record: RecordRef, fields: AssessmentFields, zone: tzinfo) -> history.Assessment:
    """Give a disease evaluation and what the investigator made of it."""
    investigator = None
    if fields.investigator_response is not None:
        investigator = history.InvestigatorResponse(
            category=fields.investigator_response,
            pd_basis=fields.investigator_pd_basis,
            dated=fields.investigator_response_date,
            progression_confirmed=fields.investigator_progression_confirmed,
        )
    return history.Assessment(
        record=record,
        evaluation=disease_evaluation(str(record.record_id), fields, zone),
        visit=fields.visit,
        investigator=investigator,
    )


def disease_evaluation(
    identity: str, fields: AssessmentFields, zone: tzinfo
) -> imwg.DiseaseEvaluation:
    """Give the measurements of an assessment as the criteria read them."""
    lesions = fields.new_lesions
    sample, pet = fields.mrd, fields.pet_ct
    return imwg.DiseaseEvaluation(
        evaluation_id=identity,
        anchor=fields.assessed_on,
        serum_m_protein=_measured(zone, fields.serum_m_protein, imwg.SerumMProtein, _owner),
        serum_m_proteins=None
        if fields.serum_m_proteins is None
        else tuple(_m_protein(one, zone) for one in fields.serum_m_proteins),
        immunoglobulin=_measured(
            zone, fields.immunoglobulin, imwg.QuantitativeImmunoglobulin, _immunoglobulin_class
        ),
        urine_m_protein=_measured(zone, fields.urine_m_protein, imwg.UrineMProtein, _collection),
        serum_immunofixation=_immunofixation(fields.serum_immunofixation),
        urine_immunofixation=_immunofixation(fields.urine_immunofixation),
        kappa=_light_chain(fields.free_kappa, fields, zone),
        lambda_=_light_chain(fields.free_lambda, fields, zone),
        marrow=_marrow(fields.marrow, zone),
        imaging=_imaging(fields.imaging),
        new_lesions=None
        if lesions is None
        else tuple(
            imwg.NewLesion(
                kind=lesion.kind,
                compression_fracture_only=lesion.compression_fracture_only,
                found_on=lesion.found_on,
                lesion_id=lesion.lesion_id,
            )
            for lesion in lesions
        ),
        circulating_plasma_cells=_measured(zone, fields.circulating_plasma_cells),
        corrected_calcium=_measured(zone, fields.corrected_calcium),
        calcium_due_to_myeloma=fields.calcium_due_to_myeloma,
        mrd=None
        if sample is None
        else imwg.MrdSample(
            method=sample.method,
            result=sample.result,
            sensitivity=sample.sensitivity,
            cells_analysed=sample.cells_analysed,
            clone_known=sample.clone_known,
            first_pull=sample.first_pull,
            collected_on=sample.collected_on,
        ),
        pet_ct=None if pet is None else imwg.PetCt(result=pet.result, imaged_on=pet.imaged_on),
        ivig_within_28_days=bool(fields.ivig_within_28_days),
    )


def _owner(part: Any) -> Mapping[str, Any]:
    return {"owner": part.owner}


def _immunoglobulin_class(part: Any) -> Mapping[str, Any]:
    return {"heavy_chain": part.heavy_chain, "light_chain": part.light_chain}


def _m_protein(one: MProteinOfIsotype, zone: tzinfo) -> imwg.SerumMProteinOfIsotype:
    """Give one of several M-proteins; not done is a value of None, and not no M-protein."""
    isotype = imwg.Isotype(heavy_chain=one.isotype.heavy_chain, light_chain=one.isotype.light_chain)
    more = {"owner": one.owner, "isotype": isotype}
    found: imwg.SerumMProteinOfIsotype | None = _measured(
        zone, one.value, imwg.SerumMProteinOfIsotype, lambda _: more
    )
    return found or imwg.SerumMProteinOfIsotype(value=None, owner=one.owner, isotype=isotype)


def _collection(part: Any) -> Mapping[str, Any]:
    return {
        "owner": part.owner,
        "volume_ml": part.volume_ml,
        "collection_hours": part.collection_hours,
        "complete": part.complete,
    }


def _measured(
    zone: tzinfo,
    part: Measurement | None,
    shape: type[Any] = imwg.MeasuredValue,
    more: Callable[[Any], Mapping[str, Any]] = lambda _: {},
    method: str | None = None,
) -> Any:
    if part is None or part.value is None:
        return None
    return shape(
        value=part.value,
        unit=part.unit or "",
        comparator=part.comparator,
        spurious=part.spurious,
        collected_on=known_day(part.collected_on, zone),
        method=part.method or method,
        **more(part),
    )


def _light_chain(
    part: Measurement | None, fields: AssessmentFields, zone: tzinfo
) -> imwg.MeasuredValue | None:
    assay = fields.free_light_chain_assay
    found: imwg.MeasuredValue | None = _measured(zone, part, method=assay.value if assay else None)
    return found


def _immunofixation(part: Immunofixation | None) -> imwg.Immunofixation | None:
    if part is None or part.result is None:
        return None
    return imwg.Immunofixation(
        result=part.result,
        bands=tuple(
            imwg.Band(
                isotype=imwg.Isotype(heavy_chain=band.heavy_chain, light_chain=band.light_chain),
                owner=band.owner,
                drug_test=band.drug_test,
            )
            for band in part.bands
        ),
        spurious=part.spurious,
        collected_on=part.collected_on,
    )


def _marrow(part: MarrowExamination | None, zone: tzinfo) -> imwg.Marrow | None:
    if part is None or part.not_done is not None:
        return None
    return imwg.Marrow(
        aspirate=_measured(zone, part.aspirate),
        biopsy=_measured(zone, part.biopsy),
        clonality=part.clonality,
        clonality_method=part.clonality_method,
        kappa_cells=part.kappa_cells,
        lambda_cells=part.lambda_cells,
        cells_counted=part.cells_counted,
        haemodiluted=part.haemodiluted,
        collected_on=part.collected_on,
    )


def _imaging(part: Imaging | None) -> imwg.Imaging | None:
    if part is None:
        return None
    return imwg.Imaging(
        lesions=tuple(
            imwg.Lesion(
                lesion_id=lesion.lesion_id,
                kind=lesion.kind,
                long_mm=lesion.long_mm,
                short_mm=lesion.short_mm,
                irradiated_on=lesion.irradiated_on,
                merged_from=tuple(lesion.merged_from),
                split_from=lesion.split_from,
            )
            for lesion in part.lesions
        ),
        imaged_on=part.imaged_on,
    )
