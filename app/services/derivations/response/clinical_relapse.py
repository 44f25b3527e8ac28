"""Signs of clinical relapse at each visit, of its evaluation and of the records around it.

It is a flag and never the category; neither progression nor any time to an event uses it.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, clinical relapse; the trial's reading
of it, section 8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.services.criteria.imwg import units
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.clinical_relapse import (
    ClinicalRelapseSign,
    clinical_relapse_signs,
)
from app.services.criteria.imwg.visit_response import VisitResponse
from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import AdverseEvent, SubjectHistory

DAYS_AROUND: Final = 7
"""How far from the serum sample a blood result still belongs to its evaluation."""
HYPERVISCOSITY: Final = "hyperviscos"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalRelapse:
    """The signs of clinical relapse at one visit.

    Attributes:
        signs: present, and of the myeloma.
        to_be_attributed: present by their numbers; whether they come from therapy or from the
            myeloma no record says, so somebody has to.
    """

    signs: tuple[ClinicalRelapseSign, ...]
    to_be_attributed: tuple[ClinicalRelapseSign, ...]


def clinical_relapse(visit: VisitResponse, history: SubjectHistory) -> ClinicalRelapse:
    """Give the signs of clinical relapse at a visit.

    Haemoglobin and creatinine are held against the last value on or before lymphodepletion, else
    before the infusion day: the laboratory result nearest the visit within 7 days, the later of two
    equally near.

    Source: IMWG 2016, table 4, clinical relapse: haemoglobin down by 2 g/dL not from therapy,
    creatinine up by 2 mg/dL due to myeloma, hyperviscosity.
    Decision: no record attributes a laboratory value, so these two are shown to be attributed and
    are not in the flag. Hyperviscosity is an adverse event reported by that name.
    """
    thick = any(_is_hyperviscosity(event, visit.anchor) for event in history.adverse_events)
    by_numbers = clinical_relapse_signs(
        haemoglobin_fall=_change(history, visit.anchor, "HGB", units.haemoglobin, falling=True),
        creatinine_rise=_change(history, visit.anchor, "CREAT", units.creatinine, falling=False),
    )
    of_events = clinical_relapse_signs(hyperviscosity=thick)
    return ClinicalRelapse(signs=(*visit.clinical_relapse, *of_events), to_be_attributed=by_numbers)


def _is_hyperviscosity(event: AdverseEvent, day: date) -> bool:
    named = f"{event.term} {event.other_specify or ''}".casefold()
    begun = event.onset is None or event.onset.earliest <= day
    over = event.end is not None and event.end.latest < day
    return HYPERVISCOSITY in named and begun and not over


def _change(
    history: SubjectHistory,
    day: date,
    analyte: str,
    convert: Callable[[Decimal, str], Decimal],
    *,
    falling: bool,
) -> Bounds | None:
    """Give by how much an analyte has fallen or risen from its start; None: either is missing."""
    values = [
        (result.collected.latest, result.record.record_id, bounds)
        for result in history.lab_values
        if result.analyte == analyte and (bounds := _bounds(result, convert)) is not None
    ]
    closes = lymphodepletion_of(history).first_day
    if closes is None:
        closes = history.infused_on - timedelta(days=1) if history.infused_on else date.min
    before = [value for value in values if value[0] <= closes]
    near = [
        value for value in values if value[0] > closes and abs((value[0] - day).days) <= DAYS_AROUND
    ]
    if not before or not near:
        return None
    start = max(before, key=lambda value: value[:2])[2]
    now = max(near, key=lambda value: (-abs((value[0] - day).days), *value[:2]))[2]
    return start.minus(now) if falling else now.minus(start)


def _bounds(value: LabValue, convert: Callable[[Decimal, str], Decimal]) -> Bounds | None:
    if value.value is None or value.spurious or value.unit is None:
        return None
    try:
        return Bounds.of(convert(value.value, value.unit), value.comparator)
    except ValueError:
        return None
