"""Each alternative of the policy, and each part of a definition, with a subject whom it changes.

Source: the trial's protocol, policies; the trial's endpoint definitions, events and censoring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args, get_origin

import pytest

from app.services.derivations.subject.explanation import explained
from app.services.derivations.time_to_event.event_definition import PARTS, definition_of
from app.services.json_values import jsonable
from app.trial.policy import EFS_COMPONENTS, Policy, TimeToEventPolicy
from tests.endpoints.analysed import answer, at, history, trial_of
from tests.subjects.base import record_id
from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    INFUSED_ON,
    Record,
    Subject,
    assessment,
    contact,
    dated_on,
    day,
    death,
    lab,
    new_therapy,
    preparation,
    rated,
    subject,
    timed_on,
)

USUAL = trial_of()
OS, PFS, EFS = "overall-survival", "progression-free-survival", "event-free-survival"
DOR, TTNT = "duration-of-response", "time-to-next-treatment"
BEST, FIRST = "rows.0.best_response", "rows.0.first_response_on"
PROGRESSED = "rows.0.progression_on"
INVESTIGATOR = {"response_source": "investigator"}


@dataclass(frozen=True)
class Case:
    """One subject, or a few, and a figure of theirs under the usual policy and another.

    Attributes:
        also: what changes with the value because the trial file says it twice.
        given: what is otherwise than in the trial file under both.
    """

    place: str
    value: Any
    endpoint: str
    figure: str
    usual: Any
    other: Any
    subjects: tuple[Subject, ...]
    asked: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    cutoff: date = date(2028, 1, 1)

    @property
    def id(self) -> str:
        return f"{self.place}={self.value}"


def serum(on: int, g_dl: Any, urine: Any = 0, ife: str = "+-", **more: Any) -> Record:
    return assessment(on, **components(g_dl, urine, ife, **more))


def one(*records: Record, **more: Any) -> tuple[Subject, ...]:
    return (subject("one", *records, **more),)


def of_response(place: str, value: Any, figure: str, usual: Any, other: Any, *told: Any) -> Case:
    subjects = told if isinstance(told[0], Subject) else one(*told)
    return Case(place, value, "response", figure, usual, other, subjects)


FOUR = serum(-10, 4, marrow=50)
CHAINS = assessment(-10, **components(0, 0, "+-", kappa=500, lambda_=10))
PARTIAL = tuple(serum(on, 1) for on in (28, 61))
LESION = {"a": (40, 25)}
BRIDGED = preparation(bridging={"given": True, "start": dated_on(-20)})
IMWG = "policy.imwg"
NEW_LESION = {"new_lesions": [{"kind": "extramedullary"}]}


def chains(on: int, kappa: Any, lambda_: Any) -> Record:
    return assessment(on, **components(0, 0, "+-", kappa=kappa, lambda_=lambda_))


def complete(on: int, marrow: Any = 1, **more: Any) -> Record:
    return serum(on, 0, ife="--", marrow=marrow, **more)


def bridged(*records: Record) -> tuple[Subject, ...]:
    return (subject("one", BRIDGED, *records, prepared=False),)


def classes(on: int, amount: Any, spike: Any = None, heavy_chain: str = "IgA") -> Record:
    """An evaluation with quantitative IgA, mg/dL, and a spike where there is one, g/dL."""
    quantity = {"heavy_chain": heavy_chain, "value": str(amount), "unit": "mg/dL"}
    return assessment(on, **components(spike, 0, "+-", immunoglobulin=quantity))


def iga(*records: Record) -> tuple[Subject, ...]:
    return one(*records, heavy_chain="IgA", light_chain="kappa")


SMALL_SPIKE = iga(classes(-10, 1500, "0.4"), classes(28, 300, "0.1"), classes(61, 300, "0.1"))
RESPONSES = (
    of_response(
        f"{IMWG}.below_limit_nadir",
        "limit",
        PROGRESSED,
        day(INFUSED_ON, 61),
        None,
        FOUR,
        serum(28, "<0.5"),
        serum(61, "0.6"),
        serum(91, "0.6"),
    ),
    of_response(
        f"{IMWG}.quantitative_immunoglobulin",
        "iga_igd_when_spep_not_done",
        BEST,
        "PR",
        "NE",
        *SMALL_SPIKE,
    ),
    of_response(f"{IMWG}.quantitative_immunoglobulin", "never", BEST, "PR", "NE", *SMALL_SPIKE),
    of_response(
        f"{IMWG}.quantitative_immunoglobulin",
        "iga_igd_always",
        BEST,
        "MR",
        "PR",
        *iga(classes(-10, 3500, 3), classes(28, 1000, 2), classes(61, 1000, 2)),
    ),
    of_response(
        f"{IMWG}.quantitative_ig_measurable.IgA",
        2000,
        BEST,
        "PR",
        "NE",
        *iga(classes(-10, 1500), classes(28, 300), classes(61, 300)),
    ),
    of_response(
        f"{IMWG}.quantitative_ig_measurable.IgD",
        2000,
        BEST,
        "PR",
        "NE",
        *one(
            *(classes(on, few, None, "IgD") for on, few in ((-10, 1500), (28, 300), (61, 300))),
            heavy_chain="IgD",
            light_chain="kappa",
        ),
    ),
    of_response(
        f"{IMWG}.baseline",
        "before_bridging",
        BEST,
        "SD",
        "PR",
        *bridged(serum(-25, 4), serum(-8, 2), serum(28, "1.9"), serum(61, "1.9")),
    ),
    of_response(
        f"{IMWG}.baseline",
        "before_bridging_if_unmeasurable",
        BEST,
        "NE",
        "VGPR",
        *bridged(serum(-25, 4), *(serum(on, "0.3") for on in (-8, 28, 61))),
    ),
    of_response(
        f"{IMWG}.serum_5g",
        "needs_25pct_too",
        PROGRESSED,
        day(INFUSED_ON, 61),
        None,
        serum(-10, 6),
        serum(28, 5),
        serum(61, 6),
        serum(91, "6.1"),
    ),
    of_response(
        f"{IMWG}.serum_5g_reference",
        "start_value",
        PROGRESSED,
        None,
        day(INFUSED_ON, 61),
        serum(-10, 6),
        serum(28, "4.6"),
        serum(61, "5.6"),
        serum(91, "5.6"),
    ),
    of_response(
        f"{IMWG}.bmpc_pd",
        "level",
        PROGRESSED,
        None,
        day(INFUSED_ON, 91),
        *(serum(on, 0, ife="--", marrow=cells) for on, cells in ((-10, 40), (28, 2), (91, 11))),
    ),
    of_response(
        f"{IMWG}.calcium_is_pd",
        True,
        PROGRESSED,
        None,
        day(INFUSED_ON, 61),
        FOUR,
        serum(28, 1),
        *(serum(on, 1, calcium=12, calcium_due_to_myeloma=True) for on in (61, 91)),
    ),
    of_response(
        f"{IMWG}.plasmacytoma_mr",
        "at_least_25_pct",
        BEST,
        "SD",
        "MR",
        serum(-10, 4, lesions=LESION),
        *(serum(on, "2.9", lesions={"a": (40, 18)}) for on in (28, 61)),
    ),
    of_response(
        f"{IMWG}.nadir",
        "lowest_confirmed",
        PROGRESSED,
        day(INFUSED_ON, 61),
        None,
        FOUR,
        serum(28, 1),
        serum(61, 2),
        serum(91, "1.9"),
    ),
    of_response(
        f"{IMWG}.pd_scope",
        "measurable_only",
        PROGRESSED,
        day(INFUSED_ON, 61),
        None,
        FOUR,
        serum(28, 1),
        serum(61, 1, 300),
        serum(91, 1, 310),
    ),
    of_response(
        f"{IMWG}.flc_nadir_floor",
        "none",
        PROGRESSED,
        None,
        day(INFUSED_ON, 61),
        subject(
            "one",
            CHAINS,
            chains(28, 5, 40),
            chains(61, 95, 10),
            chains(91, 95, 10),
            light_chain="kappa",
        ),
    ),
    of_response(
        f"{IMWG}.urine_for_vgpr",
        "waived_if_not_measurable",
        BEST,
        "PR",
        "CR",
        FOUR,
        *(serum(on, 0, None, "-.", marrow=1) for on in (28, 61)),
    ),
    of_response(
        f"{IMWG}.ife_negative_is_zero",
        False,
        BEST,
        "VGPR",
        "PR",
        FOUR,
        *(serum(on, "0.2", None) for on in (28, 61)),
    ),
    of_response(
        f"{IMWG}.missing_measurable",
        "downgrade",
        BEST,
        "NE",
        "SD",
        serum(-10, 4, 500, "++"),
        *(serum(on, 1, None, "+.") for on in (28, 61)),
    ),
    of_response(
        f"{IMWG}.both_flc_suppressed",
        "normal_if_both_le_uln",
        BEST,
        "CR",
        "sCR",
        FOUR,
        *(complete(on, clonality="absent", kappa="<0.5", lambda_="<0.5") for on in (28, 61)),
    ),
    of_response(
        f"{IMWG}.spd_single_lesion",
        True,
        PROGRESSED,
        None,
        day(INFUSED_ON, 61),
        serum(-10, 4, lesions={"a": (30, 20)}),
        serum(28, 1, lesions={"a": (30, 20)}),
        serum(61, 1, lesions={"a": (36, 26)}),
    ),
    of_response(
        f"{IMWG}.marrow_window_days",
        "any",
        BEST,
        "VGPR",
        "CR",
        FOUR,
        serum(28, "0.2", marrow=1),
        *(serum(on, 0, ife="--") for on in (91, 122)),
    ),
    of_response(
        f"{IMWG}.measurable_lesion_mm",
        10,
        BEST,
        "NE",
        "PR",
        serum(-10, 0, ife="--", marrow=5, lesions={"a": (18, 12)}),
        *(serum(on, 0, ife="--", lesions={"a": (10, 8)}) for on in (28, 61)),
    ),
    of_response(
        f"{IMWG}.confirm",
        "at_least_as_good",
        FIRST,
        day(INFUSED_ON, 28),
        day(INFUSED_ON, 61),
        FOUR,
        complete(28),
        serum(61, 0),
        serum(91, 0),
    ),
    of_response(
        f"{IMWG}.skip_limited",
        True,
        BEST,
        "PR",
        "VGPR",
        FOUR,
        serum(28, "0.3"),
        serum(61, "0.3", None, "+."),
        serum(91, "0.3"),
        serum(122, 1),
    ),
    Case(
        f"{IMWG}.pd_after_new_therapy",
        "not_allowed",
        PFS,
        "rows.0.CNSR",
        0,
        1,
        one(FOUR, *PARTIAL, serum(91, 2), new_therapy(100), serum(122, 2)),
        {"variant": "EMA"},
    ),
    of_response(
        f"{IMWG}.confirming_pd",
        "same_marker",
        PROGRESSED,
        day(INFUSED_ON, 91),
        None,
        FOUR,
        *PARTIAL,
        serum(91, 2),
        serum(122, 1, 300),
    ),
    of_response(
        f"{IMWG}.unconfirmed_pd",
        "event",
        PROGRESSED,
        None,
        day(INFUSED_ON, 91),
        FOUR,
        *PARTIAL,
        serum(91, 2),
    ),
    Case(
        "policy.rates.denominator",
        "enrolled",
        "response",
        "N",
        1,
        2,
        (*one(FOUR, *PARTIAL), subject("never infused", infused=False)),
    ),
    Case(
        "policy.rates.denominator",
        "evaluable",
        "response",
        "N",
        2,
        1,
        (*one(FOUR, *PARTIAL), subject("never seen", FOUR)),
    ),
    Case(
        "policy.rates.data_errors",
        "drop",
        "response",
        "N",
        2,
        1,
        (*one(FOUR, *PARTIAL), subject("therapy before", FOUR, *PARTIAL, new_therapy(-1))),
    ),
    Case(
        "policy.rates.by_month",
        "confirmed_by_then",
        "response",
        "by_month.0.rates.ORR.x",
        1,
        0,
        one(FOUR, *PARTIAL),
    ),
    *(
        Case(
            "policy.mrd.threshold",
            threshold,
            "response",
            "mrd.mrd_neg_cr.x",
            usual,
            other,
            one(
                FOUR,
                complete(28, mrd={"method": "NGF", "result": "negative", "sensitivity": reached}),
                complete(61),
            ),
        )
        for threshold, reached, usual, other in (
            ("1e-4", "0.0001", 0, 1),
            ("1e-6", "0.00001", 1, 0),
        )
    ),
    Case(
        "policy.mrd.inadequate_sample",
        "as_reported",
        "response",
        "mrd.mrd_neg_cr.x",
        0,
        1,
        one(
            FOUR,
            complete(
                28,
                mrd={
                    "method": "NGF",
                    "result": "negative",
                    "sensitivity": "0.00001",
                    "first_pull": False,
                },
            ),
            complete(61),
        ),
    ),
)

SWITCHED = one(FOUR, *PARTIAL, new_therapy(70), serum(91, 1, **NEW_LESION))
LATE = one(FOUR, *PARTIAL, *(serum(on, 1) for on in range(91, 1080, 30)), death(1100))
BY_MYELOMA = one(FOUR, *PARTIAL, serum(91, 1), death(100, "infection"))
UNKNOWN_CAUSE = one(FOUR, *PARTIAL, serum(91, 1), death(100, "unknown"))
HALVES = tuple(
    subject(f"{name} {on}", FOUR, *((death(on),) if name == "died" else (contact(on),)))
    for name, on in (("died", 100), ("died", 100), ("alive", 150), ("alive", 200))
)
THREE = tuple(subject(f"died {on}", FOUR, death(on)) for on in (50, 200, 300, 600))
TTE = "policy.tte"


def row(
    place: str, value: Any, endpoint: str, usual: Any, other: Any, told: Any, **more: Any
) -> Case:
    """A case of the CNSR of one subject's row."""
    return Case(place, value, endpoint, "rows.0.CNSR", usual, other, told, **more)


