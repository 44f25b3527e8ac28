from typing import Any

import pytest

from app.trial.trial import CDISC_PILOT_FILE, load_trial
from tests.schemas.bodies import ABSENT
from tests.subjects.agreeing import Sent, but, noticed, of, ref, sent
from tests.subjects.base import TRIAL


def lymphodepleted(*days: str, **members: Any) -> Sent:
    doses = [{"agent": "fludarabine", "given_on": day} for day in days]
    return but("preparation", lymphodepletion=doses, **members)


@pytest.mark.parametrize(
    ("preparation", "expected"),
    [
        pytest.param(lymphodepleted("2026-02-28"), [], id="2 days, the fewest planned"),
        pytest.param(lymphodepleted("2026-03-01"), ["LD-GAP"], id="1 day"),
        pytest.param(lymphodepleted("2026-02-25"), [], id="5 days, the most planned"),
        pytest.param(lymphodepleted("2026-02-24"), ["LD-GAP"], id="6 days"),
        pytest.param(
            lymphodepleted("2026-02-24", "2026-02-26"), [], id="counted from the last dose"
        ),
        pytest.param(lymphodepleted("2026-03-03"), ["INFUSION-BEFORE-LD"], id="dose after"),
        pytest.param(lymphodepleted(), ["NO-LYMPHODEPLETION"], id="no dose"),
        pytest.param(lymphodepleted(lymphodepletion_omitted="renal failure"), [], id="omitted"),
    ],
)
def test_it_holds_the_infusion_against_lymphodepletion(
    preparation: Sent, expected: list[str]
) -> None:
    found = noticed(of(preparation))
    assert found == [(rule, "infusions", "/infused_at") for rule in expected]


def test_it_asks_for_no_lymphodepletion_where_the_trial_plans_none() -> None:
    late = lymphodepleted("2026-02-14")
    pilot = load_trial(CDISC_PILOT_FILE)
    there = but("infusion", infused_at="2026-03-02T09:40-05:00")
    assert [one for one in noticed(of(late, there, trial=pilot)) if one[1] == "infusions"] == []
    nothing = noticed(of(lymphodepleted(), there, trial=pilot))
    assert [one for one in nothing if one[1] == "infusions"] == []


def test_it_plans_no_distance_without_a_visit_before_the_infusion() -> None:
    visits = tuple(one for one in TRIAL.schedule.visits if not one.code.startswith("LD"))
    schedule = TRIAL.schedule.model_copy(update={"visits": visits, "procedures": ()})
    trial = TRIAL.model_copy(update={"schedule": schedule})
    assert noticed(of(lymphodepleted("2026-02-20"), trial=trial)) == []


def test_it_lets_a_sample_of_day_0_wait_for_the_infusion() -> None:
    sample = sent("kinetics", "x", matrix="PB", method="flow_pct", nominal_day=0, value="0.01",
                  unit="%", lloq="0.05", collected_at="2026-03-02T08:00+08:00")  # fmt: skip
    found = noticed(of(sample, without=("infusion",)))
    assert "kinetics" not in [kind for _, kind, _ in found]


def test_it_notices_an_infusion_before_leukapheresis() -> None:
    late = but(
        "preparation",
        leukapheresis_on="2026-03-03",
        product_released_on=ABSENT,
        lymphodepletion=[],
        lymphodepletion_omitted="none planned",
    )
    assert noticed(of(late)) == [("LEUKAPHERESIS-AFTER-INFUSION", "infusions", "/infused_at")]


