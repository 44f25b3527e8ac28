"""Progression-free survival of subjects infused on 15 January 2024, evaluated every 28 days."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.services.derivations.time_to_event.endpoint_facts import ContactEnd, EndpointFacts
from app.services.derivations.time_to_event.event_time import CensoringReason, Happening
from app.services.derivations.time_to_event.progression_free_survival import (
    EMA,
    EMA_INTERVAL,
    FDA,
    FDA_B,
    FDA_C,
    ProgressionReading,
    progression_free_survival,
)
from tests.subjects.base import ref
from tests.subjects.course import INFUSED_ON
from tests.subjects.event_times import facts, on, schedule

V1, V2, V3, V4 = "2024-02-12", "2024-03-11", "2024-04-08", "2024-05-06"
CUT = "2025-02-18"
UNCONFIRMED = ProgressionReading(unconfirmed_pd="event")
STRICT = ProgressionReading(same_day_pd_newtx="censor")


def pfs(subject: EndpointFacts, reading: ProgressionReading = FDA) -> tuple[int, int]:
    time = progression_free_survival(subject, reading=reading)
    return time.days, time.censored


@pytest.mark.parametrize(
    ("subject", "fda", "ema"),
    [
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut=CUT), (57, 0), (57, 0), id="progression on schedule"
        ),
        pytest.param(
            facts((V1, "PR"), (V3, "PD"), cut=CUT), (85, 0), (85, 0), id="after 1 missed visit"
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PR"), (V3, "PD"), cut=CUT, new_therapy=V3),
            (85, 0),
            (85, 0),
            id="progression on the day of new therapy",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut=CUT, death=V2),
            (57, 0),
            (57, 0),
            id="progression and death of one day",
        ),
        pytest.param(
            # windows of V2 4 to 18 March, of V3 1 to 15 April
            facts((V1, "PR"), cut=CUT, death="2024-04-15"),
            (92, 0),
            (92, 0),
            id="death on the last day of the second window",
        ),
        pytest.param(
            facts((V1, "PR"), cut=CUT, death="2024-04-16"),
            (29, 3),
            (93, 0),
            id="death the day after it",
        ),
        pytest.param(
            facts(("2024-03-04", "PR"), cut=CUT, death="2024-05-14"),
            (50, 3),
            (121, 0),
            id="a window that opens on the last assessment's day is not missed, two others are",
        ),
        pytest.param(
            facts(("2024-03-04", "PR"), cut=CUT, death="2024-05-13"),
            (120, 0),
            (120, 0),
            id="and one other is not enough",
        ),
        pytest.param(
            facts((V1, "PR"), (V4, "PR"), cut=CUT, death=V4),
            (113, 0),
            (113, 0),
            id="death on the day of an assessment after a gap",
        ),
        pytest.param(
            facts(cut=CUT, death="2024-02-20"), (37, 0), (37, 0), id="early death, no assessment"
        ),
        pytest.param(
            facts(cut=CUT, death="2024-04-04"), (1, 3), (81, 0), id="late death, no assessment"
        ),
        pytest.param(
            facts((V1, "PR"), cut=CUT, new_therapy="2024-02-20", death="2024-03-01"),
            (29, 2),
            (47, 0),
            id="death after new therapy",
        ),
        pytest.param(
            facts((V2, "PD"), cut=CUT, new_therapy="2024-02-20"),
            (1, 2),
            (57, 0),
            id="new therapy before any assessment, then progression",
        ),
        pytest.param(
            facts((V2, "SD"), cut=CUT, new_therapy="2024-02-20"),
            (1, 2),
            (57, 1),
            id="new therapy before any assessment, then none",
        ),
        pytest.param(
            facts(cut=CUT, new_therapy="2024-02-20", last_alive="2025-02-01"),
            (1, 4),
            (1, 4),
            id="new therapy and never an assessment",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut="2024-03-10"), (29, 1), (29, 1), id="PD after cut"
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut=CUT, has_baseline=False),
            (1, 5),
            (1, 5),
            id="no baseline: progression cannot be shown",
        ),
        pytest.param(
            facts((V1, "PR"), cut=CUT, has_baseline=False, death="2024-02-20"),
            (37, 0),
            (37, 0),
            id="no baseline: death can",
        ),
        pytest.param(
            facts((V1, "PR"), cut=CUT, has_baseline=False, death="2024-04-04"),
            (1, 3),
            (81, 0),
            id="no baseline: and is censored after missed visits",
        ),
    ],
)
def test_the_two_regimes(
    subject: EndpointFacts, fda: tuple[int, int], ema: tuple[int, int]
) -> None:
    assert pfs(subject, FDA) == fda
    assert pfs(subject, EMA) == ema


def test_gap_where_there_is_no_schedule() -> None:
    def died_after(gap: int) -> EndpointFacts:
        death = date.fromisoformat(V1) + timedelta(days=gap)
        # every 28 days with 7 to spare: 2 x 28 + 2 x 7
        return facts(
            (V1, "PR"), cut=CUT, death=death.isoformat(), every_days=None, missed_after_days=70
        )

    assert pfs(died_after(70)) == (99, 0)
    assert pfs(died_after(71)) == (29, 3)
    no_rule = facts((V1, "PR"), cut=CUT, death="2025-01-01", every_days=None)
    assert pfs(no_rule) == (353, 0)


LOST = ContactEnd(day=date.fromisoformat(V2), reason=CensoringReason.LOST)
WITHDREW = ContactEnd(day=date.fromisoformat(V2), reason=CensoringReason.WITHDREW)
LATE_LOSS = ContactEnd(day=date(2027, 1, 16), reason=CensoringReason.LOST)
LOSS_ON_HORIZON = ContactEnd(day=date(2027, 1, 15), reason=CensoringReason.LOST)
BEYOND = "2027-06-30"
LATE = "2027-01-04"


@pytest.mark.parametrize(
    ("given", "more", "reason"),
    [
        pytest.param([], {"has_baseline": False}, 5, id="no baseline before no assessment"),
        pytest.param([], {"new_therapy": V1}, 4, id="no assessment before new therapy"),
        pytest.param([], {"contact_end": LOST}, 4, id="no assessment before lost"),
        pytest.param(
            [(V1, "PR")],
            {"new_therapy": V2, "contact_end": LOST},
            2,
            id="new therapy before lost",
        ),
        pytest.param([(V1, "PR")], {"contact_end": LOST}, 6, id="lost"),
        pytest.param([(V1, "PR")], {"contact_end": WITHDREW}, 7, id="withdrew"),
        pytest.param(
            [(V1, "PR")],
            {"contact_end": LOST, "cut": BEYOND, "last_alive": BEYOND},
            6,
            id="lost before the horizon",
        ),
        pytest.param(
            [(LATE, "PR")],
            {"contact_end": LOSS_ON_HORIZON, "cut": BEYOND, "last_alive": BEYOND},
            6,
            id="lost on the horizon",
        ),
        pytest.param([(V1, "PR")], {"contact_end": LOST, "cut": V2}, 6, id="lost on the data cut"),
        pytest.param(
            [(LATE, "PR")],
            {"contact_end": LATE_LOSS, "cut": BEYOND, "last_alive": BEYOND},
            8,
            id="lost after the horizon: horizon",
        ),
        pytest.param([(LATE, "PR")], {"cut": "2027-01-14"}, 1, id="the day before the horizon"),
        pytest.param(
            [(LATE, "PR")],
            {"cut": "2027-01-15", "last_alive": "2027-01-15"},
            8,
            id="cut on the horizon",
        ),
        pytest.param(
            [(LATE, "PR")],
            {"cut": BEYOND, "last_window_from": date(2026, 12, 18)},
            8,
            id="last seen in the last window",
        ),
        pytest.param(
            [("2026-12-18", "PR")],
            {"cut": BEYOND, "last_window_from": date(2026, 12, 18)},
            8,
            id="on its first day",
        ),
        pytest.param(
            [("2026-12-17", "PR")],
            {"cut": BEYOND, "last_window_from": date(2026, 12, 18)},
            1,
            id="the day before it",
        ),
    ],
)
def test_why_it_was_censored(
    given: list[tuple[str, str]], more: dict[str, Any], reason: int
) -> None:
    time = progression_free_survival(facts(*given, **{"cut": CUT} | more))
    assert time.censored == reason
    assert time.description == CensoringReason(reason).words


def test_contact_that_is_overdue() -> None:
    # 18 February 2025 is 120 days after 21 October 2024
    on_time = progression_free_survival(facts((V1, "PR"), cut=CUT, last_alive="2024-10-21"))
    late = progression_free_survival(facts((V1, "PR"), cut=CUT, last_alive="2024-10-20"))
    lost = progression_free_survival(
        facts((V1, "PR"), cut=CUT, last_alive="2024-10-20", contact_end=LOST)
    )
    assert [one.overdue_contact for one in (on_time, late, lost)] == [False, True, False]


@pytest.mark.parametrize(
    ("subject", "reading", "expected"),
    [
        pytest.param(
            facts((V1, "PR"), (V2, "PR"), cut=CUT, unconfirmed_progression=on(V2)),
            FDA,
            (57, 1),
            id="unconfirmed progression: the visit is adequate, no event",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PR"), cut=CUT, unconfirmed_progression=on(V2)),
            UNCONFIRMED,
            (57, 0),
            id="unconfirmed progression as an event",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut=CUT, new_therapy=V2),
            STRICT,
            (29, 2),
            id="progression on the day of new therapy, censored",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut=CUT, new_therapy="2024-03-12"),
            STRICT,
            (57, 0),
            id="the day before it, an event",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PR"), cut=CUT, new_therapy="2024-03-15", death="2024-03-15"),
            STRICT,
            (61, 0),
            id="death on the day of new therapy, an event",
        ),
        pytest.param(
            facts((V1, "PR"), ("2024-02-25", "PD"), cut=CUT),
            FDA_B,
            (57, 0),
            id="progression between windows moves to the next target",
        ),
        pytest.param(
            facts((V1, "PR"), ("2024-03-06", "PD"), cut=CUT),
            FDA_B,
            (52, 0),
            id="progression in a window stays",
        ),
        pytest.param(
            facts((V1, "PR"), ("2024-02-25", "PD"), cut=CUT, death="2024-03-01"),
            FDA_B,
            (47, 0),
            id="moved no further than death",
        ),
        pytest.param(
            facts((V1, "PR"), ("2024-02-25", "PD"), cut="2024-03-03"),
            FDA_B,
            (49, 0),
            id="nor than the cut",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "SD"), cut=CUT, clinical_progression=on(V2)),
            FDA_C,
            (57, 0),
            id="clinical progression as an event",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "SD"), cut=CUT, clinical_progression=on(V2)),
            FDA,
            (57, 1),
            id="and else none",
        ),
        pytest.param(
            facts((V1, "PR"), (V2, "PD"), cut=CUT),
            EMA_INTERVAL,
            (43, 0),
            id="half way between 12 February and 11 March",
        ),
        pytest.param(
            facts((V2, "PD"), cut=CUT), EMA_INTERVAL, (29, 0), id="half way from the origin"
        ),
        pytest.param(
            facts((V1, "PR"), cut=CUT, death="2024-02-20"),
            EMA_INTERVAL,
            (37, 0),
            id="death on its own day",
        ),
    ],
)
def test_named_departures(
    subject: EndpointFacts, reading: ProgressionReading, expected: tuple[int, int]
) -> None:
    assert pfs(subject, reading) == expected


@pytest.mark.parametrize(
    ("reading", "name"),
    [
        (FDA, "FDA"),
        (EMA, "EMA"),
        (FDA_B, "FDA_B"),
        (UNCONFIRMED, "FDA,unconfirmed_pd=event"),
        (STRICT, "FDA,same_day_pd_newtx=censor"),
    ],
)
def test_it_names_its_variant(reading: ProgressionReading, name: str) -> None:
    assert progression_free_survival(facts((V1, "PR"), cut=CUT), reading=reading).variant == name


def test_it_says_what_it_rests_on() -> None:
    progression = Happening(day=date.fromisoformat(V2), records=(ref("assessments", 2),))
    seen = progression_free_survival(
        facts((V1, "PR"), (V2, "PD"), cut=CUT, progression=progression)
    )
    assert (seen.description, seen.censored_at) == ("progressive disease", None)
    assert seen.records == (ref("assessments", 2),)
    assert (seen.start, seen.end) == (INFUSED_ON, date.fromisoformat(V2))
    last = progression_free_survival(facts((V1, "PR"), cut=CUT))
    assert last.censored_at == "last adequate assessment"
    assert progression_free_survival(facts(cut=CUT)).censored_at == "infusion"


def test_wider_windows_close_later() -> None:
    # every 91 days with 14 to spare: the windows close on 29 April and on 29 July
    def died_on(day: str) -> EndpointFacts:
        sparse = schedule(INFUSED_ON, every_days=91, window_days=14)
        return facts((V1, "PR"), cut=CUT, death=day, windows=sparse)

    assert pfs(died_on("2024-07-29")) == (197, 0)
    assert pfs(died_on("2024-07-30")) == (29, 3)
