"""Why contact with a living subject ended, data cut 18 February 2025."""

from datetime import date
from typing import Any

import pytest

from app.services.derivations.time_to_event.contact_end import contact_end
from app.services.derivations.time_to_event.event_time import CensoringReason
from app.vocabularies.follow_up import SurvivalStatus, WithdrawalScope
from app.vocabularies.subjects import Disposition
from tests.subjects.course import alive, enrolment, follow_up, history, lost

LOST, WITHDREW = CensoringReason.LOST, CensoringReason.WITHDREW


def withdrew(on: str, scope: WithdrawalScope, withdrew_on: date | None = None) -> Any:
    return follow_up(
        SurvivalStatus.WITHDREW, on, withdrawal_scope=scope, withdrew_on=withdrew_on, number=6
    )


def off_study(disposition: Disposition, on: str = "2024-07-01") -> Any:
    return enrolment(disposition=disposition, off_study_on=date.fromisoformat(on))


@pytest.mark.parametrize(
    ("records", "evidence", "expected"),
    [
        pytest.param({"follow_ups": (alive("2024-06-20"),)}, "2024-06-20", None, id="in contact"),
        pytest.param(
            {"follow_ups": (lost("2024-05-03", declared="2024-11-01"),)},
            "2024-05-03",
            (LOST, "2024-05-03"),
            id="lost, dated at the last contact",
        ),
        pytest.param(
            {"follow_ups": (lost("2024-05-03", declared="2025-03-01"),)},
            "2024-05-03",
            None,
            id="declared lost after the cut",
        ),
        pytest.param(
            {"follow_ups": (lost("2024-05-03", declared="2024-11-01"),)},
            "2024-11-02",
            None,
            id="found again after the loss was declared",
        ),
        pytest.param(
            {"follow_ups": (lost("2024-05-03", declared="2024-11-01"),)},
            "2024-11-01",
            (LOST, "2024-05-03"),
            id="seen before the loss was declared: lost all the same",
        ),
        pytest.param(
            {"follow_ups": (withdrew("2024-07-02", WithdrawalScope.FOLLOW_UP),)},
            "2024-07-02",
            (WITHDREW, "2024-07-02"),
            id="withdrew from follow-up",
        ),
        pytest.param(
            {"follow_ups": (withdrew("2024-07-02", WithdrawalScope.DATA_USE, date(2024, 6, 30)),)},
            "2024-06-30",
            (WITHDREW, "2024-06-30"),
            id="withdrew the data, from a day on",
        ),
        pytest.param(
            {"follow_ups": (withdrew("2024-07-02", WithdrawalScope.TREATMENT),)},
            "2024-07-02",
            None,
            id="withdrew from treatment: followed on",
        ),
        pytest.param(
            {
                "follow_ups": (
                    lost("2024-07-02", declared="2024-11-01"),
                    withdrew("2024-07-02", WithdrawalScope.FOLLOW_UP),
                )
            },
            "2024-07-02",
            (WITHDREW, "2024-07-02"),
            id="withdrew and lost on one day",
        ),
        pytest.param(
            {"enrolment": off_study(Disposition.LOST)},
            "2024-05-03",
            (LOST, "2024-07-01"),
            id="lost by disposition alone",
        ),
        pytest.param(
            {"enrolment": off_study(Disposition.WITHDREW)},
            "2024-05-03",
            (WITHDREW, "2024-07-01"),
            id="withdrew by disposition alone",
        ),
        pytest.param(
            {"enrolment": off_study(Disposition.COMPLETED)}, "2024-05-03", None, id="completed"
        ),
        pytest.param(
            {"enrolment": off_study(Disposition.LOST, "2025-02-19")},
            "2024-05-03",
            None,
            id="left after the cut",
        ),
    ],
)
def test_contact_end(
    records: dict[str, Any], evidence: str, expected: tuple[CensoringReason, str] | None
) -> None:
    found = contact_end(history(**records), last_evidence=date.fromisoformat(evidence))
    assert ((found.reason, found.day.isoformat()) if found else None) == expected
