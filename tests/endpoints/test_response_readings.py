"""Changed readings of the response criteria, sent as a centre sends them.

Source of the cases: the trial's changed rules RC-01 to RC-24 and its readings U3, U6, U7, note 9
and section 8 (clinical relapse) of IMWG 2016; the baseline is of day -10.
"""

import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, assessment, dated_on, lab, subject

Answers = Mapping[str, dict[str, Any]]

SERUM = assessment(-10, **components(4, 0, "+-", marrow=50))
MARROW = assessment(-10, **components(0, 0, "--", marrow=40))
IMAGED = assessment(-10, **components(4, 0, "+-", lesions={}))
C = {"C": (30, 25)}


def iga(day: int, value: str, ife: str = ".-", s: Any = None, **more: Any) -> Record:
    """An evaluation by quantitative IgA, urine 0 and its immunofixation negative."""
    amount = {"value": value, "unit": "mg/dL", "heavy_chain": "IgA"}
    return assessment(day, **components(s, 0, ife, **more), immunoglobulin=amount)


def banded(day: int, s: Any, *bands: dict[str, Any], **more: Any) -> Record:
    parts = components(s, 0, "+-", **more)
    parts["serum_immunofixation"]["bands"] = list(bands)
    return assessment(day, **parts)


def band(heavy: str, light: str, **more: Any) -> dict[str, Any]:
    return {"heavy_chain": heavy, "light_chain": light, **more}


def several(*found: tuple[str, str, str, str]) -> list[dict[str, Any]]:
    return [
        {
            "isotype": {"heavy_chain": heavy, "light_chain": light},
            "owner": owner,
            "value": {"value": value, "unit": "g/dL"},
        }
        for heavy, light, owner, value in found
    ]


IGG_KAPPA, IGA_LAMBDA = band("IgG", "kappa"), band("IgA", "lambda")
ORIGINAL = {"owner": "original"}
OF_IGG = {"heavy_chain": "IgG", "light_chain": "kappa"}
OF_IGA = {"heavy_chain": "IgA", "light_chain": "kappa"}
NEW_C = {"new_lesions": [{"lesion_id": "C", "kind": "extramedullary"}]}


def drug_by_dira() -> Record:
    dira = band("IgG", "kappa", owner="drug_proven", drug_test="DIRA")
    record = banded(28, "0.08", dira, marrow=1)
    record.body["serum_m_protein"]["owner"] = "drug_proven"
    return record


def two_proteins(day: int, first: str, second: str) -> Record:
    found = several(
        ("IgG", "kappa", "original", first),
        ("IgA", "lambda", "original", second),
        ("IgM", "kappa", "other_isotype", "0.5"),
    )
    return assessment(day, **components(u=0, ife="+-"), serum_m_proteins=found)


