import json
from datetime import date, timedelta
from typing import Any

import pytest

from tests.schemas.bodies import ABSENT
from tests.subjects.agreeing import Sent, but, noticed, of, sent

SPIKE = {"value": "0.4", "unit": "g/dL"}


def evaluation(name: str = "evaluation", day: str = "2026-06-01", **body: Any) -> Sent:
    return sent("assessments", name, assessed_on=day, **body)


def rules(*records: Sent) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records))]


@pytest.mark.parametrize(
    ("component", "first", "last"),
    [
        ({"serum_m_protein": SPIKE}, "2026-05-25", "2026-06-08"),
        ({"urine_immunofixation": {"result": "negative"}}, "2026-05-25", "2026-06-08"),
        ({"free_kappa": {"value": "9", "unit": "mg/L"}}, "2026-05-25", "2026-06-08"),
        ({"marrow": {"aspirate": {"value": "1", "unit": "%"}}}, "2026-05-18", "2026-06-29"),
        (
            {"mrd": {"method": "NGF", "result": "negative", "sensitivity": "0.00001"}},
            "2026-05-18",
            "2026-06-29",
        ),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else one,
)
def test_it_notices_components_outside_their_windows(
    component: dict[str, Any], first: str, last: str
) -> None:
    (name, part), *_ = component.items()
    outside = [("COMPONENT-OUTSIDE-WINDOW", f"/{name}/collected_on")]
    days = {first: [], last: [], _after(first, -1): outside, _after(last, 1): outside}
    for day, expected in days.items():
        found = rules(evaluation(**{name: {**part, "collected_on": day}}))
        assert found == expected, day


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"new_lesions": [{"kind": "bone", "found_on": "{day}"}]}, "/new_lesions/0/found_on"),
        (
            {"investigator_response": "PD", "investigator_response_date": "{day}"},
            "/investigator_response_date",
        ),
    ],
    ids=["a new lesion", "the investigator's category"],
)
def test_it_notices_a_progression_dated_far_from_its_evaluation(
    body: dict[str, Any], pointer: str
) -> None:
    first, last = "2026-05-18", "2026-06-29"
    outside = ("COMPONENT-OUTSIDE-WINDOW", pointer)
    days = {first: False, last: False, _after(first, -1): True, _after(last, 1): True}
    for day, is_outside in days.items():
        told = json.loads(json.dumps(body).replace("{day}", day))
        assert (outside in rules(evaluation(serum_m_protein=SPIKE, **told))) is is_outside, day


def _after(day: str, days: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days))


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-05-18", []), ("2026-05-17", ["/imaging/imaged_on"])]
)
def test_it_notices_imaging_outside_its_window(day: str, expected: list[str]) -> None:
    found = rules(evaluation(imaging={"modality": "PET/CT", "imaged_on": day, "lesions": []}))
    assert found == [("COMPONENT-OUTSIDE-WINDOW", pointer) for pointer in expected]


def test_it_leaves_out_what_was_not_done() -> None:
    absent = {"not_done": "haemolysed", "collected_on": "2026-01-01"}
    assert rules(evaluation(serum_m_protein=absent, investigator_response="NE")) == []


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        pytest.param({"assessed_on": "2026-01-28"}, [], id="28 days before lymphodepletion"),
        pytest.param(
            {"assessed_on": "2026-01-27"},
            ["/free_kappa", "/free_lambda", "/serum_m_protein"],
            id="29 days",
        ),
    ],
)
def test_it_notices_an_old_baseline(baseline: dict[str, str], expected: list[str]) -> None:
    consent = but("enrolment", consent={"version": "1", "signed_on": "2026-01-01"})
    found = rules(consent, but("baseline", **baseline))
    assert found == [("OLD-BASELINE", pointer) for pointer in expected]


@pytest.mark.parametrize(("day", "old"), [("2026-01-14", False), ("2026-01-13", True)])
def test_it_lets_a_baseline_marrow_be_six_weeks_old(day: str, old: bool) -> None:
    marrow = {"aspirate": {"value": "40", "unit": "%"}}
    consent = but("enrolment", consent={"version": "1", "signed_on": "2026-01-01"})
    found = rules(consent, evaluation("screening", day, marrow=marrow))
    assert found == ([("OLD-BASELINE", "/marrow")] if old else [])


def test_it_takes_the_last_value_for_the_baseline() -> None:
    consent = but("enrolment", consent={"version": "1", "signed_on": "2026-01-01"})
    assert rules(consent, evaluation("screening", "2026-01-05", serum_m_protein=SPIKE)) == []


