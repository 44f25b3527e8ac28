"""CRS and ICANS of a subject: its episodes, their onset, length and grade, and what was given."""

from typing import Any

import pytest

from app.services.derivations.safety.immune_toxicity import ImmuneToxicity, immune_toxicity
from app.services.derivations.subject_history import AdverseEvent, Therapy
from app.vocabularies.adverse_events import AesiKind, Outcome
from app.vocabularies.therapies import TherapyKind
from tests.subjects.safety import analysed, crs, event, icans, names, on, therapy

TOCILIZUMAB, STEROID = TherapyKind.TOCILIZUMAB, TherapyKind.CORTICOSTEROID


def toxicity(
    *events: AdverseEvent,
    kind: Any = AesiKind.CRS,
    therapies: tuple[Therapy, ...] = (),
    gap_days: int = 1,
    **more: Any,
) -> ImmuneToxicity:
    return immune_toxicity(analysed(*events, **more), therapies, kind, gap_days=gap_days)


def test_an_episode() -> None:
    found = toxicity(crs(1, 5, astct_grade=3))
    (episode,) = found.episodes
    assert (episode.onset, episode.end, episode.observed_until) == (on(1), on(5), on(5))
    assert (episode.onset_day, episode.days_after_infusion) == (2, 1)
    assert (episode.duration_days, episode.days, found.total_days) == (5, 5, 5)
    assert (found.max_grade, found.severe_onset_day, found.unresolved) == (3, 2, False)
    assert found.first is episode


def test_a_subject_not_affected() -> None:
    found = toxicity(event(1), icans(2))
    assert (found.episodes, found.first, found.max_grade, found.total_days) == (
        (),
        None,
        None,
        None,
    )
    assert (found.severe_onset_day, found.unresolved, found.treated_with) == (None, False, ())


@pytest.mark.parametrize(
    ("onset", "day", "elapsed"),
    [
        pytest.param(0, 1, None, id="infusion day"),
        pytest.param(0.25, 1, 0.25, id="six hours after the infusion started"),
        pytest.param(0.75, 2, 0.75, id="next date, 18 hours after"),
        pytest.param(2.5, 3, 2.5, id="60 hours after"),
        pytest.param(7, 8, None, id="time not known"),
    ],
)
def test_the_day_of_onset(onset: Any, day: int, elapsed: float | None) -> None:
    (episode,) = toxicity(crs(onset, 9)).episodes
    assert (episode.onset_day, episode.days_after_infusion) == (day, day - 1)
    assert episode.elapsed_days == elapsed


def test_the_earliest_time_of_the_first_day_is_the_onset() -> None:
    later, earlier = crs(1.3, 2, name="a"), crs(1.1, 2, name="b")
    (episode,) = toxicity(later, earlier).episodes
    assert episode.elapsed_days == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("spans", "episodes"),
    [
        pytest.param([(1, 3), (3, 5)], [["a", "b"]], id="same day"),
        pytest.param([(1, 3), (4, 5)], [["a", "b"]], id="next day"),
        pytest.param([(1, 3), (5, 6)], [["a"], ["b"]], id="a day between"),
        pytest.param([(1, 20), (2, 3), (15, 16)], [["a", "b", "c"]], id="within the first"),
        pytest.param([(1, 3), (7, 8), (4, 6)], [["a", "c", "b"]], id="a third bridges them"),
        pytest.param([(1, None), (40, 41)], [["a", "b"]], id="the first has not ended"),
        pytest.param([(1, 1), (1, 1)], [["a", "b"]], id="both one day"),
    ],
)
def test_events_that_follow_each_other_are_one_episode(
    spans: list[tuple[int, int | None]], episodes: list[list[str]]
) -> None:
    events = [crs(*span, name=name) for span, name in zip(spans, "abc", strict=False)]
    found = toxicity(*events)
    assert [sorted(names(one.records, *"abc")) for one in found.episodes] == [
        sorted(one) for one in episodes
    ]


