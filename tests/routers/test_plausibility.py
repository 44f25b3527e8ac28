"""Numbers that no living person can have, from the door to the figures."""

import json
from typing import Any

import pytest

from tests.deployment import Caller, Deployment
from tests.routers.test_findings import body, enrol, listed, stored
from tests.routers.test_imports import results

DAY = "2026-03-12T07:00+08:00"
HAEMOGLOBIN = {
    "analyte": "HGB",
    "value": "840",
    "unit": "g/dL",
    "reference_range": {"low": "13", "high": "17"},
    "collected_at": DAY,
}
CREATININE = {
    "analyte": "CREAT",
    "value": "2.1",
    "unit": "mg/dL",
    "reference_range": {"low": "60", "high": "110"},
    "collected_at": DAY,
}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def enrolled(coordinator: Caller) -> str:
    return await enrol(coordinator, "03")


async def told(caller: Caller, address: str) -> dict[str, Any]:
    answer = await caller.get(address)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def implausible(answer: Any) -> list[tuple[str, str]]:
    """Where the answer to a write finds a number not plausible, and what it says."""
    assert answer.status_code in {200, 201}, answer.text
    found = [one for one in answer.json()["findings"] if one["rule"] == "NOT-PLAUSIBLE"]
    assert all(one["severity"] == "error" for one in found)
    return [(one["pointer"], one["message"]) for one in found]


@pytest.mark.parametrize(
    ("sent", "likely"),
    [
        pytest.param(HAEMOGLOBIN, "g/L", id="840 g/dL of haemoglobin"),
        pytest.param({**HAEMOGLOBIN, "value": "8.4", "unit": "g/L"}, "g/dL", id="8.4 g/L"),
        pytest.param(CREATININE, "umol/L", id="2.1 mg/dL against 60 to 110"),
        pytest.param({**CREATININE, "reference_range": {"high": "110"}}, "umol/L", id="to 110"),
    ],
)
async def test_it_is_stored_with_its_likely_unit_and_graded_by_nothing(
    coordinator: Caller, enrolled: str, sent: dict[str, Any], likely: str
) -> None:
    answer = await coordinator.submit(f"{enrolled}/lab-results", sent)
    ((pointer, message),) = implausible(answer)
    assert pointer == "/value"
    assert likely in message
    assert sent["value"] not in message
    assert answer.json()["ctcae"] == []
    assert answer.json()["value"] == sent["value"]
    assert ("NOT-PLAUSIBLE", "lab-results", "/value") in await listed(coordinator)


async def test_a_figure_is_without_it_until_a_version_confirms_it_with_a_reason(
    coordinator: Caller, enrolled: str
) -> None:
    address = await stored(coordinator, f"{enrolled}/lab-results", HAEMOGLOBIN)
    before = await told(coordinator, "/v1/endpoints/lab-abnormalities")
    assert (before["n_not_plausible"], before["not_plausible_by"]) == (1, {"HGB": 1})
    assert not [one for one in before["tables"] if one["analyte"] == "HGB"]

    refused = await coordinator.submit(
        f"{enrolled}/lab-results", {**HAEMOGLOBIN, "confirmed_implausible": True}
    )
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (422, "/confirmed_implausible")
    assert error["code"] == "confirmation_without_reason"

    confirmed = {**HAEMOGLOBIN, "confirmed_implausible": True, "reason": "Measured three times."}
    answer = await coordinator.amend(address, confirmed, 1)
    assert implausible(answer) == []
    grades = {one["direction"]: one["grade"] for one in answer.json()["ctcae"]}
    assert grades == {"LOW": 0, "HIGH": 3}
    after = await told(coordinator, "/v1/endpoints/lab-abnormalities")
    assert (after["n_not_plausible"], after["not_plausible_by"]) == (0, {})
    assert [one for one in after["tables"] if one["analyte"] == "HGB"]


