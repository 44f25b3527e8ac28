"""What a reader of aggregates learns of few: nothing, and nothing by subtraction either."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.reports.catalogue import REPORTS, SUMMARY
from app.services.statistics.small_cells import NOT_COUNTS
from tests.closed_world import ClosedWorld
from tests.deployment import Caller
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.drawn_subjects import drawn_subject

SMALLEST = 4
SUBJECTS = 48
CUTOFFS = ("2025-03-31", "2025-04-30", "2025-12-31")
TIMES = ("overall-survival", "progression-free-survival", "event-free-survival")
ABOUT = {"rule_set", "policy"}
Place = tuple[str, ...]


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    subjects = [
        drawn_subject(Random(f"cell {number}"), f"{centre}/{number}", centre, date(2024, 3, 1))
        for number in range(SUBJECTS)
        for centre in (("03", "05")[number % 2],)
    ]
    directory = tmp_path_factory.mktemp("cells")
    changes = {"policy__disclosure": {"smallest_cell": SMALLEST}}
    async with cohort(server, directory, *subjects, **changes) as found:
        yield found


@pytest.fixture(scope="module")
async def world(told: Cohort) -> ClosedWorld:
    return ClosedWorld(told.deployment.app.openapi())


@pytest.fixture(scope="module")
async def reader(told: Cohort, world: ClosedWorld) -> Caller:
    reader = await told.deployment.caller("summary_reader")
    reader.http.event_hooks["response"].append(world.hold)
    return reader


def questions() -> Iterator[tuple[str, dict[str, str]]]:
    """Everything that the role can ask: endpoints, cut-offs, populations, definitions, sources."""
    for cutoff in CUTOFFS:
        usual = {"cutoff": cutoff}
        for name in REPORTS:
            yield name, usual
            for population in ("enrolled", "apheresed", "treated"):
                yield name, {**usual, "population": population}
        for name in ("response", *TIMES):
            yield name, {**usual, "response_source": "investigator"}
        for name in TIMES[1:]:
            for variant in ("no_horizon", "truncate"):
                yield name, {**usual, "variant": variant}


@pytest.fixture(scope="module")
async def answers(told: Cohort, reader: Caller) -> list[tuple[str, dict[str, str], Any, Any]]:
    """What the role is answered, and what the same question says to who is shown everything."""
    found = []
    for name, asked in questions():
        address = f"/v1/endpoints/{name}"
        shown = await reader.http.get(address, params=asked)
        assert shown.status_code == 200, (name, asked, shown.text)
        full = await told.reader.http.get(address, params=asked)
        found.append((name, asked, shown.json(), full.json()))
    return found


def objects(value: Any, place: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield place, value
        for name, one in value.items():
            if name not in ABOUT:
                yield from objects(one, (*place, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from objects(one, (*place, str(number)))


def counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {
        name: value
        for name, value in found.items()
        if name not in NOT_COUNTS and isinstance(value, int) and not isinstance(value, bool)
    }


def may_hold(one: str, two: str) -> bool:
    """Events and censored ones are no part of each other, nor of another count beside them."""
    parts = {one, two} & {"n_event", "n_censored"}
    return not parts or bool({one, two} & {"n", "n_population"})


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


async def test_no_small_count_is_shown(answers: Any) -> None:
    shown = [
        (name, asked, place, one)
        for name, asked, document, _ in answers
        for place, found in objects(document)
        for one in counts(found).items()
        if is_small(one[1])
    ]
    assert shown == []


async def test_no_two_counts_of_an_object_give_a_small_one(answers: Any) -> None:
    found = [
        (name, asked, place, one, two)
        for name, asked, document, _ in answers
        for place, parts in objects(document)
        if "curve" not in place
        for one, two in combinations(counts(parts).items(), 2)
        if is_small(abs(one[1] - two[1])) and may_hold(one[0], two[0])
    ]
    assert found == []


async def test_no_count_is_the_rest_of_its_total(answers: Any) -> None:
    """One number that is missing beside shown ones would be what they leave of a total."""
    recovered = []
    for name, asked, document, full in answers:
        known = dict(objects(full))
        for place, parts in objects(document):
            if "curve" in place or "landmarks" in place or "endpoint" in parts:
                continue
            if place == ("slots",):
                continue  # of which the trial's total is no count of subjects
            missing = [one for one in counts(known.get(place, {})) if parts.get(one) is None]
            if missing and counts(parts):
                recovered.append((name, asked, place, missing))
    assert recovered == []


async def test_no_two_answers_to_one_cut_off_differ_by_a_small_count(answers: Any) -> None:
    """Populations, definitions and sources of responses are subtracted from each other."""
    said: dict[tuple[Any, ...], set[int]] = {}
    for name, asked, document, _ in answers:
        for place, parts in objects(document):
            if {"curve", "landmarks"} & set(place):
                continue
            for member, count in counts(parts).items():
                said.setdefault((asked["cutoff"], name, place, member), set()).add(count)
    differences = {
        place: values
        for place, values in said.items()
        if any(is_small(abs(one - two)) for one, two in combinations(values, 2))
    }
    assert differences == {}


async def test_what_is_counted_within_something_does_not_give_the_rest_back(answers: Any) -> None:
    """Rates hold one another: what is PR and no VGPR is the difference of two of them."""
    recovered = []
    for name, asked, document, _ in answers:
        for place, parts in objects(document):
            if place[-1:] not in {("rates",), ("counts",)}:
                continue
            cells = {
                one: cell["x"]
                for one, cell in parts.items()
                if isinstance(cell, dict) and "x" in cell
            }
            shown = [(one, count) for one, count in cells.items() if count is not None]
            recovered += [
                (name, asked, place, one, two)
                for one, two in combinations(shown, 2)
                if is_small(abs(one[1] - two[1]))
            ]
    assert recovered == []


async def test_what_was_not_confirmed_is_not_what_is_left_of_two_tables(answers: Any) -> None:
    for name, _, document, _ in answers:
        if name != "response":
            continue
        for rate, cell in document["rates"].items():
            if not isinstance(cell, dict):
                continue
            other = document["unconfirmed"]["rates"][rate]["x"]
            if cell["x"] is not None and other is not None:
                assert not is_small(abs(other - cell["x"]))


async def test_a_curve_steps_by_no_small_count_and_ends_before_few(answers: Any) -> None:
    seen = 0
    for _, _, document, _ in answers:
        before = document.get("n")
        for step in document.get("curve") or ():
            assert step["n_risk"] >= SMALLEST
            assert not is_small(before - step["n_risk"])
            before, seen = step["n_risk"], seen + 1
    assert seen > 10


async def test_what_is_large_enough_is_shown(answers: Any) -> None:
    usual = {name: one for name, asked, one, _ in answers if asked == {"cutoff": CUTOFFS[-1]}}
    assert usual["response"]["n"] > SMALLEST
    assert usual["overall-survival"]["n_event"] >= SMALLEST
    curve = usual["overall-survival"]["curve"]
    assert curve
    assert all(step["n_risk"] >= SMALLEST for step in curve)
    rows = usual["adverse-events"]["tables"]["primary"]["rows"]
    shown = [row["counts"]["subjects"]["x"] for row in rows]
    assert any(count is not None and count >= SMALLEST for count in shown)
    severe = [row["counts"]["grade_3_or_more"]["x"] for row in rows]
    assert None in severe
    assert any(severe)


async def test_withheld_says_so(answers: Any) -> None:
    flagged = [
        parts for _, _, document, _ in answers for _, parts in objects(document)
        if parts.get("withheld") is True
    ]  # fmt: skip
    assert flagged


async def test_what_would_give_a_difference_back_is_refused(told: Cohort, reader: Caller) -> None:
    head = (await told.endpoint("enrolment"))["as_of"]
    for query in (f"as_of={head}", "centre=03"):
        for name in (*REPORTS, SUMMARY):
            answer = await reader.get(f"/v1/endpoints/{name}?{query}")
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")
            assert (await told.reader.get(f"/v1/endpoints/{name}?{query}")).status_code == 200
    for drawn in ("/v1/charts/enrolment", "/v1/reports/trial"):
        assert (await reader.get(drawn)).status_code == 403


@pytest.mark.parametrize(
    ("cutoff", "taken"),
    [
        pytest.param("2025-01-31", True, id="the last day of a month"),
        pytest.param("2024-02-29", True, id="of February in a leap year"),
        pytest.param("2025-01-30", False, id="the last day but one"),
        pytest.param("2025-02-01", False, id="the first day of the next"),
    ],
)
async def test_a_cut_off_is_the_last_day_of_a_month(
    told: Cohort, reader: Caller, cutoff: str, taken: bool
) -> None:
    answer = await reader.get(f"/v1/endpoints/overall-survival?cutoff={cutoff}")
    assert answer.status_code == (200 if taken else 400)
    if not taken:
        assert answer.json()["errors"][0]["parameter"] == "cutoff"
        held = await reader.get(
            f"/v1/endpoints/overall-survival?cutoff={cutoff}", **{"If-None-Match": '"none"'}
        )
        assert held.status_code == 400


async def test_without_one_it_is_that_of_the_month_before(told: Cohort, reader: Caller) -> None:
    answer = await reader.get("/v1/endpoints/overall-survival")
    today = datetime.now(UTC).date()
    before = [day.replace(day=1) - timedelta(1) for day in (today, today + timedelta(1))]
    assert answer.json()["cutoff"] in {one.isoformat() for one in before}
    tag = answer.headers["ETag"]
    held = await reader.get("/v1/endpoints/overall-survival", **{"If-None-Match": tag})
    assert held.status_code == 304


async def test_who_reads_the_records_is_shown_every_count(told: Cohort) -> None:
    for role, centre in (("data_manager", None), ("sponsor_analyst", None), ("coordinator", "03")):
        caller = await told.deployment.caller(role, *([centre] if centre else []))
        for query in ("", "?cutoff=2025-01-30"):
            answer = await caller.get(f"/v1/endpoints/overall-survival{query}")
            assert answer.status_code == 200
            assert True not in [parts.get("withheld") for _, parts in objects(answer.json())]


@pytest.mark.usefixtures("answers")
async def test_what_is_withheld_is_declared(world: ClosedWorld) -> None:
    assert sorted(set(world.faults))[:20] == []
    answered = {operation for operation, status in world.seen if status == "200"}
    assert answered >= {f"read_{name.replace('-', '_')}" for name in REPORTS}