def test_a_longer_gap_can_be_allowed() -> None:
    assert len(toxicity(crs(1, 3, name="a"), crs(5, 6, name="b"), gap_days=2).episodes) == 1


@pytest.mark.parametrize(
    ("links", "episodes"),
    [
        pytest.param((None, "a", None), 2, id="the second continues the first"),
        pytest.param((None, "a", "a"), 1, id="both continue the first"),
        pytest.param((None, "a", "b"), 1, id="each the one before"),
        pytest.param((None, "voided", "voided"), 2, id="both one that is gone"),
        pytest.param(("b", None, None), 2, id="the first names the second"),
        pytest.param((None, None, None), 3, id="no links"),
    ],
)
def test_linked_events_are_one_episode(links: tuple[str | None, ...], episodes: int) -> None:
    events = [
        crs(10 * number, 10 * number + 9, name=name, part_of_episode=link)
        for number, (name, link) in enumerate(zip("abc", links, strict=True))
    ]
    assert len(toxicity(*events, gap_days=0).episodes) == episodes


@pytest.mark.parametrize(
    ("onset", "episodes"),
    [
        pytest.param(4, 1, id="the day after the first had ended"),
        pytest.param(5, 2, id="a day later, linked or not"),
    ],
)
def test_a_link_does_not_bridge_a_gap(onset: int, episodes: int) -> None:
    found = toxicity(crs(1, 3, name="a"), crs(onset, 12, name="b", part_of_episode="a"))
    assert len(found.episodes) == episodes


def test_an_episode_with_a_gap_lasts_through_it_and_is_present_on_its_days() -> None:
    found = toxicity(crs(1, 3, name="a"), crs(11, 12, name="b"), gap_days=8)
    (episode,) = found.episodes
    assert (episode.duration_days, episode.days, found.total_days) == (12, 5, 5)


@pytest.mark.parametrize(
    ("one", "resolution", "days"),
    [
        pytest.param(crs(3, 5), "ended", 3, id="with an end"),
        pytest.param(crs(3), "not_ended", 18, id="ongoing"),
        pytest.param(
            crs(3, ongoing=None, outcome=Outcome.NOT_RECOVERED), "not_ended", 18, id="not recovered"
        ),
        pytest.param(crs(3, ongoing=None), "unknown", 1, id="neither end, ongoing nor outcome"),
        pytest.param(
            crs(3, ongoing=None, outcome=Outcome.UNKNOWN), "unknown", 1, id="outcome unknown"
        ),
        pytest.param(crs(3, ongoing=False), "unknown", 1, id="over, nobody says when"),
        pytest.param(
            crs(3, ongoing=None, outcome=Outcome.RECOVERED), "unknown", 1, id="its end taken out"
        ),
    ],
)
def test_whether_it_had_ended(one: AdverseEvent, resolution: str, days: int) -> None:
    found = toxicity(one, data_cut=20)
    (episode,) = found.episodes
    assert (episode.resolution, episode.days) == (resolution, days)
    assert (found.unresolved, found.end_unknown) == (
        resolution == "not_ended",
        resolution == "unknown",
    )


def test_an_event_that_nobody_says_goes_on_reaches_no_later_one() -> None:
    assert len(toxicity(crs(1, name="a", ongoing=None), crs(9, 10, name="b")).episodes) == 2


@pytest.mark.parametrize(
    ("onset", "end", "onset_day", "imputed"),
    [
        pytest.param(3, 5, 4, False, id="known to the day"),
        pytest.param("2024-03", 15, 1, True, id="known to the month"),
        pytest.param("2024", 15, 1, True, id="known to the year"),
        pytest.param(None, 15, 1, True, id="not known: it stands at the infusion"),
        pytest.param(None, None, 1, True, id="nothing known"),
    ],
)
def test_an_onset_that_is_not_known_to_the_day(
    onset: Any, end: Any, onset_day: int, imputed: bool
) -> None:
    (episode,) = toxicity(crs(onset, end)).episodes
    assert (episode.onset_day, episode.onset_imputed) == (onset_day, imputed)


