from typing import Any

import pytest

from app.schemas.infusion import INFUSIONS
from tests.schemas.bodies import ABSENT, changed, refused

MINIMUM: dict[str, Any] = {"infused_at": "2026-03-02T09:40+08:00"}
WHOLE = INFUSIONS.example
PAUSE = {"began_at": "2026-03-02T09:50+08:00", "ended_at": "2026-03-02T09:55+08:00"}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(MINIMUM, {}, id="a time"),
        pytest.param(MINIMUM, {"/ended_at": "2026-03-02T01:40Z"}, id="of no length"),
        pytest.param(
            MINIMUM, {"/infusion_kind": "unplanned_repeat", "/part": 2}, id="a repeat in parts"
        ),
        pytest.param(WHOLE, {"/dose": "3.03"}, id="1 % more than total by weight"),
        pytest.param(WHOLE, {"/dose": "2.97"}, id="1 % less than total by weight"),
        pytest.param(MINIMUM, {"/dose": "0", "/weight": "61"}, id="no cell counted, no total"),
        pytest.param(WHOLE, {"/interruptions": [PAUSE]}, id="a pause"),
        pytest.param(
            WHOLE,
            {"/interruptions": [{"began_at": "2026-03-02T10:05+08:00"}]},
            id="stopped at the end and not resumed",
        ),
        pytest.param(
            WHOLE,
            {"/premedication/0/given_at": "2026-03-02T09:40+08:00"},
            id="premedication at the same minute",
        ),
        pytest.param(
            MINIMUM,
            {"/out_of_specification": True, "/deviation": "viability 68 %"},
            id="out of specification",
        ),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(INFUSIONS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(MINIMUM, {"/infused_at": ABSENT}, [("/infused_at", "missing")], id="no time"),
        pytest.param(
            MINIMUM,
            {"/infused_at": "2026-03-02"},
            [("/infused_at", "not_a_date_time")],
            id="a date without a time",
        ),
        pytest.param(
            MINIMUM,
            {"/infused_at": "2026-03-02T09:40"},
            [("/infused_at", "date_time_without_offset")],
            id="a time without an offset",
        ),
        pytest.param(
            WHOLE,
            {"/ended_at": "2026-03-02T09:39:59+08:00"},
            [("/ended_at", "end_before_start")],
            id="ended a second before it began",
        ),
        pytest.param(
            WHOLE,
            {
                "/interruptions": [
                    PAUSE | {"began_at": "2026-03-02T09:39+08:00"},
                    {"began_at": "2026-03-02T10:06+08:00"},
                    PAUSE | {"ended_at": "2026-03-02T09:49+08:00"},
                ]
            },
            [
                ("/interruptions/0/began_at", "interruption_outside_infusion"),
                ("/interruptions/1/began_at", "interruption_outside_infusion"),
                ("/interruptions/2/ended_at", "end_before_start"),
            ],
            id="pauses before, after and backwards",
        ),
        pytest.param(
            WHOLE,
            {"/premedication/0/given_at": "2026-03-02T09:41+08:00"},
            [("/premedication/0/given_at", "premedication_after_infusion")],
            id="premedication a minute later",
        ),
        pytest.param(
            WHOLE,
            {"/premedication/0/unit": ABSENT},
            [("/premedication/0/unit", "dose_without_unit")],
            id="a dose without a unit",
        ),
        pytest.param(
            WHOLE,
            {"/premedication/0/dose": ABSENT},
            [("/premedication/0/dose", "dose_without_unit")],
            id="a unit without a dose",
        ),
        pytest.param(
            WHOLE,
            {"/premedication/0/unit": "milligram"},
            [("/premedication/0/unit", "unit_not_ucum")],
            id="a unit in words",
        ),
        pytest.param(
            WHOLE,
            {"/dose": "3.04"},
            [("/dose", "dose_not_total_by_weight")],
            id="more than 1 % above total by weight",
        ),
        pytest.param(
            WHOLE,
            {"/dose": "2.96"},
            [("/dose", "dose_not_total_by_weight")],
            id="more than 1 % below total by weight",
        ),
        pytest.param(
            WHOLE,
            {"/total_car_positive_cells": "183000000"},
            [("/dose", "dose_not_total_by_weight")],
            id="cells, not millions of cells",
        ),
        pytest.param(
            WHOLE,
            {"/weight": "0"},
            [("/weight", "number_too_low")],
            id="no weight",
        ),
        pytest.param(
            WHOLE,
            {"/deviation": "viability"},
            [("/out_of_specification", "deviation_of_a_conforming_product")],
            id="a deviation of a conforming product",
        ),
        pytest.param(
            MINIMUM, {"/part": 0}, [("/part", "whole_number_out_of_range")], id="part none"
        ),
        pytest.param(
            MINIMUM, {"/viability": "100.1"}, [("/viability", "number_too_high")], id="over 100 %"
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(INFUSIONS, changed(body, changes)) == expected