async def test_a_component_is_left_out_of_the_response_and_stays_evidence_of_life(
    coordinator: Caller, enrolled: str
) -> None:
    evaluation = body("baseline", assessed_on="2026-06-01", visit=None)
    evaluation = {name: value for name, value in evaluation.items() if value is not None}
    evaluation["serum_m_protein"] = {
        "value": "30", "unit": "g/dL", "collected_on": "2026-06-03",
    }  # fmt: skip
    answer = await coordinator.submit(f"{enrolled}/assessments", evaluation)
    ((pointer, message),) = implausible(answer)
    assert pointer == "/serum_m_protein/value"
    assert "likely in g/L" in message
    derived = answer.json()["derived"]
    assert derived is None or derived["category"] not in {"PD", "CR", "sCR"}
    response = await told(coordinator, "/v1/endpoints/response")
    assert response["not_plausible_by"] == {"serum_m_protein": 1}
    survival = await told(coordinator, "/v1/endpoints/overall-survival?rows=true")
    assert survival["n_not_plausible"] == 1
    assert "2026-06-03" in json.dumps(survival["rows"])
    explained = await told(coordinator, f"{enrolled}/response")
    assert [one["member"] for one in explained["not_plausible"]] == ["serum_m_protein"]


async def test_a_count_of_cells_is_left_out_of_the_kinetics(
    coordinator: Caller, enrolled: str
) -> None:
    sample = {
        "matrix": "PB", "method": "qpcr", "collected_at": "2026-03-12T08:00+08:00",
        "value": 1e9, "unit": "{copies}/ug", "lloq": "50",
    }  # fmt: skip
    answer = await coordinator.submit(f"{enrolled}/kinetics", sample)
    assert [pointer for pointer, _ in implausible(answer)] == ["/value"]
    assert answer.json()["value"] == "1000000000.0"
    figures = await told(coordinator, "/v1/endpoints/car-kinetics")
    assert (figures["n_not_plausible"], figures["n_evaluable"]) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "changes", "pointers"),
    [
        pytest.param(
            "visits",
            {"visit": "D7", "status": "done", "visited_on": "2026-03-09",
             "vital_signs": [{"temperature": "98.6", "systolic": "120", "diastolic": "70"}]},
            ["/vital_signs/0/temperature"],
            id="a temperature in degrees Fahrenheit",
        ),
        pytest.param(
            "visits",
            {"visit": "D7", "status": "done", "visited_on": "2026-03-09", "weight": "71500"},
            ["/weight"],
            id="a weight in grams",
        ),
        pytest.param(
            "preparations",
            {"lymphodepletion": [{"agent": "fludarabine", "dose": "3000", "unit": "mg/m2",
                                  "given_on": "2026-02-26"}]},
            ["/lymphodepletion/0/dose"],
            id="a dose of fludarabine",
        ),
        pytest.param(
            "therapies",
            {"therapy_kind": "transfusion", "start": "2026-03-09", "blood_product": "platelets",
             "units_transfused": "2500"},
            ["/units_transfused"],
            id="units of platelets",
        ),
    ],
)  # fmt: skip
async def test_other_records_say_so_too(
    coordinator: Caller, enrolled: str, kind: str, changes: dict[str, Any], pointers: list[str]
) -> None:
    answer = await coordinator.submit(f"{enrolled}/{kind}", changes)
    assert [pointer for pointer, _ in implausible(answer)] == pointers


async def test_neutrophils_counted_by_hand_are_graded_and_counted(
    coordinator: Caller, enrolled: str
) -> None:
    sample = {
        "analyte": "753-4", "value": "0.3", "unit": "10*9/L", "collected_at": DAY,
        "reference_range": {"low": "1.8", "high": "6.3"},
    }  # fmt: skip
    answer = await coordinator.submit(f"{enrolled}/lab-results", sample)
    assert [(one["term"], one["grade"]) for one in answer.json()["ctcae"]] == [
        ("Neutrophil count decreased", 4)
    ]
    figures = await told(coordinator, "/v1/endpoints/lab-abnormalities")
    (table,) = (one for one in figures["tables"] if one["analyte"] == "NEUT")
    assert table["worst"]["4"] == 1


@pytest.mark.parametrize(
    ("unit", "value", "grade"),
    [
        pytest.param("{cells}/uL", "300", 4, id="cells per microlitre"),
        pytest.param("/mm3", "300", 4, id="per cubic millimetre"),
        pytest.param("10*6/L", "300", 4, id="10*6 per litre"),
        pytest.param("10*3{cells}/uL", "0.3", 4, id="annotated thousands"),
        pytest.param("10*6/mL", "0.7", 3, id="10*6 per millilitre"),
    ],
)
async def test_a_count_in_a_unit_of_one_size_is_graded_and_given_back_as_sent(
    coordinator: Caller, enrolled: str, unit: str, value: str, grade: int
) -> None:
    sample = {"analyte": "NEUT", "value": value, "unit": unit, "collected_at": DAY}
    answer = await coordinator.submit(f"{enrolled}/lab-results", sample)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["value"], answer.json()["unit"]) == (value, unit)
    assert [one["grade"] for one in answer.json()["ctcae"]] == [grade]


