from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlmodel import Field, SQLModel

from app.models.values import CivilDate, Count, ShortText
from app.schemas.refusals import ConsistentRecordIn, Refusal


class StayFields(SQLModel):
    """A stay in hospital."""

    ward: ShortText
    beds: Count = Field(default=1)
    admitted_on: CivilDate | None = None
    discharged_on: CivilDate | None = None


def ward_has_beds(stay: StayFields) -> Iterator[Refusal]:
    if stay.beds == 0:
        yield Refusal("beds", "no_bed", "a ward has at least one bed")
    if stay.ward == "closed":
        yield Refusal("ward", "ward_closed", "name an open ward", ("A", "B"))


def discharge_follows_admission(stay: StayFields) -> Iterator[Refusal]:
    if stay.discharged_on and stay.admitted_on and stay.discharged_on < stay.admitted_on:
        yield Refusal(("discharged_on",), "discharged_too_early", "write a later day")


class StayIn(StayFields, ConsistentRecordIn):
    rules = (ward_has_beds, discharge_follows_admission)


class Hospital(BaseModel):
    stays: list[StayIn]


EARLY = {"admitted_on": "2026-03-05", "discharged_on": "2026-03-04"}


def errors(shape: Any, body: object) -> list[tuple[tuple[Any, ...], str]]:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(shape).validate_python(body)
    return [(error["loc"], error["type"]) for error in refusal.value.errors()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"ward": "closed", "beds": 0, **EARLY},
            [
                (("beds",), "no_bed"),
                (("ward",), "ward_closed"),
                (("discharged_on",), "discharged_too_early"),
            ],
            id="every rule that is broken",
        ),
        pytest.param(
            {"ward": "A", "beds": "2", **EARLY},
            [(("beds",), "not_a_whole_number"), (("discharged_on",), "discharged_too_early")],
            id="a field that cannot be read, and a rule between others",
        ),
        pytest.param(
            {"ward": "closed", "beds": -1},
            [(("beds",), "whole_number_out_of_range")],
            id="no rule judges a field that could not be read, nor what it asks for after it",
        ),
        pytest.param(
            {"beds": 0},
            [(("ward",), "missing"), (("beds",), "no_bed")],
            id="what a rule said before it met a missing field",
        ),
        pytest.param(
            {"ward": "closed", "colour": "green"},
            [(("colour",), "extra_forbidden"), (("ward",), "ward_closed")],
            id="an unknown field; the field left out has its default",
        ),
        pytest.param(
            {"ward": "A", "__pydantic_self__": 1, "self": 1},
            [(("__pydantic_self__",), "extra_forbidden"), (("self",), "extra_forbidden")],
            id="members named like an argument of Python",
        ),
    ],
)
def test_it_says_everything_at_once(
    body: dict[str, Any], expected: list[tuple[tuple[str, ...], str]]
) -> None:
    assert errors(StayIn, body) == expected
    assert errors(Hospital, {"stays": [body]}) == [
        (("stays", 0, *place), code) for place, code in expected
    ]


@pytest.mark.parametrize("body", [[], "A", None, 7])
def test_it_refuses_what_is_no_object(body: object) -> None:
    assert errors(StayIn, body) == [((), "model_type")]


def test_it_tells_what_is_allowed_and_never_what_was_sent() -> None:
    with pytest.raises(ValidationError) as refusal:
        StayIn.model_validate({"ward": "closed", "admitted_on": "yesterday"})
    unreadable, closed = refusal.value.errors()
    assert closed["msg"] == "name an open ward"
    assert closed["ctx"] == {"allowed": ["A", "B"]}
    assert unreadable["input"] is None
    assert closed["input"] is None


def test_it_reads_each_record_once() -> None:
    times = []

    class Counted(ConsistentRecordIn):
        rules = (lambda record: iter(times.append(record) or ()),)

    assert TypeAdapter(Counted).validate_python({"source_id": "7"}).source_id == "7"
    assert Counted(source_id="7") == Counted.model_validate({"source_id": "7"})
    assert len(times) == 3
