"""What stands beside a figure is of the figure's own regime, and says so.

Source: the trial's protocol, policies, ``tte.regime``; the trial's endpoint definitions, PFS and
DOR censoring.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, Subject, assessment, contact, death, new_therapy, subject

PFS, DOR, EFS = "progression-free-survival", "duration-of-response", "event-free-survival"
CUT = {"cutoff": "2025-06-30"}
BASELINE = assessment(-10, **components(4, 0, "+-"))


def serum(day: int, g_dl: float, **more: Any) -> Record:
    return assessment(day, **components(g_dl, 0, "+-"), **more)


def infused(name: str, *records: Record) -> Subject:
    """A subject whose horizon has passed."""
    return subject(name, *records, infused_on=date(2022, 3, 1))


SUBJECTS = (
    infused(
        "progressed after therapy",
        BASELINE,
        serum(28, 1),
        serum(61, 1),
        new_therapy(70),
        serum(91, 1, new_lesions=[{"kind": "extramedullary"}]),
    ),
    infused(
        "waits after therapy", BASELINE, serum(28, 1), serum(61, 1), new_therapy(70), serum(91, 3)
    ),
    infused("died after a gap", BASELINE, serum(28, 1), serum(61, 1), death(400)),
    infused(
        "progressed after the horizon",
        BASELINE,
        serum(28, 1),
        serum(61, 1),
        new_therapy(70),
        serum(1080, 1),
        serum(1150, 1, new_lesions=[{"kind": "extramedullary"}]),
    ),
    infused("followed", BASELINE, serum(28, 1), serum(61, 1), contact(1100)),
)


@pytest.fixture(scope="module", params=["FDA", "EMA"])
async def told(
    request: pytest.FixtureRequest,
    server: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[str, Cohort]]:
    regime = {"policy__tte__regime": request.param}
    directory = tmp_path_factory.mktemp("trial")
    async with cohort(server, directory, *SUBJECTS, **regime) as found:
        yield request.param, found


EVENTS = {
    "FDA": {
        "own": 0,
        "FDA": None,
        "EMA": 2,
        "unconfirmed_pd=event": 0,
        "TTP": 0,
        "truncate": 0,
    },
    "EMA": {
        "own": 2,
        "FDA": 0,
        "EMA": None,
        "unconfirmed_pd=event": 3,
        "TTP": 1,
        "truncate": 2,
    },
}
"""Events of progression-free survival under each regime, and beside it."""


async def test_each_variant_beside_the_figure_is_of_its_regime(
    told: tuple[str, Cohort],
) -> None:
    regime, trial = told
    expected = EVENTS[regime]
    answer = await trial.endpoint(PFS, **CUT)
    assert answer["definition"]["regime"] == regime
    assert answer["n_event"] == expected["own"]
    beside = answer["variants"]
    assert {part: one["n_event"] for part, one in beside.items()} == {
        part: n for part, n in expected.items() if part != "own" and n is not None
    }
    for part, one in beside.items():
        of = part if part in {"FDA", "EMA"} else regime
        assert one["definition"]["regime"] == of
        assert f"{of} regime" in one["definition"]["words"]
        asked = await trial.endpoint(PFS, variant=one["variant"], **CUT)
        assert asked["n_event"] == one["n_event"], part
        assert asked["definition"] == one["definition"]


@pytest.mark.parametrize(
    ("endpoint", "variant", "events"),
    [
        (PFS, "EMA,unconfirmed_pd=event", 3),
        (PFS, "unconfirmed_pd=event,EMA", 3),
        (PFS, "FDA,unconfirmed_pd=event", 0),
        (PFS, "EMA,TTP", 1),
        (PFS, "EMA,unconfirmed_pd=event,TTP", 2),
        (PFS, "EMA,no_horizon", 3),
        (PFS, "EMA,truncate", 2),
        (PFS, "EMA_interval,unconfirmed_pd=event", 3),
        (DOR, "EMA,unconfirmed_pd=event", 3),
        (DOR, "EMA,DOR_IMWG", 1),
        (DOR, "FDA,no_horizon", 0),
        (DOR, "EMA,no_horizon", 3),
        (EFS, "pfs,no_horizon", 3),
    ],
)
async def test_combinations_can_be_asked(
    told: tuple[str, Cohort], endpoint: str, variant: str, events: int
) -> None:
    _, trial = told
    answer = await trial.endpoint(endpoint, variant=variant, **CUT)
    assert answer["variant"] == variant
    assert answer["n_event"] == events


@pytest.mark.parametrize(
    ("endpoint", "variant"),
    [
        (PFS, "FDA,EMA"),
        (PFS, "EMA,"),
        (PFS, "crimson"),
        ("overall-survival", "EMA"),
        (EFS, "EMA"),
        (PFS, "x" * 200),
    ],
)
async def test_what_is_no_definition_is_refused_with_the_parts_it_can_have(
    told: tuple[str, Cohort], endpoint: str, variant: str
) -> None:
    _, trial = told
    query = {"endpoint": endpoint, "variant": variant}
    for place, asked in (
        (f"/v1/endpoints/{endpoint}", {"variant": variant}),
        ("/v1/charts/kaplan-meier", query),
    ):
        answer = await trial.reader.http.get(place, params=asked)
        assert answer.status_code == 400, answer.text
        [error] = answer.json()["errors"]
        assert error["parameter"] == "variant"
        assert variant not in answer.text or variant in error.get("allowed", ())
