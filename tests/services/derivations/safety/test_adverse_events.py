"""How each adverse event counts: its row, grade and causality; what is left out or ignored."""

from dataclasses import replace
from typing import Any

import pytest

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.safety.adverse_event_levels import (
    LevelKey,
    subject_level,
    subject_levels,
)
from app.services.derivations.safety.adverse_events import subject_adverse_events
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.derivations.subject_history import AdverseEvent
from app.vocabularies.adverse_events import AesiKind, SeriousnessCriterion
from app.vocabularies.follow_up import DeathCause
from tests.subjects.base import TRIAL
from tests.subjects.safety import (
    analysed,
    crs,
    event,
    fatal,
    history,
    icans,
    on,
    the_event,
    with_rules,
)

OTHER = "Nervous system disorders - Other, specify"


@pytest.mark.parametrize(
    ("one", "row"),
    [
        pytest.param(event(1), ("Diarrhea", "Gastrointestinal disorders"), id="its own term"),
        pytest.param(crs(1), ("Cytokine release syndrome", "Immune system disorders"), id="CRS"),
        pytest.param(icans(1), (f"{OTHER}: ICANS", "Nervous system disorders"), id="ICANS"),
        pytest.param(
            icans(1, term="Encephalopathy"),
            (f"{OTHER}: ICANS", "Nervous system disorders"),
            id="ICANS reported under a sign",
        ),
        pytest.param(
            event(1, term=OTHER, soc="Nervous system disorders", astct_grade=2),
            (f"{OTHER}: ICANS", "Nervous system disorders"),
            id="an ASTCT grade on the term of ICANS",
        ),
        pytest.param(
            event(1, term=OTHER, soc="Nervous system disorders"),
            (OTHER, "Nervous system disorders"),
            id="another disorder on that term",
        ),
        pytest.param(
            icans(1, aesi_kind=AesiKind.OTHER_NEUROTOXICITY),
            (OTHER, "Nervous system disorders"),
            id="another kind on that term",
        ),
    ],
)
def test_the_row_an_event_counts_in(one: AdverseEvent, row: tuple[str, str]) -> None:
    found = the_event(one)
    assert (found.term, found.system_organ_class) == row


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        pytest.param(event(1), None, id="none"),
        pytest.param(crs(1, aesi_kind=None), AesiKind.CRS, id="CRS by its term alone"),
        pytest.param(crs(1, term="Fever"), AesiKind.CRS, id="CRS by its kind alone"),
        pytest.param(icans(1, aesi_kind=None), AesiKind.ICANS, id="ICANS by term and scale"),
        pytest.param(event(1, aesi_kind=AesiKind.CARDIAC), AesiKind.CARDIAC, id="another"),
    ],
)
def test_the_kind_of_special_interest(one: AdverseEvent, kind: AesiKind | None) -> None:
    assert the_event(one).aesi_kind is kind


@pytest.mark.parametrize(
    ("one", "rules", "grades"),
    [
        pytest.param(event(1, grade=3), {}, (3, 3, None), id="one scale"),
        pytest.param(event(1, grade=None), {}, (None, None, None), id="not graded"),
        pytest.param(crs(1, grade=2, astct_grade=3), {}, (2, 3, 3), id="CRS on two"),
        pytest.param(icans(1, grade=4, astct_grade=3), {}, (4, 3, 3), id="ICANS on two"),
        pytest.param(
            crs(1, grade=2, astct_grade=None), {}, (2, None, None), id="never one for the other"
        ),
        pytest.param(
            crs(1, grade=2, astct_grade=0), {}, (2, None, None), id="criteria not met: no grade"
        ),
        pytest.param(
            crs(1, grade=2, astct_grade=3),
            {"crs_scale_in_tables": "ASTCT"},
            (3, 3, 3),
            id="ASTCT everywhere",
        ),
        pytest.param(
            crs(1, grade=2, astct_grade=3),
            {"crs_scale_of_special_interest": "CTCAE"},
            (2, 2, 3),
            id="CTCAE in both tables",
        ),
    ],
)
def test_the_scale_of_a_grade(
    one: AdverseEvent, rules: dict[str, Any], grades: tuple[int | None, ...]
) -> None:
    found = the_event(one, trial=with_rules(**rules))
    assert (found.grade, found.special_interest_grade, found.astct_grade) == grades


