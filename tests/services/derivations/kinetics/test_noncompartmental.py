"""The kinetics of one profile equal PKNCA's, and say why a parameter is missing."""

import json
from decimal import Decimal
from math import isclose, log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.derivations.kinetics.concentration_area import area_under
from app.services.derivations.kinetics.noncompartmental import (
    AreaWindow,
    Noncompartmental,
    Sample,
    noncompartmental,
)
from app.services.derivations.kinetics.terminal_half_life import terminal_half_life

# Made by PKNCA 0.12.0.9000 under R 4.2.2: pk.nca of each profile with auc.method "lin up/log down"
# (luld) and "linear", other options at their defaults; 0 is a sample below the limit.
CASES = json.loads((Path(__file__).parents[1] / "data" / "nca.json").read_text())["cases"]
EXPANDED = [name for name, case in CASES.items() if case["cmax"]]
RULES = {"linear": "linear", "luld": "linear_up_log_down"}
TOLERANCE = {7: 1, 14: 2, 28: 2, 90: 7}


def profile(days: list[float], concentrations: list[float]) -> list[Sample]:
    """Build a profile of which 0 is a sample below the limit."""
    return [
        Sample(day, Decimal(str(concentration)) if concentration else None)
        for day, concentration in zip(days, concentrations, strict=True)
    ]


def analysed(name: str, **options: Any) -> Noncompartmental:
    return noncompartmental(profile(CASES[name]["time"], CASES[name]["conc"]), **options)


def near(expected: float) -> Any:
    return pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", EXPANDED)
def test_the_landmarks_of_a_profile_are_those_of_pknca(name: str) -> None:
    case, result = CASES[name], analysed(name)
    assert result.cmax == Decimal(str(case["cmax"]))
    assert result.clast == Decimal(str(case["clast"]))
    assert (result.tmax, result.tlast) == (case["tmax"], case["tlast"])
    assert (result.tfirst, result.tbql) == (case["tfirst"], case["tbql"])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", EXPANDED)
def test_the_whole_areas_are_those_of_pknca(name: str, rule: str) -> None:
    case = CASES[name]["auc"][rule]
    exposure = analysed(name, area_rule=RULES[rule]).exposure
    assert exposure is not None
    assert exposure.auc_last == near(case["auc_last"])
    assert exposure.auc_all == near(case["auc_all"])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", EXPANDED)
def test_the_partial_areas_are_those_of_pknca(name: str, rule: str) -> None:
    expected = {
        int(span.removeprefix("0_")): area
        for span, area in CASES[name]["auc"][rule]["partial"].items()
    }
    windows = [AreaWindow(end, TOLERANCE.get(end, 0)) for end in expected]
    areas = analysed(name, area_rule=RULES[rule], windows=windows).partial_areas
    assert [area.end for area in areas] == list(expected)
    for area in areas:
        wanted = expected[int(area.end)]
        if wanted["reached"]:
            assert area.area == near(wanted["to_tlast"])
            assert area.reason is None
        else:
            assert (area.area, area.reason) == (None, "profile ends before T")
        assert area.quantifiable_to_end == wanted["quantifiable_to_end"]
        assert not area.extrapolated


@pytest.mark.parametrize("name", EXPANDED)
def test_the_half_life_is_that_of_pknca(name: str) -> None:
    case, result = CASES[name]["half_life"], analysed(name)
    fit, exposure = result.half_life, result.exposure
    assert fit is not None
    assert exposure is not None
    assert fit.days == near(case["t_half"])
    assert fit.lambda_z == near(case["lambda_z"])
    assert fit.n_points == case["n_points"]
    assert fit.r_squared == near(case["r2"])
    assert fit.adjusted_r_squared == near(case["adj_r2"])
    assert fit.starts_at == case["t_first"]
    assert fit.span == near(case["span_ratio"])
    assert fit.poorly_fitted == (case["r2"] < 0.9)
    assert fit.short_span == (case["span_ratio"] < 2)
    assert exposure.auc_inf == near(case["aucinf_luld"])


