"""What a laboratory writes in the place of a number."""

import pytest
from pydantic_core import PydanticCustomError

from app.models.measured_numbers import (
    OF_A_COMPONENT,
    OF_A_RESULT,
    OF_A_SAMPLE,
    MembersBeside,
    number_alone,
)


@pytest.mark.parametrize(
    ("written", "beside", "member"),
    [
        pytest.param("<0.5", OF_A_RESULT, "comparator", id="below a limit"),
        pytest.param("< 0.5", OF_A_RESULT, "comparator", id="with a blank"),
        pytest.param(">=1000", OF_A_COMPONENT, "comparator", id="at least"),
        pytest.param("\N{LESS-THAN OR EQUAL TO}5", OF_A_RESULT, "comparator", id="one sign"),
        pytest.param("less than 5", OF_A_RESULT, "comparator", id="in words"),
        pytest.param("<50", OF_A_SAMPLE, "quantification", id="of a kinetics sample"),
        pytest.param("neg", OF_A_RESULT, "coded_value", id="negative"),
        pytest.param("NEG", OF_A_RESULT, "coded_value", id="in capitals"),
        pytest.param("Not  detected", OF_A_RESULT, "coded_value", id="not detected"),
        pytest.param("neg", OF_A_COMPONENT, "coded_value", id="of a component"),
        pytest.param("not detected", OF_A_SAMPLE, "quantification", id="of a sample"),
        pytest.param("ND", OF_A_RESULT, "coded_value", id="not detected, or not done"),
        pytest.param("ND", OF_A_RESULT, "not_done", id="not done, or not detected"),
        pytest.param("UNK", OF_A_RESULT, "not_done", id="unknown"),
        pytest.param("unknown", OF_A_COMPONENT, "not_done", id="unknown, a component"),
        pytest.param("UNK", OF_A_SAMPLE, "not_evaluable", id="unknown, a sample"),
        pytest.param("n/a", OF_A_RESULT, "not_done", id="not available"),
        pytest.param("", OF_A_RESULT, "not_done", id="an empty cell"),
    ],
)
def test_it_is_told_the_member_it_belongs_in(
    written: str, beside: MembersBeside, member: str
) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        number_alone(written, beside)
    assert refused.value.type == "not_a_number"
    assert member in refused.value.message()
    assert not written or written not in refused.value.message()


@pytest.mark.parametrize("value", ["0.5", "-1", "1e-05", 5, None, True, "many", "5 <", [], "1:80"])
def test_anything_else_is_left_to_the_number_to_read(value: object) -> None:
    assert number_alone(value, OF_A_RESULT) is value
