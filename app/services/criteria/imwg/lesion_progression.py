"""Progression by lesions: new ones, ones that are back, and ones that have grown.

The fracture of an osteoporotic bone alone is no progression.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease.
"""

from collections.abc import Iterator

from app.services.criteria.imwg import progression
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.nadir import Dated, nadir
from app.services.criteria.imwg.progression_rules import ProgressionFinding, ProgressionRule
from app.services.criteria.imwg.unanswered_lesions import unanswered_lesions
from app.services.criteria.imwg.usable import UsableEvaluation


def lesion_findings(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    """Give every lesion rule that an evaluation meets; lesions are looked at in all subjects.

    Decision: progression speaks of lesions, so the sum here is that of every lesion at baseline;
    the response levels speak of soft-tissue plasmacytomas, and have a sum of their own.
    """
    for lesion in visit.new_lesions:
        imaging = visit.raw.imaging
        imaged_on = imaging.imaged_on if imaging else None
        yield ProgressionFinding(
            rule=ProgressionRule.NEW_LESION,
            component=Component.NEW_LESION,
            collected_on=lesion.found_on or imaged_on or visit.anchor,
        )
    yield from _product_sum(history, visit)
    yield from _single_lesions(history, visit)
    yield from _unanswered(history, visit)


def _unanswered(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    survey = visit.survey
    if survey is None:
        return
    for lesion_id in unanswered_lesions(history, visit):
        yield ProgressionFinding(
            rule=ProgressionRule.UNANSWERED_LESION,
            component=Component.NEW_LESION,
            collected_on=survey.imaged_on,
            current=survey.measured[lesion_id].long_mm,
            lesion_id=lesion_id,
        )


def _product_sum(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    survey, followed = visit.survey, history.lesions
    if survey is None or len(followed) < (1 if history.policy.spd_single_lesion else 2):
        return
    current = survey.product_sum(followed)
    sums = [
        Dated(product_sum, earlier.imaged_on)
        for earlier in history.surveys_before(survey.imaged_on)
        if (product_sum := earlier.product_sum(followed)) is not None
    ]
    lowest = nadir(sums)
    if (
        current is not None
        and lowest is not None
        and progression.product_sum_progressed(nadir=lowest.value, current=current)
    ):
        yield ProgressionFinding(
            rule=ProgressionRule.PRODUCT_SUM,
            component=Component.PLASMACYTOMAS,
            collected_on=survey.imaged_on,
            current=current,
            nadir=lowest,
        )


def _single_lesions(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    survey = visit.survey
    if survey is None:
        return
    earlier = history.surveys_before(survey.imaged_on)
    reshaped = survey.reshaped.union(*(before.reshaped for before in earlier))
    for lesion_id, diameters in sorted(survey.measured.items()):
        seen = [
            (before.measured[lesion_id], before.imaged_on)
            for before in earlier
            if lesion_id in before.measured
        ]
        if not seen or lesion_id in reshaped or diameters.gone:
            continue
        lowest = nadir(Dated(size.long_mm, imaged_on) for size, imaged_on in seen)
        if lowest is None:
            continue
        if any(size.gone for size, _ in seen):
            rule = ProgressionRule.NEW_LESION
        elif progression.longest_diameter_progressed(
            nadir=lowest.value,
            current=diameters.long_mm,
            widest_short_axis=max(size.short_mm for size, _ in seen),
        ):
            rule = ProgressionRule.LONGEST_DIAMETER
        else:
            continue
        yield ProgressionFinding(
            rule=rule,
            component=Component.PLASMACYTOMAS,
            collected_on=survey.imaged_on,
            current=diameters.long_mm,
            nadir=lowest,
            lesion_id=lesion_id,
        )