def test_some_reference_fits_are_poor_and_some_spans_short() -> None:
    fits = {name: analysed(name).half_life for name in EXPANDED}
    assert {name for name, fit in fits.items() if fit and fit.poorly_fitted} == {"indometh_3"}
    assert {name for name, fit in fits.items() if fit and fit.short_span} == {
        "cart_full",
        "theoph_1",
    }


def test_no_expansion_has_a_cmax_of_0_and_nothing_else() -> None:
    result = analysed("cart_never", windows=[AreaWindow(28, 2)])
    assert result.cmax == 0
    assert (result.tmax, result.tfirst, result.tlast, result.clast) == (None, None, None, None)
    assert (result.tbql, result.early_peak, result.late_expansion) == (None, None, False)
    assert (result.exposure, result.half_life) == (None, None)
    (area,) = result.partial_areas
    assert (area.area, area.reason) == (None, "no quantifiable sample")


# A profile 0, 10, (embedded), 20, 5, below: each rule of it can be done by hand.
DAYS = [0, 2, 4, 6, 10, 14, 20]
EMBEDDED = [0, 10, 0, 20, 5, 0, 0]


@pytest.mark.parametrize(
    ("embedded", "between_day_2_and_6"),
    [
        pytest.param("drop", 4 * (10 + 20) / 2, id="left out"),
        pytest.param("zero", 2 * 10 / 2 + 2 * 20 / 2, id="taken as 0"),
        pytest.param("lloq/2", 2 * (10 - 1) / log(10) + 2 * (1 + 20) / 2, id="half the limit"),
    ],
)
def test_a_sample_below_the_limit_between_two_quantified_ones(
    embedded: Any, between_day_2_and_6: float
) -> None:
    samples = [
        Sample(one.days, one.concentration, lloq=Decimal(2)) for one in profile(DAYS, EMBEDDED)
    ]
    result = noncompartmental(samples, embedded=embedded)
    rise, fall = 2 * 10 / 2, 4 * (20 - 5) / log(20 / 5)
    assert result.exposure is not None
    assert result.exposure.auc_last == near(rise + between_day_2_and_6 + fall)
    assert result.exposure.auc_all == near(rise + between_day_2_and_6 + fall + 4 * 5 / 2)
    assert (result.tfirst, result.tlast, result.tbql) == (2, 10, 14)
    assert (result.cmax, result.clast) == (20, 5)


def test_samples_below_the_limit_at_the_start_count_as_0_under_every_rule() -> None:
    samples = [Sample(0, None), Sample(4, None), Sample(6, Decimal(10))]
    for embedded in ("drop", "zero", "lloq/2"):
        exposure = noncompartmental(samples, embedded=embedded).exposure
        assert exposure is not None
        assert exposure.auc_last == 10


def test_such_a_sample_is_left_out_unless_asked_otherwise() -> None:
    samples = profile(DAYS, EMBEDDED)
    assert noncompartmental(samples) == noncompartmental(samples, embedded="drop")
    assert noncompartmental(samples) != noncompartmental(samples, embedded="zero")


def test_half_a_limit_takes_a_limit() -> None:
    with pytest.raises(ValueError, match="needs the limit"):
        noncompartmental(profile(DAYS, EMBEDDED), embedded="lloq/2")


def test_the_first_of_equal_peaks_is_tmax() -> None:
    result = noncompartmental(profile([0, 7, 10, 14], [0, 20, 20, 5]))
    assert (result.cmax, result.tmax) == (20, 7)


