"""What minimal, partial and very good partial response ask of one evaluation.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, Protocol

from app.services.criteria.imwg import quantitative_immunoglobulin
from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.lesions import LesionSurvey
from app.services.criteria.imwg.reading import Reading
from app.services.criteria.imwg.response_levels import (
    NO_LEVEL,
    Condition,
    MissingRule,
    dflc_level,
    marrow_level,
    plasmacytomas_shrunk,
    serum_level,
    shows_vgpr_in_serum,
    urine_level,
)
from app.services.criteria.imwg.urine_waiver import urine_is_waived
from app.services.criteria.imwg.usable import Fixation, UsableEvaluation
from app.vocabularies.imwg import ResponseCategory

LEVELS: Final[dict[Track, tuple[ResponseCategory, ...]]] = {
    Track.SERUM_URINE: (ResponseCategory.VGPR, ResponseCategory.PR, ResponseCategory.MR),
    Track.FREE_LIGHT_CHAINS: (ResponseCategory.VGPR, ResponseCategory.PR, ResponseCategory.MR),
    Track.MARROW: (ResponseCategory.PR,),
    Track.PLASMACYTOMA: (ResponseCategory.PR,),
    Track.CIRCULATING_PLASMA_CELLS: (),
    Track.NONE: (),
}
"""Levels below complete response that each track defines, best first."""


@dataclass(frozen=True, slots=True)
class MarkerLevel:
    """The level that one marker, measurable at baseline, shows at a visit."""

    component: Component
    level: ResponseCategory | None
    """None: it is missing."""
    collected_on: date | None

    def reaches(self, level: ResponseCategory) -> Condition:
        """Give what a level asks of the marker."""
        return Condition(
            component=self.component,
            met=None if self.level is None else self.level.is_at_least(level),
            if_missing=MissingRule.MEASURABLE_MARKER,
            collected_on=self.collected_on,
        )


def level_conditions(
    history: History,
    visit: UsableEvaluation,
    survey: LesionSurvey | None,
    markers: Iterable[MarkerLevel],
    level: ResponseCategory,
) -> tuple[Condition, ...]:
    """Give what MR, PR or VGPR asks for on the subject's track.

    Both fluids have to show VGPR where either is measurable, whatever the other was at baseline.
    Plasmacytomas at baseline have to be half as large for every level.

    Args:
        history: what is known of the subject.
        visit: the evaluation.
        survey: the last complete survey of the lesions as of the visit; None: there never was one.
        markers: what the markers of the track show at the visit.
        level: MR, PR or VGPR.

    Source: IMWG 2016, table 4; Q8 (urine), Q5 and Q11 (plasmacytomas), Q30 (serum).
    """
    conditions = [marker.reaches(level) for marker in markers]
    if level is ResponseCategory.VGPR and history.measurable.by_m_protein:
        conditions += _other_fluid(history, visit)
    conditions += _plasmacytomas(history, visit, survey, level)
    return tuple(conditions)


def marker_levels(history: History, visit: UsableEvaluation) -> tuple[MarkerLevel, ...]:
    """Give what each marker of the subject's track that was measurable at baseline shows."""
    measurable, baseline = history.measurable, history.baseline
    match measurable.track:
        case Track.SERUM_URINE:
            levels = []
            if measurable.serum and baseline.serum:
                levels.append(_serum_marker(history, visit, baseline.serum.bounds.low))
            if measurable.urine and baseline.urine:
                levels.append(
                    _shows(
                        Component.URINE_M_PROTEIN,
                        visit.urine,
                        baseline.urine.bounds.low,
                        urine_level,
                    )
                )
            return tuple(levels)
        case Track.FREE_LIGHT_CHAINS if baseline.dflc:
            level = partial(dflc_level, details=history.details)
            initial = baseline.dflc.bounds.low
            return (_shows(Component.FREE_LIGHT_CHAINS, visit.dflc, initial, level),)
        case Track.MARROW if baseline.marrow:
            marrow = visit.marrow if visit.marrow and visit.marrow.of_this_visit else None
            return (
                _shows(
                    Component.MARROW_PLASMA_CELLS,
                    Reading(marrow.plasma_cells, marrow.collected_on) if marrow else None,
                    baseline.marrow.plasma_cells.low,
                    marrow_level,
                ),
            )
        case Track.CIRCULATING_PLASMA_CELLS:
            return (
                _shows(
                    Component.CIRCULATING_PLASMA_CELLS,
                    visit.circulating,
                    None,
                    marrow_level,
                ),
            )
        case _:
            return ()


