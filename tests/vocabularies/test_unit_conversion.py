"""Units of one kind of quantity are converted exactly; others are not converted at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vocabularies.laboratory import analytes
from app.vocabularies.ucum import is_ucum
from app.vocabularies.unit_conversion import in_unit

UNITS = sorted({unit for analyte in analytes() for unit in analyte.units} | {"10*6/L", "ng/dL"})

NOT_CONVERTIBLE = {
    # Molar mass, or an activity per mass, would be needed.
    "HGB": {"mmol/L"},
    "BILI": {"mg/dL"},
    "CREAT": {"mg/dL"},
    "URATE": {"mg/dL"},
    "UREA": {"mg/dL"},
    "MG": {"mg/dL"},
    "PHOS": {"mg/dL"},
    "GLUC": {"mg/dL"},
    "GLUC_FAST": {"mg/dL"},
    "CA_TOTAL": {"mg/dL"},
    "CA_CORR": {"mg/dL"},
    "CA_ION": {"mg/dL"},
    "CHOL": {"mg/dL"},
    "TRIG": {"mg/dL"},
    "SIL2R": {"[arb'U]/mL"},
    "CAR_QPCR": {"{copies}/mL"},
    # Copies and international units differ by assay and are never converted.
    "HBV_DNA": {"{copies}/mL"},
    "CMV_DNA": {"{copies}/mL"},
    "EBV_DNA": {"{copies}/mL"},
}


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [
        pytest.param("2.50", "g/dL", "g/L", "25.0", id="g/dL to g/L"),
        pytest.param("400", "mg/dL", "g/L", "4.00", id="mg/dL to g/L: 4 g/L of IgG"),
        pytest.param("7.5", "ng/L", "pg/mL", "7.5", id="ng/L are pg/mL"),
        pytest.param("812", "ng/mL", "ug/L", "812", id="ng/mL are ug/L"),
        pytest.param("1.2", "mg/dL", "mg/L", "12", id="mg/dL to mg/L"),
        pytest.param("0.05", "10*9/L", "/uL", "50", id="10*9/L to /uL: 50 B cells"),
        pytest.param("50", "/uL", "10*9/L", "0.050", id="/uL to 10*9/L"),
        pytest.param("3.1", "10*3/uL", "10*9/L", "3.1", id="10*3/uL are 10*9/L"),
        pytest.param("2", "g/dL", "g/L", "20", id="no exponent"),
        pytest.param("0", "mg/dL", "g/L", "0.00", id="zero"),
        pytest.param("1.2", "mg/L{FEU}", "ug/L{FEU}", "1200", id="D-dimer of another size"),
        pytest.param("50", "{cells}/uL", "10*9/L", "0.050", id="an annotation is no unit"),
        pytest.param("9", "[arb'U]/mL", "pg/mL", None, id="arbitrary units"),
        pytest.param("90", "umol/L", "mg/dL", None, id="amount and mass"),
        pytest.param("9", "[arb'U]/mL", "[arb'U]/mL", "9", id="any unit is itself"),
        pytest.param("9", "%", "/uL", None, id="a share of cells"),
    ],
)
def test_a_value_keeps_its_digits(value: str, unit: str, wanted: str, expected: str | None) -> None:
    found = in_unit(Decimal(value), unit, wanted)
    assert (None if found is None else str(found)) == expected


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=6),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
)
def test_there_and_back_is_the_value(value: Decimal, unit: str, wanted: str) -> None:
    there = in_unit(value, unit, wanted)
    if there is not None:
        back = in_unit(there, wanted, unit)
        assert back is not None
        assert back == value


def test_every_unit_of_the_list_is_a_ucum_unit() -> None:
    assert all(is_ucum(unit) for unit in UNITS)


def test_the_units_of_an_analyte_are_convertible_unless_of_two_kinds() -> None:
    apart = {
        analyte.code: {
            unit for unit in analyte.units if in_unit(Decimal(1), unit, analyte.units[0]) is None
        }
        for analyte in analytes()
        if analyte.units
    }
    assert {code: units for code, units in apart.items() if units} == NOT_CONVERTIBLE
