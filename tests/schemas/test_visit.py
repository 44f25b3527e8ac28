from typing import Any

import pytest

from app.schemas.visit import VISITS
from tests.schemas.bodies import ABSENT, changed, refused

DONE: dict[str, Any] = {"visit": "M3", "status": "done", "visited_on": "2026-06-01"}
MISSED: dict[str, Any] = {"visit": "M3", "status": "missed", "missed_because": "travel"}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(DONE, {}, id="done"),
        pytest.param(DONE, {"/visit": "UNS"}, id="outside the schedule"),
        pytest.param(DONE, {"/ecog": 4, "/weight": "61.5"}, id="ECOG and weight"),
        pytest.param(
            DONE, {"/vital_signs": [{"systolic": "80", "diastolic": "80"}]}, id="80 over 80"
        ),
        pytest.param(
            DONE,
            {"/vital_signs": [{"temperature": "25"}, {"temperature": "45"}]},
            id="the coldest and the hottest",
        ),
        pytest.param(
            DONE,
            {"/vital_signs": [{"oxygen": "ROOM_AIR"}, {"oxygen": "FACE_MASK", "flow": "8"}]},
            id="room air, and a mask",
        ),
        pytest.param(MISSED, {}, id="missed"),
        pytest.param(
            MISSED,
            {
                "/status": "not_done",
                "/missed_because": "other",
                "/missed_because_text": "ward closed",
            },
            id="not done, for another reason",
        ),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(VISITS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(DONE, {"/visit": ABSENT}, [("/visit", "missing")], id="no visit"),
        pytest.param(DONE, {"/status": ABSENT}, [("/status", "missing")], id="no status"),
        pytest.param(
            DONE, {"/visited_on": ABSENT}, [("/visited_on", "day_missing")], id="done on no day"
        ),
        pytest.param(
            DONE,
            {"/missed_because": "travel", "/missed_because_text": "train"},
            [
                ("/missed_because", "reason_of_a_visit_done"),
                ("/missed_because_text", "reason_of_a_visit_done"),
            ],
            id="done, with a reason why not",
        ),
        pytest.param(
            MISSED,
            {"/missed_because": ABSENT},
            [("/missed_because", "reason_missing")],
            id="missed without a reason",
        ),
        pytest.param(
            MISSED,
            {"/missed_because": "other"},
            [("/missed_because_text", "reason_text_missing")],
            id="missed for another reason, without words",
        ),
        pytest.param(
            MISSED,
            {
                "/visited_on": "2026-06-01",
                "/ecog": 1,
                "/weight": "60",
                "/vital_signs": [{"heart_rate": "80"}],
            },
            [
                ("/ecog", "finding_of_no_visit"),
                ("/visited_on", "finding_of_no_visit"),
                ("/vital_signs", "finding_of_no_visit"),
                ("/weight", "finding_of_no_visit"),
            ],
            id="missed, with findings",
        ),
        pytest.param(
            MISSED,
            {"/visit": "UNS"},
            [("/status", "unscheduled_visit_not_done")],
            id="missed outside the schedule",
        ),
        pytest.param(DONE, {"/ecog": 5}, [("/ecog", "ecog_of_the_dead")], id="ECOG 5"),
        pytest.param(DONE, {"/ecog": True}, [("/ecog", "not_a_code")], id="a truth for an ECOG"),
        pytest.param(
            DONE,
            {"/vital_signs": [{}, {"measured_at": "2026-06-01T08:00Z"}]},
            [("/vital_signs/0", "vital_signs_empty"), ("/vital_signs/1", "vital_signs_empty")],
            id="vital signs without a sign",
        ),
        pytest.param(
            DONE,
            {"/vital_signs": [{"systolic": "80", "diastolic": "81"}]},
            [("/vital_signs/0/diastolic", "blood_pressure_reversed")],
            id="80 over 81",
        ),
        pytest.param(
            DONE,
            {"/vital_signs": [{"oxygen": "ROOM_AIR", "flow": "2"}]},
            [("/vital_signs/0/flow", "flow_on_room_air")],
            id="a flow on room air",
        ),
        pytest.param(
            DONE,
            {"/vital_signs": [{"temperature": "-1", "oxygen_saturation": "101"}]},
            [
                ("/vital_signs/0/oxygen_saturation", "number_too_high"),
                ("/vital_signs/0/temperature", "number_too_low"),
            ],
            id="beyond what a number can be",
        ),
        pytest.param(DONE, {"/weight": "0"}, [("/weight", "number_too_low")], id="no weight"),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(VISITS, changed(body, changes)) == expected
