"""Whose monoclonal protein it is: bands on immunofixation.

After CAR-T cells the recovering marrow makes oligoclonal bands, and therapeutic antibodies show as
bands for months. Neither is the myeloma. What a centre calls a band never beats the chains that the
same evaluation shows.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, footnotes on complete response; the
trial's reading U7.
"""

from collections.abc import Iterable
from typing import Final

from app.services.criteria.imwg.evaluation import (
    Band,
    DiseaseEvaluation,
    Immunofixation,
    Isotype,
    MeasuredValue,
)
from app.vocabularies.imwg import BandOwner, HeavyChain, ImmunofixationResult

UNTOLD: Final = frozenset({None, HeavyChain.NON_SECRETORY})
"""Heavy chains that say nothing of a band."""
MAKES_AN_OWN_ISOTYPE: Final = frozenset({None, BandOwner.ORIGINAL})


def differs(band: Isotype, original: Isotype) -> bool:
    """Tell whether a band's chains show that it is not the ``original`` protein.

    Unknown chains show nothing. A free light chain of the original's type may be the original's
    own; a heavy chain in a light-chain-only myeloma is another protein.
    """
    if (
        band.light_chain is not None
        and original.light_chain is not None
        and band.light_chain is not original.light_chain
    ):
        return True
    if band.heavy_chain in UNTOLD or original.heavy_chain in UNTOLD:
        return False
    if band.heavy_chain is HeavyChain.LIGHT_CHAIN_ONLY:
        return False
    return band.heavy_chain is not original.heavy_chain


def is_foreign(isotype: Isotype, own: Iterable[Isotype]) -> bool:
    """Tell whether chains differ from every own isotype; with none known, nothing is foreign."""
    known = tuple(own)
    return bool(known) and all(differs(isotype, original) for original in known)


def is_complete(isotype: Isotype) -> bool:
    """Tell whether both chains are known; of a free light chain there is no other."""
    return isotype.heavy_chain not in UNTOLD and isotype.light_chain is not None


def is_own(isotype: Isotype, own: Iterable[Isotype]) -> bool:
    """Tell whether chains are both known and together an own isotype.

    A free light chain of an own light-chain type is own.
    """
    if not is_complete(isotype):
        return False
    if isotype.heavy_chain is HeavyChain.LIGHT_CHAIN_ONLY:
        return any(isotype.light_chain is original.light_chain for original in own)
    return isotype in tuple(own)


def is_proven_drug(band: Band) -> bool:
    """Tell whether a band is proven to be a therapeutic antibody: by a test that is named."""
    return band.owner is BandOwner.DRUG_PROVEN and band.drug_test is not None


def is_the_myeloma(band: Band, own: Iterable[Isotype]) -> bool:
    """Tell whether a band counts as the patient's M-protein.

    A band proven to be a drug does not, whatever its chains. One called another isotype does where
    its chains are both known and together an own isotype. A suspected drug, or a band whose owner
    was not said, does unless its chains differ from every own isotype.

    Args:
        band: one band of an immunofixation.
        own: the subject's own isotypes, two or more in biclonal disease; with none known a band
            counts.

    Source: IMWG 2016, table 4, footnotes; the trial's reading U7.
    Decision: what the centre calls ``original`` is the patient's also where its chains differ: it
    counts against the treatment, and another finding asks about the chains.
    """
    if is_proven_drug(band):
        return False
    known = tuple(own)
    match band.owner:
        case BandOwner.ORIGINAL:
            return True
        case BandOwner.OTHER_ISOTYPE:
            return is_own(band.isotype, known)
        case _:
            return not is_foreign(band.isotype, known)


def immunofixation_is_negative(
    immunofixation: Immunofixation | None, own: Iterable[Isotype]
) -> bool | None:
    """Tell whether an immunofixation shows nothing of the patient's M-protein; None: no result.

    Where bands are listed they decide; otherwise the laboratory's reading does.

    Source: IMWG 2016, table 4, footnotes.
    """
    if immunofixation is None or immunofixation.result is None or immunofixation.spurious:
        return None
    known = tuple(own)
    if immunofixation.bands:
        return not any(is_the_myeloma(band, known) for band in immunofixation.bands)
    return immunofixation.result is ImmunofixationResult.NEGATIVE


def shows_unproven_drug(*immunofixations: Immunofixation | None) -> bool:
    """Tell whether a band is a suspected, unproven drug: a reflex assay would settle it."""
    return any(
        band.owner is BandOwner.DRUG_SUSPECTED
        or (band.owner is BandOwner.DRUG_PROVEN and not is_proven_drug(band))
        for immunofixation in immunofixations
        if immunofixation is not None
        for band in immunofixation.bands
    )


def own_isotypes(enrolled: Iterable[Isotype], baseline: DiseaseEvaluation) -> tuple[Isotype, ...]:
    """Give a subject's own isotypes: those of the enrolment and those of the baseline.

    A baseline band makes one where its owner is ``original`` or was not said.

    Source: the trial's reading U7.
    Decision: an M-protein of the baseline that was sent with its isotype makes one as a band does.
    """
    shown = [
        (band.isotype, band.owner)
        for fixation in (baseline.serum_immunofixation, baseline.urine_immunofixation)
        if fixation is not None and not fixation.spurious
        for band in fixation.bands
    ]
    shown += [
        (spike.isotype, spike.owner) for spike in baseline.serum_m_proteins or () if spike.usable
    ]
    secreted = (
        isotype
        for isotype, owner in shown
        if owner in MAKES_AN_OWN_ISOTYPE and (isotype.heavy_chain or isotype.light_chain)
    )
    return tuple(dict.fromkeys((*enrolled, *secreted)))


def method_of(value: MeasuredValue | None) -> str | None:
    """Give the assay a usable value was measured with; None: not said, or no usable value."""
    return value.method if value is not None and value.usable else None
