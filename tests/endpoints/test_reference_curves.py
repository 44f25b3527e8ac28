"""Survival of the reference data sets, sent as infusions, deaths and contacts, equals R's.

Each data set is a centre of one trial without a horizon to speak of. Its times are days of AVAL: a
subject of time t died, or was heard of last, t - 1 days after the infusion. Two data sets have
times that no dates give, and are left to the tests of the statistic.

Source of the figures: ``tests/services/statistics/data/README.md``.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.services.statistics.reference import agrees, cases, survival_data
from tests.subjects.told import Subject, contact, death, subject

CASES = cases("kaplan_meier")
NO_DATES = {"edge_censor_time0", "edge_months_vs_days"}
CENTRES = {name: f"{number:02d}" for number, name in enumerate(CASES, 10) if name not in NO_DATES}
INFUSED_ON = date(2021, 1, 15)
TYPES = ("log-log", "log", "plain")
MONTHS = [182.625, 365.25, 547.875, 730.5, 913.125, 1095.75]
AT_MONTHS = [name for name in CENTRES if CASES[name]["landmarks"]["log-log"]["time"] == MONTHS]
CUT = {"cutoff": "2026-01-01"}

Answers = Mapping[str, dict[str, Any]]


def data_set(name: str) -> list[Subject]:
    """Write a data set as the subjects of a centre."""
    return [
        subject(
            f"{name} {number}",
            death(int(time) - 1) if observed else contact(int(time) - 1),
            centre=CENTRES[name],
            infused_on=INFUSED_ON,
        )
        for number, (time, observed) in enumerate(zip(*survival_data(name), strict=True))
    ]


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    subjects = [one for name in CENTRES for one in data_set(name)]
    directory = tmp_path_factory.mktemp("curves")
    async with cohort(server, directory, *subjects, trial__horizon_months=120) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> Answers:
    return {
        name: await told.endpoint("overall-survival", centre=centre, **CUT)
        for name, centre in CENTRES.items()
    }


def column(answer: Mapping[str, Any], name: str) -> list[Any]:
    return [step[name] for step in answer["curve"]]


@pytest.mark.parametrize("name", CENTRES)
async def test_the_curve_is_that_of_r(answers: Answers, name: str) -> None:
    expected, answer = CASES[name]["curve"], answers[name]
    assert (answer["n"], answer["n_event"]) == (CASES[name]["n"], CASES[name]["n_event"])
    assert answer["n_censored"] == answer["n"] - answer["n_event"]
    assert column(answer, "time") == agrees(expected["time"])
    assert column(answer, "n_risk") == expected["n_risk"]
    assert column(answer, "n_event") == expected["n_event"]
    assert column(answer, "n_censor") == expected["n_censor"]
    assert column(answer, "survival") == agrees(expected["surv"])
    assert column(answer, "se") == agrees(expected["std_err"])


@pytest.mark.parametrize("conf_type", TYPES)
@pytest.mark.parametrize("name", CENTRES)
async def test_the_limits_and_the_median_are_those_of_r(
    told: Cohort, name: str, conf_type: str
) -> None:
    answer = await told.endpoint(
        "overall-survival", centre=CENTRES[name], conf_type=conf_type, **CUT
    )
    survival = CASES[name]["curve"]["surv"]
    for end in ("lower", "upper"):
        limits = [
            1.0 if s == 1 else limit
            for s, limit in zip(survival, CASES[name]["ci"][conf_type][end], strict=True)
        ]
        assert column(answer, end) == agrees(limits)
    median, expected = answer["median"], CASES[name]["median"][conf_type]
    assert [median[key] for key in ("estimate", "lower", "upper")] == agrees(
        [expected[key] for key in ("est", "lower", "upper")]
    )


@pytest.mark.parametrize("name", AT_MONTHS)
async def test_the_landmarks_are_those_of_r_as_far_as_there_are_subjects(
    answers: Answers, name: str
) -> None:
    expected = CASES[name]["landmarks"]["log-log"]
    last = max(CASES[name]["curve"]["time"])
    assert [landmark["time"] for landmark in answers[name]["landmarks"]] == MONTHS
    for index, landmark in enumerate(answers[name]["landmarks"]):
        if landmark["time"] <= last:
            assert landmark["survival"] == agrees(expected["surv"][index])
            assert landmark["se"] == agrees(expected["std_err"][index])
        elif CASES[name]["curve"]["surv"][-1] > 0:
            assert (landmark["survival"], landmark["estimable"]) == (None, False)
        else:
            assert (landmark["survival"], landmark["lower"]) == (0, None)


@pytest.mark.parametrize("name", CENTRES)
async def test_the_median_follow_up_is_that_of_r(answers: Answers, name: str) -> None:
    median, expected = answers[name]["follow_up"]["median"], CASES[name]["reverse_km"]["log-log"]
    assert [median[key] for key in ("estimate", "lower", "upper")] == agrees(
        [expected[key] for key in ("median", "lower", "upper")]
    )


@pytest.mark.parametrize("name", CENTRES)
async def test_the_rows_are_the_data_that_were_sent(told: Cohort, name: str) -> None:
    rows = await told.rows("overall-survival", centre=CENTRES[name], **CUT)
    times, observed = survival_data(name)
    assert [
        (rows[f"{name} {number}"]["AVAL"], rows[f"{name} {number}"]["CNSR"] == 0)
        for number in range(len(times))
    ] == list(zip(times, observed, strict=True))


async def test_every_other_data_set_is_sent() -> None:
    assert len(CENTRES) == len(CASES) - 2 == 16
    assert len(AT_MONTHS) == 4