@pytest.mark.parametrize(
    ("analyte", "value", "unit"),
    [
        pytest.param("NTPROBNP", "812", "pg/mL", id="NT-proBNP"),
        pytest.param("PCT", "0.4", "ug/L", id="procalcitonin"),
        pytest.param("IL15", "31", "ng/L", id="interleukin 15"),
        pytest.param("DDIMER", "1.9", "mg/L{FEU}", id="D-dimer"),
        pytest.param("SODIUM", "139", "meq/L", id="sodium"),
        pytest.param("K", "4.1", "meq/L", id="potassium"),
        pytest.param("BICARB", "24", "meq/L", id="bicarbonate"),
        pytest.param("CMV_DNA", "1200", "{copies}/mL", id="viral DNA in copies"),
        pytest.param("MRD", 1e-05, "{1}", id="a share with an exponent"),
    ],
)
async def test_a_unit_of_one_size_is_taken(
    coordinator: Caller, enrolled: str, analyte: str, value: Any, unit: str
) -> None:
    sample = {"analyte": analyte, "value": value, "unit": unit, "collected_at": DAY}
    answer = await coordinator.submit(f"{enrolled}/lab-results", sample)
    assert answer.status_code == 201, answer.text
    assert answer.json()["unit"] == unit
    assert "NOT-PLAUSIBLE" not in [one["rule"] for one in answer.json()["findings"]]


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        pytest.param({"unit": "\N{MICRO SIGN}mol/L"}, "/unit", "here umol/L", id="micro sign"),
        pytest.param({"analyte": "PLT", "unit": "G/L"}, "/unit", "here 10*9/L", id="G/L"),
        pytest.param({"analyte": "PLT", "unit": "K/uL"}, "/unit", "here 10*3/uL", id="K/uL"),
        pytest.param({"analyte": "PLT", "unit": "10^9/L"}, "/unit", "here 10*9/L", id="10^9/L"),
        pytest.param({"analyte": "MG", "unit": "meq/L"}, "/unit", "mmol/L", id="two charges"),
        pytest.param({"value": "<0.5"}, "/value", "comparator", id="below a limit"),
        pytest.param({"value": "neg"}, "/value", "coded_value", id="negative"),
        pytest.param({"value": "UNK"}, "/value", "not_done", id="unknown"),
        pytest.param({"value": "1e-05"}, "/value", "exponent", id="an exponent in text"),
        pytest.param({"titre": "80"}, "/titre", "1:80", id="half a titre"),
        pytest.param({"visit": "day 7"}, "/visit", "without blanks", id="a code in words"),
    ],
)
async def test_a_refusal_says_what_would_be_right_and_no_regular_expression(
    coordinator: Caller, enrolled: str, changes: dict[str, Any], pointer: str, words: str
) -> None:
    sample = {"analyte": "CREAT", "value": "80", "unit": "umol/L", "collected_at": DAY, **changes}
    answer = await coordinator.submit(f"{enrolled}/lab-results", sample)
    assert answer.status_code == 422
    errors = {one["pointer"]: one["message"] for one in answer.json()["errors"]}
    assert words in errors[pointer]
    assert not any(mark in one for one in errors.values() for mark in ("^", "[!-~]", "pattern"))


async def test_what_no_analyte_claims_is_said_at_every_door(
    coordinator: Caller, enrolled: str
) -> None:
    chloride = {"analyte": "2075-0", "value": "101", "unit": "meq/L", "collected_at": DAY}
    answer = await coordinator.submit(f"{enrolled}/lab-results", chloride)
    assert answer.status_code == 201, answer.text
    assert [one["rule"] for one in answer.json()["findings"]] == ["LAB-NOT-ANALYSED"]
    assert ("LAB-NOT-ANALYSED", "lab-results", "/analyte") in await listed(coordinator)
    lines = [
        {**chloride, "kind": "lab-results", "subject": enrolled.rpartition("/")[2],
         "source_id": "LIS:1"},
        {**HAEMOGLOBIN, "kind": "lab-results", "subject": enrolled.rpartition("/")[2],
         "source_id": "LIS:2"},
    ]  # fmt: skip
    each, _ = await results(coordinator, *lines)
    assert [[one["rule"] for one in line["findings"]] for line in each] == [
        ["LAB-NOT-ANALYSED"],
        ["NOT-PLAUSIBLE"],
    ]
