"""What a centre can send and no figure, chart or edit check reads: kept for the record.

A field that the contract invites is one that somebody asks for. Where nobody of this service does,
the contract says so beside the field, with the reason, so that a centre knows what its entry is
for. Everything else that can be sent is read by a rule, a table or an edit check.

Source: the trial's fields by record kind; the trial's protocol, procedures.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.schemas.record_kinds import RECORD_KINDS

_BY_REASON: Final[Mapping[str, Mapping[str, str]]] = {
    "words, for people to read": {
        "EligibilityCriterion": "note",
        "OffStudy": "note",
        "PreparationFields": "note outcome_note",
        "InfusionFields": "note deviation",
        "AssessmentFields": "note",
        "AdverseEventFields": "narrative other_action",
        "VisitFields": "note missed_because_text",
        "NeuroAssessmentFields": "note",
        "TherapyFields": "note",
        "FollowUpFields": "note death_cause_text",
        "AdjudicationFields": "rationale",
    },
    "of an eligibility criterion the answer is read, not which it is": {
        "Consent": "version",
        "EligibilityCriterion": "criterion",
        "ScreenFailure": "reason criterion",
    },
    "history of the disease, for subgroups that the sponsor makes": {
        "EnrolmentFields": "prior_allogeneic_transplant prior_radiotherapy exposed_classes "
        "refractory_classes",
        "PriorLine": "number agents start end best_response stopped_because autologous_transplant",
        "CytogeneticFinding": "marker present cells_percent tested_on",
    },
    "stage is reported as such, and not derived from it": {
        "Beta2Microglobulin": "value unit comparator not_done spurious collected_on method",
        "Albumin": "value unit comparator not_done spurious collected_on method",
        "LactateDehydrogenase": "value unit comparator not_done spurious collected_on method "
        "upper_limit",
    },
    "how the subject was when it was screened, for the sponsor's own tables": {
        "EnrolmentFields": "cns_disease ecog_on weight height creatinine_clearance "
        "ejection_fraction hepatitis_b hepatitis_c hiv",
    },
    "what was given and how; that it was given, and when, is read": {
        "Bridging": "agents end response radiotherapy",
        "LymphodepletionDose": "other_agent dose unit",
        "PreparationFields": "outcome_on",
        "InfusionFields": "ended_at weight total_car_positive_cells",
        "Premedication": "name dose unit given_at",
        "Interruption": "began_at ended_at reason",
        "TherapyFields": "visit agents dose unit frequency route indication units_transfused "
        "oxygen flow",
    },
    "of a lesion its identity and its size are read": {
        "Imaging": "modality",
        "Lesion": "site not_assessed",
        "NewLesion": "kind site",
        "PetCt": "avid_at_baseline",
        "PetLesion": "lesion_id result",
    },
    "why a count is missing; that it is missing is read": {"CellPercentage": "not_done"},
    "the score, which is their sum, is read": {
        "IceScore": "orientation naming command writing attention",
    },
    "the sponsor's coding; tables are by the CTCAE term": {
        "MeddraCoding": "version llt_code llt_name",
    },
    "part of the safety case that the sponsor reads": {
        "AdverseEventFields": "visit admitted_on discharged_on action_taken",
        "CausalityByCause": "disease other_drug",
        "CrsBasis": "lowest_systolic lowest_diastolic tocilizumab_at steroid_at",
        "Infection": "site organism source neutrophils_at_onset",
        "SecondMalignancy": "histology car_transgene",
        "DoseLimitingJudgement": "limiting judged_on",
        "FollowUpFields": "source death_learnt_on autopsy",
    },
    "examination of the day; grades are told from the findings of an event": {
        "VisitFields": "ecog weight",
        "VitalSigns": "measured_at temperature systolic diastolic heart_rate respiratory_rate "
        "oxygen_saturation oxygen flow",
        "NeuroAssessmentFields": "handwriting_changed imaging_done examiner",
    },
    "how and where a sample was worked up, for questions to the laboratory": {
        "KineticsResultFields": "laboratory specimen_quality cd3_events csf_volume_ml "
        "csf_red_cells_per_ul",
        "LabResultFields": "analyte_system titre fasting method",
        "ReferenceRange": "text",
        "ClinicalSignificance": "by at",
    },
}
"""By reason, then by shape, the names of the members."""

KEPT: Final[Mapping[tuple[str, str], str]] = {
    (shape, member): reason
    for reason, shapes in _BY_REASON.items()
    for shape, members in shapes.items()
    for member in members.split()
}
"""The reason, by the name of the shape and of its member."""


def say_what_is_kept(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Say in the schemas of a contract which members are kept for the record, and why."""
    shapes = _shapes()
    for name, schema in schemas.items():
        shape = shapes.get(name, name.removesuffix("-Input").removesuffix("-Output"))
        for member, described in schema.get("properties", {}).items():
            reason = KEPT.get((shape, member))
            if reason is not None:
                said = described.get("description", "")
                described["description"] = f"{said} Kept for the record: {reason}.".strip()


def _shapes() -> dict[str, str]:
    """Give by the name of each shape of a record on the wire that of the fields in it."""
    return {
        shape.__name__: fields.__name__
        for kind in RECORD_KINDS
        for shape in (kind.submission, kind.amendment, kind.view, kind.shown, kind.stored)
        for fields in kind.submission.__mro__
        if fields.__name__.endswith("Fields") and fields.__name__ != "RecordFields"
    }
