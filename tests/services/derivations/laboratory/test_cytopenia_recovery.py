"""Recovery from severe cytopenia by day 30 and day 60."""

from dataclasses import replace
from typing import Any

import pytest

from app.services.derivations.laboratory.cytopenia_recovery import (
    CytopeniaRecovery,
    RecoveryStatus,
    cytopenia_recovery,
)
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import Therapy
from app.vocabularies.therapies import BloodProduct, TherapyKind
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import lab, on, subject, therapy

NEVER, RECOVERED = RecoveryStatus.NEVER_SEVERE, RecoveryStatus.RECOVERED
PROLONGED, UNKNOWN = RecoveryStatus.PROLONGED, RecoveryStatus.NOT_ASSESSABLE


def recovery(
    *labs: LabValue,
    analyte: str = "PLT",
    followed: int = 400,
    new_therapy: int | None = None,
    **history: Any,
) -> CytopeniaRecovery:
    found = cytopenia_recovery(
        subject(*labs, **history),
        TRIAL,
        new_therapy=None if new_therapy is None else on(new_therapy),
        followed_until=on(followed),
    )
    return next(one for one in found if one.analyte == analyte)


def counts(text: str, analyte: str = "PLT") -> list[LabValue]:
    """``"7:20 14:60"``: 20 on day 7, 60 on day 14."""
    return [lab(int(day), analyte, count) for day, count in (p.split(":") for p in text.split())]


def statuses(found: CytopeniaRecovery) -> tuple[RecoveryStatus, ...]:
    assert [day for day, _ in found.by_day] == [30, 60]
    return tuple(status for _, status in found.by_day)


@pytest.mark.parametrize(
    ("course", "by_day", "recovered"),
    [
        pytest.param("7:20 14:60 17:80 40:150", (RECOVERED, RECOVERED), 14, id="three days apart"),
        pytest.param("7:20 14:60 16:80", (PROLONGED, PROLONGED), None, id="two days apart"),
        pytest.param("7:20 14:60", (PROLONGED, PROLONGED), None, id="a single value"),
        pytest.param("7:20 14:60 16:40 19:60 22:60", (RECOVERED, RECOVERED), 19, id="interrupted"),
        pytest.param("7:20 28:49 35:60 38:70", (PROLONGED, RECOVERED), 35, id="by day 60 only"),
        pytest.param(
            "7:20 30:60 37:70", (RECOVERED, RECOVERED), 30, id="on day 30, confirmed later"
        ),
        pytest.param("7:20 31:60 37:70", (PROLONGED, RECOVERED), 31, id="on day 31"),
        pytest.param(
            "7:49 14:50 17:50", (RECOVERED, RECOVERED), 14, id="50 is grade 2, 49 grade 3"
        ),
        pytest.param("7:60 14:80", (NEVER, NEVER), None, id="never severe"),
        pytest.param("7:60 45:20", (NEVER, PROLONGED), None, id="severe after day 30"),
        pytest.param("7:20 12:60 15:60 28:30", (PROLONGED, PROLONGED), None, id="returned"),
        pytest.param("7:20 12:60 15:60 45:30", (RECOVERED, PROLONGED), None, id="returned later"),
        pytest.param(
            "7:20 28:60 35:40 40:60 44:60", (PROLONGED, RECOVERED), 40, id="not over a severe one"
        ),
        pytest.param("30:60", (NEVER, NEVER), None, id="first value on day 30"),
        pytest.param("30:20", (PROLONGED, PROLONGED), None, id="severe on day 30"),
        pytest.param("31:20", (UNKNOWN, PROLONGED), None, id="severe on day 31"),
        pytest.param("40:60 50:60", (UNKNOWN, NEVER), None, id="first value after day 30"),
        pytest.param("", (UNKNOWN, UNKNOWN), None, id="no value"),
    ],
)
def test_platelets_recover(
    course: str, by_day: tuple[RecoveryStatus, ...], recovered: int | None
) -> None:
    found = recovery(*counts(course))
    assert statuses(found) == by_day
    assert found.recovered_day == recovered


def test_it_says_the_days() -> None:
    found = recovery(*counts("5:40 7:20 14:60 18:80 18:90"))
    assert (found.first_severe_day, found.last_severe_day) == (5, 7)
    assert (found.recovered_day, found.confirmed_day, found.measured_days) == (14, 18, 4)


@pytest.mark.parametrize(
    ("followed", "course", "by_day"),
    [
        pytest.param(29, "7:20 14:40", (UNKNOWN, UNKNOWN), id="severe, ended on day 29"),
        pytest.param(30, "7:20 14:40", (PROLONGED, UNKNOWN), id="severe, ended on day 30"),
        pytest.param(29, "7:20 14:60 17:60", (RECOVERED, RECOVERED), id="recovered before the end"),
        pytest.param(29, "7:90 14:90", (UNKNOWN, UNKNOWN), id="not severe while followed"),
    ],
)
def test_follow_up_can_end_too_early(
    followed: int, course: str, by_day: tuple[RecoveryStatus, ...]
) -> None:
    assert statuses(recovery(*counts(course), followed=followed)) == by_day


