"""MR, PR and VGPR: every threshold, every marker, and what a missing part costs."""

from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg import response_levels
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.evaluation import Component, UrineMProtein
from app.services.criteria.imwg.visit_response import NotShown
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LightChain, ResponseCategory
from tests.services.criteria.imwg_courses import bounds, on_day, read, visit

D = Decimal
KAPPA = LightChain.KAPPA


@pytest.mark.parametrize(
    ("baseline", "current", "level"),
    [
        pytest.param("4", "3.01", "SD", id="24.75 %"),
        pytest.param("4", "3", "MR", id="exactly 25 %"),
        pytest.param("4", "2.02", "MR", id="49.5 %, the gap of the printed table"),
        pytest.param("4", "2", "PR", id="exactly 50 %"),
        pytest.param("4", "0.42", "PR", id="89.5 %, the gap of the printed table"),
        pytest.param("1.3", "0.13", "VGPR", id="exactly 90 %, which binary floats miss"),
        pytest.param("1.3", "0.131", "PR", id="just under 90 %"),
        pytest.param("1", "0", "VGPR", id="nothing on electrophoresis"),
        pytest.param("1.0", "<0.1", "VGPR", id="below a limit that is 90 % down"),
        pytest.param("1.0", "<0.5", "PR", id="below a limit that is 50 % down"),
        pytest.param("1.0", "<0.51", "MR", id="below a limit that is 49 % down"),
        pytest.param("1.0", "<=0.5", "PR", id="at most half"),
        pytest.param("4", ">0.1", "SD", id="above a limit shows nothing"),
        pytest.param("4", ">=0.1", "SD", id="at least a limit shows nothing"),
        pytest.param("4", "4.4", "SD", id="risen"),
    ],
)
def test_serum(baseline: str, current: str, level: str) -> None:
    found = response_levels.serum_level(baseline=D(baseline), current=bounds(current))
    assert found == level


@pytest.mark.parametrize(
    ("baseline", "current", "level"),
    [
        pytest.param("1000", "501", "SD", id="49.9 %"),
        pytest.param("1000", "500", "MR", id="exactly 50 %"),
        pytest.param("1000", "200", "MR", id="200 is not below 200"),
        pytest.param("1000", "199.9", "PR", id="below 200"),
        pytest.param("4000", "401", "MR", id="just under 90 %"),
        pytest.param("4000", "400", "PR", id="exactly 90 %, above 200"),
        pytest.param("1000", "100", "PR", id="100 is not below 100"),
        pytest.param("1000", "99.9", "VGPR", id="below 100"),
        pytest.param("210", "199", "PR", id="5 % down, but below 200"),
        pytest.param("1000", "<99", "VGPR", id="below a limit of less than 100"),
        pytest.param("1000", "<100", "VGPR", id="below a limit of 100, which is excluded"),
        pytest.param("1000", "<=100", "PR", id="at most 100 may be 100"),
        pytest.param("1000", "<200", "PR", id="below a limit of 200"),
        pytest.param("1000", "<=200", "MR", id="at most 200 may be 200"),
        pytest.param("1000", "<400", "MR", id="all of it at least 50 % down, part of it more"),
        pytest.param("1000", "<501", "SD", id="not all of it 50 % down"),
    ],
)
def test_urine(baseline: str, current: str, level: str) -> None:
    found = response_levels.urine_level(baseline=D(baseline), current=bounds(current))
    assert found == level


@pytest.mark.parametrize(
    ("current", "details", "level"),
    [
        pytest.param("245.1", {}, "SD", id="just under 50 %"),
        pytest.param("245", {}, "PR", id="exactly 50 %"),
        pytest.param("49.1", {}, "PR", id="just under 90 %"),
        pytest.param("49", {}, "VGPR", id="exactly 90 %"),
        pytest.param("49", {"flc_vgpr": "above_90_pct"}, "PR", id="90 % is not above 90 %"),
        pytest.param("48.9", {"flc_vgpr": "above_90_pct"}, "VGPR", id="above 90 %"),
        pytest.param("367.5", {"flc_only_mr": True}, "MR", id="exactly 25 %, where asked"),
        pytest.param("367.6", {"flc_only_mr": True}, "SD", id="under 25 %"),
    ],
)
def test_dflc(current: str, details: dict[str, Any], level: str) -> None:
    found = response_levels.dflc_level(
        baseline=D(490), current=bounds(current), details=ImwgDetails(**details)
    )
    assert found == level


