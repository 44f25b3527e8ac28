from typing import Any

import pytest

from tests.subjects.agreeing import Sent, noticed, of, ref, sent


def evaluation(**body: Any) -> Sent:
    return sent("assessments", "evaluation", assessed_on="2026-06-01", **body)


def result(analyte: str, collected_at: str = "2026-06-01", **body: Any) -> Sent:
    return sent("lab-results", "result", analyte=analyte, collected_at=collected_at, **body)


SERUM = {"serum_m_protein": {"value": "0.40", "unit": "g/dL"}}


@pytest.mark.parametrize(
    ("body", "lab", "differs"),
    [
        pytest.param(SERUM, result("MPROT_S", value="0.4", unit="g/dL"), False, id="the same"),
        pytest.param(SERUM, result("MPROT_S", value="4", unit="g/L"), False, id="another unit"),
        pytest.param(SERUM, result("MPROT_S", value="4.1", unit="g/L"), True, id="another value"),
        pytest.param(
            SERUM, result("33358-3", value="4.1", unit="g/L"), True, id="under its LOINC"
        ),
        pytest.param(
            SERUM, result("MPROT_S", value="0.4", unit="g/dL", comparator="<"), True, id="below"
        ),
        pytest.param(
            SERUM,
            result("MPROT_S", value="9", unit="g/L", spurious=True),
            False,
            id="a laboratory error",
        ),
        pytest.param(
            {"urine_m_protein": {
                "value": "4", "unit": "mg/dL", "volume_ml": "1850", "collection_hours": "24"}},
            result("MPROT_U24", value="74", unit="mg/(24.h)"),
            False,
            id="urine, concentration and amount",
        ),
        pytest.param(
            {"urine_m_protein": {"value": "75", "unit": "mg/(24.h)"}},
            result("MPROT_U24", value="74", unit="mg/(24.h)"),
            True,
            id="urine",
        ),
        pytest.param(
            {"corrected_calcium": {"value": "10.0", "unit": "mg/dL"}},
            result("CA_CORR", value="2.50", unit="mmol/L", reference_range={"high": "2.6"}),
            False,
            id="calcium, 10.02 mg/dL: the factor is rounded",
        ),
        pytest.param(
            {"corrected_calcium": {"value": "10.0", "unit": "mg/dL"}},
            result("CA_CORR", value="2.53", unit="mmol/L", reference_range={"high": "2.6"}),
            True,
            id="calcium, 10.14 mg/dL",
        ),
        pytest.param(
            {"serum_immunofixation": {"result": "negative"}},
            result("IFE_S", coded_value="NEGATIVE"),
            False,
            id="both negative",
        ),
        pytest.param(
            {"serum_immunofixation": {"result": "negative"}},
            result("IFE_S", coded_value="POSITIVE"),
            True,
            id="immunofixation",
        ),
        pytest.param(
            {"serum_immunofixation": {"result": "positive"}},
            result("IFE_S", coded_value="NOT DETECTED"),
            True,
            id="immunofixation the other way",
        ),
    ],
)  # fmt: skip
def test_it_holds_components_against_results_of_their_day(
    body: dict[str, Any], lab: Sent, differs: bool
) -> None:
    found = noticed(of(evaluation(**body), lab))
    expected = [("EFF-LAB-MISMATCH", "assessments", f"/{next(iter(body))}")] if differs else []
    assert found == expected


@pytest.mark.parametrize(
    ("lab", "expected"),
    [
        pytest.param(
            result("MPROT_S", "2026-06-03", value="0.5", unit="g/dL"),
            [("EFF-LAB-MISMATCH", "assessments", "/serum_m_protein")],
            id="another value",
        ),
        pytest.param(result("MPROT_S", "2026-06-03", value="0.4", unit="g/dL"), [], id="the same"),
        pytest.param(
            result("CRP", "2026-06-03", value="4", unit="mg/L"),
            [("EFF-LAB-MISMATCH", "assessments", "/serum_m_protein")],
            id="another analyte",
        ),
    ],
)
def test_it_holds_a_component_against_the_result_that_it_names(
    lab: Sent, expected: list[tuple[str, str, str]]
) -> None:
    part = {**SERUM["serum_m_protein"], "lab_result": ref("result")}
    assert noticed(of(evaluation(serum_m_protein=part), lab)) == expected


def test_it_takes_either_of_two_results_of_a_day() -> None:
    repeat = sent("lab-results", "repeat", analyte="MPROT_S", value="0.9", unit="g/dL",
                  collected_at="2026-06-01")  # fmt: skip
    lab = result("MPROT_S", value="0.4", unit="g/dL")
    assert noticed(of(evaluation(**SERUM), lab, repeat)) == []


@pytest.mark.parametrize(
    ("lab", "alone"),
    [
        pytest.param(result("MPROT_S", value="0.4", unit="g/dL"), False, id="of the same day"),
        pytest.param(
            result("MPROT_S", "2026-06-02", value="0.4", unit="g/dL"), True, id="of another day"
        ),
        pytest.param(
            result("FLC_KAPPA", value="9", unit="mg/L"), True, id="a marker it does not have"
        ),
        pytest.param(result("CRP", value="9", unit="mg/L"), False, id="no marker of response"),
        pytest.param(result("MPROT_S", "2026-06-02", not_done="haemolysed"), False, id="not done"),
    ],
)
def test_it_notices_a_marker_that_no_evaluation_has(lab: Sent, alone: bool) -> None:
    found = noticed(of(evaluation(**SERUM), lab))
    expected = [("EFF-LAB-NO-ASSESSMENT", "lab-results", "/analyte")] if alone else []
    assert found == expected


def test_several_m_proteins_of_the_day_are_its_evaluation() -> None:
    protein = {"isotype": {"heavy_chain": "IgG"}, "value": {"value": "0.4", "unit": "g/dL"}}
    lab = result("MPROT_S", value="0.4", unit="g/dL")
    assert noticed(of(evaluation(serum_m_proteins=[protein]), lab)) == []


@pytest.mark.parametrize(
    ("part", "differs"),
    [
        pytest.param({"value": "3.1", "unit": "g/L"}, False, id="the same"),
        pytest.param({"value": "310", "unit": "mg/dL"}, False, id="in another unit"),
        pytest.param({"value": "3.2", "unit": "g/L"}, True, id="another amount"),
        pytest.param(
            {"value": "3.2", "unit": "g/L", "light_chain": "kappa"}, False, id="another assay"
        ),
    ],
)
def test_it_holds_a_class_against_the_result_of_its_day(
    part: dict[str, Any], differs: bool
) -> None:
    amount = {"heavy_chain": "IgG", **part}
    lab = result("IGG", value="3.1", unit="g/L")
    found = noticed(of(evaluation(**SERUM, immunoglobulin=amount), lab))
    assert found == ([("EFF-LAB-MISMATCH", "assessments", "/immunoglobulin")] if differs else [])
