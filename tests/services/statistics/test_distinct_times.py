"""Times that differ by rounding error are one time."""

import pytest

from app.services.statistics.distinct_times import TIE_TOLERANCE, distinct_times
from app.services.statistics.kaplan_meier import kaplan_meier


def grouped(days: list[float]) -> tuple[list[float], list[int], list[int]]:
    times = distinct_times(days)
    return times.time.tolist(), times.at_risk.tolist(), times.leaving.tolist()


@pytest.mark.parametrize(
    ("days", "distinct"),
    [
        pytest.param([0.3, 0.1 + 0.2], [0.3], id="0.1 + 0.2 is 0.3"),
        pytest.param([1, 1 + 1e-8], [1], id="1e-8 apart"),
        pytest.param([0, TIE_TOLERANCE], [0], id="as far apart as the tolerance"),
        pytest.param(
            [2 - TIE_TOLERANCE, 2 + TIE_TOLERANCE],
            [2 - TIE_TOLERANCE],
            id="as far apart as the tolerance, relative to the mean",
        ),
        pytest.param([1, 1 + 2e-8], [1, 1 + 2e-8], id="2e-8 apart"),
        pytest.param([1e-3, 1e-3 + 1e-8], [1e-3], id="1e-8 apart in 1e-3, absolutely"),
        pytest.param([2e6, 2e6 + 0.01], [2e6], id="1e-2 apart in 2e6, relative to the mean"),
        pytest.param([2e6, 2e6 + 0.05], [2e6, 2e6 + 0.05], id="5e-2 apart in 2e6"),
        pytest.param([1, 1 + 1e-8, 1 + 2e-8], [1], id="a chain of near ties takes its first"),
        pytest.param([3, 2, 3], [2, 3], id="whole days"),
        pytest.param([36500, 36501], [36500, 36501], id="whole days of a century"),
        pytest.param([0, 0], [0], id="all at 0"),
        pytest.param([], [], id="nobody"),
    ],
)
def test_it_merges_near_ties(days: list[float], distinct: list[float]) -> None:
    assert grouped(days)[0] == distinct


def test_it_counts_who_is_at_risk_and_who_leaves() -> None:
    assert grouped([5, 3, 5, 0.1 + 0.2, 0.3]) == ([0.3, 3, 5], [5, 3, 2], [2, 1, 2])


def test_merged_times_make_one_step() -> None:
    curve = kaplan_meier([0.1 + 0.2, 0.3, 1], [True, True, False])
    assert curve.time == (0.3, 1)
    assert curve.events == (2, 0)
    assert curve.survival == (pytest.approx(1 / 3), pytest.approx(1 / 3))
