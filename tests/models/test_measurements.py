"""A measured value has its unit, or a reason why there is no value."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.models.measurements import (
    CellPercentage,
    CirculatingPlasmaCells,
    CorrectedCalcium,
    FreeLightChain,
    Measurement,
    SerumMProtein,
    UrineMProtein,
)
from app.vocabularies.taken_units import taken_units


def refusals(kind: type[Measurement], **sent: Any) -> list[tuple[str, str, Any]]:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(sent)
    return [
        ("".join(f"/{step}" for step in e["loc"]), e["type"], e.get("ctx", {}).get("allowed"))
        for e in refused.value.errors()
    ]


@pytest.mark.parametrize(
    ("kind", "units"),
    [
        (SerumMProtein, ["g/dL", "g/L", "mg/dL"]),
        (UrineMProtein, ["mg/(24.h)", "g/(24.h)", "mg/dL", "g/L"]),
        (FreeLightChain, ["mg/L", "mg/dL", "g/L"]),
        (CorrectedCalcium, ["mg/dL", "mmol/L"]),
        (CellPercentage, ["%"]),
        (CirculatingPlasmaCells, ["/uL", "10*9/L"]),
    ],
)
def test_a_marker_is_reported_in_its_units_and_no_others(
    kind: type[Measurement], units: list[str]
) -> None:
    collection = {"volume_ml": "1500", "collection_hours": "24"} if kind is UrineMProtein else {}
    for unit in units:
        part = kind.model_validate({"value": "2.50", "unit": unit, **collection})
        assert part.model_dump(mode="json")["value"] == "2.50"
        assert part.unit == unit
    taken = list(taken_units(tuple(units)))
    for wrong in ("ukat/L", "G/DL", f"{units[0]}x", "\N{MICRO SIGN}g"):
        assert refusals(kind, value="2.50", unit=wrong) == [("/unit", "unit_not_allowed", taken)]
    assert kind.model_json_schema()["properties"]["unit"]["anyOf"][0]["enum"] == taken


@pytest.mark.parametrize(
    ("kind", "sent", "unit", "read"),
    [
        pytest.param(SerumMProtein, "25.0", "mg/mL", ("25.0", "g/L"), id="mg/mL are g/L"),
        pytest.param(FreeLightChain, "120", "ug/mL", ("120", "mg/L"), id="ug/mL are mg/L"),
        pytest.param(CirculatingPlasmaCells, "40", "{cells}/uL", ("40", "/uL"), id="annotated"),
        pytest.param(CirculatingPlasmaCells, "40", "/mm3", ("40", "/uL"), id="mm3 are uL"),
        pytest.param(CirculatingPlasmaCells, "3", "10*6/L", ("3", "/uL"), id="10*6/L are /uL"),
        pytest.param(CorrectedCalcium, "100", "mg/L", ("10.0", "mg/dL"), id="mg/L to mg/dL"),
        pytest.param(CellPercentage, "4", "%{cells}", ("4", "%"), id="an annotated share"),
    ],
)
def test_a_unit_of_one_size_is_taken_and_read_in_a_listed_one(
    kind: type[Measurement], sent: str, unit: str, read: tuple[str, str]
) -> None:
    part = kind.model_validate({"value": sent, "unit": unit})
    assert (part.model_dump(mode="json")["value"], part.unit) == (sent, unit)
    found = part.listed()
    assert found is not None
    assert (str(found[0]), found[1]) == read


def test_a_concentration_of_urine_needs_its_volume_in_every_unit() -> None:
    for unit in taken_units(UrineMProtein.units):
        body = {"value": "2", "unit": unit}
        if unit.endswith(("/d", "/(24.h)")):
            UrineMProtein.model_validate(body)
        else:
            ((place, code, _),) = refusals(UrineMProtein, **body)
            assert (place, code) == ("", "concentration_without_volume"), unit


def test_a_measurement_of_no_particular_kind_has_any_unit() -> None:
    assert Measurement.model_validate({"value": "-3", "unit": "mmol/L"}).unit == "mmol/L"


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        pytest.param({"value": "2.5"}, [("/unit", "unit_missing")], id="no unit"),
        pytest.param({"value": "0"}, [("/unit", "unit_missing")], id="zero has a unit too"),
        pytest.param({}, [("", "value_missing")], id="nothing"),
        pytest.param({"unit": "g/L"}, [("", "value_missing")], id="unit alone"),
        pytest.param({"comparator": "<"}, [("", "value_missing")], id="comparator alone"),
        pytest.param(
            {"not_done": "haemolysed", "value": "2.5", "unit": "g/L"},
            [("", "value_of_what_was_not_done")],
            id="not done, and yet a value",
        ),
        pytest.param(
            {"not_done": "haemolysed", "unit": "g/L"},
            [("", "value_of_what_was_not_done")],
            id="not done, and yet a unit",
        ),
        pytest.param(
            {"not_done": "haemolysed", "comparator": "<"},
            [("", "value_of_what_was_not_done")],
            id="not done, and yet a comparator",
        ),
        pytest.param(
            {"not_done": "haemolysed", "spurious": True},
            [("", "value_of_what_was_not_done")],
            id="not done, and yet spurious",
        ),
        pytest.param({"not_done": ""}, [("/not_done", "string_too_short")], id="no reason"),
        pytest.param(
            {"value": "-0.1", "unit": "g/L"}, [("/value", "number_too_low")], id="negative"
        ),
        pytest.param(
            {"value": 2.5, "unit": "g/L"}, [("/value", "not_a_number")], id="float, not decimal"
        ),
        pytest.param(
            {"value": "1", "unit": "g/L", "comparator": "="},
            [("/comparator", "not_a_code")],
            id="no such comparator",
        ),
        pytest.param(
            {"value": "1", "unit": "g/L", "spurious": 1},
            [("/spurious", "bool_type")],
            id="1 as yes",
        ),
        pytest.param(
            {"value": "1", "unit": "g/L", "collected_on": "2026-03"},
            [("/collected_on", "not_a_date")],
            id="sample of an unknown day",
        ),
        pytest.param(
            {"value": "1", "unit": "g/L", "mrn": "1"}, [("/mrn", "extra_forbidden")], id="unknown"
        ),
        pytest.param(
            {"value": "x", "unit": "kg", "mrn": 1},
            [
                ("/value", "not_a_number"),
                ("/unit", "unit_not_allowed"),
                ("/mrn", "extra_forbidden"),
            ],
            id="all errors at once",
        ),
    ],
)
def test_a_measurement_that_does_not_hold_together_is_refused(
    sent: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    assert [(place, code) for place, code, _ in refusals(SerumMProtein, **sent)] == refused


@pytest.mark.parametrize(
    "sent",
    [
        {"value": "0", "unit": "g/L"},
        {"value": "0.5", "unit": "g/L", "comparator": "<"},
        {"value": "2.50", "unit": "g/L", "spurious": True, "method": "capillary"},
        {"value": "2.50", "unit": "g/L", "collected_on": "2026-03-05"},
        {"value": "2.50", "unit": "g/L", "collected_on": "2026-03-05T08:30+08:00"},
        {"not_done": "haemolysed"},
        {"not_done": "lost", "collected_on": "2026-03-05"},
    ],
)
def test_a_measurement_comes_back_as_it_was_sent(sent: dict[str, Any]) -> None:
    part = SerumMProtein.model_validate(sent)
    assert part.model_dump(mode="json", exclude_unset=True) == sent


@pytest.mark.parametrize("unit", ["mg/dL", "g/L"])
@pytest.mark.parametrize("value", ["20", "0"])
@pytest.mark.parametrize("collection", [{}, {"volume_ml": "1500"}, {"collection_hours": "24"}])
def test_a_urine_concentration_without_volume_and_hours_is_refused(
    unit: str, value: str, collection: dict[str, str]
) -> None:
    assert refusals(UrineMProtein, value=value, unit=unit, **collection) == [
        ("", "concentration_without_volume", ["mg/(24.h)", "g/(24.h)"])
    ]


def test_an_amount_in_24_hours_needs_no_volume() -> None:
    part = UrineMProtein.model_validate({"value": "210", "unit": "mg/(24.h)", "complete": True})
    assert part.volume_ml is None


@pytest.mark.parametrize("volume", ["0", "-1"])
def test_a_urine_volume_is_above_zero(volume: str) -> None:
    sent = {"value": "20", "unit": "mg/dL", "volume_ml": volume, "collection_hours": "24"}
    assert refusals(UrineMProtein, **sent)[0][:2] == ("/volume_ml", "number_too_low")


def test_cells_are_at_most_100_percent() -> None:
    assert refusals(CellPercentage, value="100.1", unit="%")[0][:2] == ("/value", "number_too_high")


def test_calcium_is_above_zero() -> None:
    assert refusals(CorrectedCalcium, value="0", unit="mg/dL")[0][:2] == (
        "/value",
        "number_too_low",
    )


def test_a_measurement_does_not_change_once_it_is_made() -> None:
    part = SerumMProtein.model_validate({"value": "2.50", "unit": "g/L"})
    with pytest.raises(ValidationError, match="frozen"):
        part.unit = "g/dL"
