"""Where a visit stands on the status board."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.trial.visit_status import ScheduledVisitStatus, Stops, visit_status
from app.trial.windows import VisitWindow
from app.vocabularies.visits import VisitStatus

FIRST, TARGET, LAST = date(2024, 8, 23), date(2024, 8, 30), date(2024, 9, 6)
EVALUATION = VisitWindow("M6", TARGET, FIRST, LAST, disease_evaluation=True)
END_OF_STUDY = VisitWindow("EOS", TARGET, FIRST, LAST)
DAY = timedelta(1)


@pytest.mark.parametrize(
    ("today", "status"),
    [
        pytest.param(FIRST - DAY, "upcoming", id="the day before the window"),
        pytest.param(FIRST, "due", id="its first day"),
        pytest.param(TARGET, "due", id="its target"),
        pytest.param(LAST, "due", id="its last day"),
        pytest.param(LAST + DAY, "overdue", id="the day after"),
        pytest.param(LAST + 500 * DAY, "overdue", id="long after, nothing said"),
    ],
)
def test_follows_the_calendar(today: date, status: str) -> None:
    assert visit_status(EVALUATION, today=today) == status
    assert visit_status(EVALUATION, today=today, stops=Stops()) == status


@pytest.mark.parametrize("today", [FIRST - DAY, TARGET, LAST + DAY])
@pytest.mark.parametrize(
    ("recorded", "status"),
    [
        (VisitStatus.DONE, "done"),
        (VisitStatus.MISSED, "missing"),
        (VisitStatus.NOT_DONE, "not_applicable"),
    ],
)
def test_believes_the_record(recorded: VisitStatus, status: str, today: date) -> None:
    stops = Stops(death=FIRST)
    assert visit_status(EVALUATION, today=today, recorded=recorded) == status
    assert visit_status(EVALUATION, today=today, recorded=recorded, stops=stops) == status


@pytest.mark.parametrize("stop", ["progression", "death", "withdrawal"])
@pytest.mark.parametrize("today", [FIRST - DAY, LAST + DAY])
@pytest.mark.parametrize(
    ("day", "due"),
    [
        pytest.param(FIRST - DAY, False, id="stopped before the window"),
        pytest.param(LAST - DAY, False, id="stopped in the window"),
        pytest.param(LAST, False, id="stopped on its last day"),
        pytest.param(LAST + DAY, True, id="at risk on its last day"),
    ],
)
def test_asks_for_an_evaluation_of_subjects_at_risk(
    stop: str, day: date, due: bool, today: date
) -> None:
    days: dict[str, Any] = {stop: day}
    status = visit_status(EVALUATION, today=today, stops=Stops(**days))
    assert (status != "not_applicable") is due


@pytest.mark.parametrize(
    ("today", "next_opens", "status"),
    [
        pytest.param(LAST, LAST, "due", id="the last day is shared with the next visit"),
        pytest.param(LAST + DAY, LAST + DAY, "missing", id="the next visit follows at once"),
        pytest.param(LAST + 9 * DAY, LAST + 10 * DAY, "overdue", id="the day before the next"),
        pytest.param(LAST + 10 * DAY, LAST + 10 * DAY, "missing", id="the next one's first day"),
        pytest.param(LAST + 500 * DAY, None, "overdue", id="the last of the schedule"),
    ],
)
def test_can_be_made_up_until_the_next_visit(
    today: date, next_opens: date | None, status: str
) -> None:
    assert visit_status(EVALUATION, today=today, next_opens=next_opens) == status


@pytest.mark.parametrize(
    ("stops", "today", "status"),
    [
        pytest.param(Stops(death=LAST + 3 * DAY), LAST + 2 * DAY, "overdue", id="before death"),
        pytest.param(Stops(death=LAST + 3 * DAY), LAST + 3 * DAY, "missing", id="on its day"),
        pytest.param(Stops(withdrawal=LAST + DAY), LAST + DAY, "missing", id="withdrew"),
        pytest.param(Stops(progression=LAST + DAY), LAST + DAY, "missing", id="progressed"),
    ],
)
def test_cannot_be_made_up_by_a_subject_who_stopped(stops: Stops, today: date, status: str) -> None:
    assert visit_status(EVALUATION, today=today, stops=stops) == status


@pytest.mark.parametrize(
    ("stops", "status"),
    [
        pytest.param(Stops(progression=FIRST), "overdue", id="progression"),
        pytest.param(Stops(death=FIRST), "not_applicable", id="death"),
        pytest.param(Stops(withdrawal=FIRST), "not_applicable", id="withdrawal"),
    ],
)
def test_asks_for_survival_after_progression(stops: Stops, status: str) -> None:
    assert visit_status(END_OF_STUDY, today=LAST + DAY, stops=stops) == status


@pytest.mark.parametrize(
    ("today", "recorded", "status"),
    [
        pytest.param(LAST, None, "due", id="while the window is open"),
        pytest.param(LAST + DAY, None, "samples_only", id="when it has closed"),
        pytest.param(LAST + 99 * DAY, None, "samples_only", id="and too late to be made up"),
        pytest.param(LAST + DAY, VisitStatus.MISSED, "missing", id="the centre says missed"),
        pytest.param(LAST + DAY, VisitStatus.DONE, "done", id="its record has come"),
    ],
)
def test_with_samples_alone_it_is_the_record_that_is_missing(
    today: date, recorded: VisitStatus | None, status: str
) -> None:
    found = visit_status(
        EVALUATION, today=today, recorded=recorded, next_opens=LAST + 9 * DAY, sampled=True
    )
    assert found == status


def test_has_the_words_of_the_board() -> None:
    words = {"upcoming", "due", "overdue", "samples_only", "missing", "done", "not_applicable"}
    assert set(ScheduledVisitStatus) == words
