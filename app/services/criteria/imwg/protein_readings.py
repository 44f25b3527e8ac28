"""Readings of serum and urine: the patient's M-proteins, or the class that stands for them.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4 with its footnotes; the trial's
readings U6 (quantitative immunoglobulin) and U7 (whose protein it is).
"""

from collections.abc import Iterator

from app.services.criteria.imwg import quantitative_immunoglobulin, units
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Isotype
from app.services.criteria.imwg.reading import Reading, day_of, reported
from app.services.criteria.imwg.spikes import (
    NOTHING,
    amount_of,
    m_protein_is_foreign,
    serum_of_several,
    spike_is_foreign,
)
from app.vocabularies.imwg import HeavyChain


def serum(
    raw: DiseaseEvaluation, own: tuple[Isotype, ...], followed: HeavyChain | None
) -> Reading | None:
    """Give the serum value by the subject's own method.

    Args:
        raw: the evaluation.
        own: the subject's own isotypes.
        followed: class of immunoglobulin that stands for serum; None: electrophoresis does.
    """
    return electrophoresis(raw, own) if followed is None else quantity(raw, followed)


def electrophoresis(raw: DiseaseEvaluation, own: tuple[Isotype, ...]) -> Reading | None:
    """Give the patient's M-protein, g/dL: one, or the sum of several."""
    fixation, spikes = raw.serum_immunofixation, raw.serum_m_proteins
    if spikes:
        total = serum_of_several(spikes, fixation, own)
        if total is None:
            return None
        latest = max(day_of(spike, raw.anchor) for spike in spikes)
        return Reading(total, latest, " + ".join(reported(spike) for spike in spikes))
    spike = raw.serum_m_protein
    amount = amount_of(spike) if spike else None
    if spike is None or amount is None:
        return None
    foreign = spike_is_foreign(spike, fixation, own)
    return Reading(NOTHING if foreign else amount, day_of(spike, raw.anchor), reported(spike))


def quantity(raw: DiseaseEvaluation, heavy_chain: HeavyChain) -> Reading | None:
    """Give the total of a class, mg/dL."""
    amount = quantitative_immunoglobulin.amount_of(raw, heavy_chain)
    if amount is None:
        return None
    return Reading(amount, day_of(raw.immunoglobulin, raw.anchor), reported(raw.immunoglobulin))


def clones(raw: DiseaseEvaluation, own: tuple[Isotype, ...]) -> Iterator[tuple[Isotype, Reading]]:
    """Give each of the patient's serum M-proteins by itself where several were sent, g/dL."""
    fixation, spikes = raw.serum_immunofixation, raw.serum_m_proteins or ()
    for isotype in dict.fromkeys(spike.isotype for spike in spikes):
        same = [spike for spike in spikes if spike.isotype == isotype]
        if all(m_protein_is_foreign(spike, fixation, own) for spike in same):
            continue
        amount = serum_of_several(same, fixation, own)
        if amount is not None:
            latest = max(day_of(spike, raw.anchor) for spike in same)
            yield isotype, Reading(amount, latest, " + ".join(map(reported, same)))


def urine(raw: DiseaseEvaluation, own: tuple[Isotype, ...]) -> Reading | None:
    """Give the patient's M-protein of urine, mg/24 h."""
    spike = raw.urine_m_protein
    if spike is None or spike.value is None or spike.spurious:
        return None
    amount = units.urine_m_protein(
        spike.value,
        spike.unit,
        volume_ml=spike.volume_ml,
        collection_hours=spike.collection_hours,
    )
    foreign = spike_is_foreign(spike, raw.urine_immunofixation, own)
    bounds = NOTHING if foreign else Bounds.of(amount, spike.comparator)
    return Reading(bounds, day_of(spike, raw.anchor), reported(spike))
