"""Further cases in words, sent as a centre sends them.

Source: the trial's further cases, X-01 to X-20; the baseline is of day -10 unless said otherwise.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from math import log
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, assessment, contact, kinetics, preparation, rated, subject

Answers = Mapping[str, dict[str, Any]]

SERUM = assessment(-10, **components(4, 0, "+-", marrow=50))
"""Measurable in serum alone."""
CHAINS = assessment(-10, **components(0, 0, "+-", kappa=500, lambda_=10))
"""Measurable by its free kappa chains alone."""


def serum(day: int, g_dl: float) -> Record:
    """A visit of serum and urine with the band still there."""
    return assessment(day, **components(g_dl, 0, "+-"))


def drug_band() -> dict[str, Any]:
    """A spike and a band that an assay has shown to be the antibody's."""
    parts = components(0.08, 0, "+-", kappa=30, lambda_=10, marrow=1)
    parts["serum_m_protein"]["owner"] = "drug_proven"
    parts["serum_immunofixation"]["bands"] = [
        {
            "heavy_chain": "IgG",
            "light_chain": "kappa",
            "owner": "drug_proven",
            "drug_test": "DIRA",
        }
    ]
    return parts


def blood_and_late_marrow(ife: str) -> Record:
    """Blood of 3 June 2024 and its marrow ten days later."""
    parts = components(0, 0, ife, marrow=1, marrow_on=date(2024, 6, 13))
    return assessment(date(2024, 6, 3), **parts)


NEGATIVE_MARROW = {"method": "NGF", "sensitivity": "0.00001", "result": "negative"}
SHALLOW_MARROW = NEGATIVE_MARROW | {"sensitivity": "0.0001"}
COMPLETE = components(0, 0, "--", marrow=1)

SUBJECTS = (
    subject(
        "X-01",
        CHAINS,
        assessment(28, **components(0, 0, "+-", kappa=2, lambda_=80)),
        assessment(56, **components(0, 0, "+-", kappa=2, lambda_=190)),
        assessment(84, **components(0, 0, "+-", kappa=2, lambda_=10)),
        light_chain="kappa",
    ),
    subject(
        "X-02",
        assessment(-10, **components(3, 0, "+-", kappa=200, lambda_=10, marrow=50)),
        assessment(28, **drug_band()),
        light_chain="kappa",
    ),
    subject(
        "X-04",
        CHAINS,
        assessment(28, **components(0, None, "+.", kappa=20, lambda_=10)),
        light_chain="kappa",
    ),
    subject(
        "X-05",
        assessment(-10, **components(1, 0, "+-")),
        assessment(28, **components("<0.5", 0, "+-")),
    ),
    subject("X-08", SERUM, serum(0, 0.4), serum(28, 1), serum(56, 1)),
    subject(
        "X-09",
        SERUM,
        assessment(28, **components(0, 0, "--")),
        assessment(28, **components(marrow=1)),
    ),
    subject(
        "X-10",
        assessment(-10, **components(4, 0, "+-", lesions={"a": (25, 25)})),
        assessment(28, **components(1, 0, "+-", lesions={"a": (0, 0)})),
        assessment(56, **components(1, 0, "+-", lesions={"a": (12, 11)})),
    ),
    subject("X-12", SERUM, serum(28, 1), serum(56, 1), serum(84, 1.6)),
    subject(
        "X-13",
        SERUM,
        contact(date(2021, 3, 1)),
        infused_on=date(2020, 1, 15),
    ),
    subject(
        "X-14",
        SERUM,
        serum(28, 1),
        serum(1080, 1),
        assessment(date(2023, 3, 2), new_lesions=[{"kind": "bone"}]),
        contact(date(2023, 6, 1)),
        infused_on=date(2020, 3, 1),
    ),
    subject("X-15", SERUM, blood_and_late_marrow("--")),
    subject("X-15 serum IFE positive", SERUM, blood_and_late_marrow("+-")),
    subject(
        "X-16",
        SERUM,
        assessment(28, **components(0, 0, "+-", marrow=1, mrd=NEGATIVE_MARROW)),
        assessment(91, **COMPLETE),
        assessment(122, **COMPLETE),
    ),
    subject(
        "MRD at 1e-4",
        SERUM,
        assessment(28, **components(1, 0, "+-", mrd=SHALLOW_MARROW)),
    ),
    subject(
        "X-17",
        SERUM,
        kinetics(1, "120"),
        kinetics(7, "22000"),
        kinetics(14, "48000"),
        kinetics(28, "6200"),
    ),
    subject(
        "X-20",
        preparation(lymphodepletion=()),
        rated(-20, "PD", "imaging", new_lesions=[{"kind": "extramedullary"}]),
        prepared=False,
        infused=False,
    ),
)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("further"), *SUBJECTS) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> Answers:
    return await told.responses({one.name: {} for one in SUBJECTS})


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        pytest.param("X-01", ["VGPR", "VGPR", "VGPR"], id="X-01 the other chain back to normal"),
        pytest.param("X-02", ["CR"], id="X-02 a band that is proven to be the drug's"),
        pytest.param("X-04", ["VGPR"], id="X-04 urine missing where chains alone are measured"),
        pytest.param("X-05", ["PR"], id="X-05 below a limit that is half of the baseline"),
        pytest.param("X-08", ["PR", "PR"], id="X-08 the infusion day is no visit"),
        pytest.param("X-09", ["CR"], id="X-09 two records of one day are one evaluation"),
        pytest.param("X-10", ["PR", "PD"], id="X-10 a lesion that had gone is back"),
        pytest.param("X-15", ["CR"], id="X-15 a marrow that shows CR"),
        pytest.param("X-15 serum IFE positive", ["VGPR"], id="X-15 a marrow without a say"),
        pytest.param("X-16", ["VGPR", "CR", "CR"], id="X-16 MRD before CR"),
    ],
)
async def test_it_gives_the_category_of_each_visit(
    answers: Answers, name: str, categories: list[str]
) -> None:
    visits = [visit for visit in answers[name]["visits"] if visit["assessed_on"] > "2024-03-01"]
    assert [visit["category"] for visit in visits] == categories