@pytest.mark.parametrize(
    ("onset", "before"),
    [pytest.param(-2, True, id="before it"), pytest.param(1, False, id="after it")],
)
def test_a_crs_before_the_infusion_is_said(onset: int, before: bool) -> None:
    found = toxicity(crs(onset, 4))
    assert (found.before_infusion, bool(found.episodes)) == (before, not before)


def test_a_day_on_which_two_events_were_present_is_one_day() -> None:
    assert toxicity(crs(1, 5, name="a"), crs(4, 6, name="b")).total_days == 6


@pytest.mark.parametrize(
    ("grades", "worst", "severe_day"),
    [
        pytest.param((1, 2), 2, None, id="never severe"),
        pytest.param((2, 3), 3, 8, id="the second"),
        pytest.param((4, 3), 4, 4, id="both: the first of them"),
        pytest.param((None, 1), 1, None, id="one not graded"),
        pytest.param((None, None), None, None, id="none graded"),
        pytest.param((0, None), None, None, id="criteria not met is no grade"),
    ],
)
def test_the_grade(
    grades: tuple[int | None, int | None], worst: int | None, severe_day: int | None
) -> None:
    found = toxicity(
        crs(3, 6, name="a", astct_grade=grades[0], grade=5),
        crs(7, 9, name="b", astct_grade=grades[1], grade=5),
    )
    assert (found.max_grade, found.severe_onset_day) == (worst, severe_day)


@pytest.mark.parametrize(
    ("end", "more", "ended", "until"),
    [
        pytest.param(4, {}, True, 4, id="resolved"),
        pytest.param(None, {}, False, 500, id="open at the cut"),
        pytest.param(501, {}, False, 500, id="resolved after the cut"),
        pytest.param(None, {"died": 9}, False, 9, id="open at death"),
        pytest.param(9, {"died": 9}, True, 9, id="resolved on the day of death"),
        pytest.param(None, {"seen": 30}, False, 30, id="open when last known alive"),
        pytest.param(None, {"seen": 1}, False, 3, id="last known alive is never before its onset"),
        pytest.param("2024-03", {}, True, 21, id="resolved some day of March: its last"),
    ],
)
def test_an_episode_that_has_not_ended(
    end: Any, more: dict[str, Any], ended: bool, until: int
) -> None:
    found = toxicity(crs(3, end), **more)
    (episode,) = found.episodes
    assert (episode.end is not None) is ended
    assert (episode.observed_until, episode.duration_days) == (on(until), until - 3 + 1)
    assert found.unresolved is not ended
    assert episode.imputed is isinstance(end, str)


def test_an_episode_that_ends_after_the_horizon_has_not_ended_by_it() -> None:
    horizon = (on(0).replace(year=2027) - on(0)).days
    (episode,) = toxicity(crs(horizon - 1, horizon + 4), data_cut=horizon + 50).episodes
    assert (episode.end, episode.duration_days) == (None, 2)


def test_death_does_not_resolve_a_fatal_crs() -> None:
    found = toxicity(crs(3, 9, outcome=Outcome.FATAL, grade=5, astct_grade=5), died=9)
    (episode,) = found.episodes
    assert (episode.end, episode.observed_until, found.max_grade) == (None, on(9), 5)


