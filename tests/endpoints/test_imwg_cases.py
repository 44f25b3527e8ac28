"""The shared courses, sent as a centre sends them: each visit, what is confirmed, MRD.

Source of the cases: ``tests/services/criteria/data/README.md``.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.services.criteria.imwg_courses import load
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, Subject, assessment, death, new_therapy, subject

CASES = load("imwg_cases.json")["cases"]
SIGNS = {"negative": "-", "positive": "+", None: "."}
SPURIOUS = {"serum_m_g_dl": "s", "urine_m_mg_24h": "u", "bmpc_pct": "marrow"}

Answers = Mapping[str, dict[str, Any]]


def evaluation(fields: Mapping[str, Any]) -> Record:
    """Write one evaluation of the file as a record."""
    lesions, mrd = fields.get("lesions"), fields.get("mrd")
    more: dict[str, Any] = {}
    if mrd is not None:
        more["mrd"] = {**mrd, "sensitivity": f"{Decimal(mrd['sensitivity']):f}"}
    if fields.get("pet_ct"):
        more["pet_ct"] = {"result": fields["pet_ct"]}
    if fields.get("investigator"):
        more["investigator_response"] = fields["investigator"]
    return assessment(
        date.fromisoformat(fields["date"]),
        **components(
            fields.get("serum_m_g_dl"),
            fields.get("urine_m_mg_24h"),
            SIGNS[fields.get("serum_ife")] + SIGNS[fields.get("urine_ife")],
            kappa=fields.get("kappa_mg_l"),
            lambda_=fields.get("lambda_mg_l"),
            marrow=fields.get("bmpc_pct"),
            clonality=fields.get("bm_clonality"),
            lesions=None
            if lesions is None
            else {one["id"]: (one["long_mm"], one["short_mm"]) for one in lesions},
            new_lesion=bool(fields.get("new_lesion")),
            circulating=fields.get("circulating_pc_per_ul"),
            calcium=fields.get("corrected_calcium_mg_dl"),
            spurious=tuple(SPURIOUS[name] for name in fields.get("spurious", ())),
            **more,
        ),
    )


def case_subject(case: Mapping[str, Any]) -> Subject:
    """Write a course of the file as a subject."""
    involved, died = case["baseline"]["involved_flc"], case["death"]
    records = [evaluation(case["baseline"]), *map(evaluation, case["visits"])]
    if case["new_therapy_date"]:
        records.append(new_therapy(date.fromisoformat(case["new_therapy_date"])))
    if died:
        cause = "myeloma" if died["due_to_pd"] else "other"
        records.append(death(date.fromisoformat(died["date"]), cause))
    return subject(
        case["case_id"],
        *records,
        infused_on=date.fromisoformat(case["infusion_date"]),
        **({"light_chain": involved} if involved else {}),
    )


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    directory = tmp_path_factory.mktemp("imwg")
    async with cohort(server, directory, *map(case_subject, CASES)) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> Answers:
    return await told.responses({case["case_id"]: {} for case in CASES})


@pytest.fixture(scope="module")
async def rows(told: Cohort) -> Answers:
    return await told.rows("response")


def ids(case: dict[str, Any]) -> str:
    return f"{case['case_id']} {case['title']}"


@pytest.mark.parametrize("case", CASES, ids=ids)
async def test_it_explains_each_visit_with_the_expected_category(
    answers: Answers, case: dict[str, Any]
) -> None:
    visits = answers[case["case_id"]]["visits"]
    assert [(visit["assessed_on"], visit["category"]) for visit in visits] == [
        (visit["date"], visit["expected"]) for visit in case["visits"]
    ]


@pytest.mark.parametrize("case", CASES, ids=ids)
async def test_the_rows_of_the_response_say_the_same(
    answers: Answers, rows: Answers, case: dict[str, Any]
) -> None:
    best, row = answers[case["case_id"]]["best"], rows[case["case_id"]]
    assert [visit["category"] for visit in row["visits"]] == [
        visit["expected"] for visit in case["visits"]
    ]
    assert (row["best_response"], row["best_response_on"]) == (best["best"], best["best_on"])
    assert row["progression_on"] == best["progression_on"]


@pytest.mark.parametrize("case", [case for case in CASES if "expected_confirmed" in case], ids=ids)
async def test_it_gives_what_is_confirmed_as_expected(
    answers: Answers, case: dict[str, Any]
) -> None:
    best = answers[case["case_id"]]["best"]
    relapse = best["relapse_from_complete_response"]
    assert {
        "bor": best["best"],
        "bor_date": best["best_on"],
        "first_response_date": best["first_response_on"],
        "pd_date": best["progression_on"],
        "relapse_from_cr_date": relapse and relapse["collected_on"],
    } == case["expected_confirmed"]


@pytest.mark.parametrize("case", [case for case in CASES if "expected_mrd" in case], ids=ids)
async def test_it_gives_the_expected_mrd_status(answers: Answers, case: dict[str, Any]) -> None:
    infused_on = date.fromisoformat(case["infusion_date"])
    found = [
        ((date.fromisoformat(one["assessed_on"]) - infused_on).days, one["status"])
        for one in answers[case["case_id"]]["mrd"]
    ]
    assert found == [
        (one["day"], one["status"].removesuffix(" (DFS only)") if one["status"] else None)
        for one in case["expected_mrd"]
    ]


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if any("expected_comparison" in one for one in case["visits"])],
    ids=ids,
)
async def test_it_compares_with_the_investigator(answers: Answers, case: dict[str, Any]) -> None:
    found = [visit["investigator"]["agreement"] for visit in answers[case["case_id"]]["visits"]]
    assert found == [visit["expected_comparison"] for visit in case["visits"]]


async def test_it_has_read_every_shared_course(answers: Answers) -> None:
    assert len(answers) == 56
    assert sum("expected_confirmed" in case for case in CASES) == 17
    assert sum("expected_mrd" in case for case in CASES) == 6
