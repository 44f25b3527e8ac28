"""What holds of the adverse events of any subject."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.derivations.safety.analysed_adverse_event import SubjectAdverseEvents
from app.services.derivations.safety.immune_toxicity import immune_toxicity
from app.services.derivations.subject_history import AdverseEvent
from app.vocabularies.adverse_events import AesiKind, CollectionPeriod, Outcome
from tests.subjects.safety import analysed, crs, event, on

unhurried = settings(deadline=None, max_examples=60)
DAYS = st.none() | st.integers(1, 540)
Told = list[dict[str, Any]]


@st.composite
def told_events(draw: st.DrawFn) -> Told:
    """A few events as keywords of ``event``: CRS among them, links between them."""
    several: Told = []
    for number in range(draw(st.integers(0, 6))):
        onset = draw(st.integers(-45, 540))
        length = draw(st.none() | st.integers(0, 60))
        several.append(
            {
                "onset": onset,
                "end": None if length is None else onset + length,
                "name": f"event {number}",
                "term": draw(st.sampled_from(["Diarrhea", "Fever", "Cytokine release syndrome"])),
                "grade": draw(st.none() | st.integers(1, 5)),
                "related": draw(st.none() | st.booleans()),
                "serious": draw(st.booleans()),
                "worsening_of": draw(st.none() | st.just("event 0")),
                "symptom_of": draw(st.none() | st.just("event 1")),
                "part_of_episode": draw(st.none() | st.just("event 2")),
                "outcome": draw(st.sampled_from([None, Outcome.FATAL])),
            }
        )
    return several


def records(told: Told, *, shift: int = 0) -> list[AdverseEvent]:
    return [
        event(
            **{
                **one,
                "onset": one["onset"] + shift,
                "end": None if one["end"] is None else one["end"] + shift,
            }
        )
        for one in told
    ]


def emergent(found: SubjectAdverseEvents) -> set[Any]:
    return {one.record for one in found.events if one.treatment_emergent}


@unhurried
@given(told=told_events(), new_therapy=DAYS, died=DAYS, order=st.randoms())
def test_the_order_of_the_records_says_nothing(
    told: Told, new_therapy: int | None, died: int | None, order: Any
) -> None:
    in_order = records(told)
    shuffled = list(in_order)
    order.shuffle(shuffled)
    one, other = (
        analysed(*events, new_therapy=new_therapy, died=died) for events in (in_order, shuffled)
    )
    assert one == other
    assert immune_toxicity(one, (), AesiKind.CRS, gap_days=1) == immune_toxicity(
        other, (), AesiKind.CRS, gap_days=1
    )


@unhurried
@given(told=told_events(), new_therapy=DAYS, died=DAYS)
def test_every_record_is_analysed_or_ignored_and_the_windows_nest(
    told: Told, new_therapy: int | None, died: int | None
) -> None:
    events = records(told)
    found = analysed(*events, new_therapy=new_therapy, died=died)
    seen = [one.record.record_id for one in (*found.events, *found.ignored)]
    assert sorted(seen) == sorted(one.record.record_id for one in events)
    for one in found.events:
        assert one.treatment_emergent or not (one.in_primary_window or one.to_horizon)
        if one.treatment_emergent:
            assert one.emerged_on is not None
            assert on(0) <= one.emerged_on <= found.follow_up.counted_until
            assert one.period is not CollectionPeriod.LYMPHODEPLETION


@unhurried
@given(told=told_events(), days=st.tuples(DAYS, DAYS))
def test_a_later_new_therapy_takes_nothing_away(
    told: Told, days: tuple[int | None, int | None]
) -> None:
    sooner, later = sorted(days, key=lambda day: (day is None, day or 0))
    events = records(told)
    assert emergent(analysed(*events, new_therapy=sooner)) <= emergent(
        analysed(*events, new_therapy=later)
    )


@unhurried
@given(told=told_events(), shift=st.integers(-300, 300))
def test_all_dates_moved_alike_move_the_result(told: Told, shift: int) -> None:
    before, after = analysed(*records(told)), analysed(*records(told, shift=shift), shift=shift)
    assert [
        (one.record, one.study_day, one.end_study_day, one.period, one.to_horizon)
        for one in before.events
    ] == [
        (one.record, one.study_day, one.end_study_day, one.period, one.to_horizon)
        for one in after.events
    ]
    assert emergent(before) == emergent(after)
    assert [one.reason for one in before.ignored] == [one.reason for one in after.ignored]


@unhurried
@given(
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), max_size=6),
    gaps=st.tuples(st.integers(0, 5), st.integers(0, 5)),
)
def test_episodes_keep_every_event_and_lie_apart(
    spans: list[tuple[int, int]], gaps: tuple[int, int]
) -> None:
    events = [
        crs(onset, onset + length, name=f"crs {number}")
        for number, (onset, length) in enumerate(spans)
    ]
    narrow, wide = (
        immune_toxicity(analysed(*events), (), AesiKind.CRS, gap_days=gap) for gap in sorted(gaps)
    )
    assert len(wide.episodes) <= len(narrow.episodes) <= len(events)
    assert wide.total_days == narrow.total_days
    for found, gap in zip((narrow, wide), sorted(gaps), strict=True):
        kept = [record for episode in found.episodes for record in episode.records]
        assert sorted(kept, key=str) == sorted((one.record for one in events), key=str)
        for episode, following in zip(found.episodes, found.episodes[1:], strict=False):
            assert episode.end is not None
            assert (following.onset - episode.end).days > gap