class _LevelOf(Protocol):
    def __call__(self, *, baseline: Decimal, current: Bounds) -> ResponseCategory: ...


def _serum_marker(
    history: History, visit: UsableEvaluation, initial: Decimal | None
) -> MarkerLevel:
    level: _LevelOf = serum_level
    if history.myeloma.quantitative is not None:
        level = partial(
            quantitative_immunoglobulin.level,
            immunofixation_negative=_is_negative(visit.serum_fixation),
        )
    return _shows(history.serum_component, visit.serum, initial, level)


def _is_negative(fixation: Fixation | None) -> bool:
    return fixation is not None and fixation.negative


def _shows(
    component: Component, reading: Reading | None, initial: Decimal | None, level_of: _LevelOf
) -> MarkerLevel:
    """Give the level of a marker; without a value to fall from, none above stable disease."""
    if reading is None:
        return MarkerLevel(component, None, None)
    shown = NO_LEVEL if initial is None else level_of(baseline=initial, current=reading.bounds)
    return MarkerLevel(component, shown, reading.collected_on)


def _other_fluid(history: History, visit: UsableEvaluation) -> Iterator[Condition]:
    measurable = history.measurable
    if not measurable.serum and history.details.urine_only_serum == "zero_or_90_pct":
        initial = history.baseline.serum
        allows = shows_vgpr_in_serum
        if history.myeloma.quantitative is not None:
            allows = partial(
                quantitative_immunoglobulin.shows_vgpr,
                immunofixation_negative=_is_negative(visit.serum_fixation),
            )
        yield _shown(
            history,
            history.serum_component,
            visit.serum,
            visit.serum_fixation,
            lambda reading: allows(
                baseline=initial.bounds.low if initial else None, current=reading.bounds
            ),
        )
    if not measurable.urine and not urine_is_waived(history, visit):
        yield _shown(
            history,
            Component.URINE_M_PROTEIN,
            visit.urine,
            visit.urine_fixation,
            lambda reading: reading.bounds.below(100),
        )


def _shown(
    history: History,
    component: Component,
    reading: Reading | None,
    fixation: Fixation | None,
    deep_enough: Callable[[Reading], bool],
) -> Condition:
    met, collected_on = None, None
    if reading is not None:
        met, collected_on = deep_enough(reading), reading.collected_on
    elif fixation is not None and fixation.negative and history.policy.ife_negative_is_zero:
        met, collected_on = True, fixation.collected_on
    return Condition(
        component=component,
        met=met,
        if_missing=MissingRule.OTHER_FLUID,
        collected_on=collected_on,
    )


def _plasmacytomas(
    history: History,
    visit: UsableEvaluation,
    survey: LesionSurvey | None,
    level: ResponseCategory,
) -> Iterator[Condition]:
    followed, initial = history.plasmacytomas, history.baseline.survey
    if not followed or survey is None or initial is None:
        return
    before, now = initial.product_sum(followed), survey.product_sum(followed)
    if before is None or now is None:
        return
    percent = 50
    if level is ResponseCategory.MR and history.policy.plasmacytoma_mr == "at_least_25_pct":
        percent = 25
    if level is ResponseCategory.VGPR:
        percent = history.details.plasmacytoma_vgpr_pct
    of_this_visit = survey is visit.survey and visit.survey_of_this_visit
    shrunk = plasmacytomas_shrunk(baseline=before, current=now, percent=percent)
    yield Condition(
        component=Component.PLASMACYTOMAS,
        met=shrunk if of_this_visit or shrunk else None,
        if_missing=MissingRule.IMAGING,
        collected_on=survey.imaged_on if of_this_visit else None,
    )
