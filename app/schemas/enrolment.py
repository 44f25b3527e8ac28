"""Enrolment on the wire, and what one enrolment alone cannot mean."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from pydantic import Field
from sqlmodel import SQLModel

from app.models.disease_history import NOT_TESTED
from app.models.enrolment import Enrolment, EnrolmentFields
from app.models.values import Code
from app.schemas.chronology import certainly_before
from app.schemas.record import RecordKind, RecordOut
from app.schemas.refusals import ConsistentRecordIn, Refusal
from app.vocabularies.imwg import HeavyChain
from app.vocabularies.subjects import DrugClass, Refractoriness
from app.vocabularies.visits import EcogPerformanceStatus

DISEASE_FIELDS: Final = ("heavy_chain", "light_chain", "prior_lines")
"""What a trial in myeloma cannot do without; response is reckoned on the involved light chain."""

_CLASSES_OF_REFRACTORINESS: Final = {
    Refractoriness.NONE: 0,
    Refractoriness.SINGLE_CLASS: 1,
    Refractoriness.DOUBLE_CLASS: 2,
    Refractoriness.TRIPLE_CLASS: 3,
    Refractoriness.PENTA_DRUG: 3,
}
"""How many of PI, IMiD and anti-CD38 antibody each word says."""

_MAIN_CLASSES: Final = frozenset({DrugClass.PI, DrugClass.IMID, DrugClass.CD38})

OLDEST: Final = 120
"""Years of age that nobody has at consent."""


def missing_disease_fields(enrolment: EnrolmentFields) -> list[str]:
    """Give the disease's fields that are required and not there.

    Called for trials whose trial file requires them.

    Decision: required from enrolment on, for screening is there to find them out; the light chain
    of a myeloma that secretes nothing is not asked for.
    """
    if enrolment.enrolled_on is None:
        return []
    return [
        field
        for field in DISEASE_FIELDS
        if getattr(enrolment, field) is None
        and not (field == "light_chain" and enrolment.heavy_chain is HeavyChain.NON_SECRETORY)
    ]


def course(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Require one way through the trial: consent, enrolment or screen failure, the end."""
    consent, failure, end = enrolment.consent, enrolment.screen_failure, enrolment.off_study
    signed_on = consent.signed_on if consent is not None else None
    if certainly_before(enrolment.enrolled_on, signed_on):
        yield Refusal("enrolled_on", "enrolled_before_consent", "enrol on or after the consent")
    if failure is not None and enrolment.enrolled_on is not None:
        yield Refusal(
            "screen_failure",
            "screen_failure_of_an_enrolled_subject",
            "leave out screen_failure or enrolled_on; an enrolled subject leaves by off_study",
        )
    if failure is not None and certainly_before(failure.date, signed_on):
        yield Refusal(
            ("screen_failure", "date"), "failed_before_consent", "write a day on or after consent"
        )
    if end is not None and enrolment.enrolled_on is None:
        yield Refusal(
            "off_study",
            "off_study_without_enrolment",
            "write enrolled_on too; a subject who was not enrolled leaves by screen_failure",
        )
    if end is not None and certainly_before(end.date, enrolment.enrolled_on):
        yield Refusal(
            ("off_study", "date"), "off_study_before_enrolment", "write a day on or after enrolment"
        )


