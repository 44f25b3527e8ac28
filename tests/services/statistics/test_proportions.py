"""Response rates: what R gives, what the peers published, and what must hold of any rate."""

import json
from dataclasses import asdict
from math import comb, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statistics.proportions import (
    clopper_pearson_limits,
    exact_binomial_test,
    proportion,
    smallest_significant,
)
from tests.services.statistics.reference import DATA, agrees, rows, unhurried

LIMITS = rows(DATA / "proportions.csv")
TESTS = rows(DATA / "binom_test.csv")
METHODS = ("clopper_pearson", "wilson", "wilson_cc")


@st.composite
def counts(draw: st.DrawFn, largest: int = 200) -> tuple[int, int]:
    n = draw(st.integers(1, largest))
    return draw(st.integers(0, n)), n


def per_cent(
    x: int, n: int, method: Any = "clopper_pearson", digits: int = 2
) -> tuple[float, float]:
    rate = proportion(x, n, method=method)
    assert rate.lower is not None
    assert rate.upper is not None
    return round(100 * rate.lower, digits), round(100 * rate.upper, digits)


@pytest.mark.parametrize("row", LIMITS, ids=lambda r: f"{r['x']:.0f}/{r['n']:.0f} {r['conf']}")
def test_the_limits_are_those_of_r(row: dict[str, Any]) -> None:
    x, n, level = int(row["x"]), int(row["n"]), row["conf"]
    for method, name in zip(METHODS, ("cp", "wilson", "wilson_cc"), strict=True):
        rate = proportion(x, n, method=method, conf_level=level)
        assert rate.estimate == agrees(row["est"])
        assert rate.lower == agrees(row[f"{name}_lower"]), method
        assert rate.upper == agrees(row[f"{name}_upper"]), method
    assert clopper_pearson_limits(x, n, alpha=1 - level)[0] == agrees(row["cp_onesided_lower"])


@pytest.mark.parametrize("row", TESTS, ids=lambda r: f"{r['x']:.0f}/{r['n']:.0f} p0={r['p0']}")
def test_the_p_values_are_those_of_r(row: dict[str, Any]) -> None:
    x, n, p0 = int(row["x"]), int(row["n"]), row["p0"]
    for alternative, name in (("two_sided", "p_two"), ("greater", "p_greater"), ("less", "p_less")):
        p_value = exact_binomial_test(x, n, p0, alternative=alternative)
        assert p_value == pytest.approx(row[name], rel=1e-9, abs=0), alternative


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [
        pytest.param(95, 97, 92.7, 99.7, id="CARTITUDE-1, overall response"),
        pytest.param(17, 17, 80.5, 100, id="CARTITUDE-1, 17 of 17"),
        pytest.param(78, 80, 91.3, 99.7, id="CARTITUDE-1, 78 of 80"),
    ],
)
def test_the_limits_are_those_the_peers_published(
    x: int, n: int, lower: float, upper: float
) -> None:
    assert per_cent(x, n, digits=1) == (lower, upper)


@pytest.mark.parametrize(
    ("x", "method", "lower", "upper"),
    [
        pytest.param(0, "clopper_pearson", 0, 5.96, id="none of 60"),
        pytest.param(48, "clopper_pearson", 67.67, 89.22, id="48 of 60"),
        pytest.param(60, "clopper_pearson", 94.04, 100, id="60 of 60"),
        pytest.param(48, "wilson", 68.22, 88.17, id="48 of 60, Wilson"),
    ],
)
def test_the_limits_of_the_trials_60(x: int, method: str, lower: float, upper: float) -> None:
    assert per_cent(x, 60, method) == (lower, upper)


@pytest.mark.parametrize(("p0", "x"), [(0.3, 26), (0.5, 39), (0.6, 44)])
def test_the_fewest_responders_that_are_significant(p0: float, x: int) -> None:
    assert smallest_significant(60, p0) == x
    assert exact_binomial_test(x, 60, p0, alternative="greater") <= 0.025
    assert exact_binomial_test(x - 1, 60, p0, alternative="greater") > 0.025


def test_too_few_subjects_are_never_significant() -> None:
    assert smallest_significant(3, 0.5) is None
    assert smallest_significant(3, 0.5, alpha=0.125) == 3
    assert smallest_significant(0, 0.5) is None


def test_a_closed_form_at_both_ends() -> None:
    assert clopper_pearson_limits(0, 60, alpha=0.025) == (0, pytest.approx(1 - 0.025 ** (1 / 60)))
    assert clopper_pearson_limits(60, 60, alpha=0.025) == (pytest.approx(0.025 ** (1 / 60)), 1)


@pytest.mark.parametrize("method", METHODS)
def test_none_and_all_have_a_limit_that_is_exact(method: Any) -> None:
    for n in range(1, 100):
        assert proportion(0, n, method=method).lower == 0
        assert proportion(n, n, method=method).upper == 1


def test_yates_correction_stops_at_one_half() -> None:
    assert per_cent(30, 60, "wilson_cc") == per_cent(30, 60, "wilson")
    assert per_cent(31, 60, "wilson_cc") != per_cent(31, 60, "wilson")


@pytest.mark.parametrize("method", METHODS)
def test_without_a_denominator_there_is_no_rate(method: Any) -> None:
    rate = proportion(0, 0, method=method)
    assert (rate.x, rate.n) == (0, 0)
    assert (rate.estimate, rate.lower, rate.upper) == (None, None, None)
    assert exact_binomial_test(0, 0, 0.5) == 1