def test_new_therapy_ends_the_follow_up() -> None:
    found = recovery(*counts("7:20 14:40 50:90 55:90"), new_therapy=45)
    assert statuses(found) == (PROLONGED, UNKNOWN)
    assert found.recovered_day is None


PLATELETS = [
    pytest.param(
        therapy(TherapyKind.TRANSFUSION, 7, product=BloodProduct.PLATELETS), False, id="7"
    ),
    pytest.param(therapy(TherapyKind.TRANSFUSION, 6, product=BloodProduct.PLATELETS), True, id="8"),
    pytest.param(
        therapy(TherapyKind.TRANSFUSION, 14, product=BloodProduct.PLATELETS), True, id="same day"
    ),
    pytest.param(
        therapy(TherapyKind.TRANSFUSION, 10, product=BloodProduct.RED_CELLS), True, id="red cells"
    ),
    pytest.param(therapy(TherapyKind.TRANSFUSION, 10), False, id="product not known"),
    pytest.param(therapy(TherapyKind.G_CSF, 12, 13), True, id="G-CSF"),
]


@pytest.mark.parametrize(("given", "counts_as_recovery"), PLATELETS)
def test_platelets_do_not_recover_by_transfusion(given: Therapy, counts_as_recovery: bool) -> None:
    found = recovery(*counts("5:20 14:60 17:60 25:60"), therapies=[given])
    assert (found.recovered_day == 14) is counts_as_recovery


@pytest.mark.parametrize(
    ("given", "counts_as_recovery"),
    [
        pytest.param(therapy(TherapyKind.G_CSF, 8, 11), False, id="3 days before"),
        pytest.param(therapy(TherapyKind.G_CSF, 8, 10), True, id="4 days before"),
        pytest.param(therapy(TherapyKind.G_CSF, 14, 20), True, id="from the day itself"),
        pytest.param(
            therapy(TherapyKind.TRANSFUSION, 10, product=BloodProduct.PLATELETS),
            True,
            id="platelets",
        ),
        pytest.param(therapy(TherapyKind.TRANSFUSION, 10), True, id="product not known"),
    ],
)
def test_neutrophils_do_not_recover_by_g_csf(given: Therapy, counts_as_recovery: bool) -> None:
    course = counts("5:0.3 14:1.2 21:1.2 25:1.3", "NEUT")
    found = recovery(*course, analyte="NEUT", therapies=[given])
    assert (found.recovered_day == 14) is counts_as_recovery


def test_neutrophils_do_not_recover_while_g_csf_goes_on() -> None:
    course = counts("5:0.3 14:1.2 21:1.2", "NEUT")
    given = replace(therapy(TherapyKind.G_CSF, 2), ongoing=True)
    assert recovery(*course, analyte="NEUT", therapies=[given]).recovered_day is None


def test_haemoglobin_does_not_recover_by_red_cells() -> None:
    course = counts("5:75 14:90 17:90 30:95", "HGB")
    red_cells = therapy(TherapyKind.TRANSFUSION, 12, product=BloodProduct.RED_CELLS)
    assert recovery(*course, analyte="HGB").recovered_day == 14
    assert recovery(*course, analyte="HGB", therapies=[red_cells]).recovered_day is None


@pytest.mark.parametrize(
    ("analyte", "said", "supported"),
    [
        ("PLT", {"transfused_before": True}, True),
        ("PLT", {"transfused_before": False}, False),
        ("PLT", {"g_csf_before": True}, False),
        ("NEUT", {"g_csf_before": True}, True),
        ("NEUT", {"transfused_before": True}, False),
    ],
)
def test_the_result_itself_can_say_so(analyte: str, said: dict[str, Any], supported: bool) -> None:
    low, fair = ("20", "60") if analyte == "PLT" else ("0.3", "1.2")
    course = [lab(5, analyte, low), lab(14, analyte, fair, **said), lab(17, analyte, fair)]
    found = recovery(*course, analyte=analyte)
    assert (found.recovered_day is None) is supported


def test_a_supported_value_does_not_break_a_recovery_and_a_severe_one_does() -> None:
    supported = lab(16, "PLT", "60", transfused_before=True)
    assert recovery(*counts("5:20 14:60 18:60"), supported).recovered_day == 14
    severe = lab(16, "PLT", "40", transfused_before=True)
    assert recovery(*counts("5:20 14:60 18:60"), severe).recovered_day is None


def test_an_open_value_shows_only_what_all_its_values_show() -> None:
    assert recovery(lab(5, "PLT", "<60")).first_severe_day is None
    assert recovery(lab(5, "PLT", "<40")).first_severe_day == 5
    found = recovery(lab(5, "PLT", "20"), lab(14, "PLT", ">40"), lab(18, "PLT", ">60"))
    assert found.recovered_day is None


def test_three_counts_are_asked_about() -> None:
    found = cytopenia_recovery(subject(), TRIAL, new_therapy=None, followed_until=on(400))
    assert [one.analyte for one in found] == ["HGB", "NEUT", "PLT"]


def test_who_was_not_infused_has_none() -> None:
    history = subject(*counts("7:20"), infused=False)
    assert cytopenia_recovery(history, TRIAL, new_therapy=None, followed_until=on(40)) == ()