SUBJECTS = (
    subject("RC-01", SERUM, assessment(28, **components("<2.5", 0, "+-"))),
    subject(
        "RC-02",
        assessment(-10, **components(0, 1000, "+-")),
        assessment(28, **components(0, "<400", "+-")),
    ),
    subject(
        "RC-03",
        MARROW,
        assessment(28, **components(0, 0, "--", marrow="<5")),
        assessment(84, **components(0, 0, "--", marrow=12)),
    ),
    subject(
        "RC-03 at 15 %",
        MARROW,
        assessment(28, **components(0, 0, "--", marrow="<5")),
        assessment(84, **components(0, 0, "--", marrow=15)),
    ),
    subject(
        "RC-04",
        assessment(-10, **components(0, 0, "+-", kappa=">2000", lambda_=10)),
        assessment(28, **components(0, 0, "+-", kappa=2600, lambda_=10)),
        light_chain="kappa",
    ),
    subject("marrow below 5 %", SERUM, assessment(28, **components(0, 0, "--", marrow="<5"))),
    subject(
        "RC-10",
        iga(-10, "4200"),
        iga(28, "300"),
        iga(56, "280"),
        iga(84, "1500"),
        iga(112, "1700"),
        **OF_IGA,
    ),
    subject(
        "RC-12",
        iga(-10, "4200"),
        iga(28, "60", "+-"),
        iga(56, "620", "--"),
        **OF_IGA,
    ),
    subject(
        "RC-12 with a clone",
        iga(-10, "4200"),
        iga(28, "60", "+-"),
        iga(56, "620", "+-"),
        **OF_IGA,
    ),
    subject("RC-14", iga(-10, "1500", s="0.4"), iga(28, "600", s="0.2"), **OF_IGA),
    subject("RC-20", SERUM, drug_by_dira(), **OF_IGG),
    subject(
        "RC-22",
        banded(
            -10,
            4,
            IGA_LAMBDA | ORIGINAL,
            IGG_KAPPA | {"owner": "drug_proven", "drug_test": "DIRA"},
            marrow=50,
        ),
        banded(28, 0, IGG_KAPPA, marrow=1),
        heavy_chain="IgA",
        light_chain="lambda",
    ),
    subject(
        "biclonal",
        banded(-10, "3.2", IGG_KAPPA | ORIGINAL, IGA_LAMBDA | ORIGINAL),
        banded(28, "0.4", IGA_LAMBDA),
        banded(61, "2.5", IGA_LAMBDA),
        banded(91, "2.9", IGA_LAMBDA),
        **OF_IGG,
    ),
    subject(
        "two proteins",
        two_proteins(-10, "2.0", "1.2"),
        two_proteins(28, "0.2", "0.1"),
        **OF_IGG,
    ),
    subject("RC-24", IMAGED, assessment(61, **components(1, 0, "+-", lesions=C))),
    subject("RC-24 new", IMAGED, assessment(61, **components(1, 0, "+-", lesions=C), **NEW_C)),
    subject(
        "RC-24 and another",
        IMAGED,
        assessment(
            61,
            **components(1, 0, "+-", lesions=C),
            new_lesions=[{"lesion_id": "D", "kind": "extramedullary"}],
        ),
    ),
    subject(
        "RC-24 known",
        assessment(-10, **components(4, 0, "+-", lesions=C)),
        assessment(61, **components(1, 0, "+-", lesions={"C": (20, 10)})),
    ),
    subject(
        "RC-24 without baseline imaging",
        SERUM,
        assessment(61, **components(1, 0, "+-", lesions=C)),
    ),
    subject(
        "relapse",
        assessment(-10, **components(4, 0, "+-", lesions={"C": (40, 20)})),
        lab(-10, "HGB", "120", "g/L"),
        lab(-10, "CREAT", "80", "umol/L"),
        assessment(28, **components(1, 0, "+-", lesions={"C": (51, 25)}, calcium="11.2")),
        lab(30, "HGB", "9.9", "g/dL"),
        lab(30, "CREAT", "250", "umol/L"),
        assessment(61, **components(1, 0, "+-", calcium="9.0")),
        Record(
            "adverse-events",
            {
                "term": "Blood and lymphatic system disorders - Other, specify",
                "other_specify": "Hyperviscosity syndrome",
                "grade": 3,
                "serious": False,
                "onset": dated_on(60),
                "outcome": "NOT RECOVERED/NOT RESOLVED",
            },
        ),
    ),
)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("changed"), *SUBJECTS) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> Answers:
    return await told.responses({one.name: {} for one in SUBJECTS})


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("RC-01", ["MR"]),
        ("RC-02", ["MR"]),
        ("RC-03", ["CR", "PR"]),
        ("RC-03 at 15 %", ["CR", "PD"]),
        ("RC-04", ["SD"]),
        ("marrow below 5 %", ["CR"]),
        ("RC-10", ["VGPR", "VGPR", "PD", "PD"]),
        ("RC-12", ["VGPR", "VGPR"]),
        ("RC-12 with a clone", ["VGPR", "PD"]),
        ("RC-14", ["PR"]),
        ("RC-20", ["CR"]),
        ("RC-22", ["CR"]),
        ("biclonal", ["PR", "PD", "PD"]),
        ("two proteins", ["VGPR"]),
        ("RC-24", ["PD"]),
        ("RC-24 new", ["PD"]),
        ("RC-24 known", ["PR"]),
        ("RC-24 without baseline imaging", ["PR"]),
    ],
)
async def test_it_gives_the_category_of_each_visit(
    answers: Answers, name: str, categories: list[str]
) -> None:
    assert [visit["category"] for visit in answers[name]["visits"]] == categories


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("RC-03 at 15 %", []),
        ("RC-04", ["nadir_above_limit"]),
        ("RC-24 without baseline imaging", ["untracked_lesion"]),
    ],
)
async def test_it_flags_what_hangs_on_a_limit_or_on_missing_imaging(
    answers: Answers, name: str, flags: list[str]
) -> None:
    assert answers[name]["visits"][-1]["flags"] == flags


async def test_it_shows_the_text_and_the_interval_of_a_result(answers: Answers) -> None:
    serum = answers["RC-01"]["visits"][0]["markers"][0]
    assert (serum["reported"], serum["interval"]) == ("<2.5 g/dL", "[0, 2.5)")


async def test_it_says_what_serum_is_measured_by(answers: Answers) -> None:
    assert answers["RC-10"]["baseline"]["serum_method"] == "quantitative IgA"
    assert answers["RC-10"]["visits"][0]["markers"][0]["component"] == "immunoglobulin"
    assert answers["RC-01"]["baseline"]["serum_method"] == "electrophoresis"


async def test_it_shows_each_of_several_m_proteins(answers: Answers) -> None:
    shown = answers["two proteins"]["visits"][0]
    assert [
        (one["isotype"]["heavy_chain"], one["reported"], one["counts"])
        for one in shown["serum_m_proteins"]
    ] == [("IgG", "0.2 g/dL", True), ("IgA", "0.1 g/dL", True), ("IgM", "0.5 g/dL", False)]
    assert shown["markers"][0]["current"] == "0.3"


