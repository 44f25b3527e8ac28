"""How fast a principal may ask: on a clock that stands still, and over the real application."""

import uuid
from pathlib import Path

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.problems import TooManyRequests
from app.routers import request_rate
from app.routers.request_rate import RequestRate
from tests.deployment import Deployment, clone_of_template

ANN, BEA = uuid.UUID(int=1), uuid.UUID(int=2)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def admitted(rate: RequestRate, who: uuid.UUID, times: int) -> int:
    """How many of so many requests are admitted, all in one moment."""
    count = 0
    for _ in range(times):
        try:
            rate.admit(who)
        except TooManyRequests:
            continue
        count += 1
    return count


@pytest.mark.parametrize(
    ("per_second", "at_once", "seconds", "admitted_then"),
    [
        pytest.param(10, 10, 1, 10, id="ten a second"),
        pytest.param(10, 10, 0.35, 3, id="three in a third of a second"),
        pytest.param(10, 10, 60, 10, id="never more at once than in a second"),
        pytest.param(2.5, 2, 0.25, 1, id="the half that was left counts"),
        pytest.param(0.25, 1, 3.9, 0, id="one in four seconds, not before"),
        pytest.param(0.25, 1, 4, 1, id="one in four seconds"),
    ],
)
def test_it_admits_a_second_at_once_and_the_rate_from_then_on(
    clock: Clock, per_second: float, at_once: int, seconds: float, admitted_then: int
) -> None:
    rate = RequestRate(per_second, monotonic=clock)
    assert admitted(rate, ANN, 50) == at_once
    clock.now += seconds
    assert admitted(rate, ANN, 50) == admitted_then


@pytest.mark.parametrize(
    ("per_second", "seconds"), [pytest.param(100, 1, id="soon"), pytest.param(0.25, 4, id="later")]
)
def test_it_says_when_to_ask_again_and_keeps_its_word(
    clock: Clock, per_second: float, seconds: int
) -> None:
    rate = RequestRate(per_second, monotonic=clock)
    admitted(rate, ANN, 200)
    with pytest.raises(TooManyRequests) as refused:
        rate.admit(ANN)
    assert refused.value.headers == {"Retry-After": str(seconds)}
    clock.now += seconds
    rate.admit(ANN)


def test_what_is_refused_costs_nothing(clock: Clock) -> None:
    rate = RequestRate(1, monotonic=clock)
    assert admitted(rate, ANN, 1000) == 1
    clock.now += 1
    assert admitted(rate, ANN, 1000) == 1


def test_one_principal_does_not_slow_another(clock: Clock) -> None:
    rate = RequestRate(3, monotonic=clock)
    assert admitted(rate, ANN, 50) == 3
    assert admitted(rate, BEA, 50) == 3


def test_nothing_is_limited_at_0(clock: Clock) -> None:
    assert admitted(RequestRate(0, monotonic=clock), ANN, 10_000) == 10_000


def test_it_forgets_who_has_been_quiet_and_nobody_else(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_rate, "MOST_REMEMBERED", 5)
    rate = RequestRate(1, monotonic=clock)
    for number in range(5):
        rate.admit(uuid.UUID(int=number + 10))
    clock.now += 1
    assert admitted(rate, ANN, 2) == 1
    assert list(rate._full_at) == [ANN]
    assert admitted(rate, ANN, 2) == 0


async def test_the_service_refuses_a_principal_in_haste_and_no_other(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, requests_per_second=0.01) as deployment,
    ):
        hasty = await deployment.caller("coordinator", "03")
        other = await deployment.caller("coordinator", "03")
        assert (await hasty.get("/v1/me")).status_code == 200
        refused = await hasty.get("/v1/adverse-events")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "100"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["type"] == "/problems/too-many-requests"
        assert (await other.get("/v1/me")).status_code == 200
        assert (await hasty.http.get("/livez")).status_code == 200
        unknown = deployment.client(Authorization="Bearer no")
        assert [(await unknown.get("/v1/me")).status_code for _ in range(3)] == [401] * 3


async def test_the_service_sets_no_limit_unless_told_to(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    assert {(await caller.get("/v1/me")).status_code for _ in range(50)} == {200}
