"""How a result stands to the limits of its assay: quantifiable, detected, not detected, missing."""

from decimal import Decimal

from app.vocabularies.kinetics import QuantificationState
from app.vocabularies.laboratory import Comparator


def quantification_state(
    *,
    value: Decimal | None,
    comparator: Comparator | None = None,
    lloq: Decimal | None,
    lod: Decimal | None = None,
    stated: QuantificationState | None = None,
) -> QuantificationState:
    """Place a result between the limits of its assay.

    A value at the lower limit of quantification is quantifiable, one at the limit of detection is
    detected. Both states below quantification are BLQ: their number is not used.

    Args:
        value: result, in the unit of the limits; None without one.
        comparator: what stands before the value, as in "<50".
        lloq: lower limit of quantification; None when the laboratory sent none.
        lod: limit of detection, at most ``lloq``; None when the laboratory sent none.
        stated: the state the laboratory gave itself; it wins over the number.

    Returns:
        ``MISSING`` without a result, and for one that the limits cannot place, as "<100" with a
        limit of quantification of 50.

    Raises:
        ValueError: a value or limit is negative, or the limit of detection is above the other.

    Source: M10 guideline on bioanalytical method validation (ICH, 2022), for the two limits.
    Decision: a number without any limit is quantifiable, because the laboratory reported it; 0 is
    not detected; "<50" at a limit of quantification of 50 is below it with detection not excluded.
    """
    _check(value, lloq, lod)
    if stated is not None:
        return stated
    if value is None:
        return QuantificationState.MISSING
    if comparator in {Comparator.GREATER, Comparator.GREATER_OR_EQUAL}:
        reached = lloq is None or value >= lloq
        return QuantificationState.QUANTIFIABLE if reached else QuantificationState.MISSING
    if comparator is not None:
        return _below(value, included=comparator is Comparator.LESS_OR_EQUAL, lloq=lloq, lod=lod)
    if value == 0 or (lod is not None and value < lod):
        return QuantificationState.NOT_DETECTED
    if lloq is not None and value < lloq:
        return QuantificationState.DETECTED_BELOW_LLOQ
    return QuantificationState.QUANTIFIABLE


def _below(
    bound: Decimal, *, included: bool, lloq: Decimal | None, lod: Decimal | None
) -> QuantificationState:
    """Place "less than ``bound``", or "at most" it, by where all such values lie."""
    if bound == 0 or _lies_under(bound, lod, included=included):
        return QuantificationState.NOT_DETECTED
    if lloq is None or _lies_under(bound, lloq, included=included):
        return QuantificationState.DETECTED_BELOW_LLOQ
    return QuantificationState.MISSING


def _lies_under(bound: Decimal, limit: Decimal | None, *, included: bool) -> bool:
    return limit is not None and (bound < limit if included else bound <= limit)


def _check(value: Decimal | None, lloq: Decimal | None, lod: Decimal | None) -> None:
    if any(number is not None and number < 0 for number in (value, lloq, lod)):
        raise ValueError("a result and its limits are not negative")
    if lloq is not None and lod is not None and lod > lloq:
        raise ValueError("the limit of detection is at most the limit of quantification")