async def test_an_unanswered_lesion_confirms_nothing_and_is_no_response(answers: Answers) -> None:
    [visit] = answers["RC-24"]["visits"]
    assert (visit["basis"], visit["state"], visit["running"]) == (
        "unanswered",
        "unconfirmed",
        "NE",
    )
    assert visit["questions"] == [
        {"code": "LESION-NOT-AT-BASELINE", "pointer": "/imaging/lesions/0"}
    ]
    assert answers["RC-24"]["best"]["progression_on"] is None
    new = answers["RC-24 new"]
    assert (new["visits"][0]["rules"], new["best"]["progression_on"]) == (["P-L1"], "2024-05-01")


async def test_another_lesion_called_new_answers_nothing_about_this_one(answers: Answers) -> None:
    [visit] = answers["RC-24 and another"]["visits"]
    assert (visit["rules"], visit["basis"]) == (["P-L1", "LESION-NOT-AT-BASELINE"], "imaging")


async def test_an_unanswered_lesion_is_an_event_of_its_variant_alone(told: Cohort) -> None:
    asked = {"cutoff": "2024-09-01"}
    row = (await told.rows("progression-free-survival", **asked))["RC-24"]
    assert (row["AVAL"], row["CNSR"]) == (62, 1)
    asked["variant"] = "unconfirmed_pd=event"
    row = (await told.rows("progression-free-survival", **asked))["RC-24"]
    assert (row["AVAL"], row["CNSR"], row["component"]) == (62, 0, "PD")


async def found(told: Cohort, name: str) -> list[tuple[str, str, str]]:
    answer = await told.get("/v1/findings", subject=told.codes[name], kind="assessments")
    return [(one["rule"], one["severity"], one["pointer"]) for one in answer["items"]]


async def test_the_findings_ask_about_the_lesion(told: Cohort) -> None:
    asked = ("LESION-NOT-AT-BASELINE", "error", "/imaging/lesions/0")
    assert asked in await found(told, "RC-24")
    for answered in ("RC-24 new", "RC-24 known", "RC-24 without baseline imaging"):
        assert asked not in await found(told, answered)


async def test_the_finding_keeps_nothing_out_of_anything(told: Cohort) -> None:
    answer = await told.endpoint("response")
    assert (answer["data_errors"], answer["N"]) == ([], len(SUBJECTS))


async def test_the_findings_ask_about_a_polyclonal_rise(told: Cohort) -> None:
    rise = ("IG-RISE-IFE-NEGATIVE", "warning", "/immunoglobulin")
    assert rise in await found(told, "RC-12")
    assert rise not in await found(told, "RC-12 with a clone")


async def test_the_discrepancies_say_what_an_answer_would_change(told: Cohort) -> None:
    answer = await told.get("/v1/discrepancies", subject=told.codes["RC-24"])
    [item] = answer["items"]
    assert (item["kind"], item["derived"], item["investigator"]) == (
        "LESION-NOT-AT-BASELINE",
        "PD",
        None,
    )
    assert item["impact"] == {
        "best_response": True,
        "best_response_would_be": "PD",
        "progression": True,
        "progression_would_be": "2024-05-01",
    }


async def test_clinical_relapse_is_a_flag_and_never_the_category(answers: Answers) -> None:
    first, second = answers["relapse"]["visits"]
    assert (first["category"], second["category"]) == ("SD", "SD")
    assert first["clinical_relapse"] == {
        "signs": ["lesion_growth", "hypercalcaemia"],
        "to_be_attributed": ["haemoglobin_fall"],
    }
    assert second["clinical_relapse"]["signs"] == ["hyperviscosity"]


async def test_the_endpoint_counts_subjects_with_a_sign_of_clinical_relapse(told: Cohort) -> None:
    answer = await told.endpoint("response")
    assert answer["n_clinical_relapse"] >= 1


@pytest.mark.parametrize(
    ("whole", "status"),
    [
        pytest.param({"value": "3.2", "unit": "g/dL"}, 201, id="their sum"),
        pytest.param({"value": "32", "unit": "g/L"}, 201, id="their sum in g/L"),
        pytest.param({"value": "3.7", "unit": "g/dL"}, 422, id="with what is not the patient's"),
        pytest.param({"value": "2.0", "unit": "g/dL"}, 422, id="one of them"),
        pytest.param({"not_done": "haemolysed"}, 422, id="not done"),
    ],
)
async def test_the_serum_value_beside_several_has_to_be_their_sum(
    told: Cohort, whole: dict[str, str], status: int
) -> None:
    body = {
        "assessed_on": "2024-06-30",
        "serum_m_protein": whole,
        "serum_m_proteins": several(
            ("IgG", "kappa", "original", "2.0"),
            ("IgA", "lambda", "original", "1.2"),
            ("IgM", "kappa", "other_isotype", "0.5"),
        ),
    }
    place = f"/v1/subjects/{told.codes['RC-02']}/assessments"
    sender = await told.deployment.caller("coordinator", "03")
    answer = await sender.http.post(
        place, json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == status, answer.text
    if status == 422:
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (
            "/serum_m_protein/value",
            "serum_m_proteins_disagree",
        )
