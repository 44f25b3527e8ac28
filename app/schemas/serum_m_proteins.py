"""Several serum M-proteins in one evaluation: what they cannot mean beside the one serum value.

Source: the trial's reading U7 of the IMWG 2016 criteria: serum is the sum of the M-proteins that
are the patient's; one of these that was not done leaves no serum value.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from app.models.assessment import AssessmentFields
from app.models.measurements import SerumMProtein
from app.schemas.refusals import Refusal
from app.vocabularies.imwg import BandOwner
from app.vocabularies.laboratory import Comparator
from app.vocabularies.unit_conversion import in_unit

UNIT: Final = "g/dL"
FOREIGN: Final = frozenset({BandOwner.OTHER_ISOTYPE, BandOwner.DRUG_PROVEN})

Interval = tuple[Decimal, Decimal | None]
"""Least and greatest value, g/dL; None: no upper end."""


def serum_m_proteins(assessment: AssessmentFields) -> Iterator[Refusal]:
    """Require each M-protein to have a chain, and their sum to be the serum value beside it."""
    several = assessment.serum_m_proteins
    if several is None:
        return
    if not several:
        yield Refusal(
            "serum_m_proteins",
            "list_empty",
            "list each M-protein; where none is quantifiable write 0 in serum_m_protein",
        )
    for index, one in enumerate(several):
        if one.isotype.heavy_chain is None and one.isotype.light_chain is None:
            yield Refusal(
                ("serum_m_proteins", index, "isotype"),
                "isotype_missing",
                "write the heavy chain, the light chain, or both",
            )
    whole = assessment.serum_m_protein
    if whole is not None and several and not whole.spurious and not _agree(assessment):
        yield Refusal(
            ("serum_m_protein", "value"),
            "serum_m_proteins_disagree",
            "the sum of the entries of serum_m_proteins that are the patient's, each with its "
            "unit; not done where one of these is; or leave it out",
        )


def _agree(assessment: AssessmentFields) -> bool:
    """Tell whether one value can be both: the serum value, and the sum of the patient's entries.

    Decision: an entry of a suspected drug may be either; whose it is the criteria decide.
    """
    whole, several = assessment.serum_m_protein, assessment.serum_m_proteins or []
    certain = [
        one.value for one in several if one.owner not in {*FOREIGN, BandOwner.DRUG_SUSPECTED}
    ]
    possible = [one.value for one in several if one.owner not in FOREIGN]
    return whole is not None and any(_same(whole, values) for values in (certain, possible))


def _same(whole: SerumMProtein, values: Iterable[SerumMProtein]) -> bool:
    measured = list(values)
    if any(one.spurious for one in measured):
        return True
    parts = [_interval(one) for one in measured]
    stated, known = _interval(whole), [part for part in parts if part is not None]
    if stated is None or len(known) < len(parts):
        return stated is None and len(known) < len(parts)
    highs = [high for _, high in known if high is not None]
    least = sum((low for low, _ in known), Decimal(0))
    greatest = sum(highs, Decimal(0)) if len(highs) == len(known) else None
    low, high = stated
    return (greatest is None or low <= greatest) and (high is None or least <= high)


def _interval(measured: SerumMProtein) -> Interval | None:
    if measured.value is None or measured.unit is None:
        return None
    value = in_unit(measured.value, measured.unit, UNIT)
    if value is None:
        return None
    if measured.comparator in {Comparator.LESS, Comparator.LESS_OR_EQUAL}:
        return Decimal(0), value
    if measured.comparator in {Comparator.GREATER, Comparator.GREATER_OR_EQUAL}:
        return value, None
    return value, value