@pytest.mark.parametrize(
    ("records", "without", "missing"),
    [
        pytest.param([], (), False, id="evaluated before"),
        pytest.param([], ("baseline",), True, id="never evaluated"),
        pytest.param(
            [evaluation(serum_m_protein=SPIKE)], ("baseline",), True, id="evaluated after"
        ),
        pytest.param(
            [evaluation("x", "2026-02-25", serum_m_protein=SPIKE)],
            ("baseline",),
            False,
            id="on the day of the first dose",
        ),
    ],
)
def test_it_notices_a_subject_without_a_baseline(
    records: list[Sent], without: tuple[str, ...], missing: bool
) -> None:
    found = noticed(of(*records, without=without))
    assert found == ([("NO-BASELINE", "infusions", "/infused_at")] if missing else [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"serum_m_protein": SPIKE, "serum_immunofixation": {"result": "negative"}},
            ["/serum_m_protein/value"],
            id="serum",
        ),
        pytest.param(
            {"serum_m_protein": SPIKE, "serum_immunofixation": {"result": "positive"}},
            [],
            id="positive",
        ),
        pytest.param(
            {
                "serum_m_protein": {**SPIKE, "value": "0"},
                "serum_immunofixation": {"result": "negative"},
            },
            [],
            id="not quantifiable",
        ),
        pytest.param(
            {
                "serum_m_protein": {**SPIKE, "comparator": "<"},
                "serum_immunofixation": {"result": "negative"},
            },
            [],
            id="below a number",
        ),
        pytest.param(
            {"serum_m_protein": SPIKE, "urine_immunofixation": {"result": "negative"}},
            [],
            id="another fluid",
        ),
        pytest.param(
            {
                "serum_m_protein": SPIKE,
                "serum_immunofixation": {"result": "negative", "collected_on": "2026-06-02"},
            },
            [],
            id="another day",
        ),
        pytest.param(
            {
                "serum_m_protein": {**SPIKE, "spurious": True},
                "serum_immunofixation": {"result": "negative"},
            },
            [],
            id="an error",
        ),
        pytest.param(
            {
                "urine_m_protein": {"value": "74", "unit": "mg/(24.h)"},
                "urine_immunofixation": {"result": "negative"},
            },
            ["/urine_m_protein/value"],
            id="urine",
        ),
    ],
)
def test_it_notices_a_spike_beside_a_negative_immunofixation(
    body: dict[str, Any], expected: list[str]
) -> None:
    assert rules(evaluation(**body)) == [("SPIKE-WITH-NEGATIVE-IFE", one) for one in expected]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            but("baseline", investigator_response="SD"),
            [("RESPONSE-AT-BASELINE", "/investigator_response")],
            id="before the infusion",
        ),
        pytest.param(but("baseline", investigator_response="NE"), [], id="not evaluable"),
        pytest.param(
            evaluation(investigator_response="VGPR"),
            [("RESPONSE-WITHOUT-COMPONENTS", "/investigator_response")],
            id="on nothing",
        ),
        pytest.param(evaluation(investigator_response="NE"), [], id="nothing, not evaluable"),
        pytest.param(
            evaluation(investigator_response="PD", investigator_pd_basis="clinical"),
            [],
            id="progression by judgement",
        ),
        pytest.param(
            evaluation(investigator_response="PD", serum_m_protein=SPIKE),
            [("PD-BASIS-MISSING", "/investigator_pd_basis")],
            id="progression, basis not said",
        ),
        pytest.param(
            evaluation(
                investigator_response="PD",
                investigator_pd_basis="imaging",
                new_lesions=[{"kind": "bone", "lesion_id": "N1"}],
            ),
            [],
            id="a new lesion",
        ),
    ],
)
def test_it_holds_the_investigators_response_against_the_evaluation(
    record: Sent, expected: list[tuple[str, str]]
) -> None:
    assert rules(record) == expected


def fixation(**band: str) -> dict[str, Any]:
    return {"serum_immunofixation": {"result": "positive", "bands": [band]}}


