"""Quantitative IgA and IgD in the place of electrophoresis.

Source of the cases: the trial's reading U6 of IMWG 2016; RC-10, RC-12 and RC-14 of its changed
rules.
"""

from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg import quantitative_immunoglobulin
from app.services.criteria.imwg.evaluation import (
    Band,
    Isotype,
    QuantitativeImmunoglobulin,
    SerumMProteinOfIsotype,
)
from app.services.criteria.imwg.usable import MyelomaType
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import HeavyChain, LightChain
from tests.services.criteria.imwg_courses import Read, measured, read, visit

D = Decimal
KAPPA, LAMBDA = LightChain.KAPPA, LightChain.LAMBDA
IGA_KAPPA = Isotype(heavy_chain=HeavyChain.IGA, light_chain=KAPPA)
IGD_LAMBDA = Isotype(heavy_chain=HeavyChain.IGD, light_chain=LAMBDA)
IGG_KAPPA = Isotype(heavy_chain=HeavyChain.IGG, light_chain=KAPPA)


def amount(
    value: Any, heavy: HeavyChain = HeavyChain.IGA, unit: str = "mg/dL", **more: Any
) -> QuantitativeImmunoglobulin:
    found: QuantitativeImmunoglobulin = measured(
        value, unit, QuantitativeImmunoglobulin, heavy_chain=heavy, **more
    )
    return found


def iga(day: int, value: Any, s: Any = None, u: Any = 0, ife: str = ".-", **more: Any) -> Any:
    return visit(day, s, u, ife=ife, immunoglobulin=amount(value), **more)


def course(*visits: Any, policy: ImwgPolicy | None = None, own: Isotype = IGA_KAPPA) -> Read:
    myeloma = MyelomaType(involved=own.light_chain, isotypes=(own,))
    return read(*visits, myeloma=myeloma, policy=policy or ImwgPolicy())


def test_rc_10_a_subject_without_electrophoresis_is_followed_by_the_class() -> None:
    found = course(iga(-10, 4200), iga(28, 300), iga(56, 280), iga(84, 1500), iga(112, 1700))
    assert found.categories == ["VGPR", "VGPR", "PD", "PD"]
    assert found.course.measurable.immunoglobulin is HeavyChain.IGA
    assert found.last.rules == ("P-S",)
    [finding] = found.last.progression
    assert (finding.component, finding.current, finding.nadir) == (
        "immunoglobulin",
        D(1700),
        (D(280), found.course.visits[1].assessed_on),
    )


@pytest.mark.parametrize(
    ("policy", "spep", "followed"),
    [
        ("iga_igd_when_spep_not_measurable", None, True),
        ("iga_igd_when_spep_not_measurable", "0.4", True),
        ("iga_igd_when_spep_not_measurable", "<1", True),
        ("iga_igd_when_spep_not_measurable", "0.99", True),
        ("iga_igd_when_spep_not_measurable", 1, False),
        ("iga_igd_when_spep_not_measurable", ">0.5", False),
        ("iga_igd_when_spep_not_done", None, True),
        ("iga_igd_when_spep_not_done", 0, False),
        ("iga_igd_when_spep_not_done", "0.4", False),
        ("iga_igd_always", 3, True),
        ("never", None, False),
    ],
)
def test_who_is_followed_by_the_class(policy: Any, spep: Any, *, followed: bool) -> None:
    found = course(iga(-10, 1500, spep), policy=ImwgPolicy(quantitative_immunoglobulin=policy))
    assert (found.course.measurable.immunoglobulin is not None) is followed


def test_rc_14_what_is_measured_and_followed_by_nothing_is_track_none() -> None:
    baseline, later = iga(-10, 1500, "0.4"), iga(28, 600, "0.2")
    assert course(baseline, later).categories == ["PR"]
    policy = ImwgPolicy(quantitative_immunoglobulin="iga_igd_when_spep_not_done")
    found = course(baseline, later, policy=policy)
    assert (found.categories, found.last.track) == (["NE"], "none")


@pytest.mark.parametrize(
    ("own", "baseline", "followed"),
    [
        pytest.param(IGD_LAMBDA, amount(900, HeavyChain.IGD), True, id="IgD by IgD"),
        pytest.param(IGA_KAPPA, amount(900, HeavyChain.IGD), False, id="another class"),
        pytest.param(IGG_KAPPA, amount(4200, HeavyChain.IGG), False, id="IgG"),
        pytest.param(IGA_KAPPA, amount(4200, light_chain=KAPPA), False, id="heavy/light chain"),
        pytest.param(IGA_KAPPA, amount(4200, spurious=True), False, id="a laboratory error"),
        pytest.param(IGA_KAPPA, None, False, id="not measured"),
        pytest.param(Isotype(), amount(4200), False, id="the myeloma's class not known"),
    ],
)
def test_only_the_total_of_the_subjects_own_class_counts(
    own: Isotype, baseline: QuantitativeImmunoglobulin | None, *, followed: bool
) -> None:
    found = course(visit(-10, u=0, immunoglobulin=baseline), own=own)
    assert (found.course.measurable.immunoglobulin is not None) is followed


def test_every_own_heavy_chain_has_to_be_of_the_class() -> None:
    second = Band(isotype=IGG_KAPPA)
    found = course(iga(-10, 4200, ife="+-", bands=[Band(isotype=IGA_KAPPA), second]))
    assert found.course.measurable.immunoglobulin is None
    of_both = [Band(isotype=IGA_KAPPA), Band(isotype=IGD_LAMBDA)]
    found = course(iga(-10, 4200, ife="+-", bands=of_both))
    assert found.course.measurable.immunoglobulin is None


