"""CRS and ICANS of a cohort."""

import json
from dataclasses import asdict, astuple
from typing import Any

import pytest

from app.services.derivations.safety.immune_toxicity import immune_toxicity
from app.services.derivations.subject_history import AdverseEvent, Therapy
from app.services.statistics.immune_toxicity_table import (
    ImmuneToxicityTable,
    SubjectToxicity,
    immune_toxicity_table,
)
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.therapies import TherapyKind
from tests.services.statistics.reference import agrees, cases, observations
from tests.subjects.safety import analysed, crs, therapy

TOCILIZUMAB, STEROID = TherapyKind.TOCILIZUMAB, TherapyKind.CORTICOSTEROID


def subject(*events: AdverseEvent, given: tuple[Therapy, ...] = (), **more: Any) -> SubjectToxicity:
    found = analysed(*events, **more)
    return SubjectToxicity(
        toxicity=immune_toxicity(found, given, AesiKind.CRS, gap_days=1), follow_up=found.follow_up
    )


def table(*subjects: SubjectToxicity, **more: Any) -> ImmuneToxicityTable:
    return immune_toxicity_table(subjects, AesiKind.CRS, **more)


COHORT = (
    subject(
        crs(1.0, 5, astct_grade=2),
        crs(20, 21, name="again", astct_grade=3),
        given=(therapy(TOCILIZUMAB, 2, "crs"), therapy(STEROID, 20, "again")),
    ),
    subject(crs(0.75, 2, astct_grade=1), given=(therapy(TOCILIZUMAB, 2, "crs"),)),
    subject(crs(7, None, astct_grade=None), died=9),
    subject(died=6),
    subject(seen=60),
)
"""Two episodes; one; one open at death; died before any; never any."""


def test_how_many_and_how_severe() -> None:
    found = table(*COHORT)
    assert (found.n, found.affected.x, found.grade_3_or_more.x) == (5, 3, 1)
    assert astuple(found.grades) == (1, 0, 1, 0, 0, 1)
    assert (found.affected.n, found.grade_3_or_more.n) == (5, 5)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        pytest.param("onset_days", (3, 2, 2, 8), id="first onset among those affected"),
        pytest.param("days_after_infusion", (3, 1, 1, 7), id="the same from day 0"),
        pytest.param("severe_onset_days", (1, 21, 21, 21), id="the second episode was severe"),
        pytest.param("duration_days", (2, 3.5, 2, 5), id="first episode; the open one has none"),
        pytest.param("total_days", (2, 4.5, 2, 7), id="over all episodes"),
    ],
)
def test_when_and_how_long(what: str, expected: tuple[float, ...]) -> None:
    assert astuple(getattr(table(*COHORT), what)) == expected


def test_onset_in_hours_takes_whole_days_where_the_time_is_not_known() -> None:
    found = table(*COHORT, onset_rule="hours_over_24")
    assert (found.onset_rule, astuple(found.onset_days)) == ("hours_over_24", (3, 1, 0.75, 7))


def test_an_episode_open_at_death_is_censored() -> None:
    found = table(*COHORT)
    assert found.unresolved == 1
    # By hand, of 2, 3+ and 5 days: two thirds unresolved after day 2, none after day 5.
    assert found.time_to_resolution.estimate == 5


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        pytest.param(crs(3, 5, astct_grade=3), (0, 0, 0, 0), id="known to the day"),
        pytest.param(crs(None, 15, astct_grade=3), (1, 1, 1, 0), id="onset not known"),
        pytest.param(crs("2024", 15, astct_grade=3), (1, 1, 1, 0), id="onset known to the year"),
        pytest.param(crs("2024-03", 15, astct_grade=3), (1, 1, 1, 0), id="known to the month"),
        pytest.param(crs(3, "2024-03", astct_grade=3), (0, 0, 1, 0), id="end known to the month"),
        pytest.param(crs(3, ongoing=None, astct_grade=3), (0, 0, 0, 1), id="end not known"),
    ],
)
def test_days_that_were_filled_in_stay_out_and_are_counted(
    one: AdverseEvent, counts: tuple[int, int, int, int]
) -> None:
    found = table(subject(one), subject(crs(9, 12, astct_grade=3)))
    left_out = (
        found.onset_imputed,
        found.severe_onset_imputed,
        found.duration_imputed,
        found.end_unknown,
    )
    assert left_out == counts
    assert found.onset_days.n == 2 - counts[0]
    assert found.severe_onset_days.n == 2 - counts[1]
    assert found.duration_days.n == found.total_days.n == 2 - counts[2] - counts[3]
    assert found.affected.x == 2
    assert found.unresolved == 0
    assert found.without_time_at_risk == 0


