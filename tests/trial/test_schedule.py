"""When visits are due, and which visit a day belongs to."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trial.anchors import Anchors
from app.trial.schedule import anchors_of, nominal_day, visit_of, visit_windows, window_of
from app.trial.trial import CDISC_PILOT_FILE, Trial, load_trial
from app.trial.visits import Schedule, Visit

TRIAL = load_trial()
INFUSION = date(2024, 3, 1)
DAY = timedelta(1)

LEUKAPHERESIS, LYMPHODEPLETION, HORIZON = -40, -5, 1095
SUBJECT = anchors_of(
    TRIAL,
    first_leukapheresis=INFUSION + LEUKAPHERESIS * DAY,
    first_lymphodepletion=INFUSION + LYMPHODEPLETION * DAY,
    infusion=INFUSION,
)

# code, target, first and last day: days from infusion
WINDOWS = [
    ("SCR", -54, -68, -40),
    ("APH", -40, -40, -40),
    ("BL", -8, -12, -5),
    ("LD1", -5, -5, -5),
    ("LD2", -4, -4, -4),
    ("LD3", -3, -3, -2),
    ("D0", 0, 0, 0),
    ("D1", 1, 1, 1),
    ("D3", 3, 3, 4),
    ("D5", 5, 5, 5),
    ("D7", 7, 6, 8),
    ("D10", 10, 9, 11),
    ("D14", 14, 12, 16),
    ("D21", 21, 19, 23),
    ("M1", 28, 26, 35),
    ("M2", 61, 54, 68),
    ("M3", 91, 84, 98),
    ("M4", 122, 115, 129),
    ("M5", 152, 145, 159),
    ("M6", 183, 176, 190),
    ("M9", 274, 260, 288),
    ("M12", 365, 351, 379),
    ("M15", 457, 443, 471),
    ("M18", 548, 534, 562),
    ("M21", 639, 625, 653),
    ("M24", 731, 717, 745),
    ("M27", 822, 808, 836),
    ("M30", 913, 899, 927),
    ("M33", 1004, 990, 1018),
    ("M36", 1081, 1067, 1095),
    ("EOS", 1095, 1095, 1125),
]
EVALUATIONS = [code for code, *_ in WINDOWS if code.startswith("M")]

# A record of a day on which one window closes and the next opens.
SHARED = {-40: "APH", -5: "LD1", 1095: "M36"}


def days_of(anchors: Anchors) -> list[tuple[str, int, int, int]]:
    assert anchors.infusion is not None
    return [
        (
            window.code,
            (window.target - anchors.infusion).days,
            (window.first_day - anchors.infusion).days,
            (window.last_day - anchors.infusion).days,
        )
        for window in visit_windows(TRIAL, anchors)
    ]


def test_opens_the_windows_of_the_protocol() -> None:
    assert days_of(SUBJECT) == WINDOWS


def test_marks_the_scheduled_disease_evaluations() -> None:
    windows = visit_windows(TRIAL, SUBJECT)
    assert [window.code for window in windows if window.disease_evaluation] == EVALUATIONS


@pytest.mark.parametrize(
    ("code", "first", "last"), [pytest.param(c, f, z, id=c) for c, _, f, z in WINDOWS]
)
def test_gives_the_days_of_a_window_to_its_visit(code: str, first: int, last: int) -> None:
    for day in (first, last):
        assert visit_of(TRIAL, SUBJECT, INFUSION + day * DAY) == SHARED.get(day, code)
    for day in (first - 1, last + 1):
        assert visit_of(TRIAL, SUBJECT, INFUSION + day * DAY) != code


def test_leaves_the_days_between_windows_unscheduled() -> None:
    covered = {day for _, _, first, last in WINDOWS for day in range(first, last + 1)}
    for day in range(-100, 1200):
        code = visit_of(TRIAL, SUBJECT, INFUSION + day * DAY)
        assert (code == "UNS") is (day not in covered), day


@pytest.mark.parametrize(
    ("infusion", "horizon"),
    [
        pytest.param(date(2024, 3, 1), date(2027, 3, 1), id="1095 days"),
        pytest.param(date(2024, 2, 28), date(2027, 2, 28), id="1096 days"),
        pytest.param(date(2024, 2, 29), date(2027, 2, 28), id="leap day, cut to the month's end"),
        pytest.param(date(2025, 8, 31), date(2028, 8, 31), id="31 August"),
    ],
)
def test_closes_the_last_evaluation_on_the_horizon(infusion: date, horizon: date) -> None:
    anchors = anchors_of(TRIAL, infusion=infusion)
    assert anchors.horizon == horizon
    windows = {window.code: window for window in visit_windows(TRIAL, anchors)}
    assert (windows["M36"].first_day, windows["M36"].last_day) == (horizon - 28 * DAY, horizon)
    assert (windows["EOS"].first_day, windows["EOS"].last_day) == (horizon, horizon + 30 * DAY)
    assert visit_of(TRIAL, anchors, horizon - 29 * DAY) == "UNS"
    assert visit_of(TRIAL, anchors, horizon) == "M36"
    assert visit_of(TRIAL, anchors, horizon + DAY) == "EOS"
    assert visit_of(TRIAL, anchors, horizon + 31 * DAY) == "UNS"


@pytest.mark.parametrize("day", [-400, -40, 0, 28, 1095])
def test_calls_a_day_of_a_subject_without_anchors_unscheduled(day: int) -> None:
    assert visit_of(TRIAL, Anchors(), INFUSION + day * DAY) == "UNS"
    assert visit_windows(TRIAL, Anchors()) == ()


@pytest.mark.parametrize(
    ("anchors", "codes"),
    [
        pytest.param(Anchors(first_leukapheresis=INFUSION), ["SCR", "APH"], id="apheresed"),
        pytest.param(Anchors(first_lymphodepletion=INFUSION), ["BL"], id="lymphodepleted"),
        pytest.param(
            anchors_of(TRIAL, infusion=INFUSION),
            [code for code, *_ in WINDOWS[6:]],
            id="infused without lymphodepletion",
        ),
        pytest.param(Anchors(consent=INFUSION, new_therapy=INFUSION), [], id="no visit's anchor"),
    ],
)
def test_opens_only_what_its_anchors_allow(anchors: Anchors, codes: list[str]) -> None:
    assert [window.code for window in visit_windows(TRIAL, anchors)] == codes


@pytest.mark.parametrize(
    ("lymphodepletion", "expected"),
    [
        pytest.param(
            -10,
            [("BL", -13, -17, -10), ("LD1", -5, -7, -5), ("LD2", -4, -4, -4), ("LD3", -3, -3, -2)],
            id="infusion put off",
        ),
        pytest.param(
            -6,
            [("BL", -9, -13, -6), ("LD1", -5, -6, -5), ("LD2", -4, -4, -4), ("LD3", -3, -3, -2)],
            id="a day early",
        ),
        pytest.param(
            -4,
            [("BL", -7, -11, -4), ("LD1", -5, -4, -4), ("LD2", -4, -4, -4), ("LD3", -3, -3, -2)],
            id="a day late",
        ),
        pytest.param(-2, [("BL", -5, -9, -2), ("LD3", -3, -2, -2)], id="on the last days"),
    ],
)
def test_follows_the_first_dose_of_lymphodepletion(
    lymphodepletion: int, expected: list[tuple[str, int, int, int]]
) -> None:
    anchors = anchors_of(
        TRIAL, first_lymphodepletion=INFUSION + lymphodepletion * DAY, infusion=INFUSION
    )
    assert days_of(anchors)[: len(expected)] == expected
    assert days_of(anchors)[len(expected)][0] == "D0"


def test_gives_a_day_that_three_windows_share_to_the_nearest_target() -> None:
    first_dose = INFUSION - 4 * DAY
    anchors = anchors_of(TRIAL, first_lymphodepletion=first_dose, infusion=INFUSION)
    assert visit_of(TRIAL, anchors, first_dose) == "LD2"


def test_keeps_the_day_of_leukapheresis_shortly_before_lymphodepletion() -> None:
    first_dose = INFUSION - 5 * DAY
    anchors = anchors_of(
        TRIAL,
        first_leukapheresis=first_dose - 3 * DAY,
        first_lymphodepletion=first_dose,
        infusion=INFUSION,
    )
    assert days_of(anchors)[:4] == [
        ("SCR", -22, -36, -8),
        ("APH", -8, -8, -8),
        ("BL", -8, -7, -5),
        ("LD1", -5, -5, -5),
    ]


def schedule_of(*visits: Visit) -> Trial:
    return TRIAL.model_copy(update={"schedule": Schedule(visits=visits)})


def visit(code: str, target: int, before: int, after: int, *, evaluation: bool = False) -> Visit:
    return Visit(
        code=code,
        anchor="infusion",
        target=target,
        before=before,
        after=after,
        disease_evaluation="scheduled" if evaluation else "none",
    )


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        pytest.param(
            [visit("A", 10, 0, 9), visit("B", 20, 9, 0)],
            [("A", 10, 14), ("B", 15, 20)],
            id="the day in the middle is the later one's",
        ),
        pytest.param(
            [visit("A", 10, 0, 9), visit("B", 21, 9, 0)],
            [("A", 10, 15), ("B", 16, 21)],
            id="no day in the middle",
        ),
        pytest.param(
            [visit("B", 20, 9, 0), visit("A", 10, 0, 9)],
            [("A", 10, 14), ("B", 15, 20)],
            id="whatever the file's order",
        ),
        pytest.param(
            [visit("A", 10, 0, 9), visit("B", 20, 3, 0)],
            [("A", 10, 16), ("B", 17, 20)],
            id="the later one gets no days it did not have",
        ),
        pytest.param(
            [visit("A", 10, 0, 2), visit("B", 20, 9, 0)],
            [("A", 10, 12), ("B", 13, 20)],
            id="nor does it lose any that it shares with nobody",
        ),
        pytest.param(
            [visit("A", 10, 0, 9, evaluation=True), visit("B", 20, 9, 0, evaluation=True)],
            [("A", 10, 14), ("B", 15, 20)],
            id="two evaluations",
        ),
        pytest.param(
            [visit("A", 10, 0, 9, evaluation=True), visit("B", 20, 9, 0)],
            [("A", 10, 19), ("B", 20, 20)],
            id="an evaluation is not cut for a later visit",
        ),
        pytest.param(
            [visit("A", 10, 0, 9), visit("B", 20, 9, 0, evaluation=True)],
            [("A", 10, 10), ("B", 11, 20)],
            id="nor for an earlier one",
        ),
        pytest.param(
            [visit("A", 2, 0, 8), visit("B", 10, 0, 0), visit("C", 20, 15, 0, evaluation=True)],
            [("A", 2, 4), ("C", 5, 20)],
            id="it takes all the days of one and some of another",
        ),
        pytest.param(
            [visit("A", 10, 3, 9, evaluation=True), visit("B", 12, 1, 1)],
            [("A", 7, 19)],
            id="a visit inside an evaluation has no days",
        ),
        pytest.param(
            [visit("A", 10, 0, 5), visit("B", 20, 5, 0)],
            [("A", 10, 15), ("B", 15, 20)],
            id="a single shared day stays",
        ),
        pytest.param(
            [visit("A", 10, 0, 0), visit("B", 10, 4, 4)],
            [("A", 10, 10), ("B", 11, 14)],
            id="same target: the shorter keeps it",
        ),
        pytest.param(
            [visit("A", 10, 4, 4), visit("B", 10, 0, 0)],
            [("A", 6, 9), ("B", 10, 10)],
            id="same target, the shorter later in the file",
        ),
    ],
)
def test_cuts_overlapping_windows(
    visits: list[Visit], expected: list[tuple[str, int, int]]
) -> None:
    trial = schedule_of(*visits)
    windows = visit_windows(trial, anchors_of(trial, infusion=INFUSION))
    assert [
        (window.code, (window.first_day - INFUSION).days, (window.last_day - INFUSION).days)
        for window in windows
    ] == expected


@pytest.mark.parametrize(
    ("visits", "day", "code"),
    [
        pytest.param([visit("A", 10, 0, 4), visit("B", 20, 6, 0)], 14, "A", id="the nearer"),
        pytest.param([visit("A", 10, 0, 5), visit("B", 20, 5, 0)], 15, "B", id="or the later"),
        pytest.param(
            [visit("A", 10, 0, 9, evaluation=True), visit("B", 20, 1, 0)],
            19,
            "A",
            id="but the evaluation",
        ),
        pytest.param(
            [
                visit("A", 5, 5, 5, evaluation=True),
                visit("B", 10, 0, 0),
                visit("C", 11, 1, 0),
            ],
            10,
            "A",
            id="of three, too",
        ),
    ],
)
def test_gives_a_shared_day_to(visits: list[Visit], day: int, code: str) -> None:
    trial = schedule_of(*visits)
    anchors = anchors_of(trial, infusion=INFUSION)
    at = INFUSION + day * DAY
    assert sum(window.holds(at) for window in visit_windows(trial, anchors)) == len(visits)
    assert visit_of(trial, anchors, at) == code


def test_does_not_cut_for_a_window_without_days() -> None:
    closed = visit("B", 1090, 10, 2).model_copy(update={"not_before": "horizon"})
    trial = schedule_of(visit("A", 1085, 0, 20), closed)
    (window,) = visit_windows(trial, anchors_of(trial, infusion=INFUSION))
    assert (window.code, window.last_day) == ("A", INFUSION + 1105 * DAY)


@pytest.mark.parametrize(
    ("field", "anchor", "expected"),
    [
        pytest.param("not_after", "horizon", (1085, 1095), id="closed on the horizon"),
        pytest.param("not_after", "new_therapy", (1085, 1105), id="closing anchor not happened"),
        pytest.param("not_before", "horizon", (1095, 1105), id="opened on the horizon"),
        pytest.param("not_before", "new_therapy", None, id="opening anchor not happened"),
    ],
)
def test_bounds_a_window_by_another_anchor(
    field: str, anchor: str, expected: tuple[int, int] | None
) -> None:
    bounded = visit("V", 1095, 10, 10).model_copy(update={field: anchor})
    trial = schedule_of(bounded)
    windows = visit_windows(trial, anchors_of(trial, infusion=INFUSION))
    days = [((w.first_day - INFUSION).days, (w.last_day - INFUSION).days) for w in windows]
    assert days == ([] if expected is None else [expected])


SUSPECTED = INFUSION + 200 * DAY


def test_opens_the_visits_of_a_suspected_progression() -> None:
    anchors = replace(SUBJECT, suspected_progression=SUSPECTED)
    assert days_of(anchors)[len(WINDOWS) :] == [("PDV", 200, 200, 214)]
    examined = replace(anchors, progression_visit=SUSPECTED + 3 * DAY)
    assert days_of(examined)[len(WINDOWS) :] == [("PDV", 200, 200, 203), ("PDC", 217, 204, 231)]
    assert not any(window.disease_evaluation for window in visit_windows(TRIAL, examined)[-2:])
    expected = {199: "UNS", 200: "PDV", 203: "PDV", 204: "PDC", 231: "PDC", 232: "UNS"}
    assert {day: visit_of(TRIAL, examined, INFUSION + day * DAY) for day in expected} == expected


def test_opens_no_window_without_days_after_an_event() -> None:
    anchors = replace(SUBJECT, suspected_progression=SUSPECTED, progression_visit=SUSPECTED - DAY)
    assert days_of(anchors)[len(WINDOWS) :] == [("PDC", 213, 200, 227)]


def test_prefers_the_scheduled_visit_to_one_that_an_event_opened() -> None:
    anchors = replace(SUBJECT, suspected_progression=INFUSION + 185 * DAY)
    assert visit_of(TRIAL, anchors, INFUSION + 190 * DAY) == "M6"
    assert visit_of(TRIAL, anchors, INFUSION + 191 * DAY) == "PDV"


def test_repeats_survival_follow_up_until_the_horizon() -> None:
    anchors = replace(SUBJECT, follow_up_start=INFUSION + 822 * DAY)
    assert days_of(anchors)[len(WINDOWS) :] == [
        ("SFU", 913, 899, 927),
        ("SFU", 1004, 990, 1018),
        ("SFU", 1095, 1081, 1109),
    ]
    late = replace(SUBJECT, follow_up_start=INFUSION + 1005 * DAY)
    assert days_of(late)[len(WINDOWS) :] == []


def test_follows_a_subject_up_once_where_no_horizon_is_known() -> None:
    anchors = Anchors(follow_up_start=INFUSION)
    assert [window.target for window in visit_windows(TRIAL, anchors)] == [INFUSION + 91 * DAY]


DATES = st.none() | st.dates(date(2020, 1, 1), date(2032, 1, 1))


@st.composite
def plausible_anchors(draw: st.DrawFn) -> Anchors:
    infusion = draw(st.dates(date(2020, 1, 1), date(2032, 1, 1)))
    dose = infusion - draw(st.integers(0, 60)) * DAY
    apheresis = dose - draw(st.integers(0, 120)) * DAY
    return anchors_of(
        TRIAL,
        first_leukapheresis=draw(st.sampled_from([apheresis, None])),
        first_lymphodepletion=draw(st.sampled_from([dose, None])),
        infusion=infusion,
    )


@st.composite
def any_anchors(draw: st.DrawFn) -> Anchors:
    """Dates in any order, as data entry can leave them."""
    return anchors_of(
        TRIAL,
        first_leukapheresis=draw(DATES),
        first_lymphodepletion=draw(DATES),
        infusion=draw(DATES),
        suspected_progression=draw(DATES),
        progression_visit=draw(DATES),
        follow_up_start=draw(DATES),
    )


@given(plausible_anchors() | any_anchors())
def test_never_overlaps_windows_by_more_than_the_day_of_the_change(anchors: Anchors) -> None:
    windows = visit_windows(TRIAL, anchors)
    scheduled = [window for window in windows if not window.after_an_event]
    others = [window for window in windows if window.after_an_event]
    assert all(window.first_day <= window.last_day for window in windows)
    for earlier, later in combinations(scheduled, 2):
        assert earlier.last_day <= later.first_day
    for earlier, later in pairwise(others):
        assert earlier.last_day < later.first_day


@given(plausible_anchors())
def test_never_cuts_a_scheduled_evaluation(anchors: Anchors) -> None:
    lengths = {w.code: (w.last_day - w.first_day).days for w in visit_windows(TRIAL, anchors)}
    assert {code: lengths[code] for code in EVALUATIONS} == {
        code: last - first for code, _, first, last in WINDOWS if code in EVALUATIONS
    }


@given(plausible_anchors() | any_anchors(), st.integers(-400, 5000))
def test_names_a_visit_exactly_when_a_window_holds_the_day(anchors: Anchors, day: int) -> None:
    at = date(2020, 1, 1) + day * DAY
    holding = [window for window in visit_windows(TRIAL, anchors) if window.holds(at)]
    window = window_of(TRIAL, anchors, at)
    assert (window is None) is (not holding)
    assert window is None or window in holding
    assert visit_of(TRIAL, anchors, at) == (window.code if window else "UNS")


def test_knows_one_trials_windows_from_anothers() -> None:
    other = TRIAL.model_copy(update={"schedule": Schedule()})
    assert visit_of(TRIAL, SUBJECT, INFUSION) == "D0"
    assert visit_of(other, SUBJECT, INFUSION) == "UNS"


def test_leaves_every_record_of_a_trial_without_visits_unscheduled() -> None:
    pilot = load_trial(CDISC_PILOT_FILE)
    anchors = anchors_of(pilot, infusion=INFUSION)
    assert visit_windows(pilot, anchors) == ()
    assert visit_of(pilot, anchors, INFUSION) == "UNS"


def test_places_a_record_in_microseconds() -> None:
    days = [INFUSION + day * DAY for day in range(0, 1100, 11)]
    subject = replace(SUBJECT)  # equal to the one remembered, not the same object

    def list_page() -> None:
        for day in days:
            visit_of(TRIAL, subject, day)

    fastest = min(repeat(list_page, number=20, repeat=20)) / 20 / len(days)
    assert fastest < 20e-6, "a record of a list must not rebuild its subject's windows"


@pytest.mark.parametrize(
    ("day", "elapsed", "nominal"),
    [
        pytest.param(-13, None, None, id="before baseline"),
        pytest.param(-8, None, -8, id="baseline"),
        pytest.param(-1, None, 0, id="the day before"),
        pytest.param(-1, "-1.01", None, id="more than a day before the dose"),
        pytest.param(-1, "-1", 0, id="one day before the dose"),
        pytest.param(0, None, 0, id="infusion day, time not known"),
        pytest.param(0, "-0.05", 0, id="an hour before the dose"),
        pytest.param(0, "0", 0, id="at the start of infusion"),
        pytest.param(0, "0.01", None, id="after the start"),
        pytest.param(1, None, 1, id="day 1, time not known"),
        pytest.param(1, "0.74", None, id="too early on day 1"),
        pytest.param(1, "0.75", 1, id="0.75 days"),
        pytest.param(1, "1.25", 1, id="1.25 days"),
        pytest.param(1, "1.26", None, id="too late on day 1"),
        pytest.param(2, None, None, id="day 2"),
        pytest.param(3, None, 3, id="day 3"),
        pytest.param(4, "4.4", 3, id="the afternoon of day 4"),
        pytest.param(5, None, None, id="day 5 is a visit, not a kinetics time"),
        pytest.param(6, None, 7, id="day 6"),
        pytest.param(8, None, 7, id="day 8"),
        pytest.param(9, None, 10, id="day 9"),
        pytest.param(11, None, 10, id="day 11"),
        pytest.param(12, None, 14, id="day 12"),
        pytest.param(16, None, 14, id="day 16"),
        pytest.param(17, None, None, id="day 17"),
        pytest.param(19, None, 21, id="day 19"),
        pytest.param(23, None, 21, id="day 23"),
        pytest.param(24, None, None, id="day 24"),
        pytest.param(26, None, 28, id="day 26"),
        pytest.param(35, "35.3", 28, id="day 35"),
        pytest.param(36, None, None, id="day 36"),
        pytest.param(54, None, 61, id="month 2"),
        pytest.param(68, None, 61, id="month 2, last day"),
        pytest.param(69, None, None, id="between visits"),
        pytest.param(1095, None, 1081, id="the horizon"),
    ],
)
def test_gives_a_sample_its_nominal_day(day: int, elapsed: str | None, nominal: int | None) -> None:
    elapsed_days = None if elapsed is None else Decimal(elapsed)
    collected = INFUSION + day * DAY
    assert nominal_day(TRIAL, SUBJECT, collected, elapsed_days=elapsed_days) == nominal


def test_gives_no_nominal_day_before_there_is_an_infusion() -> None:
    anchors = Anchors(first_lymphodepletion=INFUSION)
    assert nominal_day(TRIAL, anchors, INFUSION - 3 * DAY) is None
