"""Clinical relapse: signs of disease that call for treatment. A flag, never the category.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, clinical relapse; neither progression
nor progression-free survival uses it.
"""

from enum import StrEnum

from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.lesions import Diameters
from app.services.criteria.imwg.usable import UsableEvaluation


class ClinicalRelapseSign(StrEnum):
    """One sign of clinical relapse."""

    NEW_LESION = "new_lesion"
    LESION_GROWTH = "lesion_growth"
    HYPERCALCAEMIA = "hypercalcaemia"
    HAEMOGLOBIN_FALL = "haemoglobin_fall"
    CREATININE_RISE = "creatinine_rise"
    HYPERVISCOSITY = "hyperviscosity"


def lesion_grew(*, smallest: Diameters, current: Diameters) -> bool:
    """Tell whether a lesion has grown by at least 50 % and at least 1 cm.

    The percentage is that of the product of its diameters, the centimetre that of the longest.

    Source: IMWG 2016, table 4: a definite increase, 50 % and at least 1 cm, measured serially by
    the sum of the products of the cross-diameters.
    """
    by_half = (current.product - smallest.product) * 2 >= smallest.product
    return by_half and current.long_mm - smallest.long_mm >= 10


def signs_of_evaluation(
    history: History, visit: UsableEvaluation
) -> tuple[ClinicalRelapseSign, ...]:
    """Give the signs that an evaluation itself shows: lesions, and calcium.

    A lesion that baseline imaging did not have is no sign until somebody calls it new.

    Source: IMWG 2016, table 4, clinical relapse.
    """
    return clinical_relapse_signs(
        new_lesion=bool(visit.new_lesions),
        lesion_growth=_any_lesion_grew(history, visit),
        corrected_calcium=visit.calcium.bounds if visit.calcium else None,
        calcium_due_to_myeloma=visit.raw.calcium_due_to_myeloma,
    )


def _any_lesion_grew(history: History, visit: UsableEvaluation) -> bool:
    survey = visit.survey
    if survey is None:
        return False
    earlier = history.surveys_before(survey.imaged_on)
    reshaped = survey.reshaped.union(*(before.reshaped for before in earlier))
    return any(
        lesion_grew(smallest=min(seen, key=lambda size: size.product), current=size)
        for lesion_id, size in survey.measured.items()
        if lesion_id not in reshaped
        and (
            seen := [
                before.measured[lesion_id] for before in earlier if lesion_id in before.measured
            ]
        )
    )


def clinical_relapse_signs(
    *,
    new_lesion: bool = False,
    lesion_growth: bool = False,
    corrected_calcium: Bounds | None = None,
    calcium_due_to_myeloma: bool | None = None,
    haemoglobin_fall: Bounds | None = None,
    creatinine_rise: Bounds | None = None,
    hyperviscosity: bool = False,
) -> tuple[ClinicalRelapseSign, ...]:
    """Give the signs of clinical relapse that are present; None for a number: not known.

    Args:
        new_lesion: new soft-tissue plasmacytoma or bone lesion, a compression fracture apart.
        lesion_growth: see :func:`lesion_grew`.
        corrected_calcium: mg/dL; a sign above 11.
        calcium_due_to_myeloma: the investigator's attribution; None: not said, and not excluded.
        haemoglobin_fall: g/dL below the start, not from therapy; a sign from 2.
        creatinine_rise: mg/dL above the start, due to myeloma; a sign from 2.
        hyperviscosity: hyperviscosity due to the paraprotein.

    Source: IMWG 2016, table 4, clinical relapse.
    """
    present = {
        ClinicalRelapseSign.NEW_LESION: new_lesion,
        ClinicalRelapseSign.LESION_GROWTH: lesion_growth,
        ClinicalRelapseSign.HYPERCALCAEMIA: corrected_calcium is not None
        and corrected_calcium.above(11)
        and calcium_due_to_myeloma is not False,
        ClinicalRelapseSign.HAEMOGLOBIN_FALL: haemoglobin_fall is not None
        and haemoglobin_fall.at_least(2),
        ClinicalRelapseSign.CREATININE_RISE: creatinine_rise is not None
        and creatinine_rise.at_least(2),
        ClinicalRelapseSign.HYPERVISCOSITY: hyperviscosity,
    }
    return tuple(sign for sign, found in present.items() if found)
