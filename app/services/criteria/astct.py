"""Grade cytokine release syndrome and ICANS from what was found, ASTCT 2019.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38, tables 2, 5 and 6.
What was not recorded is dealt with in ``astct_grading``.
"""

from decimal import Decimal
from typing import Final

from app.services.criteria.astct_findings import (
    CrsArm,
    CrsFindings,
    IcansDomain,
    IcansFindings,
)
from app.services.criteria.astct_grading import (
    NOT_COUNTED,
    AstctGrading,
    GradeOfPart,
    read,
    settled,
    worst,
)
from app.vocabularies.astct import (
    POSITIVE_PRESSURE,
    ConsciousnessLevel,
    IceNotDoneReason,
    MotorFinding,
    OxygenDevice,
    PositivePressureReason,
    RaisedPressureFinding,
    SeizureFinding,
)

FEVER: Final = Decimal("38.0")
"""Temperature from which there is fever, degrees Celsius."""

LOW_FLOW: Final = Decimal(6)
"""Highest flow of a low-flow nasal cannula, L/min."""

_OXYGEN: Final = {
    OxygenDevice.ROOM_AIR: 0,
    OxygenDevice.BLOW_BY: 2,
    OxygenDevice.HIGH_FLOW_NASAL_CANNULA: 3,
    OxygenDevice.FACE_MASK: 3,
    OxygenDevice.NON_REBREATHER: 3,
    OxygenDevice.VENTURI: 3,
}
_CONSCIOUSNESS: Final = {
    ConsciousnessLevel.ALERT: 0,
    ConsciousnessLevel.AWAKENS_SPONTANEOUSLY: 1,
    ConsciousnessLevel.AWAKENS_TO_VOICE: 2,
    ConsciousnessLevel.AWAKENS_TO_TACTILE: 3,
    ConsciousnessLevel.UNAROUSABLE_OR_VIGOROUS_STIMULI: 4,
}
_SEIZURE: Final = {
    SeizureFinding.NONE: 0,
    SeizureFinding.CLINICAL_RESOLVED_RAPIDLY: 3,
    SeizureFinding.NONCONVULSIVE_EEG_RESOLVED: 3,
    SeizureFinding.PROLONGED_OVER_5_MIN: 4,
    SeizureFinding.REPETITIVE_NO_RETURN: 4,
}
_MOTOR: Final = {
    MotorFinding.NONE: 0,
    MotorFinding.TREMOR_OR_MYOCLONUS: 0,
    MotorFinding.DEEP_FOCAL_WEAKNESS: 4,
}
_RAISED_PRESSURE: Final = {
    RaisedPressureFinding.NONE: 0,
    RaisedPressureFinding.FOCAL_EDEMA: 3,
    RaisedPressureFinding.DIFFUSE_EDEMA: 4,
    RaisedPressureFinding.POSTURING: 4,
    RaisedPressureFinding.SIXTH_NERVE_PALSY: 4,
    RaisedPressureFinding.PAPILLEDEMA: 4,
    RaisedPressureFinding.CUSHING_TRIAD: 4,
}


def crs_grade(findings: CrsFindings) -> AstctGrading:
    """Grade cytokine release syndrome: the worse of hypotension and hypoxia, given fever.

    Fever must have no other cause. Once CRS is established and was treated, fever is waived and
    the two arms decide alone. Organ toxicity does not enter.

    Source: Lee 2019, table 2.
    """
    if findings.died_of_crs:
        return AstctGrading(5, at_least=False, decided_by=(CrsArm.DEATH,), missing=())
    fever = _fever(findings)
    if not (findings.established and findings.treated) and fever.shown == 0:
        if fever.most == 0:
            return AstctGrading(0, at_least=False, decided_by=(CrsArm.FEVER,), missing=())
        return AstctGrading(None, at_least=False, decided_by=(), missing=fever.missing)
    return worst(
        {
            CrsArm.FEVER: fever,
            CrsArm.HYPOTENSION: _hypotension(findings),
            CrsArm.HYPOXIA: _hypoxia(findings),
        }
    )


