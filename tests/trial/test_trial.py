"""What the trial file of this trial says, line by line."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.trial.policy import Policy
from app.trial.trial import CDISC_PILOT_FILE, load_trial
from app.vocabularies.laboratory import find_analyte

TRIAL = load_trial()
SERVED = json.loads(TRIAL.model_dump_json())
MONTHS_1_TO_6 = ["M1", "M2", "M3", "M4", "M5", "M6"]
MONTHS_9_TO_36 = ["M9", "M12", "M15", "M18", "M21", "M24", "M27", "M30", "M33", "M36"]

EXPECTED: dict[str, Any] = {
    "trial.title": (
        "Nanobody-based biepitope BCMA CAR-T cells in relapsed/refractory multiple myeloma"
    ),
    "trial.design": "open label, single arm, multicentre, single infusion",
    "trial.slots": 60,
    "trial.horizon_months": 36,
    "trial.slot_released_by": "nothing",
    "trial.efs_components": ["PD", "death", "new_therapy"],
    "criteria": {
        "response": "IMWG 2016",
        "adverse_events": "CTCAE 5.0",
        "crs_icans": "ASTCT 2019",
    },
    "records.disease_fields": "required",
    "centres.time_zone": "Asia/Shanghai",
    "follow_up.lost_after_contacts": 2,
    "follow_up.lost_after_attempts": 3,
    "response.components.blood_and_urine.parts": [
        "serum_m_protein",
        "immunoglobulin",
        "serum_immunofixation",
        "free_light_chains",
        "urine_m_protein",
        "urine_immunofixation",
    ],
    "response.components.blood_and_urine.before": 7,
    "response.components.blood_and_urine.after": 7,
    "response.components.blood_and_urine.baseline_days": 28,
    "response.components.marrow": {
        "parts": ["plasma_cells", "clonality", "mrd"],
        "before": 14,
        "after": 28,
        "baseline_days": 42,
    },
    "response.components.imaging": {
        "parts": ["imaging", "plasmacytomas"],
        "before": 14,
        "after": 28,
        "baseline_days": 42,
    },
    "kinetics.methods": ["qpcr", "flow_pct", "flow_abs"],
    "kinetics.matrices": ["PB", "BM", "CSF"],
    "kinetics.csf_dna_ng": "50",
    "kinetics.stop_after_blq": 2,
    "kinetics.stop_days_apart": 28,
    "kinetics.time_zero": "infusion_start",
    "kinetics.missing_pre_dose": "insert_zero",
    "kinetics.blq": "pknca",
    "kinetics.auc": "linear_up_log_down",
    "kinetics.half_life": "adjusted_r_squared",
    "kinetics.profile_ends_at": ["horizon", "data_cutoff", "second_infusion"],
    "kinetics.persistence_visits": ["M1", "M3", "M6", "M9", "M12", "M18", "M24", "M36"],
    "kinetics.persistence_event": "first_of_two_blq",
    "kinetics.ratio_days": 3,
    "pharmacodynamics.panel": [
        *("IL6", "IL10", "IFNG", "TNFA", "IL2", "IL8", "SIL2R", "IL15", "GMCSF"),
        *("CRP", "FERRITIN", "SBCMA"),
    ],
    "pharmacodynamics.baseline_pre_infusion": [
        *("IL6", "IL10", "IFNG", "TNFA", "IL2", "IL8", "SIL2R", "IL15", "GMCSF"),
        *("CRP", "FERRITIN"),
    ],
    "pharmacodynamics.baseline_pre_lymphodepletion": ["SBCMA", "IGG", "IGA", "IGM", "CD19"],
    "pharmacodynamics.nadir_analytes": ["SBCMA", "IGG"],
    "pharmacodynamics.extra_from_grade": 2,
    "pharmacodynamics.peak_to_day": 28,
    "pharmacodynamics.auc_to_day": 28,
    "pharmacodynamics.b_cell_aplasia_per_ul": "50",
    "pharmacodynamics.b_cell_aplasia_percent": "1",
    "pharmacodynamics.b_cell_recovery_values": 2,
    "pharmacodynamics.b_cell_recovery_days_apart": 28,
    "pharmacodynamics.hypogammaglobulinaemia_g_per_l": "4",
    "pharmacodynamics.ivig_days": 28,
    "adverse_events.primary_period": "treatment",
    "adverse_events.to_horizon": ["serious", "aesi", "related"],
    "adverse_events.episode_gap_days": 1,
    "adverse_events.related": ["possible", "probable", "definite"],
    "adverse_events.missing_causality_is_related": True,
    "adverse_events.planned_admission_is_serious": False,
    "adverse_events.progression_is_event": False,
    "adverse_events.crs_scale_in_tables": "CTCAE",
    "adverse_events.crs_scale_of_special_interest": "ASTCT",
    "adverse_events.icans_term": "Nervous system disorders - Other, specify",
    "adverse_events.symptoms_are_counted": False,
    "adverse_events.organ_toxicity_from_grade": 3,
    "adverse_events.cytopenia_from_day": 30,
    "adverse_events.observation_to_day": 14,
    "adverse_events.dose_limiting_toxicity_days": None,
    "adverse_events.report_within_hours": 24,
    "adverse_events.report_aesi_from_grade": 3,
    "adverse_events.prolonged_cytopenia": {
        "grade": 3,
        "recovered_grade": 2,
        "recovery_values": 2,
        "recovery_days_apart": 3,
        "transfusion_free_days": 7,
        "g_csf_free_days": 3,
        "by_days": [30, 60],
    },
    "laboratory.baseline_days": 28,
    "laboratory.without_baseline": "last_before_infusion",
    "laboratory.missing_baseline_grade": 0,
    "laboratory.grade_range_counts_as": "lowest",
    "laboratory.outlier_grade": 3,
    "laboratory.outlier_rise": 1,
    "laboratory.resolved_grade": 1,
    "populations.default": "treated",
    "populations.dose_tolerance_percent": "20",
    "policy": json.loads(Policy().model_dump_json()),
}


def at(path: str, document: Any = SERVED) -> Any:
    for key in path.split("."):
        document = document[key]
    return document


@pytest.mark.parametrize(("path", "value"), EXPECTED.items(), ids=EXPECTED)
def test_says_what_the_protocol_says(path: str, value: object) -> None:
    assert at(path) == value


def test_registers_its_outcomes() -> None:
    outcomes = [(outcome.name, outcome.kind, outcome.endpoints) for outcome in TRIAL.outcomes]
    assert outcomes == [
        (
            "Treatment-related adverse events",
            "primary",
            ("adverse-events", "lab-abnormalities"),
        ),
        ("Overall response rate", "primary", ("response",)),
        ("Rates of CR, VGPR, PR and SD", "primary", ("response",)),
        ("Overall survival", "secondary", ("overall-survival",)),
        ("Progression-free survival", "secondary", ("progression-free-survival",)),
        ("Event-free survival", "secondary", ("event-free-survival",)),
        ("Duration of response", "described", ("duration-of-response",)),
        ("Expansion and survival of the CAR-T cells", "other", ("car-kinetics",)),
        (
            "Pharmacokinetic and pharmacodynamic indicators",
            "described",
            ("car-kinetics", "pharmacodynamics"),
        ),
    ]


DECLARED_VISITS = [
    # code, anchor, target, before, after, evaluation
    ("SCR", "first_leukapheresis", -14, 14, 14, "baseline"),
    ("APH", "first_leukapheresis", 0, 0, 0, "none"),
    ("BL", "first_lymphodepletion", -3, 4, 3, "baseline"),
    ("LD1", "infusion", -5, 2, 1, "none"),
    ("LD2", "infusion", -4, 2, 1, "none"),
    ("LD3", "infusion", -3, 2, 1, "none"),
    ("D0", "infusion", 0, 0, 0, "none"),
    ("D1", "infusion", 1, 0, 0, "none"),
    ("D3", "infusion", 3, 0, 1, "none"),
    ("D5", "infusion", 5, 0, 0, "none"),
    ("D7", "infusion", 7, 1, 1, "none"),
    ("D10", "infusion", 10, 1, 1, "none"),
    ("D14", "infusion", 14, 2, 2, "none"),
    ("D21", "infusion", 21, 2, 2, "none"),
    ("M1", "infusion", 28, 2, 7, "scheduled"),
    ("M2", "infusion", 61, 7, 7, "scheduled"),
    ("M3", "infusion", 91, 7, 7, "scheduled"),
    ("M4", "infusion", 122, 7, 7, "scheduled"),
    ("M5", "infusion", 152, 7, 7, "scheduled"),
    ("M6", "infusion", 183, 7, 7, "scheduled"),
    ("M9", "infusion", 274, 14, 14, "scheduled"),
    ("M12", "infusion", 365, 14, 14, "scheduled"),
    ("M15", "infusion", 457, 14, 14, "scheduled"),
    ("M18", "infusion", 548, 14, 14, "scheduled"),
    ("M21", "infusion", 639, 14, 14, "scheduled"),
    ("M24", "infusion", 731, 14, 14, "scheduled"),
    ("M27", "infusion", 822, 14, 14, "scheduled"),
    ("M30", "infusion", 913, 14, 14, "scheduled"),
    ("M33", "infusion", 1004, 14, 14, "scheduled"),
    ("M36", "horizon", -14, 14, 14, "scheduled"),
    ("EOS", "horizon", 0, 0, 30, "none"),
    ("PDV", "suspected_progression", 0, 0, 14, "none"),
    ("PDC", "progression_visit", 14, 13, 14, "none"),
    ("SFU", "follow_up_start", 91, 14, 14, "none"),
]


def test_declares_the_visits() -> None:
    visits = TRIAL.schedule.visits
    assert [
        (v.code, v.anchor, v.target, v.before, v.after, v.disease_evaluation) for v in visits
    ] == DECLARED_VISITS
    assert {v.code: v.not_before for v in visits if v.not_before} == dict.fromkeys(
        ["LD1", "LD2", "LD3"], "first_lymphodepletion"
    )
    assert {v.code: v.not_after for v in visits if v.not_after} == {
        "SCR": "first_leukapheresis",
        "BL": "first_lymphodepletion",
        "M36": "horizon",
    }
    assert {v.code: v.every for v in visits if v.every} == {"SFU": 91}


PROCEDURES = [
    # procedure, required, if indicated, daily to
    ("consent_and_eligibility", ["SCR"], [], None),
    (
        "physical_examination",
        ["SCR", "BL", "D0", "D14", "D21", *MONTHS_1_TO_6, *MONTHS_9_TO_36, "PDV"],
        [],
        None,
    ),
    ("vital_signs", ["SCR", "BL", "D0", "D14", "D21", *MONTHS_1_TO_6], [], 14),
    (
        "neurological_examination",
        ["BL", "D0", "D14", "D21", "M1", "M2", "M3"],
        [*MONTHS_9_TO_36, "PDV"],
        14,
    ),
    (
        "blood_count_and_chemistry",
        ["SCR", "BL", "D0", "D14", "D21", *MONTHS_1_TO_6, *MONTHS_9_TO_36, "PDV"],
        [],
        14,
    ),
    ("coagulation", ["SCR", "BL", "D0", "D14", "D21", "M1", "M2", "M3"], MONTHS_9_TO_36, 14),
    ("inflammation", ["SCR", "BL", "D0", "D14", "D21", "M1", "M2", "M3"], MONTHS_9_TO_36, 14),
    (
        "cytokines",
        ["BL", "D0", "D1", "D3", "D5", "D7", "D10", "D14", "D21", "M1", "PDV"],
        [*MONTHS_1_TO_6[1:], *MONTHS_9_TO_36],
        None,
    ),
    ("cardiac", ["SCR", "BL", "D7", "D14", "M1"], [*MONTHS_1_TO_6[1:], *MONTHS_9_TO_36], None),
    ("myeloma_markers", ["SCR", "BL", *MONTHS_1_TO_6, *MONTHS_9_TO_36, "PDV"], [], None),
    (
        "beta2_microglobulin",
        ["SCR", "BL", "M1", "M3", "M6", "M12", "M24", "M36", "PDV"],
        [],
        None,
    ),
    ("marrow", ["SCR", "M1", "M3", "M6", "M12", "M18", "M24", "M36", "PDV"], ["BL"], None),
    ("mrd", ["SCR", "M1", "M3", "M6", "M12", "M18", "M24", "M36"], [], None),
    ("imaging", ["SCR", "M3", "M6", "M12", "M24", "M36", "PDV"], ["BL", "M1"], None),
    (
        "car_blood",
        [
            *("BL", "D0", "D1", "D3", "D7", "D10", "D14", "D21", "M1", "M2", "M3", "M6"),
            *("M9", "M12", "M18", "M24", "M30", "M36", "PDV"),
        ],
        [],
        None,
    ),
    ("car_marrow", ["M1", "M3", "M6", "M12", "M18", "M24", "M36", "PDV"], [], None),
    (
        "car_csf",
        [],
        [
            *("SCR", "D1", "D3", "D5", "D7", "D10", "D14", "D21"),
            *(*MONTHS_1_TO_6, *MONTHS_9_TO_36, "PDV"),
        ],
        None,
    ),
    (
        "soluble_bcma",
        ["SCR", "BL", "D7", "D14", "D21", "M1", "M2", "M3", "M6", *MONTHS_9_TO_36, "PDV"],
        [],
        None,
    ),
    (
        "lymphocyte_subsets",
        [
            *("SCR", "BL", "D7", "D14", "D21", "M1", "M2", "M3", "M6"),
            *("M9", "M12", "M18", "M24", "M36", "PDV"),
        ],
        [],
        None,
    ),
    ("anti_drug_antibody", ["BL", "M1", "M3", "M6", "M12", "M24", "PDV"], [], None),
    ("replication_competent_vector", ["BL", "M3", "M6", "M12", "M24", "M36"], [], None),
    (
        "viral_load",
        ["SCR", "BL", "M1", "M2", "M3"],
        ["D14", "D21", *MONTHS_9_TO_36],
        None,
    ),
    ("events_and_therapies", [], [], None),
]


def test_says_what_is_done_when() -> None:
    assert [
        (p.code, list(p.required), list(p.if_indicated), p.daily_to)
        for p in TRIAL.schedule.procedures
    ] == PROCEDURES


def test_says_how_procedures_are_done() -> None:
    procedures = {procedure.code: procedure for procedure in TRIAL.schedule.procedures}
    assert {c: p.pre_dose for c, p in procedures.items() if p.pre_dose} == {
        "cytokines": ("D0",),
        "car_blood": ("D0",),
    }
    assert {c: p.continuous for c, p in procedures.items() if p.continuous} == {
        "vital_signs": ("D0",)
    }
    assert {c: p.times_a_day for c, p in procedures.items() if p.times_a_day > 1} == {
        "vital_signs": 3
    }


def test_names_the_required_panels() -> None:
    panels = TRIAL.schedule.panels
    used = {panel for procedure in TRIAL.schedule.procedures for panel in procedure.panels}
    assert used == set(panels)
    assert set(panels["haematology"]) == {"HGB", "WBC", "NEUT", "LYMPH", "PLT", "EOS"}
    assert set(panels["coagulation"]) == {"INR", "APTT", "FIBRINO", "DDIMER"}
    assert set(panels["inflammation"]) == {"CRP", "FERRITIN"}
    assert {"LDH", "CA_TOTAL", "ALB"} < set(panels["chemistry"])
    assert {"MPROT_S", "IFE_S", "MPROT_U24", "IFE_U", "IGG", "IGA", "IGM"} < set(panels["myeloma"])
    assert set(TRIAL.pharmacodynamics.panel) == {
        *panels["cytokines"],
        *panels["inflammation"],
        *panels["soluble_bcma"],
    }


def test_measures_what_its_panels_are_named_after() -> None:
    groups = {
        "haematology": "haematology",
        "subsets": "subsets",
        "chemistry": "chemistry",
        "coagulation": "coagulation",
        "cardiac": "cardiac",
        "inflammation": "inflammation",
        "cytokines": "cytokines",
        "soluble_bcma": "pharmacodynamic",
        "myeloma": "myeloma",
        "car": "kinetics",
        "viral_load": "infection",
    }
    for panel, group in groups.items():
        for code in TRIAL.schedule.panels[panel]:
            analyte = find_analyte(code)
            assert analyte is not None
            assert analyte.group == group, code


def test_plans_the_kinetics_profile() -> None:
    times = TRIAL.kinetics.nominal_times
    assert [(t.visit, t.day, t.first, t.last, t.clock) for t in times] == [
        ("D0", 0, Decimal(-1), Decimal(0), True),
        ("D1", 1, Decimal("0.75"), Decimal("1.25"), True),
        ("D3", 3, Decimal(3), Decimal(4), False),
        ("D7", 7, Decimal(6), Decimal(8), False),
        ("D10", 10, Decimal(9), Decimal(11), False),
        ("D14", 14, Decimal(12), Decimal(16), False),
        ("D21", 21, Decimal(19), Decimal(23), False),
        ("M1", 28, Decimal(26), Decimal(35), False),
    ]
    areas = TRIAL.kinetics.auc_windows
    assert [(area.to_day, area.tolerance) for area in areas] == [
        (7, 1),
        (14, 2),
        (28, 2),
        (90, 7),
        (183, 7),
    ]
    limits = TRIAL.kinetics.demonstration_limits
    assert [(limit.method, limit.lloq, limit.lod, limit.cd3_events) for limit in limits] == [
        ("qpcr", Decimal(50), Decimal(20), None),
        ("flow_pct", Decimal("0.05"), Decimal("0.02"), 100_000),
        ("flow_abs", Decimal("0.5"), Decimal("0.2"), None),
    ]


def test_limits_what_ctcae_does_not_grade_by_number() -> None:
    limits = TRIAL.laboratory.limits
    assert [(m.analyte, m.below, m.above, m.unit) for m in limits if m.unit] == [
        ("FERRITIN", None, Decimal(10_000), "ug/L"),
        ("CRP", None, Decimal(200), "mg/L"),
        ("IGG", Decimal(2), None, "g/L"),
        ("GLUC", Decimal("2.2"), Decimal("27.8"), "mmol/L"),
        ("PHOS", Decimal("0.32"), Decimal("2.6"), "mmol/L"),
        ("NTPROBNP", None, Decimal(1800), "ng/L"),
        ("IL6", None, Decimal(1000), "ng/L"),
    ]
    assert {m.analyte: m.above_uln for m in limits if m.above_uln} == {
        "DDIMER": 10,
        "TNT_HS": 1,
        "TNI_HS": 1,
        "LDH": 5,
    }
    assert [m.analyte for m in limits if m.newly_detected] == ["HBV_DNA"]


def test_collects_adverse_events_by_period() -> None:
    periods = TRIAL.adverse_events.periods
    assert [(p.code, p.starts, p.starts_day, p.ends, p.ends_day) for p in periods] == [
        ("screening", "consent", 0, "first_leukapheresis", -1),
        ("apheresis_bridging", "first_leukapheresis", 0, "first_lymphodepletion", -1),
        ("lymphodepletion", "first_lymphodepletion", 0, "infusion", 0),
        ("treatment", "infusion", 0, "infusion", 100),
        ("follow_up", "infusion", 101, "horizon", 0),
        ("after_new_therapy", "new_therapy", 0, "horizon", 0),
    ]


def test_defines_its_populations() -> None:
    assert [population.name for population in TRIAL.populations.definitions] == [
        "screened",
        "enrolled",
        "apheresed",
        "lymphodepleted",
        "treated",
        "treated_in_spec",
        "evaluable",
        "responders",
        "kinetics",
        "pharmacodynamic",
        "mrd_evaluable",
    ]


def test_gives_a_trial_without_these_parts_the_same_rules_and_no_plan() -> None:
    pilot = load_trial(CDISC_PILOT_FILE)
    for part in ("criteria", "follow_up", "response"):
        assert getattr(pilot, part) == getattr(TRIAL, part)
    for part, plans in {
        "kinetics": {
            *("methods", "matrices", "nominal_times", "auc_windows", "persistence_visits"),
            "demonstration_limits",
        },
        "pharmacodynamics": {
            *("panel", "baseline_pre_infusion", "baseline_pre_lymphodepletion", "nadir_analytes"),
        },
        "laboratory": {"limits"},
        "adverse_events": {"periods"},
        "populations": {"definitions"},
    }.items():
        default, declared = getattr(pilot, part), getattr(TRIAL, part)
        for key in type(default).model_fields:
            if key not in plans:
                assert getattr(default, key) == getattr(declared, key), f"{part}.{key}"
            elif key != "periods":
                assert getattr(default, key) == (), f"{part}.{key}"


def test_describes_the_cdisc_pilot_study() -> None:
    pilot = load_trial(CDISC_PILOT_FILE)
    assert "CDISC pilot study re-use" in pilot.title
    assert (pilot.code, pilot.slots, pilot.horizon_months) == ("CDISCPILOT01", 306, 6)
    assert pilot.records.disease_fields == "optional"
    assert pilot.centres.time_zone == "America/New_York"
    assert pilot.schedule.visits == ()
    assert pilot.policy.tte.efs == "death_only"