TIMES = (
    row(f"{TTE}.regime", "EMA", PFS, 2, 0, SWITCHED),
    row(f"{TTE}.regime", "EMA", DOR, 2, 0, SWITCHED),
    Case(f"{TTE}.horizon_rule", "truncate", PFS, "rows.0.AVAL", 1052, 1096, LATE),
    Case(f"{TTE}.horizon_rule", "none", OS, "rows.0.AVAL", 1096, 1101, LATE),
    *(
        Case(
            f"{TTE}.efs",
            name,
            EFS,
            "rows.0.CNSR",
            usual,
            other,
            told,
            also={"trial__efs_components": list(EFS_COMPONENTS[name])},
        )
        for name, usual, other, told in (
            ("pfs", 0, 1, one(FOUR, *PARTIAL, new_therapy(70), serum(91, 1))),
            ("plus_no_response", 1, 0, one(FOUR, *(serum(on, 4) for on in (28, 61, 91)))),
            (
                "plus_toxicity",
                1,
                0,
                one(
                    FOUR,
                    *PARTIAL,
                    Record(
                        "adverse-events",
                        {
                            "term": "Cytokine release syndrome",
                            "grade": 4,
                            "onset": dated_on(2),
                            "serious": True,
                            "seriousness_criteria": ["life_threatening"],
                            "aesi_kind": "CRS",
                            "astct": {"scale": "ASTCT_CRS", "grade": 4},
                        },
                    ),
                ),
            ),
            ("death_only", 0, 1, SWITCHED),
        )
    ),
    row(f"{TTE}.dor", "DOR_IMWG", DOR, 0, 9, BY_MYELOMA),
    row(f"{TTE}.dor", "pd_related_death", DOR, 0, 9, UNKNOWN_CAUSE),
    Case(f"{TTE}.ci", "log", OS, "landmarks.0.lower", 0.12795, 0.42591, THREE),
    Case(f"{TTE}.ci", "plain", OS, "landmarks.0.lower", 0.12795, 0.32565, THREE),
    Case(f"{TTE}.median", "R_quantile", OS, "median.estimate", 101, 151, HALVES),
    Case(
        f"{TTE}.overdue_contact_days",
        300,
        OS,
        "rows.0.overdue_contact",
        True,
        False,
        one(FOUR, contact(100)),
        cutoff=date.fromisoformat(day(INFUSED_ON, 350)),
    ),
    row(
        f"{TTE}.baseline_required",
        "always",
        PFS,
        0,
        5,
        one(rated(28, "CR"), rated(61, "CR"), rated(91, "PD", "imaging")),
        asked=INVESTIGATOR,
    ),
)


