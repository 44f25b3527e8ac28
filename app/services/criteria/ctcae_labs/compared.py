"""What a result is compared with: value, limits and baseline in the unit of the cuts.

Source: the trial's protocol, laboratory outliers, another unit: each value goes against its own
laboratory's limits.
"""

from decimal import Decimal
from typing import Final, NamedTuple

from app.services.criteria.ctcae_labs.intervals import References, RuleSet
from app.services.criteria.ctcae_labs.lab_grade import RestatedValue
from app.vocabularies.laboratory import Comparator
from app.vocabularies.restated_units import Restatement, restatement, shown

_BELOW: Final = frozenset({Comparator.LESS, Comparator.LESS_OR_EQUAL})


class ComparedSample(NamedTuple):
    """A result, its laboratory's limits, and the subject's baseline, each as reported.

    Attributes:
        limits: lower and upper, in ``unit``, in the places of ``References``.
    """

    analyte: str
    value: Decimal
    unit: str
    comparator: Comparator | None
    limits: References
    baseline: Decimal | None
    baseline_unit: str
    baseline_comparator: Comparator | None
    baseline_upper_limit: Decimal | None


class Compared(NamedTuple):
    """A result in the unit of the cuts.

    Attributes:
        references: lower limit, upper limit and baseline, in that unit.
        baseline_high: the baseline was above its own upper limit.
        value_restated: the result was brought to the unit of the printed cuts by a factor.
        baseline_restated: the baseline was brought to the unit of the result by a factor.
        restated: the result as it was compared; None: no factor is in it.
    """

    value: Decimal
    references: References
    baseline_high: bool = False
    value_restated: bool = False
    baseline_restated: bool = False
    restated: RestatedValue | None = None


def compared_by(rules: RuleSet, sample: ComparedSample) -> Compared | None:
    """Bring a result to the unit of the cuts.

    None: the criterion asks whether the baseline was abnormal, it was, and it cannot be compared.
    """
    if rules.restated is None:
        return _with_baseline(rules, Compared(sample.value, sample.limits), sample, sample.unit)
    onward = rules.restated
    lower, upper, _ = sample.limits
    restated = _restated_value(sample.value, rules.unit, onward)
    compared = Compared(
        onward.of(sample.value),
        (
            None if lower is None else onward.of(lower),
            None if upper is None else onward.of(upper),
            None,
        ),
        value_restated=restated is not None,
        restated=restated,
    )
    return _with_baseline(rules, compared, sample, rules.unit)


def _with_baseline(
    rules: RuleSet, compared: Compared, sample: ComparedSample, unit: str
) -> Compared | None:
    """Add the baseline in the unit that the result is compared in."""
    if sample.baseline is None or not rules.looks_at_baseline:
        return compared
    way = comparable(
        sample.analyte,
        baseline_unit=sample.baseline_unit,
        baseline_comparator=sample.baseline_comparator,
        unit=unit,
    )
    if way is None:
        return None if rules.reads_baseline_as_normal and _may_be_high(sample) else compared
    baseline = way.of(sample.baseline)
    lower, upper, _ = compared.references
    references, high = (lower, upper, baseline), _is_high(sample, baseline, upper)
    if way.exact:
        return Compared(
            compared.value,
            references,
            high,
            compared.value_restated,
            restated=compared.restated,
        )
    back = restatement(sample.analyte, sample.unit, sample.baseline_unit)
    return compared._replace(
        references=references,
        baseline_high=high,
        baseline_restated=True,
        restated=_restated_value(sample.value, sample.baseline_unit, back),
    )


def comparable(
    analyte: str, *, baseline_unit: str, baseline_comparator: Comparator | None, unit: str
) -> Restatement | None:
    """Give how a baseline is brought to the unit of a result; None: the two cannot be compared.

    Decision: a baseline with a comparator is no number, and nothing is a multiple of it.
    """
    if baseline_comparator is not None:
        return None
    return restatement(analyte, baseline_unit, unit)


def _is_high(sample: ComparedSample, restated_baseline: Decimal, upper: Decimal | None) -> bool:
    """Tell whether the baseline lies above its own upper limit, or without one the result's."""
    if sample.baseline is not None and sample.baseline_upper_limit is not None:
        return sample.baseline > sample.baseline_upper_limit
    return upper is not None and restated_baseline > upper


def _may_be_high(sample: ComparedSample) -> bool:
    """Tell whether a baseline that cannot be compared is, or may be, above its own limit."""
    limit, baseline = sample.baseline_upper_limit, sample.baseline
    if limit is None or baseline is None:
        return False
    above = baseline > limit
    return above or (
        sample.baseline_comparator is not None and sample.baseline_comparator not in _BELOW
    )


def _restated_value(value: Decimal, unit: str, way: Restatement | None) -> RestatedValue | None:
    if way is None or way.factor is None:
        return None
    return RestatedValue(value=shown(way.of(value)), unit=unit, factor=way.factor)
