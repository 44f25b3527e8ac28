"""The first new anti-myeloma therapy after an infusion on 15 January 2024."""

import pytest

from app.services.derivations.subject_history import SubjectHistory, Therapy
from app.services.derivations.time_to_event.new_therapy import NewTherapy, new_therapy
from app.vocabularies.therapies import RadiotherapyTarget, TherapyKind
from tests.subjects.base import ref
from tests.subjects.course import enrolment, history, infusion, therapy
from tests.subjects.event_times import day


def on(found: NewTherapy | None) -> str | None:
    return found.day.isoformat() if found else None


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (TherapyKind.NEW_ANTI_MYELOMA, True),
        (TherapyKind.MAINTENANCE, True),
        (TherapyKind.TRANSPLANT_AUTO, True),
        (TherapyKind.TRANSPLANT_ALLO, True),
        (TherapyKind.CAR_T_REINFUSION, True),
        (TherapyKind.CD34_BOOST, False),
        (TherapyKind.CORTICOSTEROID, False),
        (TherapyKind.TOCILIZUMAB, False),
        (TherapyKind.IVIG, False),
        (TherapyKind.OTHER, False),
    ],
)
def test_it_goes_by_the_kind_of_therapy(kind: TherapyKind, counts: bool) -> None:
    found = new_therapy(history(therapies=(therapy("2024-05-01", kind),)))
    assert on(found) == ("2024-05-01" if counts else None)


@pytest.mark.parametrize(
    ("target", "counts"),
    [
        (RadiotherapyTarget.NEW, True),
        (RadiotherapyTarget.PROGRESSING, True),
        (RadiotherapyTarget.STABLE, False),
        (None, False),
    ],
)
def test_it_goes_by_what_was_irradiated(target: RadiotherapyTarget | None, counts: bool) -> None:
    radiotherapy = therapy("2024-05-01", TherapyKind.RADIOTHERAPY, radiotherapy_target=target)
    assert (new_therapy(history(therapies=(radiotherapy,))) is not None) is counts


@pytest.mark.parametrize(("says", "counts"), [(True, True), (False, False), (None, False)])
def test_it_takes_a_new_line_for_what_it_is(says: bool | None, counts: bool) -> None:
    steroid = therapy("2024-05-01", TherapyKind.CORTICOSTEROID, starts_new_line=says)
    assert (new_therapy(history(therapies=(steroid,))) is not None) is counts


@pytest.mark.parametrize(
    ("therapies", "progressed", "expected"),
    [
        pytest.param((), None, None, id="none"),
        pytest.param((therapy("2023-12-20"),), None, None, id="before infusion: bridging"),
        pytest.param((therapy("2024-01-15"),), None, None, id="on the infusion day"),
        pytest.param((therapy("2024-01-16"),), None, "2024-01-16", id="the day after"),
        pytest.param(
            (therapy("2024-09-01"), therapy("2024-05-01", number=2)),
            None,
            "2024-05-01",
            id="the first of two",
        ),
        pytest.param((therapy("2024-01"),), None, "2024-01-16", id="month of infusion"),
        pytest.param((therapy("2023-12"),), None, None, id="month before infusion"),
        pytest.param((therapy("2024-03"),), "2024-03-20", "2024-03-20", id="month of progression"),
        pytest.param((therapy("2024"),), None, None, id="without a month"),
        pytest.param((therapy("2025-02-18"),), None, "2025-02-18", id="on the data cut"),
        pytest.param((therapy("2025-02-19"),), None, None, id="after the data cut"),
        pytest.param((therapy("2025-02"),), None, "2025-02-01", id="in the month of the cut"),
    ],
)
def test_it_finds_the_first_start(
    therapies: tuple[Therapy, ...], progressed: str | None, expected: str | None
) -> None:
    assert on(new_therapy(history(therapies=therapies), progressed_on=day(progressed))) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(
            history(infusions=(infusion(), infusion("2024-06-01", 2, planned=False))),
            "2024-06-01",
            id="an unplanned second infusion",
        ),
        pytest.param(
            history(infusions=(infusion(), infusion("2024-01-16", 2, part=2))),
            None,
            id="the planned second part of the dose",
        ),
        pytest.param(
            history(infused=False, enrolment=enrolment(), therapies=(therapy("2024-01-02"),)),
            "2024-01-02",
            id="enrolled, never infused: after enrolment",
        ),
        pytest.param(
            history(infused=False, enrolment=enrolment(), therapies=(therapy("2023-11-02"),)),
            None,
            id="enrolled, never infused: before enrolment",
        ),
        pytest.param(
            history(infused=False, therapies=(therapy("2024-01-02"),)), None, id="never enrolled"
        ),
    ],
)
def test_it_counts_from_the_infusion_or_the_enrolment(
    subject: SubjectHistory, expected: str | None
) -> None:
    assert on(new_therapy(subject)) == expected


def test_it_names_its_record() -> None:
    found = new_therapy(history(therapies=(therapy("2024-05-01", number=7),)))
    assert found is not None
    assert found.records == (ref("therapies", 7),)
    assert found.kind is TherapyKind.NEW_ANTI_MYELOMA
