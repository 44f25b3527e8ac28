"""Whose protein a spike on electrophoresis is, and what serum comes to where there are several.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, footnotes on complete response; the
trial's reading U7. IMWG is silent on more than one serum M-protein.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Final

from app.services.criteria.imwg import units
from app.services.criteria.imwg.bands import (
    immunofixation_is_negative,
    is_foreign,
    is_own,
    is_proven_drug,
    is_the_myeloma,
)
from app.services.criteria.imwg.bounds import ZERO, Bounds
from app.services.criteria.imwg.evaluation import (
    Immunofixation,
    Isotype,
    SerumMProtein,
    SerumMProteinOfIsotype,
    UrineMProtein,
)
from app.vocabularies.imwg import BandOwner

CALLED_FOREIGN: Final = frozenset({BandOwner.OTHER_ISOTYPE, BandOwner.DRUG_PROVEN})
CALLED_A_DRUG: Final = frozenset({BandOwner.DRUG_PROVEN, BandOwner.DRUG_SUSPECTED})
NOTHING: Final = Bounds(ZERO, ZERO)


def spike_is_foreign(
    spike: SerumMProtein | UrineMProtein,
    immunofixation: Immunofixation | None,
    own: Iterable[Isotype],
) -> bool:
    """Tell whether a quantified spike is another protein than the patient's, and so counts as 0.

    One that is called another isotype or a drug is believed only beside a band of the same fluid
    that is not the patient's. One that is called a suspected drug, or nothing, is another protein
    where the bands listed are all not the patient's.

    Source: IMWG 2016, table 4, footnotes; the trial's reading U7.
    """
    if spike.owner is BandOwner.ORIGINAL or immunofixation is None or immunofixation.spurious:
        return False
    known, bands = tuple(own), immunofixation.bands
    if spike.owner in CALLED_FOREIGN:
        return any(not is_the_myeloma(band, known) for band in bands)
    return bool(bands) and immunofixation_is_negative(immunofixation, known) is True


def owner_is_unproven(
    spike: SerumMProtein | UrineMProtein,
    immunofixation: Immunofixation | None,
    own: Iterable[Isotype],
) -> bool:
    """Tell whether a spike is called another protein and counts as the patient's all the same."""
    called = spike.owner in CALLED_FOREIGN | CALLED_A_DRUG
    found = spike.usable and spike.value != 0
    return called and found and not spike_is_foreign(spike, immunofixation, own)


def m_protein_is_foreign(
    spike: SerumMProteinOfIsotype,
    immunofixation: Immunofixation | None,
    own: Iterable[Isotype],
) -> bool:
    """Tell whether one of several serum M-proteins is not the patient's: it counts as 0.

    Its isotype says so where it differs from every own one. Called a proven drug, it is where a
    band of the same immunofixation is proven to be one by a named test; called another isotype, it
    is beside a band that is not the patient's, unless its isotype is an own one.

    Source: the trial's reading U7.
    """
    known = tuple(own)
    if spike.owner is BandOwner.ORIGINAL:
        return False
    if is_foreign(spike.isotype, known):
        return True
    bands = () if immunofixation is None or immunofixation.spurious else immunofixation.bands
    match spike.owner:
        case BandOwner.DRUG_PROVEN:
            return any(
                is_proven_drug(band) and not is_foreign(band.isotype, (spike.isotype,))
                for band in bands
            )
        case BandOwner.OTHER_ISOTYPE if not is_own(spike.isotype, known):
            return any(not is_the_myeloma(band, known) for band in bands)
        case _:
            return False


def serum_of_several(
    spikes: Iterable[SerumMProteinOfIsotype],
    immunofixation: Immunofixation | None,
    own: Iterable[Isotype],
) -> Bounds | None:
    """Give the serum value of several M-proteins, g/dL: the sum of those that are the patient's.

    None where one of these was not done, or is held for a laboratory error.

    Source: the trial's reading U7; IMWG 2016 is silent on the sum.
    """
    known = tuple(own)
    ours = [spike for spike in spikes if not m_protein_is_foreign(spike, immunofixation, known)]
    amounts = [amount_of(spike) for spike in ours]
    measured = [amount for amount in amounts if amount is not None]
    return reduce(Bounds.plus, measured, NOTHING) if len(measured) == len(ours) else None


def amount_of(spike: SerumMProtein) -> Bounds | None:
    """Give a usable serum M-protein, g/dL; None: not done, or held for a laboratory error."""
    if spike.value is None or spike.spurious:
        return None
    return Bounds.of(units.serum_m_protein(spike.value, spike.unit), spike.comparator)
