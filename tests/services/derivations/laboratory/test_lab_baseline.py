"""Which result is baseline, and when results count."""

from dataclasses import replace

import pytest

from app.services.derivations.laboratory.corrected_calcium import SubjectLab
from app.services.derivations.laboratory.lab_baseline import (
    BaselineFlag,
    LabBaseline,
    LabPeriod,
    lab_baseline,
    lab_follow_up,
)
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import SubjectHistory
from app.trial.trial import Trial
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import When, lab, on, subject, taken, under


def baseline_of(history: SubjectHistory, trial: Trial = TRIAL) -> LabBaseline | None:
    follow_up = lab_follow_up(history, new_therapy=None)
    assert follow_up is not None
    return lab_baseline([SubjectLab(value=one) for one in history.lab_values], follow_up, trial)


@pytest.mark.parametrize(
    ("samples", "chosen", "flags"),
    [
        pytest.param([-20, -8, -1], -8, (), id="the last before lymphodepletion"),
        pytest.param([-5], -5, (), id="on its first day, without a time"),
        pytest.param([(-5, "08:59")], -5, (), id="a minute before the first dose"),
        pytest.param([-33], -33, (), id="28 days before"),
        pytest.param([-34, (-5, "23:00")], -5, (), id="on its first day, after the first dose"),
        pytest.param([-34, (-4, "00:00")], -4, ("after_LD",), id="the day after the first dose"),
        pytest.param([-2], -2, ("after_LD",), id="only after lymphodepletion"),
        pytest.param([-34], -34, ("old_baseline",), id="29 days before and nothing later"),
        pytest.param([-34, -2], -2, ("after_LD",), id="the old one gives way"),
        pytest.param([(0, "09:59")], 0, ("after_LD",), id="on the day, before the infusion"),
        pytest.param([0], 0, ("after_LD", "clock_missing"), id="on the day, without a time"),
    ],
)
def test_the_baseline_comes_from_before_lymphodepletion(
    samples: list[When], chosen: int, flags: tuple[str, ...]
) -> None:
    baseline = baseline_of(subject(*(lab(when, "PLT", "180") for when in samples)))
    assert baseline is not None
    assert baseline.result.value.collected.earliest == on(chosen)
    assert baseline.flags == tuple(BaselineFlag(flag) for flag in flags)


@pytest.mark.parametrize(
    ("earlier", "samples", "chosen", "flags"),
    [
        pytest.param([-70], [-75, -60, -8], -8, (), id="62 days after: long recovered"),
        pytest.param([-36], [-40, -8], -40, ("earlier_ld",), id="28 days after: from before it"),
        pytest.param([-37], [-40, -8], -8, (), id="29 days after"),
        pytest.param([-30], [-61, -8], -61, ("earlier_ld",), id="56 days before the second"),
        pytest.param([-30], [-62, -8], -8, ("after_LD",), id="57 days before: too old"),
        pytest.param([-30], [-8], -8, ("after_LD",), id="none from before it"),
        pytest.param([-30], [-30, -8], -30, ("earlier_ld",), id="on the day of its dose"),
        pytest.param([-30], [-29, -8], -8, ("after_LD",), id="the day after its dose"),
        pytest.param([-45, -25], [-60, -50, -8], -50, ("earlier_ld",), id="two earlier courses"),
        pytest.param([-45, -25], [-40, -8], -8, ("after_LD",), id="itself lowered by the first"),
        pytest.param([-48, -47, -30], [-50, -8], -50, ("earlier_ld",), id="from before both"),
        pytest.param([-30], [-50, -2], -50, ("earlier_ld",), id="rather than one of the second"),
        pytest.param([-60], [-36], -36, ("after_LD", "old_baseline"), id="old and still low"),
    ],
)
def test_an_earlier_lymphodepletion_lowers_no_baseline(
    earlier: list[int], samples: list[When], chosen: int, flags: tuple[str, ...]
) -> None:
    labs = [lab(when, "PLT", "180") for when in samples]
    baseline = baseline_of(subject(*labs, earlier=earlier))
    assert baseline is not None
    assert baseline.result.value.collected.earliest == on(chosen)
    assert baseline.flags == tuple(BaselineFlag(flag) for flag in flags)


def test_an_earlier_course_counts_where_the_second_was_omitted() -> None:
    labs = lab(-50, "PLT", "180"), lab(-8, "PLT", "40")
    baseline = baseline_of(subject(*labs, lymphodepletion=(), earlier=[-30]))
    assert baseline is not None
    assert (baseline.result.value.collected.earliest, baseline.flags) == (
        on(-50),
        (BaselineFlag.EARLIER_LYMPHODEPLETION,),
    )