@pytest.mark.parametrize(
    ("infusion", "preparation", "expected"),
    [
        pytest.param(
            {}, {"outcome": "progressed"}, [("OUTCOME-DIFFERS", "/preparation")], id="outcome"
        ),
        pytest.param({}, {"outcome": ABSENT}, [], id="outcome still to come"),
        pytest.param(
            {"product_lot": "NB2-0148"}, {}, [("LOT-DIFFERS", "/product_lot")], id="another lot"
        ),
        pytest.param({"product_lot": ABSENT}, {}, [], id="lot not given"),
        pytest.param(
            {},
            {"product_released_on": "2026-03-03"},
            [("INFUSED-BEFORE-RELEASE", "/infused_at")],
            id="released the day after",
        ),
        pytest.param({}, {"product_released_on": "2026-03-02"}, [], id="released that day"),
    ],
)
def test_it_holds_the_infusion_against_its_preparation(
    infusion: dict[str, Any], preparation: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = noticed(of(but("infusion", **infusion), but("preparation", **preparation)))
    assert found == [(rule, "infusions", pointer) for rule, pointer in expected]


REPEAT = {"infused_at": "2026-07-01T09:00+08:00", "preparation": ref("preparation")}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(
            {"infusion_kind": "unplanned_repeat"},
            [("SECOND-INFUSION-IS-NEW-THERAPY", "/infusion_kind")],
            id="unplanned",
        ),
        pytest.param({}, [("INFUSION-PART-REPEATED", "/part")], id="the same part"),
        pytest.param({"part": 2}, [], id="the second part"),
    ],
)
def test_it_notices_a_second_infusion(
    second: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = noticed(of(sent("infusions", "second", **REPEAT, **second)))
    assert found == [(rule, "infusions", pointer) for rule, pointer in expected]


def test_it_notices_what_supposes_an_infusion_that_is_not_there() -> None:
    records = (
        sent("visits", "d7", visit="D7", status="done", visited_on="2026-03-09"),
        sent("visits", "missed", visit="D10", status="missed", missed_because="illness"),
        sent("visits", "scr", visit="SCR", status="done", visited_on="2026-02-11"),
        sent(
            "kinetics",
            "sample",
            matrix="PB",
            method="flow_pct",
            collected_at="2026-03-09T08:00+08:00",
            nominal_day=7,
            value="3",
            unit="%",
            lloq="0.1",
        ),
        sent(
            "adverse-events",
            "crs",
            term="Cytokine release syndrome",
            grade=1,
            onset="2026-03-05",
            aesi_kind="CRS",
            astct={"scale": "ASTCT_CRS", "grade": 1},
        ),
    )
    assert noticed(of(*records, without=("infusion",))) == [
        ("NO-INFUSION", "adverse-events", "/astct"),
        ("NO-INFUSION", "kinetics", "/nominal_day"),
        ("NO-INFUSION", "preparations", "/outcome"),
        ("NO-INFUSION", "visits", "/visit"),
    ]
    found = noticed(of(*records))
    assert "NO-INFUSION" not in [rule for rule, _, _ in found]


EARLIER = sent(
    "preparations",
    "given up",
    leukapheresis_on="2025-11-03",
    lymphodepletion=[{"agent": "fludarabine", "given_on": "2025-12-22"}],
    outcome="other",
    outcome_note="infection",
)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param(
            [EARLIER],
            [("EARLIER-LYMPHODEPLETION", "preparations", "/lymphodepletion")],
            id="a preparation given up",
        ),
        pytest.param(
            [EARLIER, lymphodepleted("2026-03-03")],
            [
                ("EARLIER-LYMPHODEPLETION", "preparations", "/lymphodepletion"),
                ("INFUSION-BEFORE-LD", "infusions", "/infused_at"),
            ],
            id="its own begins after the infusion",
        ),
        pytest.param(
            [EARLIER, lymphodepleted()],
            [
                ("EARLIER-LYMPHODEPLETION", "preparations", "/lymphodepletion"),
                ("NO-LYMPHODEPLETION", "infusions", "/infused_at"),
            ],
            id="its own is missing",
        ),
        pytest.param(
            [EARLIER, but("infusion", preparation=ABSENT), lymphodepleted("2026-02-24")],
            [
                ("EARLIER-LYMPHODEPLETION", "preparations", "/lymphodepletion"),
                ("LD-GAP", "infusions", "/infused_at"),
            ],
            id="the gap is from its own",
        ),
    ],
)
def test_it_holds_the_infusion_against_its_own_lymphodepletion(
    records: list[Sent], expected: list[tuple[str, str, str]]
) -> None:
    about = {"EARLIER-LYMPHODEPLETION", "INFUSION-BEFORE-LD", "NO-LYMPHODEPLETION", "LD-GAP"}
    assert [one for one in noticed(of(*records)) if one[0] in about] == expected