def test_dflc_below_zero_is_a_deep_response() -> None:
    below = Bounds(D(-188), D(-188))
    assert response_levels.dflc_level(baseline=D(490), current=below) == "VGPR"


@pytest.mark.parametrize(("current", "level"), [("30.1", "SD"), ("30", "PR"), ("1", "PR")])
def test_marrow(current: str, level: str) -> None:
    assert response_levels.marrow_level(baseline=D(60), current=bounds(current)) == level


@pytest.mark.parametrize(
    ("baseline", "current", "shown"),
    [
        pytest.param("0.5", "0", True, id="nothing left"),
        pytest.param("0.5", "0.05", True, id="90 % down"),
        pytest.param("0.5", "0.06", False, id="88 % down"),
        pytest.param("0", "0.1", False, id="a spike where there was none"),
        pytest.param(None, "0", True, id="no baseline, nothing now"),
        pytest.param(None, "0.1", False, id="no baseline, a spike now"),
    ],
)
def test_vgpr_in_serum_that_was_not_measurable(
    baseline: str | None, current: str, shown: bool
) -> None:
    found = response_levels.shows_vgpr_in_serum(
        baseline=D(baseline) if baseline else None, current=bounds(current)
    )
    assert found is shown


@pytest.mark.parametrize(
    ("current", "percent", "shrunk"),
    [("500", 50, True), ("500.1", 50, False), ("750", 25, True), ("750.1", 25, False)],
)
def test_plasmacytomas(current: str, percent: int, shrunk: bool) -> None:
    found = response_levels.plasmacytomas_shrunk(
        baseline=D(1000), current=D(current), percent=percent
    )
    assert found is shrunk


@pytest.mark.parametrize(
    ("s", "u", "category"),
    [
        pytest.param("0.4", 99, "VGPR", id="both deep"),
        pytest.param("0.4", 100, "PR", id="urine not below 100"),
        pytest.param("0.41", 0, "PR", id="serum not 90 % down"),
        pytest.param("2.8", 95, "MR", id="serum only MR"),
        pytest.param("0.2", 600, "SD", id="urine under 50 %"),
        pytest.param("0.2", None, "NE", id="urine missing"),
        pytest.param(None, 95, "NE", id="serum missing"),
    ],
)
def test_it_takes_the_lowest_level_of_both_fluids(s: Any, u: Any, category: str) -> None:
    assert read(visit(-10, 4, 1000), visit(28, s, u)).categories == [category]


@pytest.mark.parametrize(
    ("u", "ife", "category"),
    [
        pytest.param(0, "+.", "VGPR", id="nothing in urine"),
        pytest.param("99.9", "+.", "VGPR", id="below 100"),
        pytest.param(100, "+.", "PR", id="100"),
        pytest.param(None, "+.", "PR", id="no urine at all"),
        pytest.param(None, "++", "PR", id="urine immunofixation positive"),
        pytest.param(None, "+-", "VGPR", id="urine immunofixation negative counts as 0"),
    ],
)
def test_vgpr_asks_for_urine_in_serum_only_disease(u: Any, ife: str, category: str) -> None:
    last = read(visit(-10, 4, 0), visit(28, "0.3", u, ife=ife)).last
    assert last.category == category


def test_vgpr_asks_for_a_quantity_where_the_policy_says_so() -> None:
    course = [visit(-10, 4, 0), visit(28, "0.3", None, ife="+-")]
    strict = ImwgPolicy(ife_negative_is_zero=False)
    assert read(*course, policy=strict).last.category == "PR"


