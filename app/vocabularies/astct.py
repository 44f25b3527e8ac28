"""Words of the ASTCT consensus grading of CRS and ICANS, ASTCT 2019.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38, tables 2 to 6. The grades are not
those of CTCAE 5.0's "Cytokine release syndrome": a grade is always stored with its scale.
"""

from enum import IntEnum
from typing import Final

from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.concept import Concept

VERSION: Final = "ASTCT 2019"


class AstctScale(Concept):
    """Which of the two consensus scales a grade is on."""

    CRS = "ASTCT_CRS", "cytokine release syndrome"
    ICANS_ADULT = "ASTCT_ICANS_ADULT", "neurotoxicity syndrome (ICANS), 12 years and older"


SYNDROME_OF_SCALE: Final = {
    AstctScale.CRS: AesiKind.CRS,
    AstctScale.ICANS_ADULT: AesiKind.ICANS,
}
"""What is graded on each scale."""


class AstctGrade(IntEnum):
    """Grade of a reported CRS or ICANS. No grade 0: without the syndrome there is no event."""

    MILD = 1
    MODERATE = 2
    SEVERE = 3
    LIFE_THREATENING = 4
    DEATH = 5


class OxygenDevice(Concept):
    """How oxygen was given at its most intensive."""

    ROOM_AIR = "ROOM_AIR", "no supplementary oxygen"
    BLOW_BY = "BLOW_BY", "blow-by oxygen"
    NASAL_CANNULA = "NASAL_CANNULA", "nasal cannula; the flow tells low from high"
    HIGH_FLOW_NASAL_CANNULA = "HIGH_FLOW_NASAL_CANNULA", "heated high-flow nasal cannula"
    FACE_MASK = "FACE_MASK", "simple face mask"
    NON_REBREATHER = "NON_REBREATHER", "non-rebreather mask"
    VENTURI = "VENTURI", "Venturi mask"
    CPAP = "CPAP", "continuous positive airway pressure"
    BIPAP = "BIPAP", "bilevel positive airway pressure"
    INVASIVE_VENTILATION = "INVASIVE_VENTILATION", "intubated and ventilated"


CRS_TERM: Final = "Cytokine release syndrome"
"""The CTCAE 5.0 term that has an ASTCT scale; ICANS has no term of its own there."""

POSITIVE_PRESSURE: Final = frozenset(
    {OxygenDevice.CPAP, OxygenDevice.BIPAP, OxygenDevice.INVASIVE_VENTILATION}
)
"""Devices that give positive pressure: grade 4 when given for hypoxia."""


class PositivePressureReason(Concept):
    """Why positive pressure was given; airway protection alone is not hypoxia."""

    HYPOXIA = "HYPOXIA", "hypoxia"
    AIRWAY_PROTECTION = "AIRWAY_PROTECTION", "to protect the airway, without hypoxia"
    OTHER = "OTHER", "another reason, as an operation or sleep apnoea"


class ConsciousnessLevel(Concept):
    """Depressed level of consciousness; ``ALERT`` is the healthy level, apart from grade 1."""

    ALERT = "ALERT", "awake and alert"
    AWAKENS_SPONTANEOUSLY = "AWAKENS_SPONTANEOUSLY", "drowsy, wakes without being roused"
    AWAKENS_TO_VOICE = "AWAKENS_TO_VOICE", "wakes to voice"
    AWAKENS_TO_TACTILE = "AWAKENS_TO_TACTILE", "wakes only to touch"
    UNAROUSABLE_OR_VIGOROUS_STIMULI = (
        "UNAROUSABLE_OR_VIGOROUS_STIMULI",
        "unarousable, or only by vigorous or repeated stimuli; stupor or coma",
    )


class SeizureFinding(Concept):
    """The worst seizure of the day."""

    NONE = "NONE", "no seizure"
    CLINICAL_RESOLVED_RAPIDLY = "CLINICAL_RESOLVED_RAPIDLY", "clinical seizure that stopped quickly"
    NONCONVULSIVE_EEG_RESOLVED = (
        "NONCONVULSIVE_EEG_RESOLVED",
        "seizure on EEG only, which stopped with treatment",
    )
    PROLONGED_OVER_5_MIN = "PROLONGED_OVER_5_MIN", "seizure of more than 5 minutes"
    REPETITIVE_NO_RETURN = (
        "REPETITIVE_NO_RETURN",
        "repeated seizures without return to baseline between them",
    )


class MotorFinding(Concept):
    """The worst motor finding; tremor and myoclonus are graded by CTCAE, not here."""

    NONE = "NONE", "no motor finding"
    TREMOR_OR_MYOCLONUS = "TREMOR_OR_MYOCLONUS", "tremor or myoclonus: not part of ICANS"
    DEEP_FOCAL_WEAKNESS = "DEEP_FOCAL_WEAKNESS", "deep focal weakness, as hemi- or paraparesis"


class RaisedPressureFinding(Concept):
    """The worst sign of cerebral oedema or raised intracranial pressure."""

    NONE = "NONE", "no oedema and no sign of raised pressure"
    FOCAL_EDEMA = "FOCAL_EDEMA", "focal or local oedema on imaging"
    DIFFUSE_EDEMA = "DIFFUSE_EDEMA", "diffuse cerebral oedema on imaging"
    POSTURING = "POSTURING", "decerebrate or decorticate posturing"
    SIXTH_NERVE_PALSY = "SIXTH_NERVE_PALSY", "palsy of cranial nerve VI"
    PAPILLEDEMA = "PAPILLEDEMA", "papilloedema"
    CUSHING_TRIAD = "CUSHING_TRIAD", "Cushing's triad"


class IceNotDoneReason(Concept):
    """Why there is no ICE score; only ``UNAROUSABLE`` grades."""

    UNAROUSABLE = "UNAROUSABLE", "unarousable, the test cannot be done"
    SEDATED = "SEDATED", "sedated"
    LANGUAGE = "LANGUAGE", "no common language, or a speech or hearing impairment"
    NOT_DONE = "NOT_DONE", "not done"
