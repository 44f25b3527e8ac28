"""A result against the limits of quantification (50) and detection (20) of its assay."""

from decimal import Decimal

import pytest

from app.services.criteria.assay_limits import quantification_state
from app.vocabularies.kinetics import QuantificationState
from app.vocabularies.laboratory import Comparator

QUANTIFIABLE = QuantificationState.QUANTIFIABLE
DETECTED = QuantificationState.DETECTED_BELOW_LLOQ
NOT_DETECTED = QuantificationState.NOT_DETECTED
MISSING = QuantificationState.MISSING


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("value", "lloq", "lod", "state"),
    [
        pytest.param("50", "50", "20", QUANTIFIABLE, id="at the limit of quantification"),
        pytest.param("49.999", "50", "20", DETECTED, id="just below it"),
        pytest.param("20", "50", "20", DETECTED, id="at the limit of detection"),
        pytest.param("19.999", "50", "20", NOT_DETECTED, id="just below that"),
        pytest.param("0", "50", "20", NOT_DETECTED, id="zero"),
        pytest.param("0", None, None, NOT_DETECTED, id="zero without limits"),
        pytest.param("0", "50", None, NOT_DETECTED, id="zero without limit of detection"),
        pytest.param("1", "50", None, DETECTED, id="any number under it, detection limit unknown"),
        pytest.param("7", None, None, QUANTIFIABLE, id="a number without limits"),
        pytest.param("19", None, "20", NOT_DETECTED, id="only a limit of detection, below"),
        pytest.param("20", None, "20", QUANTIFIABLE, id="only a limit of detection, at it"),
        pytest.param("50", "50", "50", QUANTIFIABLE, id="one limit for both"),
        pytest.param(None, "50", "20", MISSING, id="no result"),
    ],
)
def test_a_number_is_placed_between_the_limits(
    value: str | None, lloq: str | None, lod: str | None, state: QuantificationState
) -> None:
    assert quantification_state(value=number(value), lloq=number(lloq), lod=number(lod)) is state


@pytest.mark.parametrize(
    ("comparator", "value", "lloq", "lod", "state"),
    [
        pytest.param("<", "50", "50", "20", DETECTED, id="<LLOQ"),
        pytest.param("<", "50", "50", None, DETECTED, id="<LLOQ, detection limit unknown"),
        pytest.param("<", "20", "50", "20", NOT_DETECTED, id="<LOD"),
        pytest.param("<", "21", "50", "20", DETECTED, id="between the limits"),
        pytest.param("<", "51", "50", "20", MISSING, id="above the LLOQ: could be either"),
        pytest.param("<", "100", None, None, DETECTED, id="without limits its own bound is one"),
        pytest.param("<", "20", None, "20", NOT_DETECTED, id="<LOD, LLOQ unknown"),
        pytest.param("<=", "20", "50", "20", DETECTED, id="<= the LOD includes the LOD"),
        pytest.param("<=", "19", "50", "20", NOT_DETECTED, id="<= under the LOD"),
        pytest.param("<=", "49", "50", "20", DETECTED, id="<= under the LLOQ"),
        pytest.param("<=", "50", "50", "20", MISSING, id="<= the LLOQ includes the LLOQ"),
        pytest.param("<=", "0", None, None, NOT_DETECTED, id="<= 0"),
        pytest.param(">", "1000", "50", "20", QUANTIFIABLE, id="above the upper limit"),
        pytest.param(">", "50", "50", "20", QUANTIFIABLE, id=">LLOQ"),
        pytest.param(">=", "50", "50", "20", QUANTIFIABLE, id=">=LLOQ"),
        pytest.param(">", "49", "50", "20", MISSING, id="above something below the LLOQ"),
        pytest.param(">", "3", None, None, QUANTIFIABLE, id="more than a number, without limits"),
    ],
)
def test_a_bounded_result_is_placed_by_all_the_values_it_may_have(
    comparator: str, value: str, lloq: str | None, lod: str | None, state: QuantificationState
) -> None:
    placed = quantification_state(
        value=Decimal(value),
        comparator=Comparator(comparator),
        lloq=number(lloq),
        lod=number(lod),
    )
    assert placed is state


def test_the_state_the_laboratory_gave_wins() -> None:
    for state in QuantificationState:
        assert quantification_state(value=None, lloq=None, stated=state) is state
    assert (
        quantification_state(value=Decimal(60), lloq=Decimal(50), stated=NOT_DETECTED)
        is NOT_DETECTED
    )


@pytest.mark.parametrize(
    ("value", "lloq", "lod", "message"),
    [
        pytest.param("-1", "50", "20", "not negative", id="negative result"),
        pytest.param("1", "-50", None, "not negative", id="negative limit of quantification"),
        pytest.param("1", "50", "-1", "not negative", id="negative limit of detection"),
        pytest.param("1", "50", "51", "at most", id="limits the wrong way round"),
    ],
)
def test_impossible_limits_are_refused(value: str, lloq: str, lod: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quantification_state(value=number(value), lloq=number(lloq), lod=number(lod))


def test_both_states_below_quantification_are_blq() -> None:
    assert {state for state in QuantificationState if state.below_quantification} == {
        DETECTED,
        NOT_DETECTED,
    }
