"""Disease evaluations: their components, their baseline, and what the investigator made of them.

Source: the trial's protocol, what belongs to one disease evaluation; IMWG 2016 (Kumar et al.,
Lancet Oncol 2016;17:e328-46), table 4 and its notes.
"""

from collections.abc import Iterator
from typing import Final

from app.models.assessment import AssessmentFields
from app.models.disease_evaluation import Immunofixation, SerumSpike, UrineSpike
from app.models.enrolment import EnrolmentFields
from app.schemas.record import Finding
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import USUAL_DETAILS
from app.services.criteria.imwg.evaluation import Isotype
from app.services.criteria.imwg.light_chains import (
    LightChains,
    raised_on_the_involved_side,
    ratio_state,
)
from app.services.edit_checks.components import MeasuredComponent, collected, measured, window_of
from app.services.edit_checks.infusion import first_infusion
from app.services.edit_checks.kinetics import METHOD_CHANGED
from app.services.edit_checks.response_reading import response_reading
from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords
from app.services.evaluation_values import disease_evaluation
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.imwg import (
    BandOwner,
    ImmunofixationResult,
    LightChain,
    MrdMethod,
    MrdResult,
    PdBasis,
    ResponseCategory,
)

COMPONENT_OUTSIDE_WINDOW = Rule(
    "COMPONENT-OUTSIDE-WINDOW",
    "notice",
    "was collected too far from the serum sample to belong to this evaluation; confirm its date, "
    "or send it as an evaluation of its own",
)
OLD_BASELINE = Rule(
    "OLD-BASELINE",
    "notice",
    "the last value before lymphodepletion is older than the protocol allows; it is used, flagged, "
    "unless a later one is sent",
)
NO_BASELINE = Rule(
    "NO-BASELINE",
    "error",
    "the subject was infused and has no disease evaluation before; send it, or no response can be "
    "told",
)
RESPONSE_AT_BASELINE = Rule(
    "RESPONSE-AT-BASELINE",
    "warning",
    "a response is given to an evaluation before the infusion; leave it out or correct the date",
)
RESPONSE_WITHOUT_COMPONENTS = Rule(
    "RESPONSE-WITHOUT-COMPONENTS",
    "warning",
    "the investigator's response rests on no component of this evaluation; send what was measured",
)
PD_BASIS_MISSING = Rule(
    "PD-BASIS-MISSING",
    "notice",
    "what the investigator's progression rests on is not said; without it, it counts as "
    "biochemical and needs confirmation",
)
SPIKE_WITH_NEGATIVE_IFE = Rule(
    "SPIKE-WITH-NEGATIVE-IFE",
    "warning",
    "an M-protein is quantified while immunofixation of the same fluid is negative; correct one of "
    "them or call it spurious",
)
LIGHT_CHAIN_DIFFERS = Rule(
    "LIGHT-CHAIN-DIFFERS",
    "warning",
    "is not of the light chain that the subject was enrolled with; correct one of them, or say "
    "whose protein it is",
)
HEAVY_CHAIN_DIFFERS = Rule(
    "HEAVY-CHAIN-DIFFERS",
    "warning",
    "is not of the heavy chain that the subject was enrolled with; correct one of them, or say "
    "whose protein it is",
)
LESION_NOT_FOLLOWED = Rule(
    "LESION-NOT-FOLLOWED",
    "warning",
    "a lesion known from earlier imaging is missing here; measure it, send 0 x 0 mm if it is gone, "
    "or say why it was not assessed",
)
TWO_EVALUATIONS_A_DAY = Rule(
    "TWO-EVALUATIONS-A-DAY",
    "notice",
    "another evaluation has the same day and the two are read as one; void one if it is the same",
)

MRD_SENSITIVITY_MISSING = Rule(
    "MRD-SENSITIVITY-MISSING",
    "warning",
    "the sensitivity that the assay reached is not said, so its result cannot be read at any "
    "threshold; send the sensitivity",
)

_FLUIDS: Final = (
    ("serum_m_protein", "serum_immunofixation"),
    ("urine_m_protein", "urine_immunofixation"),
)


