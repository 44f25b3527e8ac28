from typing import Any

import pytest

from app.schemas.lab_result import LAB_RESULTS
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

PLATELETS: dict[str, Any] = {
    "analyte": "PLT",
    "value": "18",
    "unit": "10*9/L",
    "collected_at": "2026-03-09",
}
BAND: dict[str, Any] = {
    "analyte": "IFE_S",
    "coded_value": "NEGATIVE",
    "collected_at": "2026-03-09T08:00Z",
}


def without_value(**result: str) -> dict[str, Any]:
    """Give changes that replace value and unit."""
    return {"/value": ABSENT, "/unit": ABSENT} | {f"/{name}": text for name, text in result.items()}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(PLATELETS, {}, id="a number with its unit"),
        pytest.param(PLATELETS, {"/value": 18}, id="a JSON number"),
        pytest.param(PLATELETS, {"/value": "0"}, id="zero"),
        pytest.param(PLATELETS, {"/analyte": "777-3"}, id="a LOINC code of the list"),
        pytest.param(
            PLATELETS,
            {"/analyte": "777-3", "/analyte_system": "loinc"},
            id="a LOINC code of the list, called LOINC",
        ),
        pytest.param(PLATELETS, {"/analyte_system": "listed"}, id="a code of the list, called so"),
        pytest.param(
            PLATELETS,
            {"/analyte": "2823-3", "/value": "4.10", "/unit": "mmol/L"},
            id="potassium by LOINC",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "4544-3", "/value": "0.29", "/unit": "%"},
            id="a LOINC code outside the list",
        ),
        pytest.param(
            PLATELETS,
            {
                "/analyte": "BE-ven",
                "/analyte_system": "local",
                "/value": "-2.5",
                "/unit": "mmol/L",
            },
            id="a local code; base excess may be negative",
        ),
        pytest.param(PLATELETS, {"/analyte": "INR", "/value": "1.1", "/unit": "{INR}"}, id="INR"),
        pytest.param(
            PLATELETS,
            {"/analyte": "SIL2R", "/value": "820", "/unit": "[arb'U]/mL"},
            id="arbitrary units, with an apostrophe",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "HBV_DNA", "/unit": "[IU]/mL", "/comparator": "<", "/value": "20"},
            id="below the limit of a viral load",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "HBV_DNA"} | without_value(coded_value="NOT DETECTED"),
            id="a viral load not detected",
        ),
        pytest.param(PLATELETS, without_value(not_done="clotted"), id="not done"),
        pytest.param(BAND, {}, id="a word"),
        pytest.param(
            BAND,
            {"/analyte": "ADA", "/coded_value": ABSENT, "/titre": "1:80", "/comparator": ">="},
            id="a titre with a comparator",
        ),
        pytest.param(
            PLATELETS, {"/reference_range": {"low": "125", "high": "125"}}, id="limits that meet"
        ),
        pytest.param(PLATELETS, {"/reference_range": {"high": "5"}}, id="an upper limit only"),
        pytest.param(PLATELETS, {"/reference_range": {"text": "negative"}}, id="limits in words"),
        pytest.param(PLATELETS, {"/lloq": "2", "/uloq": "2.1"}, id="limits of the assay"),
        pytest.param(PLATELETS, {"/spurious": True}, id="a laboratory error"),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(LAB_RESULTS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(
            PLATELETS, {"/collected_at": ABSENT}, [("/collected_at", "missing")], id="no date"
        ),
        pytest.param(
            PLATELETS,
            {"/collected_at": "2026-03"},
            [("/collected_at", "not_a_date")],
            id="a partial date",
        ),
        pytest.param(PLATELETS, {"/analyte": ABSENT}, [("/analyte", "missing")], id="no analyte"),
        pytest.param(
            PLATELETS, {"/analyte": "plt"}, [("/analyte", "analyte_not_known")], id="another case"
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "HBG", "/value": "abc"},
            [("/analyte", "analyte_not_known"), ("/value", "not_a_number")],
            id="an unknown code, and no number",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "777-4"},
            [("/analyte", "analyte_code_mistyped")],
            id="a LOINC code with another check digit",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "777-4", "/analyte_system": "local"},
            [("/analyte", "analyte_code_mistyped")],
            id="a mistyped LOINC code called local",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "4544-3", "/analyte_system": "listed"},
            [("/analyte", "analyte_not_known")],
            id="outside the list, called listed",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "BE", "/analyte_system": "loinc"},
            [("/analyte", "analyte_not_known")],
            id="no LOINC code, called LOINC",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "4544-3", "/analyte_system": "local"},
            [("/analyte", "analyte_not_known")],
            id="a LOINC code, called local",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte_system": "local"},
            [("/analyte_system", "code_of_the_list")],
            id="a code of the list, called local",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte_system": "loinc"},
            [("/analyte_system", "code_of_the_list")],
            id="our code, called LOINC",
        ),
        pytest.param(PLATELETS, without_value(), [("/value", "result_missing")], id="no result"),
        pytest.param(
            PLATELETS,
            {"/not_done": "clotted", "/unit": ABSENT},
            [("/not_done", "more_than_one_result"), ("/unit", "unit_missing")],
            id="a number, and a reason for none",
        ),
        pytest.param(
            BAND,
            {"/titre": "1:20"},
            [("/titre", "more_than_one_result")],
            id="a word and a titre",
        ),
        pytest.param(
            BAND,
            {"/titre": "1:0"},
            [("/titre", "string_pattern_mismatch")],
            id="no titre",
        ),
        pytest.param(
            BAND,
            {"/coded_value": "negative"},
            [("/coded_value", "not_a_code")],
            id="a word in another case",
        ),
        pytest.param(
            BAND,
            {"/coded_value": ABSENT, "/value": "0", "/unit": "g/L"},
            [("/unit", "unit_not_allowed"), ("/value", "result_is_a_word")],
            id="a number of an analyte with words",
        ),
        pytest.param(
            BAND,
            {"/coded_value": "NORMAL"},
            [("/coded_value", "word_not_of_the_analyte")],
            id="a word that says only what somebody thought of it",
        ),
        pytest.param(
            PLATELETS,
            without_value(coded_value="NEGATIVE"),
            [("/coded_value", "result_is_a_number")],
            id="a word of an analyte with numbers",
        ),
        pytest.param(
            PLATELETS,
            without_value(titre="1:40"),
            [("/titre", "result_is_a_number")],
            id="a titre of an analyte with numbers",
        ),
        pytest.param(
            PLATELETS, {"/value": "-1"}, [("/value", "value_negative")], id="platelets below zero"
        ),
        pytest.param(PLATELETS, {"/unit": ABSENT}, [("/unit", "unit_missing")], id="no unit"),
        pytest.param(
            PLATELETS, {"/unit": "10^9/L"}, [("/unit", "unit_not_allowed")], id="another spelling"
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "59260-0", "/unit": "g/L"},
            [("/unit", "unit_not_allowed")],
            id="a mass under a LOINC code of substance",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "4544-3", "/unit": "percent"},
            [("/unit", "unit_not_ucum")],
            id="no UCUM, outside the list",
        ),
        pytest.param(
            PLATELETS,
            {"/analyte": "4544-3", "/unit": ABSENT},
            [("/unit", "unit_missing")],
            id="no unit, outside the list",
        ),
        pytest.param(
            BAND, {"/unit": "g/L"}, [("/unit", "unit_without_value")], id="a word with a unit"
        ),
        pytest.param(
            BAND,
            {"/comparator": "<"},
            [("/comparator", "comparator_without_number")],
            id="a word with a comparator",
        ),
        pytest.param(
            PLATELETS, {"/comparator": "~"}, [("/comparator", "not_a_code")], id="no comparator"
        ),
        pytest.param(
            PLATELETS,
            {"/reference_range": {"low": "350", "high": "349.9"}},
            [("/reference_range/high", "range_reversed")],
            id="limits reversed",
        ),
        pytest.param(
            PLATELETS,
            {"/reference_range": {}},
            [("/reference_range", "range_empty")],
            id="limits without limits",
        ),
        pytest.param(
            PLATELETS,
            {"/lloq": "2", "/uloq": "2.0"},
            [("/uloq", "uloq_not_above_lloq")],
            id="limits of the assay that meet",
        ),
        pytest.param(
            PLATELETS, {"/lloq": "-1"}, [("/lloq", "number_too_low")], id="a limit below zero"
        ),
        pytest.param(
            PLATELETS,
            {"/spurious": True} | without_value(not_done="clotted"),
            [("/spurious", "spurious_without_result")],
            id="an error in what was not done",
        ),
        pytest.param(
            PLATELETS,
            {"/clinically_significant": True},
            [("/clinically_significant", "model_type")],
            id="a judgement that is not a part",
        ),
        pytest.param(
            PLATELETS,
            {"/ctcae_grade": 4},
            [("/ctcae_grade", "extra_forbidden")],
            id="a derived grade",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(LAB_RESULTS, changed(body, changes)) == expected


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        pytest.param({"/unit": "G/l"}, ["10*9/L", "10*3/uL", "/uL"], id="of our code"),
        pytest.param({"/analyte": "59260-0"}, ["mmol/L"], id="of a LOINC code of substance"),
        pytest.param({"/unit": ABSENT}, ["10*9/L", "10*3/uL", "/uL"], id="where none was sent"),
    ],
)
def test_it_tells_the_units_of_the_analyte(changes: dict[str, Any], allowed: list[str]) -> None:
    (line,) = refused_with(LAB_RESULTS, changed(PLATELETS, changes))
    assert line["ctx"]["allowed"][: len(allowed)] == allowed
