from typing import Any

import pytest

from tests.subjects.agreeing import DIED, Sent, but, noticed, of, ref, sent

JUDGED = {"causality": {"car_t": "possible"}}
FATAL = {
    "term": "Sepsis", "grade": 5, "outcome": "FATAL", "serious": True,
    "seriousness_criteria": ["death"], "onset": "2026-09-01",
    "aware_at": "2026-09-01T08:00+08:00", "reported_at": "2026-09-01T20:00+08:00", **JUDGED,
}  # fmt: skip


def event(name: str = "event", **body: Any) -> Sent:
    return sent("adverse-events", name, **{"term": "Fatigue", "grade": 1, **JUDGED, **body})


def rules(*records: Sent) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records))]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param(
            [event(**FATAL, end="2026-09-10")],
            [("AE-FATAL-WITHOUT-DEATH", "/outcome")],
            id="fatal without a death",
        ),
        pytest.param([event(**FATAL, end="2026-09-10"), DIED], [], id="fatal with the death"),
        pytest.param([event(**FATAL, end="2026-09"), DIED], [], id="only the month known"),
        pytest.param(
            [event(**FATAL, end="2026-09-09"), DIED],
            [("AE-FATAL-DATE-DIFFERS", "/end")],
            id="another day",
        ),
        pytest.param(
            [event(**FATAL, end="2026-09-11"), DIED],
            [("AE-FATAL-DATE-DIFFERS", "/end")],
            id="a later day",
        ),
        pytest.param(
            [
                event(**FATAL, end="2026-09-10"),
                event("two", **{**FATAL, "term": "Lung infection"}, end="2026-09-10"),
                DIED,
            ],
            [("AE-FATAL-TWICE", "/outcome")],
            id="two fatal events",
        ),
        pytest.param(
            [event(onset="2026-09-01", end="2026-09-11", outcome="RECOVERED/RESOLVED"), DIED],
            [("AE-END-AFTER-DEATH", "/end")],
            id="recovered after death",
        ),
        pytest.param(
            [event(onset="2026-09-01", end="2026-09-10", outcome="RECOVERED/RESOLVED"), DIED],
            [],
            id="recovered on the day of death",
        ),
    ],
)
def test_it_holds_events_against_the_death(
    records: list[Sent], expected: list[tuple[str, str]]
) -> None:
    assert rules(*records) == expected


def serious(**body: Any) -> Sent:
    criteria = ["hospitalisation"]
    return event(onset="2026-03-05", serious=True, seriousness_criteria=criteria, **body)


def times(aware_at: str, reported_at: str) -> dict[str, str]:
    return {"aware_at": aware_at, "reported_at": reported_at}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            serious(**times("2026-03-05T20:00+08:00", "2026-03-06T12:00Z")), [], id="24 hours"
        ),
        pytest.param(
            serious(**times("2026-03-05T20:00+08:00", "2026-03-06T12:01Z")),
            [("AE-REPORTED-LATE", "/reported_at")],
            id="a minute more",
        ),
        pytest.param(
            serious(
                **times("2026-03-05T20:00+08:00", "2026-03-11T16:00Z"),
                became_serious_on="2026-03-10",
            ),
            [],
            id="24 hours after the day it became serious had ended there",
        ),
        pytest.param(
            serious(
                **times("2026-03-05T20:00+08:00", "2026-03-11T16:01Z"),
                became_serious_on="2026-03-10",
            ),
            [("AE-REPORTED-LATE", "/reported_at")],
            id="later than that",
        ),
        pytest.param(serious(), [("AE-REPORT-MISSING", "/aware_at")], id="no times"),
        pytest.param(
            serious(aware_at="2026-03-05T20:00+08:00"),
            [("AE-REPORT-MISSING", "/reported_at")],
            id="not reported",
        ),
        pytest.param(
            event(term="Lung infection", grade=3, onset="2026-03-05", aesi_kind="infection"),
            [("AE-REPORT-MISSING", "/aware_at")],
            id="special interest, grade 3",
        ),
        pytest.param(
            event(term="Lung infection", grade=2, onset="2026-03-05", aesi_kind="infection"),
            [],
            id="special interest, grade 2",
        ),
        pytest.param(
            event(onset="2026-03-05", **times("2026-03-05T20:00+08:00", "2026-04-05T20:00+08:00")),
            [],
            id="not serious",
        ),
    ],
)
def test_it_holds_reporting_against_the_clock(
    record: Sent, expected: list[tuple[str, str]]
) -> None:
    assert rules(record) == expected