@pytest.mark.parametrize(
    ("value", "measurable"), [(750, True), ("749.9", False), ("<800", False), (">750", True)]
)
def test_it_is_measurable_from_750_mg_dl(value: Any, *, measurable: bool) -> None:
    assert course(iga(-10, value)).course.measurable.serum is measurable


def test_the_measurable_amount_is_the_trials() -> None:
    policy = ImwgPolicy.model_validate({"quantitative_ig_measurable": {"IgA": 400, "IgD": 750}})
    assert course(iga(-10, 400), policy=policy).course.measurable.serum


def test_units_are_those_of_laboratories() -> None:
    start = visit(-10, u=0, ife=".-", immunoglobulin=amount("7.5", unit="g/L"))
    found = course(start, visit(28, u=0, ife=".-", immunoglobulin=amount("0.375", unit="g/dL")))
    assert found.course.measurable.serum
    assert found.categories == ["PR"]


@pytest.mark.parametrize(
    ("value", "ife", "category"),
    [
        pytest.param(3151, "+-", "SD", id="just under 25 %"),
        pytest.param(3150, "+-", "MR", id="exactly 25 %"),
        pytest.param(2100, "+-", "PR", id="exactly 50 %"),
        pytest.param(421, "+-", "PR", id="just under 90 %"),
        pytest.param(420, "+-", "VGPR", id="exactly 90 %"),
        pytest.param(900, "--", "VGPR", id="no clone on immunofixation"),
        pytest.param(900, ".-", "PR", id="immunofixation not done"),
    ],
)
def test_the_levels_are_those_of_serum_and_immunofixation_shows_vgpr(
    value: Any, ife: str, category: str
) -> None:
    assert course(iga(-10, 4200), iga(28, value, ife=ife)).categories == [category]


@pytest.mark.parametrize(
    ("nadir", "current", "progressed"),
    [
        (60, 560, True),
        (60, 559, False),
        (4000, 4999, False),
        (4000, 5000, True),
        (5000, 6000, True),
        (5000, 5999, False),
        (4999, 5999, False),
    ],
)
def test_progression_in_mg_dl(nadir: int, current: int, *, progressed: bool) -> None:
    low, now = D(nadir), D(current)
    found = quantitative_immunoglobulin.progressed(nadir=low, current=now)
    high = quantitative_immunoglobulin.high_progressed(reference=low, nadir=low, current=now)
    assert (found or high) is progressed


@pytest.mark.parametrize(
    ("ife", "category", "codes"),
    [
        pytest.param("--", "VGPR", ["IG-RISE-IFE-NEGATIVE"], id="RC-12 no clone: polyclonal"),
        pytest.param("+-", "PD", [], id="RC-12 a clone"),
        pytest.param(".-", "PD", [], id="immunofixation not done"),
    ],
)
def test_a_rise_without_a_clone_is_no_progression(
    ife: str, category: str, codes: list[str]
) -> None:
    found = course(iga(-10, 4200), iga(28, 60, ife="+-"), iga(56, 620, ife=ife)).last
    assert found.category == category
    assert [one.code for one in found.questions] == codes


def test_cr_needs_both_immunofixations_and_marrow_and_no_normal_amount() -> None:
    start, today = iga(-10, 4200), iga(28, 900, "0.3", ife="--", marrow=1)
    found = course(start, today)
    assert found.categories == ["CR"]
    assert "spike_with_negative_immunofixation" not in found.last.flags


def test_a_total_is_no_sign_of_relapse() -> None:
    found = course(iga(-10, 4200), iga(28, 90, ife="--", marrow=1))
    assert found.last.relapse_signs == ()


@pytest.mark.parametrize(
    ("today", "category", "codes"),
    [
        pytest.param({"s": "0.1"}, "NE", ["SERUM-METHOD-DIFFERS"], id="electrophoresis alone"),
        pytest.param(
            {"immunoglobulin": amount(300, light_chain=KAPPA)},
            "NE",
            ["SERUM-METHOD-DIFFERS"],
            id="a heavy/light chain assay alone",
        ),
        pytest.param({}, "NE", [], id="neither"),
        pytest.param({"s": "0.1", "immunoglobulin": amount(300)}, "VGPR", [], id="both"),
    ],
)
def test_the_two_methods_are_never_mixed(
    today: dict[str, Any], category: str, codes: list[str]
) -> None:
    last = course(iga(-10, 4200), visit(28, u=0, ife=".-", **today)).last
    assert (last.category, [one.code for one in last.questions]) == (category, codes)


def test_no_spike_counts_where_the_class_is_followed() -> None:
    spike = measured("0.4", "g/dL", SerumMProteinOfIsotype, isotype=IGA_KAPPA)
    found = course(iga(-10, 4200), iga(28, 300, serum_m_proteins=(spike,)))
    assert [(shown.reported, shown.counts) for shown in found.last.m_proteins] == [
        ("0.4 g/dL", False)
    ]
    by_electrophoresis = course(
        visit(-10, 3, 0, ife="+-"), visit(28, u=0, ife="+-", serum_m_proteins=(spike,))
    )
    assert [shown.counts for shown in by_electrophoresis.last.m_proteins] == [True]


def test_a_subject_of_electrophoresis_is_not_followed_by_the_class() -> None:
    start = visit(-10, 3, 0, ife="+-")
    last = course(start, iga(28, 300), own=IGG_KAPPA).last
    assert last.category == "NE"
    assert [one.code for one in last.questions] == ["SERUM-METHOD-DIFFERS"]


def test_urine_disease_reaches_vgpr_by_the_class_or_its_immunofixation() -> None:
    start = iga(-10, 600, u=1000)
    for value, ife, category in ((60, "+-", "VGPR"), (61, "+-", "PR"), (300, "--", "VGPR")):
        assert course(start, iga(28, value, u=50, ife=ife)).categories == [category]