def test_an_episode_is_open_while_one_of_its_events_is() -> None:
    found = toxicity(crs(1, None, name="a"), crs(2, 4, name="b"), data_cut=20)
    assert (found.episodes[0].end, found.total_days) == (None, 20)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        pytest.param(therapy(TOCILIZUMAB, 3, "crs"), True, id="on the day of onset"),
        pytest.param(therapy(TOCILIZUMAB, 2, "crs"), False, id="the day before"),
        pytest.param(therapy(TOCILIZUMAB, 7, "crs"), True, id="the day after it ended"),
        pytest.param(therapy(TOCILIZUMAB, 8, "crs"), False, id="two days after"),
        pytest.param(therapy(TOCILIZUMAB, 4), False, id="linked to nothing"),
        pytest.param(therapy(TOCILIZUMAB, 4, "icans"), False, id="linked to another event"),
        pytest.param(therapy(TOCILIZUMAB, 4, "icans", "crs"), True, id="linked to both"),
        pytest.param(therapy(TOCILIZUMAB, "2024-03", "crs"), True, id="some day of March"),
        pytest.param(therapy(TOCILIZUMAB, "2024-04", "crs"), False, id="some day of April"),
        pytest.param(therapy(TOCILIZUMAB, None, "crs"), True, id="no start known"),
        pytest.param(therapy(TherapyKind.VASOPRESSOR, 4, "crs"), False, id="another kind"),
    ],
)
def test_what_was_given_for_it(given: Therapy, counts: bool) -> None:
    found = toxicity(crs(3, 6), icans(4, 6), therapies=(given,))
    assert found.treated_with == ((TOCILIZUMAB,) if counts else ())


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        pytest.param({"died": 4}, True, id="given on the day of death"),
        pytest.param({"died": 3}, False, id="dated after death"),
        pytest.param({"data_cut": 4}, True, id="given on the day of the cut"),
        pytest.param({"data_cut": 3}, False, id="given after the cut"),
    ],
)
def test_what_was_given_after_death_or_the_cut_does_not_count(
    more: dict[str, Any], counts: bool
) -> None:
    found = toxicity(crs(3, None), therapies=(therapy(TOCILIZUMAB, 4, "crs"),), **more)
    assert found.treated_with == ((TOCILIZUMAB,) if counts else ())


def test_treatments_of_all_episodes_are_named_in_one_order() -> None:
    found = toxicity(
        crs(1, 2, name="a"),
        crs(9, 10, name="b"),
        therapies=(
            therapy(TherapyKind.SILTUXIMAB, 10, "b"),
            therapy(STEROID, 1, "a"),
            therapy(TOCILIZUMAB, 9, "b"),
            therapy(TherapyKind.ANAKINRA, 9, "b"),
        ),
    )
    assert [one.treated_with for one in found.episodes] == [
        (STEROID,),
        (TOCILIZUMAB, TherapyKind.ANAKINRA, TherapyKind.SILTUXIMAB),
    ]
    assert found.treated_with == (
        TOCILIZUMAB,
        STEROID,
        TherapyKind.ANAKINRA,
        TherapyKind.SILTUXIMAB,
    )


@pytest.mark.parametrize(
    ("events", "more", "kind", "affected"),
    [
        pytest.param([crs(-1, 3)], {}, AesiKind.CRS, False, id="before the infusion"),
        pytest.param([crs(-0.1, 3)], {}, AesiKind.CRS, False, id="hours before it"),
        pytest.param([crs(60)], {"new_therapy": 40}, AesiKind.CRS, True, id="after new therapy"),
        pytest.param([crs(501)], {}, AesiKind.CRS, False, id="after the cut"),
        pytest.param(
            [crs(1100, 1101)], {"data_cut": 1200}, AesiKind.CRS, False, id="after the horizon"
        ),
        pytest.param([crs(1)], {"infused": False}, AesiKind.CRS, False, id="never infused"),
        pytest.param([icans(4)], {}, AesiKind.ICANS, True, id="ICANS"),
        pytest.param([icans(4)], {}, AesiKind.CRS, False, id="ICANS is no CRS"),
        pytest.param(
            [crs(1), crs(1, name="sign", symptom_of="crs")],
            {},
            AesiKind.CRS,
            True,
            id="with a sign",
        ),
    ],
)
def test_which_events_it_is_made_of(
    events: list[AdverseEvent], more: dict[str, Any], kind: Any, affected: bool
) -> None:
    found = toxicity(*events, kind=kind, **more)
    assert [len(one.records) for one in found.episodes] == ([1] if affected else [])
