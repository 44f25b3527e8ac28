from typing import Any

import pytest

from app.schemas.kinetics_result import KINETICS
from app.vocabularies.taken_units import taken_units
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

QPCR: dict[str, Any] = {
    "matrix": "PB",
    "method": "qpcr",
    "collected_at": "2026-03-16T08:05+08:00",
    "value": "50",
    "unit": "{copies}/ug",
    "lloq": "50",
    "lod": "20",
}
FLOW = changed(
    QPCR, {"/method": "flow_pct", "/unit": "%", "/value": "100", "/lloq": "0.05", "/lod": "0.02"}
)
NONE: dict[str, Any] = {
    "matrix": "CSF",
    "method": "qpcr",
    "collected_at": "2026-03-16",
    "not_evaluable": "insufficient_dna",
}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(QPCR, {}, id="a value"),
        pytest.param(QPCR, {"/quantification": "quantifiable"}, id="at the lloq, quantifiable"),
        pytest.param(
            QPCR,
            {"/quantification": "quantifiable", "/lloq": ABSENT, "/lod": ABSENT, "/value": "0.1"},
            id="quantifiable, limits not sent",
        ),
        pytest.param(
            QPCR, {"/value": "49.9", "/quantification": "detected_below_lloq"}, id="below the lloq"
        ),
        pytest.param(
            QPCR, {"/value": "20", "/quantification": "detected_below_lloq"}, id="at the lod"
        ),
        pytest.param(
            QPCR, {"/value": ABSENT, "/quantification": "detected_below_lloq"}, id="no number"
        ),
        pytest.param(QPCR, {"/value": "19.9", "/quantification": "not_detected"}, id="below lod"),
        pytest.param(QPCR, {"/value": "0", "/quantification": "not_detected"}, id="nothing"),
        pytest.param(
            QPCR,
            {"/value": "49.9", "/quantification": "not_detected", "/lod": ABSENT},
            id="not detected below the lloq, no lod",
        ),
        pytest.param(QPCR, {"/lod": "50"}, id="limits that meet"),
        pytest.param(FLOW, {"/cd3_events": 120000}, id="all of the T cells"),
        pytest.param(
            FLOW, {"/method": "flow_abs", "/unit": "/uL", "/value": "101"}, id="cells per uL"
        ),
        pytest.param(
            QPCR,
            {"/matrix": "CSF", "/unit": "{copies}/mL", "/csf_volume_ml": "2.5"},
            id="copies per mL of cerebrospinal fluid",
        ),
        pytest.param(QPCR, {"/matrix": "BM", "/marrow_pull": 1}, id="the first pull of a marrow"),
        pytest.param(NONE, {}, id="not evaluable"),
        pytest.param(NONE, {"/quantification": "missing"}, id="not evaluable, called missing"),
        pytest.param(QPCR, {"/nominal_day": -1}, id="planned before the infusion"),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(KINETICS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(QPCR, {"/matrix": ABSENT}, [("/matrix", "missing")], id="no matrix"),
        pytest.param(QPCR, {"/method": ABSENT}, [("/method", "missing")], id="no method"),
        pytest.param(QPCR, {"/collected_at": ABSENT}, [("/collected_at", "missing")], id="no time"),
        pytest.param(
            NONE, {"/not_evaluable": ABSENT}, [("/value", "result_missing")], id="no result"
        ),
        pytest.param(
            QPCR,
            {"/not_evaluable": "assay_failed"},
            [("/value", "value_of_no_result")],
            id="a value of a failed assay",
        ),
        pytest.param(
            NONE,
            {"/quantification": "not_detected"},
            [("/quantification", "state_of_no_result")],
            id="not detected in what is not evaluable",
        ),
        pytest.param(
            NONE,
            {"/not_evaluable": ABSENT, "/quantification": "missing"},
            [("/not_evaluable", "reason_missing")],
            id="missing without a reason",
        ),
        pytest.param(
            NONE,
            {"/spurious": True},
            [("/spurious", "spurious_without_result")],
            id="an error in what was not measured",
        ),
        pytest.param(
            QPCR,
            {"/value": "49.9", "/quantification": "quantifiable"},
            [("/quantification", "not_quantifiable_below_lloq")],
            id="below the lloq, called quantifiable",
        ),
        pytest.param(
            QPCR,
            {"/value": "0", "/quantification": "quantifiable", "/lloq": ABSENT, "/lod": ABSENT},
            [("/quantification", "not_quantifiable_below_lloq")],
            id="nothing, called quantifiable",
        ),
        pytest.param(
            QPCR,
            {"/value": ABSENT, "/quantification": "quantifiable"},
            [("/value", "value_missing")],
            id="quantifiable without a value",
        ),
        pytest.param(
            QPCR,
            {"/quantification": "detected_below_lloq"},
            [("/quantification", "not_between_the_limits")],
            id="at the lloq, called below it",
        ),
        pytest.param(
            QPCR,
            {"/value": "19.9", "/quantification": "detected_below_lloq"},
            [("/quantification", "not_between_the_limits")],
            id="below the lod, called detected",
        ),
        pytest.param(
            QPCR,
            {"/value": "20", "/quantification": "not_detected"},
            [("/quantification", "detected")],
            id="at the lod, called not detected",
        ),
        pytest.param(
            QPCR,
            {"/quantification": "not_detected", "/lod": ABSENT},
            [("/quantification", "detected")],
            id="at the lloq, called not detected",
        ),
        pytest.param(QPCR, {"/lod": "50.1"}, [("/lod", "lod_above_lloq")], id="lod above lloq"),
        pytest.param(QPCR, {"/lloq": "0"}, [("/lloq", "number_too_low")], id="an lloq of nothing"),
        pytest.param(QPCR, {"/value": "-1"}, [("/value", "number_too_low")], id="below nothing"),
        pytest.param(QPCR, {"/unit": ABSENT}, [("/unit", "unit_missing")], id="no unit"),
        pytest.param(
            NONE, {"/lloq": "50"}, [("/unit", "unit_missing")], id="a limit without a unit"
        ),
        pytest.param(
            QPCR, {"/unit": "{copies}/mL"}, [("/unit", "unit_not_allowed")], id="per mL of blood"
        ),
        pytest.param(FLOW, {"/unit": "/uL"}, [("/unit", "unit_not_allowed")], id="cells, not %"),
        pytest.param(
            FLOW, {"/value": "100.1"}, [("/value", "percentage_above_100")], id="over 100 %"
        ),
        pytest.param(
            FLOW,
            {"/genomic_dna_ng": "200"},
            [("/genomic_dna_ng", "field_of_another_method")],
            id="DNA of flow cytometry",
        ),
        pytest.param(
            QPCR,
            {"/cd3_events": 100},
            [("/cd3_events", "field_of_another_method")],
            id="events of qPCR",
        ),
        pytest.param(
            QPCR,
            {"/csf_volume_ml": "2", "/csf_red_cells_per_ul": "1", "/marrow_pull": 1},
            [
                ("/csf_red_cells_per_ul", "field_of_another_matrix"),
                ("/csf_volume_ml", "field_of_another_matrix"),
                ("/marrow_pull", "field_of_another_matrix"),
            ],
            id="blood, with what others have",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(KINETICS, changed(body, changes)) == expected


@pytest.mark.parametrize(
    ("matrix", "allowed"),
    [("PB", ["{copies}/ug"]), ("BM", ["{copies}/ug"]), ("CSF", ["{copies}/ug", "{copies}/mL"])],
)
def test_it_tells_the_units_of_method_and_matrix(matrix: str, allowed: list[str]) -> None:
    (line,) = refused_with(KINETICS, changed(QPCR, {"/matrix": matrix, "/unit": "%"}))
    assert line["ctx"]["allowed"] == list(taken_units(tuple(allowed)))
    assert line["ctx"]["allowed"][: len(allowed)] == allowed