def test_an_earlier_course_does_not_count_under_the_policy_before_the_infusion() -> None:
    history = subject(lab(-50, "PLT", "180"), lab(-8, "PLT", "40"), earlier=[-30])
    baseline = baseline_of(history, under(TRIAL, baseline="pre_infusion"))
    assert baseline is not None
    assert (baseline.result.value.collected.earliest, baseline.flags) == (on(-8), ())


@pytest.mark.parametrize("when", [(0, "10:00"), 5])
def test_no_baseline_comes_from_after_the_infusion(when: When) -> None:
    assert baseline_of(subject(lab(when, "PLT", "180"))) is None


@pytest.mark.parametrize(
    "lymphodepletion",
    [
        pytest.param((), id="omitted"),
        pytest.param((0, 1), id="dated on the infusion day and after"),
    ],
)
def test_without_lymphodepletion_it_is_the_last_before_the_infusion(
    lymphodepletion: tuple[int, ...],
) -> None:
    samples = lab(-60, "PLT", "180"), lab(-1, "PLT", "90")
    baseline = baseline_of(subject(*samples, lymphodepletion=lymphodepletion))
    assert baseline is not None
    assert (baseline.result.value.collected.earliest, baseline.flags) == (on(-1), ())


def test_lymphodepletion_of_the_infusion_day_bounds_no_period() -> None:
    follow_up = lab_follow_up(subject(lymphodepletion=(0,)), new_therapy=None)
    assert follow_up is not None
    assert follow_up.period(taken((0, "09:30"))) is LabPeriod.BEFORE_LYMPHODEPLETION


def test_the_policy_can_ask_for_the_last_before_the_infusion() -> None:
    history = subject(lab(-8, "PLT", "180"), lab(-1, "PLT", "90"))
    baseline = baseline_of(history, under(TRIAL, baseline="pre_infusion"))
    assert baseline is not None
    assert (baseline.result.value.collected.earliest, baseline.flags) == (on(-1), ())


def test_of_one_day_the_latest_time_is_last() -> None:
    samples: list[LabValue] = [
        lab((-8, "18:00"), "PLT", "170"),
        lab(-8, "PLT", "160"),
        lab((-8, "07:00"), "PLT", "180"),
    ]
    baseline = baseline_of(subject(*samples))
    assert baseline is not None
    assert baseline.result.value is samples[0]


@pytest.mark.parametrize(
    ("when", "period"),
    [
        (-5, LabPeriod.BEFORE_LYMPHODEPLETION),
        ((-5, "23:59"), LabPeriod.BEFORE_LYMPHODEPLETION),
        (-4, LabPeriod.LYMPHODEPLETION),
        ((0, "09:59"), LabPeriod.LYMPHODEPLETION),
        ((0, "10:00"), LabPeriod.POST_INFUSION),
        (0, LabPeriod.LYMPHODEPLETION),
        (200, LabPeriod.POST_INFUSION),
        (201, LabPeriod.AFTER_FOLLOW_UP),
    ],
)
def test_results_count_from_the_infusion_to_new_therapy(when: When, period: LabPeriod) -> None:
    follow_up = lab_follow_up(subject(), new_therapy=on(200))
    assert follow_up is not None
    assert follow_up.period(taken(when)) is period


@pytest.mark.parametrize(
    ("when", "visit", "period"),
    [
        pytest.param(0, "D0", LabPeriod.LYMPHODEPLETION, id="the day itself is before the dose"),
        pytest.param(0, "D1", LabPeriod.POST_INFUSION, id="planned after the infusion"),
        pytest.param(-1, "D1", LabPeriod.LYMPHODEPLETION, id="its day tells, not its visit"),
        pytest.param((0, "09:59"), "D1", LabPeriod.LYMPHODEPLETION, id="the clock tells"),
    ],
)
def test_on_the_infusion_day_without_a_time_the_visit_tells(
    when: When, visit: str, period: LabPeriod
) -> None:
    history = replace(subject(), visits_after_infusion=TRIAL.schedule.after_infusion)
    follow_up = lab_follow_up(history, new_therapy=None)
    assert follow_up is not None
    assert follow_up.period(taken(when), visit) is period


@pytest.mark.parametrize(
    ("cut", "new_therapy", "until"), [(500, None, 500), (500, 200, 200), (2000, None, 1095)]
)
def test_follow_up_ends_with_the_first_of_new_therapy_cut_and_horizon(
    cut: int, new_therapy: int | None, until: int
) -> None:
    started = None if new_therapy is None else on(new_therapy)
    follow_up = lab_follow_up(subject(cut=cut), new_therapy=started)
    assert follow_up is not None
    assert follow_up.day(follow_up.until) == until


def test_who_was_not_infused_has_no_follow_up() -> None:
    assert lab_follow_up(subject(infused=False), new_therapy=None) is None
