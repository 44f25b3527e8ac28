"""Units: exact, and refused where they say nothing."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.criteria.imwg import units

D = Decimal


@pytest.mark.parametrize(
    ("convert", "value", "unit", "expected"),
    [
        (units.serum_m_protein, "10", "g/L", "1"),
        (units.serum_m_protein, "13.05", "g/L", "1.305"),
        (units.serum_m_protein, "500", "mg/dL", "0.5"),
        (units.free_light_chain, "10", "mg/dL", "100"),
        (units.free_light_chain, "0.1", "g/L", "100"),
        (units.circulating_plasma_cells, "0.2", "10*9/L", "200"),
        (units.marrow_plasma_cells, "0.05", "1", "5"),
        (units.haemoglobin, "20", "g/L", "2"),
        (units.creatinine, "176.8", "umol/L", "2"),
        (units.corrected_calcium, "2.75", "mmol/L", "11.022"),
        (units.urine_m_protein, "0.2", "g/(24.h)", "200"),
    ],
)
def test_it_converts_exactly(
    convert: Callable[[Decimal, str], Decimal], value: str, unit: str, expected: str
) -> None:
    assert convert(D(value), unit) == D(expected)


@pytest.mark.parametrize(
    ("value", "unit", "volume", "hours", "expected"),
    [
        pytest.param("25", "mg/dL", "1600", None, "400", id="mg/dL of a day"),
        pytest.param("0.25", "g/L", "1600", "24", "400", id="g/L of a day"),
        pytest.param("25", "mg/dL", "800", "12", "400", id="half a day"),
        pytest.param("25", "mg/dL", "1533.333333333333333333333333", "23", "400", id="23 hours"),
        pytest.param("40000", "mg/dL", "1", None, "400", id="the smallest collection"),
        pytest.param("40", "mg/dL", "41.6666666666666666", "1", "400", id="one hour"),
        pytest.param("400", "mg/(24.h)", "800", "12", "400", id="an amount in 24 h stays"),
    ],
)
def test_a_urine_concentration_becomes_an_amount_in_24_hours(
    value: str, unit: str, volume: str, hours: str | None, expected: str
) -> None:
    found = units.urine_m_protein(
        D(value), unit, volume_ml=D(volume), collection_hours=D(hours) if hours else None
    )
    assert found.quantize(D("0.0001")) == D(expected)


@pytest.mark.parametrize(
    ("volume", "hours", "reason"),
    [
        (None, None, "needs the volume"),
        (D(0), None, "are positive"),
        (D(1600), D(0), "are positive"),
    ],
)
def test_a_urine_concentration_without_a_collection_is_refused(
    volume: Decimal | None, hours: Decimal | None, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        units.urine_m_protein(D(25), "mg/dL", volume_ml=volume, collection_hours=hours)


@pytest.mark.parametrize(
    "convert",
    [
        units.serum_m_protein,
        units.urine_m_protein,
        units.free_light_chain,
        units.corrected_calcium,
        units.creatinine,
        units.haemoglobin,
        units.circulating_plasma_cells,
        units.marrow_plasma_cells,
    ],
)
def test_another_unit_is_refused_and_the_allowed_ones_are_named(
    convert: Callable[[Decimal, str], Decimal],
) -> None:
    with pytest.raises(ValueError, match="not a unit of this marker; allowed: "):
        convert(D(1), "mmHg")


@pytest.mark.parametrize(
    ("convert", "unit"), [(units.serum_m_protein, "g/dL"), (units.creatinine, "umol/L")]
)
def test_a_negative_value_is_refused(convert: Callable[[Decimal, str], Decimal], unit: str) -> None:
    with pytest.raises(ValueError, match="is not negative"):
        convert(D("-0.1"), unit)


@given(st.decimals(min_value=0, max_value=10_000, places=6))
def test_units_that_differ_by_powers_of_ten_say_the_same(value: Decimal) -> None:
    assert units.serum_m_protein(value * 10, "g/L") == value
    assert units.serum_m_protein(value * 1000, "mg/dL") == value
    assert units.free_light_chain(value / 10, "mg/dL") == value
    assert units.urine_m_protein(value / 1000, "g/(24.h)") == value