def platelets(on: int, value: str) -> Record:
    return lab(on, "PLT", value, "10*9/L", reference_range={"low": "125"})


def nausea(grade: int, onset: int, end: int | None, *, first: bool = False) -> Record:
    """A line of nausea; all but the first belong to the first."""
    line = {"term": "Nausea", "grade": grade, "onset": dated_on(onset), "serious": False}
    if end is not None:
        line |= {"end": dated_on(end), "outcome": "RECOVERED/RESOLVED"}
    if not first:
        line["part_of_episode"] = str(record_id("one/3"))
    return Record("adverse-events", line)


OTHERS = (
    Case(
        "policy.ae.chain_state",
        "previous_line",
        "adverse-events",
        "rows.0.events.2.treatment_emergent",
        usual=False,
        other=True,
        subjects=one(nausea(3, -12, 4, first=True), nausea(1, 5, 8), nausea(2, 9, None)),
    ),
    Case(
        "policy.lymphodepletion.course_gap_days",
        30,
        "enrolment",
        "rows.0.lymphodepletion_from",
        day(INFUSED_ON, -5),
        day(INFUSED_ON, -25),
        (
            subject(
                "one",
                preparation(lymphodepletion=(-25, -5)),
                prepared=False,
            ),
        ),
    ),
    Case(
        "policy.lab.baseline",
        "pre_infusion",
        "lab-abnormalities",
        "tables.0.outlier.subjects.x",
        1,
        0,
        one(platelets(-6, "180"), platelets(-1, "30"), platelets(8, "35")),
    ),
    Case(
        "policy.crs.onset_day",
        "hours_over_24",
        "adverse-events",
        "syndromes.CRS.onset_days.median",
        3,
        2,
        one(
            Record(
                "adverse-events",
                {
                    "term": "Cytokine release syndrome",
                    "grade": 1,
                    "onset": timed_on(2),
                    "serious": False,
                    "aesi_kind": "CRS",
                    "astct": {"scale": "ASTCT_CRS", "grade": 1},
                },
            )
        ),
    ),
    Case(
        "policy.partial_dates.death",
        "first",
        OS,
        "rows.0.ADT",
        "2024-09-15",
        "2024-09-02",
        one(
            contact(184),
            Record(
                "follow-ups",
                {
                    "contacted_on": "2024-11-01",
                    "status": "died",
                    "death_date": "2024-09",
                    "death_cause": "other",
                },
            ),
        ),
    ),
)
CASES = (*RESPONSES, *TIMES, *OTHERS)


