"""One visit with its category as confirmation reads it, whoever gave the category."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.progression_rules import UNANSWERED, DerivedBasis
from app.services.criteria.imwg.visit_response import Relapse, VisitResponse
from app.vocabularies.imwg import PdBasis, ResponseCategory

WITHOUT_CONFIRMATION: Final = frozenset({PdBasis.IMAGING, PdBasis.MARROW})


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedVisit:
    """One visit with its own, unconfirmed category, whoever gave it."""

    assessed_on: date
    category: ResponseCategory
    basis: DerivedBasis | None = None
    """What progressive disease rests on; None, clinical and unknown count as biochemical."""
    components: frozenset[Component] = frozenset()
    """Parts that showed the progression; empty: not known."""
    ceiling: ResponseCategory | None = None
    """Best category that missing parts could have allowed; None: the category itself."""
    relapse_signs: tuple[Relapse, ...] = ()
    days_to_next_scheduled: int | None = None
    """Days to the next scheduled evaluation; None: no schedule."""
    evaluation_ids: tuple[str, ...] = ()
    said_confirmed: bool = False
    """Whoever gave the category said that its progression was confirmed."""

    @property
    def progressed(self) -> bool:
        """Whether the visit shows progressive disease, confirmed or not."""
        return self.category is ResponseCategory.PD

    @property
    def unanswered(self) -> bool:
        """Whether the visit's progression is a lesion that nobody has called new or known."""
        return self.progressed and self.basis == UNANSWERED

    @property
    def conclusive(self) -> bool:
        """Whether the visit's progression stands without a second one."""
        return self.progressed and self.basis in WITHOUT_CONFIRMATION


def rated(visits: Iterable[VisitResponse]) -> tuple[RatedVisit, ...]:
    """Give derived visits as the confirmation reads them."""
    return tuple(
        RatedVisit(
            assessed_on=visit.assessed_on,
            category=visit.category,
            basis=visit.basis,
            components=frozenset(finding.component for finding in visit.progression),
            ceiling=visit.ceiling,
            relapse_signs=visit.relapse_signs,
            evaluation_ids=visit.evaluation_ids,
        )
        for visit in visits
    )
