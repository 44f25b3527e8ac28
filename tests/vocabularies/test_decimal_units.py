"""Units that differ by a power of ten."""

from decimal import Decimal

import pytest

from app.vocabularies.decimal_units import decimal_ratio
from app.vocabularies.laboratory import analytes


@pytest.mark.parametrize(
    ("unit", "other", "ratio"),
    [
        ("g/L", "g/L", "1"),
        ("g/dL", "g/L", "10"),
        ("mg/dL", "g/L", "0.01"),
        ("mg/dL", "mg/L", "10"),
        ("ng/mL", "ug/L", "1"),
        ("pg/mL", "ng/L", "1"),
        ("ng/mL{FEU}", "ug/L{FEU}", "1"),
        ("10*9/L", "10*3/uL", "1"),
        ("10*9/L", "/uL", "1000"),
        ("/uL", "10*9/L", "0.001"),
        ("g/(24.h)", "mg/(24.h)", "1000"),
        ("umol/L", "mmol/L", "0.001"),
        ("{INR}", "{INR}", "1"),
        ("{cells}/uL", "/uL", "1"),
        ("mg/L{FEU}", "ug/L{FEU}", "1000"),
    ],
)
def test_a_power_of_ten_is_exact(unit: str, other: str, ratio: str) -> None:
    assert decimal_ratio(unit, other) == Decimal(ratio)


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        pytest.param("mg/dL", "mmol/L", id="mass and substance"),
        pytest.param("[arb'U]/mL", "pg/mL", id="arbitrary units"),
        pytest.param("[IU]/mL", "[arb'U]/mL", id="two arbitrary units"),
        pytest.param("ng/mL", "ng/mL{FEU}", id="fibrinogen equivalents"),
        pytest.param("mg/(24.h)", "mg/L", id="amount and concentration"),
        pytest.param("%", "/uL", id="share and count"),
        pytest.param("g/mol", "g/L", id="not per volume"),
        pytest.param("mg/dL", "U/L", id="mass and activity"),
        pytest.param("{INR}", "s", id="unknown parts"),
    ],
)
def test_other_units_are_not_compared(unit: str, other: str) -> None:
    assert decimal_ratio(unit, other) is None
    assert decimal_ratio(other, unit) is None


def test_there_and_back_is_one_for_every_listed_unit() -> None:
    for analyte in analytes():
        for unit in analyte.units:
            for other in analyte.units:
                there, back = decimal_ratio(unit, other), decimal_ratio(other, unit)
                assert (there is None) == (back is None)
                assert there is None or back is None or there * back == 1
