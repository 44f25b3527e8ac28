"""Event-free survival of subjects infused on 15 January 2024."""

from datetime import date

import pytest

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_free_survival import event_free_survival
from app.trial.policy import EfsDefinition
from app.trial.windows import VisitWindow
from tests.subjects.event_times import days_and_code, facts, on

V1, V2, V3 = "2024-02-12", "2024-03-11", "2024-04-08"
CUT = "2025-02-18"


MONTH_3 = VisitWindow(
    "M3", date(2024, 4, 15), date(2024, 4, 8), date(2024, 4, 22), disease_evaluation=True
)


@pytest.mark.parametrize(
    ("definition", "subject", "expected", "component"),
    [
        pytest.param(
            "composite",
            facts((V1, "PR"), (V3, "PD"), cut=CUT, new_therapy="2024-03-20"),
            (66, 0),
            "new_therapy",
            id="new therapy before progression",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), (V2, "PD"), cut=CUT, new_therapy=V2, death=V2),
            (57, 0),
            "PD",
            id="all on one day: progression",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), cut=CUT, new_therapy=V2, death=V2),
            (57, 0),
            "death",
            id="death and new therapy on one day: death",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), cut=CUT, death="2024-08-01"),
            (200, 0),
            "death",
            id="missed visits do not censor",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), cut=CUT, last_alive=CUT),
            (29, 1),
            None,
            id="no event: last assessment",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), (V2, "PD"), cut=CUT, has_baseline=False, last_alive=CUT),
            (1, 5),
            None,
            id="no baseline",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), cut=CUT, has_baseline=False, new_therapy=V2),
            (57, 0),
            "new_therapy",
            id="no baseline, new therapy",
        ),
        pytest.param(
            "pfs",
            facts((V1, "PR"), (V3, "PD"), cut=CUT, new_therapy="2024-03-20"),
            (85, 0),
            "PD",
            id="as PFS: new therapy is no event",
        ),
        pytest.param(
            "death_only",
            facts((V1, "PR"), (V2, "PD"), cut=CUT, new_therapy=V3, last_alive="2025-02-01"),
            (384, 1),
            None,
            id="as registered: to the last follow-up",
        ),
        pytest.param(
            "death_only",
            facts((V1, "PR"), (V2, "PD"), cut=CUT, death="2024-08-01"),
            (200, 0),
            "death",
            id="as registered: to death",
        ),
        pytest.param(
            "plus_toxicity",
            facts((V1, "PR"), cut=CUT, severe_toxicity=on("2024-01-20")),
            (6, 0),
            "toxicity",
            id="CRS of grade 4",
        ),
        pytest.param(
            "composite",
            facts((V1, "PR"), cut=CUT, severe_toxicity=on("2024-01-20")),
            (29, 1),
            None,
            id="and otherwise no event",
        ),
    ],
)
def test_event_free_survival(
    definition: EfsDefinition,
    subject: EndpointFacts,
    expected: tuple[int, int],
    component: str | None,
) -> None:
    time = event_free_survival(subject, definition=definition)
    assert (time.endpoint, time.variant) == ("EFS", definition)
    assert days_and_code(time) == expected
    assert time.component == component


@pytest.mark.parametrize(
    ("assessments", "expected"),
    [
        pytest.param([(V1, "SD"), ("2024-04-10", "SD")], (87, 0), id="stable at month 3"),
        pytest.param([(V1, "PR"), ("2024-04-10", "PR")], (87, 1), id="responded before"),
        pytest.param([(V1, "SD"), ("2024-04-10", "PR")], (87, 1), id="responded at month 3"),
        pytest.param(
            [("2024-04-10", "SD"), ("2024-05-06", "PR")], (87, 0), id="responded after it"
        ),
        pytest.param([(V1, "SD"), ("2024-05-06", "SD")], (113, 1), id="not assessed at month 3"),
        pytest.param(
            [("2024-04-09", "SD"), ("2024-04-14", "SD"), ("2024-04-22", "SD")],
            (91, 0),
            id="of several, the nearest to its target",
        ),
        pytest.param(
            [("2024-04-14", "SD"), ("2024-04-16", "SD")], (93, 0), id="of two as near, the later"
        ),
        pytest.param([("2024-04-08", "SD")], (85, 0), id="on the first day of its window"),
        pytest.param([("2024-04-07", "SD")], (84, 1), id="the day before it"),
        pytest.param([(V2, "PD"), ("2024-04-10", "SD")], (57, 0), id="progression comes first"),
    ],
)
def test_no_response_at_month_3(
    assessments: list[tuple[str, str]], expected: tuple[int, int]
) -> None:
    subject = facts(*assessments, cut=CUT, response_due=MONTH_3, last_alive=CUT)
    time = event_free_survival(subject, definition="plus_no_response")
    assert days_and_code(time) == expected
