"""The disease baseline of a CAR-T subject: one value for each component, from before treatment.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016): the last value before treatment; the trial's
protocol, components of a disease evaluation, for what counts as treatment and how old a value may
be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.services.criteria.imwg.bands import MAKES_AN_OWN_ISOTYPE
from app.services.criteria.imwg.baseline import Track, measurable_disease
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import (
    Component,
    DiseaseEvaluation,
    Immunofixation,
    Marrow,
    MeasuredValue,
)
from app.services.criteria.imwg.marrow import plasma_cells
from app.services.criteria.imwg.usable import MyelomaType, usable
from app.trial.policy import ImwgPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseBaseline:
    """The baseline of one subject."""

    evaluation: DiseaseEvaluation
    """Each component with the day it was collected; None where there is no usable value."""
    evaluation_ids: tuple[str, ...] = ()
    """Evaluations that components were taken from."""
    old: tuple[Component, ...] = ()
    """Components older than the protocol accepts: used, and flagged."""
    before_bridging: bool = False
    """The values are those from before bridging therapy."""
    collected: dict[Component, date] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether there is any component at all; without one, progression cannot be shown."""
        return bool(self.collected)


class _Part(NamedTuple):
    component: Component
    names: tuple[str, ...]
    accepted_days: int
    day: Callable[[DiseaseEvaluation], date | None]


def disease_baseline(
    evaluations: Iterable[DiseaseEvaluation],
    *,
    infused_on: date,
    lymphodepletion_from: date | None,
    bridging_from: date | None = None,
    myeloma: MyelomaType,
    policy: ImwgPolicy,
    details: ImwgDetails = USUAL_DETAILS,
) -> DiseaseBaseline:
    """Choose the baseline value of each component.

    It is the last usable value on or before the first day of lymphodepletion; a sample of that day
    was drawn before the dose. Without lymphodepletion it is the last one before the infusion day,
    whose own samples are neither baseline nor response. Kappa and lambda come from one evaluation.

    Args:
        evaluations: all of the subject's evaluations, in any order.
        infused_on: day of the infusion.
        lymphodepletion_from: first day of lymphodepletion; None: there was none.
        bridging_from: first day of bridging therapy; None: there was none.
        myeloma: what the enrolment record says of the myeloma's protein.
        policy: ``baseline`` may ask for the values from before bridging, always or where bridging
            made the disease unmeasurable (Q25).
        details: reading of the criteria beside the policy.
    """
    records = tuple(evaluations)
    latest = infused_on - timedelta(days=1)
    if lymphodepletion_from is not None and lymphodepletion_from < infused_on:
        latest = lymphodepletion_from
    chosen = _chosen(records, latest, details)
    if bridging_from is None or bridging_from > latest or policy.baseline == "last_on_or_before_ld":
        return chosen
    before = replace(_chosen(records, bridging_from, details), before_bridging=True)
    if policy.baseline == "before_bridging":
        return before
    known = myeloma.known_from(chosen.evaluation, policy, details)
    track = measurable_disease(
        usable(chosen.evaluation, known, policy, details), known, policy
    ).track
    return before if track is Track.NONE else chosen


def _chosen(
    records: tuple[DiseaseEvaluation, ...], latest: date, details: ImwgDetails
) -> DiseaseBaseline:
    parts: dict[str, Any] = {}
    collected: dict[Component, date] = {}
    sources: list[str] = []
    old: list[Component] = []
    for part in _parts(details):
        candidates = [
            (day, record.evaluation_id, record)
            for record in records
            if (day := part.day(record)) is not None and day <= latest
        ]
        if not candidates:
            continue
        day, source, record = max(candidates, key=lambda candidate: candidate[:2])
        for name in part.names:
            parts[name] = _dated(getattr(record, name), record.anchor)
        collected[part.component] = day
        sources.append(source)
        if (latest - day).days > part.accepted_days:
            old.append(part.component)
    return DiseaseBaseline(
        evaluation=DiseaseEvaluation(evaluation_id="baseline", anchor=latest, **parts),
        evaluation_ids=tuple(dict.fromkeys(sources)),
        old=tuple(old),
        collected=collected,
    )


def _dated(part: Any, anchor: date) -> Any:
    if part is None:
        return None
    if isinstance(part, tuple):
        return tuple(_dated(piece, anchor) for piece in part)
    name = "imaged_on" if hasattr(part, "imaged_on") else "collected_on"
    return part if getattr(part, name) is not None else replace(part, **{name: anchor})


def _parts(details: ImwgDetails) -> Iterable[_Part]:
    components = details.components
    blood_and_urine_days = components.blood_and_urine.baseline_days
    yield _Part(
        Component.SERUM_M_PROTEIN,
        ("serum_m_protein", "serum_m_proteins"),
        blood_and_urine_days,
        _serum_day,
    )
    for component, name in (
        (Component.IMMUNOGLOBULIN, "immunoglobulin"),
        (Component.URINE_M_PROTEIN, "urine_m_protein"),
        (Component.CIRCULATING_PLASMA_CELLS, "circulating_plasma_cells"),
    ):
        yield _Part(component, (name,), blood_and_urine_days, _value_day(name))
    for component, name in (
        (Component.SERUM_IMMUNOFIXATION, "serum_immunofixation"),
        (Component.URINE_IMMUNOFIXATION, "urine_immunofixation"),
    ):
        yield _Part(component, (name,), blood_and_urine_days, _fixation_day(name))
    yield _Part(
        Component.FREE_LIGHT_CHAINS, ("kappa", "lambda_"), blood_and_urine_days, _light_chain_day
    )
    yield _Part(
        Component.MARROW_PLASMA_CELLS,
        ("marrow",),
        components.marrow.baseline_days,
        lambda record: _marrow_day(record, details),
    )
    yield _Part(
        Component.PLASMACYTOMAS, ("imaging",), components.imaging.baseline_days, _imaging_day
    )


def _value_day(name: str) -> Callable[[DiseaseEvaluation], date | None]:
    def day(record: DiseaseEvaluation) -> date | None:
        value: MeasuredValue | None = getattr(record, name)
        return (value.collected_on or record.anchor) if value and value.usable else None

    return day


def _serum_day(record: DiseaseEvaluation) -> date | None:
    """Give the day of the serum M-protein: of one, or of several whose own were all measured."""
    several = record.serum_m_proteins
    if not several:
        return _value_day("serum_m_protein")(record)
    if not all(spike.usable for spike in several if spike.owner in MAKES_AN_OWN_ISOTYPE):
        return None
    return max(spike.collected_on or record.anchor for spike in several)


def _fixation_day(name: str) -> Callable[[DiseaseEvaluation], date | None]:
    def day(record: DiseaseEvaluation) -> date | None:
        fixation: Immunofixation | None = getattr(record, name)
        if fixation is None or fixation.result is None or fixation.spurious:
            return None
        return fixation.collected_on or record.anchor

    return day


def _light_chain_day(record: DiseaseEvaluation) -> date | None:
    kappa, lambda_ = _value_day("kappa")(record), _value_day("lambda_")(record)
    return None if kappa is None or lambda_ is None else max(kappa, lambda_)


def _marrow_day(record: DiseaseEvaluation, details: ImwgDetails) -> date | None:
    marrow: Marrow | None = record.marrow
    if marrow is None or plasma_cells(marrow, details) is None:
        return None
    return marrow.collected_on or record.anchor


def _imaging_day(record: DiseaseEvaluation) -> date | None:
    return None if record.imaging is None else record.imaging.imaged_on or record.anchor