def test_it_echoes_how_it_was_made_and_goes_to_json() -> None:
    assert proportion(48, 60) == proportion(48, 60, method="clopper_pearson", conf_level=0.95)
    rate = proportion(3, 10, method="wilson_cc", conf_level=0.9)
    assert (rate.method, rate.conf_level) == ("wilson_cc", 0.9)
    assert json.loads(json.dumps(asdict(rate), allow_nan=False))["x"] == 3


@pytest.mark.parametrize(
    ("call", "says"),
    [
        pytest.param(lambda: proportion(61, 60), "among those", id="more than all"),
        pytest.param(lambda: proportion(-1, 60), "among those", id="fewer than none"),
        pytest.param(
            lambda: proportion(1, 2, conf_level=95), "confidence level", id="a level of 95"
        ),
        pytest.param(lambda: proportion(1, 2, method="exact"), "clopper_pearson", id="a method"),  # type: ignore[arg-type]
        pytest.param(lambda: clopper_pearson_limits(0, 0, alpha=0.025), "subject", id="nobody"),
        pytest.param(lambda: clopper_pearson_limits(0, 1, alpha=0), "error", id="no error at all"),
        pytest.param(
            lambda: exact_binomial_test(1, 2, 1.5), "between 0 and 1", id="a share of 1.5"
        ),
        pytest.param(lambda: exact_binomial_test(1, 2, nan), "between 0 and 1", id="no share"),
        pytest.param(lambda: exact_binomial_test(3, 2, 0.5), "among those", id="3 of 2"),
        pytest.param(
            lambda: exact_binomial_test(1, 2, 0.5, alternative="two-sided"),  # type: ignore[arg-type]
            "two_sided",
            id="an alternative",
        ),
    ],
)
def test_it_refuses(call: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@unhurried
@given(counts(), st.sampled_from(METHODS), st.floats(0.5, 0.999))
def test_the_limits_lie_around_the_rate_and_inside_0_to_1(
    count: tuple[int, int], method: Any, level: float
) -> None:
    rate = proportion(*count, method=method, conf_level=level)
    assert rate.estimate is not None
    assert rate.lower is not None
    assert rate.upper is not None
    assert 0 <= rate.lower <= rate.estimate * (1 + 1e-12)
    assert rate.estimate * (1 - 1e-12) <= rate.upper <= 1


@unhurried
@given(counts(), st.sampled_from(METHODS))
def test_those_who_did_and_those_who_did_not_mirror_each_other(
    count: tuple[int, int], method: Any
) -> None:
    x, n = count
    did, did_not = proportion(x, n, method=method), proportion(n - x, n, method=method)
    assert did_not.lower is not None
    assert did_not.upper is not None
    assert did.lower == pytest.approx(1 - did_not.upper, abs=1e-12)
    assert did.upper == pytest.approx(1 - did_not.lower, abs=1e-12)


@unhurried
@given(counts(60), st.floats(0.001, 0.4))
def test_at_an_exact_limit_the_count_comes_up_just_so_rarely(
    count: tuple[int, int], alpha: float
) -> None:
    x, n = count
    lower, upper = clopper_pearson_limits(x, n, alpha=alpha)
    if x:
        assert exact_binomial_test(x, n, lower, alternative="greater") == pytest.approx(alpha)
    if x < n:
        assert exact_binomial_test(x, n, upper, alternative="less") == pytest.approx(alpha)


@unhurried
@given(counts(60))
def test_the_exact_limits_grow_with_the_count(
    count: tuple[int, int],
) -> None:
    x, n = count
    if x < n:
        fewer, more = proportion(x, n), proportion(x + 1, n)
        assert fewer.lower is not None
        assert more.lower is not None
        assert fewer.lower < more.lower
        assert fewer.upper is not None
        assert more.upper is not None
        assert fewer.upper < more.upper


@unhurried
@given(counts(60), st.floats(0.01, 0.99))
def test_the_p_values_are_sums_of_the_outcomes(count: tuple[int, int], p0: float) -> None:
    x, n = count
    likelihood = [comb(n, k) * p0**k * (1 - p0) ** (n - k) for k in range(n + 1)]
    greater = exact_binomial_test(x, n, p0, alternative="greater")
    less = exact_binomial_test(x, n, p0, alternative="less")
    assert greater == pytest.approx(sum(likelihood[x:]))
    assert less == pytest.approx(sum(likelihood[: x + 1]))
    assert greater + less == pytest.approx(1 + likelihood[x])
    assert min(greater, less) * (1 - 1e-9) <= exact_binomial_test(x, n, p0) <= 1


@pytest.mark.parametrize(
    ("x", "p0", "p_value"),
    [
        pytest.param(0, 0, 1, id="what is certain comes up"),
        pytest.param(1, 0, 0, id="what is impossible does not"),
        pytest.param(5, 1, 1, id="all, where all are certain"),
        pytest.param(4, 1, 0, id="fewer, where all are certain"),
    ],
)
def test_a_certain_share_is_tested_too(x: int, p0: float, p_value: float) -> None:
    assert exact_binomial_test(x, 5, p0) == p_value


@pytest.mark.parametrize(
    ("n", "p0"), [(4, 0.2), (9, 0.1), (19, 0.05), (49, 0.02), (2, 1 / 3), (5, 1 / 6), (59, 1 / 60)]
)
@pytest.mark.parametrize("x", [0, 1])
def test_equally_likely_outcomes_count_together_in_spite_of_rounding(
    n: int, p0: float, x: int
) -> None:
    assert exact_binomial_test(x, n, p0) == pytest.approx(1)


def test_symmetric_outcomes_are_equally_likely() -> None:
    assert exact_binomial_test(20, 60, 0.5) == pytest.approx(
        2 * exact_binomial_test(20, 60, 0.5, alternative="less"), rel=1e-12
    )
