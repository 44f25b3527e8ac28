from typing import Any

import pytest

from app.schemas.follow_up import FOLLOW_UPS
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

ALIVE: dict[str, Any] = {"contacted_on": "2027-02-03", "status": "alive"}
DIED: dict[str, Any] = {"contacted_on": "2027-02-03", "status": "died", "death_date": "2027-01"}
LOST: dict[str, Any] = {
    "contacted_on": "2027-02-03",
    "status": "lost",
    "last_contact_on": "2026-10-01",
}
WITHDREW: dict[str, Any] = {
    "contacted_on": "2027-02-03",
    "status": "withdrew",
    "withdrawal_scope": "follow_up",
}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(ALIVE, {}, id="alive"),
        pytest.param(ALIVE, {"/contacted_on": "2027-02"}, id="alive some day of a month"),
        pytest.param(ALIVE, {"/status": "completed", "/source": "subject"}, id="completed"),
        pytest.param(DIED, {}, id="died some day of a month"),
        pytest.param(DIED, {"/death_date": "2027"}, id="died some day of the year of the contact"),
        pytest.param(
            DIED,
            {"/death_date": "2027-02-03", "/death_learnt_on": "2027-02-03"},
            id="died, learnt and told on one day",
        ),
        pytest.param(
            DIED, {"/death_cause": "myeloma", "/death_due_to_myeloma": True}, id="died of myeloma"
        ),
        pytest.param(
            DIED,
            {"/death_cause": "infection", "/death_due_to_myeloma": True},
            id="died of an infection that the myeloma brought",
        ),
        pytest.param(
            DIED, {"/death_cause": "car_t_toxicity", "/death_due_to_myeloma": False}, id="toxicity"
        ),
        pytest.param(DIED, {"/death_cause": "unknown"}, id="cause not known"),
        pytest.param(LOST, {}, id="lost"),
        pytest.param(LOST, {"/last_contact_on": "2027-02"}, id="lost, last seen that month"),
        pytest.param(WITHDREW, {"/withdrew_on": "2027-02-01"}, id="withdrew"),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(FOLLOW_UPS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(
            ALIVE, {"/contacted_on": ABSENT}, [("/contacted_on", "missing")], id="no contact"
        ),
        pytest.param(ALIVE, {"/status": ABSENT}, [("/status", "missing")], id="no status"),
        pytest.param(ALIVE, {"/status": "dead"}, [("/status", "not_a_code")], id="no status of it"),
        pytest.param(
            DIED, {"/death_date": ABSENT}, [("/death_date", "death_date_missing")], id="no date"
        ),
        pytest.param(
            LOST,
            {"/last_contact_on": ABSENT},
            [("/last_contact_on", "last_contact_on_missing")],
            id="lost, never seen",
        ),
        pytest.param(
            WITHDREW,
            {"/withdrawal_scope": ABSENT},
            [("/withdrawal_scope", "withdrawal_scope_missing")],
            id="withdrew from nothing",
        ),
        pytest.param(
            ALIVE,
            {
                "/death_date": "2027-01",
                "/death_learnt_on": "2027-02-01",
                "/death_cause": "other",
                "/death_cause_text": "fall",
                "/death_due_to_myeloma": False,
                "/autopsy": False,
                "/adverse_event": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a",
                "/last_contact_on": "2027-01",
                "/withdrawal_scope": "treatment",
                "/withdrew_on": "2027-01-01",
            },
            [
                (f"/{field}", "field_of_another_status")
                for field in (
                    "adverse_event",
                    "autopsy",
                    "death_cause",
                    "death_cause_text",
                    "death_date",
                    "death_due_to_myeloma",
                    "death_learnt_on",
                    "last_contact_on",
                    "withdrawal_scope",
                    "withdrew_on",
                )
            ],
            id="alive, with everything that is not",
        ),
        pytest.param(
            LOST,
            {"/death_date": "2027-01"},
            [("/death_date", "field_of_another_status")],
            id="lost and died",
        ),
        pytest.param(
            DIED,
            {"/last_contact_on": "2026-10-01"},
            [("/last_contact_on", "field_of_another_status")],
            id="died and lost",
        ),
        pytest.param(
            DIED,
            {"/death_learnt_on": "2026-12-31"},
            [("/death_learnt_on", "learnt_before_death")],
            id="learnt the day before the month of death",
        ),
        pytest.param(
            DIED,
            {"/death_date": "2027-02-04"},
            [("/contacted_on", "contact_before_death")],
            id="told the day before death",
        ),
        pytest.param(
            LOST,
            {"/last_contact_on": "2027-02-04"},
            [("/last_contact_on", "last_contact_after_loss")],
            id="seen after being lost",
        ),
        pytest.param(
            DIED,
            {"/death_cause": "myeloma", "/death_due_to_myeloma": False},
            [("/death_due_to_myeloma", "cause_says_otherwise")],
            id="of myeloma, not due to it",
        ),
        pytest.param(
            DIED,
            {"/death_cause": "car_t_toxicity", "/death_due_to_myeloma": True},
            [("/death_due_to_myeloma", "cause_says_otherwise")],
            id="of toxicity, due to myeloma",
        ),
        pytest.param(
            DIED,
            {"/death_cause": "unknown", "/death_due_to_myeloma": False},
            [("/death_due_to_myeloma", "cause_says_otherwise")],
            id="of nothing known, certainly not of myeloma",
        ),
        pytest.param(
            DIED, {"/source": "subject"}, [("/source", "told_by_the_dead")], id="told by the dead"
        ),
        pytest.param(
            DIED, {"/death_date": "2027-13"}, [("/death_date", "not_a_partial_date")], id="month 13"
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(FOLLOW_UPS, changed(body, changes)) == expected


def test_it_tells_who_can_tell_of_a_death() -> None:
    (line,) = refused_with(FOLLOW_UPS, changed(DIED, {"/source": "subject"}))
    assert "relative" in line["ctx"]["allowed"]
    assert "subject" not in line["ctx"]["allowed"]
