"""In which period of collection an adverse event began."""

from datetime import date, timedelta

import pytest

from app.trial.anchors import Anchors
from app.trial.schedule import anchors_of, period_of
from app.trial.trial import CDISC_PILOT_FILE, load_trial

TRIAL = load_trial()
CONSENT, APHERESIS = date(2024, 1, 10), date(2024, 1, 20)
LYMPHODEPLETION, INFUSION = date(2024, 2, 24), date(2024, 2, 29)
HORIZON = date(2027, 2, 28)
DAY = timedelta(1)

INFUSED = anchors_of(
    TRIAL,
    consent=CONSENT,
    first_leukapheresis=APHERESIS,
    first_lymphodepletion=LYMPHODEPLETION,
    infusion=INFUSION,
)


@pytest.mark.parametrize(
    ("onset", "period"),
    [
        pytest.param(CONSENT - DAY, None, id="before consent"),
        pytest.param(CONSENT, "screening", id="consent"),
        pytest.param(APHERESIS - DAY, "screening", id="day before leukapheresis"),
        pytest.param(APHERESIS, "apheresis_bridging", id="leukapheresis"),
        pytest.param(LYMPHODEPLETION - DAY, "apheresis_bridging", id="day before lymphodepletion"),
        pytest.param(LYMPHODEPLETION, "lymphodepletion", id="first dose"),
        pytest.param(INFUSION - DAY, "lymphodepletion", id="day before infusion"),
        pytest.param(INFUSION, "treatment", id="infusion day, time not known"),
        pytest.param(INFUSION + 100 * DAY, "treatment", id="day 100"),
        pytest.param(INFUSION + 101 * DAY, "follow_up", id="day 101"),
        pytest.param(HORIZON, "follow_up", id="horizon"),
        pytest.param(HORIZON + DAY, None, id="day after the horizon"),
    ],
)
def test_places_an_onset(onset: date, period: str | None) -> None:
    assert period_of(TRIAL, INFUSED, onset) == period


@pytest.mark.parametrize("new_therapy", [INFUSION + 40 * DAY, INFUSION + 400 * DAY])
def test_gives_way_to_new_therapy(new_therapy: date) -> None:
    anchors = anchors_of(TRIAL, consent=CONSENT, infusion=INFUSION, new_therapy=new_therapy)
    before = "treatment" if new_therapy < INFUSION + 100 * DAY else "follow_up"
    assert period_of(TRIAL, anchors, new_therapy - DAY) == before
    assert period_of(TRIAL, anchors, new_therapy) == "after_new_therapy"
    assert period_of(TRIAL, anchors, HORIZON) == "after_new_therapy"
    assert period_of(TRIAL, anchors, HORIZON + DAY) is None


def test_places_an_onset_hours_before_the_infusion() -> None:
    assert period_of(TRIAL, INFUSED, INFUSION, before_infusion_start=True) == "lymphodepletion"


@pytest.mark.parametrize(
    ("anchors", "onset", "period"),
    [
        pytest.param(Anchors(), INFUSION, None, id="nothing has happened"),
        pytest.param(Anchors(consent=CONSENT), INFUSION, "screening", id="never apheresed"),
        pytest.param(
            Anchors(consent=CONSENT, first_leukapheresis=APHERESIS),
            INFUSION + 900 * DAY,
            "apheresis_bridging",
            id="product still to come",
        ),
        pytest.param(
            Anchors(first_leukapheresis=APHERESIS, first_lymphodepletion=LYMPHODEPLETION),
            INFUSION + 9 * DAY,
            "lymphodepletion",
            id="lymphodepleted, not infused",
        ),
        pytest.param(
            anchors_of(TRIAL, first_leukapheresis=APHERESIS, infusion=INFUSION),
            INFUSION - DAY,
            "apheresis_bridging",
            id="lymphodepletion omitted",
        ),
        pytest.param(
            anchors_of(TRIAL, first_leukapheresis=APHERESIS, infusion=INFUSION),
            HORIZON + DAY,
            None,
            id="lymphodepletion omitted, after the horizon",
        ),
    ],
)
def test_places_an_onset_of_a_subject_without_all_anchors(
    anchors: Anchors, onset: date, period: str | None
) -> None:
    assert period_of(TRIAL, anchors, onset) == period


def test_follows_another_trials_periods() -> None:
    pilot = load_trial(CDISC_PILOT_FILE)
    anchors = anchors_of(pilot, consent=CONSENT, infusion=INFUSION)
    assert period_of(pilot, anchors, INFUSION - DAY) == "screening"
    assert period_of(pilot, anchors, INFUSION + 150 * DAY) == "treatment"
    assert period_of(pilot, anchors, date(2024, 8, 29)) == "treatment"
    assert period_of(pilot, anchors, date(2024, 8, 30)) is None