@pytest.mark.parametrize(
    ("judged", "rules", "related", "missing"),
    [
        pytest.param(True, {}, True, False, id="related"),
        pytest.param(False, {}, False, False, id="not related"),
        pytest.param(None, {}, True, True, id="not judged: related, in a column of its own"),
        pytest.param(
            None, {"missing_causality_is_related": False}, False, True, id="not judged, other rule"
        ),
    ],
)
def test_causality(
    judged: bool | None, rules: dict[str, Any], related: bool, missing: bool
) -> None:
    found = the_event(event(1, related=judged), trial=with_rules(**rules))
    assert (found.related, found.related_to_car_t) == (related, related)
    assert found.causality_missing is missing


@pytest.mark.parametrize(
    ("more", "serious"),
    [
        pytest.param({"serious": True}, True, id="serious"),
        pytest.param({"serious": False}, False, id="not serious"),
        pytest.param({"serious": None}, False, id="not judged"),
        pytest.param({"serious": False, "grade": 4}, False, id="severe is not serious"),
        pytest.param(
            {"seriousness_criteria": (SeriousnessCriterion.HOSPITALISATION,)},
            True,
            id="a criterion",
        ),
    ],
)
def test_seriousness(more: dict[str, Any], serious: bool) -> None:
    assert the_event(event(1, **more)).serious is serious


@pytest.mark.parametrize(
    ("events", "rules", "left_out"),
    [
        pytest.param([event(1)], {}, None, id="counts"),
        pytest.param(
            [crs(1), event(1, symptom_of="crs")], {}, "symptom", id="sign of another event"
        ),
        pytest.param(
            [crs(1), event(1, symptom_of="crs")],
            {"symptoms_are_counted": True},
            None,
            id="signs count in this trial",
        ),
        pytest.param(
            [crs(1), event(1, grade=3, symptom_of="crs")],
            {},
            None,
            id="organ toxicity of CRS from grade 3",
        ),
        pytest.param(
            [crs(1), event(1, grade=3, symptom_of="crs")],
            {"organ_toxicity_from_grade": 4},
            "symptom",
            id="organ toxicity of CRS, from grade 4 in this trial",
        ),
        pytest.param(
            [crs(1), event(1, grade=2, symptom_of="crs")], {}, "symptom", id="below grade 3"
        ),
        pytest.param(
            [crs(1), event(1, grade=None, symptom_of="crs")], {}, "symptom", id="without a grade"
        ),
        pytest.param(
            [crs(1), event(1, grade=4, term="Hypotension", symptom_of="crs")],
            {},
            "symptom",
            id="a sign that CRS is graded by",
        ),
        pytest.param(
            [icans(1), event(1, grade=3, symptom_of="icans")], {}, "symptom", id="sign of ICANS"
        ),
        pytest.param([event(1, symptom_of="voided")], {}, None, id="sign of an event that is gone"),
        pytest.param([event(1, symptom_of="event")], {}, None, id="sign of itself"),
        pytest.param(
            [
                icans(1),
                event(1, name="aphasia", symptom_of="icans"),
                event(2, name="last", symptom_of="aphasia"),
            ],
            {},
            "symptom",
            id="sign of a sign",
        ),
        pytest.param(
            [event(1, name="one", symptom_of="two"), event(1, name="two", symptom_of="one")],
            {},
            None,
            id="each the sign of the other",
        ),
        pytest.param(
            [event(1, term="Disease progression", grade=5)], {}, "progression", id="progression"
        ),
        pytest.param(
            [event(1, term="Disease progression", grade=5)],
            {"progression_is_event": True},
            None,
            id="progression counts in this trial",
        ),
        pytest.param([event(1, aesi_kind=AesiKind.PREGNANCY)], {}, "pregnancy", id="pregnancy"),
    ],
)
def test_what_counts_in_no_incidence(
    events: list[AdverseEvent], rules: dict[str, Any], left_out: str | None
) -> None:
    trial = with_rules(**rules)
    found = the_event(*events, trial=trial)
    assert found.left_out == left_out
    counted = analysed(*events, trial=trial).counted(SafetyWindow.TREATMENT_EMERGENT)
    assert (found in counted) is (left_out is None)


