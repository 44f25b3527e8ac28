"""CRS and ICANS grades of the ASTCT consensus (Lee 2019).

``data/astct_cases.json``: synthetic findings, graded by hand by the tables of Lee et al. 2019.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.services.criteria.astct import crs_grade, icans_grade
from app.services.criteria.astct_findings import (
    CrsArm,
    CrsFindings,
    IcansDomain,
    IcansFindings,
)
from app.vocabularies.astct import (
    ConsciousnessLevel,
    IceNotDoneReason,
    MotorFinding,
    OxygenDevice,
    PositivePressureReason,
    RaisedPressureFinding,
    SeizureFinding,
)

CASES = json.loads(
    (Path(__file__).parent / "data/astct_cases.json").read_text(encoding="utf-8"),
    parse_float=Decimal,
)["cases"]

FEVER_ALONE = CrsFindings(
    temperature_max=Decimal("39.0"),
    hypotension=False,
    vasopressors=0,
    vasopressin=False,
    oxygen=OxygenDevice.ROOM_AIR,
)
WELL = IcansFindings(
    ice_score=10,
    consciousness=ConsciousnessLevel.ALERT,
    seizure=SeizureFinding.NONE,
    motor=MotorFinding.NONE,
    raised_pressure=RaisedPressureFinding.NONE,
)


def crs_findings(case: dict[str, Any]) -> CrsFindings:
    reason, flow = case["positive_pressure_reason"], case["flow_l_min"]
    return CrsFindings(
        temperature_max=Decimal(case["temp_c_max"]),
        fever_other_cause=case["fever_other_cause"],
        established=case["crs_already_established"],
        treated=case["antipyretic_or_anticytokine_or_steroid_given"],
        hypotension=case["hypotension"],
        hypotension_other_cause=case["hypotension_other_cause"],
        vasopressors=case["vasopressors_non_vasopressin"],
        vasopressin=case["vasopressin"],
        oxygen=OxygenDevice(case["oxygen"]),
        flow=None if flow is None else Decimal(flow),
        hypoxia_other_cause=case["hypoxia_other_cause"],
        positive_pressure_reason=None if reason is None else PositivePressureReason(reason),
        died_of_crs=case["death_due_to_crs"],
    )


def icans_findings(case: dict[str, Any]) -> IcansFindings:
    reason = case["ice_not_done_reason"]
    return IcansFindings(
        ice_score=case["ice_score"],
        ice_not_done_reason=None if reason is None else IceNotDoneReason(reason),
        consciousness=ConsciousnessLevel(case["consciousness"]),
        seizure=SeizureFinding(case["seizure"]),
        motor=MotorFinding(case["motor"]),
        raised_pressure=RaisedPressureFinding(case["icp"]),
        intracranial_haemorrhage=case["intracranial_haemorrhage"],
        other_cause=frozenset(
            {IcansDomain.CONSCIOUSNESS} if case["consciousness_other_cause"] else ()
        ),
        died_of_icans=case["death_due_to_icans"],
    )


def cases(scale: str) -> list[Any]:
    return [
        pytest.param(case["input"], case["expected_grade"], id=f"{case['id']}: {case['why']}")
        for case in CASES
        if case["scale"] == scale
    ]


def test_every_case_of_the_file_is_run() -> None:
    assert len(cases("ASTCT_CRS")) + len(cases("ASTCT_ICANS_ADULT")) == len(CASES) == 22


@pytest.mark.parametrize(("case", "grade"), cases("ASTCT_CRS"))
def test_crs_cases(case: dict[str, Any], grade: int | None) -> None:
    assert crs_grade(crs_findings(case)).grade == grade


@pytest.mark.parametrize(("case", "grade"), cases("ASTCT_ICANS_ADULT"))
def test_icans_cases(case: dict[str, Any], grade: int | None) -> None:
    assert icans_grade(icans_findings(case)).grade == grade


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        pytest.param({"temperature_max": Decimal("38.0")}, 1, id="38.0 is fever"),
        pytest.param({"temperature_max": Decimal("37.99")}, 0, id="37.99 is not"),
        pytest.param({"fever_other_cause": True}, 0, id="fever of another cause"),
        pytest.param({"hypotension": True}, 2, id="hypotension that fluids correct"),
        pytest.param({"hypotension": True, "vasopressors": 1}, 3, id="one vasopressor"),
        pytest.param(
            {"hypotension": True, "vasopressors": 1, "vasopressin": True},
            3,
            id="vasopressin does not count beside one vasopressor",
        ),
        pytest.param({"hypotension": True, "vasopressin": True}, 3, id="vasopressin alone"),
        pytest.param({"hypotension": True, "vasopressors": 2}, 4, id="two vasopressors"),
        pytest.param({"vasopressors": 1}, 3, id="pressure held by a vasopressor"),
        pytest.param(
            {"hypotension": True, "vasopressors": 3, "hypotension_other_cause": True},
            1,
            id="hypotension of another cause",
        ),
        pytest.param({"oxygen": OxygenDevice.BLOW_BY}, 2, id="blow-by"),
        pytest.param(
            {"oxygen": OxygenDevice.NASAL_CANNULA, "flow": Decimal("6")}, 2, id="6 L/min is low"
        ),
        pytest.param(
            {"oxygen": OxygenDevice.NASAL_CANNULA, "flow": Decimal("6.1")}, 3, id="6.1 is high"
        ),
        pytest.param({"oxygen": OxygenDevice.HIGH_FLOW_NASAL_CANNULA}, 3, id="heated high flow"),
        pytest.param({"oxygen": OxygenDevice.FACE_MASK}, 3, id="face mask"),
        pytest.param({"oxygen": OxygenDevice.NON_REBREATHER}, 3, id="non-rebreather"),
        pytest.param(
            {
                "oxygen": OxygenDevice.CPAP,
                "positive_pressure_reason": PositivePressureReason.HYPOXIA,
            },
            4,
            id="CPAP for hypoxia",
        ),
        pytest.param(
            {
                "oxygen": OxygenDevice.BIPAP,
                "positive_pressure_reason": PositivePressureReason.HYPOXIA,
            },
            4,
            id="BiPAP for hypoxia",
        ),
        pytest.param(
            {
                "oxygen": OxygenDevice.INVASIVE_VENTILATION,
                "positive_pressure_reason": PositivePressureReason.AIRWAY_PROTECTION,
            },
            1,
            id="intubated to protect the airway",
        ),
        pytest.param(
            {
                "oxygen": OxygenDevice.CPAP,
                "positive_pressure_reason": PositivePressureReason.OTHER,
            },
            1,
            id="CPAP for sleep apnoea",
        ),
        pytest.param(
            {"oxygen": OxygenDevice.VENTURI, "hypoxia_other_cause": True},
            1,
            id="hypoxia of another cause, as fluid overload",
        ),
        pytest.param(
            {"hypotension": True, "vasopressors": 1, "oxygen": OxygenDevice.BLOW_BY},
            3,
            id="the worse arm decides",
        ),
        pytest.param({"died_of_crs": True}, 5, id="died of it"),
    ],
)
def test_crs_grade_is_the_worse_arm_given_fever(changes: dict[str, Any], grade: int) -> None:
    grading = crs_grade(replace(FEVER_ALONE, **changes))
    assert grading.grade == grade
    assert not grading.at_least
    assert not grading.missing


@pytest.mark.parametrize(
    ("established", "treated", "grade"),
    [
        pytest.param(True, True, 3, id="established and treated: fever waived"),
        pytest.param(True, False, 0, id="established but untreated"),
        pytest.param(False, True, 0, id="an antipyretic before any fever establishes nothing"),
    ],
)
def test_fever_is_waived_once_crs_is_established_and_treated(
    established: bool, treated: bool, grade: int
) -> None:
    afebrile_on_a_vasopressor = replace(
        FEVER_ALONE,
        temperature_max=Decimal("36.5"),
        vasopressors=1,
        established=established,
        treated=treated,
    )
    assert crs_grade(afebrile_on_a_vasopressor).grade == grade


def test_an_established_treated_crs_with_nothing_left_is_grade_0() -> None:
    over = replace(FEVER_ALONE, temperature_max=Decimal("36.5"), established=True, treated=True)
    assert crs_grade(over).grade == 0
    assert crs_grade(over).decided_by == ()


AFEBRILE_UNDER_TREATMENT = replace(
    FEVER_ALONE, temperature_max=Decimal("36.5"), established=True, treated=True
)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({"oxygen": None}, ("oxygen",), id="device"),
        pytest.param(
            {"oxygen": OxygenDevice.CPAP}, ("positive_pressure_reason",), id="reason for CPAP"
        ),
        pytest.param({"hypotension": None}, ("hypotension",), id="pressure"),
        pytest.param(
            {"hypotension": None, "vasopressors": None},
            ("hypotension", "vasopressors"),
            id="pressure and vasopressors",
        ),
        pytest.param({"temperature_max": None}, ("temperature_max",), id="temperature"),
    ],
)
def test_no_grade_when_nothing_was_found_and_something_not_recorded(
    changes: dict[str, Any], missing: tuple[str, ...]
) -> None:
    grading = crs_grade(replace(AFEBRILE_UNDER_TREATMENT, **changes))
    assert (grading.grade, grading.missing) == (None, missing)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({"hypotension": None, "vasopressors": 0}, (), id="pressure alone: at most 2"),
        pytest.param(
            {"hypotension": None, "vasopressin": None},
            ("hypotension", "vasopressin"),
            id="vasopressin unknown: up to 3",
        ),
    ],
)
def test_an_open_arm_reaches_no_further_than_its_parts(
    changes: dict[str, Any], missing: tuple[str, ...]
) -> None:
    grade_2 = replace(FEVER_ALONE, oxygen=OxygenDevice.BLOW_BY, **changes)
    assert (crs_grade(grade_2).grade, crs_grade(grade_2).missing) == (2, missing)
    grade_3 = replace(FEVER_ALONE, oxygen=OxygenDevice.VENTURI, **changes)
    assert (crs_grade(grade_3).grade, crs_grade(grade_3).missing) == (3, ())


def test_unknown_vasopressors_leave_grade_4_open_beside_grade_3_of_oxygen() -> None:
    open_arm = replace(
        FEVER_ALONE, hypotension=True, vasopressors=None, oxygen=OxygenDevice.VENTURI
    )
    assert (crs_grade(open_arm).grade, crs_grade(open_arm).at_least) == (3, True)
    assert crs_grade(open_arm).missing == ("vasopressors",)


def test_a_crs_is_neither_established_nor_treated_unless_said() -> None:
    afebrile = replace(FEVER_ALONE, temperature_max=Decimal("37.0"), vasopressors=1)
    assert not afebrile.established
    assert not afebrile.treated


def test_fever_alone_still_counts_once_waived() -> None:
    assert crs_grade(replace(FEVER_ALONE, established=True, treated=True)).grade == 1


@pytest.mark.parametrize(
    ("changes", "decided_by"),
    [
        pytest.param({}, (CrsArm.FEVER,), id="fever"),
        pytest.param({"temperature_max": Decimal("37.0")}, (CrsArm.FEVER,), id="lack of fever"),
        pytest.param({"hypotension": True}, (CrsArm.HYPOTENSION,), id="hypotension"),
        pytest.param({"oxygen": OxygenDevice.VENTURI}, (CrsArm.HYPOXIA,), id="hypoxia"),
        pytest.param(
            {"hypotension": True, "oxygen": OxygenDevice.BLOW_BY},
            (CrsArm.HYPOTENSION, CrsArm.HYPOXIA),
            id="both",
        ),
        pytest.param({"died_of_crs": True}, (CrsArm.DEATH,), id="death"),
    ],
)
def test_crs_says_what_decided(changes: dict[str, Any], decided_by: tuple[CrsArm, ...]) -> None:
    assert crs_grade(replace(FEVER_ALONE, **changes)).decided_by == decided_by


@pytest.mark.parametrize(
    ("changes", "grade", "at_least", "missing"),
    [
        pytest.param({"temperature_max": None}, None, False, ("temperature_max",), id="no temp"),
        pytest.param(
            {"temperature_max": None, "vasopressors": 2},
            None,
            False,
            ("temperature_max",),
            id="no temperature: two vasopressors alone are no CRS",
        ),
        pytest.param(
            {
                "temperature_max": None,
                "established": True,
                "treated": True,
                "vasopressors": 2,
            },
            4,
            False,
            (),
            id="temperature not needed once waived",
        ),
        pytest.param({"oxygen": None}, 1, True, ("oxygen",), id="no device"),
        pytest.param(
            {"oxygen": OxygenDevice.NASAL_CANNULA}, 2, True, ("flow",), id="cannula without flow"
        ),
        pytest.param(
            {"oxygen": OxygenDevice.NASAL_CANNULA, "vasopressors": 1},
            3,
            False,
            (),
            id="a flow that cannot change the grade is not missing",
        ),
        pytest.param(
            {"oxygen": OxygenDevice.BIPAP},
            1,
            True,
            ("positive_pressure_reason",),
            id="positive pressure, reason unknown",
        ),
        pytest.param(
            {"hypotension": True, "vasopressors": None},
            2,
            True,
            ("vasopressors",),
            id="hypotension, vasopressors unknown",
        ),
        pytest.param(
            {"hypotension": True, "vasopressin": None},
            2,
            True,
            ("vasopressin",),
            id="no vasopressor, vasopressin unknown",
        ),
        pytest.param(
            {"vasopressors": None, "vasopressin": True},
            3,
            True,
            ("vasopressors",),
            id="vasopressin, others unknown",
        ),
        pytest.param({"hypotension": None}, 1, True, ("hypotension",), id="pressure unknown"),
        pytest.param(
            {"hypotension": None, "vasopressors": 1}, 3, False, (), id="a vasopressor tells"
        ),
        pytest.param(
            {"hypotension": False, "vasopressors": None, "vasopressin": None},
            1,
            False,
            (),
            id="no hypotension needs no list of vasopressors",
        ),
    ],
)
def test_crs_says_what_was_missing(
    changes: dict[str, Any], grade: int | None, at_least: bool, missing: tuple[str, ...]
) -> None:
    grading = crs_grade(replace(FEVER_ALONE, **changes))
    assert (grading.grade, grading.at_least, grading.missing) == (grade, at_least, missing)


def test_a_flow_of_zero_is_a_flow() -> None:
    turned_off = replace(FEVER_ALONE, oxygen=OxygenDevice.NASAL_CANNULA, flow=Decimal(0))
    assert crs_grade(turned_off).grade == 2


@pytest.mark.parametrize("changes", [{"vasopressors": -1}, {"flow": Decimal("-0.1")}])
def test_impossible_crs_findings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        replace(FEVER_ALONE, **changes)


@pytest.mark.parametrize(
    ("score", "grade"),
    [(10, 0), (9, 1), (7, 1), (6, 2), (3, 2), (2, 3), (1, 3), (0, 3)],
)
def test_ice_score_of_an_awake_subject(score: int, grade: int) -> None:
    assert icans_grade(replace(WELL, ice_score=score)).grade == grade


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        pytest.param({}, 0, id="ICE 10, alert and nothing else"),
        pytest.param({"consciousness": ConsciousnessLevel.AWAKENS_SPONTANEOUSLY}, 1, id="drowsy"),
        pytest.param({"consciousness": ConsciousnessLevel.AWAKENS_TO_VOICE}, 2, id="voice"),
        pytest.param({"consciousness": ConsciousnessLevel.AWAKENS_TO_TACTILE}, 3, id="touch"),
        pytest.param(
            {"ice_score": 0, "consciousness": ConsciousnessLevel.UNAROUSABLE_OR_VIGOROUS_STIMULI},
            4,
            id="ICE 0 because unarousable",
        ),
        pytest.param(
            {
                "ice_score": None,
                "ice_not_done_reason": IceNotDoneReason.UNAROUSABLE,
                "consciousness": None,
            },
            4,
            id="ICE untestable because unarousable",
        ),
        pytest.param({"seizure": SeizureFinding.CLINICAL_RESOLVED_RAPIDLY}, 3, id="brief seizure"),
        pytest.param({"seizure": SeizureFinding.PROLONGED_OVER_5_MIN}, 4, id="over 5 minutes"),
        pytest.param({"motor": MotorFinding.DEEP_FOCAL_WEAKNESS}, 4, id="hemiparesis"),
        pytest.param({"motor": MotorFinding.TREMOR_OR_MYOCLONUS}, 0, id="tremor"),
        pytest.param({"raised_pressure": RaisedPressureFinding.FOCAL_EDEMA}, 3, id="focal oedema"),
        pytest.param({"raised_pressure": RaisedPressureFinding.POSTURING}, 4, id="posturing"),
        pytest.param({"raised_pressure": RaisedPressureFinding.SIXTH_NERVE_PALSY}, 4, id="VI"),
        pytest.param({"raised_pressure": RaisedPressureFinding.PAPILLEDEMA}, 4, id="papilloedema"),
        pytest.param({"raised_pressure": RaisedPressureFinding.CUSHING_TRIAD}, 4, id="Cushing"),
        pytest.param(
            {
                "raised_pressure": RaisedPressureFinding.DIFFUSE_EDEMA,
                "intracranial_haemorrhage": True,
            },
            0,
            id="oedema around a haemorrhage",
        ),
        pytest.param({"intracranial_haemorrhage": True}, 0, id="haemorrhage alone"),
        pytest.param(
            {"ice_score": 5, "intracranial_haemorrhage": True},
            2,
            id="a haemorrhage takes nothing from the other domains",
        ),
        pytest.param(
            {
                "consciousness": ConsciousnessLevel.AWAKENS_TO_TACTILE,
                "other_cause": frozenset({IcansDomain.CONSCIOUSNESS}),
            },
            0,
            id="drowsy from a sedative",
        ),
        pytest.param(
            {
                "seizure": SeizureFinding.REPETITIVE_NO_RETURN,
                "other_cause": frozenset({IcansDomain.SEIZURE}),
                "ice_score": 8,
            },
            1,
            id="seizures of known epilepsy",
        ),
        pytest.param({"died_of_icans": True, "ice_score": 10}, 5, id="died of it"),
    ],
)
def test_icans_grade_is_the_worst_domain(changes: dict[str, Any], grade: int) -> None:
    grading = icans_grade(replace(WELL, **changes))
    assert (grading.grade, grading.missing) == (grade, ())


SEDATED = replace(
    WELL,
    ice_score=None,
    ice_not_done_reason=IceNotDoneReason.SEDATED,
    consciousness=ConsciousnessLevel.UNAROUSABLE_OR_VIGOROUS_STIMULI,
    other_cause=frozenset({IcansDomain.CONSCIOUSNESS}),
)


@pytest.mark.parametrize(
    ("findings", "grade", "at_least", "missing"),
    [
        pytest.param(SEDATED, None, False, ("ice_score",), id="sedated: not assessable"),
        pytest.param(
            replace(SEDATED, seizure=SeizureFinding.NONCONVULSIVE_EEG_RESOLVED),
            3,
            True,
            ("ice_score",),
            id="sedated with a seizure on EEG: at least 3",
        ),
        pytest.param(
            replace(SEDATED, ice_score=0, ice_not_done_reason=None),
            None,
            False,
            ("ice_score",),
            id="ICE 0 under sedation says nothing",
        ),
        pytest.param(
            replace(SEDATED, ice_not_done_reason=IceNotDoneReason.UNAROUSABLE),
            None,
            False,
            ("ice_score",),
            id="unarousable from sedation says nothing",
        ),
        pytest.param(
            replace(WELL, ice_score=None, ice_not_done_reason=IceNotDoneReason.LANGUAGE),
            None,
            False,
            ("ice_score",),
            id="no common language, otherwise well",
        ),
        pytest.param(
            replace(
                WELL,
                ice_score=None,
                ice_not_done_reason=IceNotDoneReason.NOT_DONE,
                consciousness=ConsciousnessLevel.AWAKENS_TO_TACTILE,
            ),
            3,
            False,
            (),
            id="an arousable subject's ICE is at worst 3",
        ),
        pytest.param(
            replace(WELL, ice_score=None, ice_not_done_reason=IceNotDoneReason.UNAROUSABLE),
            None,
            False,
            ("ice_score",),
            id="unarousable and alert contradict each other",
        ),
        pytest.param(
            replace(WELL, ice_score=None), None, False, ("ice_score",), id="no ICE and no reason"
        ),
        pytest.param(
            replace(WELL, consciousness=None, seizure=None, motor=None, raised_pressure=None),
            None,
            False,
            ("consciousness", "seizure", "motor", "raised_pressure"),
            id="ICE 10 alone does not make a grade 0",
        ),
        pytest.param(
            replace(WELL, ice_score=8, motor=None), 1, True, ("motor",), id="ICE 8, motor unknown"
        ),
    ],
)
def test_icans_says_what_was_missing(
    findings: IcansFindings, grade: int | None, at_least: bool, missing: tuple[str, ...]
) -> None:
    grading = icans_grade(findings)
    assert (grading.grade, grading.at_least, grading.missing) == (grade, at_least, missing)


def test_icans_says_which_domains_decided() -> None:
    findings = replace(WELL, ice_score=1, seizure=SeizureFinding.CLINICAL_RESOLVED_RAPIDLY)
    assert icans_grade(findings).decided_by == (IcansDomain.ICE, IcansDomain.SEIZURE)
    died = icans_grade(replace(findings, died_of_icans=True, motor=None))
    assert (died.decided_by, died.at_least, died.missing) == ((IcansDomain.DEATH,), False, ())
    assert icans_grade(WELL).decided_by == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ice_score": 11}, "0 to 10"),
        ({"ice_score": -1}, "0 to 10"),
        ({"ice_score": 5, "ice_not_done_reason": IceNotDoneReason.SEDATED}, "needs no reason"),
    ],
)
def test_impossible_icans_findings_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(WELL, **changes)