def syndrome(kind: str, onset: str) -> Sent:
    term = {
        "CRS": {"term": "Cytokine release syndrome"},
        "ICANS": {
            "term": "Nervous system disorders - Other, specify", "other_specify": "ICANS",
        },
    }[kind]  # fmt: skip
    scale = {"CRS": "ASTCT_CRS", "ICANS": "ASTCT_ICANS_ADULT"}[kind]
    return event(**term, onset=onset, aesi_kind=kind, astct={"scale": scale, "grade": 1})


@pytest.mark.parametrize(
    ("kind", "onset", "expected"),
    [
        pytest.param("CRS", "2026-03-02", [], id="the day of infusion"),
        pytest.param("CRS", "2026-03-01", ["CRS-BEFORE-INFUSION"], id="the day before"),
        pytest.param("CRS", "2026-03-02T09:40+08:00", [], id="as the infusion starts"),
        pytest.param(
            "CRS", "2026-03-02T09:39+08:00", ["CRS-BEFORE-INFUSION"], id="a minute before it"
        ),
        pytest.param("CRS", "2026-03-02T01:39Z", ["CRS-BEFORE-INFUSION"], id="that one in UTC"),
        pytest.param("ICANS", "2026-03-01", ["CRS-BEFORE-INFUSION"], id="ICANS the day before"),
        pytest.param("CRS", "2026-03-16", [], id="day 14"),
        pytest.param("CRS", "2026-03-17", ["CRS-LATE-ONSET"], id="day 15"),
        pytest.param("ICANS", "2026-03-17", [], id="ICANS on day 15"),
        pytest.param("CRS", "2026-03", [], id="some day of the month"),
    ],
)
def test_it_holds_crs_against_the_infusion(kind: str, onset: str, expected: list[str]) -> None:
    found = rules(syndrome(kind, onset))
    assert [one for one in found if one[0].startswith("CRS")] == [
        (rule, "/onset") for rule in expected
    ]


@pytest.mark.parametrize(
    ("onset", "outside"),
    [
        pytest.param("2026-02-09", True, id="the day before consent"),
        pytest.param("2026-02-10", False, id="the day of consent"),
        pytest.param("2026-02", False, id="some day of that month"),
        pytest.param("2026-01", True, id="the month before"),
    ],
)
def test_it_notices_events_outside_collection(onset: str, outside: bool) -> None:
    expected = [("AE-OUTSIDE-COLLECTION", "/onset")] if outside else []
    assert rules(event(onset=onset)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"onset": "2026-03-02", "causality": None}, True, id="not judged"),
        pytest.param(
            {"onset": "2026-03-02", "causality": {"disease": "probable"}}, True, id="only others"
        ),
        pytest.param({"onset": "2026-03-01", "causality": None}, False, id="before the infusion"),
    ],
)
def test_it_notices_causality_not_judged(body: dict[str, Any], expected: bool) -> None:
    assert rules(event(**body)) == ([("CAUSALITY-MISSING", "/causality")] if expected else [])


def test_it_notices_progression_reported_as_an_event() -> None:
    progression = event(**{**FATAL, "term": "Disease progression"}, end="2026-09-10")
    assert rules(progression, DIED) == [("PROGRESSION-AS-AE", "/term")]


