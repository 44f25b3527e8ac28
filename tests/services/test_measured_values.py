"""Every measured number of a record, and the record as the rules read it."""

from decimal import Decimal
from typing import Any

import pytest

from app.schemas.record_kinds import by_path
from app.services.measured_values import as_analysed, measured_numbers, not_plausible

EVALUATION: dict[str, Any] = {
    "assessed_on": "2026-06-01",
    "serum_m_protein": {"value": "2.5", "unit": "g/dL"},
    "urine_m_protein": {
        "value": "30", "unit": "mg/L", "volume_ml": "1500", "collection_hours": "24",
    },
    "free_kappa": {"value": "120", "unit": "ug/mL"},
    "free_lambda": {"value": "1.2", "unit": "mg/dL"},
    "immunoglobulin": {"value": "42", "unit": "g/L", "heavy_chain": "IgA"},
    "marrow": {"aspirate": {"value": "30", "unit": "%"}, "clonality": "present"},
    "circulating_plasma_cells": {"value": "40", "unit": "{cells}/uL"},
    "corrected_calcium": {"value": "2.4", "unit": "mmol/L"},
    "imaging": {
        "modality": "MRI",
        "lesions": [{"lesion_id": "L1", "kind": "bone", "long_mm": "12", "short_mm": "11"}],
    },
}  # fmt: skip


def record(path: str, body: dict[str, Any]) -> Any:
    kind = by_path(path)
    assert kind is not None
    return kind.submission.model_validate(body)


def changed(place: tuple[str | int, ...], value: Any) -> Any:
    """Give the evaluation with another value at a place."""

    def put(part: Any, way: tuple[str | int, ...]) -> Any:
        if not way:
            return value
        if isinstance(part, list):
            return [put(one, way[1:]) if i == way[0] else one for i, one in enumerate(part)]
        return {**part, way[0]: put(part.get(way[0]), way[1:])}

    return record("assessments", put(EVALUATION, place))


def test_every_measured_number_of_an_evaluation_is_looked_at() -> None:
    evaluation = record("assessments", EVALUATION)
    assert {(one.place, one.quantity) for one in measured_numbers(evaluation)} == {
        (("serum_m_protein", "value"), "MPROT_S"),
        (("urine_m_protein", "value"), "MPROT_U"),
        (("urine_m_protein", "volume_ml"), "COLLECTION_VOLUME"),
        (("urine_m_protein", "collection_hours"), "COLLECTION_HOURS"),
        (("free_kappa", "value"), "FLC_KAPPA"),
        (("free_lambda", "value"), "FLC_KAPPA"),
        (("immunoglobulin", "value"), "IGA"),
        (("marrow", "aspirate", "value"), "BMPC"),
        (("circulating_plasma_cells", "value"), "PCPB"),
        (("corrected_calcium", "value"), "CA_CORR"),
        (("imaging", "lesions", 0, "long_mm"), "LESION_DIAMETER"),
        (("imaging", "lesions", 0, "short_mm"), "LESION_DIAMETER"),
    }
    assert not_plausible(evaluation) == ()


def test_a_record_is_read_in_listed_units_and_stays_as_it_was_sent() -> None:
    evaluation = record("assessments", EVALUATION)
    read: Any = as_analysed(evaluation)
    assert (read.urine_m_protein.value, read.urine_m_protein.unit) == (Decimal("3.0"), "mg/dL")
    assert (read.free_kappa.value, read.free_kappa.unit) == (Decimal(120), "mg/L")
    assert read.circulating_plasma_cells.unit == "/uL"
    assert read.serum_m_protein is evaluation.serum_m_protein
    assert evaluation.free_kappa.unit == "ug/mL"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(("serum_m_protein", "value"), "25", id="a spike of g/L"),
        pytest.param(("urine_m_protein", "volume_ml"), "1.5", id="a volume in litres"),
        pytest.param(("urine_m_protein", "collection_hours"), "1440", id="minutes"),
        pytest.param(("free_kappa", "value"), "1000000", id="a light chain"),
        pytest.param(("immunoglobulin", "value"), "4200", id="IgA of mg/dL"),
        pytest.param(("circulating_plasma_cells", "value"), "5000000", id="plasma cells"),
        pytest.param(("corrected_calcium", "value"), "9.6", id="calcium of mg/dL"),
        pytest.param(("imaging", "lesions", 0, "long_mm"), "12000", id="a lesion"),
    ],
)
def test_what_is_not_plausible_is_left_out_and_nothing_else(
    place: tuple[str | int, ...], value: str
) -> None:
    evaluation = changed(place, value)
    (found,) = not_plausible(evaluation)
    assert found.place == place
    assert found.in_words is not None
    read: Any = as_analysed(evaluation)
    part = getattr(read, str(place[0]))
    if place[0] == "imaging":
        assert (part.lesions[0].long_mm, part.lesions[0].short_mm) == (None, Decimal(11))
        assert part.lesions[0].not_assessed is not None
    else:
        assert (part.value, part.unit) == (None, None)
        assert part.not_done is not None
    others = set(EVALUATION) - {place[0], "assessed_on", "urine_m_protein", "free_kappa",
                                "circulating_plasma_cells"}  # fmt: skip
    assert all(getattr(read, one) == getattr(evaluation, one) for one in others)
    confirmed = evaluation.model_copy(update={"confirmed_implausible": True})
    assert not_plausible(confirmed) == ()
    kept: Any = getattr(as_analysed(confirmed), str(place[0]))
    assert (kept.lesions[0].long_mm if place[0] == "imaging" else kept.value) is not None


def test_an_error_of_the_laboratory_is_left_out_already_and_is_no_finding() -> None:
    spike = {"value": "25", "unit": "g/dL", "spurious": True}
    evaluation = changed(("serum_m_protein",), spike)
    assert not_plausible(evaluation) == ()


def test_a_kinetics_result_is_read_in_its_method_s_unit_with_its_limits() -> None:
    sample = record(
        "kinetics",
        {
            "matrix": "PB", "method": "flow_abs", "collected_at": "2026-03-12T08:00+08:00",
            "value": "0.25", "unit": "10*9/L", "lloq": "0.01", "lod": "0.005",
        },
    )  # fmt: skip
    read: Any = as_analysed(sample)
    assert (read.value, read.unit) == (Decimal(250), "/uL")
    assert (read.lloq, read.lod) == (Decimal(10), Decimal(5))
