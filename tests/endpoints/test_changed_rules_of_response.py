"""Cases in words of the myeloma response rules: intervals, immunoglobulins, bands, lesions.

Each has every fact that its words have, and no other. The baseline is of day -10.
Source of the cases: ``tests/endpoints/data/README.md``.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components, imaging
from tests.subjects.told import Record, assessment, dated_on, subject

Answers = Mapping[str, dict[str, Any]]

KAPPA: Final = {"light_chain": "kappa"}
IGA_KAPPA: Final = {"heavy_chain": "IgA", **KAPPA}
BY_DIRA: Final = {"owner": "drug_proven", "drug_test": "DIRA"}
NO_ELECTROPHORESIS: Final = {"not_done": "the band runs with transferrin"}


def iga(day: int, mg_dl: int, ife: str = ".-", **more: Any) -> Record:
    """A visit of total IgA and urine."""
    immunoglobulin = {"value": str(mg_dl), "unit": "mg/dL", "heavy_chain": "IgA"}
    return assessment(day, **components(u=0, ife=ife, immunoglobulin=immunoglobulin, **more))


def bands(day: int, *found: Mapping[str, str], owner: str | None = None, **parts: Any) -> Record:
    """A visit with the bands of its serum named, and perhaps the owner of its spike."""
    told = components(**parts)
    told["serum_immunofixation"]["bands"] = list(found)
    if owner is not None:
        told["serum_m_protein"]["owner"] = owner
    return assessment(day, **told)


def band(heavy: str, light: str, **more: str) -> dict[str, str]:
    return {"heavy_chain": heavy, "light_chain": light, **more}


def marrow(day: int, percent: Any) -> Record:
    """A visit of a myeloma that secretes nothing."""
    return assessment(day, **components(0, 0, "--", marrow=percent))


def untracked(day: int, g_dl: Any, **more: Any) -> Record:
    """A visit with a lesion that the baseline imaging did not have."""
    lesions = {"C": (30, 25)}
    return assessment(day, **components(g_dl, 0, "+-", lesions=lesions, **more))


WITHOUT_LESIONS: Final = assessment(-10, **components(4, 0, "+-"), imaging=imaging({}))
LATE_IMAGE: Final = {"modality": "PET/CT", "imaged_on": dated_on(58)}

LOW_IGA: Final = (iga(-10, 4200, "+-"), iga(28, 60, "--"))

SUBJECTS: Final = (
    subject(
        "RC-01",
        assessment(-10, **components(4, 0, "+-")),
        assessment(28, **components("<2.5", 0, "+-")),
    ),
    subject(
        "RC-02",
        assessment(-10, **components(0, 1000, "-+")),
        assessment(28, **components(0, "<400", "-+")),
    ),
    subject("RC-03 12 %", marrow(-10, 40), marrow(28, "<5"), marrow(84, 12)),
    subject("RC-03 15 %", marrow(-10, 40), marrow(28, "<5"), marrow(84, 15)),
    subject(
        "RC-04",
        assessment(-10, **components(0, 0, "+-", kappa=">2000", lambda_=10)),
        assessment(28, **components(0, 0, "+-", kappa=2600, lambda_=10)),
        **KAPPA,
    ),
    subject(
        "RC-10",
        *(iga(day, mg_dl) for day, mg_dl in ((-10, 4200), (28, 300), (56, 280), (84, 1500))),
        iga(112, 1700),
        **IGA_KAPPA,
    ),
    subject(
        "RC-10 the reason given",
        *(
            iga(day, mg_dl, "+-", serum_m_protein=NO_ELECTROPHORESIS)
            for day, mg_dl in ((-10, 4200), (28, 300), (56, 280), (84, 1500), (112, 1700))
        ),
        **IGA_KAPPA,
    ),
    subject("RC-12 negative", *LOW_IGA, iga(56, 620, "--"), **IGA_KAPPA),
    subject("RC-12 positive", *LOW_IGA, iga(56, 620, "+-"), **IGA_KAPPA),
    subject(
        "RC-14",
        iga(-10, 1500, "+-", s="0.4"),
        iga(28, 700, "+-"),
        iga(56, 700, "+-"),
        **IGA_KAPPA,
    ),
    subject(
        "RC-20",
        bands(-10, band("IgG", "kappa"), s=3, u=0, ife="+-", marrow=50),
        bands(
            28,
            band("IgG", "kappa", **BY_DIRA),
            owner="drug_proven",
            s="0.08",
            u=0,
            ife="+-",
            marrow=1,
        ),
        heavy_chain="IgG",
        **KAPPA,
    ),
    subject(
        "RC-22",
        bands(
            -10,
            band("IgA", "lambda", owner="original"),
            band("IgG", "kappa", **BY_DIRA),
            s=3,
            u=0,
            ife="+-",
            marrow=50,
        ),
        bands(28, band("IgG", "kappa"), s=0, u=0, ife="+-", marrow=1),
        heavy_chain="IgA",
        light_chain="lambda",
    ),
    subject("RC-24", WITHOUT_LESIONS, untracked(61, 1)),
    subject("RC-24 seen twice", WITHOUT_LESIONS, untracked(61, 1), untracked(91, 1)),
    subject(
        "RC-24 answered",
        WITHOUT_LESIONS,
        assessment(
            61,
            **components(1, 0, "+-"),
            imaging={**imaging({"C": (30, 25)}), **LATE_IMAGE},
            new_lesions=[{"lesion_id": "C", "kind": "extramedullary"}],
        ),
    ),
    subject("RC-24 not imaged before", assessment(-10, **components(4, 0, "+-")), untracked(61, 1)),
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


async def rules_found(told: Cohort, name: str) -> list[str]:
    """Give the rules of the findings about a subject."""
    answer = await told.get("/v1/findings", subject=told.codes[name], limit=1000)
    return [one["rule"] for one in answer["items"]]


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        pytest.param("RC-01", ["MR"], id="RC-01 below 2.5 of 4.0 g/dL: at least minor"),
        pytest.param("RC-02", ["MR"], id="RC-02 below 400 of 1000 mg/24 h: at least minor"),
        pytest.param("RC-03 12 %", ["CR", "PR"], id="RC-03 marrow below 5 %, then 12 %"),
        pytest.param("RC-03 15 %", ["CR", "PD"], id="RC-03 marrow below 5 %, then 15 %"),
        pytest.param("RC-04", ["SD"], id="RC-04 above the limit is no nadir"),
        pytest.param("RC-10", ["VGPR", "VGPR", "PD", "PD"], id="RC-10 quantitative IgA"),
        pytest.param(
            "RC-10 the reason given",
            ["VGPR", "VGPR", "PD", "PD"],
            id="RC-10 electrophoresis not done, and why",
        ),
        pytest.param("RC-12 negative", ["VGPR", "VGPR"], id="RC-12 a polyclonal rise"),
        pytest.param("RC-12 positive", ["VGPR", "PD"], id="RC-12 a rise with the band back"),
        pytest.param("RC-14", ["PR", "PR"], id="RC-14 IgA in the place of a spike of 0.4 g/dL"),
        pytest.param("RC-20", ["CR"], id="RC-20 a proven drug of the patient's own isotype"),
        pytest.param("RC-22", ["CR"], id="RC-22 the drug's isotype is not the patient's"),
        pytest.param("RC-24", ["PD"], id="RC-24 a lesion the baseline did not have"),
        pytest.param("RC-24 seen twice", ["PD", "PD"], id="RC-24 seen twice"),
        pytest.param("RC-24 answered", ["PD"], id="RC-24 answered: it is new"),
        pytest.param("RC-24 not imaged before", ["PR"], id="RC-24 no baseline imaging"),
    ],
)
async def test_each_visit_has_its_category(
    answers: Answers, name: str, categories: list[str]
) -> None:
    assert [visit["category"] for visit in answers[name]["visits"]] == categories


async def test_rc_03_the_marrow_progresses_by_its_own_rule(answers: Answers) -> None:
    last = answers["RC-03 15 %"]["visits"][-1]
    assert [one["rule"] for one in last["progression"]] == ["P-B"]


async def test_rc_04_a_nadir_above_its_limit_is_flagged(answers: Answers) -> None:
    [visit] = answers["RC-04"]["visits"]
    assert "nadir_above_limit" in visit["flags"]


async def test_rc_12_a_rise_without_a_band_is_asked_about(told: Cohort) -> None:
    found = {
        name: (await rules_found(told, f"RC-12 {name}")).count("IG-RISE-IFE-NEGATIVE")
        for name in ("negative", "positive")
    }
    assert found == {"negative": 1, "positive": 0}


async def test_rc_14_a_spike_below_one_gram_is_followed_by_its_immunoglobulin(
    told: Cohort, answers: Answers
) -> None:
    assert answers["RC-14"]["baseline"]["measurable"]["serum"] is True
    assert "MEASURED-NOT-USED" not in await rules_found(told, "RC-14")


async def test_rc_14_it_is_not_where_only_electrophoresis_not_done_makes_way(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> None:
    policy = {"policy__imwg__quantitative_immunoglobulin": "iga_igd_when_spep_not_done"}
    [case] = [one for one in SUBJECTS if one.name == "RC-14"]
    async with cohort(server, tmp_path_factory.mktemp("policy"), case, **policy) as told:
        answer = await told.response("RC-14")
        found = await rules_found(told, "RC-14")
        response = await told.endpoint("response")
    assert answer["baseline"]["track"] == "none"
    assert [visit["category"] for visit in answer["visits"]] == ["NE", "NE"]
    assert found.count("MEASURED-NOT-USED") == 1
    assert response["n_unmeasurable_at_baseline"] == 1


@pytest.mark.parametrize("name", ["RC-24", "RC-24 seen twice"])
async def test_rc_24_it_waits_for_an_answer(told: Cohort, answers: Answers, name: str) -> None:
    first, *_ = visits = answers[name]["visits"]
    assert {(one["basis"], one["confirmed"], one["running"]) for one in visits} == {
        ("unanswered", "NE", "NE")
    }
    assert answers[name]["best"]["progression_on"] is None
    assert "LESION-NOT-AT-BASELINE" in await rules_found(told, name)
    plain, event = await asyncio.gather(
        told.rows("progression-free-survival"),
        told.rows("progression-free-survival", variant="unconfirmed_pd=event"),
    )
    days = 61 + 1 if name == "RC-24" else 91 + 1
    assert (plain[name]["AVAL"], plain[name]["CNSR"]) == (days, 1)
    assert (event[name]["AVAL"], event[name]["CNSR"], event[name]["component"]) == (62, 0, "PD")
    assert first["assessed_on"] == event[name]["ADT"]


async def test_rc_24_a_new_lesion_is_progression_on_the_day_of_its_image(
    told: Cohort, answers: Answers
) -> None:
    [visit] = answers["RC-24 answered"]["visits"]
    assert (visit["basis"], visit["confirmed"], visit["assessed_on"]) == (
        "imaging",
        "PD",
        "2024-04-28",
    )
    assert answers["RC-24 answered"]["best"]["progression_on"] == "2024-04-28"
    assert "LESION-NOT-AT-BASELINE" not in await rules_found(told, "RC-24 answered")


async def test_rc_24_without_an_image_to_compare_with_it_is_flagged_alone(
    told: Cohort, answers: Answers
) -> None:
    name = "RC-24 not imaged before"
    [visit] = answers[name]["visits"]
    assert "untracked_lesion" in visit["flags"]
    assert "LESION-NOT-AT-BASELINE" not in await rules_found(told, name)
