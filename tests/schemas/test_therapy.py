from typing import Any

import pytest

from app.schemas.therapy import THERAPIES, TherapyIn, counts_as_new_therapy
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

WHOLE = THERAPIES.example
NEW: dict[str, Any] = {"therapy_kind": "new_anti_myeloma", "start": "2026-09"}
AE = "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a"


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(NEW, {}, id="a new therapy, day not known"),
        pytest.param(NEW, {"/agents": ["elranatamab", "dexamethasone"]}, id="a combination"),
        pytest.param(
            {"therapy_kind": "antimicrobial", "start": "2026"},
            {},
            id="an antimicrobial of the year",
        ),
        pytest.param(
            {"therapy_kind": "corticosteroid", "start": None, "start_unknown": True},
            {},
            id="a concomitant therapy of unknown start",
        ),
        pytest.param(
            {"therapy_kind": "radiotherapy", "start_unknown": True},
            {"/radiotherapy_target": "stable"},
            id="radiotherapy of a stable lesion, nobody knows when",
        ),
        pytest.param(
            {"therapy_kind": "radiotherapy", "start": "2026", "radiotherapy_target": "stable"},
            {},
            id="radiotherapy of a stable lesion, month not known",
        ),
        pytest.param(
            {"therapy_kind": "radiotherapy", "start": "2026-09", "starts_new_line": True},
            {},
            id="radiotherapy as a line",
        ),
        pytest.param(WHOLE, {"/end": "2026-03-06T02:15+08:00"}, id="ended at its start"),
        pytest.param(WHOLE, {"/end": "2026-03"}, id="ended that month"),
        pytest.param(NEW, {"/ongoing": True}, id="ongoing"),
        pytest.param(
            {
                "therapy_kind": "transfusion",
                "start": "2026-03-09",
                "blood_product": "platelets",
                "units_transfused": "1",
            },
            {},
            id="platelets",
        ),
        pytest.param(
            {
                "therapy_kind": "oxygen",
                "start": "2026-03-09",
                "oxygen": "NASAL_CANNULA",
                "flow": "6",
            },
            {},
            id="oxygen",
        ),
        pytest.param(
            {"therapy_kind": "other", "name": "allopurinol", "start": "2026-03-01"}, {}, id="other"
        ),
        pytest.param(WHOLE, {"/unit": "{tbl}"}, id="tablets"),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(THERAPIES, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(NEW, {"/start": ABSENT}, [("/start", "month_missing")], id="no start"),
        pytest.param(
            NEW,
            {"/start": None, "/start_unknown": True},
            [("/start", "month_missing")],
            id="new therapy of unknown start",
        ),
        pytest.param(
            {"therapy_kind": "radiotherapy", "radiotherapy_target": "progressing"},
            {"/start_unknown": True},
            [("/start", "month_missing")],
            id="a progressing lesion irradiated, nobody knows when",
        ),
        pytest.param(
            {"therapy_kind": "radiotherapy", "starts_new_line": True},
            {"/start_unknown": True},
            [("/start", "month_missing")],
            id="a new line, nobody knows since when",
        ),
        pytest.param(
            {"therapy_kind": "corticosteroid"},
            {},
            [("/start", "start_missing")],
            id="a concomitant therapy without a start",
        ),
        pytest.param(
            {"therapy_kind": "corticosteroid", "start": "2026-03"},
            {"/start_unknown": True},
            [("/start_unknown", "start_beside_unknown")],
            id="a start that is unknown",
        ),
        pytest.param(NEW, {"/therapy_kind": ABSENT}, [("/therapy_kind", "missing")], id="no kind"),
        pytest.param(
            {"therapy_kind": "other", "start": "2026"},
            {},
            [("/name", "name_missing")],
            id="other, without a name",
        ),
        *(
            pytest.param(
                {"therapy_kind": kind, "start": "2026"},
                {},
                [("/start", "month_missing")],
                id=f"{kind}, month not known",
            )
            for kind in (
                "new_anti_myeloma",
                "maintenance",
                "transplant_auto",
                "transplant_allo",
                "car_t_reinfusion",
            )
        ),
        *(
            pytest.param(
                {"therapy_kind": "radiotherapy", "start": "2026", "radiotherapy_target": target},
                {},
                [("/start", "month_missing")],
                id=f"radiotherapy of a {target} lesion, month not known",
            )
            for target in ("new", "progressing")
        ),
        pytest.param(
            {"therapy_kind": "radiotherapy", "start": "2026", "starts_new_line": True},
            {},
            [("/start", "month_missing")],
            id="radiotherapy as a line, month not known",
        ),
        pytest.param(
            WHOLE,
            {
                "/radiotherapy_target": "new",
                "/blood_product": "plasma",
                "/units_transfused": "2",
                "/oxygen": "CPAP",
                "/flow": "10",
            },
            [
                ("/blood_product", "field_of_another_kind"),
                ("/flow", "field_of_another_kind"),
                ("/oxygen", "field_of_another_kind"),
                ("/radiotherapy_target", "field_of_another_kind"),
                ("/units_transfused", "field_of_another_kind"),
            ],
            id="tocilizumab, with what others have",
        ),
        pytest.param(
            WHOLE,
            {"/starts_new_line": True},
            [("/therapy_kind", "line_of_another_kind")],
            id="tocilizumab as a line",
        ),
        pytest.param(
            {"therapy_kind": "oxygen", "start": "2026", "oxygen": "ROOM_AIR", "flow": "2"},
            {},
            [("/flow", "flow_on_room_air")],
            id="a flow on room air",
        ),
        pytest.param(
            WHOLE,
            {"/end": "2026-03-06T02:14+08:00"},
            [("/end", "end_before_start")],
            id="ended a minute before",
        ),
        pytest.param(
            WHOLE, {"/ongoing": True}, [("/ongoing", "ongoing_with_an_end")], id="ended and ongoing"
        ),
        pytest.param(
            WHOLE, {"/unit": ABSENT}, [("/unit", "dose_without_unit")], id="a dose without unit"
        ),
        pytest.param(
            WHOLE, {"/dose": ABSENT}, [("/dose", "dose_without_unit")], id="a unit without dose"
        ),
        pytest.param(WHOLE, {"/unit": "mg per kg"}, [("/unit", "unit_not_ucum")], id="words"),
        pytest.param(WHOLE, {"/unit": "mgs"}, [("/unit", "unit_not_ucum")], id="no UCUM unit"),
        pytest.param(WHOLE, {"/dose": "0"}, [("/dose", "number_too_low")], id="a dose of nothing"),
        pytest.param(
            WHOLE,
            {"/adverse_events": [AE, "AE-7"]},
            [("/adverse_events/1", "not_a_record_id")],
            id="the centre's own id of an event",
        ),
        pytest.param(
            WHOLE,
            {"/adverse_events": [AE, AE]},
            [("/adverse_events/1", "item_repeated")],
            id="an event twice",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(THERAPIES, changed(body, changes)) == expected


@pytest.mark.parametrize(
    ("changes", "new"),
    [
        pytest.param({}, True, id="new anti-myeloma therapy"),
        pytest.param({"/therapy_kind": "cd34_boost"}, False, id="a stem-cell boost"),
        pytest.param({"/therapy_kind": "corticosteroid"}, False, id="a steroid for an event"),
        pytest.param({"/therapy_kind": "radiotherapy"}, False, id="radiotherapy of who knows what"),
        pytest.param(
            {"/therapy_kind": "radiotherapy", "/radiotherapy_target": "stable"},
            False,
            id="radiotherapy for pain",
        ),
        pytest.param(
            {"/therapy_kind": "radiotherapy", "/radiotherapy_target": "progressing"},
            True,
            id="radiotherapy of a progressing lesion",
        ),
        pytest.param(
            {"/therapy_kind": "radiotherapy", "/starts_new_line": True},
            True,
            id="radiotherapy, line",
        ),
    ],
)
def test_it_knows_what_counts_as_new_therapy(changes: dict[str, Any], new: bool) -> None:
    assert counts_as_new_therapy(TherapyIn.model_validate(changed(NEW, changes))) is new


def test_it_tells_which_kinds_may_begin_a_line() -> None:
    (line,) = refused_with(THERAPIES, changed(WHOLE, {"/starts_new_line": True}))
    assert line["ctx"]["allowed"] == [
        "new_anti_myeloma",
        "maintenance",
        "radiotherapy",
        "transplant_auto",
        "transplant_allo",
        "car_t_reinfusion",
    ]
