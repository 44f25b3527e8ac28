"""Which adverse events are treatment-emergent, and in which of the two tables they count."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.vocabularies.adverse_events import AesiKind, CollectionPeriod
from tests.subjects.safety import (
    DATA_CUT,
    INFUSED_AT,
    analysed,
    event,
    on,
    possible,
    the_event,
    with_rules,
)

HORIZON = (on(0).replace(year=2027) - on(0)).days
"""36 calendar months after the infusion, 10 March 2027."""


@pytest.mark.parametrize(
    ("onset", "end", "emergent"),
    [
        pytest.param(-1, None, False, id="day before the infusion"),
        pytest.param(-6, 4, False, id="begun before, still there after"),
        pytest.param(0, None, True, id="infusion day, time not known"),
        pytest.param(0.0, None, True, id="the minute the infusion starts"),
        pytest.param(-1 / 1440, None, False, id="a minute before it starts"),
        pytest.param(1 / 1440, None, True, id="a minute after it started"),
        pytest.param(1, None, True, id="day after"),
        pytest.param("2024-03", None, True, id="some day of the month of infusion"),
        pytest.param("2024-03", -1, False, id="some day of that month, ended before infusion"),
        pytest.param("2024-03", 0, True, id="some day of that month, ended on the infusion day"),
        pytest.param("2024-03", -0.1, False, id="ended on the infusion day, hours before it"),
        pytest.param("2024-03", "2024-03", True, id="both some day of that month"),
        pytest.param("2024-03", "2024", True, id="the end known to the year"),
        pytest.param("2024", None, True, id="some day of the year of infusion"),
        pytest.param("2024", "2024-02", False, id="some day of that year, ended the month before"),
        pytest.param("2024-02", None, False, id="some day of the month before"),
        pytest.param("2023", None, False, id="the year before"),
        pytest.param("2024-04", None, True, id="some day of the month after"),
        pytest.param(DATA_CUT, None, True, id="day of the cut"),
    ],
)
def test_onset_against_the_infusion(onset: Any, end: Any, emergent: bool) -> None:
    assert the_event(event(onset, end)).treatment_emergent is emergent


@pytest.mark.parametrize(
    ("onset", "related", "emergent"),
    [
        pytest.param(59, False, True, id="day before new therapy"),
        pytest.param(60, False, True, id="day of new therapy"),
        pytest.param(61, False, False, id="day after"),
        pytest.param(61, True, True, id="day after, related"),
        pytest.param(61, None, True, id="day after, causality not judged"),
        pytest.param(DATA_CUT, True, True, id="day of the cut, related"),
    ],
)
def test_new_therapy_ends_what_is_not_related(
    onset: int, related: bool | None, emergent: bool
) -> None:
    one = the_event(event(onset, related=related), new_therapy=60)
    assert one.treatment_emergent is emergent


@pytest.mark.parametrize(
    ("onset", "related", "emergent"),
    [
        pytest.param(HORIZON, False, True, id="horizon"),
        pytest.param(HORIZON + 1, False, False, id="day after the horizon"),
        pytest.param(HORIZON + 1, True, False, id="day after it, related"),
    ],
)
def test_nothing_after_the_horizon_counts(onset: int, related: bool, emergent: bool) -> None:
    one = the_event(event(onset, related=related, serious=True), data_cut=HORIZON + 100)
    assert one.treatment_emergent is emergent
    assert one.to_horizon is emergent


@pytest.mark.parametrize(
    ("end", "recorded", "emergent"),
    [
        pytest.param(None, None, True, id="nothing known"),
        pytest.param(4, None, True, id="ended after the infusion"),
        pytest.param(0, None, True, id="ended on the infusion day"),
        pytest.param(-0.1, None, False, id="ended hours before it"),
        pytest.param(-1, None, False, id="ended the day before"),
        pytest.param("2024-03", None, True, id="ended some day of the month of infusion"),
        pytest.param("2024-02", None, False, id="ended the month before"),
        pytest.param(None, 1.0, True, id="first recorded the day after"),
        pytest.param(None, -1 / 1440, False, id="first recorded a minute before"),
        pytest.param(4, -3.0, False, id="first recorded days before"),
    ],
)
def test_an_onset_of_which_nothing_is_known(end: Any, recorded: Any, emergent: bool) -> None:
    one = the_event(event(None, end, first_recorded=possible(recorded)))
    assert one.treatment_emergent is emergent
    assert one.before_infusion is not emergent
    assert (one.onset, one.study_day, one.onset_imputed) == (None, None, "Y")
    assert one.emerged_on == (on(0) if emergent else None)
    assert one.period == (CollectionPeriod.TREATMENT if emergent else None)


def test_an_onset_after_the_start_of_infusion_by_another_clock() -> None:
    """Infused at 10:00 in Shanghai; the onset 02:10 UTC, ten minutes later."""
    instant = INFUSED_AT.astimezone(UTC) + timedelta(minutes=10)
    day_before = PossibleDays(on(-1), on(-1), instant)
    assert the_event(replace(event(0), onset=day_before)).treatment_emergent


@pytest.mark.parametrize(
    ("onset", "end", "grades", "emerged"),
    [
        pytest.param(3, None, (1, 3), 3, id="worse after the infusion"),
        pytest.param(3, None, (2, 2), None, id="no higher than the state at the infusion"),
        pytest.param(3, None, (None, 2), 3, id="the state has no grade"),
        pytest.param(3, None, (2, None), 3, id="the record after it has no grade"),
        pytest.param(-6, None, (1, 3), None, id="worse before the infusion: the state"),
        pytest.param(-6, -1, (1, 3), None, id="ended before the infusion"),
    ],
)
def test_a_worsening_counts(
    onset: int, end: int | None, grades: tuple[int | None, int | None], emerged: int | None
) -> None:
    before = event(-6, name="before", grade=grades[0])
    worse = event(onset, end, name="worse", grade=grades[1], worsening_of="before")
    one = the_event(before, worse)
    assert one.emerged_on == (None if emerged is None else on(emerged))
    assert one.treatment_emergent is (emerged is not None)
    assert the_event(before, worse, name="before").treatment_emergent is False


def test_nothing_is_treatment_emergent_without_an_infusion() -> None:
    one = the_event(event(3), infused=False)
    assert (one.treatment_emergent, one.study_day, one.emerged_on) == (False, None, None)


@pytest.mark.parametrize(
    ("onset", "related", "primary"),
    [
        pytest.param(-1, False, False, id="before the infusion"),
        pytest.param(0, False, True, id="infusion day"),
        pytest.param(100, False, True, id="day 100"),
        pytest.param(101, False, False, id="day 101"),
        pytest.param(101, True, False, id="day 101, related"),
    ],
)
def test_the_primary_window_ends_on_day_100(onset: int, related: bool, primary: bool) -> None:
    assert the_event(event(onset, related=related)).in_primary_window is primary


@pytest.mark.parametrize(
    ("onset", "related", "primary"),
    [
        pytest.param(40, False, True, id="day of new therapy"),
        pytest.param(41, False, False, id="day after"),
        pytest.param(41, True, True, id="day after, related"),
    ],
)
def test_new_therapy_ends_the_primary_window_for_what_is_not_related(
    onset: int, related: bool, primary: bool
) -> None:
    one = the_event(event(onset, related=related), new_therapy=40)
    assert one.in_primary_window is primary


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        pytest.param({}, False, id="neither serious, special nor related"),
        pytest.param({"serious": True}, True, id="serious"),
        pytest.param({"related": True}, True, id="related"),
        pytest.param({"related": None}, True, id="causality not judged"),
        pytest.param({"aesi_kind": AesiKind.CARDIAC}, True, id="special interest"),
    ],
)
def test_the_second_table_goes_to_the_horizon(more: dict[str, Any], listed: bool) -> None:
    assert the_event(event(200, **more)).to_horizon is listed


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        pytest.param({"serious": True}, False, id="serious"),
        pytest.param({"serious": True, "related": True}, True, id="serious and related"),
        pytest.param({"aesi_kind": AesiKind.CARDIAC}, False, id="special interest"),
        pytest.param({"aesi_kind": AesiKind.SECOND_MALIGNANCY}, True, id="second malignancy"),
        pytest.param({"aesi_kind": AesiKind.REPLICATION_COMPETENT_VECTOR}, True, id="vector"),
    ],
)
def test_what_the_second_table_takes_after_new_therapy(more: dict[str, Any], listed: bool) -> None:
    one = the_event(event(200, **more), new_therapy=100)
    assert one.to_horizon is listed
    assert one.treatment_emergent is bool(more.get("related"))


@pytest.mark.parametrize(
    ("onset", "listed"),
    [pytest.param(HORIZON, True, id="horizon"), pytest.param(HORIZON + 1, False, id="day after")],
)
def test_a_second_malignancy_counts_up_to_the_horizon(onset: int, listed: bool) -> None:
    malignancy = event(onset, aesi_kind=AesiKind.SECOND_MALIGNANCY)
    one = the_event(malignancy, new_therapy=100, data_cut=HORIZON + 50)
    assert one.to_horizon is listed


@pytest.mark.parametrize(
    ("onset", "primary"),
    [
        pytest.param(100, False, id="the day before it"),
        pytest.param(101, True, id="its first day"),
    ],
)
def test_another_period_can_be_the_primary_one(onset: int, primary: bool) -> None:
    trial = with_rules(primary_period=CollectionPeriod.FOLLOW_UP)
    assert the_event(event(onset), trial=trial).in_primary_window is primary


def test_a_linked_record_counts_with_the_first_of_its_event() -> None:
    """The event begins in the primary period and before new therapy; its worst comes after."""
    first = event(90, 99, name="first", grade=2)
    worse = event(100, 110, name="worse", grade=4, worsening_of="first")
    one = the_event(first, worse, new_therapy=95)
    assert one.treatment_emergent
    assert one.in_primary_window
    assert one.emerged_on == on(100)
    assert not the_event(first, event(100, 110, grade=4), new_therapy=95).treatment_emergent


def test_a_linked_record_after_the_horizon_does_not_count() -> None:
    first = event(HORIZON - 1, name="first", grade=2)
    late = event(HORIZON + 1, name="late", grade=4, part_of_episode="first")
    one = the_event(first, late, data_cut=HORIZON + 100)
    assert not one.treatment_emergent


@pytest.mark.parametrize(
    ("onset", "new_therapy", "period"),
    [
        pytest.param(-41, None, None, id="before consent"),
        pytest.param(-40, None, "screening", id="consent"),
        pytest.param(-30, None, "apheresis_bridging", id="leukapheresis"),
        pytest.param(-5, None, "lymphodepletion", id="first dose"),
        pytest.param(-0.1, None, "lymphodepletion", id="infusion day, hours before it"),
        pytest.param(0, None, "treatment", id="infusion day"),
        pytest.param(101, None, "follow_up", id="day 101"),
        pytest.param(60, 60, "after_new_therapy", id="day of new therapy"),
    ],
)
def test_the_collection_period(onset: Any, new_therapy: int | None, period: str | None) -> None:
    assert the_event(event(onset), new_therapy=new_therapy).period == period


@pytest.mark.parametrize(
    ("onset", "end", "days", "flags"),
    [
        pytest.param(2, 4, (3, 5), (None, None), id="known to the day"),
        pytest.param(-1, 0, (-1, 1), (None, None), id="there is no day 0"),
        pytest.param("2024-04", "2024-04", (23, 52), ("D", "D"), id="month: its first, its last"),
        pytest.param("2024-03", 30, (1, 31), ("D", None), id="month of infusion: infusion day"),
        pytest.param("2025", "2025", (298, 501), ("M", "M"), id="year: its first, until the cut"),
        pytest.param(2, None, (3, None), (None, None), id="not ended"),
        pytest.param(2, DATA_CUT + 1, (3, None), (None, None), id="end after the cut: not known"),
    ],
)
def test_days_and_what_of_them_was_filled_in(
    onset: Any, end: Any, days: tuple[int, int | None], flags: tuple[str | None, str | None]
) -> None:
    one = the_event(event(onset, end))
    assert (one.study_day, one.end_study_day) == days
    assert (one.onset_imputed, one.end_imputed) == flags


@pytest.mark.parametrize(
    ("more", "days"),
    [
        pytest.param({}, (DATA_CUT + 1, 101), id="to the cut, and to day 100"),
        pytest.param({"new_therapy": 60}, (61, 61), id="to new therapy"),
        pytest.param({"died": 30}, (31, 31), id="to death"),
        pytest.param({"seen": 80}, (81, 81), id="to the day last known alive"),
        pytest.param({"died": 30, "seen": 29}, (31, 31), id="death goes first"),
        pytest.param({"died": DATA_CUT + 1}, (DATA_CUT + 1, 101), id="death after the cut"),
        pytest.param({"data_cut": 40}, (41, 41), id="to an early cut"),
        pytest.param({"data_cut": HORIZON + 50}, (HORIZON + 1, 101), id="to the horizon"),
        pytest.param({"died": 0}, (1, 1), id="died on the infusion day"),
        pytest.param({"died": -1}, (None, None), id="death before the infusion"),
        pytest.param({"dates_doubtful": True}, (None, None), id="its dates contradict each other"),
        pytest.param({"infused": False}, (None, None), id="never infused"),
    ],
)
def test_the_time_at_risk(more: dict[str, Any], days: tuple[int | None, int | None]) -> None:
    follow_up = analysed(**more).follow_up
    assert follow_up.days_at_risk(SafetyWindow.TREATMENT_EMERGENT) == days[0]
    assert follow_up.days_at_risk(SafetyWindow.PRIMARY) == days[1]