def test_a_duration_that_is_not_known_to_the_day_is_in_no_time_to_resolution() -> None:
    found = table(subject(crs(None, 15)), subject(crs(9, 12)))
    assert found.time_to_resolution.estimate == 4


def test_a_crs_dated_before_the_infusion_is_counted_apart() -> None:
    found = table(subject(crs(-2, 3)), subject(crs(1, 3)))
    assert (found.before_infusion, found.affected.x, found.onset_days.n) == (1, 1, 1)


@pytest.mark.parametrize(("died", "deaths"), [(499, 1), (500, 1), (501, 0)])
def test_a_death_up_to_the_cut_on_day_500_competes(died: int, deaths: int) -> None:
    found = table(subject(crs(1, 5, astct_grade=2)), subject(died=died))
    assert found.cumulative_incidence.of("death").n_event == deaths


def test_what_was_given() -> None:
    used = {
        one.kind: (one.of_all.x, one.of_all.n, one.of_affected.x, one.of_affected.n)
        for one in table(*COHORT).treatments
    }
    assert used == {
        "tocilizumab": (2, 5, 2, 3),
        "corticosteroid": (1, 5, 1, 3),
        "anakinra": (0, 5, 0, 3),
        "siltuximab": (0, 5, 0, 3),
    }


def test_death_before_it_competes() -> None:
    found = table(*COHORT)
    assert found.cumulative_incidence.time == (2, 7, 8, 61)
    assert [one.incidence for one in found.landmarks] == agrees([0.4, 0.6, 0.6])
    assert found.cumulative_incidence.of("death").n_event == 1


@pytest.mark.parametrize(
    ("onset", "incidence"),
    [
        pytest.param(6, [1, 1, 1], id="day 7, the infusion being day 1"),
        pytest.param(7, [0, 1, 1], id="day 8"),
        pytest.param(13, [0, 1, 1], id="day 14"),
        pytest.param(14, [0, 0, 1], id="day 15"),
        pytest.param(29, [0, 0, 1], id="day 30"),
        pytest.param(30, [0, 0, 0], id="day 31"),
    ],
)
def test_the_cumulative_incidence_is_read_on_days_7_14_and_30(
    onset: int, incidence: list[int]
) -> None:
    found = table(subject(crs(onset, onset + 2)))
    assert [one.incidence for one in found.landmarks] == incidence


def test_an_onset_on_the_day_of_death_comes_first() -> None:
    found = table(subject(crs(3, 3), died=3))
    assert [one.n_event for one in found.cumulative_incidence.incidences] == [1, 0]


def test_the_cumulative_incidence_is_that_of_r() -> None:
    told = {
        1: lambda day: subject(crs(day, day)),
        2: lambda day: subject(died=day),
        0: lambda day: subject(seen=day),
    }
    days, happened = observations("aj_crs60")
    found = table(*(told[what](int(day) - 1) for day, what in zip(days, happened, strict=True)))
    reference = cases("aalen_johansen")["crs60"]["survfit"]
    curve = found.cumulative_incidence
    assert curve.time == tuple(reference["time"])
    assert curve.of("CRS").incidence == agrees(reference["cif_event"])
    assert curve.of("death").incidence == agrees(reference["cif_compete"])


@pytest.mark.parametrize(
    "doubtful",
    [
        pytest.param(subject(died=-1), id="death before the infusion"),
        pytest.param(subject(crs(1, 9), dates_doubtful=True), id="other dates, affected"),
        pytest.param(subject(dates_doubtful=True), id="other dates, not affected"),
    ],
)
def test_a_subject_whose_dates_contradict_each_other_has_no_time(doubtful: SubjectToxicity) -> None:
    found = table(doubtful, subject(crs(1, 2)))
    assert (found.n, found.without_time_at_risk, found.cumulative_incidence.n) == (2, 1, 1)
    assert found.time_to_resolution.estimate == 2


@pytest.mark.parametrize(
    "subjects", [pytest.param((), id="nobody"), pytest.param((subject(),), id="not affected")]
)
def test_without_anybody_affected(subjects: tuple[SubjectToxicity, ...]) -> None:
    found = table(*subjects)
    assert astuple(found.onset_days) == (0, None, None, None)
    assert (found.time_to_resolution.estimate, found.unresolved) == (None, 0)
    assert json.dumps(asdict(found), allow_nan=False)


def test_it_refuses_the_other_syndrome() -> None:
    with pytest.raises(ValueError, match="kind"):
        immune_toxicity_table(COHORT, AesiKind.ICANS)
