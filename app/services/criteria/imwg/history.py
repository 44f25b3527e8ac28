"""What is known of one subject when one of its evaluations is judged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from app.services.criteria.imwg.baseline import MeasurableDisease
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.lesions import LesionSurvey
from app.services.criteria.imwg.nadir import Series
from app.services.criteria.imwg.reading import Reading
from app.services.criteria.imwg.usable import MarrowReading, MyelomaType, UsableEvaluation
from app.trial.policy import ImwgPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A subject's baseline and every evaluation after infusion, with the readings of the rules."""

    infused_on: date
    baseline: UsableEvaluation
    visits: tuple[UsableEvaluation, ...]
    """Evaluations after infusion, by anchor."""
    myeloma: MyelomaType
    measurable: MeasurableDisease
    policy: ImwgPolicy
    details: ImwgDetails = USUAL_DETAILS
    _series: dict[Component, Series] = field(default_factory=dict, compare=False, repr=False)
    """Made once a marker: each visit is judged against all the others."""

    @property
    def serum_component(self) -> Component:
        """What serum is measured by in this subject."""
        by_class = self.myeloma.quantitative is not None
        return Component.IMMUNOGLOBULIN if by_class else Component.SERUM_M_PROTEIN

    @property
    def plasmacytomas(self) -> frozenset[str]:
        """Plasmacytomas of soft tissue at baseline, measurable or not: the lesions to follow."""
        survey = self.baseline.survey
        return survey.plasmacytomas if survey else frozenset()

    @property
    def lesions(self) -> frozenset[str]:
        """Lesions of every kind at baseline, plasmacytomas and bone lesions."""
        survey = self.baseline.survey
        return survey.lesions if survey else frozenset()

    def series(
        self, component: Component, of: Callable[[UsableEvaluation], Reading | None]
    ) -> Series:
        """Give the readings of one marker.

        Args:
            component: the marker.
            of: gives its reading of an evaluation.
        """
        series = self._series.get(component)
        if series is None:
            readings = (of(visit) for visit in self.visits)
            series = Series(
                baseline=of(self.baseline),
                after_infusion=tuple(reading for reading in readings if reading is not None),
            )
            self._series[component] = series
        return series

    def surveys(self) -> Iterator[LesionSurvey]:
        """Give every survey of the lesions, baseline included."""
        for evaluation in (self.baseline, *self.visits):
            if evaluation.survey is not None:
                yield evaluation.survey

    def surveys_before(self, imaged_on: date) -> tuple[LesionSurvey, ...]:
        """Give the surveys of earlier days, in order."""
        earlier = (survey for survey in self.surveys() if survey.imaged_on < imaged_on)
        return tuple(sorted(earlier, key=lambda survey: survey.imaged_on))

    def last_survey(self, visit: UsableEvaluation) -> LesionSurvey | None:
        """Give the last survey of every followed lesion as of a visit; None: there never was one.

        The visit's own where it is complete, else the last complete one, baseline included.

        Source: the trial's reading X5: imaging is carried forward until the next imaging.
        """
        complete = [
            survey
            for survey in self.surveys()
            if survey.accounts_for(self.plasmacytomas)
            and (survey.imaged_on <= visit.anchor or survey is _own_survey(visit))
        ]
        return max(complete, key=lambda survey: survey.imaged_on, default=None)

    def last_marrow(self, visit: UsableEvaluation) -> MarrowReading | None:
        """Give the last marrow after infusion as of a visit; None: there was none.

        A marrow taken shortly after the serum sample belongs to its evaluation; one of another
        evaluation counts only from the day it was taken. Of two on one day the visit's own stands,
        else the higher count.

        Source: the trial's reading X6: a marrow is carried forward until the next marrow.
        """
        own = _own_marrow(visit)
        known = [
            evaluation.marrow
            for evaluation in self.visits
            if evaluation.marrow is not None
            and evaluation.marrow.collected_on > self.infused_on
            and (evaluation.marrow.collected_on <= visit.anchor or evaluation.marrow is own)
        ]
        return max(
            known,
            key=lambda marrow: (marrow.collected_on, marrow is own, marrow.plasma_cells.low or 0),
            default=None,
        )


def _own_marrow(visit: UsableEvaluation) -> MarrowReading | None:
    return visit.marrow if visit.marrow is not None and visit.marrow.of_this_visit else None


def _own_survey(visit: UsableEvaluation) -> LesionSurvey | None:
    return visit.survey if visit.survey_of_this_visit else None
