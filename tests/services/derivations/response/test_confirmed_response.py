"""Confirmation: what two visits show together, under the default and each alternative."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.comparison import Agreement
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.visit_response import Relapse, RelapseSign
from app.services.derivations.response.best_response import BestResponse, best_by, best_response
from app.services.derivations.response.confirmed_response import (
    Confirmation,
    ConfirmedVisit,
    confirmed_visits,
)
from app.services.derivations.response.course_comparison import compare_courses
from app.services.derivations.response.rated_visit import RatedVisit
from app.services.derivations.response.unconfirmed_response import why_unconfirmed
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import PdBasis, ResponseCategory

INFUSED_ON = date(2024, 3, 1)
SERUM, URINE = Component.SERUM_M_PROTEIN, Component.URINE_M_PROTEIN


def day(number: int) -> date:
    """Days after infusion."""
    return INFUSED_ON + timedelta(days=number)


def visits(text: str, first: int = 28, step: int = 28) -> list[RatedVisit]:
    """Visits of ``"PR VGPR PDb PDi PDm NE"``, one every ``step`` days."""
    bases = {
        "PDb": PdBasis.BIOCHEMICAL,
        "PDi": PdBasis.IMAGING,
        "PDm": PdBasis.MARROW,
        "PDc": PdBasis.CLINICAL,
        "PDu": PdBasis.UNKNOWN,
        "PD?": None,
    }
    return [
        RatedVisit(
            assessed_on=day(first + step * index),
            category=ResponseCategory.PD if code in bases else ResponseCategory(code),
            basis=bases.get(code),
        )
        for index, code in enumerate(text.split())
    ]


def confirm(
    text: str | list[RatedVisit],
    *,
    n: int | None = None,
    died: int | None = None,
    policy: dict[str, Any] | None = None,
    **more: Any,
) -> tuple[ConfirmedVisit, ...]:
    return confirmed_visits(
        visits(text) if isinstance(text, str) else text,
        infused_on=INFUSED_ON,
        new_therapy_on=None if n is None else day(n),
        died_of_myeloma_on=None if died is None else day(died),
        policy=ImwgPolicy(**(policy or {})),
        **more,
    )


def at_each(confirmed: tuple[ConfirmedVisit, ...]) -> str:
    return " ".join(one.confirmed for one in confirmed)


def running(confirmed: tuple[ConfirmedVisit, ...]) -> str:
    return " ".join(one.running for one in confirmed)


def states(confirmed: tuple[ConfirmedVisit, ...]) -> str:
    return " ".join(one.state for one in confirmed)


@pytest.mark.parametrize(
    ("course", "at_each_visit", "state"),
    [
        pytest.param("PR PR PDb", "PR SD PD", "confirmed", id="no second visit is needed"),
        pytest.param("PR PR PDb PR", "PR SD PD", "confirmed", id="nor asked, where one differs"),
        pytest.param("PR PR PDi", "PR SD PD", "not_needed", id="imaging needs neither"),
    ],
)
def test_whoever_judged_may_say_that_a_progression_was_confirmed(
    course: str, at_each_visit: str, state: str
) -> None:
    told = visits(course)
    told[2] = replace(told[2], said_confirmed=True)
    confirmed = confirm(told)
    assert at_each(confirmed[:3]) == at_each_visit
    assert (confirmed[2].state, confirmed[2].confirmed_by) == (state, None)
    assert best_response(confirmed).progression_on == day(84)


@pytest.mark.parametrize(
    ("course", "n", "level", "reason"),
    [
        pytest.param("CR", None, "CR", "no_second_evaluation", id="nothing came after it"),
        pytest.param("CR NE NE", None, "CR", "no_second_evaluation", id="nothing evaluable did"),
        pytest.param("CR PDb", None, "CR", "followed_by_progression", id="unconfirmed progression"),
        pytest.param("CR PDi", None, "CR", "followed_by_progression", id="progression"),
        pytest.param("CR CR", 40, "CR", "after_new_therapy", id="new therapy between"),
        pytest.param("CR CR", 56, "CR", None, id="on the day of new therapy"),
        pytest.param("CR PR", None, "CR", "not_repeated", id="less came after it"),
        pytest.param("CR PR", None, "PR", None, id="and confirms the less"),
        pytest.param("CR PR", 56, "CR", "not_repeated", id="less, on the day of new therapy"),
        pytest.param("CR PR CR", None, "CR", "no_second_evaluation", id="the last that showed it"),
        pytest.param("CR CR PDi", None, "CR", None, id="confirmed"),
        pytest.param("SD SD", None, "PR", None, id="never shown"),
        pytest.param("SD CR", 40, "CR", None, id="shown after new therapy alone"),
        pytest.param("", None, "PR", None, id="no visit"),
    ],
)
def test_why_a_level_was_never_confirmed(
    course: str, n: int | None, level: str, reason: str | None
) -> None:
    therapy = None if n is None else day(n)
    found = why_unconfirmed(confirm(course, n=n), ResponseCategory(level), new_therapy_on=therapy)
    assert found == reason


@pytest.mark.parametrize(
    ("course", "confirmed"),
    [
        pytest.param("PR VGPR", "PR SD", id="a deeper one confirms its first"),
        pytest.param("VGPR PR", "PR SD", id="the lower of the two"),
        pytest.param("CR SD", "SD SD", id="stable disease confirms no response"),
        pytest.param("sCR CR CR", "CR CR SD", id="sCR then CR"),
        pytest.param("PR PDi", "SD PD", id="progression next"),
        pytest.param("PR PDb PR", "SD NE SD", id="unconfirmed progression breaks the pair"),
        pytest.param("PR NE NE PR", "PR NE NE SD", id="visits that are not evaluable are skipped"),
        pytest.param("PR", "SD", id="a lone response"),
        pytest.param("SD NE", "SD NE", id="stable disease needs none"),
        pytest.param("PDi", "PD", id="progression on imaging"),
        pytest.param("PDm", "PD", id="progression in the marrow"),
        pytest.param("PDb PDb", "PD NE", id="biochemical, then biochemical"),
        pytest.param("PDb NE PDi", "PD NE PD", id="biochemical, then imaging"),
        pytest.param("PDc PR", "NE SD", id="clinical counts as biochemical"),
        pytest.param("PDu PR", "NE SD", id="unknown counts as biochemical"),
        pytest.param("PD? PR", "NE SD", id="no basis counts as biochemical"),
    ],
)
def test_the_next_evaluable_visit_confirms(course: str, confirmed: str) -> None:
    assert at_each(confirm(course)) == confirmed


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("PR VGPR VGPR SD", "PR VGPR VGPR VGPR"),
        ("NE SD MR MR", "NE SD MR MR"),
        ("PR PR PDb PDb CR CR", "PR PR PD PD PD PD"),
        ("PDb CR CR", "NE CR CR"),
    ],
)
def test_the_running_value_never_falls_and_ends_with_progression(
    course: str, expected: str
) -> None:
    assert running(confirm(course)) == expected


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("PR PR", "confirmed unconfirmed"),
        ("VGPR PR SD NE", "lowered lowered not_needed not_needed"),
        ("PDb PR", "refuted unconfirmed"),
        ("PDi PDb", "not_needed unconfirmed"),
        ("PDb PDb PR", "confirmed refuted unconfirmed"),
    ],
)
def test_each_visit_says_where_it_stands(course: str, expected: str) -> None:
    assert states(confirm(course)) == expected


def test_it_names_the_visit_that_confirms() -> None:
    first, *_ = confirm("PR NE VGPR")
    assert first.confirmed_by == day(84)
    [only] = confirm("PDb", died=40)
    assert (only.confirmed, only.confirmed_by) == ("PD", day(40))


@pytest.mark.parametrize(
    ("n", "confirmed", "in_set"),
    [
        pytest.param(56, "PR SD SD", [True, True, False], id="on the day of the second visit"),
        pytest.param(55, "SD SD SD", [True, False, False], id="the day before it"),
        pytest.param(57, "PR SD SD", [True, True, False], id="the day after it"),
        pytest.param(None, "PR PR SD", [True, True, True], id="none"),
    ],
)
def test_a_response_is_confirmed_before_new_therapy(
    n: int | None, confirmed: str, in_set: list[bool]
) -> None:
    found = confirm("PR PR PR", n=n)
    assert at_each(found) == confirmed
    assert [one.in_endpoint_set for one in found] == in_set


def test_the_visit_of_the_day_new_therapy_starts_may_be_left_out_of_the_endpoints() -> None:
    found = confirm("PR PR", n=56, visit_on_new_therapy_day="excluded")
    assert at_each(found) == "PR SD"
    assert [one.in_endpoint_set for one in found] == [True, False]


@pytest.mark.parametrize(
    ("rule", "n", "expected"),
    [
        ("allowed", 40, "PD NE"),
        ("not_allowed", 40, "NE NE"),
        ("not_allowed", 56, "PD NE"),
        ("not_allowed", None, "PD NE"),
    ],
)
def test_progression_may_be_confirmed_after_new_therapy(
    rule: str, n: int | None, expected: str
) -> None:
    assert at_each(confirm("PDb PDb", n=n, policy={"pd_after_new_therapy": rule})) == expected


@pytest.mark.parametrize(
    ("first", "second", "rule", "confirmed"),
    [
        ({SERUM}, {URINE}, "any", "PD"),
        ({SERUM}, {URINE}, "same_marker", "NE"),
        ({SERUM}, {SERUM, URINE}, "same_marker", "PD"),
        (set(), {URINE}, "same_marker", "PD"),
    ],
)
def test_any_or_the_same_marker_confirms_progression(
    first: set[Component], second: set[Component], rule: str, confirmed: str
) -> None:
    one, two = visits("PDb PDb")
    course = [
        RatedVisit(
            assessed_on=visit.assessed_on,
            category=visit.category,
            basis=visit.basis,
            components=frozenset(components),
        )
        for visit, components in ((one, first), (two, second))
    ]
    assert confirm(course, policy={"confirming_pd": rule})[0].confirmed == confirmed


@pytest.mark.parametrize(
    ("course", "died", "confirmed"),
    [
        pytest.param("PDb", 40, "PD", id="death from myeloma confirms"),
        pytest.param("PDb NE", 90, "PD NE", id="a visit that is not evaluable does not refute"),
        pytest.param("PDb PR", 90, "NE SD", id="a visit before it refuted"),
        pytest.param("PDb PR", 56, "NE SD", id="so did one on the day of death"),
        pytest.param("PDb PR", 55, "PD SD", id="not one dated the day after"),
        pytest.param("PR", 40, "SD", id="death confirms no response"),
    ],
)
def test_death_from_myeloma_confirms_progression(course: str, died: int, confirmed: str) -> None:
    assert at_each(confirm(course, died=died)) == confirmed


@pytest.mark.parametrize(
    ("course", "confirmed"),
    [
        pytest.param("PR PDb", "SD PD", id="at the last visit"),
        pytest.param("PR PDb NE", "SD PD NE", id="with nothing evaluable after it"),
        pytest.param("PDb PR PR", "NE PR SD", id="refuted is no event"),
    ],
)
def test_a_progression_that_waits_may_count(course: str, confirmed: str) -> None:
    assert at_each(confirm(course, policy={"unconfirmed_pd": "event"})) == confirmed


@pytest.mark.parametrize(
    ("course", "confirmed"),
    [
        ("VGPR PR PR", "NE PR NE"),
        ("PR VGPR", "PR NE"),
        ("CR SD", "NE SD"),
        ("PR", "NE"),
    ],
)
def test_a_response_may_ask_for_one_at_least_as_good(course: str, confirmed: str) -> None:
    assert at_each(confirm(course, policy={"confirm": "at_least_as_good"})) == confirmed


def limited(text: str, ceilings: dict[int, str]) -> list[RatedVisit]:
    return [
        RatedVisit(
            assessed_on=visit.assessed_on,
            category=visit.category,
            basis=visit.basis,
            ceiling=ResponseCategory(ceilings[index]) if index in ceilings else visit.category,
        )
        for index, visit in enumerate(visits(text))
    ]


@pytest.mark.parametrize(
    ("course", "ceilings", "confirmed"),
    [
        pytest.param("CR VGPR CR", {1: "CR"}, "CR", id="skipped for the level it could not show"),
        pytest.param("CR VGPR CR", {1: "VGPR"}, "VGPR", id="lowered by what was measured"),
        pytest.param("CR VGPR VGPR", {1: "CR"}, "VGPR", id="the next one settles it"),
        pytest.param("CR VGPR", {1: "CR"}, "VGPR", id="alone it still confirms its own level"),
        pytest.param("CR PDb CR", {}, "SD", id="progression is never skipped"),
        pytest.param("sCR PR sCR", {1: "CR"}, "CR", id="only up to what it could have shown"),
    ],
)
def test_a_visit_lowered_by_missing_parts_may_be_skipped(
    course: str, ceilings: dict[int, str], confirmed: str
) -> None:
    found = confirm(limited(course, ceilings), policy={"skip_limited": True})
    assert found[0].confirmed == confirmed


def test_a_visit_lowered_by_missing_parts_is_not_skipped_by_default() -> None:
    assert confirm(limited("CR VGPR CR", {1: "CR"}))[0].confirmed == "VGPR"


@pytest.mark.parametrize(
    ("step", "interval", "policy", "warned"),
    [
        pytest.param(84, None, {}, None, id="84 days"),
        pytest.param(85, None, {}, 85, id="85 days"),
        pytest.param(91, 91, {}, None, id="within 1.5 intervals of 91 days"),
        pytest.param(136, 91, {}, None, id="136 of 136.5 days"),
        pytest.param(137, 91, {}, 137, id="137 of 136.5 days"),
        pytest.param(
            91, 91, {"confirm_gap_warn_intervals": Decimal(0)}, 91, id="a fixed limit of the plan"
        ),
        pytest.param(61, None, {"confirm_gap_warn_days": 60}, 61, id="another limit"),
    ],
)
def test_it_warns_of_a_late_confirmation(
    step: int, interval: int | None, policy: dict[str, Any], warned: int | None
) -> None:
    course = [
        RatedVisit(
            assessed_on=day(28 + step * index),
            category=ResponseCategory.PR,
            days_to_next_scheduled=interval,
        )
        for index in range(2)
    ]
    warning = confirm(course, policy=policy)[0].warning
    assert (warning.days if warning else None) == warned


@pytest.mark.parametrize(("course", "warned"), [("PR NE NE PR", False), ("PR NE NE NE PR", True)])
def test_it_warns_of_three_visits_in_a_row_that_are_not_evaluable(
    course: str, warned: bool
) -> None:
    warning = confirm(visits(course, step=14))[0].warning
    assert (warning is not None) is warned
    if warning:
        assert warning.not_evaluable == 3


def test_it_refuses_two_visits_of_one_day() -> None:
    with pytest.raises(ValueError, match="merged before they are confirmed"):
        confirm([*visits("PR"), *visits("CR")])


def test_visits_up_to_the_infusion_day_are_in_no_endpoint() -> None:
    found = confirm(visits("VGPR VGPR VGPR", first=-28))
    assert [one.in_endpoint_set for one in found] == [False, False, True]
    assert running(found) == "NE NE SD"
    assert best(visits("PDi PR PR", first=0)).best == "PR"


def best(text: str | list[RatedVisit], **more: Any) -> BestResponse:
    return best_response(confirm(text, **more))


@pytest.mark.parametrize(
    ("course", "category", "number"),
    [
        ("PR VGPR VGPR", "VGPR", 56),
        ("PDi PR", "PD", 28),
        ("SD PDi", "SD", 28),
        ("NE NE", "NE", 28),
        ("NE PDi", "PD", 56),
        ("PDb PDb", "PD", 28),
        ("CR CR PDi", "CR", 28),
    ],
)
def test_the_best_response_and_its_day(course: str, category: str, number: int) -> None:
    found = best(course)
    assert (found.best, found.best_on) == (category, day(number))


def test_no_visit_is_no_best_response() -> None:
    assert (best([]).best, best([]).best_on) == (None, None)
    assert best("PR PR", n=10).best is None


def test_the_days_of_first_responses() -> None:
    found = best("MR MR PR VGPR VGPR CR CR")
    assert found.first_minimal_response_on == day(28)
    assert found.first_response_on == day(84)
    assert found.first_vgpr_on == day(112)
    assert found.first_complete_response_on == day(168)
    assert found.responded
    assert not best("MR MR").responded
    assert best("sCR").best_unconfirmed == "sCR"


def test_progression_after_new_therapy_is_known_but_no_endpoint_of_response() -> None:
    found = best("PR PR PDi", n=60)
    assert (found.progression_on, found.progression_whenever_on) == (None, day(84))
    found = best("PR PR PDi", n=84)
    assert (found.progression_on, found.progression_whenever_on) == (day(84), day(84))


def test_waiting_and_refuted_progressions_are_listed() -> None:
    found = best("PDb PR PDb")
    assert found.unconfirmed_progression_on == day(84)
    assert found.refuted_progressions == (day(28),)
    assert best("PDb PDb").unconfirmed_progression_on == day(56)
    assert best("PDb PDi").unconfirmed_progression_on is None


def signed(text: str, signs: dict[int, RelapseSign]) -> list[RatedVisit]:
    return [
        RatedVisit(
            assessed_on=visit.assessed_on,
            category=visit.category,
            basis=visit.basis,
            relapse_signs=(
                Relapse(sign=signs[index], collected_on=visit.assessed_on - timedelta(days=2)),
            )
            if index in signs
            else (),
        )
        for index, visit in enumerate(visits(text))
    ]


IFE = RelapseSign.SERUM_IMMUNOFIXATION


@pytest.mark.parametrize(
    ("course", "signs", "n", "relapse"),
    [
        pytest.param("CR CR VGPR", {2: IFE}, None, (IFE, 82), id="immunofixation back"),
        pytest.param("VGPR CR CR", {0: IFE}, None, None, id="a sign before CR"),
        pytest.param("CR VGPR VGPR", {1: IFE}, None, None, id="CR never confirmed"),
        pytest.param("CR CR PDi", {}, None, (RelapseSign.PROGRESSION, 84), id="progression"),
        pytest.param("CR CR PDb CR", {}, None, (RelapseSign.PROGRESSION, 84), id="any sign of it"),
        pytest.param("CR CR VGPR", {2: IFE}, 60, None, id="after new therapy"),
    ],
)
def test_relapse_from_complete_response(
    course: str, signs: dict[int, RelapseSign], n: int | None, relapse: Any
) -> None:
    found = best(signed(course, signs), n=n).relapse_from_complete_response
    expected = None if relapse is None else (relapse[0], day(relapse[1]))
    assert (found and (found.sign, found.collected_on)) == expected


def test_the_best_response_by_a_day_may_be_confirmed_later() -> None:
    found = confirm("PR VGPR VGPR")
    assert best_by(found, day(27)) is None
    assert best_by(found, day(28)) == "PR"
    assert best_by(found, day(56)) == "VGPR"
    assert best_by(confirm("SD PDi CR"), day(200)) == "SD"


def test_derived_and_investigators_courses_are_compared() -> None:
    derived, investigator = best("PR PR PDi"), best("VGPR VGPR VGPR PDi")
    found = compare_courses(derived, investigator)
    assert found.best is not None
    assert found.best.agreement is Agreement.DERIVED_LOWER
    assert found.first_response.agrees
    assert found.progression.days_later == -28
    assert not found.progression.agrees
    nothing = compare_courses(best([]), investigator)
    assert nothing.best is None
    assert nothing.progression.days_later is None


def test_states_are_the_published_words() -> None:
    assert {str(state) for state in Confirmation} == {
        "confirmed",
        "lowered",
        "unconfirmed",
        "refuted",
        "not_needed",
    }
