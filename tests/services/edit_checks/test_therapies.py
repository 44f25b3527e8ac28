from typing import Any

import pytest

from tests.subjects.agreeing import DIED, Sent, noticed, of, ref, sent


def therapy(kind: str, start: str, **body: Any) -> Sent:
    return sent("therapies", "therapy", therapy_kind=kind, start=start, **body)


def rules(*records: Sent) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records))]


@pytest.mark.parametrize(
    ("record", "early"),
    [
        pytest.param(therapy("new_anti_myeloma", "2026-03-01"), True, id="the day before"),
        pytest.param(therapy("new_anti_myeloma", "2026-03-02"), False, id="the day of infusion"),
        pytest.param(therapy("new_anti_myeloma", "2026-03"), False, id="some day of the month"),
        pytest.param(therapy("new_anti_myeloma", "2026-02"), True, id="the month before"),
        pytest.param(
            therapy("radiotherapy", "2026-03-01", radiotherapy_target="progressing"),
            True,
            id="radiation of a progressing lesion",
        ),
        pytest.param(
            therapy("radiotherapy", "2026-03-01", radiotherapy_target="stable"),
            False,
            id="radiation of a stable one",
        ),
        pytest.param(therapy("ivig", "2026-03-01"), False, id="no therapy of the myeloma"),
    ],
)
def test_it_notices_new_therapy_before_the_infusion(record: Sent, early: bool) -> None:
    assert rules(record) == ([("NEW-THERAPY-BEFORE-INFUSION", "/start")] if early else [])


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(therapy("ivig", "2026-09-10"), [], id="on the day"),
        pytest.param(
            therapy("ivig", "2026-09-11"), [("THERAPY-AFTER-DEATH", "/start")], id="begun after"
        ),
        pytest.param(
            therapy("ivig", "2026-09-01", end="2026-09-11"),
            [("THERAPY-AFTER-DEATH", "/end")],
            id="ended after",
        ),
    ],
)
def test_it_notices_therapy_after_the_death(record: Sent, expected: list[tuple[str, str]]) -> None:
    assert rules(DIED, record) == expected


EVENT = sent("adverse-events", "event", term="Fever", grade=2, onset="2026-03-05T19:40+08:00",
             causality={"car_t": "probable"})  # fmt: skip


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            therapy("tocilizumab", "2026-03-05", adverse_events=[ref("event")]), [], id="that day"
        ),
        pytest.param(
            therapy("tocilizumab", "2026-03-05T19:39+08:00", adverse_events=[ref("event")]),
            [("THERAPY-BEFORE-EVENT", "/adverse_events/0")],
            id="a minute before the event",
        ),
        pytest.param(
            therapy("tocilizumab", "2026-03-06"),
            [("TREATMENT-UNLINKED", "/adverse_events")],
            id="for no event",
        ),
        pytest.param(therapy("tocilizumab", "2026-03-01"), [], id="before the infusion"),
        pytest.param(therapy("corticosteroid", "2026-03-06"), [], id="given for many reasons"),
    ],
)
def test_it_holds_therapies_against_their_events(
    record: Sent, expected: list[tuple[str, str]]
) -> None:
    assert rules(EVENT, record) == expected


def test_it_asks_for_no_event_before_there_are_cells() -> None:
    found = noticed(of(therapy("tocilizumab", "2026-03-06"), without=("infusion",)))
    assert "therapies" not in [kind for _, kind, _ in found]