def hold(case: Case) -> None:
    """Hold the figure of a case to what it is under both values, which differ."""
    assert case.usual != case.other
    for trial, expected in (
        (trial_of(**case.given) if case.given else USUAL, case.usual),
        (trial_of(**case.given, **{case.place: case.value}, **case.also), case.other),
    ):
        found = answer(case.endpoint, *case.subjects, trial=trial, cutoff=case.cutoff, **case.asked)
        shown = at(found, case.figure)
        assert shown == (pytest.approx(expected, rel=1e-4) if type(shown) is float else expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_alternative_changes_the_figure_of_this_subject(case: Case) -> None:
    hold(case)


def warned(**changes: Any) -> list[bool]:
    """Whether each visit of a course with a gap of 119 days is confirmed late."""
    told = subject("one", FOUR, serum(28, 1), serum(147, 1))
    trial = trial_of(**changes)
    found = jsonable(explained(history(told, trial), trial))
    return [one["warning"] is not None for one in found["visits"]]


def test_what_is_warned_about_is_the_longer_of_days_and_intervals() -> None:
    assert warned() == [True, False]
    assert warned(policy__imwg__confirm_gap_warn_days=119) == [False, False]
    assert warned(policy__imwg__confirm_gap_warn_intervals="4") == [False, False]
    assert warned(policy__imwg__confirm_gap_warn_intervals="0") == [True, False]


TESTED_ELSEWHERE = {
    "imwg.confirm_gap_warn_days",
    "imwg.confirm_gap_warn_intervals",
    "disclosure.smallest_cell",
}
"""Here, by their warnings; and by what it withholds, in the cases of small cells."""


def alternatives() -> Iterator[tuple[str, Any]]:
    """Give each key of the policy with each value that is not its default; None: a number."""
    for part, section in Policy.model_fields.items():
        model: Any = section.annotation
        for key, found in model.model_fields.items():
            values = list(_values(found.annotation))
            for value in values or [None]:
                if value != found.default:
                    yield f"{part}.{key}", value


def _values(annotation: Any) -> Iterator[Any]:
    if annotation is bool:
        yield from (True, False)
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for one_of in get_args(annotation):
            yield from _values(one_of)


def test_every_alternative_of_the_policy_has_its_subject() -> None:
    tested = {(case.place.removeprefix("policy."), case.value) for case in CASES}
    numbers = {place for place, _ in tested}
    missing = [
        (place, value)
        for place, value in alternatives()
        if (place, value) not in tested
        and not (value is None and any(number.startswith(place) for number in numbers))
        and place not in TESTED_ELSEWHERE
    ]
    assert missing == []


PARTS_CASES: dict[tuple[str, str], tuple[str, Any, Any, tuple[Subject, ...]]] = {
    (OS, "truncate"): ("AVAL", 1096, 1096, LATE),
    (OS, "no_horizon"): ("AVAL", 1096, 1101, LATE),
    (PFS, "EMA"): ("CNSR", 2, 0, SWITCHED),
    (PFS, "FDA_B"): (
        "ADT",
        day(INFUSED_ON, 75),
        day(INFUSED_ON, 91),
        one(FOUR, *PARTIAL, serum(75, 1, **NEW_LESION), contact(120)),
    ),
    (PFS, "FDA_C"): (
        "CNSR",
        1,
        0,
        one(
            FOUR,
            *PARTIAL,
            serum(91, 1, investigator_response="PD", investigator_pd_basis="clinical"),
        ),
    ),
    (PFS, "EMA_interval"): (
        "ADT",
        day(INFUSED_ON, 91),
        day(INFUSED_ON, 76),
        one(FOUR, *PARTIAL, serum(91, 1, **NEW_LESION)),
    ),
    (PFS, "TTP"): ("CNSR", 0, 9, BY_MYELOMA),
    (PFS, "unconfirmed_pd=event"): ("CNSR", 1, 0, one(FOUR, *PARTIAL, serum(91, 2))),
    (PFS, "same_day_pd_newtx=censor"): (
        "CNSR",
        0,
        2,
        one(FOUR, *PARTIAL, new_therapy(91), serum(91, 1, **NEW_LESION)),
    ),
    (PFS, "truncate"): ("AVAL", 1052, 1096, LATE),
    (PFS, "no_horizon"): ("CNSR", 8, 0, LATE),
    (EFS, "death_only"): ("CNSR", 0, 1, SWITCHED),
    (EFS, "pfs"): ("CNSR", 0, 1, one(FOUR, *PARTIAL, new_therapy(70), serum(91, 1))),
    (EFS, "plus_no_response"): ("CNSR", 1, 0, one(FOUR, *(serum(on, 4) for on in (28, 61, 91)))),
    (EFS, "plus_toxicity"): (
        "CNSR",
        1,
        0,
        next(case.subjects for case in TIMES if case.value == "plus_toxicity"),
    ),
    (EFS, "truncate"): ("AVAL", 1052, 1096, LATE),
    (EFS, "no_horizon"): ("CNSR", 8, 0, LATE),
    (DOR, "EMA"): ("CNSR", 2, 0, SWITCHED),
    (DOR, "FDA_B"): (
        "ADT",
        day(INFUSED_ON, 75),
        day(INFUSED_ON, 91),
        one(FOUR, *PARTIAL, serum(75, 1, **NEW_LESION), contact(120)),
    ),
    (DOR, "FDA_C"): (
        "CNSR",
        1,
        0,
        one(
            FOUR,
            *PARTIAL,
            serum(91, 1, investigator_response="PD", investigator_pd_basis="clinical"),
        ),
    ),
    (DOR, "EMA_interval"): (
        "ADT",
        day(INFUSED_ON, 91),
        day(INFUSED_ON, 76),
        one(FOUR, *PARTIAL, serum(91, 1, **NEW_LESION)),
    ),
    (DOR, "DOCR"): (
        "STARTDT",
        day(INFUSED_ON, 28),
        day(INFUSED_ON, 61),
        one(FOUR, serum(28, 1), complete(61), complete(91)),
    ),
    (DOR, "DOR_IMWG"): ("CNSR", 0, 9, BY_MYELOMA),
    (DOR, "pd_related_death"): ("CNSR", 0, 9, UNKNOWN_CAUSE),
    (DOR, "unconfirmed_pd=event"): ("CNSR", 1, 0, one(FOUR, *PARTIAL, serum(91, 2))),
    (DOR, "same_day_pd_newtx=censor"): (
        "CNSR",
        0,
        2,
        one(FOUR, *PARTIAL, new_therapy(91), serum(91, 1, **NEW_LESION)),
    ),
    (DOR, "truncate"): ("AVAL", 1024, 1068, LATE),
    (DOR, "no_horizon"): ("CNSR", 8, 0, LATE),
    (TTNT, "TTNT_therapy_only"): ("CNSR", 0, 9, BY_MYELOMA),
    (TTNT, "truncate"): ("AVAL", 1096, 1096, LATE),
    (TTNT, "no_horizon"): ("CNSR", 8, 0, LATE),
}
SAME_BY_RULE = {(OS, "truncate"), (TTNT, "truncate")}
"""Survival is known on the horizon either way: a death after it shows the subject alive there."""


@pytest.mark.parametrize(
    ("endpoint", "part"), [pytest.param(*key, id=" ".join(key)) for key in PARTS_CASES]
)
def test_a_part_of_a_definition_changes_the_time_of_this_subject(endpoint: str, part: str) -> None:
    member, usual, other, told = PARTS_CASES[endpoint, part]
    for variant, expected in ((None, usual), (part, other)):
        found = answer(endpoint, *told, trial=USUAL, variant=variant)
        assert found["rows"][0][member] == expected
    assert (usual == other) is ((endpoint, part) in SAME_BY_RULE)


def test_a_progression_confirmed_after_the_horizon_is_known_where_the_time_is_cut_at_it() -> None:
    told = subject("one", FOUR, *PARTIAL, serum(1080, 2), serum(1110, 2))
    found = {
        variant: answer(PFS, told, trial=USUAL, variant=variant)["rows"][0]["CNSR"]
        for variant in ("EMA", "EMA,truncate")
    }
    assert found == {"EMA": 8, "EMA,truncate": 0}


def test_every_part_of_every_definition_has_its_subject() -> None:
    policy = TimeToEventPolicy()
    changing = {
        (endpoint, part)
        for endpoint, parts in PARTS.items()
        for part in parts
        if definition_of(endpoint, part, policy) != definition_of(endpoint, None, policy)
    }
    assert changing == set(PARTS_CASES)
