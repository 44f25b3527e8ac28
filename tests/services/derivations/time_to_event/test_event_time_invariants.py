"""What holds between the times to an event of any subject, whatever its dates."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.derivations.time_to_event.duration_of_response import duration_of_response
from app.services.derivations.time_to_event.endpoint_facts import (
    ContactEnd,
    EndpointFacts,
    HorizonRule,
)
from app.services.derivations.time_to_event.event_free_survival import event_free_survival
from app.services.derivations.time_to_event.event_time import CensoringReason, EventTime, Happening
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.services.derivations.time_to_event.progression_free_survival import (
    EMA,
    EMA_INTERVAL,
    FDA,
    FDA_B,
    FDA_C,
    ProgressionReading,
    progression_free_survival,
)
from app.services.derivations.time_to_event.time_to_next_treatment import time_to_next_treatment
from app.services.derivations.time_to_event.time_to_progression import time_to_progression
from app.services.derivations.time_to_event.time_to_response import (
    time_to_response,
    time_to_response_of_all,
)
from app.trial.policy import EfsDefinition
from app.trial.windows import VisitWindow
from tests.subjects.course import INFUSED_ON
from tests.subjects.event_times import facts

many = settings(max_examples=100, deadline=None)
rules = st.sampled_from(get_args(HorizonRule))
LATEST = 1500
PD = "PD"


def on_day(elapsed: int) -> str:
    return (INFUSED_ON + timedelta(days=elapsed)).isoformat()


@st.composite
def subjects(draw: st.DrawFn) -> EndpointFacts:
    """Facts without contradictions: nothing follows death, and what is seen is alive."""
    scale = draw(st.sampled_from([120, 400, LATEST]))
    day = st.integers(1, scale)
    maybe = st.none() | day
    died = draw(st.none() | st.integers(0, scale))
    last = scale if died is None else died
    seen = sorted(one for one in draw(st.sets(day, max_size=12)) if one <= last)
    levels = draw(st.lists(st.sampled_from(["SD", "PR", "VGPR", "CR"]), min_size=12, max_size=12))
    categories = dict(zip(seen, levels, strict=False))
    if draw(st.booleans()) and seen:
        categories[draw(st.sampled_from(seen))] = PD
    therapy = draw(maybe)
    therapy = therapy if therapy is not None and therapy <= last else None
    evidence = draw(st.integers(0, last))
    contact = draw(maybe)
    more: dict[str, Any] = {"has_baseline": draw(st.sampled_from([True, True, True, False]))}
    if contact is not None:
        reason = draw(st.sampled_from([CensoringReason.LOST, CensoringReason.WITHDREW]))
        more["contact_end"] = ContactEnd(day=date.fromisoformat(on_day(contact)), reason=reason)
    if draw(st.booleans()) and seen:
        waiting = INFUSED_ON + timedelta(days=seen[-1])
        if categories[seen[-1]] != PD:
            more["unconfirmed_progression"] = Happening(day=waiting)
    found = facts(
        *((on_day(one), category) for one, category in categories.items()),
        cut=on_day(draw(st.integers(1, LATEST))),
        death=None if died is None else on_day(died),
        due_to_myeloma=draw(st.sampled_from([True, False, None])),
        new_therapy=None if therapy is None else on_day(therapy),
        last_alive=on_day(evidence),
        horizon_months=draw(st.sampled_from([None, 1, 36])),
        every_days=draw(st.sampled_from([None, 28, 91])),
        **more,
    )
    waiting_on = found.unconfirmed_progression
    if waiting_on is not None and waiting_on.day > found.cut:
        return replace(found, unconfirmed_progression=None)
    return found


@many
@given(subjects(), rules)
def test_times_are_in_their_order(subject: EndpointFacts, rule: HorizonRule) -> None:
    fda = progression_free_survival(subject, reading=FDA, horizon=rule)
    ema = progression_free_survival(subject, reading=EMA, horizon=rule)
    survival = overall_survival(subject, horizon=rule)
    assert 1 <= fda.days <= ema.days <= survival.days
    if fda.observed:
        assert replace(fda, variant="EMA") == ema
    if ema.observed:
        efs = event_free_survival(subject, horizon=rule)
        assert efs.observed
        assert efs.days <= ema.days


@many
@given(subjects(), rules)
def test_a_response_ends_as_progression_free_survival_does(
    subject: EndpointFacts, rule: HorizonRule
) -> None:
    for reading in (FDA, EMA):
        dor = duration_of_response(subject, reading=reading, horizon=rule)
        pfs = progression_free_survival(subject, reading=reading, horizon=rule)
        if dor is not None:
            assert (dor.censored, dor.end, dor.component) == (pfs.censored, pfs.end, pfs.component)
            assert dor.days >= 1
        responded = time_to_response(subject, horizon=rule) is not None
        assert (dor is not None) is responded


@many
@given(subjects(), rules)
def test_departures_from_a_regime_move_times_one_way(
    subject: EndpointFacts, rule: HorizonRule
) -> None:
    fda = progression_free_survival(subject, reading=FDA, horizon=rule)
    ema = progression_free_survival(subject, reading=EMA, horizon=rule)
    strict = ProgressionReading(same_day_pd_newtx="censor")
    waiting = ProgressionReading(regime="EMA", unconfirmed_pd="event")
    assert progression_free_survival(subject, reading=FDA_B, horizon=rule).days >= fda.days
    assert progression_free_survival(subject, reading=EMA_INTERVAL, horizon=rule).days <= ema.days
    assert progression_free_survival(subject, reading=strict, horizon=rule).days <= fda.days
    assert progression_free_survival(subject, reading=waiting, horizon=rule).days <= ema.days


@many
@given(subjects())
def test_truncation_never_shortens_what_the_cut_on_the_horizon_gives(
    subject: EndpointFacts,
) -> None:
    for derive in (overall_survival, time_to_next_treatment, event_free_survival):
        cut, truncated = derive(subject), derive(subject, horizon="truncate")
        assert cut.days <= truncated.days
        assert cut.observed == truncated.observed
        if subject.horizon is not None:
            assert truncated.end <= subject.horizon


@many
@given(subjects(), rules)
def test_events_in_common_agree(subject: EndpointFacts, rule: HorizonRule) -> None:
    survival = overall_survival(subject, horizon=rule)
    next_treatment = time_to_next_treatment(subject, horizon=rule)
    only = time_to_next_treatment(subject, definition="TTNT_therapy_only", horizon=rule)
    progression = time_to_progression(subject, horizon=rule)
    pfs = progression_free_survival(subject, horizon=rule)
    response = time_to_response_of_all(subject, horizon=rule)
    assert next_treatment.days <= survival.days
    assert (only.days, only.end) == (next_treatment.days, next_treatment.end)
    assert (progression.days, progression.end) == (pfs.days, pfs.end)
    assert survival.observed <= next_treatment.observed
    assert response.days <= survival.days


def every_time(subject: EndpointFacts) -> list[EventTime | None]:
    readings = (FDA, EMA, FDA_B, FDA_C, EMA_INTERVAL)
    times: list[EventTime | None] = []
    for rule in get_args(HorizonRule):
        times += [progression_free_survival(subject, reading=one, horizon=rule) for one in readings]
        times += [duration_of_response(subject, reading=one, horizon=rule) for one in readings]
        times += [
            event_free_survival(subject, definition=one, horizon=rule)
            for one in get_args(EfsDefinition)
        ]
        times += [
            overall_survival(subject, horizon=rule),
            time_to_next_treatment(subject, horizon=rule),
            time_to_response_of_all(subject, horizon=rule),
        ]
    return times


def shifted(value: Any, by: timedelta) -> Any:
    """The same facts with every date moved."""
    if isinstance(value, date):
        return value + by
    if isinstance(value, tuple):
        return tuple(shifted(one, by) for one in value)
    if isinstance(value, (EndpointFacts, Happening, ContactEnd, VisitWindow)) or hasattr(
        value, "category"
    ):
        fields = {name: shifted(getattr(value, name), by) for name in value.__dataclass_fields__}
        return replace(value, **fields)
    return value


@many
@given(subjects(), st.integers(-400, 400))
def test_the_calendar_does_not_matter(subject: EndpointFacts, by: int) -> None:
    moved = every_time(shifted(subject, timedelta(days=by)))
    for before, after in zip(every_time(subject), moved, strict=True):
        assert shifted_time(before, by) == after


def shifted_time(time: EventTime | None, by: int) -> EventTime | None:
    if time is None:
        return None
    move = timedelta(days=by)
    return replace(time, start=time.start + move, end=time.end + move)