def years(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Require birth, diagnosis and consent in this order, within a human life."""
    birth, diagnosis = enrolment.year_of_birth, enrolment.year_of_diagnosis
    if birth is not None and diagnosis is not None and diagnosis < birth:
        yield Refusal("year_of_diagnosis", "diagnosed_before_birth", "write a later year")
    if enrolment.consent is None:
        return
    consent = enrolment.consent.signed_on.year
    if birth is not None and not 0 <= consent - birth <= OLDEST:
        yield Refusal(
            "year_of_birth", "impossible_age", "the subject is between 0 and 120 years at consent"
        )
    if diagnosis is not None and diagnosis > consent:
        yield Refusal(
            "year_of_diagnosis", "diagnosed_after_consent", "write the year of consent or before"
        )


def what_was_tested(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Refuse a share of cells or a date of what was not tested."""
    for index, row in enumerate(enrolment.cytogenetics or ()):
        if row.present != NOT_TESTED:
            continue
        for member in ("cells_percent", "tested_on"):
            if getattr(row, member) is not None:
                place = ("cytogenetics", index, member)
                yield Refusal(place, "not_tested", "leave it out: the marker was not tested")


def one_row_each(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Require each criterion, marker, class and line once."""
    rows: dict[str, tuple[str, Sequence[object]]] = {
        "eligibility": ("criterion", [row.criterion for row in enrolment.eligibility]),
        "cytogenetics": ("marker", [row.marker for row in enrolment.cytogenetics or ()]),
        "lines": ("number", [row.number for row in enrolment.lines or ()]),
        "exposed_classes": ("", enrolment.exposed_classes or ()),
        "refractory_classes": ("", enrolment.refractory_classes or ()),
    }
    for field, (member, keys) in rows.items():
        for index, key in enumerate(keys):
            if key in keys[:index]:
                place = (field, index, member) if member else (field, index)
                yield Refusal(place, "item_repeated", "name each one once")


def prior_lines(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Hold the rows of the prior lines against their number and against the calendar."""
    for index, line in enumerate(enrolment.lines or ()):
        if enrolment.prior_lines is not None and line.number > enrolment.prior_lines:
            yield Refusal(
                ("lines", index, "number"),
                "line_beyond_prior_lines",
                "number the lines from 1 to prior_lines",
            )
        if certainly_before(line.end, line.start):
            yield Refusal(
                ("lines", index, "end"), "end_before_start", "write an end on or after the start"
            )


def drug_classes(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Hold what the myeloma is refractory to against what the subject received."""
    exposed, refractory = enrolment.exposed_classes, enrolment.refractory_classes
    for index, drug_class in enumerate(refractory or ()):
        if exposed is not None and drug_class not in exposed:
            yield Refusal(
                ("refractory_classes", index),
                "refractory_without_exposure",
                "a subject received what the myeloma is refractory to: name it in exposed_classes",
            )
    if enrolment.refractoriness is not None and refractory is not None:
        named = len(_MAIN_CLASSES.intersection(refractory))
        if _CLASSES_OF_REFRACTORINESS[enrolment.refractoriness] != named:
            yield Refusal(
                "refractoriness",
                "refractoriness_of_other_classes",
                "say as many of PI, IMiD and CD38 as refractory_classes names",
                tuple(word for word, count in _CLASSES_OF_REFRACTORINESS.items() if count == named),
            )
    if enrolment.prior_bcma_therapy is False and DrugClass.BCMA in (exposed or ()):
        yield Refusal(
            "prior_bcma_therapy", "bcma_among_the_exposed_classes", "the subject had BCMA therapy"
        )


def living(enrolment: EnrolmentFields) -> Iterator[Refusal]:
    """Refuse the performance status of the dead at screening."""
    if enrolment.ecog is EcogPerformanceStatus.DEAD:
        yield Refusal("ecog", "ecog_of_the_dead", "write 0 to 4", ("0", "1", "2", "3", "4"))


class SubjectIn(EnrolmentFields, ConsistentRecordIn):
    """A subject as a centre submits it."""

    rules = (course, years, what_was_tested, one_row_each, prior_lines, drug_classes, living)

    centre: Code = Field(
        description="The centre's code (SITEID). The subject keeps it: an amendment repeats it."
    )


class SubjectOut(EnrolmentFields, RecordOut):
    """A subject as the service gives it."""


SubjectState = Literal["screening", "screen_failed", "enrolled", "infused", "off_study", "died"]
"""How far a subject has come."""


class WithStatus(SQLModel):
    """How far a subject has come, by all its records."""

    status: SubjectState = Field(description="How far the subject has come.")


ENROLMENTS = RecordKind(
    path="subjects",
    noun="subject",
    table=Enrolment,
    submission=SubjectIn,
    view=SubjectOut,
    shown_with=WithStatus,
    dated_by="enrolled_on",
    one_per_subject=True,
    filters={
        "sex": "sex",
        "light_chain": "light_chain",
        "heavy_chain": "heavy_chain",
        "extramedullary_disease": "extramedullary_disease",
    },
    example={
        "source_id": "03-SCR-017",
        "centre": "03",
        "sex": "F",
        "year_of_birth": 1961,
        "consent": {"version": "3.1", "signed_on": "2026-02-10"},
        "eligibility": [
            {"criterion": "IN-01", "met": True},
            {"criterion": "EX-07", "met": True, "note": "platelets 92, day before consent"},
        ],
        "enrolled_on": "2026-02-16",
        "year_of_diagnosis": 2019,
        "heavy_chain": "IgG",
        "light_chain": "kappa",
        "iss": "II",
        "r_iss": "II",
        "beta2_microglobulin": {"value": "4.1", "unit": "mg/L", "collected_on": "2026-02-11"},
        "albumin": {"value": "38", "unit": "g/L", "collected_on": "2026-02-11"},
        "lactate_dehydrogenase": {"value": "201", "unit": "U/L", "upper_limit": "250"},
        "cytogenetics": [
            {
                "marker": "t(4;14)",
                "present": True,
                "cells_percent": "42",
                "tested_on": "2026-02-11",
            },
            {"marker": "del(17p)", "present": False, "tested_on": "2026-02-11"},
        ],
        "extramedullary_disease": "none",
        "marrow_plasma_cells": "35",
        "cns_disease": False,
        "prior_lines": 3,
        "lines": [
            {
                "number": 1,
                "agents": ["bortezomib", "lenalidomide", "dexamethasone"],
                "start": "2019-05",
                "end": "2020",
                "best_response": "VGPR",
                "stopped_because": "completed",
                "autologous_transplant": True,
            },
        ],
        "prior_autologous_transplant": True,
        "prior_allogeneic_transplant": False,
        "prior_radiotherapy": False,
        "prior_bcma_therapy": False,
        "exposed_classes": ["PI", "IMiD", "CD38", "alkylator", "corticosteroid"],
        "refractory_classes": ["PI", "IMiD", "CD38"],
        "refractoriness": "triple_class",
        "refractory_to_last_line": True,
        "ecog": 1,
        "ecog_on": "2026-02-11",
        "weight": "61.5",
        "height": "162",
        "creatinine_clearance": "78",
        "ejection_fraction": "61",
        "hepatitis_b": "past",
        "hepatitis_c": "negative",
        "hiv": "negative",
        "baseline_ice": {
            "orientation": 4,
            "naming": 3,
            "command": 1,
            "writing": 1,
            "attention": 1,
            "score": 10,
        },
    },
)