async def test_x_08_the_best_response_is_the_first_partial_response(answers: Answers) -> None:
    best = answers["X-08"]["best"]
    assert (best["best"], best["best_on"]) == ("PR", "2024-03-29")
    assert "2024-03-01" not in {
        visit["assessed_on"] for visit in answers["X-08"]["visits"] if visit["in_endpoint_set"]
    }


async def test_x_09_the_merged_evaluation_names_both_records(answers: Answers) -> None:
    [visit] = answers["X-09"]["visits"]
    assert len(visit["records"]) == 2


async def test_x_10_it_is_a_new_lesion(answers: Answers) -> None:
    progressed = answers["X-10"]["visits"][-1]
    assert [finding["rule"] for finding in progressed["progression"]] == ["P-L1"]
    assert answers["X-10"]["best"]["progression_on"] == "2024-04-26"


async def test_x_12_an_unconfirmed_progression_is_an_event_of_its_variant_alone(
    told: Cohort,
) -> None:
    asked = {"cutoff": "2024-09-01"}
    row = (await told.rows("progression-free-survival", **asked))["X-12"]
    assert (row["AVAL"], row["CNSR"], row["component"]) == (85, 1, None)
    row = (await told.rows("progression-free-survival", variant="unconfirmed_pd=event", **asked))[
        "X-12"
    ]
    assert (row["AVAL"], row["CNSR"], row["component"]) == (85, 0, "PD")
    answer = await told.endpoint("progression-free-survival", **asked)
    beside = answer["variants"]["unconfirmed_pd=event"]
    assert beside["n_event"] == answer["n_event"] + 1


async def test_x_13_a_subject_not_heard_of_is_overdue_and_has_not_reached_the_horizon(
    told: Cohort,
) -> None:
    row = (await told.rows("overall-survival", cutoff="2023-06-30"))["X-13"]
    assert (row["AVAL"], row["CNSR"], row["ADT"]) == (412, 1, "2021-03-01")
    assert row["overdue_contact"] is True


