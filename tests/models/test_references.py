"""A record that is named by the id that its sender gave it."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.models.references import NamedBySource, RecordReference
from app.models.values import SourceId

REFERENCE: TypeAdapter[Any] = TypeAdapter(RecordReference)


def test_it_is_read_as_a_place_that_waits_for_the_record() -> None:
    read = REFERENCE.validate_python({"source_id": "INF-7"})
    assert isinstance(read, NamedBySource)
    assert read.source_id == "INF-7"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"source_id": "INF\u009b7"}, id="a control character"),
        pytest.param({"source_id": ""}, id="empty"),
        pytest.param({"source_id": "x" * 129}, id="longer than an id may be"),
        pytest.param({"source_id": 7}, id="a number"),
        pytest.param({"source_id": "INF-7", "centre": "03"}, id="more than the id"),
    ],
)
def test_an_id_that_no_record_could_have_is_refused(sent: object) -> None:
    with pytest.raises(ValidationError) as refused:
        REFERENCE.validate_python(sent)
    assert [error["type"] for error in refused.value.errors()] == ["not_a_record_id"]


def test_the_contract_says_of_it_what_it_says_of_every_source_id() -> None:
    [named] = [one for one in REFERENCE.json_schema()["anyOf"] if one["type"] == "object"]
    assert named["properties"]["source_id"] == TypeAdapter(SourceId).json_schema()
