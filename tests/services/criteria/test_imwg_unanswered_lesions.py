"""A lesion that baseline imaging did not have: progression until somebody answers.

Source of the cases: the trial's reading of IMWG 2016, progressive disease, note 9; RC-24.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Imaging, Lesion, NewLesion
from app.services.derivations.response.confirmed_response import Confirmation, confirmed_visits
from app.services.derivations.response.rated_visit import rated
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LesionKind
from tests.services.criteria.imwg_courses import INFUSED_ON, Read, imaging, on_day, read, visit

NONE_SEEN = visit(-10, 4, 0, ife="+-", lesions={})
C = {"C": (30, 25)}


def again(day: int, lesions: Any = None, **more: Any) -> DiseaseEvaluation:
    return visit(day, 1, 0, ife="+-", lesions=lesions, **more)


def confirmed(found: Read, policy: ImwgPolicy | None = None, died: Any = None) -> Any:
    return confirmed_visits(
        rated(found.course.visits),
        infused_on=INFUSED_ON,
        new_therapy_on=None,
        died_of_myeloma_on=died,
        policy=policy or ImwgPolicy(),
    )


def test_rc_24_it_is_an_unconfirmed_progression_and_never_a_response() -> None:
    found = read(NONE_SEEN, again(61, C))
    last = found.last
    assert (last.category, last.basis, last.flags) == ("PD", "unanswered", ())
    assert (last.rules, last.assessed_on) == (("LESION-NOT-AT-BASELINE",), on_day(61))
    assert [(one.code, one.part) for one in last.questions] == [
        ("LESION-NOT-AT-BASELINE", ("imaging", "lesions", 0))
    ]
    [visit_] = confirmed(found)
    assert (visit_.confirmed, visit_.running, visit_.state) == (
        "NE",
        "NE",
        Confirmation.UNCONFIRMED,
    )
    [as_event] = confirmed(found, ImwgPolicy(unconfirmed_pd="event"))
    assert (as_event.running, as_event.confirmed_by) == ("PD", None)


@pytest.mark.parametrize(
    "second", [again(91, C), again(91), visit(91, "2.0", 0, ife="+-")], ids=["same", "PR", "PD"]
)
def test_no_second_sample_confirms_or_refutes_it(second: DiseaseEvaluation) -> None:
    first = confirmed(read(NONE_SEEN, again(61, C), second))[0]
    assert (first.confirmed, first.state) == ("NE", Confirmation.UNCONFIRMED)
    event = confirmed(read(NONE_SEEN, again(61, C), second), ImwgPolicy(unconfirmed_pd="event"))
    assert event[0].confirmed == "PD"


def test_death_from_myeloma_before_the_next_visit_confirms_it() -> None:
    [first] = confirmed(read(NONE_SEEN, again(61, C)), died=on_day(80))
    assert (first.confirmed, first.state) == ("PD", Confirmation.CONFIRMED)


def test_it_is_dated_to_the_image() -> None:
    assert read(NONE_SEEN, again(61, C, imaged_day=66)).last.assessed_on == on_day(66)


def test_called_new_it_is_a_new_lesion_of_the_image() -> None:
    for lesion_id in ("C", None):
        new = (NewLesion(kind=LesionKind.EXTRAMEDULLARY, lesion_id=lesion_id),)
        last = read(NONE_SEEN, again(61, C, imaged_day=66, new_lesions=new)).last
        assert (last.rules, last.basis, last.assessed_on) == (("P-L1",), "imaging", on_day(66))
        assert last.questions == ()


def test_another_lesion_called_new_answers_nothing_about_this_one() -> None:
    new = (NewLesion(kind=LesionKind.EXTRAMEDULLARY, lesion_id="D"),)
    last = read(NONE_SEEN, again(61, C, new_lesions=new)).last
    assert (last.rules, last.basis) == (("P-L1", "LESION-NOT-AT-BASELINE"), "imaging")


def test_a_lesion_called_new_once_needs_no_answer_later() -> None:
    new = (NewLesion(kind=LesionKind.EXTRAMEDULLARY, lesion_id="C"),)
    last = read(NONE_SEEN, again(61, C, new_lesions=new), again(91, C)).last
    assert last.questions == ()


def test_in_a_corrected_baseline_there_is_nothing_to_ask() -> None:
    last = read(visit(-10, 4, 0, ife="+-", lesions=C), again(61, {"C": (20, 10)})).last
    assert (last.category, last.questions) == ("PR", ())


@pytest.mark.parametrize(
    ("baseline", "later", "asked"),
    [
        pytest.param({}, {"C": (0, 0)}, False, id="recorded as gone"),
        pytest.param({}, {"C": (None, None)}, False, id="not assessed"),
        pytest.param({"C": (0, 0)}, C, False, id="looked for at baseline"),
        pytest.param({"A": (30, 20)}, {"A": (10, 5)} | C, True, id="beside a known one"),
    ],
)
def test_a_lesion_that_is_measured_and_that_baseline_did_not_name(
    baseline: Mapping[str, Any], later: Mapping[str, Any], *, asked: bool
) -> None:
    last = read(visit(-10, 4, 0, ife="+-", lesions=baseline), again(61, later)).last
    assert bool(last.questions) is asked


def test_parts_of_a_lesion_known_at_baseline_are_not_asked_about() -> None:
    split = imaging(C)
    assert split is not None
    [lesion] = split.lesions
    start = visit(-10, 4, 0, ife="+-", lesions={"A": (40, 30)})
    for known in (replace(lesion, split_from="A"), replace(lesion, merged_from=("A",))):
        today = replace(again(61), imaging=Imaging(lesions=(known,)))
        assert read(start, today).last.questions == ()


def test_bone_lesions_are_asked_about_too() -> None:
    bone = Lesion(lesion_id="B", kind=LesionKind.BONE, long_mm=20, short_mm=10)  # type: ignore[arg-type]
    today = replace(again(61), imaging=Imaging(lesions=(bone,)))
    assert read(NONE_SEEN, today).last.category == "PD"


def test_what_is_proven_decides_basis_and_day() -> None:
    found = read(NONE_SEEN, again(28), visit(61, "2.0", 0, ife="+-", lesions=C, imaged_day=50))
    last = found.last
    assert (last.rules, last.basis) == (("P-S", "LESION-NOT-AT-BASELINE"), "biochemical")
    assert last.assessed_on == on_day(61)
