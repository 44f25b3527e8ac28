"""Deaths by time and cause."""

from dataclasses import astuple
from typing import Any

import pytest

from app.services.statistics.death_table import DeathTable, death_table
from app.vocabularies.follow_up import DeathCause
from tests.subjects.safety import analysed, event, fatal


def counts(found: DeathTable) -> dict[str, int]:
    names = (
        "deaths", "within_30_days", "in_primary_period", "after_new_therapy", "by_fatal_event",
    )  # fmt: skip
    return {name: share.x for name in names if (share := getattr(found, name)).x}


@pytest.mark.parametrize(
    ("more", "where"),
    [
        pytest.param({}, [], id="alive"),
        pytest.param({"died": 0}, ["within_30_days", "in_primary_period"], id="infusion day"),
        pytest.param({"died": 30}, ["within_30_days", "in_primary_period"], id="day 30"),
        pytest.param({"died": 31}, ["in_primary_period"], id="day 31"),
        pytest.param({"died": 100}, ["in_primary_period"], id="day 100"),
        pytest.param({"died": 101}, [""], id="day 101"),
        pytest.param({"died": 200, "new_therapy": 200}, ["after_new_therapy"], id="new therapy"),
        pytest.param({"died": 199, "new_therapy": 200}, [""], id="before new therapy"),
        pytest.param({"died": 501}, [], id="after the cut"),
        pytest.param({"died": -1}, [""], id="before the infusion: a death all the same"),
        pytest.param({"died": 1100, "data_cut": 1200}, [], id="after the horizon"),
    ],
)
def test_when_it_was(more: dict[str, Any], where: list[str]) -> None:
    found = death_table([analysed(**more), analysed()])
    expected = {name: 1 for name in ("deaths", *where) if name} if where else {}
    assert (found.n, counts(found)) == (2, expected)


@pytest.mark.parametrize(
    ("one", "by_event"),
    [
        pytest.param(fatal(190, 200), 1, id="an event the subject died of"),
        pytest.param(event(190, grade=4), 0, id="another event"),
        pytest.param(fatal(190, 200, term="Disease progression"), 0, id="progression is none"),
    ],
)
def test_whether_an_event_was_fatal(one: Any, by_event: int) -> None:
    assert death_table([analysed(one, died=200)]).by_fatal_event.x == by_event


def test_causes_sum_to_the_deaths() -> None:
    found = death_table(
        [
            analysed(died=50, death_cause=DeathCause.MYELOMA),
            analysed(died=60, death_cause=DeathCause.MYELOMA),
            analysed(died=70),
            analysed(),
        ]
    )
    assert dict(astuple(cause) for cause in found.causes) == {
        "myeloma": 2, "car_t_toxicity": 0, "infection": 0, "other": 0, "unknown": 1,
    }  # fmt: skip