def icans_grade(findings: IcansFindings) -> AstctGrading:
    """Grade ICANS in an adult: the worst domain that is not due to something else.

    Tremor, myoclonus and intracranial haemorrhage do not count.

    Source: Lee 2019, tables 5 and 6.
    Decision: with an intracranial haemorrhage the whole domain of oedema and raised pressure is
    put down to it.
    """
    if findings.died_of_icans:
        return AstctGrading(5, at_least=False, decided_by=(IcansDomain.DEATH,), missing=())
    readings = {
        IcansDomain.ICE: _ice(findings),
        IcansDomain.CONSCIOUSNESS: read("consciousness", findings.consciousness, _CONSCIOUSNESS),
        IcansDomain.SEIZURE: read("seizure", findings.seizure, _SEIZURE),
        IcansDomain.MOTOR: read("motor", findings.motor, _MOTOR),
        IcansDomain.RAISED_PRESSURE: read(
            "raised_pressure", findings.raised_pressure, _RAISED_PRESSURE
        ),
    }
    not_counted = set(findings.other_cause)
    if findings.intracranial_haemorrhage:
        not_counted.add(IcansDomain.RAISED_PRESSURE)
    return worst(
        {
            domain: NOT_COUNTED if domain in not_counted else reading
            for domain, reading in readings.items()
        }
    )


def _fever(findings: CrsFindings) -> GradeOfPart:
    if findings.fever_other_cause:
        return NOT_COUNTED
    if findings.temperature_max is None:
        return GradeOfPart(0, 1, ("temperature_max",))
    return settled(1 if findings.temperature_max >= FEVER else 0)


def _hypotension(findings: CrsFindings) -> GradeOfPart:
    """Read the hypotension arm: 2 without vasopressor, 3 with one, 4 with two or more.

    Decision: vasopressin as the only agent is one vasopressor. A vasopressor shows hypotension
    whatever the pressure under it; no hypotension and no word of vasopressors is none.
    """
    if findings.hypotension_other_cause:
        return NOT_COUNTED
    agents = findings.vasopressors
    if agents:
        return settled(4 if agents >= 2 else 3)
    if findings.vasopressin:
        return settled(3) if agents == 0 else GradeOfPart(3, 4, ("vasopressors",))
    if findings.hypotension is False:
        return settled(0)
    missing = tuple(
        part
        for part, value in (
            ("hypotension", findings.hypotension),
            ("vasopressors", agents),
            ("vasopressin", findings.vasopressin),
        )
        if value is None
    )
    shown = 2 if findings.hypotension else 0
    if not missing:
        return settled(shown)
    if agents is None:
        return GradeOfPart(shown, 4, missing)
    return GradeOfPart(shown, 3 if findings.vasopressin is None else 2, missing)


def _hypoxia(findings: CrsFindings) -> GradeOfPart:
    """Read the hypoxia arm from the device: 2 low flow, 3 high flow or mask, 4 positive pressure.

    Decision: heated high-flow nasal oxygen is above 6 L/min whatever flow was written down.
    """
    if findings.hypoxia_other_cause:
        return NOT_COUNTED
    device = findings.oxygen
    if device in POSITIVE_PRESSURE:
        reason = findings.positive_pressure_reason
        if reason is None:
            return GradeOfPart(0, 4, ("positive_pressure_reason",))
        return settled(4) if reason is PositivePressureReason.HYPOXIA else NOT_COUNTED
    if device is OxygenDevice.NASAL_CANNULA:
        if findings.flow is None:
            return GradeOfPart(2, 3, ("flow",))
        return settled(2 if findings.flow <= LOW_FLOW else 3)
    return GradeOfPart(0, 4, ("oxygen",)) if device is None else settled(_OXYGEN[device])


def _ice(findings: IcansFindings) -> GradeOfPart:
    """Read the ICE score: 7-9 is 1, 3-6 is 2, 0-2 is 3, and untestable because unarousable 4.

    Decision: in a subject unarousable for another reason, a score of 0 and an untestable one are
    due to that reason too and say nothing of ICE. An unarousable reason beside a level from which
    the subject woke is a contradiction and says nothing either.
    """
    level, score = findings.consciousness, findings.ice_score
    unarousable = level is ConsciousnessLevel.UNAROUSABLE_OR_VIGOROUS_STIMULI
    other_cause = IcansDomain.CONSCIOUSNESS in findings.other_cause
    unknown = GradeOfPart(0, 3 if level is not None and not unarousable else 4, ("ice_score",))
    if score is None:
        untestable = findings.ice_not_done_reason is IceNotDoneReason.UNAROUSABLE
        awake = level is not None and not unarousable
        return unknown if not untestable or awake or other_cause else settled(4)
    if score == 0 and unarousable:
        return unknown if other_cause else settled(4)
    if score == 10:
        return settled(0)
    return settled(1 if score >= 7 else 2 if score >= 3 else 3)