@pytest.mark.parametrize(
    ("s", "ife", "details", "category"),
    [
        pytest.param("0.3", "++", {}, "PR", id="a small spike that has not fallen"),
        pytest.param("0.03", "++", {}, "VGPR", id="90 % down"),
        pytest.param(None, "++", {}, "PR", id="serum missing"),
        pytest.param(None, "-+", {}, "VGPR", id="serum immunofixation negative counts as 0"),
        pytest.param("0.3", "++", {"urine_only_serum": "ignored"}, "VGPR", id="serum ignored"),
    ],
)
def test_vgpr_asks_for_serum_in_urine_only_disease(
    s: Any, ife: str, details: dict[str, Any], category: str
) -> None:
    last = read(
        visit(-10, "0.3", 800), visit(28, s, 40, ife=ife), details=ImwgDetails(**details)
    ).last
    assert last.category == category


def test_light_chain_disease_needs_no_urine_for_vgpr() -> None:
    last = read(
        visit(-10, 0, 0, kappa=500, lambda_=10), visit(28, kappa=45, lambda_=10), involved=KAPPA
    ).last
    assert last.category == "VGPR"


def test_light_chains_never_decide_a_response_where_serum_is_measurable() -> None:
    last = read(
        visit(-10, 3, 0, kappa=500, lambda_=10),
        visit(28, "2.9", 0, kappa=10, lambda_=10),
        involved=KAPPA,
    ).last
    assert last.category == "SD"


def test_it_says_what_was_missing_and_what_it_would_have_changed() -> None:
    last = read(visit(-10, 4, 0), visit(28, 0, None, ife="-.")).last
    assert last.category == "PR"
    assert last.not_shown == (
        NotShown(
            level=ResponseCategory.SCR,
            missing=(
                Component.URINE_IMMUNOFIXATION,
                Component.MARROW_PLASMA_CELLS,
                Component.FREE_LIGHT_CHAIN_RATIO,
                Component.MARROW_CLONALITY,
            ),
            rules=("X3", "X4"),
        ),
        NotShown(
            level=ResponseCategory.CR,
            missing=(Component.URINE_IMMUNOFIXATION, Component.MARROW_PLASMA_CELLS),
            rules=("X3",),
        ),
        NotShown(level=ResponseCategory.VGPR, missing=(Component.URINE_M_PROTEIN,), rules=("X2",)),
    )
    assert last.ceiling == "sCR"


def test_a_measured_failure_is_nothing_missing() -> None:
    last = read(visit(-10, 4, 0), visit(28, "0.5", 0, ife="++")).last
    assert (last.category, last.not_shown, last.ceiling) == ("PR", (), "PR")


@pytest.mark.parametrize(
    ("baseline", "today"),
    [
        pytest.param({"s": 4, "u": 0}, {"u": 0}, id="serum"),
        pytest.param({"s": 0, "u": 400}, {"s": 0}, id="urine"),
        pytest.param({"kappa": 500, "lambda_": 10}, {"s": 0, "u": 0, "kappa": 9}, id="one chain"),
        pytest.param({"marrow": 60}, {"s": 0, "u": 0}, id="marrow"),
        pytest.param({"circulating": 300}, {"s": 0, "u": 0}, id="circulating plasma cells"),
    ],
)
def test_it_is_not_evaluable_without_a_marker_measurable_at_baseline(
    baseline: dict[str, Any], today: dict[str, Any]
) -> None:
    last = read(visit(-10, **baseline), visit(28, ife="--", **today), involved=KAPPA).last
    assert (last.category, last.rules) == ("NE", ("X1",))
    assert "measurable_marker_missing" in last.flags


def test_stable_disease_is_dated_by_what_the_lowest_level_asks_for() -> None:
    urine = UrineMProtein(value=D(0), unit="mg/(24.h)", collected_on=on_day(31))
    for serum, category, dated in (("3.5", "SD", 28), ("2.9", "MR", 28), ("0.3", "VGPR", 31)):
        last = read(visit(-10, 4, 0), visit(28, serum, urine_m_protein=urine)).last
        assert (last.category, last.assessed_on) == (category, on_day(dated))


