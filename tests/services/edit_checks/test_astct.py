from typing import Any

import pytest

from tests.subjects.agreeing import Sent, noticed, of, ref, sent

REPORTED = {
    "onset": "2026-03-05", "end": "2026-03-09", "outcome": "RECOVERED/RESOLVED",
    "causality": {"car_t": "probable"},
    "aware_at": "2026-03-05T20:00+08:00", "reported_at": "2026-03-06T08:00+08:00",
}  # fmt: skip
HYPOTENSIVE = {
    "temperature_max": "39.4", "hypotension": True, "vasopressors": [], "vasopressin": False,
    "oxygen": "ROOM_AIR",
}  # fmt: skip
WELL = {
    "consciousness": "ALERT", "seizure": "NONE", "motor": "NONE", "raised_pressure": "NONE",
}  # fmt: skip


def crs(grade: int, **findings: Any) -> Sent:
    return sent("adverse-events", "crs", **REPORTED, term="Cytokine release syndrome", grade=2,
                aesi_kind="CRS",
                astct={"scale": "ASTCT_CRS", "grade": grade, "crs": {**HYPOTENSIVE, **findings}},
                )  # fmt: skip


@pytest.mark.parametrize(
    ("record", "differs"),
    [
        pytest.param(crs(2), False, id="hypotension without vasopressor is 2"),
        pytest.param(crs(1), True, id="reported lower"),
        pytest.param(crs(3), True, id="reported higher"),
        pytest.param(crs(3, vasopressors=["norepinephrine"]), False, id="one vasopressor is 3"),
        pytest.param(crs(3, oxygen=None), False, id="oxygen not recorded could make it 3"),
        pytest.param(crs(1, oxygen=None), True, id="but not 1"),
        pytest.param(crs(2, temperature_max=None), False, id="fever not recorded"),
        pytest.param(crs(2, temperature_max="37.9"), True, id="no fever is no CRS"),
    ],
)
def test_it_holds_a_crs_grade_against_its_findings(record: Sent, differs: bool) -> None:
    expected = [("CRS-GRADE-DIFFERS", "adverse-events", "/astct/grade")] if differs else []
    assert noticed(of(record)) == expected


def icans(grade: int, **body: Any) -> Sent:
    findings = body.pop("icans", {**WELL, "ice": {"score": 5}})
    return sent("adverse-events", "icans", **{**REPORTED, **body}, grade=2, aesi_kind="ICANS",
                term="Nervous system disorders - Other, specify", other_specify="ICANS",
                astct={"scale": "ASTCT_ICANS_ADULT", "grade": grade, "icans": findings},
                )  # fmt: skip


def examined(at: str, score: int, grade: int | None = None, **body: Any) -> Sent:
    return sent("neuro-assessments", at, **{**WELL, **body}, assessed_at=f"{at}T08:00+08:00",
                ice={"score": score}, grade=grade)  # fmt: skip


DURING = examined("2026-03-07", 5)


@pytest.mark.parametrize(
    ("record", "differs"),
    [
        pytest.param(icans(2), False, id="ICE 5 is 2"),
        pytest.param(icans(3), True, id="reported higher"),
        pytest.param(icans(2, icans={**WELL}), False, id="ICE not recorded"),
        pytest.param(icans(2, icans={**WELL, "seizure": "REPETITIVE_NO_RETURN"}), True, id="4"),
    ],
)
def test_it_holds_an_icans_grade_against_its_findings(record: Sent, differs: bool) -> None:
    expected = [("ICANS-GRADE-DIFFERS", "adverse-events", "/astct/grade")] if differs else []
    assert noticed(of(record, DURING)) == expected


@pytest.mark.parametrize(("grade", "differs"), [(2, False), (1, True), (None, False)])
def test_it_holds_an_examiners_grade_against_the_findings(grade: int | None, differs: bool) -> None:
    found = noticed(of(icans(2), examined("2026-03-07", 5, grade)))
    assert found == ([("ICANS-GRADE-DIFFERS", "neuro-assessments", "/grade")] if differs else [])


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([DURING], [("NEURO-WITHOUT-ICANS", "neuro-assessments", "/assessed_at")],
                     id="no event at all"),
        pytest.param([examined("2026-03-07", 10)], [], id="well, and no event"),
        pytest.param([examined("2026-03-01", 5)], [], id="before the infusion"),
        pytest.param([icans(2), DURING, examined("2026-03-10", 9)], [],
                     id="the day after the end"),
        pytest.param([icans(2), DURING, examined("2026-03-11", 9)],
                     [("NEURO-WITHOUT-ICANS", "neuro-assessments", "/assessed_at")],
                     id="two days after the end"),
        pytest.param([icans(2), DURING, examined("2026-03-11", 9, adverse_event=ref("icans"))], [],
                     id="two days after, but it names the event"),
        pytest.param([icans(2), DURING, examined("2026-03-06", 2)],
                     [("ICANS-BELOW-ASSESSMENT", "adverse-events", "/astct/grade")],
                     id="a worse day within it"),
        pytest.param([icans(2)], [("ICANS-WITHOUT-NEURO", "adverse-events", "/onset")],
                     id="an event without assessments"),
    ],
)  # fmt: skip
def test_it_holds_assessments_and_events_against_each_other(
    records: list[Sent], expected: list[tuple[str, str, str]]
) -> None:
    assert noticed(of(*records)) == expected