@pytest.mark.parametrize(
    ("late_day", "late_expansion", "early"),
    [
        pytest.param(20, False, (50, 20), id="on day 20"),
        pytest.param(28, False, (50, 28), id="on day 28"),
        pytest.param(28.001, True, (20, 7), id="just after day 28"),
        pytest.param(300, True, (20, 7), id="a re-expansion on day 300"),
    ],
)
def test_a_peak_after_day_28_is_told_beside_the_early_one(
    late_day: float, late_expansion: bool, early: tuple[int, float]
) -> None:
    result = noncompartmental(profile([0, 7, 14, late_day], [0, 20, 10, 50]))
    assert (result.cmax, result.tmax) == (50, late_day)
    assert result.late_expansion is late_expansion
    assert result.early_peak is not None
    assert (result.early_peak.concentration, result.early_peak.days) == early


def test_a_peak_only_after_day_28_has_no_early_one() -> None:
    result = noncompartmental(profile([0, 7, 60], [0, 0, 50]))
    assert (result.early_peak, result.late_expansion) == (None, True)


def test_a_second_sample_of_a_day_counts_for_cmax_alone() -> None:
    once = profile([0, 7, 10, 14, 21, 28], [0, 20, 16, 8, 4, 2])
    again = Sample(7.3, Decimal(99), in_profile=False)
    with_it, without = noncompartmental([*once, again]), noncompartmental(once)
    assert (with_it.cmax, with_it.tmax) == (99, 7.3)
    assert with_it.early_peak is not None
    assert with_it.early_peak.concentration == 99
    assert with_it.exposure is not None
    assert without.exposure is not None
    assert with_it.exposure.auc_last == without.exposure.auc_last
    assert (with_it.tfirst, with_it.tlast) == (without.tfirst, without.tlast)


def test_the_half_life_begins_after_the_peak_wherever_the_peak_was_seen() -> None:
    once = profile([0, 7, 10, 14, 21], [0, 20, 16, 8, 4])
    again = Sample(10.4, Decimal(99), in_profile=False)
    assert noncompartmental(once).half_life is not None
    assert noncompartmental([*once, again]).half_life is None


def test_only_a_second_sample_was_quantifiable() -> None:
    samples = [Sample(0, None), Sample(7, None), Sample(7.3, Decimal(5), in_profile=False)]
    result = noncompartmental(samples, windows=[AreaWindow(7, 1)])
    assert (result.cmax, result.tlast, result.exposure) == (5, None, None)
    assert result.partial_areas[0].reason == "no quantifiable sample"


@pytest.mark.parametrize(
    ("last_day", "area", "reason"),
    [
        pytest.param(26, True, None, id="two days before day 28"),
        pytest.param(25.999, False, "profile ends before T", id="more than two days before"),
        pytest.param(28, True, None, id="on day 28"),
    ],
)
def test_a_profile_may_end_within_the_tolerance(
    last_day: float, area: bool, reason: str | None
) -> None:
    result = noncompartmental(
        profile([0, 7, 14, last_day], [0, 20, 10, 5]), windows=[AreaWindow(28, 2)]
    )
    (partial,) = result.partial_areas
    assert (partial.area is not None, partial.reason) == (area, reason)
    assert result.exposure is not None
    if area:
        assert partial.area == near(result.exposure.auc_last)
    assert partial.quantifiable_to_end is (last_day >= 28)


def test_a_last_sample_below_the_limit_still_reaches_day_28() -> None:
    result = noncompartmental(profile([0, 7, 14, 27], [0, 20, 10, 0]), windows=[AreaWindow(28, 2)])
    (partial,) = result.partial_areas
    assert partial.area == near(7 * 20 / 2 + 7 * (20 - 10) / log(2))
    assert partial.quantifiable_to_end is False


def test_a_profile_that_starts_after_the_window_has_no_area_in_it() -> None:
    result = noncompartmental(profile([9, 14], [20, 10]), windows=[AreaWindow(7, 1)])
    assert result.partial_areas[0].reason == "profile starts after T"


def test_a_window_that_cuts_a_segment_follows_the_segments_own_rule() -> None:
    (rising,) = noncompartmental(
        profile([0, 10], [0, 20]), windows=[AreaWindow(5, 0)]
    ).partial_areas
    assert rising.area == near(5 * 10 / 2)
    (falling,) = noncompartmental(
        profile([0, 10], [40, 10]), windows=[AreaWindow(5, 0)]
    ).partial_areas
    assert falling.area == near(5 * (40 - 20) / log(40 / 20))