@pytest.mark.parametrize(
    ("one", "died", "reason"),
    [
        pytest.param(event(499, 500), None, None, id="up to the cut"),
        pytest.param(event(501), None, "after_cut", id="begun after the cut"),
        pytest.param(event(10, 20), 20, None, id="ended on the day of death"),
        pytest.param(event(10, 21), 20, None, id="ended after death"),
        pytest.param(event(10, "2024-03"), 20, None, id="may have ended before death"),
        pytest.param(event(10, "2024-04"), 20, None, id="ended the month after"),
        pytest.param(event(20), 20, None, id="begun on the day of death"),
        pytest.param(event(21), 20, None, id="begun after death"),
        pytest.param(event("2024-03"), 20, None, id="may have begun before death"),
        pytest.param(event(10, 9), None, None, id="ended before it began"),
        pytest.param(event(10, "2024-03"), None, None, id="may have ended after it began"),
        pytest.param(fatal(10, 21), 20, None, id="the fatal event is kept"),
        pytest.param(event(10, 600), 550, None, id="a death after the cut is not known"),
    ],
)
def test_records_that_are_ignored(one: AdverseEvent, died: int | None, reason: str | None) -> None:
    found = analysed(one, died=died)
    assert [ignored.reason for ignored in found.ignored] == ([reason] if reason else [])
    assert len(found.events) == (0 if reason else 1)


@pytest.mark.parametrize(
    ("one", "died", "onset", "end"),
    [
        pytest.param(event(10, 20), 20, 10, 20, id="ended on the day of death"),
        pytest.param(event(10, 21), 20, 10, None, id="ended after death: the end is unknown"),
        pytest.param(event(20), 20, 20, None, id="begun on the day of death"),
        pytest.param(event(21), 20, None, None, id="begun after death: the onset is unknown"),
        pytest.param(event(21, 22), 20, None, None, id="begun and ended after death"),
        pytest.param(event(10, 9), None, 10, None, id="ended before it began"),
    ],
)
def test_a_date_that_cannot_be_is_taken_out_and_the_event_stays(
    one: AdverseEvent, died: int | None, onset: int | None, end: int | None
) -> None:
    (found,) = analysed(one, died=died).events
    assert found.onset == (None if onset is None else on(onset))
    assert found.end == (None if end is None else on(end))
    assert found.treatment_emergent


def test_a_fatal_event_ends_with_the_death() -> None:
    found = the_event(fatal(10, "2024-04"), died=25)
    assert (found.end, found.end_imputed, found.fatal) == (on(25), None, True)


@pytest.mark.parametrize(
    ("died", "cause"),
    [
        pytest.param(20, DeathCause.INFECTION, id="told"),
        pytest.param(501, None, id="not known at the cut"),
    ],
)
def test_the_cause_of_death(died: int, cause: DeathCause | None) -> None:
    assert analysed(died=died, death_cause=DeathCause.INFECTION).death_cause is cause


@pytest.mark.parametrize(
    ("one", "onset", "end"),
    [
        pytest.param(event(10, 20), 10, 20, id="ended after the day that stands for the death"),
        pytest.param(event(18), 18, None, id="begun after it"),
        pytest.param(event(10, 22), 10, None, id="ended when it was certainly dead"),
        pytest.param(event(22), None, None, id="begun then"),
    ],
)
def test_a_death_known_to_the_month_contradicts_what_is_after_the_month(
    one: AdverseEvent, onset: int | None, end: int | None
) -> None:
    told = history(one, died=15)
    (death,) = told.follow_ups
    march = replace(death, death=PossibleDays(on(-9), on(21)))
    told = replace(told, follow_ups=(march,))
    (found,) = subject_adverse_events(told, TRIAL, death=on(15)).events
    assert (found.onset is None, found.end is None) == (onset is None, end is None)


