"""The demonstration trial through the service and through R: the same figures.

The service derives the times from the records of the demonstration and estimates; R estimates from
the same times, given as the rows of ADTTE. Where R and its package survival are installed it is
run, and must still say what is kept in ``data/demonstration_in_r.json``; elsewhere that stands for
it. ``--keep-r`` writes what R says now.

Source of the figures: ``data/demonstration.R``, R 4.2.2 and survival 3.5-3: ``survfit``,
``summary(fit)$table``, ``summary(fit, times =, extend = TRUE)``, ``summary(fit, rmean = tau)``,
``survfit`` of several states, ``binom.test``.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest

from app.demo.synthetic.centres import CENTRES
from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints import in_r
from tests.endpoints.cohort import Cohort
from tests.endpoints.demonstration import demonstration
from tests.endpoints.in_r import Figure, InR, Rate, Times
from tests.services.statistics.reference import agrees
from tests.services.statistics.test_against_r import r_with_survival

CUT = {"cutoff": "2026-10-15"}
"""The last day of which the demonstration tells."""
OVERALL, PROGRESSION_FREE = "overall-survival", "progression-free-survival"
ENDPOINTS = (
    OVERALL,
    PROGRESSION_FREE,
    "event-free-survival",
    "duration-of-response",
    "time-to-next-treatment",
)
CURVES: dict[tuple[str, str], dict[str, str]] = {
    **{(endpoint, "log-log"): {} for endpoint in ENDPOINTS},
    **{(OVERALL, limits): {"conf_type": limits} for limits in ("log", "plain")},
    **{
        (f"{PROGRESSION_FREE} of centre {centre.code}", "log-log"): {"centre": centre.code}
        for centre in CENTRES
    },
}
"""Data set and type of limits -> what the service is asked; a centre's median is reached."""
COMPETING = "TTNT_competing"
SYNDROMES = ("CRS", "ICANS")
RATES = ("ORR", ">=CR", ">=VGPR", "clinical_benefit", "disease_control")

Answers = Mapping[tuple[str, str], dict[str, Any]]
EVERY_CURVE = pytest.mark.parametrize("curve", CURVES, ids=" ".join)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with demonstration(server, tmp_path_factory.mktemp("demonstration")) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> Answers:
    return {
        (name, limits): await told.endpoint(name.split()[0], rows="true", **CUT, **asked)
        for (name, limits), asked in CURVES.items()
    }


@pytest.fixture(scope="module")
async def therapy_only(told: Cohort) -> dict[str, Any]:
    return await told.endpoint(
        "time-to-next-treatment", rows="true", variant="TTNT_therapy_only", **CUT
    )


@pytest.fixture(scope="module")
async def safety(told: Cohort) -> dict[str, Any]:
    return await told.endpoint("adverse-events", **CUT)


@pytest.fixture(scope="module")
async def response(told: Cohort) -> dict[str, Any]:
    return await told.endpoint("response", **CUT)


@pytest.fixture(scope="module")
def times(answers: Answers, therapy_only: dict[str, Any], safety: dict[str, Any]) -> list[Times]:
    """Everything that R estimates from."""
    curves = [
        Times(data_set=name, conf_type=limits, rows=adtte(answer, {0: 1}))
        for (name, limits), answer in answers.items()
    ]
    competing = Times(
        data_set=COMPETING, conf_type="log-log", rows=adtte(therapy_only, {0: 1, 9: 2})
    )
    syndromes = [
        Times(data_set=name, conf_type="log-log", rows=tuple(first_events(safety, name)))
        for name in SYNDROMES
    ]
    return [*curves, competing, *syndromes]


@pytest.fixture(scope="module")
def rates(response: dict[str, Any]) -> list[Rate]:
    return [
        Rate(rate=name, x=found["x"], n=found["N"]) for name, found in response["rates"].items()
    ]