def test_a_fall_to_0_is_straight_even_where_a_window_cuts_it() -> None:
    result = noncompartmental(
        profile([0, 10, 20], [40, 0, 1]), windows=[AreaWindow(5, 0)], embedded="zero"
    )
    assert result.partial_areas[0].area == near(5 * (40 + 20) / 2)


def test_extrapolation_is_asked_for_and_told() -> None:
    samples = profile([0, 2, 4, 6, 8], [0, 80, 40, 20, 10])
    windows = [AreaWindow(8, 0), AreaWindow(28, 2)]
    measured = noncompartmental(samples, windows=windows).partial_areas
    extended = noncompartmental(samples, windows=windows, extrapolate=True).partial_areas
    assert extended[0] == measured[0]
    assert (measured[1].area, measured[1].reason) == (None, "profile ends before T")
    rate = log(2) / 2
    assert measured[0].area is not None
    assert extended[1].area == near(measured[0].area + (10 - 10 * 2**-10) / rate)
    assert (extended[1].reason, extended[1].extrapolated) == (None, True)
    assert extended[1].quantifiable_to_end is False


def test_without_a_half_life_there_is_nothing_to_extrapolate_by() -> None:
    result = noncompartmental(
        profile([0, 2, 4], [0, 80, 40]), windows=[AreaWindow(28, 2)], extrapolate=True
    )
    assert result.partial_areas[0].reason == "profile ends before T"


@pytest.mark.parametrize(
    ("last", "largely"),
    [
        pytest.param([40, 20, 10], False, id="little beyond"),
        pytest.param([79, 78, 77], True, id="most of it beyond"),
    ],
)
def test_an_area_to_infinity_tells_how_much_of_it_was_never_seen(
    last: list[float], largely: bool
) -> None:
    exposure = noncompartmental(profile([0, 2, 4, 6, 8], [0, 80, *last])).exposure
    assert exposure is not None
    assert exposure.auc_inf is not None
    beyond = exposure.auc_inf - exposure.auc_last
    assert exposure.extrapolated_percent == near(100 * beyond / exposure.auc_inf)
    assert exposure.largely_extrapolated is largely


def test_without_a_half_life_there_is_no_area_to_infinity() -> None:
    exposure = noncompartmental(profile([0, 2, 4], [0, 80, 40])).exposure
    assert exposure is not None
    assert (exposure.auc_inf, exposure.extrapolated_percent) == (None, None)
    assert exposure.largely_extrapolated is False


@pytest.mark.parametrize(
    ("points", "n_points"),
    [
        pytest.param([(1, 8), (2, 4)], None, id="two points"),
        pytest.param([(1, 8), (2, 4), (3, 2)], 3, id="three points"),
        pytest.param([(1, 16), (2, 8), (3, 4), (4, 2)], 4, id="equally good: most points"),
        pytest.param([(1, 16), (2, 2.1), (3, 2), (4, 1.9)], 3, id="the best, not the longest"),
        pytest.param([(1, 2), (2, 4), (3, 8)], None, id="rises"),
        pytest.param([(1, 9), (2, 2), (3, 4), (4, 8)], None, id="rises again, and best so"),
        pytest.param([(1, 5), (2, 5), (3, 5)], None, id="level"),
        pytest.param([(1, 50), (2, 5), (3, 5), (4, 5)], 4, id="a level end is no fit"),
    ],
)
def test_the_points_of_the_half_life(
    points: list[tuple[float, float]], n_points: int | None
) -> None:
    fit = terminal_half_life(points)
    assert (fit.n_points if fit else None) == n_points