def test_the_levels_of_a_subject() -> None:
    found = analysed(
        event(1, name="a", grade=1, serious=True),
        event(5, name="b", grade=3),
        event(3, name="c", term="Vomiting", grade=None, related=None),
        event(2, name="d", term="Fever", soc="General disorders", grade=2, related=True),
    )
    levels = subject_levels(found.counted(SafetyWindow.TREATMENT_EMERGENT))
    told = {
        key: (level.events, level.worst_grade, level.severe, level.first_on)
        for key, level in levels.items()
    }
    gut = "Gastrointestinal disorders"
    assert told == {
        LevelKey(): (4, 3, True, on(1)),
        LevelKey(gut): (3, 3, True, on(1)),
        LevelKey(gut, "Diarrhea"): (2, 3, True, on(1)),
        LevelKey(gut, "Vomiting"): (1, None, False, on(3)),
        LevelKey("General disorders"): (1, 2, False, on(2)),
        LevelKey("General disorders", "Fever"): (1, 2, False, on(2)),
    }
    claims = {
        key.term: (level.serious, level.related, level.causality_missing)
        for key, level in levels.items()
        if key.term
    }
    assert claims == {
        "Diarrhea": (True, False, False),
        "Vomiting": (False, True, True),
        "Fever": (False, True, False),
    }


def test_a_grade_that_is_missing_ranks_below_grade_1() -> None:
    found = analysed(event(1, name="a", grade=None), event(2, name="b", grade=1))
    assert subject_level(found.events).worst_grade == 1


def test_the_worst_of_special_interest_is_on_its_own_scale() -> None:
    found = analysed(crs(1, grade=2, astct_grade=3)).events
    assert subject_level(found).worst_grade == 2
    assert subject_level(found, special_interest=True).worst_grade == 3


def test_linked_records_are_one_event_with_its_highest_grade_from_the_first_of_them() -> None:
    found = analysed(
        event(3, 5, name="a", grade=2),
        event(6, 8, name="b", grade=4, part_of_episode="a", serious=True),
        event(9, 9, name="c", grade=1, part_of_episode="a"),
    )
    level = subject_level(found.counted(SafetyWindow.TREATMENT_EMERGENT))
    assert (level.events, level.worst_grade, level.first_on) == (1, 4, on(3))
    assert level.serious


def test_linked_records_of_two_terms_are_one_event_and_one_of_each_term() -> None:
    found = analysed(
        event(3, 5, name="a", grade=2, term="Nausea"),
        event(6, 8, name="b", grade=3, term="Vomiting", part_of_episode="a"),
    )
    levels = subject_levels(found.counted(SafetyWindow.TREATMENT_EMERGENT))
    assert {key.term: (one.events, one.worst_grade) for key, one in levels.items()} == {
        None: (1, 3),
        "Nausea": (1, 2),
        "Vomiting": (1, 3),
    }


def test_without_events_there_is_no_level() -> None:
    assert subject_levels(()) == {}
    with pytest.raises(ValueError, match="empty"):
        subject_level(())


@pytest.mark.parametrize(
    ("one", "windows"),
    [
        pytest.param(event(-4), {"lymphodepletion"}, id="during lymphodepletion"),
        pytest.param(event(1), {"treatment_emergent", "primary"}, id="after the infusion"),
        pytest.param(
            event(1, serious=True),
            {"treatment_emergent", "primary", "to_horizon"},
            id="a serious one after the infusion",
        ),
    ],
)
def test_the_windows_of_an_event(one: AdverseEvent, windows: set[str]) -> None:
    found = analysed(one)
    assert {window.value for window in SafetyWindow if found.counted(window)} == windows
