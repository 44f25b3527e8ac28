"""How deep the marker that a subject's response follows has fallen.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4: the percentages of partial and minimal
response are those of the marker that was measurable at baseline.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.criteria.imwg.baseline import MeasurableDisease, Track
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.visit_response import VisitResponse

_MARKERS: Final = {
    Track.FREE_LIGHT_CHAINS: Component.FREE_LIGHT_CHAINS,
    Track.MARROW: Component.MARROW_PLASMA_CELLS,
    Track.PLASMACYTOMA: Component.PLASMACYTOMAS,
    Track.CIRCULATING_PLASMA_CELLS: Component.CIRCULATING_PLASMA_CELLS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerDepth:
    """The lowest that a marker came to.

    Attributes:
        component: the marker; of the free light chains their difference.
        percent_change: from baseline, unrounded; -100 where it vanished, above 0 where it only
            rose.
        assessed_on: the day of that visit, the first of equals.
    """

    component: Component
    percent_change: Decimal
    assessed_on: date


def tracked_marker(measurable: MeasurableDisease) -> Component | None:
    """Give the marker that stands for a subject's track; None: nothing was measurable.

    Decision: serum M-protein stands for a subject in whom urine is measurable too, as the marker
    with the steadier measurement; each of them has to fall for a response. Where a class of
    immunoglobulin is what serum is measured by, it is the class.
    """
    if measurable.track is Track.SERUM_URINE:
        serum = Component.SERUM_M_PROTEIN
        if measurable.immunoglobulin is not None:
            serum = Component.IMMUNOGLOBULIN
        return serum if measurable.serum else Component.URINE_M_PROTEIN
    return _MARKERS.get(measurable.track)


def marker_depth(
    visits: Iterable[VisitResponse], measurable: MeasurableDisease, counted: Collection[date]
) -> MarkerDepth | None:
    """Give the best percent change of the tracked marker; None: no visit tells one.

    Args:
        visits: the explained visits after infusion, in the order of their days.
        measurable: what was measurable at baseline.
        counted: the days of the visits that count for the best response: none after progression or
            new therapy.
    """
    component = tracked_marker(measurable)
    changes = [
        MarkerDepth(
            component=marker.component,
            percent_change=marker.percent_from_baseline,
            assessed_on=visit.assessed_on,
        )
        for visit in visits
        if visit.assessed_on in counted
        for marker in visit.markers
        if marker.component is component and marker.percent_from_baseline is not None
    ]
    return min(changes, key=lambda change: change.percent_change, default=None)
