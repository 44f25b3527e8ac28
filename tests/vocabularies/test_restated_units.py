"""Values in another unit: exact powers of ten, printed factors, and what has neither."""

from decimal import Decimal

import pytest

from app.vocabularies.laboratory import analytes
from app.vocabularies.restated_units import beside, restatement


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "wanted", "expected"),
    [
        ("BILI", "4.0", "mg/dL", "umol/L", "68.416"),
        ("BILI", "17.104", "umol/L", "mg/dL", "1"),
        ("CREAT", "1", "mg/dL", "umol/L", "88.4"),
        ("CREAT", "0.0884", "mmol/L", "mg/dL", "1"),
        ("URATE", "59.48", "umol/L", "mg/dL", "1"),
        ("GLUC", "1", "mmol/L", "mg/dL", "18.016"),
        ("GLUC_FAST", "18.016", "mg/dL", "mmol/L", "1"),
        ("CA_TOTAL", "1", "mmol/L", "mg/dL", "4.008"),
        ("CA_ION", "4.008", "mg/dL", "mmol/L", "1"),
        ("PHOS", "3.097", "mg/dL", "mmol/L", "1"),
        ("MG", "1", "mmol/L", "mg/dL", "2.431"),
        ("CHOL", "38.67", "mg/dL", "mmol/L", "1"),
        ("TRIG", "88.57", "mg/dL", "mmol/L", "1"),
        ("HGB", "10", "mmol/L", "g/dL", "16.11"),
        ("HGB", "161.1", "g/L", "mmol/L", "10"),
        ("3094-0", "28.01", "mg/dL", "mmol/L", "10"),
        ("3091-6", "10", "mmol/L", "mg/dL", "60.06"),
    ],
)
def test_a_factor_restates(analyte: str, value: str, unit: str, wanted: str, expected: str) -> None:
    found = restatement(analyte, unit, wanted)
    assert found is not None
    assert found.of(Decimal(value)) == Decimal(expected)
    assert not found.exact


def test_a_factor_is_named() -> None:
    found = restatement("BILI", "umol/L", "mg/dL")
    assert found is not None
    assert found.factor == "1 mg/dL = 17.104 umol/L"


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "wanted", "expected"),
    [
        ("PLT", "18", "10*9/L", "/uL", "18000"),
        ("CREAT", "0.08", "mmol/L", "umol/L", "80"),
        ("IL6", "12", "pg/mL", "ng/L", "12"),
        ("SODIUM", "140", "meq/L", "mmol/L", "140"),
        ("K", "4.1", "mmol/L", "meq/L", "4.1"),
        ("BICARB", "24", "meq/L", "mmol/L", "24"),
        ("CA_ION", "2.4", "meq/L", "mmol/L", "1.2"),
        ("MG", "0.8", "mmol/L", "meq/L", "1.6"),
        ("FERRITIN", "3", "ng/mL", "ng/mL", "3"),
    ],
)
def test_a_power_of_ten_and_a_charge_are_exact(
    analyte: str, value: str, unit: str, wanted: str, expected: str
) -> None:
    found = restatement(analyte, unit, wanted)
    assert found is not None
    assert (found.of(Decimal(value)), found.exact) == (Decimal(expected), True)


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "written"),
    [
        pytest.param("18", "10*9/L", "/uL", "18000", id="no exponent"),
        pytest.param("2.50", "g/dL", "g/L", "25.0", id="the last digit stays"),
        pytest.param("0.50", "mg/dL", "g/L", "0.0050", id="to the other side"),
        pytest.param("0.0", "10*9/L", "/uL", "0", id="none"),
    ],
)
def test_where_only_the_point_moves_the_digits_stay(
    value: str, unit: str, wanted: str, written: str
) -> None:
    found = restatement("", unit, wanted)
    assert found is not None
    assert str(found.of(Decimal(value))) == written


def test_equivalents_are_restated_by_the_amount() -> None:
    found = restatement("CA_TOTAL", "meq/L", "mg/dL")
    assert found is not None
    assert (found.of(Decimal(5)), found.exact) == (Decimal("10.02"), False)


@pytest.mark.parametrize(
    ("analyte", "unit", "wanted"),
    [
        pytest.param("UREA", "mg/dL", "mmol/L", id="urea, or its nitrogen"),
        pytest.param("SIL2R", "[arb'U]/mL", "pg/mL", id="receptor in units"),
        pytest.param("DDIMER", "ug/L{FEU}", "ug/L", id="D-dimer units"),
        pytest.param("ALT", "U/L", "ug/L", id="activity and mass"),
        pytest.param("HBV_DNA", "[IU]/mL", "{copies}/mL", id="units and copies"),
        pytest.param("PHOS", "meq/L", "mmol/L", id="the charge of phosphate depends on pH"),
        pytest.param("FERRITIN", "ug/L", "pmol/L", id="no factor of the protocol"),
        pytest.param("GLUC", "mg/dL", "U/L", id="a factor of other units"),
        pytest.param("CA_ION", "meq/L", "U/L", id="equivalents of a unit without a factor"),
    ],
)
def test_what_has_no_factor_is_not_restated(analyte: str, unit: str, wanted: str) -> None:
    assert restatement(analyte, unit, wanted) is None
    assert restatement(analyte, wanted, unit) is None


@pytest.mark.parametrize(
    ("number", "open_"), [("99.5", True), ("99.4", False), ("100.5", True), ("100.51", False)]
)
def test_half_a_per_cent_beside_a_cut_is_open(number: str, open_: bool) -> None:
    assert beside(Decimal(number), Decimal(100)) is open_


def test_the_units_of_an_analyte_are_restated_but_for_a_few() -> None:
    apart = {
        analyte.code
        for analyte in analytes()
        for unit in analyte.units
        if restatement(analyte.code, unit, analyte.units[0]) is None
    }
    viral_load = {"HBV_DNA", "CMV_DNA", "EBV_DNA"}
    assert apart == {"UREA", "SIL2R", "CAR_QPCR"} | viral_load