def test_a_single_quantified_sample_has_a_triangle_and_no_half_life() -> None:
    result = noncompartmental(profile([0, 7, 14], [0, 20, 0]))
    assert result.exposure is not None
    assert (result.exposure.auc_last, result.exposure.auc_all) == (70, 140)
    assert (result.tfirst, result.tmax, result.tlast, result.tbql) == (7, 7, 7, 14)
    assert result.half_life is None


def test_a_sample_alone_has_no_area() -> None:
    exposure = noncompartmental([Sample(3, Decimal(20))]).exposure
    assert exposure is not None
    assert exposure.auc_last == 0


def test_the_concentration_keeps_its_digits() -> None:
    result = noncompartmental([Sample(0, None), Sample(7, Decimal("20.50"))])
    assert str(result.cmax) == str(result.clast) == "20.50"


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        pytest.param([], "at least one", id="no sample"),
        pytest.param([Sample(1, Decimal(1), in_profile=False)], "at least one", id="no profile"),
        pytest.param([Sample(-0.1, None)], "from the infusion", id="before the infusion"),
        pytest.param([Sample(1, None), Sample(1, Decimal(2))], "two times", id="one time twice"),
        pytest.param([Sample(1, Decimal(0))], "above 0", id="quantified as 0"),
        pytest.param([Sample(1, Decimal(-1))], "above 0", id="quantified below 0"),
    ],
)
def test_it_refuses(samples: list[Sample], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        noncompartmental(samples)


concentrations = st.lists(st.one_of(st.just(0), st.integers(1, 100_000)), min_size=1, max_size=12)
unhurried = settings(deadline=None)


@unhurried
@given(concentrations, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_does_not_matter(values: list[int], chance: Any) -> None:
    samples = profile([3 * day for day in range(len(values))], values)
    shuffled = chance.sample(samples, len(samples))
    assert noncompartmental(shuffled) == noncompartmental(samples)


@unhurried
@given(concentrations, st.integers(1, 40))
def test_partial_areas_grow_up_to_the_whole(values: list[int], end: int) -> None:
    samples = profile([3 * day for day in range(len(values))], values)
    windows = [AreaWindow(end, 100), AreaWindow(end + 1, 100), AreaWindow(1000, 1000)]
    result = noncompartmental(samples, windows=windows)
    if result.exposure is not None:
        early, later, whole = (area.area for area in result.partial_areas)
        assert early is not None
        assert later is not None
        assert early <= later * (1 + 1e-12)
        assert whole == near(result.exposure.auc_last)
        assert later <= result.exposure.auc_last * (1 + 1e-12)
        assert result.exposure.auc_last <= result.exposure.auc_all


@unhurried
@given(
    st.lists(st.integers(1, 100_000), min_size=2, max_size=10),
    st.floats(0.05, 0.95),
    st.sampled_from(["linear", "linear_up_log_down"]),
)
def test_an_area_is_the_sum_of_its_parts(values: list[int], share: float, rule: Any) -> None:
    points = [(2.0 * day, float(value)) for day, value in enumerate(values)]
    last = points[-1][0]
    whole = area_under(points, until=last, rule=rule)
    linear = area_under(points, until=last, rule="linear")
    assert whole <= linear * (1 + 1e-12)
    cut = area_under(points, until=share * last, rule=rule)
    assert 0 < cut < whole
    assert isclose(
        whole,
        sum(area_under(points[i : i + 2], until=last, rule=rule) for i in range(len(points) - 1)),
    )


@unhurried
@given(concentrations, st.integers(1, 50))
def test_another_unit_scales_what_is_measured_in_it(values: list[int], unit: int) -> None:
    days = [3 * day for day in range(len(values))]
    one = noncompartmental(profile(days, values))
    other = noncompartmental(profile(days, [unit * value for value in values]))
    assert other.cmax == unit * one.cmax
    assert (other.tmax, other.tlast, other.tbql) == (one.tmax, one.tlast, one.tbql)
    if one.exposure is not None and other.exposure is not None:
        assert other.exposure.auc_last == near(unit * one.exposure.auc_last)
