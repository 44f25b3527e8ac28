"""What a refusal advises, at the place where another word was meant."""

from typing import Any

import pytest

from tests.deployment import Caller, Deployment
from tests.routers.test_findings import enrol, stored
from tests.routers.test_imports import codes, lab, results


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.centre("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def enrolled(coordinator: Caller) -> str:
    return await enrol(coordinator, "03")


def advice(answer: Any, pointer: str) -> tuple[str, list[str]]:
    """Give the words of a refusal at a place, and what is allowed there."""
    assert answer.status_code == 422, answer.text
    (error,) = (one for one in answer.json()["errors"] if one["pointer"] == pointer)
    return error["message"], error.get("allowed", [])


@pytest.mark.parametrize(
    ("term", "first"),
    [
        pytest.param(
            "Immune effector cell-associated neurotoxicity syndrome",
            "Nervous system disorders - Other, specify",
            id="ICANS in full",
        ),
        pytest.param("Thrombocytopenia", "Platelet count decreased", id="American"),
        pytest.param("Thrombocytopaenia", "Platelet count decreased", id="British"),
        pytest.param("HLH", "Immune system disorders - Other, specify", id="haemophagocytosis"),
    ],
)
async def test_a_term_is_answered_with_the_one_that_is_meant(
    coordinator: Caller, enrolled: str, term: str, first: str
) -> None:
    event = {"term": term, "grade": 2, "onset": "2026-03-12", "causality": {"car_t": "possible"}}
    answer = await coordinator.submit(f"{enrolled}/adverse-events", event)
    message, allowed = advice(answer, "/term")
    assert allowed[0] == first
    assert ("other_specify" in message) is first.endswith("Other, specify")
    assert "Nephrotic syndrome" not in allowed


KINETICS = {
    "matrix": "PB", "method": "qpcr", "collected_at": "2026-03-12T08:00+08:00",
    "unit": "{copies}/ug",
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "sent", "pointer", "words"),
    [
        pytest.param(
            "kinetics", {**KINETICS, "value": "<50"}, "/value", "quantification", id="below"
        ),
        pytest.param(
            "kinetics", {**KINETICS, "value": "UNK"}, "/value", "not_evaluable", id="unknown"
        ),
        pytest.param(
            "kinetics",
            {**KINETICS, "value": "5", "unit": "copies/\N{MICRO SIGN}g"},
            "/unit",
            "here {copies}/ug",
            id="a unit of kinetics",
        ),
        pytest.param(
            "assessments",
            {"assessed_on": "2026-06-01", "free_kappa": {"value": "<0.5", "unit": "mg/L"}},
            "/free_kappa/value",
            "comparator",
            id="a component below its limit",
        ),
        pytest.param(
            "assessments",
            {"assessed_on": "2026-06-01", "free_kappa": {"value": "5", "unit": "mcg/mL"}},
            "/free_kappa/unit",
            "here ug/mL",
            id="a unit of a component",
        ),
        pytest.param(
            "therapies",
            {"therapy_kind": "other", "name": "x", "start": "2026-03-09", "dose": "5",
             "unit": "\N{MICRO SIGN}g"},
            "/unit",
            "such as ug",
            id="a unit of a dose",
        ),
        pytest.param(
            "lab-results",
            {"analyte": "ANC", "value": "1", "unit": "10*9/L", "collected_at": "2026-03-12"},
            "/analyte",
            "here NEUT",
            id="an abbreviation of an analyte",
        ),
    ],
)  # fmt: skip
async def test_a_refusal_names_what_is_meant(
    coordinator: Caller, enrolled: str, path: str, sent: dict[str, Any], pointer: str, words: str
) -> None:
    answer = await coordinator.submit(f"{enrolled}/{path}", sent)
    message, _ = advice(answer, pointer)
    assert words in message
    assert "^" not in message


async def test_a_sensitivity_with_an_exponent_is_a_number(
    coordinator: Caller, enrolled: str
) -> None:
    answer = await coordinator.http.post(
        f"{enrolled}/assessments",
        content=b'{"assessed_on":"2026-06-01","mrd":{"method":"NGS","result":"negative",'
        b'"sensitivity":1e-05}}',
        headers={"Content-Type": "application/json", "Idempotency-Key": "mrd-1e-05"},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["mrd"]["sensitivity"] == "0.00001"


async def test_an_import_confirms_with_its_own_reason_alone(
    coordinator: Caller, enrolled: str
) -> None:
    subject = enrolled.rpartition("/")[2]
    sent = lab("LIS:1", subject, analyte="HGB", value="840", unit="g/dL", reference_range=None)
    sent = {name: value for name, value in sent.items() if value is not None and name != "lloq"}
    each, _ = await results(coordinator, sent)
    assert "NOT-PLAUSIBLE" in [one["rule"] for one in each[0]["findings"]]
    confirmed = {**sent, "confirmed_implausible": True}
    each, _ = await results(coordinator, confirmed)
    assert codes(each[0]) == [("/confirmed_implausible", "confirmation_without_reason")]
    each, _ = await results(coordinator, {**confirmed, "reason": "Measured three times."})
    assert each[0]["status"] == "updated"
    assert "NOT-PLAUSIBLE" not in [one["rule"] for one in each[0].get("findings", ())]
    each, _ = await results(coordinator, {**confirmed, "reason": "Measured three times."})
    assert each[0]["status"] == "unchanged"


async def test_an_amendment_of_another_kind_confirms_too(
    coordinator: Caller, enrolled: str
) -> None:
    visit = {"visit": "D7", "status": "done", "visited_on": "2026-03-09", "weight": "700"}
    address = await stored(coordinator, f"{enrolled}/visits", visit)
    confirmed = {**visit, "confirmed_implausible": True, "reason": "Weighed twice."}
    answer = await coordinator.amend(address, confirmed, 1)
    assert answer.json()["findings"] == []
    assert answer.json()["confirmed_implausible"] is True
