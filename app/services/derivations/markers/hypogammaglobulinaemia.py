"""When a subject's own immunoglobulin G was low.

Source: the trial's protocol, pharmacodynamics, hypogammaglobulinaemia: IgG below 4 g/L, not counted
within 28 days after intravenous immunoglobulin; in IgG myeloma the serum M-protein is subtracted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.services.criteria.imwg.evaluation import MeasuredValue
from app.services.derivations.markers.marker_values import (
    Level,
    MarkerSeries,
    MarkerValue,
    drawn_before,
)
from app.services.derivations.subject_history import Assessment, Therapy
from app.trial.pharmacodynamics import PharmacodynamicRules
from app.vocabularies.imwg import HeavyChain
from app.vocabularies.unit_conversion import in_unit

M_PROTEIN_DAYS: Final = 7
"""How far apart IgG and M-protein may be drawn: what belongs to one disease evaluation."""

G_PER_L: Final = "g/L"


@dataclass(frozen=True, slots=True, kw_only=True)
class MProtein:
    """Serum M-protein on one day, g/L; 0 where it was below what the assay can quantify."""

    dated: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypogammaglobulinaemia:
    """Low immunoglobulin G of one subject after the infusion.

    Attributes:
        at_baseline: None without a value that counts.
        occurred: None without a value after the infusion that counts.
        first_on: date of the first value that shows it, ``first_day`` its day after the infusion.
        lowest: lowest IgG that counts, less the M-protein where that is subtracted, g/L.
        n_counted: values after the infusion that count.
        n_after_ivig: values left out because of immunoglobulin given.
        n_without_m_protein: values left out because no M-protein of the time is known.
        m_protein_subtracted: None where the myeloma's isotype is not known: nothing is subtracted.
    """

    at_baseline: bool | None
    occurred: bool | None
    first_on: date | None
    first_day: int | None
    lowest: Decimal | None
    n_counted: int
    n_after_ivig: int
    n_without_m_protein: int
    m_protein_subtracted: bool | None


def hypogammaglobulinaemia(
    immunoglobulin_g: Sequence[MarkerSeries],
    rules: PharmacodynamicRules,
    *,
    ivig: Sequence[Therapy],
    m_proteins: Sequence[MProtein],
    igg_myeloma: bool | None,
    baseline: MarkerValue | None,
) -> Hypogammaglobulinaemia:
    """Derive when IgG was low.

    Args:
        immunoglobulin_g: series of IgG; the one in g/L is read.
        rules: of pharmacodynamics.
        ivig: courses of intravenous immunoglobulin.
        m_proteins: serum M-protein, of any day.
        igg_myeloma: whether the M-protein is an IgG; None: not known.
        baseline: the baseline value of IgG.

    Decision: the M-protein of the day nearest to the sample counts, at most 7 days from it, the
    later of two equally near; more M-protein than IgG leaves 0. A value below a limit of
    quantification above 4 g/L, or above one below it, does not count.
    """
    values = [
        value for series in immunoglobulin_g if series.unit == G_PER_L for value in series.values
    ]
    after = [value for value in values if value.after_infusion]
    own: list[tuple[MarkerValue, Decimal]] = []
    n_after_ivig = n_without = 0
    for value in after:
        if under_ivig(value, ivig, rules.ivig_days):
            n_after_ivig += 1
        elif (amount := _own(value, m_proteins, igg_myeloma=igg_myeloma)) is None:
            n_without += 1
        elif _tells(value, rules.hypogammaglobulinaemia_g_per_l):
            own.append((value, amount))
    limit = rules.hypogammaglobulinaemia_g_per_l
    first = next((value for value, amount in own if amount < limit), None)
    at_baseline = None
    if baseline is not None and not under_ivig(baseline, ivig, rules.ivig_days):
        amount_before = _own(baseline, m_proteins, igg_myeloma=igg_myeloma)
        if amount_before is not None and _tells(baseline, limit):
            at_baseline = amount_before < limit
    return Hypogammaglobulinaemia(
        at_baseline=at_baseline,
        occurred=first is not None if own else None,
        first_on=first.dated if first else None,
        first_day=first.day if first else None,
        lowest=min((amount for _, amount in own), default=None),
        n_counted=len(own),
        n_after_ivig=n_after_ivig,
        n_without_m_protein=n_without,
        m_protein_subtracted=igg_myeloma,
    )


def under_ivig(value: MarkerValue, courses: Sequence[Therapy], days: int) -> bool:
    """Tell whether a value was drawn within ``days`` days after immunoglobulin was given.

    Decision: a value of the day of a dose whose times are not both known came after it; a dose of
    which no day is known may have been given before any value.
    """
    for course in courses:
        start, end = course.start, course.end or course.start
        if start is not None:
            timed = value.collected.instant is not None and start.instant is not None
            if value.dated < start.earliest or (timed and drawn_before(value.collected, start)):
                continue
        if end is None or (course.ongoing and course.end is None):
            return True
        if value.dated <= end.latest + timedelta(days):
            return True
    return False


def m_proteins(
    assessments: Sequence[Assessment], laboratory: Sequence[MarkerSeries]
) -> tuple[MProtein, ...]:
    """Gather the serum M-proteins of disease evaluations and of laboratory results, in g/L.

    Decision: what is not quantifiable is 0, as in the response criteria. Of several M-proteins
    those count that are IgG, or whose heavy chain is not known.
    """
    proteins = []
    for assessment in assessments:
        several = assessment.evaluation.serum_m_proteins or ()
        of_igg = [spike for spike in several if spike.isotype.heavy_chain in {None, HeavyChain.IGG}]
        whole = assessment.evaluation.serum_m_protein
        spikes = of_igg if several else [whole] if whole is not None else []
        amounts = [_amount(spike) for spike in spikes]
        measured = [amount for amount in amounts if amount is not None]
        if spikes and len(measured) == len(amounts):
            days = (spike.collected_on or assessment.evaluation.anchor for spike in spikes)
            proteins.append(MProtein(dated=max(days), amount=sum(measured, Decimal(0))))
    for series in laboratory:
        if series.unit == G_PER_L:
            proteins += [
                MProtein(
                    dated=value.dated,
                    amount=Decimal(0) if value.level is Level.BELOW_LLOQ else value.amount,
                )
                for value in series.values
            ]
    return tuple(sorted(proteins, key=lambda protein: (protein.dated, protein.amount)))


def _amount(spike: MeasuredValue) -> Decimal | None:
    if not spike.usable or spike.value is None:
        return None
    amount = in_unit(spike.value, spike.unit, G_PER_L)
    below = spike.comparator is not None and spike.comparator.startswith("<")
    return Decimal(0) if below and amount is not None else amount


def _own(
    value: MarkerValue, spikes: Sequence[MProtein], *, igg_myeloma: bool | None
) -> Decimal | None:
    """Give IgG without the M-protein; None where an M-protein that is needed is not known."""
    if not igg_myeloma:
        return value.amount
    near = [spike for spike in spikes if abs((spike.dated - value.dated).days) <= M_PROTEIN_DAYS]
    if not near:
        return None
    nearest = max(near, key=lambda spike: (-abs((spike.dated - value.dated).days), spike.dated))
    return max(value.amount - nearest.amount, Decimal(0))


def _tells(value: MarkerValue, limit: Decimal) -> bool:
    """Tell whether a value beyond the limits of its assay lies on one side of 4 g/L."""
    if value.level is Level.BELOW_LLOQ:
        return value.amount * 2 <= limit
    return value.level is Level.QUANTIFIED or value.amount >= limit