def component_windows(
    assessment: CheckedRecord[AssessmentFields], _: SubjectCourse, trial: Trial
) -> Iterator[Finding]:
    """Notice components collected too long before or after the serum sample.

    Decision: the day of a new lesion, and the day that the investigator gives the category, lie
    where an image may: the progression is dated by them.
    """
    fields, imaging = assessment.fields, trial.response.components.imaging
    for component in measured(assessment):
        window = window_of(trial, component)
        if not window.holds(component.day, fields.assessed_on):
            yield COMPONENT_OUTSIDE_WINDOW.at(component.name, component.dated_by)
    for index, lesion in enumerate(fields.new_lesions or ()):
        if lesion.found_on is not None and not imaging.holds(lesion.found_on, fields.assessed_on):
            yield COMPONENT_OUTSIDE_WINDOW.at("new_lesions", index, "found_on")
    dated = fields.investigator_response_date
    if dated is not None and not imaging.holds(dated, fields.assessed_on):
        yield COMPONENT_OUTSIDE_WINDOW.at("investigator_response_date")


def spike_beside_immunofixation(
    assessment: CheckedRecord[AssessmentFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice a quantified M-protein beside a negative immunofixation of the same day's fluid."""
    fields = assessment.fields
    for spike_name, fixation_name in _FLUIDS:
        spike: SerumSpike | UrineSpike | None = getattr(fields, spike_name)
        fixation: Immunofixation | None = getattr(fields, fixation_name)
        if spike is None or fixation is None or spike.spurious or fixation.spurious:
            continue
        if fixation.result is not ImmunofixationResult.NEGATIVE or spike.value is None:
            continue
        quantified = Bounds.of(spike.value, spike.comparator).quantified
        if collected(assessment, spike) == collected(assessment, fixation) and quantified:
            yield SPIKE_WITH_NEGATIVE_IFE.at(spike_name, "value")


def residual_disease(
    assessment: CheckedRecord[AssessmentFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Ask for the sensitivity of a sample that nothing else tells the reach of.

    Source: the trial's endpoint definitions, MRD.
    """
    sample = assessment.fields.mrd
    if sample is None or sample.sensitivity is not None:
        return
    if sample.result is MrdResult.NOT_EVALUABLE:
        return
    if sample.method is MrdMethod.MFC or sample.cells_analysed is None:
        yield MRD_SENSITIVITY_MISSING.at("mrd", "sensitivity")


def investigators_response(
    assessment: CheckedRecord[AssessmentFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Hold the investigator's response against the time and the content of the evaluation."""
    fields, infusion = assessment.fields, course.anchors.infusion
    response = fields.investigator_response
    if response is None or response is ResponseCategory.NE:
        return
    if infusion is not None and fields.assessed_on <= infusion:
        yield RESPONSE_AT_BASELINE.at("investigator_response")
    rests_on = (*measured(assessment), *(fields.new_lesions or ()))
    clinical = response is ResponseCategory.PD and (
        fields.investigator_pd_basis is PdBasis.CLINICAL or fields.corrected_calcium is not None
    )
    if not rests_on and not clinical and fields.circulating_plasma_cells is None:
        yield RESPONSE_WITHOUT_COMPONENTS.at("investigator_response")
    if response is ResponseCategory.PD and fields.investigator_pd_basis is None:
        yield PD_BASIS_MISSING.at("investigator_pd_basis")


def baseline(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a treated subject without any evaluation before, and a baseline that is old.

    Source: a baseline is the last value on or before the first lymphodepletion dose.

    Decision: without lymphodepletion the infusion closes the baseline.
    """
    anchors, infusion = subject.course.anchors, first_infusion(subject)
    closes = anchors.first_lymphodepletion or anchors.infusion
    if closes is None or not subject.trial.schedule.visits:
        return
    last: dict[str, tuple[CheckedRecord[AssessmentFields], MeasuredComponent]] = {}
    for assessment in subject.assessments:
        for component in measured(assessment):
            if component.day <= closes:
                known = last.get(component.name)
                if known is None or known[1].day <= component.day:
                    last[component.name] = (assessment, component)
    if not last and infusion is not None:
        yield RecordFinding(infusion, NO_BASELINE.at("infused_at"))
    for assessment, component in last.values():
        allowed = window_of(subject.trial, component).baseline_days
        unused = component.name == "immunoglobulin" and not _followed_by_class(subject)
        if (closes - component.day).days > allowed and not unused:
            yield RecordFinding(assessment, OLD_BASELINE.at(component.name))


def _followed_by_class(subject: SubjectRecords) -> bool:
    reading = response_reading(subject)
    return reading is not None and reading.history.myeloma.quantitative is not None


def chains(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Hold bands and free light chains against the isotype that the subject was enrolled with.

    After the baseline, bands of a second isotype that the baseline has shown are the patient's too.
    """
    if subject.enrolment is None:
        return
    enrolled = subject.enrolment.fields
    closes = subject.course.anchors.first_lymphodepletion or subject.course.anchors.infusion
    for assessment in subject.assessments:
        at_baseline = closes is not None and assessment.fields.assessed_on <= closes
        odd = list(_bands(assessment, enrolled))
        own = _own_isotypes(subject) if odd and not at_baseline else ()
        yield from (found for found, isotype in odd if isotype not in own)
        if at_baseline and _other_side(assessment, enrolled.light_chain):
            yield RecordFinding(assessment, LIGHT_CHAIN_DIFFERS.at("free_light_chain_assay"))


def _own_isotypes(subject: SubjectRecords) -> tuple[Isotype, ...]:
    reading = response_reading(subject)
    return reading.history.myeloma.isotypes if reading is not None else ()


def _bands(
    assessment: CheckedRecord[AssessmentFields], enrolled: EnrolmentFields
) -> Iterator[tuple[RecordFinding, Isotype]]:
    """Notice bands said to be the myeloma's own that have other chains."""
    for name in ("serum_immunofixation", "urine_immunofixation"):
        fixation: Immunofixation | None = getattr(assessment.fields, name)
        for index, band in enumerate(fixation.bands if fixation is not None else ()):
            if band.owner is not BandOwner.ORIGINAL:
                continue
            isotype = Isotype(heavy_chain=band.heavy_chain, light_chain=band.light_chain)
            for member, rule in (
                ("light_chain", LIGHT_CHAIN_DIFFERS),
                ("heavy_chain", HEAVY_CHAIN_DIFFERS),
            ):
                chains_named = {getattr(band, member), getattr(enrolled, member)}
                if None not in chains_named and len(chains_named) == 2:
                    yield RecordFinding(assessment, rule.at(name, "bands", index, member)), isotype


def _other_side(
    assessment: CheckedRecord[AssessmentFields], light_chain: LightChain | None
) -> bool:
    """Tell whether the free light chains of a baseline are involved on the other side.

    Decision: the limits of one assay serve to notice the wrong side, for every assay.
    """
    chains = LightChains.of(disease_evaluation("", assessment.fields, assessment.zone))
    if light_chain is None or chains is None:
        return False
    state = ratio_state(chains, USUAL_DETAILS)
    return state.abnormal and not raised_on_the_involved_side(state, light_chain)


def assay_of_free_light_chains(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice another assay of free light chains than the evaluation before it had."""
    last = None
    for assessment in subject.assessments:
        assay = assessment.fields.free_light_chain_assay
        if assay is None:
            continue
        if last is not None and assay is not last:
            yield RecordFinding(assessment, METHOD_CHANGED.at("free_light_chain_assay"))
        last = assay


def lesions_are_followed(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice imaging of the same kind of whole body that does not mention a lesion known before.

    Source: the sum of products exists only if every lesion of baseline was measured or is gone.
    """
    known: set[str] = set()
    for assessment in subject.assessments:
        imaging = assessment.fields.imaging
        if imaging is not None:
            seen = {lesion.lesion_id for lesion in imaging.lesions}
            merged = {merged_id for lesion in imaging.lesions for merged_id in lesion.merged_from}
            if known - seen - merged:
                yield RecordFinding(assessment, LESION_NOT_FOLLOWED.at("imaging", "lesions"))
            known = (known | seen) - merged
        new = assessment.fields.new_lesions or ()
        known |= {lesion.lesion_id for lesion in new if lesion.lesion_id is not None}


def evaluations_of_one_day(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice a second evaluation on the day of another."""
    seen = set()
    for assessment in subject.assessments:
        if assessment.fields.assessed_on in seen:
            yield RecordFinding(assessment, TWO_EVALUATIONS_A_DAY.at("assessed_on"))
        seen.add(assessment.fields.assessed_on)


RECORD_CHECKS = (
    component_windows,
    spike_beside_immunofixation,
    residual_disease,
    investigators_response,
)
SUBJECT_CHECKS = (
    baseline,
    chains,
    assay_of_free_light_chains,
    lesions_are_followed,
    evaluations_of_one_day,
)
