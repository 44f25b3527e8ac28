"""Categories that an investigator reported without the measurements, sent as a centre does.

Source: the trial's endpoint definitions, PFS and DOR censoring, no baseline; MRD; response rates.
"""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.derivations.subject.analyse import analyse
from tests.endpoints.analysed import history, trial_of
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    INFUSED_ON,
    Record,
    assessment,
    contact,
    day,
    death,
    new_therapy,
    rated,
    subject,
)

DERIVED, INVESTIGATOR = ({"response_source": source} for source in ("derived", "investigator"))
PFS, DOR = "progression-free-survival", "duration-of-response"
CUT = {"cutoff": "2024-12-31"}
BASELINE = assessment(-10, **components(4, 0, "+-"))


def mrd(on: int, result: str, category: str, **more: Any) -> Record:
    """A visit with the investigator's category and a marrow for residual disease."""
    sample = {"method": "NGF", "sensitivity": "0.00001", "result": result, **more}
    return rated(on, category, mrd=sample)


SUBJECTS = (
    subject("CR, CR, PD", rated(28, "CR"), rated(61, "CR"), rated(91, "PD", "imaging")),
    subject(
        "PD confirmed by word",
        rated(28, "PR"),
        rated(61, "PR"),
        rated(91, "PD", "biochemical", investigator_progression_confirmed=True),
    ),
    subject(
        "PD not confirmed",
        rated(28, "PR"),
        rated(61, "PR"),
        rated(91, "PD", "biochemical", investigator_progression_confirmed=False),
    ),
    subject("a lone CR", rated(28, "CR")),
    subject("CR, then PD", rated(28, "CR"), rated(61, "PD", "imaging")),
    subject("CR, then therapy", rated(28, "CR"), new_therapy(40), rated(61, "CR")),
    subject("CR, then SD", rated(28, "CR"), rated(61, "SD")),
    subject("nothing reported", contact(61)),
    subject("died unseen", death(20)),
    subject("negative in CR", mrd(28, "negative", "CR"), rated(61, "CR")),
    subject("measured", BASELINE, *(assessment(on, **components(1, 0, "+-")) for on in (28, 61))),
)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("trial"), *SUBJECTS) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "source", "aval", "reason"),
    [
        pytest.param("CR, CR, PD", INVESTIGATOR, 92, 0, id="the reader's progression is an event"),
        pytest.param("CR, CR, PD", DERIVED, 1, 5, id="nothing to derive it from"),
        pytest.param("PD confirmed by word", INVESTIGATOR, 92, 0, id="stands for a second visit"),
        pytest.param("PD not confirmed", INVESTIGATOR, 92, 1, id="waits for a second visit"),
        pytest.param("nothing reported", INVESTIGATOR, 1, 5, id="no category was reported either"),
        pytest.param("died unseen", INVESTIGATOR, 21, 0, id="death is an event"),
        pytest.param("measured", INVESTIGATOR, 1, 4, id="a baseline, and nothing reported"),
        pytest.param("measured", DERIVED, 62, 1, id="measured"),
    ],
)
async def test_progression_free_survival_by_source(
    told: Cohort, name: str, source: dict[str, str], aval: int, reason: int
) -> None:
    row = (await told.rows(PFS, **source, **CUT))[name]
    assert (row["AVAL"], row["CNSR"]) == (aval, reason)


async def test_the_duration_of_a_reported_response_has_a_row(told: Cohort) -> None:
    rows = await told.rows(DOR, **INVESTIGATOR, **CUT)
    assert rows["CR, CR, PD"]["STARTDT"] == day(INFUSED_ON, 28)
    assert (rows["CR, CR, PD"]["AVAL"], rows["CR, CR, PD"]["CNSR"]) == (64, 0)
    responders = {
        name
        for name, row in (await told.rows("response", **INVESTIGATOR, **CUT)).items()
        if row["best_response"] in {"sCR", "CR", "VGPR", "PR"}
    }
    assert set(rows) == responders


async def test_where_most_have_no_baseline_no_median_is_given(told: Cohort) -> None:
    derived = await told.endpoint(PFS, **DERIVED, **CUT)
    assert (derived["n"], derived["n_without_baseline"]) == (11, 9)
    assert derived["censor_reasons"]["5"]["n"] == 9
    median = derived["median"]
    assert median["withheld"] == "more than half of the subjects have no baseline evaluation"
    assert {median[name] for name in ("estimate", "lower", "upper", "estimate_months")} == {None}
    assert derived["quartiles"] == []
    assert derived["variants"]["EMA"]["median"]["withheld"] == median["withheld"]
    reported = await told.endpoint(PFS, **INVESTIGATOR, **CUT)
    assert (reported["n_without_baseline"], reported["median"]["withheld"]) == (1, None)
    assert reported["median"]["estimate"] is not None


