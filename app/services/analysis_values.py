"""One stored record -> the plain values that the derivations read.

Nothing is imputed here, and a word of the record becomes the same word of the history; a laboratory
value is brought to a listed unit of its size, and left out where it is not plausible. The grades of
neurological assessments are the one exception: they follow from the record alone and are all that a
derivation asks of it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import tzinfo
from typing import Any, Final

from app.models.adverse_event import AdverseEventFields
from app.models.enrolment import EnrolmentFields
from app.models.follow_up import FollowUpFields
from app.models.infusion import InfusionFields
from app.models.kinetics_result import KineticsResultFields
from app.models.neuro_assessment import NeuroAssessmentFields
from app.models.preparation import PreparationFields
from app.models.therapy import TherapyFields
from app.models.visit import VisitFields
from app.services.criteria.astct import icans_grade
from app.services.criteria.astct_findings import IcansDomain, IcansFindings
from app.services.criteria.imwg import evaluation as imwg
from app.services.criteria.imwg.usable import MyelomaType
from app.services.derivations import subject_history as history
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import KineticsSample, NeuroAssessment
from app.services.evaluation_values import assessment
from app.services.written_dates import DateAsSent, on_the_clock, possible_days
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import Causality
from app.vocabularies.astct import SYNDROME_OF_SCALE
from app.vocabularies.ctcae import find_term
from app.vocabularies.preparations import InfusionKind

STUDY_TREATMENTS: Final = ("car_t", "lymphodepletion", "bridging", "procedure")
"""Candidate causes that are of the trial: an event due to one of them is treatment-related."""


def _days(written: DateAsSent | None, zone: tzinfo) -> PossibleDays | None:
    return None if written is None else possible_days(written, zone)


def enrolment(record: RecordRef, fields: EnrolmentFields) -> history.Enrolment:
    """Give what an enrolment says that a derivation needs."""
    off_study = fields.off_study
    return history.Enrolment(
        record=record,
        consented_on=fields.consent.signed_on if fields.consent else None,
        eligible=all(answer.met is not False for answer in fields.eligibility),
        enrolled_on=fields.enrolled_on,
        screen_failed_on=fields.screen_failure.date if fields.screen_failure else None,
        disposition=off_study.disposition if off_study else None,
        off_study_on=off_study.date if off_study else None,
        myeloma=myeloma_type(fields),
        characteristics=history.Characteristics(
            sex=fields.sex,
            year_of_birth=fields.year_of_birth,
            year_of_diagnosis=fields.year_of_diagnosis,
            heavy_chain=fields.heavy_chain,
            light_chain=fields.light_chain,
            iss=fields.iss,
            r_iss=fields.r_iss,
            extramedullary_disease=fields.extramedullary_disease,
            marrow_plasma_cells=fields.marrow_plasma_cells,
            ecog=fields.ecog,
            prior_lines=fields.prior_lines,
            prior_autologous_transplant=fields.prior_autologous_transplant,
            prior_bcma_therapy=fields.prior_bcma_therapy,
            refractoriness=fields.refractoriness,
            refractory_to_last_line=fields.refractory_to_last_line,
        ),
    )


def myeloma_type(fields: EnrolmentFields) -> MyelomaType:
    """Give what an enrolment says of the myeloma's protein."""
    chains = imwg.Isotype(heavy_chain=fields.heavy_chain, light_chain=fields.light_chain)
    known = fields.heavy_chain is not None or fields.light_chain is not None
    return MyelomaType(involved=fields.light_chain, isotypes=(chains,) if known else ())


def preparation(record: RecordRef, fields: PreparationFields, zone: tzinfo) -> history.Preparation:
    """Give the days of a preparation."""
    first = (fields.leukapheresis_on,) if fields.leukapheresis_on else ()
    bridging = fields.bridging if fields.bridging and fields.bridging.given else None
    return history.Preparation(
        record=record,
        leukapheresis_on=tuple(sorted((*first, *fields.further_leukapheresis_on))),
        bridging_from=_days(bridging.start, zone) if bridging else None,
        bridged=fields.bridging.given if fields.bridging else None,
        lymphodepletion=tuple(
            possible_days(dose.given_on, zone) for dose in fields.lymphodepletion
        ),
        outcome=fields.outcome,
    )


def infusion(record: RecordRef, fields: InfusionFields, zone: tzinfo) -> history.Infusion:
    """Give an infusion with its time on the centre's clock."""
    return history.Infusion(
        record=record,
        started_at=on_the_clock(fields.infused_at, zone),
        planned=fields.infusion_kind is InfusionKind.PLANNED,
        preparation=fields.preparation,
        part=fields.part,
        dose=fields.dose,
        planned_dose=fields.planned_dose,
        out_of_specification=fields.out_of_specification,
        viability=fields.viability,
        vector_copy_number=fields.vector_copy_number,
        transduction=fields.transduction,
    )


def visit(record: RecordRef, fields: VisitFields, _: tzinfo) -> history.Visit:
    """Give a visit."""
    return history.Visit(
        record=record, code=fields.visit, status=fields.status, visited_on=fields.visited_on
    )


