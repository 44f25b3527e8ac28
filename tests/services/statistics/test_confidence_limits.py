"""Pointwise limits, each on its own scale."""

import math
from typing import Any

import numpy as np
import pytest

from app.services.statistics.confidence_limits import normal_quantile, pointwise_limits


def limits(probability: float, log_error: float, conf_type: Any) -> tuple[Any, Any]:
    (lower,), (upper,) = pointwise_limits(
        np.array([probability]), np.array([log_error]), conf_type=conf_type, conf_level=0.95
    )
    return lower, upper


def test_the_normal_quantile_has_its_full_precision() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-15)
    assert normal_quantile(0.9) == pytest.approx(1.6448536269514722, rel=1e-15)


def test_log_log_is_symmetric_in_the_complementary_logarithm() -> None:
    lower, upper = limits(0.6, 0.2, "log-log")
    middle = math.log(-math.log(0.6))
    assert math.log(-math.log(lower)) - middle == pytest.approx(middle - math.log(-math.log(upper)))
    assert math.log(-math.log(lower)) - middle == pytest.approx(
        1.959963984540054 * 0.2 / -math.log(0.6)
    )


def test_log_is_symmetric_in_the_logarithm() -> None:
    lower, upper = limits(0.6, 0.2, "log")
    assert (lower, upper) == (
        pytest.approx(0.6 * math.exp(-1.959963984540054 * 0.2)),
        pytest.approx(0.6 * math.exp(1.959963984540054 * 0.2)),
    )


def test_plain_is_symmetric_in_the_probability() -> None:
    lower, upper = limits(0.6, 0.2, "plain")
    assert (lower, upper) == (
        pytest.approx(0.6 - 1.959963984540054 * 0.12),
        pytest.approx(0.6 + 1.959963984540054 * 0.12),
    )


@pytest.mark.parametrize("conf_type", ["log", "plain"])
def test_they_are_cut_at_1(conf_type: str) -> None:
    assert limits(0.95, 0.5, conf_type)[1] == 1


def test_plain_is_cut_at_0() -> None:
    assert limits(0.1, 1, "plain")[0] == 0


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
@pytest.mark.parametrize(
    ("probability", "log_error", "expected"),
    [
        pytest.param(1.0, 0.0, (1, 1), id="nothing has happened to S"),
        pytest.param(0.0, 0.0, (0, 0), id="nothing has happened to F"),
        pytest.param(0.0, math.inf, (None, None), id="S is 0"),
        pytest.param(0.0, math.nan, (None, None), id="the error is not defined"),
    ],
)
def test_where_there_is_nothing_to_estimate(
    probability: float, log_error: float, expected: tuple[Any, Any], conf_type: str
) -> None:
    assert limits(probability, log_error, conf_type) == expected


def test_it_refuses_a_scale_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="log-log, log or plain"):
        limits(0.5, 0.1, "logit")


def test_log_log_has_no_limits_of_a_certainty_with_an_error() -> None:
    assert limits(1, 0.4, "log-log") == (None, None)
    assert limits(1, 0.4, "plain") == (pytest.approx(1 - 1.959963984540054 * 0.4), 1)
