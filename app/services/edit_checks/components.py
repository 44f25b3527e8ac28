"""The components of disease evaluations, each with the day it was collected.

Source: the trial's protocol, what belongs to one disease evaluation.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from app.models.assessment import AssessmentFields
from app.services.edit_checks.rule import CheckedRecord
from app.trial.response import ComponentWindow
from app.trial.trial import Trial


class MeasuredComponent(NamedTuple):
    """One component that was measured: where it stands, and when it was collected.

    Attributes:
        name: member of the assessment, or the way to it.
        dated_by: the member of the component that dates it.
        day: collected on, by default the day of the assessment.
    """

    name: str
    dated_by: str
    day: date


_BLOOD_AND_URINE: Final = (
    "serum_m_protein",
    "immunoglobulin",
    "urine_m_protein",
    "serum_immunofixation",
    "urine_immunofixation",
    "free_kappa",
    "free_lambda",
)
_MARROW: Final = ("marrow", "mrd")
_IMAGED: Final = ("imaging", "pet_ct")


def measured(assessment: CheckedRecord[AssessmentFields]) -> Iterator[MeasuredComponent]:
    """Give the components that have a result, those not done left out."""
    for name in (*_BLOOD_AND_URINE, *_MARROW, *_IMAGED):
        part = getattr(assessment.fields, name)
        if part is None or getattr(part, "not_done", None) is not None:
            continue
        if getattr(part, "spurious", False):
            continue
        dated_by = "imaged_on" if name in _IMAGED else "collected_on"
        yield MeasuredComponent(name, dated_by, collected(assessment, part, dated_by))
    for index, protein in enumerate(assessment.fields.serum_m_proteins or ()):
        if protein.value.not_done is None and not protein.value.spurious:
            name = f"serum_m_proteins/{index}/value"
            yield MeasuredComponent(name, "collected_on", collected(assessment, protein.value))


def collected(
    assessment: CheckedRecord[AssessmentFields], part: Any, dated_by: str = "collected_on"
) -> date:
    """Give the day a component was collected."""
    own = getattr(part, dated_by)
    return assessment.fields.assessed_on if own is None else assessment.days(own).earliest


def window_of(trial: Trial, component: MeasuredComponent) -> ComponentWindow:
    """Give the days that the protocol allows a component."""
    windows = trial.response.components
    if component.name in _BLOOD_AND_URINE or component.name.startswith("serum_m_proteins"):
        return windows.blood_and_urine
    return windows.marrow if component.name in _MARROW else windows.imaging
