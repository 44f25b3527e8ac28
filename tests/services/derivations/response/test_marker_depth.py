"""The best change of the marker that a subject's response follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from app.services.criteria.imwg.baseline import MeasurableDisease
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.visit_response import MarkerChange
from app.services.derivations.response.marker_depth import marker_depth, tracked_marker
from app.vocabularies.imwg import HeavyChain

SERUM, URINE = Component.SERUM_M_PROTEIN, Component.URINE_M_PROTEIN
DAYS = (date(2025, 1, 29), date(2025, 3, 1), date(2025, 4, 1))


@dataclass(frozen=True)
class Seen:
    """A visit, as far as a marker looks at it."""

    assessed_on: date
    markers: tuple[MarkerChange, ...]


def measurable(*which: str) -> MeasurableDisease:
    names = ("serum", "urine", "light_chains", "marrow", "plasmacytoma", "circulating")
    return MeasurableDisease(
        **{name: name in which for name in names},  # type: ignore[arg-type]
        involved_chain_contradicted=False,
    )


def change(component: Component, percent: str | None) -> MarkerChange:
    return MarkerChange(
        component=component,
        reported="1 g/dL",
        interval="[1, 1]",
        current=Decimal(1),
        at_most=None,
        baseline=Decimal(1),
        nadir=None,
        percent_from_baseline=None if percent is None else Decimal(percent),
        percent_from_nadir=None,
    )


def visits(*percents: str | None, of: Component = SERUM) -> list[Seen]:
    return [Seen(day, (change(of, one),)) for day, one in zip(DAYS, percents, strict=False)]


@pytest.mark.parametrize(
    ("which", "component"),
    [
        (("serum", "urine"), SERUM),
        (("urine",), URINE),
        (("light_chains",), Component.FREE_LIGHT_CHAINS),
        (("serum", "light_chains"), SERUM),
        (("marrow", "plasmacytoma"), Component.MARROW_PLASMA_CELLS),
        (("plasmacytoma",), Component.PLASMACYTOMAS),
        (("circulating",), Component.CIRCULATING_PLASMA_CELLS),
        ((), None),
    ],
)
def test_the_marker_is_the_one_that_is_measurable(
    which: tuple[str, ...], component: Component | None
) -> None:
    assert tracked_marker(measurable(*which)) is component


def test_where_a_class_of_immunoglobulin_is_serum_it_is_the_class() -> None:
    by_class = replace(measurable("serum", "urine"), immunoglobulin=HeavyChain.IGA)
    assert tracked_marker(by_class) is Component.IMMUNOGLOBULIN
    assert tracked_marker(replace(by_class, serum=False)) is URINE


@pytest.mark.parametrize(
    ("percents", "counted", "depth"),
    [
        pytest.param(("-40", "-91.5", "-60"), DAYS, ("-91.5", DAYS[1]), id="the deepest fall"),
        pytest.param(("-60", "-60"), DAYS, ("-60", DAYS[0]), id="the first of equals"),
        pytest.param(("12", "30"), DAYS, ("12", DAYS[0]), id="it only rose"),
        pytest.param(("-40", "-91.5"), DAYS[:1], ("-40", DAYS[0]), id="not after progression"),
        pytest.param((None, "-10"), DAYS, ("-10", DAYS[1]), id="a baseline of 0 tells nothing"),
        pytest.param((None,), DAYS, None, id="nothing tells it"),
        pytest.param((), DAYS, None, id="no visit"),
    ],
)
def test_the_depth(
    percents: tuple[str | None, ...], counted: tuple[date, ...], depth: tuple[str, date] | None
) -> None:
    found = marker_depth(visits(*percents), measurable("serum"), counted)  # type: ignore[arg-type]
    told = None if found is None else (str(found.percent_change), found.assessed_on)
    assert told == depth


def test_another_marker_does_not_count() -> None:
    found = visits("-100", of=URINE)
    assert marker_depth(found, measurable("serum", "urine"), DAYS) is None  # type: ignore[arg-type]
