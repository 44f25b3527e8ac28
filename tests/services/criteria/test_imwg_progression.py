"""Progressive disease: every threshold to its last digit, and whom each rule applies to."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg import progression
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.evaluation import Imaging, Lesion, NewLesion, UrineMProtein
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LesionKind, LightChain, PdBasis
from tests.services.criteria.imwg_courses import bounds, on_day, read, visit

D = Decimal
KAPPA = LightChain.KAPPA


@pytest.mark.parametrize(
    ("nadir", "current", "progressed"),
    [
        pytest.param("2.0", "2.5", True, id="exactly 25 % and 0.5 g/dL"),
        pytest.param("2.0", "2.49", False, id="just under both"),
        pytest.param("2.4", "2.9", False, id="0.5 g/dL but under 25 %"),
        pytest.param("1.0", "1.4", False, id="40 % but under 0.5 g/dL"),
        pytest.param("0.9", "1.4", True, id="0.5 g/dL, which binary floats miss"),
        pytest.param("0", "0.5", True, id="from a nadir of 0 the absolute part decides"),
        pytest.param("0", "0.49", False, id="from a nadir of 0, under 0.5 g/dL"),
        pytest.param("5.0", "6.0", False, id="20 % is not enough for this rule"),
    ],
)
def test_serum(nadir: str, current: str, progressed: bool) -> None:
    found = progression.serum_m_protein_progressed(nadir=D(nadir), current=D(current))
    assert found is progressed


@pytest.mark.parametrize(
    ("reference", "nadir", "current", "progressed"),
    [
        pytest.param("5.0", "5.0", "6.0", True, id="exactly 5 and 1 g/dL, though 20 %"),
        pytest.param("5.0", "5.0", "5.99", False, id="under 1 g/dL"),
        pytest.param("4.99", "4.99", "5.99", False, id="reference under 5 g/dL"),
        pytest.param("6.0", "2.0", "3.0", True, id="from a starting value of 6"),
    ],
)
def test_serum_from_5_g(reference: str, nadir: str, current: str, progressed: bool) -> None:
    found = progression.high_serum_m_protein_progressed(
        reference=D(reference), nadir=D(nadir), current=D(current)
    )
    assert found is progressed


@pytest.mark.parametrize(
    ("nadir", "current", "progressed"),
    [
        pytest.param("800", "1000", True, id="exactly 25 % and 200 mg"),
        pytest.param("801", "1001", False, id="200 mg but under 25 %"),
        pytest.param("400", "599", False, id="50 % but under 200 mg"),
        pytest.param("0", "200", True, id="from 0, exactly 200 mg"),
        pytest.param("0", "199.9", False, id="from 0, under 200 mg"),
    ],
)
def test_urine(nadir: str, current: str, progressed: bool) -> None:
    found = progression.urine_m_protein_progressed(nadir=D(nadir), current=D(current))
    assert found is progressed


@pytest.mark.parametrize(
    ("nadir", "current", "progressed"),
    [
        pytest.param("40", "140", False, id="exactly 100 mg/L is not more than 100"),
        pytest.param("40", "140.1", True, id="more than 100 mg/L"),
        pytest.param("410", "512", False, id="102 mg/L but under 25 %"),
        pytest.param("404", "505", True, id="exactly 25 % and 101 mg/L"),
        pytest.param("10", "21", False, id="10 mg/dL is 100 mg/L, not 10"),
        pytest.param("-188", "-8", True, id="as computed from a negative nadir"),
    ],
)
def test_dflc(nadir: str, current: str, progressed: bool) -> None:
    assert progression.dflc_progressed(nadir=D(nadir), current=D(current)) is progressed


@pytest.mark.parametrize(
    ("nadir", "current", "rule", "progressed"),
    [
        pytest.param("40", "50", "rise", True, id="exactly 25 % and 10 points"),
        pytest.param("41", "51", "rise", False, id="10 points but under 25 %"),
        pytest.param("20", "29.9", "rise", False, id="under 10 points"),
        pytest.param("0", "10", "rise", True, id="from 0"),
        pytest.param("8", "10", "level", True, id="level of 10 %, risen by 25 %"),
        pytest.param("8", "9.9", "level", False, id="under a level of 10 %"),
        pytest.param("9", "11", "level", False, id="level of 10 %, risen by less than 25 %"),
    ],
)
def test_marrow(nadir: str, current: str, rule: Any, progressed: bool) -> None:
    found = progression.marrow_progressed(nadir=D(nadir), current=D(current), rule=rule)
    assert found is progressed


@pytest.mark.parametrize(
    ("nadir", "current", "progressed"),
    [("400", "600", True), ("400", "599.9", False), ("0", "132", False)],
)
def test_product_sum(nadir: str, current: str, progressed: bool) -> None:
    found = progression.product_sum_progressed(nadir=D(nadir), current=D(current))
    assert found is progressed


@pytest.mark.parametrize(
    ("nadir", "current", "widest", "progressed"),
    [
        pytest.param("20", "30", "11", True, id="exactly 50 %"),
        pytest.param("20", "29.9", "11", False, id="under 50 %"),
        pytest.param("20", "30", "10", False, id="short axis of 10 mm is not more than 10"),
        pytest.param("0", "12", "25", False, id="a nadir of 0 has no percentage"),
    ],
)
def test_longest_diameter(nadir: str, current: str, widest: str, progressed: bool) -> None:
    found = progression.longest_diameter_progressed(
        nadir=D(nadir), current=D(current), widest_short_axis=D(widest)
    )
    assert found is progressed


@pytest.mark.parametrize(
    ("nadir", "current", "rule", "progressed"),
    [
        pytest.param("150", "225", "count", True, id="exactly 50 %"),
        pytest.param("151", "226", "count", False, id="under 50 %"),
        pytest.param("100", "200", "count", True, id="exactly 200/uL"),
        pytest.param("100", "199", "count", False, id="under 200/uL"),
        pytest.param("150", "349", "rise", False, id="rise under 200/uL"),
        pytest.param("150", "350", "rise", True, id="rise of 200/uL"),
    ],
)
def test_circulating(nadir: str, current: str, rule: Any, progressed: bool) -> None:
    found = progression.circulating_plasma_cells_progressed(
        nadir=D(nadir), current=D(current), rule=rule
    )
    assert found is progressed


@pytest.mark.parametrize(
    ("calcium", "due", "progressed"),
    [
        ("11.5", None, False),
        ("11.51", None, True),
        (">11.5", None, True),
        (">=11.5", None, False),
        ("11.51", True, True),
        ("13", False, False),
    ],
)
def test_calcium(calcium: str, due: bool | None, progressed: bool) -> None:
    found = progression.calcium_progressed(corrected_calcium=bounds(calcium), due_to_myeloma=due)
    assert found is progressed


def test_it_names_rule_nadir_and_day_of_progression() -> None:
    found = read(
        visit(-10, 4, 0),
        visit(28, "0.4", 0),
        visit(56, "0.9", 0),
    ).last
    [finding] = found.progression
    assert found.rules == ("P-S",)
    assert found.basis is PdBasis.BIOCHEMICAL
    assert finding.nadir == (D("0.4"), on_day(28))
    assert (finding.current, finding.collected_on) == (D("0.9"), on_day(56))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param({}, ["MR", "PD"], id="lowest value of 5 or more, enough by itself"),
        pytest.param({"serum_5g": "needs_25pct_too"}, ["MR", "SD"], id="25 % too"),
        pytest.param({"serum_5g_reference": "start_value"}, ["MR", "PD"], id="starting value"),
    ],
)
def test_it_reads_the_5_gram_rule(policy: dict[str, Any], expected: list[str]) -> None:
    course = [visit(28, 6, 0), visit(56, 7, 0)]
    assert read(visit(-10, 9, 0), *course, policy=ImwgPolicy(**policy)).categories == expected


def test_it_measures_5_grams_at_the_start_where_asked() -> None:
    course = [visit(-10, 6, 0), visit(28, "4.5", 0), visit(56, "5.5", 0)]
    assert read(*course).last.category == "SD"
    start = ImwgPolicy(serum_5g_reference="start_value")
    assert read(*course, policy=start).last.rules == ("P-S5",)


def test_it_follows_light_chains_only_without_measurable_serum_and_urine() -> None:
    chains = [{"kappa": 20, "lambda_": 10}, {"kappa": 420, "lambda_": 10}]
    start = {"kappa": 500, "lambda_": 10}
    for s, u, expected in ((3, 0, "PR"), (0, 500, "VGPR"), (0, 0, "PD")):
        last = read(
            visit(-10, s, u, **start),
            visit(28, 1 if s else 0, 0, **chains[0]),
            visit(56, 1 if s else 0, 0, **chains[1]),
            involved=KAPPA,
        ).last
        assert last.category == expected
        assert ("light_chain_escape" in last.flags) is (expected != "PD")


def test_it_finds_light_chain_progression_where_chains_were_not_measurable_either() -> None:
    """The rule asks that serum and urine are not measurable, not that the chains are."""
    last = read(
        visit(-10, 0, 0, kappa=30, lambda_=10, marrow=60),
        visit(28, 0, 0, kappa=140, lambda_=10, marrow=50),
        involved=KAPPA,
    ).last
    assert last.rules == ("P-F",)


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        pytest.param({"s": 0, "u": 0}, "PD", id="nothing else measurable"),
        pytest.param({"s": 2, "u": 0}, "SD", id="serum measurable"),
        pytest.param({"s": 0, "u": 300}, "SD", id="urine measurable"),
        pytest.param({"s": 0, "u": 0, "kappa": 200, "lambda_": 10}, "SD", id="chains measurable"),
    ],
)
def test_it_judges_marrow_progression_only_where_nothing_else_is_measurable(
    baseline: dict[str, Any], expected: str
) -> None:
    last = read(
        visit(-10, marrow=40, **baseline), visit(28, marrow=50, **baseline), involved=KAPPA
    ).last
    assert last.category == expected
    assert last.basis is (PdBasis.MARROW if expected == "PD" else None)


@pytest.mark.parametrize(("scope", "expected"), [("all", "PD"), ("measurable_only", "PR")], ids=str)
def test_it_tests_serum_and_urine_in_everybody_unless_told(scope: Any, expected: str) -> None:
    course = [
        visit(-10, "0.5", 400, ife="++"),
        visit(28, 0, 150, ife="++"),
        visit(56, "0.5", 150, ife="++"),
    ]
    assert read(*course, policy=ImwgPolicy(pd_scope=scope)).last.category == expected


def test_it_shows_progression_though_a_measurable_marker_is_missing() -> None:
    last = read(visit(-10, 3, 500), visit(28, None, 800)).last
    assert (last.category, last.rules) == ("PD", ("P-U",))


def test_it_shows_progression_where_nothing_is_measurable() -> None:
    course = [visit(-10, "0.3", 0), visit(28, "0.3", 0), visit(56, "0.8", 0)]
    assert read(*course).categories == ["NE", "PD"]


def test_it_needs_both_parts_of_one_marker() -> None:
    """25 % in urine beside 0.5 g/dL in serum is no progression."""
    assert read(visit(-10, 4, 400), visit(28, "4.6", 520)).categories == ["SD"]


def test_it_counts_a_result_below_the_limit_as_0_today_and_as_a_nadir() -> None:
    course = [visit(-10, 4, 0), visit(28, "<0.5", 0), visit(56, "0.5", 0)]
    assert read(*course).categories == ["PR", "PD"]
    assert read(visit(-10, "0.2", 0), visit(28, "<5", 0)).categories == ["NE"]


def test_it_takes_the_bound_of_a_result_above_the_limit() -> None:
    assert read(visit(-10, 4, 0), visit(28, ">5", 0)).categories == ["PD"]
    assert read(visit(-10, 4, 0), visit(28, ">4.4", 0)).categories == ["SD"]


def test_it_takes_the_nadir_from_parts_collected_before_the_part_in_question() -> None:
    """Urine of the first visit that was collected after the second is no nadir of the second."""
    late = UrineMProtein(value=D(100), unit="mg/(24.h)", collected_on=on_day(58))
    course = [visit(-10, 4, 500), visit(28, 1, urine_m_protein=late), visit(56, 1, 300)]
    found = [(one.assessed_on, one.category) for one in read(*course).course.visits]
    assert found == [(on_day(56), "SD"), (on_day(58), "PR")]
    in_time = replace(late, collected_on=on_day(29))
    course[1] = visit(28, 1, urine_m_protein=in_time)
    assert read(*course).categories == ["PR", "PD"]


LESIONS = {"a": (40, 25), "b": (30, 20)}


@pytest.mark.parametrize(
    ("now", "rules"),
    [
        pytest.param({"a": (20, 20), "b": (20, 20)}, (), id="sum 800, its nadir"),
        pytest.param({"a": (29, 21), "b": (29, 20)}, (), id="sum 1189, 48.6 %"),
        pytest.param({"a": (29, 21), "b": (29, 21)}, ("P-L2",), id="sum 1218, 52 %"),
        pytest.param({"a": (24, 25), "b": (24, 25)}, ("P-L2",), id="sum exactly 50 % up"),
        pytest.param({"a": (30, 20), "b": (20, 20)}, ("P-L3",), id="longest exactly 50 % up"),
        pytest.param({"a": (40, 25)}, ("P-L3",), id="no sum without every lesion"),
        pytest.param({"a": (24, 25), "b": (None, None)}, (), id="a lesion not assessed"),
    ],
)
def test_it_follows_lesions_from_their_nadir(now: dict[str, Any], rules: tuple[str, ...]) -> None:
    last = read(
        visit(-10, 4, 0, lesions=LESIONS),
        visit(28, "1.6", 0, lesions={"a": (20, 20), "b": (20, 20)}),
        visit(56, "1.6", 0, lesions=now),
    ).last
    assert last.rules == (rules or (f"R-{last.category}",))
    assert last.basis is (PdBasis.IMAGING if rules else None)


def test_it_follows_the_sum_of_one_lesion_where_asked() -> None:
    course = [
        visit(-10, 4, 0, lesions={"a": (40, 40)}),
        visit(28, "1.6", 0, lesions={"a": (20, 20)}),
        visit(56, "1.6", 0, lesions={"a": (25, 24)}),
    ]
    assert read(*course).last.category == "PR"
    assert read(*course, policy=ImwgPolicy(spd_single_lesion=True)).last.rules == ("P-L2",)


def test_progression_sums_every_lesion_and_response_only_plasmacytomas() -> None:
    def survey(day: int, s: int, bone: int, soft: int) -> Any:
        lesions = tuple(
            Lesion(lesion_id=kind, kind=kind, long_mm=D(size), short_mm=D(size))
            for kind, size in ((LesionKind.BONE, bone), (LesionKind.EXTRAMEDULLARY, soft))
        )
        return visit(day, s, 0, imaging=Imaging(lesions=lesions))

    start = survey(-10, 4, 40, 40)
    assert read(start, survey(28, 1, 40, 20)).categories == ["PR"]
    assert read(start, survey(28, 1, 20, 40)).categories == ["SD"]
    assert read(start, survey(28, 1, 20, 20), survey(56, 1, 29, 20)).last.rules == ("P-L2",)


def test_it_reckons_the_short_axis_of_any_earlier_survey() -> None:
    course = [
        visit(-10, 4, 0, lesions={"a": (12, 9)}),
        visit(28, "1.6", 0, lesions={"a": (14, 11)}),
        visit(56, "1.6", 0, lesions={"a": (10, 8)}),
        visit(84, "1.6", 0, lesions={"a": (15, 8)}),
    ]
    assert read(*course).last.rules == ("P-L3",)
    assert read(course[0], *course[2:]).last.rules != ("P-L3",)


def test_it_takes_a_lesion_that_is_back_for_a_new_one() -> None:
    last = read(
        visit(-10, 4, 0, lesions={"a": (25, 25)}),
        visit(28, 1, 0, lesions={"a": (0, 0)}),
        visit(56, 1, 0, lesions={"a": (3, 2)}),
    ).last
    assert last.rules == ("P-L1",)
    assert last.progression[0].lesion_id == "a"


def test_it_takes_no_compression_fracture_for_progression() -> None:
    fracture = NewLesion(kind=LesionKind.BONE, compression_fracture_only=True)
    lesion = NewLesion(kind=LesionKind.BONE)
    start = visit(-10, 4, 0)
    assert read(start, visit(28, 1, 0, new_lesions=(fracture,))).categories == ["PR"]
    assert read(start, visit(28, 1, 0, new_lesions=(fracture, lesion))).categories == ["PD"]


def test_it_compares_no_diameter_of_lesions_that_flowed_together() -> None:
    def survey(day: int, *lesions: Lesion) -> Any:
        return visit(day, 1 if day > 0 else 4, 0, imaging=Imaging(lesions=lesions))

    def lesion(name: str, long: int, short: int, merged: tuple[str, ...] = ()) -> Lesion:
        return Lesion(
            lesion_id=name,
            kind=LesionKind.PARASKELETAL,
            long_mm=D(long),
            short_mm=D(short),
            merged_from=merged,
        )

    start = survey(-10, lesion("a", 40, 40), lesion("b", 40, 40))
    small = survey(28, lesion("a", 20, 20), lesion("b", 20, 20))
    together = survey(56, lesion("a", 38, 20, ("b",)))
    assert read(start, small, together).categories == ["PR", "PR"]
    grown = survey(56, lesion("a", 60, 20, ("b",)))
    assert read(start, small, grown).last.rules == ("P-L2",)
    assert read(start, small, survey(56, lesion("a", 38, 20))).last.rules == ("P-L3",)


def test_it_dates_progression_by_the_earliest_part_whose_rule_fired() -> None:
    last = read(
        visit(-10, 4, 0, lesions={"a": (25, 25)}),
        visit(28, 1, 0),
        visit(
            56,
            "1.6",
            0,
            lesions={"a": (50, 25)},
            imaged_day=50,
            kappa=1,
            lambda_=1,
        ),
    ).last
    assert set(last.rules) == {"P-S", "P-L3"}
    assert (last.assessed_on, last.basis) == (on_day(50), PdBasis.IMAGING)


def test_it_follows_circulating_cells_only_as_the_only_measure() -> None:
    only = [visit(-10, 0, 0, circulating=300), visit(28, 0, 0, circulating=450)]
    beside = [visit(-10, 2, 0, circulating=300), visit(28, 2, 0, circulating=450)]
    assert read(*only).last.rules == ("P-C",)
    assert read(*beside).last.category == "SD"
    rise = ImwgDetails(circulating_pd="rise")
    assert read(*only, details=rise).last.category == "SD"


@pytest.mark.parametrize(
    ("rule", "expected"), [("lowest", "PD"), ("lowest_confirmed", "PR")], ids=str
)
def test_it_takes_the_lowest_or_the_lowest_confirmed_value(rule: Any, expected: str) -> None:
    course = [visit(-10, 4, 0), visit(28, 2, 0), visit(56, "1.5", 0), visit(84, 2, 0)]
    assert read(*course, policy=ImwgPolicy(nadir=rule)).last.category == expected


def test_it_confirms_a_nadir_by_two_samples_in_a_row() -> None:
    course = [visit(-10, 4, 0), visit(28, 1, 0), visit(56, "1.1", 0), visit(84, "1.6", 0)]
    last = read(*course, policy=ImwgPolicy(nadir="lowest_confirmed")).last
    assert last.progression[0].nadir == (D("1.1"), on_day(56))
    twice = [course[0], course[1], visit(56, 1, 0), course[3]]
    last = read(*twice, policy=ImwgPolicy(nadir="lowest_confirmed")).last
    assert last.progression[0].nadir == (D(1), on_day(56))


def test_one_value_alone_is_the_nadir_and_two_are_confirmed_by_the_higher() -> None:
    confirmed = ImwgPolicy(nadir="lowest_confirmed")
    assert read(visit(-10, 2, 0), visit(28, "2.5", 0), policy=confirmed).categories == ["PD"]
    course = [visit(-10, 4, 0), visit(28, 2, 0), visit(56, "2.6", 0)]
    assert read(*course).last.category == "PD"
    assert read(*course, policy=confirmed).last.category == "MR"


def test_it_floors_the_dflc_nadir_unless_told() -> None:
    course = [
        visit(-10, 0, 0, kappa=500, lambda_=10),
        visit(28, 0, 0, kappa=2, lambda_=190),
        visit(56, 0, 0, kappa=2, lambda_=10),
    ]
    assert read(*course, involved=KAPPA).categories == ["VGPR", "VGPR"]
    literal = ImwgPolicy(flc_nadir_floor="none")
    assert read(*course, involved=KAPPA, policy=literal).last.rules == ("P-F",)


@pytest.mark.parametrize(
    ("kappa", "expected"), [("111", "VGPR"), ("111.1", "PD")], ids=["+100", "+100.1"]
)
def test_the_floor_of_the_dflc_nadir_is_0(kappa: str, expected: str) -> None:
    start = visit(-10, 0, 0, kappa=5000, lambda_=10)
    course = [visit(28, 0, 0, kappa=2, lambda_=190), visit(56, 0, 0, kappa=kappa, lambda_=11)]
    assert read(start, *course, involved=KAPPA).last.category == expected
    above = [visit(28, 0, 0, kappa="11.5", lambda_=11), course[1]]
    assert read(start, *above, involved=KAPPA).last.category == "VGPR"


@pytest.mark.parametrize(
    ("urine", "scope", "expected"),
    [
        pytest.param(0, "all", "PD", id="not measurable, all"),
        pytest.param(0, "measurable_only", "PR", id="not measurable, measurable only"),
        pytest.param(300, "measurable_only", "PD", id="measurable, measurable only"),
    ],
)
def test_urine_may_escape_in_serum_disease(urine: int, scope: Any, expected: str) -> None:
    course = [visit(-10, 4, urine), visit(28, 1, 0), visit(56, 1, 250)]
    assert read(*course, policy=ImwgPolicy(pd_scope=scope)).last.category == expected
    assert read(course[0], visit(28, 1, None)).last.progression == ()


@pytest.mark.parametrize(("due", "expected"), [(None, "PD"), (True, "PD"), (False, "PR")])
def test_it_counts_calcium_only_where_asked_and_due_to_myeloma(
    due: bool | None, expected: str
) -> None:
    course = [visit(-10, 4, 0), visit(28, 1, 0, calcium="11.6", calcium_due_to_myeloma=due)]
    assert read(*course).last.category == "PR"
    assert read(*course, policy=ImwgPolicy(calcium_is_pd=True)).last.category == expected