def therapy(record: RecordRef, fields: TherapyFields, zone: tzinfo) -> history.Therapy:
    """Give a therapy."""
    return history.Therapy(
        record=record,
        kind=fields.therapy_kind,
        start=_days(fields.start, zone),
        end=_days(fields.end, zone),
        ongoing=fields.ongoing,
        name=fields.name,
        radiotherapy_target=fields.radiotherapy_target,
        blood_product=fields.blood_product,
        given_for=tuple(fields.adverse_events),
        starts_new_line=fields.starts_new_line,
    )


def follow_up(record: RecordRef, fields: FollowUpFields, zone: tzinfo) -> history.FollowUp:
    """Give a contact, or why there will be none."""
    return history.FollowUp(
        record=record,
        contacted_on=possible_days(fields.contacted_on, zone),
        status=fields.status,
        last_contact_on=_days(fields.last_contact_on, zone),
        withdrawal_scope=fields.withdrawal_scope,
        withdrew_on=fields.withdrew_on,
        death=_days(fields.death_date, zone),
        death_cause=fields.death_cause,
        death_due_to_myeloma=fields.death_due_to_myeloma,
        adverse_event=fields.adverse_event,
    )


def adverse_event(
    record: RecordRef,
    fields: AdverseEventFields,
    zone: tzinfo,
    *,
    related: Collection[Causality] = AdverseEventRules().related,
) -> history.AdverseEvent:
    """Give an adverse event; its system organ class is that of its CTCAE term.

    Args:
        related: levels of causality that count as related in the trial.

    Decision: where nobody named a kind of special interest, the scale of an ASTCT grade names it.
    """
    graded_as = SYNDROME_OF_SCALE[fields.astct.scale] if fields.astct is not None else None
    term = find_term(fields.term)
    causes = fields.causality
    judged = [getattr(causes, cause) for cause in STUDY_TREATMENTS] if causes else []
    return history.AdverseEvent(
        record=record,
        term=term.term if term else fields.term,
        system_organ_class=term.soc if term else "",
        onset=_days(fields.onset, zone),
        end=_days(fields.end, zone),
        ongoing=fields.ongoing,
        other_specify=fields.other_specify,
        meddra_pt=fields.meddra.pt_code if fields.meddra is not None else None,
        grade=int(fields.grade) if fields.grade is not None else None,
        astct_grade=int(fields.astct.grade) if fields.astct is not None else None,
        outcome=fields.outcome,
        serious=fields.serious,
        seriousness_criteria=tuple(fields.seriousness_criteria),
        related=_related(judged, related),
        related_to_car_t=_related([causes.car_t] if causes else [], related),
        aesi_kind=fields.aesi_kind or graded_as,
        worsening_of=fields.worsening_of,
        symptom_of=fields.symptom_of,
        part_of_episode=fields.part_of_episode,
    )


def _related(judged: list[Causality | None], related: Collection[Causality]) -> bool | None:
    """Tell whether any cause is related; None: no cause was judged.

    Decision: a judgement on one cause of the trial is a judgement; causes that nobody named beside
    it are not missing.
    """
    given = [one for one in judged if one is not None]
    return any(one in related for one in given) if given else None


def kinetics_sample(
    record: RecordRef, fields: KineticsResultFields, zone: tzinfo
) -> KineticsSample:
    """Give one assay of one sample."""
    return KineticsSample(
        record=record,
        matrix=fields.matrix,
        method=fields.method,
        collected=possible_days(fields.collected_at, zone),
        visit=fields.visit,
        nominal_day=fields.nominal_day,
        infusion=fields.infusion,
        value=fields.value,
        unit=fields.unit,
        lloq=fields.lloq,
        lod=fields.lod,
        state=fields.quantification,
        not_evaluable=fields.not_evaluable,
        spurious=fields.spurious,
        cd3_per_ul=fields.cd3_per_ul,
    )


def neuro_assessment(
    record: RecordRef, fields: NeuroAssessmentFields, zone: tzinfo
) -> NeuroAssessment:
    """Give a neurological assessment with the ICANS grade that follows from its parts."""
    return NeuroAssessment(
        record=record,
        assessed_at=on_the_clock(fields.assessed_at, zone),
        icans_grade=icans_grade(examined(fields)).grade,
    )


def examined(fields: NeuroAssessmentFields) -> IcansFindings:
    """Give what an examiner found, as the grade is told from it."""
    return IcansFindings(
        ice_score=None if fields.ice is None else fields.ice.score,
        ice_not_done_reason=fields.ice_not_done,
        consciousness=fields.consciousness,
        seizure=fields.seizure,
        motor=fields.motor,
        raised_pressure=fields.raised_pressure,
        intracranial_haemorrhage=fields.intracranial_haemorrhage,
        other_cause=frozenset(IcansDomain(domain) for domain in fields.other_cause),
    )


READ_AS: Final[Mapping[str, Callable[[RecordRef, Any, tzinfo], Any]]] = {
    "preparations": preparation,
    "infusions": infusion,
    "assessments": assessment,
    "visits": visit,
    "therapies": therapy,
    "follow_ups": follow_up,
    "adverse_events": adverse_event,
    "kinetics": kinetics_sample,
    "neuro_assessments": neuro_assessment,
}
"""What makes one value of a record, by the member of the history that it fills."""