@pytest.mark.parametrize(
    ("variant", "on", "reason"),
    [
        ("FDA", "2023-02-14", 8),
        ("EMA", "2023-02-14", 8),
        ("truncate", "2023-03-01", 8),
        ("no_horizon", "2023-03-02", 0),
    ],
)
async def test_x_14_a_progression_the_day_after_the_horizon_is_no_event(
    told: Cohort, variant: str, on: str, reason: int
) -> None:
    rows = await told.rows("progression-free-survival", variant=variant, cutoff="2023-06-30")
    assert (rows["X-14"]["ADT"], rows["X-14"]["CNSR"]) == (on, reason)


async def test_x_14_the_last_evaluation_is_not_planned_beyond_the_horizon(told: Cohort) -> None:
    place = f"/v1/subjects/{told.codes['X-14']}/assessments"
    items = (await told.get(place, **{"from": "2023-01-01"}))["items"]
    assert {item["assessed_on"]: item["visit"] for item in items} == {
        "2023-02-14": "M36",
        "2023-03-02": "EOS",
    }


@pytest.mark.parametrize(
    ("name", "dated"), [("X-15", "2024-06-13"), ("X-15 serum IFE positive", "2024-06-03")]
)
async def test_x_15_a_visit_is_dated_by_what_its_category_used(
    answers: Answers, name: str, dated: str
) -> None:
    [visit] = answers[name]["visits"]
    assert visit["assessed_on"] == dated
    assert visit["anchor"] == "2024-06-03"


async def test_x_16_mrd_before_a_complete_response_counts_within_91_days(told: Cohort) -> None:
    cut = "2024-12-31"
    before = await told.endpoint("response", cutoff=cut)
    mrd = before["mrd"]
    assert mrd["mrd_neg_cr"]["x"] == 1
    assert mrd["imwg_mrd_negative"]["x"] == 0
    assert mrd["by_threshold"]["1e-5"]["treated"]["x"] == 1
    assert mrd["by_threshold"]["1e-6"]["treated"]["x"] == 0


async def test_x_16_a_sample_that_cannot_answer_at_the_threshold_is_not_evaluable(
    told: Cohort,
) -> None:
    evaluable = await told.endpoint("response", population="mrd_evaluable")
    assert evaluable["N"] == evaluable["n"] == 1
    at = evaluable["mrd"]["by_threshold"]
    assert {threshold: at[threshold]["mrd_evaluable"]["N"] for threshold in at} == {
        "1e-4": 1,
        "1e-5": 1,
        "1e-6": 0,
    }


async def test_x_17_an_area_without_a_sample_before_the_dose_starts_from_an_inserted_zero(
    told: Cohort,
) -> None:
    [analyte] = (await told.rows("car-kinetics"))["X-17"]["kinetics"]["analytes"]
    profile = analyte["profile"]
    assert profile["flags"] == ["zero_inserted"]
    areas = {area["end"]: area for area in profile["parameters"]["partial_areas"]}
    rising = 120 / 2 + 6 * (120 + 22000) / 2 + 7 * (22000 + 48000) / 2
    falling = 14 * (48000 - 6200) / log(48000 / 6200)
    assert areas[28]["area"] == pytest.approx(rising + falling, rel=1e-9)


async def test_x_20_a_subject_never_infused_keeps_its_slot_and_leaves_the_treated(
    told: Cohort,
) -> None:
    row = (await told.rows("enrolment"))["X-20"]
    assert set(row["populations"]) == {"screened", "enrolled", "apheresed"}
    slots = (await told.endpoint("enrolment"))["slots"]
    assert slots["total"] - slots["left"] == slots["taken"] == len(SUBJECTS)
    treated = await told.endpoint("response")
    enrolled = await told.endpoint("response", population="enrolled")
    assert (treated["N"], enrolled["N"]) == (len(SUBJECTS) - 1, len(SUBJECTS))
    assert enrolled["rates"]["ORR"]["x"] == treated["rates"]["ORR"]["x"]
    assert "X-20" not in await told.rows("overall-survival")
    assert "X-20" in await told.rows("overall-survival", population="enrolled")
    assert treated["data_errors"] == enrolled["data_errors"] == []