@pytest.fixture(scope="module")
def r_says(
    times: list[Times],
    rates: list[Rate],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> InR:
    program = r_with_survival()
    if program is None:
        return in_r.kept()
    said = in_r.run(program, tmp_path_factory.mktemp("r"), times, rates)
    if request.config.getoption("--keep-r"):
        in_r.keep(said)
    return said


def adtte(answer: Mapping[str, Any], statuses: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Give the rows of ADTTE for R; CNSR 0 is the event, 9 a death that competes with it."""
    return tuple((row["AVAL"], statuses.get(row["CNSR"], 0)) for row in answer["rows"])


def first_events(safety: Mapping[str, Any], syndrome: str) -> Iterator[tuple[float, int]]:
    """Give each subject's first event and its day, from how many had it on which day."""
    risks = safety["syndromes"][syndrome]["cumulative_incidence"]
    had, died = (incidence["events"] for incidence in risks["incidences"])
    for day, *counts in zip(risks["time"], risks["censored"], had, died, strict=True):
        for status, count in enumerate(counts):
            yield from [(day, status)] * count


def limits_of(figure: Figure) -> list[Any]:
    """Give R's limits; where nothing has varied yet release 3.5-3 gives none for log-log."""
    if figure["standard_error"] == 0:
        return [figure["estimate"]] * 2
    return [figure["lower"], figure["upper"]]


def column(figures: list[Figure], name: str) -> list[Any]:
    return [one[name] for one in figures]


async def test_the_demonstration_gives_the_same_times_as_when_r_was_asked(
    r_says: InR, times: list[Times], rates: list[Rate]
) -> None:
    kept = in_r.kept()
    assert in_r.given(times) == kept.times, "run with --keep-r where R is installed"
    assert {one.rate: [one.x, one.n] for one in rates} == kept.rates
    assert sum(status == 1 for _, status in kept.times[PROGRESSION_FREE]) > 20


async def test_r_still_says_what_is_kept(r_says: InR) -> None:
    kept = in_r.kept()
    assert kept.made_by == ["R version 4.2.2 Patched (2022-11-10 r83330)", "survival 3.5.3"]
    for was, now in zip(kept.figures, r_says.figures, strict=True):
        assert [was[name] for name in ("data_set", "conf_type", "figure")] == [
            now[name] for name in ("data_set", "conf_type", "figure")
        ]
        assert now["estimate"] == agrees(was["estimate"]), was
        assert now["standard_error"] == agrees(was["standard_error"]), was
        assert limits_of(now) == agrees(limits_of(was)), was


@EVERY_CURVE
async def test_the_median_is_that_of_r(
    answers: Answers, r_says: InR, curve: tuple[str, str]
) -> None:
    (expected,) = r_says.of(*curve, "median")
    median = answers[curve]["median"]
    assert [median[name] for name in ("estimate", "lower", "upper")] == agrees(
        [expected[name] for name in ("estimate", "lower", "upper")]
    )


async def test_some_medians_are_reached(r_says: InR) -> None:
    reached = [one for one in r_says.figures if one["figure"] == "median" and one["estimate"]]
    assert len(reached) >= 2


@EVERY_CURVE
async def test_the_landmarks_are_those_of_r(
    answers: Answers, r_says: InR, curve: tuple[str, str]
) -> None:
    expected, last = r_says.of(*curve, "landmark"), answers[curve]["curve"][-1]
    landmarks = answers[curve]["landmarks"]
    assert [one["time"] for one in landmarks] == column(expected, "time")
    assert landmarks[0]["time"] == 182.625
    for landmark, figure in zip(landmarks, expected, strict=True):
        if landmark["time"] > last["time"]:
            assert landmark["survival"] == (0 if last["survival"] == 0 else None)
            continue
        assert landmark["survival"] == agrees(figure["estimate"])
        assert landmark["se"] == agrees(figure["standard_error"])
        assert [landmark["lower"], landmark["upper"]] == agrees(limits_of(figure))


@EVERY_CURVE
async def test_the_restricted_mean_is_that_of_r(
    answers: Answers, r_says: InR, curve: tuple[str, str]
) -> None:
    (expected,) = r_says.of(*curve, "restricted_mean")
    mean = answers[curve]["restricted_mean"]
    assert mean["tau"] == agrees(expected["time"])
    assert mean["estimate"] == agrees(expected["estimate"])
    assert mean["standard_error"] == agrees(expected["standard_error"])


@pytest.mark.parametrize("limits", ["log-log", "log", "plain"])
async def test_the_median_follow_up_is_that_of_r(
    answers: Answers, r_says: InR, limits: str
) -> None:
    (expected,) = r_says.of(OVERALL, limits, "follow_up")
    median = answers[OVERALL, limits]["follow_up"]["median"]
    assert expected["estimate"] is not None
    assert [median[name] for name in ("estimate", "lower", "upper")] == agrees(
        [expected[name] for name in ("estimate", "lower", "upper")]
    )


async def test_the_incidence_of_new_therapy_beside_death_is_that_of_r(
    answers: Answers, r_says: InR
) -> None:
    causes = answers["time-to-next-treatment", "log-log"][COMPETING]["causes"]
    expected = r_says.of(COMPETING, "log-log", "event")
    competing = r_says.of(COMPETING, "log-log", "competing")
    for cause, figures in (("new_therapy", expected), ("death", competing)):
        check_incidence(causes[cause]["landmarks"], figures)


@pytest.mark.parametrize("syndrome", SYNDROMES)
async def test_the_incidence_of_a_syndrome_beside_death_is_that_of_r(
    safety: dict[str, Any], r_says: InR, syndrome: str
) -> None:
    landmarks = safety["syndromes"][syndrome]["landmarks"]
    assert [one["time"] for one in landmarks] == [7, 14, 30]
    check_incidence(landmarks, r_says.of(syndrome, "log-log", "event"))


def check_incidence(landmarks: list[dict[str, Any]], expected: list[Figure]) -> None:
    assert [one["time"] for one in landmarks] == column(expected, "time")
    for landmark, figure in zip(landmarks, expected, strict=True):
        if landmark["estimable"]:
            assert landmark["incidence"] == agrees(figure["estimate"])
            assert landmark["standard_error"] == agrees(figure["standard_error"])
            assert [landmark["lower"], landmark["upper"]] == agrees(limits_of(figure))


@pytest.mark.parametrize("rate", RATES)
async def test_the_response_rates_have_the_limits_of_binom_test(
    response: dict[str, Any], r_says: InR, rate: str
) -> None:
    (expected,) = r_says.of(rate, "clopper_pearson", "rate")
    found = response["rates"][rate]
    assert [found[name] for name in ("percent", "lower", "upper")] == agrees(
        [100 * expected[name] for name in ("estimate", "lower", "upper")]
    )
