"""Measurable disease, its track, and the involved light chain."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import Imaging, Lesion, MrdSample, NewLesion
from app.services.criteria.imwg.light_chains import (
    LightChains,
    RatioState,
    involved_chain,
    ratio_state,
)
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LesionKind, LightChain, MrdMethod, MrdResult
from app.vocabularies.laboratory import Comparator
from tests.services.criteria.imwg_courses import on_day, read, visit

D = Decimal
KAPPA, LAMBDA = LightChain.KAPPA, LightChain.LAMBDA


@pytest.mark.parametrize(
    ("baseline", "track"),
    [
        pytest.param({"s": 1}, Track.SERUM_URINE, id="serum of exactly 1 g/dL"),
        pytest.param({"s": "0.99"}, Track.NONE, id="serum under 1 g/dL"),
        pytest.param({"s": "<1.5"}, Track.NONE, id="serum below a limit counts as 0"),
        pytest.param({"s": 1, "spurious": ["s"]}, Track.NONE, id="a spurious value"),
        pytest.param({"u": 200}, Track.SERUM_URINE, id="urine of exactly 200 mg"),
        pytest.param({"u": "199.9"}, Track.NONE, id="urine under 200 mg"),
        pytest.param({"kappa": 100, "lambda_": 10}, Track.FREE_LIGHT_CHAINS, id="100 mg/L"),
        pytest.param({"kappa": "99.9", "lambda_": 10}, Track.NONE, id="under 100 mg/L"),
        pytest.param({"kappa": 100, "lambda_": 61}, Track.NONE, id="a normal ratio, 1.64"),
        pytest.param({"kappa": 100, "lambda_": 60}, Track.FREE_LIGHT_CHAINS, id="1.67"),
        pytest.param({"kappa": 100, "lambda_": 500}, Track.NONE, id="the other chain is raised"),
        pytest.param({"marrow": 30}, Track.MARROW, id="marrow of exactly 30 %"),
        pytest.param({"marrow": "29.9"}, Track.NONE, id="marrow under 30 %"),
        pytest.param({"lesions": {"a": (20, 5)}}, Track.PLASMACYTOMA, id="lesion of 20 mm"),
        pytest.param({"lesions": {"a": ("19.9", 15)}}, Track.NONE, id="lesion under 20 mm"),
        pytest.param({"circulating": 200}, Track.CIRCULATING_PLASMA_CELLS, id="200 cells"),
        pytest.param({"circulating": 199}, Track.NONE, id="under 200 cells"),
        pytest.param({"s": 1, "kappa": 500, "lambda_": 1}, Track.SERUM_URINE, id="serum first"),
        pytest.param(
            {"kappa": 500, "lambda_": 1, "marrow": 60}, Track.FREE_LIGHT_CHAINS, id="then chains"
        ),
        pytest.param({"marrow": 60, "lesions": {"a": (30, 20)}}, Track.MARROW, id="then marrow"),
        pytest.param(
            {"lesions": {"a": (30, 20)}, "circulating": 900}, Track.PLASMACYTOMA, id="then lesions"
        ),
    ],
)
def test_the_track_is_the_first_measure_that_is_measurable(
    baseline: dict[str, Any], track: Track
) -> None:
    assert read(visit(-10, **baseline), involved=KAPPA).course.measurable.track is track


def test_nothing_is_measurable_without_a_baseline() -> None:
    assert read(None).course.measurable.track is Track.NONE


@pytest.mark.parametrize(
    ("long", "short", "size", "measurable"),
    [(20, 9, 20, True), (20, 9, 10, False), (15, 10, 10, True), (15, 10, 20, False)],
)
def test_a_lesion_is_measurable_by_its_longest_diameter_or_its_short_axis(
    long: int, short: int, size: Any, measurable: bool
) -> None:
    found = read(
        visit(-10, lesions={"a": (long, short)}), policy=ImwgPolicy(measurable_lesion_mm=size)
    )
    assert found.course.measurable.plasmacytoma is measurable


@pytest.mark.parametrize(
    ("kind", "irradiated_day", "measurable"),
    [
        pytest.param(LesionKind.EXTRAMEDULLARY, None, True, id="extramedullary"),
        pytest.param(LesionKind.PARASKELETAL, None, True, id="paraskeletal"),
        pytest.param(LesionKind.BONE, None, False, id="a bone lesion is no plasmacytoma"),
        pytest.param(LesionKind.EXTRAMEDULLARY, -40, True, id="irradiated before it was measured"),
        pytest.param(LesionKind.EXTRAMEDULLARY, -31, True, id="irradiated the day before"),
        pytest.param(LesionKind.EXTRAMEDULLARY, -30, False, id="irradiated the same day"),
        pytest.param(LesionKind.EXTRAMEDULLARY, -20, False, id="irradiated since"),
    ],
)
def test_an_irradiated_or_bone_lesion_is_not_measurable(
    kind: LesionKind, irradiated_day: int | None, measurable: bool
) -> None:
    lesion = Lesion(
        lesion_id="a",
        kind=kind,
        long_mm=D(30),
        short_mm=D(20),
        irradiated_on=on_day(irradiated_day),
    )
    imaged = Imaging(lesions=(lesion,), imaged_on=on_day(-30))
    found = read(visit(-10, imaging=imaged)).course
    assert found.measurable.plasmacytoma is measurable


def chains(kappa: str, lambda_: str) -> LightChains:
    def bounds(text: str) -> Bounds:
        sign = Comparator(text[0]) if text[0] in "<>" else None
        return Bounds.of(D(text.lstrip("<>")), sign)

    return LightChains(bounds(kappa), bounds(lambda_))


@pytest.mark.parametrize(
    ("kappa", "lambda_", "state"),
    [
        pytest.param("16.5", "10", "normal", id="1.65"),
        pytest.param("16.51", "10", "high", id="above 1.65"),
        pytest.param("2.6", "10", "normal", id="0.26"),
        pytest.param("2.59", "10", "low", id="below 0.26"),
        pytest.param("8", "<1.3", "high", id="above 6.1, whatever lambda is"),
        pytest.param("2", "<1.3", "unknown", id="above 1.54: not decided"),
        pytest.param("<0.6", "10", "low", id="below 0.06"),
        pytest.param("<6", "10", "unknown", id="below 0.6: not decided"),
        pytest.param("<0.6", "<1.3", "unknown", id="both below their limits"),
        pytest.param("0", "0", "unknown", id="both zero: nothing is divided"),
        pytest.param("10", "0", "high", id="lambda zero: nothing is divided"),
        pytest.param("0", "10", "low", id="kappa zero"),
        pytest.param(">200", "10", "high", id="above its upper limit"),
        pytest.param(">12", "10", "unknown", id="above 1.2: not decided"),
        pytest.param("10", ">500", "low", id="lambda above its upper limit"),
    ],
)
def test_the_ratio_is_a_bound_where_a_chain_is(kappa: str, lambda_: str, state: str) -> None:
    assert ratio_state(chains(kappa, lambda_), USUAL_DETAILS) == state


def test_the_normal_range_may_be_the_laboratorys() -> None:
    renal = ImwgDetails(ratio_low=D("0.37"), ratio_high=D("3.1"))
    assert ratio_state(chains("31", "10"), renal) is RatioState.NORMAL
    assert ratio_state(chains("3.6", "10"), renal) is RatioState.LOW


@pytest.mark.parametrize(
    ("enrolment", "baseline", "involved"),
    [
        pytest.param(LAMBDA, ("500", "10"), LAMBDA, id="the enrolment record's first"),
        pytest.param(None, ("500", "10"), KAPPA, id="the raised chain: kappa"),
        pytest.param(None, ("10", "500"), LAMBDA, id="the raised chain: lambda"),
        pytest.param(None, ("12", "10"), None, id="a normal ratio tells nothing"),
        pytest.param(None, ("<1", "<1"), None, id="an unknown ratio tells nothing"),
        pytest.param(None, None, None, id="nothing measured"),
        pytest.param(KAPPA, None, KAPPA, id="recorded, nothing measured"),
    ],
)
def test_the_involved_chain_is_fixed_at_baseline(
    enrolment: LightChain | None,
    baseline: tuple[str, str] | None,
    involved: LightChain | None,
) -> None:
    measured = chains(*baseline) if baseline else None
    assert involved_chain(enrolment, measured, USUAL_DETAILS) is involved


def test_no_light_chain_rule_is_read_without_an_involved_chain() -> None:
    found = read(
        visit(-10, 0, 0, kappa=12, lambda_=10),
        visit(28, 0, 0, kappa=12, lambda_=10),
        visit(56, 0, 0, kappa=900, lambda_=10),
    )
    assert found.categories == ["NE", "NE"]


@pytest.mark.parametrize(
    ("kappa", "lambda_", "flagged"),
    [
        pytest.param(100, 500, True, id="raised to the other side"),
        pytest.param(500, 10, False, id="raised to the recorded side"),
        pytest.param(12, 10, False, id="normal"),
    ],
)
def test_a_ratio_raised_to_the_other_side_than_recorded_is_flagged(
    kappa: int, lambda_: int, flagged: bool
) -> None:
    found = read(visit(-10, 2, 0, kappa=kappa, lambda_=lambda_), visit(28, 1, 0), involved=KAPPA)
    assert ("involved_chain_contradicted" in found.last.flags) is flagged


def test_values_of_the_infusion_day_and_before_it_are_no_response() -> None:
    found = read(visit(-10, 4, 0), visit(-3, 1, 0), visit(0, "0.3", 0), visit(1, "1.6", 0))
    assert [one.anchor for one in found.course.visits] == [on_day(1)]
    assert found.categories == ["PR"]


def test_nothing_collected_after_the_cutoff_is_looked_at() -> None:
    course = [
        visit(-10, 4, 0),
        visit(28, 0, 0, ife="--", marrow=1, marrow_day=38),
        visit(56, 2, 0, new_lesion=True),
    ]
    assert read(*course).categories == ["CR", "PD"]
    on_38, on_37 = on_day(38), on_day(37)
    assert on_38 is not None
    assert on_37 == on_38 - timedelta(days=1)
    assert read(*course, until=on_38).categories == ["CR"]
    assert read(*course, until=on_37).categories == ["VGPR"]
    assert read(*course, until=on_day(28)).categories == ["VGPR"]
    assert read(*course, until=on_day(27)).categories == []
    assert read(*course, until=on_day(56)).last.rules == ("P-S", "P-L1")


def test_each_part_of_an_evaluation_is_known_from_its_own_day() -> None:
    sample = MrdSample(method=MrdMethod.NGF, result=MrdResult.NEGATIVE, sensitivity=D("1e-5"))
    late = NewLesion(kind=LesionKind.BONE, found_on=on_day(40))
    today = visit(28, 1, 0, marrow=1, marrow_day=38, mrd=sample, new_lesions=(late,))
    for day, sampled, category in ((37, False, "PR"), (38, True, "PR"), (40, True, "PD")):
        last = read(visit(-10, 4, 0), today, until=on_day(day)).last
        assert (last.mrd is not None, last.category) == (sampled, category)
