"""CR and sCR: immunofixation, marrow that is carried forward, lesions, ratio and clonality."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg import bands
from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.evaluation import (
    Band,
    Component,
    Immunofixation,
    Isotype,
    Marrow,
    MeasuredValue,
    SerumMProtein,
    UrineMProtein,
)
from app.services.criteria.imwg.usable import MyelomaType
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import (
    BandOwner,
    Clonality,
    ClonalityMethod,
    DrugBandTest,
    HeavyChain,
    ImmunofixationResult,
    LightChain,
)
from tests.services.criteria.imwg_courses import on_day, read, visit

D = Decimal
KAPPA, LAMBDA = LightChain.KAPPA, LightChain.LAMBDA
START = visit(-10, 4, 0, ife="+-", kappa=200, lambda_=10, marrow=50)
ABSENT, PRESENT = Clonality.ABSENT, Clonality.PRESENT
IGG_KAPPA = Isotype(heavy_chain=HeavyChain.IGG, light_chain=KAPPA)
IGG_LAMBDA = Isotype(heavy_chain=HeavyChain.IGG, light_chain=LAMBDA)
IGA_LAMBDA = Isotype(heavy_chain=HeavyChain.IGA, light_chain=LAMBDA)
FREE_KAPPA = Isotype(heavy_chain=HeavyChain.LIGHT_CHAIN_ONLY, light_chain=KAPPA)
IGG_ALONE = Isotype(heavy_chain=HeavyChain.IGG)
OF_IGG_KAPPA = MyelomaType(involved=KAPPA, isotypes=(IGG_KAPPA,))
DIRA = DrugBandTest.DIRA
DRUG = Band(isotype=IGG_KAPPA, owner=BandOwner.DRUG_PROVEN, drug_test=DIRA)
DRUGS = {BandOwner.DRUG_PROVEN, BandOwner.DRUG_SUSPECTED}
RECOVERY = Band(isotype=IGA_LAMBDA, owner=BandOwner.OTHER_ISOTYPE)


@pytest.mark.parametrize(
    ("ife", "marrow", "category"),
    [
        pytest.param("--", "4.9", "CR", id="all shown"),
        pytest.param("--", 5, "VGPR", id="marrow of 5 % is not below 5 %"),
        pytest.param("--", "<5", "CR", id="below a limit of 5 %, which is excluded"),
        pytest.param("--", "<=5", "VGPR", id="at most 5 % may be 5 %"),
        pytest.param("--", "<5.1", "VGPR", id="below a limit above 5 % may be 5 %"),
        pytest.param("--", "<4", "CR", id="below a limit of less than 5 %"),
        pytest.param("--", None, "VGPR", id="no marrow"),
        pytest.param("+-", 1, "VGPR", id="serum immunofixation positive"),
        pytest.param("-+", 1, "VGPR", id="urine immunofixation positive"),
        pytest.param("-.", 1, "VGPR", id="urine immunofixation missing"),
        pytest.param(".-", 1, "VGPR", id="serum immunofixation missing"),
    ],
)
def test_cr_asks_for_both_immunofixations_and_marrow(ife: str, marrow: Any, category: str) -> None:
    assert read(START, visit(28, 0, 0, ife=ife, marrow=marrow)).categories == [category]


@pytest.mark.parametrize(
    ("chains", "clonality", "category"),
    [
        pytest.param((10, 10), ABSENT, "sCR", id="all shown"),
        pytest.param(("16.5", 10), ABSENT, "sCR", id="1.65 is normal"),
        pytest.param(("16.51", 10), ABSENT, "CR", id="above 1.65"),
        pytest.param(("2.6", 10), ABSENT, "sCR", id="0.26 is normal"),
        pytest.param(("2.59", 10), ABSENT, "CR", id="below 0.26"),
        pytest.param((None, None), ABSENT, "CR", id="chains missing"),
        pytest.param(("<3", "<3"), ABSENT, "CR", id="both suppressed: ratio unknown"),
        pytest.param((10, 10), None, "CR", id="clonality not tested"),
        pytest.param((10, 10), PRESENT, "CR", id="clonal plasma cells"),
    ],
)
def test_scr_asks_for_ratio_and_clonality(
    chains: tuple[Any, Any], clonality: Clonality | None, category: str
) -> None:
    kappa, lambda_ = chains
    today = visit(28, 0, 0, ife="--", marrow=1, clonality=clonality, kappa=kappa, lambda_=lambda_)
    assert read(START, today, involved=KAPPA).categories == [category]


def test_an_unknown_ratio_that_alone_blocks_scr_is_flagged() -> None:
    today = visit(28, 0, 0, ife="--", marrow=1, clonality=ABSENT, kappa="<3", lambda_="<3")
    last = read(START, today, involved=KAPPA).last
    assert {"ratio_unknown", "scr_blocked_by_ratio"} <= set(last.flags)
    assert last.ceiling == "sCR"
    clonal = visit(28, 0, 0, ife="--", marrow=1, clonality=PRESENT, kappa="<3", lambda_="<3")
    assert "scr_blocked_by_ratio" not in read(START, clonal, involved=KAPPA).last.flags
    untested = visit(28, 0, 0, ife="--", marrow=1, kappa="<3", lambda_="<3")
    assert "scr_blocked_by_ratio" not in read(START, untested, involved=KAPPA).last.flags


@pytest.mark.parametrize(
    ("kappa", "lambda_", "category"),
    [("<19.4", "<26.3", "sCR"), ("<19.5", "<26.3", "CR"), ("<19.4", "<26.4", "CR")],
)
def test_two_suppressed_chains_may_count_as_normal(kappa: str, lambda_: str, category: str) -> None:
    policy = ImwgPolicy(both_flc_suppressed="normal_if_both_le_uln")
    today = visit(28, 0, 0, ife="--", marrow=1, clonality=ABSENT, kappa=kappa, lambda_=lambda_)
    assert read(START, today, involved=KAPPA, policy=policy).categories == [category]


def test_light_chain_disease_asks_for_a_normal_ratio_for_cr() -> None:
    start = visit(-10, 0, 0, ife="+-", kappa=500, lambda_=10)
    for kappa, category in ((16, "CR"), (17, "VGPR")):
        today = visit(28, 0, 0, ife="--", marrow=1, kappa=kappa, lambda_=10)
        assert read(start, today, involved=KAPPA).categories == [category]


@pytest.mark.parametrize(
    ("lesions", "category"),
    [
        pytest.param({"a": (0, 0)}, "CR", id="gone"),
        pytest.param({"a": (3, 2)}, "VGPR", id="still visible"),
        pytest.param({"a": (3, 0)}, "VGPR", id="one diameter left"),
        pytest.param(None, "SD", id="not imaged again"),
    ],
)
def test_cr_asks_for_plasmacytomas_to_be_gone(lesions: Any, category: str) -> None:
    start = visit(-10, 4, 0, lesions={"a": (40, 25)})
    today = visit(28, 0, 0, ife="--", marrow=1, lesions=lesions)
    assert read(start, today).categories == [category]


def test_gone_plasmacytomas_are_carried_forward() -> None:
    found = read(
        visit(-10, 4, 0, lesions={"a": (40, 25)}),
        visit(28, 0, 0, ife="--", marrow=1, lesions={"a": (0, 0)}),
        visit(56, 0, 0, ife="--"),
    )
    assert found.categories == ["CR", "CR"]
    carried = {one.component: one.collected_on for one in found.last.carried_forward}
    assert carried == {
        Component.MARROW_PLASMA_CELLS: on_day(28),
        Component.PLASMACYTOMAS: on_day(28),
    }


@pytest.mark.parametrize(
    ("marrow_day", "category"),
    [
        pytest.param(126, "CR", id="42 days before the first negative sample"),
        pytest.param(125, "VGPR", id="43 days before it"),
    ],
)
def test_a_marrow_supports_cr_for_42_days(marrow_day: int, category: str) -> None:
    early = visit(marrow_day, 1, 0, ife="+-", marrow=2)
    assert read(START, early, visit(168, 0, 0, ife="--")).last.category == category


def test_the_window_is_reckoned_from_the_first_negative_sample() -> None:
    def negative(day: int, sampled: int) -> Any:
        fixation = Immunofixation(
            result=ImmunofixationResult.NEGATIVE, collected_on=on_day(sampled)
        )
        return visit(day, 0, 0, serum_immunofixation=fixation, urine_immunofixation=fixation)

    early = visit(124, 1, 0, ife="+-", marrow=2)
    assert read(START, early, negative(168, 166)).last.category == "CR"
    assert read(START, early, negative(168, 167)).last.category == "VGPR"
    assert read(START, early, negative(168, 166), negative(196, 196)).last.category == "CR"


def test_the_marrow_window_may_be_another_or_none() -> None:
    course = [START, visit(28, 1, 0, ife="+-", marrow=2), visit(168, 0, 0, ife="--")]
    assert read(*course).last.category == "VGPR"
    assert read(*course, policy=ImwgPolicy(marrow_window_days=140)).last.category == "CR"
    assert read(*course, policy=ImwgPolicy(marrow_window_days="any")).last.category == "CR"


@pytest.mark.parametrize(
    ("between", "category"),
    [
        pytest.param("--", "CR", id="still negative"),
        pytest.param("-.", "CR", id="one missing does not end the run"),
        pytest.param("..", "CR", id="both missing do not end it"),
        pytest.param("+-", "VGPR", id="a positive one ends it"),
        pytest.param("-+", "VGPR", id="a positive one in urine ends it"),
    ],
)
def test_a_run_of_negative_immunofixations_keeps_its_marrow(between: str, category: str) -> None:
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=2),
        visit(90, 0, 0, ife=between),
        visit(120, 0, 0, ife="--"),
    )
    assert found.last.category == category


def test_a_marrow_stands_until_the_next() -> None:
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=2),
        visit(56, 0, 0, ife="--", marrow=6),
        visit(84, 0, 0, ife="--"),
        visit(112, 0, 0, ife="--", marrow=1),
    )
    assert found.categories == ["CR", "VGPR", "VGPR", "CR"]


@pytest.mark.parametrize(
    ("own", "other", "category"),
    [pytest.param(2, 6, "CR", id="the lower"), pytest.param(6, 2, "VGPR", id="the higher")],
)
def test_of_two_marrows_of_one_day_the_visits_own_stands(
    own: int, other: int, category: str
) -> None:
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=own),
        visit(35, 0, 0, ife="--", marrow=other, marrow_day=28),
    )
    assert found.categories[0] == category


@pytest.mark.parametrize(
    ("imaged_day", "category"),
    [pytest.param(28, "CR", id="of the day"), pytest.param(29, "VGPR", id="of the day after")],
)
def test_imaging_of_another_evaluation_counts_from_its_own_day(
    imaged_day: int, category: str
) -> None:
    start = visit(-10, 4, 0, ife="+-", lesions={"a": (30, 20), "b": (10, 10)})
    found = read(
        start,
        visit(21, lesions={"a": (5, 5), "b": (0, 0)}),
        visit(28, 0, 0, ife="--", marrow=1),
        visit(42, lesions={"a": (0, 0), "b": (0, 0)}, imaged_day=imaged_day),
    )
    assert found.categories[1] == category


def test_plasmacytomas_are_left_by_the_visits_own_imaging_and_not_known_by_another() -> None:
    start = visit(-10, 4, 0, ife="+-", lesions={"a": (30, 20)})
    left = {"a": (5, 5)}
    own, carried = (
        found.not_shown[0] if found.not_shown else None
        for found in read(
            start,
            visit(28, 0, 0, ife="--", marrow=1, lesions=left),
            visit(56, 0, 0, ife="--", marrow=1),
        ).course.visits
    )
    assert own is None, "CR is refused, not unproven"
    assert carried is not None
    assert Component.PLASMACYTOMAS in carried.missing


def test_no_marrow_is_looked_for_ahead() -> None:
    found = read(START, visit(28, 0, 0, ife="--"), visit(56, None, None, marrow=1))
    assert found.categories == ["VGPR", "NE"]


def test_a_marrow_before_infusion_supports_no_cr() -> None:
    today = visit(5, 0, 0, ife="--", marrow=1, marrow_day=0)
    assert read(START, today).last.category == "VGPR"
    assert read(START, visit(5, 0, 0, ife="--", marrow=1, marrow_day=1)).last.category == "CR"


def test_clonality_travels_with_its_marrow() -> None:
    chains = {"kappa": 10, "lambda_": 10}
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=1, clonality=ABSENT, **chains),
        visit(56, 0, 0, ife="--", **chains),
        visit(84, 0, 0, ife="--", marrow=1, **chains),
    )
    assert found.categories == ["sCR", "sCR", "CR"]


@pytest.mark.parametrize(
    ("marrow_day", "assessed_day", "category"),
    [
        pytest.param(38, 38, "CR", id="10 days after the blood"),
        pytest.param(56, 56, "CR", id="28 days after, the last day that belongs"),
        pytest.param(57, 28, "VGPR", id="29 days after: not of this evaluation"),
        pytest.param(14, 28, "CR", id="14 days before, the first day that belongs"),
        pytest.param(13, 28, "CR", id="15 days before: carried forward"),
    ],
)
def test_a_marrow_near_the_blood_belongs_to_its_evaluation(
    marrow_day: int, assessed_day: int, category: str
) -> None:
    last = read(START, visit(28, 0, 0, ife="--", marrow=1, marrow_day=marrow_day)).last
    assert (last.category, last.assessed_on) == (category, on_day(assessed_day))
    carried = [one.collected_on for one in last.carried_forward]
    assert carried == ([on_day(13)] if marrow_day == 13 else [])


def test_marrow_only_disease_keeps_its_cr_without_a_second_marrow() -> None:
    start = visit(-10, 0, 0, ife="--", marrow=60)
    found = read(
        start, visit(28, 0, 0, ife="--", marrow=2), visit(56, 0, 0, ife="--"), visit(84, 0, 0)
    )
    assert found.categories == ["CR", "CR", "NE"]


def test_circulating_cells_define_no_complete_response() -> None:
    today = visit(28, 0, 0, ife="--", marrow=1, circulating=0)
    assert read(visit(-10, 0, 0, circulating=300), today).categories == ["SD"]


@pytest.mark.parametrize(
    ("s", "u", "category"),
    [("0.08", 0, "VGPR"), (0, 50, "VGPR"), ("<0.1", 0, "CR"), (0, "<40", "CR")],
)
def test_a_quantified_spike_contradicts_a_negative_immunofixation(
    s: Any, u: Any, category: str
) -> None:
    last = read(START, visit(28, s, u, ife="--", marrow=1)).last
    assert last.category == category
    assert ("spike_with_negative_immunofixation" in last.flags) is (category != "CR")


@pytest.mark.parametrize(
    ("owner", "beside", "category"),
    [
        pytest.param(BandOwner.DRUG_PROVEN, [DRUG], "CR", id="a drug beside its proven band"),
        pytest.param(BandOwner.OTHER_ISOTYPE, [RECOVERY], "CR", id="another isotype beside it"),
        pytest.param(BandOwner.DRUG_PROVEN, [RECOVERY], "CR", id="beside a band not the patient's"),
        pytest.param(BandOwner.DRUG_PROVEN, [], "VGPR", id="a drug beside no band"),
        pytest.param(BandOwner.OTHER_ISOTYPE, [], "VGPR", id="another isotype beside no band"),
        pytest.param(BandOwner.DRUG_SUSPECTED, [], "VGPR", id="suspected"),
        pytest.param(BandOwner.DRUG_SUSPECTED, [RECOVERY], "CR", id="suspected, no own band"),
        pytest.param(BandOwner.ORIGINAL, [RECOVERY], "VGPR", id="called the patient's"),
        pytest.param(None, [], "VGPR", id="not said, beside no band"),
        pytest.param(None, [RECOVERY], "CR", id="not said, and no band is the patient's"),
    ],
)
def test_a_spike_of_another_protein_counts_as_0(
    owner: BandOwner | None, beside: list[Band], category: str
) -> None:
    spike = SerumMProtein(value=D("0.08"), unit="g/dL", owner=owner)
    ife = "+-" if beside else "--"
    today = visit(28, u=0, ife=ife, bands=beside, marrow=1, serum_m_protein=spike)
    assert read(START, today, myeloma=OF_IGG_KAPPA).last.category == category


def test_a_spike_of_another_protein_is_no_progression_and_no_level() -> None:
    for value in ("0.7", "2.0"):
        drug = SerumMProtein(value=D(value), unit="g/dL", owner=BandOwner.DRUG_PROVEN)
        today = visit(56, u=0, ife="+-", bands=[DRUG], serum_m_protein=drug)
        found = read(START, visit(28, 0, 0, ife="--"), today, myeloma=OF_IGG_KAPPA)
        assert found.categories == ["VGPR", "VGPR"]


def test_beside_both_bands_a_spike_is_whose_it_is_called() -> None:
    own = Band(isotype=IGG_KAPPA)
    for owner, category in (
        (BandOwner.OTHER_ISOTYPE, "VGPR"),
        (BandOwner.DRUG_PROVEN, "VGPR"),
        (BandOwner.DRUG_SUSPECTED, "PD"),
        (None, "PD"),
    ):
        spike = SerumMProtein(value=D("0.7"), unit="g/dL", owner=owner)
        today = visit(56, u=0, ife="+-", bands=[own, RECOVERY], serum_m_protein=spike)
        found = read(START, visit(28, 0, 0, ife="--"), today, myeloma=OF_IGG_KAPPA)
        assert found.last.category == category


def test_a_spike_called_another_protein_is_the_patients_beside_no_such_band() -> None:
    drug = SerumMProtein(value=D("0.7"), unit="g/dL", owner=BandOwner.DRUG_PROVEN)
    for ife in ("", "--"):
        today = visit(56, u=0, ife=ife, serum_m_protein=drug)
        found = read(START, visit(28, 0, 0, ife="--"), today, myeloma=OF_IGG_KAPPA)
        assert found.categories == ["VGPR", "PD"]
        assert [one.code for one in found.last.questions] == ["SPIKE-OWNER-UNPROVEN"]
    urine = UrineMProtein(value=D(300), unit="mg/(24.h)", owner=BandOwner.OTHER_ISOTYPE)
    assert read(START, visit(28, 0, 0), visit(56, 0, urine_m_protein=urine)).last.category == "PD"


@pytest.mark.parametrize(
    ("band", "original", "is_it"),
    [
        pytest.param(IGG_KAPPA, IGG_KAPPA, True, id="the same"),
        pytest.param(IGG_LAMBDA, IGG_KAPPA, False, id="another light chain"),
        pytest.param(IGA_LAMBDA, IGG_LAMBDA, False, id="another heavy chain"),
        pytest.param(FREE_KAPPA, IGG_KAPPA, True, id="free light chain of its type"),
        pytest.param(IGG_KAPPA, FREE_KAPPA, False, id="a heavy chain in light chain myeloma"),
        pytest.param(Isotype(), IGG_KAPPA, True, id="chains not told"),
        pytest.param(Isotype(light_chain=KAPPA), IGG_KAPPA, True, id="heavy chain not told"),
        pytest.param(IGG_KAPPA, Isotype(), True, id="original not told"),
        pytest.param(
            IGG_KAPPA,
            Isotype(heavy_chain=HeavyChain.NON_SECRETORY, light_chain=KAPPA),
            True,
            id="a first band in non-secretory myeloma",
        ),
    ],
)
def test_a_band_is_the_myeloma_unless_its_chains_differ(
    band: Isotype, original: Isotype, is_it: bool
) -> None:
    assert bands.is_the_myeloma(Band(isotype=band), [original]) is is_it


@pytest.mark.parametrize(
    ("band", "originals", "is_it"),
    [
        (Band(owner=BandOwner.DRUG_PROVEN, drug_test=DIRA), [IGG_KAPPA], False),
        (DRUG, [IGG_KAPPA], False),
        (Band(isotype=IGG_KAPPA, owner=BandOwner.DRUG_PROVEN), [IGG_KAPPA], True),
        (Band(isotype=IGG_KAPPA, owner=BandOwner.DRUG_PROVEN), [IGA_LAMBDA], False),
        (Band(isotype=IGG_KAPPA, owner=BandOwner.DRUG_SUSPECTED), [IGG_KAPPA], True),
        (Band(isotype=IGG_KAPPA, owner=BandOwner.DRUG_SUSPECTED), [IGA_LAMBDA], False),
        (Band(isotype=IGG_KAPPA, owner=BandOwner.OTHER_ISOTYPE), [], False),
        (Band(isotype=IGG_KAPPA, owner=BandOwner.OTHER_ISOTYPE), [IGG_KAPPA], True),
        (Band(isotype=IGG_LAMBDA, owner=BandOwner.OTHER_ISOTYPE), [IGG_KAPPA], False),
        (Band(isotype=FREE_KAPPA, owner=BandOwner.OTHER_ISOTYPE), [IGG_KAPPA], True),
        (Band(isotype=IGG_ALONE, owner=BandOwner.OTHER_ISOTYPE), [IGG_KAPPA], False),
        (Band(isotype=IGG_LAMBDA, owner=BandOwner.ORIGINAL), [IGG_KAPPA], True),
        (Band(isotype=IGG_LAMBDA), [], True),
        (Band(isotype=IGG_LAMBDA), [IGG_KAPPA, IGG_LAMBDA], True),
        (Band(isotype=IGA_LAMBDA), [IGG_KAPPA, IGG_LAMBDA], False),
    ],
)
def test_what_the_centre_recorded_of_a_band_counts(
    band: Band, originals: list[Isotype], is_it: bool
) -> None:
    assert bands.is_the_myeloma(band, originals) is is_it


@pytest.mark.parametrize(
    ("owner", "isotype", "category"),
    [
        pytest.param(BandOwner.DRUG_PROVEN, IGG_KAPPA, "VGPR", id="drug, no test named"),
        pytest.param(BandOwner.DRUG_SUSPECTED, IGG_KAPPA, "VGPR", id="drug, suspected"),
        pytest.param(None, IGG_LAMBDA, "CR", id="oligoclonal recovery"),
        pytest.param(None, IGG_KAPPA, "VGPR", id="the original band"),
    ],
)
def test_cr_looks_through_bands_that_are_not_the_myeloma(
    owner: BandOwner | None, isotype: Isotype, category: str
) -> None:
    band = Band(isotype=isotype, owner=owner)
    myeloma = MyelomaType(involved=KAPPA, isotypes=(IGG_KAPPA,))
    today = visit(28, 0, 0, ife="+-", bands=[band], marrow=1)
    last = read(START, today, myeloma=myeloma).last
    assert last.category == category
    assert ("unproven_drug_band" in last.flags) is (owner in DRUGS)


def test_the_isotype_is_read_from_the_baseline_where_enrolment_left_it_open() -> None:
    start = visit(-10, 4, 0, ife="+-", bands=[Band(isotype=IGG_KAPPA)])
    today = visit(28, 0, 0, ife="+-", bands=[Band(isotype=IGA_LAMBDA)], marrow=1)
    assert read(start, today).last.category == "CR"
    assert read(START, today).last.category == "VGPR"


def test_the_original_isotypes_are_those_of_bands_that_are_the_myelomas() -> None:
    def fixation(*found: Band, spurious: bool = False) -> Immunofixation:
        return Immunofixation(result=ImmunofixationResult.POSITIVE, bands=found, spurious=spurious)

    untold, lambda_only = Band(), Band(isotype=Isotype(light_chain=LAMBDA))
    original = Band(isotype=IGA_LAMBDA, owner=BandOwner.ORIGINAL)
    suspected = Band(isotype=FREE_KAPPA, owner=BandOwner.DRUG_SUSPECTED)
    start = visit(
        -10,
        serum_immunofixation=fixation(DRUG, untold, lambda_only, RECOVERY),
        urine_immunofixation=fixation(suspected, original),
    )
    assert bands.own_isotypes([IGG_KAPPA], start) == (IGG_KAPPA, lambda_only.isotype, IGA_LAMBDA)
    assert bands.own_isotypes([], start) == (lambda_only.isotype, IGA_LAMBDA)
    wrong = visit(-10, serum_immunofixation=fixation(original, spurious=True))
    assert bands.own_isotypes([], wrong) == ()


def test_a_spurious_immunofixation_is_none() -> None:
    wrong = Immunofixation(result=ImmunofixationResult.POSITIVE, spurious=True)
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=1),
        visit(90, 0, 0, ife=".-", serum_immunofixation=wrong),
        visit(120, 0, 0, ife="--"),
    )
    assert found.categories == ["CR", "VGPR", "CR"]


def percent(value: Any, **more: Any) -> MeasuredValue:
    return MeasuredValue(value=D(value), unit="%", **more)


@pytest.mark.parametrize(
    ("marrow", "details", "category"),
    [
        pytest.param(
            Marrow(aspirate=percent(2), biopsy=percent(6)), {}, "VGPR", id="the higher stands"
        ),
        pytest.param(
            Marrow(aspirate=percent(2), biopsy=percent(6)),
            {"marrow_sample": "aspirate"},
            "CR",
            id="the aspirate, where asked",
        ),
        pytest.param(
            Marrow(aspirate=percent(2), biopsy=percent(6, spurious=True)), {}, "CR", id="spurious"
        ),
        pytest.param(Marrow(biopsy=percent(2)), {"marrow_sample": "aspirate"}, "CR", id="alone"),
        pytest.param(Marrow(), {}, "VGPR", id="plasma cells not counted"),
    ],
)
def test_the_plasma_cell_count_that_stands(
    marrow: Marrow, details: dict[str, Any], category: str
) -> None:
    today = replace(visit(28, 0, 0, ife="--"), marrow=marrow)
    assert read(START, today, details=ImwgDetails(**details)).last.category == category


@pytest.mark.parametrize(
    ("marrow", "details", "category"),
    [
        pytest.param({"kappa_cells": 80, "lambda_cells": 20, "cells_counted": 100}, {}, "sCR"),
        pytest.param({"kappa_cells": 81, "lambda_cells": 20, "cells_counted": 101}, {}, "CR"),
        pytest.param({"clonality": ABSENT, "cells_counted": 99}, {}, "CR"),
        pytest.param({"clonality": ABSENT, "cells_counted": 100}, {}, "sCR"),
        pytest.param(
            {"clonality": ABSENT, "clonality_method": ClonalityMethod.FLOW_CYTOMETRY}, {}, "sCR"
        ),
        pytest.param(
            {"clonality": ABSENT, "clonality_method": ClonalityMethod.FLOW_CYTOMETRY},
            {"clonality": "ihc_only"},
            "CR",
        ),
    ],
)
def test_clonality_is_judged_by_its_method(
    marrow: dict[str, Any], details: dict[str, Any], category: str
) -> None:
    today = replace(
        visit(28, 0, 0, ife="--", kappa=10, lambda_=10),
        marrow=Marrow(aspirate=percent(1), **marrow),
    )
    found = read(START, today, involved=KAPPA, details=ImwgDetails(**details))
    assert found.last.category == category
