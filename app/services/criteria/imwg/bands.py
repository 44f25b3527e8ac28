"""Whose monoclonal protein it is: bands on immunofixation and spikes on electrophoresis.

After CAR-T cells the recovering marrow makes oligoclonal bands, and therapeutic antibodies show as
bands for months. Neither is the myeloma.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, footnotes on complete response.
"""

from collections.abc import Iterable

from app.services.criteria.imwg.evaluation import (
    Band,
    Immunofixation,
    Isotype,
    MeasuredValue,
    SerumMProtein,
    UrineMProtein,
)
from app.vocabularies.imwg import BandOwner, HeavyChain, ImmunofixationResult

NOT_THE_MYELOMA = frozenset({BandOwner.OTHER_ISOTYPE, BandOwner.DRUG_PROVEN})


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
    unknown = {None, HeavyChain.NON_SECRETORY}
    if band.heavy_chain in unknown or original.heavy_chain in unknown:
        return False
    if band.heavy_chain is HeavyChain.LIGHT_CHAIN_ONLY:
        return False
    return band.heavy_chain is not original.heavy_chain


def is_the_myeloma(band: Band, originals: Iterable[Isotype]) -> bool:
    """Tell whether a band counts as the original M-protein.

    A band proven to be a drug, or recorded as another isotype, does not count; a suspected drug
    does, unless its chains differ from every original isotype. With no original isotype known, a
    band counts.

    Args:
        band: one band of an immunofixation.
        originals: isotypes at diagnosis or baseline; more than one in biclonal disease.

    Source: IMWG 2016, table 4, footnotes.
    Decision: chains that differ prove more than a suspicion does, so they are looked at first; what
    the centre recorded as ``original`` stays original.
    """
    if band.owner in NOT_THE_MYELOMA:
        return False
    known = tuple(originals)
    if band.owner is BandOwner.ORIGINAL or not known:
        return True
    return not all(differs(band.isotype, original) for original in known)


def immunofixation_is_negative(
    immunofixation: Immunofixation | None, originals: Iterable[Isotype]
) -> bool | None:
    """Tell whether an immunofixation shows nothing of the original M-protein; None: no result.

    Where bands are listed they decide; otherwise the laboratory's reading does.

    Source: IMWG 2016, table 4, footnotes.
    """
    if immunofixation is None or immunofixation.result is None or immunofixation.spurious:
        return None
    known = tuple(originals)
    if immunofixation.bands:
        return not any(is_the_myeloma(band, known) for band in immunofixation.bands)
    return immunofixation.result is ImmunofixationResult.NEGATIVE


def spike_is_foreign(
    spike: SerumMProtein | UrineMProtein,
    immunofixation: Immunofixation | None,
    originals: Iterable[Isotype],
) -> bool:
    """Tell whether a quantified spike is another protein than the myeloma's, and so counts as 0.

    It is when it is recorded as another isotype or a proven drug, or, where its owner was not
    recorded, when immunofixation of the same fluid lists bands and none of them is the myeloma's.

    Source: IMWG 2016, table 4, footnotes on complete response.
    """
    if spike.owner is not None:
        return spike.owner in NOT_THE_MYELOMA
    if immunofixation is None or immunofixation.spurious or not immunofixation.bands:
        return False
    return immunofixation_is_negative(immunofixation, originals) is True


def shows_unproven_drug(*immunofixations: Immunofixation | None) -> bool:
    """Tell whether a band is a suspected, unproven drug: a reflex assay would settle it."""
    return any(
        band.owner is BandOwner.DRUG_SUSPECTED
        for immunofixation in immunofixations
        if immunofixation is not None
        for band in immunofixation.bands
    )


def isotypes_on(*immunofixations: Immunofixation | None) -> tuple[Isotype, ...]:
    """Give the isotypes of the bands of the baseline immunofixations that are the myeloma's."""
    return tuple(
        band.isotype
        for immunofixation in immunofixations
        if immunofixation is not None and not immunofixation.spurious
        for band in immunofixation.bands
        if band.owner not in NOT_THE_MYELOMA
        and (band.isotype.heavy_chain or band.isotype.light_chain)
    )


def method_of(value: MeasuredValue | None) -> str | None:
    """Give the assay a usable value was measured with; None: not said, or no usable value."""
    return value.method if value is not None and value.usable else None