def test_it_downgrades_instead_where_asked() -> None:
    policy = ImwgPolicy(missing_measurable="downgrade")
    start = visit(-10, 4, 1000)
    assert read(start, visit(28, "0.2", None), policy=policy).categories == ["SD"]
    assert read(start, visit(28, kappa=1, lambda_=1), policy=policy).categories == ["NE"]


def test_a_spurious_value_is_no_value() -> None:
    course = [visit(-10, 4, 0), visit(28, 1, 0, spurious=["s"]), visit(56, "1.6", 0)]
    assert read(*course).categories == ["NE", "PR"]


def test_nothing_measurable_is_not_evaluable() -> None:
    assert read(visit(-10, "0.9", 199), visit(28, 0, 0, ife="--", marrow=1)).categories == ["NE"]
    assert read(None, visit(28, 0, 0, ife="--", marrow=1)).categories == ["NE"]


LESION = {"a": (40, 25)}


@pytest.mark.parametrize(
    ("s", "lesions", "category"),
    [
        pytest.param("0.3", {"a": (20, 25)}, "VGPR", id="exactly half"),
        pytest.param("0.3", {"a": (21, 25)}, "SD", id="more than half is left"),
        pytest.param("2.8", {"a": (20, 25)}, "MR", id="MR asks for half too"),
        pytest.param("2.8", {"a": (30, 25)}, "SD", id="a quarter is not enough for MR"),
        pytest.param("1", None, "SD", id="baseline carried forward until re-imaging"),
        pytest.param("1", {"a": (None, None)}, "SD", id="not assessed is not imaged"),
        pytest.param("1", {"a": (10, None)}, "SD", id="one diameter is no measurement"),
    ],
)
def test_plasmacytomas_cap_every_level(s: str, lesions: Any, category: str) -> None:
    last = read(visit(-10, 4, 0, lesions=LESION), visit(28, s, 0, lesions=lesions)).last
    assert last.category == category


def test_plasmacytomas_may_ask_for_a_quarter_for_mr() -> None:
    policy = ImwgPolicy(plasmacytoma_mr="at_least_25_pct")
    start = visit(-10, 4, 0, lesions=LESION)
    cases = [("2.8", "30", "MR"), ("1", "30", "MR"), ("2.8", "30.1", "SD")]
    for s, long, category in cases:
        last = read(start, visit(28, s, 0, lesions={"a": (long, 25)}), policy=policy).last
        assert last.category == category


def test_plasmacytomas_may_ask_for_90_percent_for_vgpr() -> None:
    details = ImwgDetails(plasmacytoma_vgpr_pct=90)
    start = visit(-10, 4, 0, lesions={"a": (40, 25)})
    for long, category in ((4, "VGPR"), (5, "PR")):
        last = read(start, visit(28, 0, 0, lesions={"a": (long, 25)}), details=details).last
        assert last.category == category


def test_imaging_is_carried_forward_to_the_next() -> None:
    found = read(
        visit(-10, 4, 0, lesions=LESION),
        visit(28, 1, 0, lesions={"a": (20, 20)}),
        visit(56, 1, 0),
    )
    assert found.categories == ["PR", "PR"]
    [carried] = found.last.carried_forward
    assert (carried.component, carried.collected_on) == (Component.PLASMACYTOMAS, on_day(28))
    assert found.last.assessed_on == on_day(56)


@pytest.mark.parametrize(
    ("track", "today", "category"),
    [
        pytest.param({"marrow": 60}, {"marrow": 30}, "PR", id="marrow halved"),
        pytest.param({"marrow": 60}, {"marrow": 5}, "PR", id="marrow defines nothing deeper"),
        pytest.param({"marrow": 60}, {"marrow": 31}, "SD", id="marrow less than halved"),
        pytest.param({"lesions": LESION}, {"lesions": {"a": (20, 25)}}, "PR", id="lesion halved"),
        pytest.param({"lesions": LESION}, {}, "SD", id="lesion not imaged"),
        pytest.param({"circulating": 300}, {"circulating": 0}, "SD", id="no level is defined"),
    ],
)
def test_each_track_has_its_own_levels(
    track: dict[str, Any], today: dict[str, Any], category: str
) -> None:
    last = read(visit(-10, 0, 0, **track), visit(28, 0, 0, ife="+-", **today)).last
    assert last.category == category