async def test_the_picture_says_how_many_have_no_baseline(told: Cohort) -> None:
    answer = await told.reader.get(
        f"/v1/charts/kaplan-meier?endpoint={PFS}&cutoff={CUT['cutoff']}",
        Accept="application/vnd.vegalite.v6+json",
    )
    assert answer.status_code == 200, answer.text
    said = " ".join(" ".join(answer.json()["title"]["subtitle"]).split())
    assert "9 of 11 without a baseline evaluation" in said
    assert "median not given" in said
    assert "FDA regime" in said


@pytest.mark.parametrize(
    ("source", "name", "mark"),
    [
        pytest.param(INVESTIGATOR, "CR, CR, PD", "progression", id="on imaging"),
        pytest.param(INVESTIGATOR, "PD confirmed by word", "progression", id="said confirmed"),
        pytest.param(
            INVESTIGATOR, "PD not confirmed", "unconfirmed progression", id="waits for a second"
        ),
        pytest.param(
            DERIVED, "CR, CR, PD", "unconfirmed progression", id="reported, and not measured"
        ),
        pytest.param(DERIVED, "measured", None, id="none reported"),
    ],
)
async def test_the_swimmer_marks_a_reported_progression(
    told: Cohort, source: dict[str, str], name: str, mark: str | None
) -> None:
    query = f"response_source={source['response_source']}&cutoff={CUT['cutoff']}"
    answer = await told.reader.get(f"/v1/charts/swimmer?{query}", Accept="text/csv")
    marks = [
        (row["shows"], row["since_days"])
        for row in csv.DictReader(io.StringIO(answer.text))
        if row["subject"] == told.codes[name] and "progression" in row["shows"]
    ]
    assert marks == ([(mark, "91")] if mark else [])


async def test_the_evaluable_are_those_whom_the_source_judged(told: Cohort) -> None:
    reported = await told.endpoint("response", population="evaluable", **INVESTIGATOR, **CUT)
    derived = await told.endpoint("response", population="evaluable", **DERIVED, **CUT)
    assert (reported["N"], derived["N"]) == (8, 1)


async def test_what_was_shown_and_never_confirmed_is_counted_by_reason(told: Cohort) -> None:
    answer = await told.endpoint("response", **INVESTIGATOR, **CUT)
    confirmed, shown = answer["rates"][">=CR"], answer["unconfirmed"]["rates"][">=CR"]
    assert (confirmed["x"], shown["x"], shown["N"]) == (2, 6, 11)
    lacking = answer["unconfirmed"]["not_confirmed"][">=CR"]
    assert lacking == {
        "n": 4,
        "reasons": {
            "no_second_evaluation": 1,
            "followed_by_progression": 1,
            "after_new_therapy": 1,
            "not_repeated": 1,
        },
    }
    assert answer["unconfirmed"]["categories"]["CR"]["x"] == 6


async def test_residual_disease_is_held_against_the_sources_own_response(told: Cohort) -> None:
    reported = (await told.endpoint("response", **INVESTIGATOR, **CUT))["mrd"]
    derived = (await told.endpoint("response", **DERIVED, **CUT))["mrd"]
    assert (reported["mrd_neg_cr"]["x"], derived["mrd_neg_cr"]["x"]) == (1, 0)
    assert (reported["imwg_mrd_negative"]["x"], derived["imwg_mrd_negative"]["x"]) == (1, 0)
    of_cr = [one["by_threshold"]["1e-5"]["complete_response"]["N"] for one in (reported, derived)]
    assert of_cr == [2, 0]


@pytest.mark.parametrize(
    ("name", "progressed"),
    [
        pytest.param("CR, CR, PD", True, id="nothing was measured"),
        pytest.param("PD not confirmed", False, id="a progression that waits"),
        pytest.param("measured", False, id="measured, and stable"),
    ],
)
def test_scheduled_visits_stop_at_a_reported_progression_where_nothing_was_measured(
    name: str, progressed: bool
) -> None:
    trial = trial_of()
    one = next(one for one in SUBJECTS if one.name == name)
    stops = analyse(history(one, trial), trial).visits.stops
    assert (stops.progression is not None) is progressed


@pytest.mark.parametrize(("name", "reason"), [("CR, CR, PD", 5), ("measured", 4)])
async def test_the_policy_can_ask_for_a_baseline_of_every_source(
    server: EmbeddedPostgres, tmp_path: Path, name: str, reason: int
) -> None:
    asked = {"policy__tte__baseline_required": "always"}
    one = next(one for one in SUBJECTS if one.name == name)
    async with cohort(server, tmp_path, one, **asked) as strict:
        row = (await strict.rows(PFS, **INVESTIGATOR, **CUT))[name]
        assert (row["AVAL"], row["CNSR"]) == (1, reason)
