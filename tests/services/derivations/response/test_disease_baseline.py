"""The disease baseline: the last usable value of each component before treatment."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.details import ImwgDetails
from app.services.criteria.imwg.evaluation import Component, Marrow
from app.services.criteria.imwg.usable import MyelomaType
from app.services.derivations.response.disease_baseline import DiseaseBaseline, disease_baseline
from app.trial.policy import ImwgPolicy
from app.trial.response import ResponseComponents
from tests.services.criteria.imwg_courses import INFUSED_ON, on_day, read, visit

D = Decimal
LYMPHODEPLETION = -5


def choose(
    *evaluations: Any,
    depletion: int | None = LYMPHODEPLETION,
    bridging: int | None = None,
    **policy: Any,
) -> DiseaseBaseline:
    return disease_baseline(
        evaluations,
        infused_on=INFUSED_ON,
        lymphodepletion_from=on_day(depletion),
        bridging_from=on_day(bridging),
        myeloma=MyelomaType(),
        policy=ImwgPolicy(**policy),
    )


def serum(found: DiseaseBaseline) -> Decimal | None:
    spike = found.evaluation.serum_m_protein
    return spike.value if spike else None


@pytest.mark.parametrize(
    ("days", "depletion", "value"),
    [
        pytest.param([-30, -8], -5, "8", id="the last one"),
        pytest.param([-8, -30], -5, "8", id="in any order"),
        pytest.param([-8, -5], -5, "5", id="the day of lymphodepletion, before the dose"),
        pytest.param([-8, -4], -5, "8", id="after it: no baseline"),
        pytest.param([-8, -1], None, "1", id="without lymphodepletion, up to the day before"),
        pytest.param([-8, 0], None, "8", id="the infusion day is no baseline"),
        pytest.param([-8, 0], 0, "8", id="nor is it as the day of lymphodepletion"),
        pytest.param([-8, 28], 29, "8", id="lymphodepletion after infusion is an error of dates"),
        pytest.param([0, 28], -5, None, id="none"),
    ],
)
def test_the_last_value_before_treatment(
    days: list[int], depletion: int | None, value: str | None
) -> None:
    found = choose(*(visit(day, abs(day), 0) for day in days), depletion=depletion)
    assert serum(found) == (None if value is None else D(value))
    assert found.exists is (value is not None)


def test_each_component_has_its_own_last_usable_value() -> None:
    found = choose(
        visit(-40, 1, 10, ife="+-", kappa=5, lambda_=6, marrow=50, lesions={"a": (30, 20)}),
        visit(-10, 2, None, ife="-.", kappa=7, name="late"),
        visit(-7, 3, 30, spurious=["s"], name="wrong"),
    )
    evaluation = found.evaluation
    assert serum(found) == 2
    assert evaluation.urine_m_protein is not None
    assert evaluation.urine_m_protein.value == 30
    assert evaluation.kappa is not None
    assert evaluation.lambda_ is not None
    assert (evaluation.kappa.value, evaluation.lambda_.value) == (5, 6)
    assert found.collected[Component.SERUM_IMMUNOFIXATION] == on_day(-10)
    assert found.collected[Component.URINE_IMMUNOFIXATION] == on_day(-40)
    assert found.collected[Component.PLASMACYTOMAS] == on_day(-40)
    assert set(found.evaluation_ids) == {"day -40", "late", "wrong"}


def test_the_day_of_a_component_is_its_own() -> None:
    late = visit(-8, 4, 0, marrow=60, marrow_day=-3)
    found = choose(visit(-20, marrow=40), late)
    assert found.collected[Component.MARROW_PLASMA_CELLS] == on_day(-20)
    [one] = read(found.evaluation, visit(28, 1, 0)).last.markers[:1]
    assert one.nadir == (D(4), on_day(-8))


def test_a_marrow_that_was_not_counted_is_no_baseline() -> None:
    empty = replace(visit(-6), marrow=Marrow())
    assert choose(visit(-20, marrow=40), empty).collected == {
        Component.MARROW_PLASMA_CELLS: on_day(-20)
    }


@pytest.mark.parametrize(
    ("days_before", "parts", "old"),
    [
        pytest.param(28, {"s": 4}, (), id="blood of 28 days"),
        pytest.param(29, {"s": 4}, (Component.SERUM_M_PROTEIN,), id="blood of 29 days"),
        pytest.param(42, {"marrow": 40}, (), id="marrow of 42 days"),
        pytest.param(43, {"marrow": 40}, (Component.MARROW_PLASMA_CELLS,), id="marrow of 43"),
        pytest.param(42, {"lesions": {}}, (), id="imaging of 42 days"),
        pytest.param(43, {"lesions": {}}, (Component.PLASMACYTOMAS,), id="imaging of 43 days"),
    ],
)
def test_an_old_component_is_used_and_flagged(
    days_before: int, parts: dict[str, Any], old: tuple[Component, ...]
) -> None:
    found = choose(visit(LYMPHODEPLETION - days_before, **parts))
    assert found.old == old
    assert found.exists


@pytest.mark.parametrize(
    ("policy", "after", "value", "before"),
    [
        pytest.param("last_on_or_before_ld", "0.5", "0.5", False, id="the last value"),
        pytest.param("before_bridging", "2", "4", True, id="before bridging"),
        pytest.param(
            "before_bridging_if_unmeasurable", "0.5", "4", True, id="bridging left nothing"
        ),
        pytest.param(
            "before_bridging_if_unmeasurable", "2", "2", False, id="still measurable after it"
        ),
    ],
)
def test_bridging_may_ask_for_the_values_before_it(
    policy: str, after: str, value: str, before: bool
) -> None:
    found = choose(visit(-40, 4, 0), visit(-8, after, 0), bridging=-35, baseline=policy)
    assert (serum(found), found.before_bridging) == (D(value), before)


def test_without_bridging_there_is_nothing_before_it() -> None:
    found = choose(visit(-40, 4, 0), visit(-8, 2, 0), baseline="before_bridging")
    assert (serum(found), found.before_bridging) == (D(2), False)


@pytest.mark.parametrize(
    ("days", "allowed", "old"),
    [
        pytest.param(-33, 28, False, id="28 days before lymphodepletion"),
        pytest.param(-34, 28, True, id="29 days before it"),
        pytest.param(-65, 60, False, id="60, where the trial says 60"),
        pytest.param(-66, 60, True, id="61, where the trial says 60"),
    ],
)
def test_how_old_a_baseline_may_be_is_what_the_trial_says(
    days: int, allowed: int, old: bool
) -> None:
    usual = ResponseComponents()
    window = usual.blood_and_urine.model_copy(update={"baseline_days": allowed})
    details = ImwgDetails(components=usual.model_copy(update={"blood_and_urine": window}))
    found = disease_baseline(
        [visit(days, "8")],
        infused_on=INFUSED_ON,
        lymphodepletion_from=on_day(LYMPHODEPLETION),
        myeloma=MyelomaType(),
        policy=ImwgPolicy(),
        details=details,
    )
    assert (Component.SERUM_M_PROTEIN in found.old) is old