def test_a_waiver_of_urine_is_returned_beside_the_category() -> None:
    course = [visit(-10, 4, 0), visit(28, "0.3", None, ife="+.")]
    last = read(*course).last
    assert (last.category, last.urine_waived) == ("PR", "VGPR")
    assert last.urine_waived_on == last.assessed_on
    assert not last.same_with_urine_waived
    assert read(visit(-10, 4, 0), visit(28, "0.3", 0)).last.same_with_urine_waived
    waived = ImwgPolicy(urine_for_vgpr="waived_if_not_measurable")
    assert read(*course, policy=waived).last.category == "VGPR"
    measured = [visit(-10, 4, 0), visit(28, "0.3", 100)]
    assert read(*measured, policy=waived).last.category == "PR"
    measurable = [visit(-10, 4, 300), visit(28, "0.3", None)]
    assert read(*measurable, policy=waived).last.category == "NE"


@pytest.mark.parametrize(
    ("baseline_urine", "today", "required", "waived"),
    [
        pytest.param(0, (None, "-."), "PR", "CR", id="no urine was sent"),
        pytest.param(199, (None, "-."), "PR", "CR", id="below 200 mg at baseline"),
        pytest.param(None, (None, "-."), "PR", "CR", id="never measured"),
        pytest.param(200, (None, "-."), "NE", "NE", id="measurable at baseline"),
        pytest.param(0, (None, "--"), "CR", "CR", id="immunofixation negative, no amount"),
        pytest.param(0, (None, "-+"), "PR", "PR", id="immunofixation positive, no amount"),
        pytest.param(0, (0, "-."), "VGPR", "VGPR", id="an amount without immunofixation"),
        pytest.param(0, (0, "-+"), "VGPR", "VGPR", id="a positive one bars CR"),
        pytest.param(0, (120, "-."), "PR", "PR", id="too much was sent"),
    ],
)
def test_urine_that_was_not_sent_is_waived_and_urine_that_was_is_read(
    baseline_urine: Any, today: tuple[Any, str], required: str, waived: str
) -> None:
    urine, fixations = today
    course = (visit(-10, 4, baseline_urine), visit(28, 0, urine, ife=fixations, marrow=1))
    last = read(*course).last
    assert (last.category, last.urine_waived) == (required, waived)
    policy = ImwgPolicy(urine_for_vgpr="waived_if_not_measurable")
    assert read(*course, policy=policy).last.category == waived


def test_a_run_of_waived_urine_allows_the_marrow_of_its_beginning() -> None:
    """Marrow of day 28; at day 91 it is 63 days old, and urine is sent for the first time."""
    course = (
        visit(-10, 4, 0),
        visit(28, 0, None, ife="-.", marrow=1),
        visit(91, 0, 0, ife="--"),
    )
    last = read(*course).last
    assert (last.category, last.urine_waived) == ("VGPR", "CR")


def test_it_gives_each_marker_against_baseline_and_nadir() -> None:
    markers = {
        marker.component: marker
        for marker in read(
            visit(-10, 4, 500, lesions=LESION),
            visit(28, 1, 0, lesions={"a": (20, 20)}),
            visit(56, "<1.2", 50, lesions={"a": (20, 25)}),
        ).last.markers
    }
    serum = markers[Component.SERUM_M_PROTEIN]
    assert (serum.current, serum.at_most) == (D(0), D("1.2"))
    assert (serum.reported, serum.interval) == ("<1.2 g/dL", "[0, 1.2)")
    assert (serum.nadir, serum.percent_from_baseline) == ((D(1), on_day(28)), D(-70))
    assert serum.percent_from_nadir == D(-100)
    urine = markers[Component.URINE_M_PROTEIN]
    assert (urine.percent_from_baseline, urine.percent_from_nadir) == (D(-90), None)
    lesions = markers[Component.PLASMACYTOMAS]
    assert (lesions.percent_from_baseline, lesions.percent_from_nadir) == (D(-50), D(25))