BAND = "/serum_immunofixation/bands/0"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            fixation(heavy_chain="IgG", light_chain="kappa", owner="original"), [], id="the same"
        ),
        pytest.param(
            fixation(heavy_chain="IgG", light_chain="lambda", owner="original"),
            [("LIGHT-CHAIN-DIFFERS", f"{BAND}/light_chain")],
            id="another light chain",
        ),
        pytest.param(
            fixation(heavy_chain="IgA", light_chain="kappa", owner="original"),
            [("HEAVY-CHAIN-DIFFERS", f"{BAND}/heavy_chain")],
            id="another heavy chain",
        ),
        pytest.param(
            fixation(heavy_chain="IgA", light_chain="lambda", owner="other_isotype"),
            [],
            id="said to be another",
        ),
        pytest.param(fixation(heavy_chain="IgA", light_chain="lambda"), [], id="nobody's"),
        pytest.param(fixation(heavy_chain="IgG", owner="original"), [], id="chain not told"),
    ],
)
def test_it_holds_bands_against_the_isotype(
    body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert rules(evaluation(**body)) == expected


def chains(kappa: str, lambda_: str, **members: str) -> dict[str, Any]:
    return {
        "free_kappa": {"value": kappa, "unit": "mg/L", **members},
        "free_lambda": {"value": lambda_, "unit": "mg/L"},
    }


@pytest.mark.parametrize(
    ("enrolled", "body", "differs"),
    [
        pytest.param("kappa", chains("26", "100"), False, id="kappa, ratio 0.26"),
        pytest.param("kappa", chains("25.9", "100"), True, id="kappa, ratio below 0.26"),
        pytest.param("lambda", chains("165", "100"), False, id="lambda, ratio 1.65"),
        pytest.param("lambda", chains("165.1", "100"), True, id="lambda, ratio above 1.65"),
        pytest.param("kappa", chains("1", "100", comparator="<"), True, id="below 0.01 in all"),
        pytest.param("kappa", chains("27", "100", comparator="<"), False, id="bound undecided"),
        pytest.param("kappa", chains("1", "100", spurious=True), False, id="an error"),
    ],
)
def test_it_holds_the_baselines_light_chains_against_the_type(
    enrolled: str, body: dict[str, Any], differs: bool
) -> None:
    found = rules(but("enrolment", light_chain=enrolled), but("baseline", **body))
    pointer = "/free_light_chain_assay"
    assert found == ([("LIGHT-CHAIN-DIFFERS", pointer)] if differs else [])


def test_it_lets_free_light_chains_turn_after_treatment() -> None:
    assert rules(evaluation(**chains("1", "100"))) == []
    assert rules(but("enrolment", light_chain=ABSENT), but("baseline", **chains("1", "100"))) == []


@pytest.mark.parametrize(
    ("assays", "expected"),
    [
        (("Freelite", "Freelite", "Freelite"), 0),
        (("Freelite", "N_Latex", "N_Latex"), 1),
        (("Freelite", "N_Latex", "Freelite"), 2),
    ],
)
def test_it_notices_another_assay_of_free_light_chains(
    assays: tuple[str, ...], expected: int
) -> None:
    days = ("2026-06-01", "2026-07-01", "2026-08-01")
    records = [
        evaluation(day, day, **chains("9", "7"), free_light_chain_assay=assay)
        for day, assay in zip(days, assays, strict=True)
    ]
    assert rules(*records) == [("METHOD-CHANGED", "/free_light_chain_assay")] * expected


def lesion(name: str, **members: Any) -> dict[str, Any]:
    size = {} if members.get("not_assessed") else {"long_mm": "20", "short_mm": "10"}
    return {"lesion_id": name, "kind": "paraskeletal", **size, **members}


def imaged(name: str, day: str, *lesions: dict[str, Any], **body: Any) -> Sent:
    return evaluation(name, day, imaging={"modality": "CT", "lesions": list(lesions)}, **body)


@pytest.mark.parametrize(
    ("later", "missing"),
    [
        pytest.param([lesion("L1"), lesion("L2")], False, id="both measured"),
        pytest.param([lesion("L1")], True, id="one not mentioned"),
        pytest.param([lesion("L1"), lesion("L2", not_assessed="artefact")], False, id="said why"),
        pytest.param([lesion("L1", merged_from=["L2"])], False, id="flowed together"),
        pytest.param([], True, id="none mentioned"),
    ],
)
def test_it_notices_lesions_that_are_not_followed(
    later: list[dict[str, Any]], missing: bool
) -> None:
    found = rules(
        imaged("first", "2026-06-01", lesion("L1"), lesion("L2")),
        imaged("second", "2026-09-01", *later),
    )
    assert found == ([("LESION-NOT-FOLLOWED", "/imaging/lesions")] if missing else [])


def test_it_follows_a_new_lesion_from_then_on() -> None:
    new = [{"kind": "bone", "lesion_id": "N1"}]
    found = rules(
        imaged("first", "2026-06-01", lesion("L1"), new_lesions=new),
        imaged("second", "2026-09-01", lesion("L1")),
    )
    assert found == [("LESION-NOT-FOLLOWED", "/imaging/lesions")]


def test_it_notices_two_evaluations_of_one_day() -> None:
    found = rules(
        evaluation(investigator_response="NE"), evaluation("two", investigator_response="NE")
    )
    assert found == [("TWO-EVALUATIONS-A-DAY", "/assessed_on")]


@pytest.mark.parametrize(
    ("sample", "asked"),
    [
        pytest.param({"method": "MFC", "result": "negative"}, True, id="other flow, negative"),
        pytest.param({"method": "MFC", "result": "positive"}, True, id="other flow, positive"),
        pytest.param(
            {"method": "MFC", "result": "negative", "cells_analysed": 5_000_000},
            True,
            id="other flow, cells alone",
        ),
        pytest.param(
            {"method": "MFC", "result": "negative", "sensitivity": "0.0001"}, False, id="stated"
        ),
        pytest.param({"method": "NGF", "result": "negative"}, True, id="neither is known"),
        pytest.param(
            {"method": "NGF", "result": "negative", "cells_analysed": 5_000_000},
            False,
            id="next-generation flow by its cells",
        ),
        pytest.param({"method": "MFC", "result": "not_evaluable"}, False, id="no result"),
    ],
)
def test_it_asks_for_the_sensitivity_of_a_sample(sample: dict[str, Any], asked: bool) -> None:
    found = rules(evaluation(mrd={"collected_on": "2026-06-01", **sample}))
    expected = ("MRD-SENSITIVITY-MISSING", "/mrd/sensitivity")
    assert (expected in found) is asked
