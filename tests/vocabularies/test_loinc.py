"""The check digit of a LOINC code."""

import pytest

from app.vocabularies.loinc import is_loinc


@pytest.mark.parametrize("code", ["718-7", "2160-0", "33358-3", "104544-2", "1995-0", "2093-3"])
def test_a_code_with_its_check_digit(code: str) -> None:
    assert is_loinc(code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("718-8", id="wrong digit"),
        pytest.param("178-7", id="digits swapped"),
        pytest.param("781-7", id="other digits swapped"),
        pytest.param("7187", id="no hyphen"),
        pytest.param("718-", id="no digit"),
        pytest.param("-7", id="no number"),
        pytest.param("718-77", id="two digits"),
        pytest.param(" 718-7", id="space"),
        pytest.param("718-7\n", id="line end"),
        pytest.param("12345678-2", id="too long, digit right"),
        pytest.param("\N{ARABIC-INDIC DIGIT SEVEN}18-7", id="other digits"),
        pytest.param("", id="empty"),
    ],
)
def test_anything_else(code: str) -> None:
    assert not is_loinc(code)