@pytest.mark.parametrize(
    ("second", "twice"),
    [
        pytest.param({"onset": "2026-03-05"}, True, id="the same"),
        pytest.param({"onset": "2026-03-06"}, False, id="another onset"),
        pytest.param({"onset": "2026-03-05", "term": "Fever"}, False, id="another term"),
    ],
)
def test_it_notices_an_event_reported_twice(second: dict[str, Any], twice: bool) -> None:
    found = rules(event(onset="2026-03-05"), event("second", **second))
    assert found == ([("AE-TWICE", "/onset")] if twice else [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"grade": 1}, {"grade": 2}, [], id="worse"),
        pytest.param({"grade": 2}, {"grade": 2}, [("WORSENING-NOT-WORSE", "/grade")], id="same"),
        pytest.param(
            {"grade": 1, "onset": "2026-03-03"},
            {"grade": 2},
            [("WORSENING-OF-LATER", "/worsening_of")],
            id="began after the infusion",
        ),
        pytest.param({"grade": 1, "onset": "2026-03-02"}, {"grade": 2}, [], id="that day"),
    ],
)
def test_it_holds_a_worsening_against_what_worsened(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    one = event("before", **{"onset": "2026-02-20", **before})
    other = event("after", onset="2026-03-09", worsening_of=ref("before"), **after)
    assert rules(one, other) == expected


@pytest.mark.parametrize(
    ("grades", "noticed"),
    [
        pytest.param((2, 2), True, id="the same"),
        pytest.param((2, 3), False, id="worse"),
    ],
)
def test_a_worsening_of_icans_is_held_by_its_own_grade(
    grades: tuple[int, int], noticed: bool
) -> None:
    one, other = (
        event(
            name,
            term="Nervous system disorders - Other, specify",
            other_specify="ICANS",
            grade=None,
            aesi_kind="ICANS",
            astct={"scale": "ASTCT_ICANS_ADULT", "grade": grade},
            onset=onset,
            worsening_of=named,
        )
        for name, grade, onset, named in (
            ("one", grades[0], "2026-03-04", None),
            ("other", grades[1], "2026-03-05", ref("one")),
        )
    )
    assert ("WORSENING-NOT-WORSE" in dict(rules(one, other))) is noticed


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"end": "2026-03-09"}, [], id="an end"),
        pytest.param({"ongoing": True}, [], id="goes on"),
        pytest.param({"outcome": "NOT RECOVERED/NOT RESOLVED"}, [], id="not recovered"),
        pytest.param({"outcome": "UNKNOWN"}, [], id="said to be unknown"),
        pytest.param({"ongoing": None}, ["AE-END-UNKNOWN"], id="nothing said"),
        pytest.param({"ongoing": False}, ["AE-END-UNKNOWN"], id="over, nobody says when"),
    ],
)
def test_it_asks_whether_an_event_has_ended(body: dict[str, Any], expected: list[str]) -> None:
    assert rules(event(onset="2026-03-05", **body)) == [(rule, "/end") for rule in expected]


def test_it_says_what_becomes_of_an_unknown_onset() -> None:
    unknown = event(onset=None, onset_unknown=True)
    assert rules(unknown) == [("AE-ONSET-UNKNOWN", "/onset")]


@pytest.mark.parametrize(
    ("end", "twice"),
    [
        pytest.param("2026-03-05", True, id="the same end"),
        pytest.param("2026-03-06", False, id="another end"),
    ],
)
def test_of_two_events_of_unknown_onset_the_end_tells(end: str, twice: bool) -> None:
    one = event(onset_unknown=True, end="2026-03-05")
    found = rules(one, event("second", onset_unknown=True, end=end))
    assert ("AE-TWICE" in dict(found)) is twice


@pytest.mark.parametrize(
    ("onset", "noticed"),
    [
        pytest.param("2026-03-01", True, id="the day before the infusion"),
        pytest.param("2026-03-02", False, id="the day of infusion"),
        pytest.param("2026-03", False, id="some day of its month"),
        pytest.param("2026-03-02T01:39Z", True, id="a minute before it"),
        pytest.param("2026-03-01T20:41-05:00", False, id="after it, by a clock far west"),
    ],
)
def test_it_asks_when_a_worsening_before_the_infusion_was(onset: str, noticed: bool) -> None:
    worse = event("worse", onset=onset, grade=2, worsening_of=ref("before"))
    found = rules(event("before", onset="2026-02-20"), worse)
    assert (("WORSENING-BEFORE-INFUSION", "/onset") in found) is noticed


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"other_specify": "ICANS", "aesi_kind": "ICANS"}, "ICANS-UNGRADED", id="named"
        ),
        pytest.param(
            {"other_specify": "Immune effector cell-associated neurotoxicity syndrome"},
            "ICANS-UNGRADED",
            id="written out beside its term",
        ),
        pytest.param({"term": "Cytokine release syndrome"}, "CRS-UNGRADED", id="CRS"),
        pytest.param({"term": "Fever"}, None, id="neither"),
        pytest.param({"other_specify": "brain fog"}, None, id="another event of that term"),
    ],
)
def test_it_asks_for_the_grade_of_a_syndrome(body: dict[str, Any], expected: str | None) -> None:
    term = {"term": "Nervous system disorders - Other, specify", "grade": 2}
    found = rules(event(**{**term, **body}, onset="2026-03-05"))
    assert found == ([(expected, "/astct")] if expected else []) + (
        [("ICANS-WITHOUT-NEURO", "/onset")] if expected == "ICANS-UNGRADED" else []
    )


def test_it_says_nothing_of_crs_while_the_infusion_is_not_known() -> None:
    found = noticed(of(syndrome("CRS", "2026-03-05"), but("enrolment"), without=("infusion",)))
    assert [one for one in found if one[0].startswith("CRS")] == []
