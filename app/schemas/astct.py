"""What an ASTCT grade cannot mean beside the adverse event that has it.

Whether the grade agrees with the findings behind it is for the edit checks to say.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-38.
"""

from collections.abc import Iterator
from typing import Final

from app.models.adverse_event import AdverseEventFields
from app.schemas.refusals import Refusal
from app.vocabularies.adverse_events import Outcome
from app.vocabularies.astct import (
    CRS_TERM,
    POSITIVE_PRESSURE,
    SYNDROME_OF_SCALE,
    AstctGrade,
    AstctScale,
    OxygenDevice,
)

_SCALES: Final = {kind: scale for scale, kind in SYNDROME_OF_SCALE.items()}
"""Kinds of special interest that have an ASTCT scale."""


def astct_grade(event: AdverseEventFields) -> Iterator[Refusal]:
    """Hold the ASTCT part against itself and against what the event is said to be.

    Whether the grade agrees with its findings is a finding of the edit checks.
    """
    graded = event.astct
    if graded is None:
        return
    expected = _SCALES.get(event.aesi_kind) if event.aesi_kind is not None else None
    if event.term == CRS_TERM:
        expected = AstctScale.CRS
    if event.aesi_kind is not None and expected is None:
        yield Refusal(
            "astct", "astct_grade_of_another_kind", "only CRS and ICANS have an ASTCT grade"
        )
    if expected is not None and graded.scale is not expected:
        yield Refusal(
            ("astct", "scale"),
            "scale_of_another_kind",
            "write the scale of this event",
            (expected,),
        )
    if graded.crs is not None and graded.scale is not AstctScale.CRS:
        yield Refusal(
            ("astct", "crs"), "findings_of_another_scale", "give the findings of the scale named"
        )
    if graded.icans is not None and graded.scale is not AstctScale.ICANS_ADULT:
        yield Refusal(
            ("astct", "icans"), "findings_of_another_scale", "give the findings of the scale named"
        )
    if (graded.grade is AstctGrade.DEATH) != (event.outcome is Outcome.FATAL):
        yield Refusal(
            ("astct", "grade"),
            "astct_grade_5_is_death",
            "ASTCT grade 5 is death with the syndrome as its principal cause, so the outcome is "
            "FATAL, and of no other outcome",
        )


def astct_findings(event: AdverseEventFields) -> Iterator[Refusal]:
    """Hold the findings behind an ASTCT grade against each other."""
    crs = event.astct.crs if event.astct is not None else None
    if crs is not None:
        if crs.flow is not None and crs.oxygen is OxygenDevice.ROOM_AIR:
            yield Refusal(("astct", "crs", "flow"), "flow_on_room_air", "room air has no flow")
        if crs.positive_pressure_reason is not None and crs.oxygen not in POSITIVE_PRESSURE:
            yield Refusal(
                ("astct", "crs", "positive_pressure_reason"),
                "no_positive_pressure",
                "leave it out, or write in oxygen which positive pressure was given",
                tuple(device for device in OxygenDevice if device in POSITIVE_PRESSURE),
            )
        for index, agent in enumerate(crs.vasopressors or ()):
            if agent.casefold() == "vasopressin":
                yield Refusal(
                    ("astct", "crs", "vasopressors", index),
                    "vasopressin_has_its_own_field",
                    "write vasopressin true: it is not counted among the vasopressors",
                )
    icans = event.astct.icans if event.astct is not None else None
    if icans is not None and icans.ice is not None and icans.ice_not_done_reason is not None:
        yield Refusal(
            ("astct", "icans", "ice_not_done_reason"),
            "reason_beside_a_score",
            "an ICE score needs no reason for having none",
        )
