"""Every measured number of a record, and the record as the rules read it.

What no living person can have, and nobody confirmed, is taken out of a record before a rule reads
it; what was sent in a unit of a listed one's size is read in that one. The stored record stays as
it was sent.

Source: the trial's protocol, plausibility.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, get_args

from pydantic import BaseModel

from app.models.disease_evaluation import Lesion
from app.models.enrolment import EnrolmentFields
from app.models.infusion import InfusionFields
from app.models.kinetics_result import KineticsResultFields
from app.models.lab_result import LabResultFields
from app.models.measurements import Measurement, UrineMProtein
from app.models.preparation import LymphodepletionDose
from app.models.therapy import TherapyFields
from app.models.visit import VisitFields
from app.models.vital_signs import VitalSigns
from app.services.criteria.plausibility import (
    NO_RANGE,
    Implausibility,
    Normal,
    implausibility,
    in_words,
)
from app.vocabularies.annotations import without_annotations
from app.vocabularies.kinetics import UNITS, KineticsMethod, QuantificationState
from app.vocabularies.laboratory import Comparator, find_analyte
from app.vocabularies.taken_units import in_listed_unit

Place = tuple[str | int, ...]
FieldsT = TypeVar("FieldsT", bound=BaseModel)

SET_ASIDE: Final = "not plausible"
"""Why a component has no value, to a rule that reads it."""

_CONCENTRATION: Final = "MPROT_U"
_ANALYTE_OF: Final = {
    KineticsMethod.QPCR: "CAR_QPCR",
    KineticsMethod.FLOW_PCT: "CAR_FLOW_PCT",
    KineticsMethod.FLOW_ABS: "CAR_FLOW_ABS",
}
_NUMBERS: Final[dict[type[BaseModel], dict[str, str]]] = {
    UrineMProtein: {"volume_ml": "COLLECTION_VOLUME", "collection_hours": "COLLECTION_HOURS"},
    Lesion: {"long_mm": "LESION_DIAMETER", "short_mm": "LESION_DIAMETER"},
    VitalSigns: {
        "temperature": "TEMPERATURE",
        "systolic": "BLOOD_PRESSURE",
        "diastolic": "DIASTOLIC_PRESSURE",
        "heart_rate": "HEART_RATE",
        "respiratory_rate": "RESPIRATORY_RATE",
        "oxygen_saturation": "OXYGEN_SATURATION",
        "flow": "OXYGEN_FLOW",
    },
    VisitFields: {"weight": "WEIGHT"},
    InfusionFields: {
        "weight": "WEIGHT",
        "dose": "CELLS_PER_KG",
        "planned_dose": "CELLS_PER_KG",
        "total_car_positive_cells": "CELLS",
        "vector_copy_number": "VECTOR_COPIES",
    },
    EnrolmentFields: {
        "weight": "WEIGHT",
        "height": "HEIGHT",
        "creatinine_clearance": "CREATININE_CLEARANCE",
        "ejection_fraction": "EJECTION_FRACTION",
    },
    TherapyFields: {"units_transfused": "TRANSFUSED", "flow": "OXYGEN_FLOW"},
    KineticsResultFields: {
        "cd3_per_ul": "CD3",
        "genomic_dna_ng": "GENOMIC_DNA",
        "csf_volume_ml": "CSF_VOLUME",
        "csf_red_cells_per_ul": "CSF_RED_CELLS",
    },
}
"""Numbers whose unit the member itself says, by the limits that they have."""

_VALUES: Final = (Measurement, LabResultFields, KineticsResultFields, LymphodepletionDose)
"""Shapes with a number and its unit side by side."""


class Measured(NamedTuple):
    """One measured number of a record.

    Attributes:
        place: the way to it through members and lists.
        quantity: whose limits it has.
        unit: without annotations; None: the member says it.
        normal: the laboratory's own range.
    """

    place: Place
    quantity: str
    value: Decimal
    unit: str | None = None
    comparator: Comparator | None = None
    normal: Normal = NO_RANGE

    @property
    def impossible(self) -> Implausibility | None:
        """What no living person can have of it; None: nothing."""
        return implausibility(
            self.quantity,
            self.value,
            self.unit,
            comparator=self.comparator,
            normal=self.normal,
        )

    @property
    def in_words(self) -> str | None:
        """Say what is impossible and what would settle it, without the value; None: nothing is."""
        found = self.impossible
        if found is None:
            return None
        return in_words(self.quantity, self.value, self.unit, found, normal=self.normal)


def measured_numbers(fields: BaseModel, place: Place = ()) -> Iterator[Measured]:
    """Give every measured number of a record or of a part; one held for an error is none."""
    if getattr(fields, "spurious", False):
        return
    if isinstance(fields, _VALUES) and (value := _beside_its_unit(fields, place)) is not None:
        yield value
    for name, quantity in _numbers(type(fields)).items():
        number = getattr(fields, name)
        if number is not None:
            yield Measured((*place, name), quantity, number)
    for name in _parts(type(fields)):
        part = getattr(fields, name)
        if isinstance(part, list):
            for index, one in enumerate(part):
                yield from measured_numbers(one, (*place, name, index))
        elif part is not None:
            yield from measured_numbers(part, (*place, name))


def not_plausible(fields: BaseModel) -> tuple[Measured, ...]:
    """Give the numbers of a record that no living person can have, unless they were confirmed."""
    if getattr(fields, "confirmed_implausible", None):
        return ()
    return tuple(one for one in measured_numbers(fields) if one.impossible is not None)


def as_analysed(fields: FieldsT) -> FieldsT:
    """Give a record as rules read it: in listed units, without what no living person can have."""
    confirmed = bool(getattr(fields, "confirmed_implausible", None))
    changes = _changes(fields, confirmed=confirmed)
    return fields.model_copy(update=changes) if changes else fields


def _changes(fields: BaseModel, *, confirmed: bool) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if isinstance(fields, _VALUES):
        changes |= _value_as_analysed(fields, confirmed=confirmed)
    if not confirmed:
        changes |= {
            name: None
            for name, quantity in _numbers(type(fields)).items()
            if (number := getattr(fields, name)) is not None
            and implausibility(quantity, number, None) is not None
        }
    if changes and isinstance(fields, Lesion):
        changes["not_assessed"] = SET_ASIDE
    for name in _parts(type(fields)):
        part = getattr(fields, name)
        if isinstance(part, list):
            parts = [_part_as_analysed(one, confirmed=confirmed) for one in part]
            if any(new is not old for new, old in zip(parts, part, strict=True)):
                changes[name] = parts
        elif part is not None:
            analysed = _part_as_analysed(part, confirmed=confirmed)
            if analysed is not part:
                changes[name] = analysed
    return changes


def _part_as_analysed(part: FieldsT, *, confirmed: bool) -> FieldsT:
    changes = _changes(part, confirmed=confirmed)
    return part.model_copy(update=changes) if changes else part


def _value_as_analysed(fields: BaseModel, *, confirmed: bool) -> dict[str, Any]:
    sent = _beside_its_unit(fields, ())
    if sent is None:
        return {}
    spurious = getattr(fields, "spurious", False)
    collection = isinstance(fields, UrineMProtein) and any(
        implausibility(quantity, number, None) is not None
        for name, quantity in _NUMBERS[UrineMProtein].items()
        if (number := getattr(fields, name)) is not None
    )
    if not confirmed and not spurious and (collection or sent.impossible is not None):
        return _WITHOUT[next(shape for shape in _WITHOUT if isinstance(fields, shape))]
    if isinstance(fields, KineticsResultFields):
        return _limits_as_analysed(fields)
    if not isinstance(fields, Measurement) or (listed := fields.listed()) is None:
        return {}
    value, unit = listed
    return {} if unit == fields.unit else {"value": value, "unit": unit}


def _limits_as_analysed(fields: KineticsResultFields) -> dict[str, Any]:
    read = in_listed_unit(fields.unit, UNITS[fields.method]) if fields.unit is not None else None
    if read is None or read.unit == fields.unit:
        return {}
    numbers = {
        name: read.of(number)
        for name in ("value", "lloq", "lod")
        if (number := getattr(fields, name)) is not None
    }
    return {"unit": read.unit, **numbers}


_WITHOUT: Final[dict[type[BaseModel], dict[str, Any]]] = {
    Measurement: {"value": None, "unit": None, "comparator": None, "not_done": SET_ASIDE},
    LabResultFields: {"value": None, "comparator": None},
    KineticsResultFields: {"value": None, "quantification": QuantificationState.MISSING},
    LymphodepletionDose: {"dose": None, "unit": None},
}


def _beside_its_unit(fields: BaseModel, place: Place) -> Measured | None:
    """Give the number of a shape that has its unit beside it."""
    if isinstance(fields, LabResultFields):
        return _of_a_result(fields, (*place, "value"))
    if isinstance(fields, LymphodepletionDose):
        if fields.dose is None or fields.unit is None:
            return None
        agent = fields.agent.value.upper()
        return Measured((*place, "dose"), agent, fields.dose, fields.unit.value)
    if isinstance(fields, KineticsResultFields):
        if fields.value is None:
            return None
        unit = without_annotations(fields.unit) if fields.unit is not None else None
        return Measured((*place, "value"), _ANALYTE_OF[fields.method], fields.value, unit)
    if not isinstance(fields, Measurement) or fields.value is None or fields.unit is None:
        return None
    listed = fields.listed()
    concentrated = isinstance(fields, UrineMProtein) and (
        listed is not None and listed[1] in fields.concentrations
    )
    return Measured(
        (*place, "value"),
        _CONCENTRATION if concentrated else fields.measures(),
        fields.value,
        without_annotations(fields.unit),
        fields.comparator,
    )


def _of_a_result(fields: LabResultFields, place: Place) -> Measured | None:
    analyte = find_analyte(fields.analyte)
    if analyte is None or fields.value is None or fields.unit is None:
        return None
    limits = fields.reference_range
    return Measured(
        place,
        analyte.code,
        fields.value,
        without_annotations(fields.unit),
        fields.comparator,
        NO_RANGE if limits is None else Normal(limits.low, limits.high),
    )


@cache
def _numbers(shape: type[BaseModel]) -> dict[str, str]:
    """Give the members of a shape that are numbers with limits of their own."""
    found: dict[str, str] = {}
    for base in shape.__mro__:
        found |= _NUMBERS.get(base, {})
    return found


@cache
def _parts(shape: type[BaseModel]) -> tuple[str, ...]:
    """Give the members of a shape whose parts hold measured numbers."""
    return tuple(
        name
        for name, field in shape.model_fields.items()
        if any(_measures(part) for part in _shapes(field.annotation))
    )


def _measures(shape: type[BaseModel]) -> bool:
    return issubclass(shape, _VALUES) or bool(_numbers(shape)) or bool(_parts(shape))


def _shapes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes(part)
