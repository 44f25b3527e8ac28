"""When a laboratory result is an outlier by the trial's rule, beside what the investigator says.

Source: the trial's protocol, laboratory outliers: grade, and limits without a CTCAE number.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from app.services.criteria.ctcae_labs.lab_grade import LabGrade, counting_grade
from app.services.derivations.laboratory.graded_labs import GradedLab
from app.services.derivations.sampled_values import LabValue
from app.trial.laboratory import LaboratoryRules, OutlierLimit
from app.vocabularies.laboratory import Comparator, QualitativeResult
from app.vocabularies.laboratory_grading import AbnormalityDirection, GradeScale
from app.vocabularies.restated_units import Restatement, beside, restatement

LOW: Final = AbnormalityDirection.LOW
HIGH: Final = AbnormalityDirection.HIGH

_BELOW: Final = frozenset({Comparator.LESS, Comparator.LESS_OR_EQUAL})
_ABOVE: Final = frozenset({Comparator.GREATER, Comparator.GREATER_OR_EQUAL})
_FOUND: Final = frozenset({QualitativeResult.POSITIVE, QualitativeResult.DETECTED})
_NOT_FOUND: Final = frozenset({QualitativeResult.NEGATIVE, QualitativeResult.NOT_DETECTED})


def grade_is_outlier(
    grade: LabGrade | None, baseline: LabGrade | None, rules: LaboratoryRules
) -> bool:
    """Tell whether a grade makes a result an outlier: high enough, and high enough above baseline.

    Ranges count with their lowest grade; a missing or ungraded baseline counts as grade 0. A grade
    in multiples of the baseline is above it by its making.
    """
    if grade is None or grade.lowest is None:
        return False
    if grade.scale is GradeScale.BASELINE:
        return grade.lowest >= rules.outlier_grade
    before = None if baseline is None else baseline.lowest
    start = rules.missing_baseline_grade if before is None else before
    return grade.lowest >= rules.outlier_grade and grade.lowest - start >= rules.outlier_rise


def beyond_limits(
    result: LabValue,
    direction: AbnormalityDirection,
    limits: Iterable[OutlierLimit],
    *,
    baseline: LabValue | None,
) -> bool | None:
    """Tell whether a result lies beyond the trial's limits; None where no limit can tell.

    A limit in another unit is restated in that of the result; where that takes a rounded factor, a
    result within 0.5 % of it is left open, and where nothing restates it, it is not applied. A
    number with a comparator is beyond a limit only where all its values are.

    Decision: a detection is new unless the baseline was one; without a baseline it is new, as a
    missing baseline counts as grade 0. "<10" is no detection.
    """
    verdicts = [
        verdict
        for limit in limits
        for verdict in _verdicts(result, direction, limit, baseline)
        if verdict is not None
    ]
    return any(verdicts) if verdicts else None


def side_of(result: GradedLab, limits: Iterable[OutlierLimit]) -> AbnormalityDirection | None:
    """Give the side of normal on which a result lies; None where nothing shows one.

    It is that of its grade, else that of a limit it is beyond, else that of the laboratory's range.
    """
    counting = counting_grade(result.grades)
    if counting is not None and counting.lowest:
        return counting.direction
    value = result.value
    known = tuple(limits)
    for direction in (LOW, HIGH):
        if beyond_limits(value, direction, known, baseline=None):
            return direction
    if value.value is None:
        return None
    if value.lower_limit is not None and value.value < value.lower_limit:
        return LOW
    if value.upper_limit is not None and value.value > value.upper_limit:
        return HIGH
    return None


def limit_directions(limits: Iterable[OutlierLimit]) -> set[AbnormalityDirection]:
    """Give the directions in which limits limit anything."""
    directions = set()
    for limit in limits:
        if limit.below is not None:
            directions.add(LOW)
        if limit.above is not None or limit.above_uln is not None or limit.newly_detected:
            directions.add(HIGH)
    return directions


def limit_factors(
    result: LabValue, direction: AbnormalityDirection, limits: Iterable[OutlierLimit]
) -> set[str]:
    """Give the rounded factors by which the limits of a direction were restated, in words."""
    ways = [
        _restatement(result, limit)
        for limit in limits
        if (limit.below if direction is LOW else limit.above) is not None
    ]
    return {way.factor for way in ways if way is not None and way.factor is not None}


def at_baseline(
    result: LabValue, direction: AbnormalityDirection, baseline: LabValue | None
) -> bool:
    """Tell whether a value is certainly back at the baseline value, or better.

    Better is further from the side that the direction names. A baseline with a comparator is no
    value; a result with one is back where all its values are. Where a rounded factor is between
    the two, a result within 0.5 % of the baseline may lie on either side of it and is not back.
    """
    if baseline is None or baseline.value is None or baseline.comparator is not None:
        return False
    if result.value is None or result.unit is None or baseline.unit is None:
        return False
    way = restatement(result.analyte, baseline.unit, result.unit)
    if way is None:
        return False
    before = way.of(baseline.value)
    if not way.exact and beside(result.value, before):
        return False
    if direction is LOW:
        return result.value >= before and result.comparator not in _BELOW
    return result.value <= before and result.comparator not in _ABOVE


def detected(result: LabValue) -> bool:
    """Tell whether something was found: a word says so, or a number above 0 that is no upper bound.

    A number below the limit of quantification was still found.
    """
    if result.coded_value is not None:
        return result.coded_value in _FOUND
    return result.value is not None and result.value > 0 and result.comparator not in _BELOW


def _verdicts(
    result: LabValue,
    direction: AbnormalityDirection,
    limit: OutlierLimit,
    baseline: LabValue | None,
) -> Iterable[bool | None]:
    if direction is LOW:
        yield _against(_below, result, limit.below, limit)
        return
    yield _against(_above, result, limit.above, limit)
    upper = result.upper_limit
    if limit.above_uln is not None and upper is not None and upper > 0:
        yield _above(result, limit.above_uln * upper)
    if limit.newly_detected and (
        result.value is not None or result.coded_value in _FOUND | _NOT_FOUND
    ):
        yield detected(result) and (baseline is None or not detected(baseline))


def _against(
    verdict: Callable[[LabValue, Decimal | None], bool | None],
    result: LabValue,
    number: Decimal | None,
    limit: OutlierLimit,
) -> bool | None:
    way = _restatement(result, limit)
    if number is None or way is None or result.value is None:
        return None
    restated = way.of(number)
    if not way.exact and beside(result.value, restated):
        return None
    return verdict(result, restated)


def _restatement(result: LabValue, limit: OutlierLimit) -> Restatement | None:
    if limit.unit is None or result.unit is None:
        return None
    return restatement(result.analyte, limit.unit, result.unit)


def _above(result: LabValue, limit: Decimal | None) -> bool | None:
    if limit is None or result.value is None:
        return None
    if result.comparator is Comparator.GREATER:
        return result.value >= limit
    return result.comparator not in _BELOW and result.value > limit


def _below(result: LabValue, limit: Decimal | None) -> bool | None:
    if limit is None or result.value is None:
        return None
    if result.comparator is Comparator.LESS:
        return result.value <= limit
    return result.comparator not in _ABOVE and result.value < limit
