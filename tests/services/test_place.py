"""Where a record stands, and the address that leads there."""

import uuid

import pytest

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.enrolment import ENROLMENTS
from app.services.place import Place

RECORD = uuid.UUID("0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f")


@pytest.mark.parametrize(
    ("place", "address"),
    [
        pytest.param(
            Place(ADVERSE_EVENTS, "03-001", RECORD),
            f"/v1/subjects/03-001/adverse-events/{RECORD}",
            id="one of many of a subject",
        ),
        pytest.param(
            Place(ENROLMENTS, "03-001", RECORD),
            "/v1/subjects/03-001",
            id="the enrolment has the subject's own",
        ),
        pytest.param(Place(ENROLMENTS, "03-001"), "/v1/subjects/03-001", id="by its subject alone"),
    ],
)
def test_its_address(place: Place, address: str) -> None:
    assert place.address == address
