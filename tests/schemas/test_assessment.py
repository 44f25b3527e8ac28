from typing import Any

import pytest

from app.schemas.assessment import ASSESSMENTS
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

SERUM: dict[str, Any] = {
    "assessed_on": "2026-06-01",
    "serum_m_protein": {"value": "0.20", "unit": "g/dL"},
}
DAY: dict[str, Any] = {"assessed_on": "2026-06-01"}
LESION: dict[str, Any] = {"lesion_id": "L1", "kind": "bone", "long_mm": "12", "short_mm": "12"}


def imaging(*lesions: dict[str, Any]) -> dict[str, Any]:
    """Give the change to an imaging with these lesions."""
    return {"/imaging": {"modality": "MRI", "lesions": list(lesions)}}


def m_protein(
    value: str | None, owner: str | None = None, comparator: str | None = None, **chains: Any
) -> dict[str, Any]:
    measured: dict[str, Any] = {"not_done": "no serum left"}
    if value is not None:
        measured = {"value": value, "unit": "g/dL", "comparator": comparator}
    return {
        "isotype": {"heavy_chain": "IgG", "light_chain": "kappa", **chains},
        "owner": owner,
        "value": measured,
    }


NOT_DONE = [m_protein("2.0"), m_protein(None)]


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(SERUM, {}, id="a serum M-protein"),
        pytest.param(SERUM, {"/serum_m_protein/value": "0"}, id="no spike"),
        pytest.param(
            SERUM, {"/serum_m_protein": {"not_done": "sample lost"}}, id="a spike not looked for"
        ),
        pytest.param(
            SERUM,
            {
                "/serum_m_protein/owner": "drug_proven",
                "/serum_m_protein/lab_result": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a",
            },
            id="a spike that is a drug, from the laboratory's result",
        ),
        pytest.param(DAY, {"/investigator_response": "NE"}, id="a category alone"),
        pytest.param(DAY, {"/new_lesions": []}, id="no new lesion"),
        pytest.param(
            DAY,
            {"/investigator_response": "PD", "/investigator_pd_basis": "imaging"},
            id="PD and what it rests on",
        ),
        pytest.param(DAY, {"/investigator_response": "PD"}, id="PD, basis not said"),
        pytest.param(
            DAY,
            {"/investigator_response": "PD", "/investigator_progression_confirmed": True},
            id="PD that was confirmed",
        ),
        pytest.param(
            DAY,
            {"/investigator_response": "PD", "/investigator_progression_confirmed": False},
            id="PD that was not",
        ),
        pytest.param(
            DAY, {"/serum_immunofixation": {"not_done": "no serum"}}, id="immunofixation not done"
        ),
        pytest.param(
            DAY,
            {"/serum_immunofixation": {"result": "positive"}},
            id="positive, bands not described",
        ),
        pytest.param(
            SERUM,
            {"/serum_immunofixation": {"result": "negative"}},
            id="a spike beside a negative immunofixation: a question, not an impossibility",
        ),
        pytest.param(DAY, imaging(LESION), id="a round lesion"),
        pytest.param(
            DAY, imaging(LESION | {"long_mm": "0", "short_mm": "0"}), id="a lesion that has gone"
        ),
        pytest.param(
            DAY,
            imaging({"lesion_id": "L1", "kind": "bone", "not_assessed": "no contrast"}),
            id="a lesion not assessed",
        ),
        pytest.param(
            DAY,
            imaging(LESION | {"merged_from": ["L2"]}, LESION | {"lesion_id": "L3"}),
            id="two lesions, one of which took a third in",
        ),
        pytest.param(DAY, imaging(), id="imaging without a lesion"),
        pytest.param(
            DAY,
            {"/new_lesions": [{"kind": "bone", "compression_fracture_only": True}]},
            id="a compression fracture",
        ),
        pytest.param(
            DAY,
            {
                "/marrow": {
                    "clonality": "present",
                    "clonality_method": "immunohistochemistry",
                    "kappa_cells": 81,
                    "lambda_cells": 19,
                    "cells_counted": 100,
                }
            },
            id="clonality by counting",
        ),
        pytest.param(DAY, {"/marrow": {"not_done": "declined"}}, id="no marrow"),
        pytest.param(
            DAY,
            {"/immunoglobulin": {"value": "3.1", "unit": "g/L", "heavy_chain": "IgA"}},
            id="IgA instead of a spike",
        ),
        pytest.param(
            DAY, {"/serum_m_proteins": [m_protein("2.0"), m_protein("1.2")]}, id="two proteins"
        ),
        pytest.param(
            DAY, {"/serum_m_proteins": [m_protein("2.0", light_chain=None)]}, id="a heavy chain"
        ),
        pytest.param(
            DAY,
            {
                "/serum_m_protein": {"value": "32", "unit": "g/L"},
                "/serum_m_proteins": [m_protein("2.0"), m_protein("1.2")],
            },
            id="two proteins beside their sum",
        ),
        pytest.param(
            DAY,
            {
                "/serum_m_protein": {"value": "2.0", "unit": "g/dL"},
                "/serum_m_proteins": [m_protein("2.0"), m_protein("0.5", "other_isotype")],
            },
            id="beside the sum of the patient's",
        ),
        pytest.param(
            DAY,
            {
                "/serum_m_protein": {"value": "2.05", "unit": "g/dL"},
                "/serum_m_proteins": [m_protein("2.0"), m_protein("0.1", comparator="<")],
            },
            id="beside a value that can be the sum",
        ),
        pytest.param(
            DAY,
            {
                "/serum_m_protein": {"not_done": "haemolysed"},
                "/serum_m_proteins": [m_protein("2.0"), m_protein(None)],
            },
            id="not done beside an own one not done",
        ),
        pytest.param(
            DAY,
            {
                "/serum_m_protein": {"value": "9", "unit": "g/dL", "spurious": True},
                "/serum_m_proteins": [m_protein("2.0")],
            },
            id="beside a laboratory error",
        ),
        *(
            pytest.param(
                DAY,
                {
                    "/serum_m_protein": {"value": whole, "unit": "g/dL"},
                    "/serum_m_proteins": [m_protein("2.0"), m_protein("0.1", "drug_suspected")],
                },
                id=f"a suspected drug may be the patient's: {whole}",
            )
            for whole in ("2.0", "2.1")
        ),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(ASSESSMENTS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(SERUM, {"/assessed_on": ABSENT}, [("/assessed_on", "missing")], id="no day"),
        pytest.param(
            SERUM, {"/assessed_on": "2026-06"}, [("/assessed_on", "not_a_date")], id="a month only"
        ),
        pytest.param(DAY, {}, [("/investigator_response", "assessment_empty")], id="nothing"),
        pytest.param(
            DAY, {"/serum_m_proteins": []}, [("/serum_m_proteins", "list_empty")], id="no protein"
        ),
        pytest.param(
            DAY,
            {"/serum_m_proteins": [m_protein("2.0", heavy_chain=None, light_chain=None)]},
            [("/serum_m_proteins/0/isotype", "isotype_missing")],
            id="a protein without a chain",
        ),
        *(
            pytest.param(
                DAY,
                {"/serum_m_protein": whole, "/serum_m_proteins": entries},
                [("/serum_m_protein/value", "serum_m_proteins_disagree")],
                id=f"beside several: {what}",
            )
            for what, whole, entries in (
                (
                    "one of them",
                    {"value": "2.0", "unit": "g/dL"},
                    [m_protein("2.0"), m_protein("1.2")],
                ),
                (
                    "another's too",
                    {"value": "2.5", "unit": "g/dL"},
                    [m_protein("2.0"), m_protein("0.5", "other_isotype")],
                ),
                (
                    "above the bound",
                    {"value": "2.11", "unit": "g/dL"},
                    [m_protein("2.0"), m_protein("0.1", comparator="<")],
                ),
                ("an own one not done", {"value": "2.0", "unit": "g/dL"}, NOT_DONE),
                ("not done", {"not_done": "haemolysed"}, [m_protein("2.0")]),
            )
        ),
        pytest.param(
            DAY,
            {"/free_light_chain_assay": "Freelite", "/note": "no blood", "/visit": "M3"},
            [("/investigator_response", "assessment_empty")],
            id="an assay, a note and a visit only",
        ),
        pytest.param(
            SERUM,
            {"/serum_m_protein/unit": "mg/(24.h)"},
            [("/serum_m_protein/unit", "unit_not_allowed")],
            id="a unit of another marker",
        ),
        pytest.param(
            SERUM,
            {"/serum_m_protein/extra": 1},
            [("/serum_m_protein/extra", "extra_forbidden")],
            id="an unknown member of a component",
        ),
        pytest.param(
            DAY,
            {"/urine_m_protein": {"value": "4", "unit": "mg/dL"}},
            [("/urine_m_protein", "concentration_without_volume")],
            id="a urine concentration without volume",
        ),
        pytest.param(
            DAY,
            {"/serum_immunofixation": {}},
            [("/serum_immunofixation/result", "result_or_reason")],
            id="an immunofixation without a result",
        ),
        pytest.param(
            DAY,
            {"/urine_immunofixation": {"result": "negative", "not_done": "no urine"}},
            [("/urine_immunofixation/result", "result_or_reason")],
            id="an immunofixation negative and not done",
        ),
        pytest.param(
            DAY,
            {"/urine_immunofixation": {"result": "negative", "bands": [{"owner": "drug_proven"}]}},
            [("/urine_immunofixation/bands", "bands_of_a_negative_result")],
            id="a band of a negative immunofixation",
        ),
        pytest.param(
            DAY,
            {"/serum_immunofixation": {"not_done": "no serum", "spurious": True}},
            [("/serum_immunofixation/spurious", "spurious_without_result")],
            id="an error in what was not done",
        ),
        pytest.param(
            DAY, {"/marrow": {}}, [("/marrow/not_done", "result_or_reason")], id="an empty marrow"
        ),
        pytest.param(
            DAY,
            {"/marrow": {"clonality": "absent", "not_done": "declined"}},
            [("/marrow/not_done", "result_or_reason")],
            id="a marrow done and not done",
        ),
        pytest.param(
            DAY,
            {
                "/marrow": {
                    "clonality_method": "flow_cytometry",
                    "kappa_cells": 81,
                    "lambda_cells": 20,
                    "cells_counted": 100,
                }
            },
            [
                ("/marrow/cells_counted", "cells_do_not_add_up"),
                ("/marrow/clonality", "clonality_missing"),
            ],
            id="a method without its result, 101 of 100 cells",
        ),
        pytest.param(
            DAY,
            imaging(LESION, LESION),
            [("/imaging/lesions/1/lesion_id", "item_repeated")],
            id="a lesion twice",
        ),
        pytest.param(
            DAY,
            imaging({"lesion_id": "L1", "kind": "bone"}),
            [("/imaging/lesions/0/long_mm", "diameter_missing")],
            id="a lesion without diameters",
        ),
        pytest.param(
            DAY,
            imaging({"lesion_id": "L1", "kind": "bone", "long_mm": "12"}),
            [("/imaging/lesions/0/short_mm", "diameter_missing")],
            id="a lesion with one diameter",
        ),
        pytest.param(
            DAY,
            imaging(LESION | {"short_mm": "12.1"}),
            [("/imaging/lesions/0/short_mm", "diameters_reversed")],
            id="a short diameter above the long one",
        ),
        pytest.param(
            DAY,
            imaging(LESION | {"short_mm": "0"}),
            [("/imaging/lesions/0/short_mm", "diameters_reversed")],
            id="a lesion half gone",
        ),
        pytest.param(
            DAY,
            imaging(LESION | {"not_assessed": "no contrast"}),
            [("/imaging/lesions/0/not_assessed", "diameters_of_a_lesion_not_assessed")],
            id="a lesion measured and not assessed",
        ),
        pytest.param(
            DAY,
            imaging(LESION | {"merged_from": ["L2", "L1"], "split_from": "L1"}),
            [
                ("/imaging/lesions/0/merged_from", "lesion_of_itself"),
                ("/imaging/lesions/0/split_from", "lesion_of_itself"),
            ],
            id="a lesion of itself",
        ),
        pytest.param(
            DAY,
            {
                "/pet_ct": {
                    "result": "negative",
                    "lesions": [{"lesion_id": "L1", "result": "negative"}] * 2,
                }
            },
            [("/pet_ct/lesions/1/lesion_id", "item_repeated")],
            id="uptake of a lesion twice",
        ),
        pytest.param(
            DAY,
            {"/new_lesions": [{"kind": "extramedullary", "compression_fracture_only": True}]},
            [("/new_lesions/0/kind", "fracture_of_soft_tissue")],
            id="a compression fracture of soft tissue",
        ),
        pytest.param(
            DAY,
            {"/investigator_response": "SD", "/investigator_pd_basis": "imaging"},
            [("/investigator_pd_basis", "basis_without_pd")],
            id="a basis of SD",
        ),
        pytest.param(
            DAY,
            {"/investigator_response": "SD", "/investigator_progression_confirmed": False},
            [("/investigator_progression_confirmed", "confirmation_without_pd")],
            id="a confirmation of SD",
        ),
        pytest.param(
            SERUM,
            {"/investigator_progression_confirmed": True},
            [("/investigator_progression_confirmed", "confirmation_without_pd")],
            id="a confirmation of no category",
        ),
        pytest.param(
            SERUM,
            {"/investigator_response_date": "2026-06-08"},
            [("/investigator_response_date", "date_without_response")],
            id="a day of no category",
        ),
        pytest.param(
            SERUM,
            {"/investigator_response": "scr"},
            [("/investigator_response", "not_a_code")],
            id="a category in another case",
        ),
        pytest.param(
            SERUM,
            {"/mrd": {"method": "NGF", "result": "negative", "sensitivity": "1e-5"}},
            [("/mrd/sensitivity", "number_with_exponent")],
            id="a sensitivity with an exponent",
        ),
        pytest.param(
            SERUM,
            {"/mrd": {"method": "NGF", "result": "negative", "sensitivity": "5"}},
            [("/mrd/sensitivity", "number_too_high")],
            id="a sensitivity as the power of ten",
        ),
        pytest.param(
            SERUM,
            {"/criteria_version": "IMWG 2026"},
            [("/criteria_version", "literal_error")],
            id="another version of the criteria",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(ASSESSMENTS, changed(body, changes)) == expected


@pytest.mark.parametrize("partial", ["2026", "2026-06"])
def test_it_says_which_day_would_do_where_the_date_is_partial(partial: str) -> None:
    (line,) = refused_with(ASSESSMENTS, changed(SERUM, {"/assessed_on": partial}))
    assert (line["loc"], line["type"]) == (("assessed_on",), "not_a_date")
    assert "day of its serum sample" in line["msg"]
