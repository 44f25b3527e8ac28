"""The shared courses: every visit, every named alternative, every confirmed result."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg import units
from app.services.criteria.imwg.comparison import compare
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.marrow import clonality_by_immunohistochemistry
from app.services.derivations.response.best_response import best_response
from app.services.derivations.response.confirmed_response import confirmed_visits
from app.services.derivations.response.mrd_status import mrd_visits
from app.services.derivations.response.rated_visit import rated
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LightChain, ResponseCategory
from tests.services.criteria.imwg_courses import DEFAULT, load, read_case

FILE = load("imwg_cases.json")
CASES = FILE["cases"]

POLICIES: dict[tuple[str, Any], tuple[dict[str, Any], ImwgDetails]] = {
    ("serum_5g_rule", "needs_25pct_too"): ({"serum_5g": "needs_25pct_too"}, ImwgDetails()),
    ("missing_measurable", "downgrade"): ({"missing_measurable": "downgrade"}, ImwgDetails()),
    ("pd_scope", "measurable_only"): ({"pd_scope": "measurable_only"}, ImwgDetails()),
    ("flc_only_mr", True): ({}, ImwgDetails(flc_only_mr=True)),
    ("urine_required_for_vgpr", False): (
        {"urine_for_vgpr": "waived_if_not_measurable"},
        ImwgDetails(),
    ),
    ("single_lesion_spd", True): ({"spd_single_lesion": True}, ImwgDetails()),
    ("nadir", "lowest_confirmed"): ({"nadir": "lowest_confirmed"}, ImwgDetails()),
    ("hypercalcaemia_is_pd", True): ({"calcium_is_pd": True}, ImwgDetails()),
}
"""The alternatives of the file, as this service names them."""


CHANGED = {("IMWG-060", "urine_required_for_vgpr"): ["CR"]}
"""The file waives the amount of urine alone; the open point Q8 waives its immunofixation too."""


def ids(case: dict[str, Any]) -> str:
    return f"{case['case_id']} {case['title']}"


def confirmed(case: dict[str, Any], policy: ImwgPolicy) -> dict[str, str | None]:
    death = case["death"] or {}
    visits = rated(read_case(case, policy).course.visits)
    result = best_response(
        confirmed_visits(
            visits,
            infused_on=date.fromisoformat(case["infusion_date"]),
            new_therapy_on=_date(case["new_therapy_date"]),
            died_of_myeloma_on=_date(death.get("date")) if death.get("due_to_pd") else None,
            policy=policy,
        )
    )
    relapse = result.relapse_from_complete_response
    return {
        "bor": result.best,
        "bor_date": _iso(result.best_on),
        "first_response_date": _iso(result.first_response_on),
        "pd_date": _iso(result.progression_on),
        "relapse_from_cr_date": _iso(relapse.collected_on if relapse else None),
    }


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_gives_the_expected_category_at_every_visit(case: dict[str, Any]) -> None:
    assert case["policy"] == {}
    assert read_case(case).categories == [visit["expected"] for visit in case["visits"]]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_dates_every_visit_as_given(case: dict[str, Any]) -> None:
    assessed_on = [visit.assessed_on for visit in read_case(case).course.visits]
    assert assessed_on == [date.fromisoformat(visit["date"]) for visit in case["visits"]]


@pytest.mark.parametrize("case", [case for case in CASES if "expected_confirmed" in case], ids=ids)
def test_it_confirms_as_expected(case: dict[str, Any]) -> None:
    assert confirmed(case, DEFAULT) == case["expected_confirmed"]


ALTERNATIVES = [
    pytest.param(case, alternative, id=f"{case['case_id']} {alternative['policy']}")
    for case in CASES
    for alternative in case.get("alternatives", ())
    if "policy" in alternative
]


@pytest.mark.parametrize(("case", "alternative"), ALTERNATIVES)
def test_it_follows_the_named_alternative(
    case: dict[str, Any], alternative: dict[str, Any]
) -> None:
    [(name, value)] = alternative["policy"].items()
    policy, details = POLICIES[name, value]
    found = read_case(case, ImwgPolicy(**policy), details).categories
    assert found == CHANGED.get((case["case_id"], name), alternative["expected"])


def test_it_runs_every_alternative_of_the_file() -> None:
    alternatives = [one for case in CASES for one in case.get("alternatives", ())]
    named = {item for one in alternatives for item in one.get("policy", {}).items()}
    assert named == set(POLICIES)
    assert all(one.keys() & {"policy", "confirm_policy"} for one in alternatives)


@pytest.mark.parametrize(
    ("case", "alternative"),
    [
        pytest.param(case, alternative, id=case["case_id"])
        for case in CASES
        for alternative in case.get("alternatives", ())
        if "confirm_policy" in alternative
    ],
)
def test_it_follows_the_named_confirmation(
    case: dict[str, Any], alternative: dict[str, Any]
) -> None:
    assert alternative["confirm_policy"] == {"pd_after_new_tx_ok": False}
    found = confirmed(case, ImwgPolicy(pd_after_new_therapy="not_allowed"))
    assert found == alternative["expected_confirmed"]


@pytest.mark.parametrize("case", [case for case in CASES if "expected_mrd" in case], ids=ids)
def test_it_gives_the_expected_mrd_status(case: dict[str, Any]) -> None:
    infused_on = date.fromisoformat(case["infusion_date"])
    found = [
        ((visit.assessed_on - infused_on).days, visit.status)
        for visit in mrd_visits(read_case(case).course.visits)
    ]
    expected = [
        (one["day"], one["status"].removesuffix(" (DFS only)") if one["status"] else None)
        for one in case["expected_mrd"]
    ]
    assert found == expected


@pytest.mark.parametrize("case", [case for case in CASES if "mrd" in case["tags"]], ids=ids)
def test_it_keeps_what_the_assay_said_beside_the_status(case: dict[str, Any]) -> None:
    for one, visit in zip(
        case["expected_mrd"], mrd_visits(read_case(case).course.visits), strict=True
    ):
        reached = one.get("at") or one.get("assay_negative_at")
        if reached:
            assert visit.sample is not None
            assert visit.sample.sensitivity == Decimal(reached)


def test_it_compares_with_the_investigator() -> None:
    [case] = [case for case in CASES if case["case_id"] == "IMWG-111"]
    found = [
        compare(visit.category, ResponseCategory(fields["investigator"])).code
        for visit, fields in zip(read_case(case).course.visits, case["visits"], strict=True)
    ]
    assert found == [fields["expected_comparison"] for fields in case["visits"]]


UCUM = {
    "g/24h": "g/(24.h)",
    "10^9/L": "10*9/L",
    "fraction": "1",
}
CONVERSIONS: dict[str, Any] = {
    "serum_m_g_dl": units.serum_m_protein,
    "urine_m_mg_24h": units.urine_m_protein,
    "kappa_mg_l": units.free_light_chain,
    "corrected_calcium_mg_dl": units.corrected_calcium,
    "creatinine_mg_dl": units.creatinine,
    "haemoglobin_g_dl": units.haemoglobin,
    "circulating_pc_per_ul": units.circulating_plasma_cells,
    "bmpc_pct": units.marrow_plasma_cells,
}


@pytest.mark.parametrize(
    "case", FILE["unit_cases"], ids=lambda case: f"{case['field']} {case['raw']} {case['unit']}"
)
def test_it_converts_units(case: dict[str, Any]) -> None:
    more = {"volume_ml": case["volume_ml_24h"]} if "volume_ml_24h" in case else {}
    arguments = (Decimal(case["raw"]), UCUM.get(case["unit"], case["unit"]))
    convert = CONVERSIONS[case["field"]]
    if case["expected"] is None:
        with pytest.raises(ValueError, match="volume"):
            convert(*arguments, **more)
        return
    expected = Decimal(str(case["expected"]).split(" ")[0])
    found = convert(*arguments, **more)
    if isinstance(case["expected"], str):
        found = found.quantize(Decimal("0.01"))
    assert found == expected


@pytest.mark.parametrize("case", FILE["clonality_ihc_cases"], ids=lambda case: case["why"])
def test_it_tells_clonality_from_stained_cells(case: dict[str, Any]) -> None:
    found = clonality_by_immunohistochemistry(
        involved=LightChain(case["involved"]),
        kappa_cells=case["kappa_cells"],
        lambda_cells=case["lambda_cells"],
        cells_counted=case["counted"],
    )
    assert found == case["expected"]


@pytest.mark.parametrize(
    ("kappa_cells", "lambda_cells", "expected"),
    [(80, 20, "absent"), (40, 80, "absent"), (81, 20, None), (39, 80, None)],
)
def test_without_an_involved_chain_only_a_ratio_within_both_limits_tells(
    kappa_cells: int, lambda_cells: int, expected: str | None
) -> None:
    found = clonality_by_immunohistochemistry(
        involved=None, kappa_cells=kappa_cells, lambda_cells=lambda_cells, cells_counted=120
    )
    assert found == expected
