import dataclasses
import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.models.record import SYSTEM_COLUMNS, clinical_columns
from app.schemas.record import RecordKind
from app.schemas.record_kinds import IMPORTED, RECORD_KINDS, by_path
from app.services.analysis_values import READ_AS
from app.services.derivations.subject_history import SubjectHistory
from app.strict_json import parse_strictly

EVERY_KIND = pytest.mark.parametrize("kind", RECORD_KINDS, ids=lambda kind: kind.path)


def sent_members(sent: Any, answered: Any) -> Any:
    """Give of the answer the members that were sent, at every depth."""
    if isinstance(sent, dict):
        return {name: sent_members(value, answered[name]) for name, value in sent.items()}
    if isinstance(sent, list):
        assert len(sent) == len(answered)
        return [sent_members(one, other) for one, other in zip(sent, answered, strict=True)]
    return answered


def submitted(kind: RecordKind) -> dict[str, Any]:
    """Give the example as it is after a way through JSON, submission and JSON."""
    body = parse_strictly(json.dumps(kind.example).encode())
    answer: dict[str, Any] = json.loads(kind.submission.model_validate(body).model_dump_json())
    return answer


@EVERY_KIND
def test_its_path_is_the_plural_of_the_name_of_its_models(kind: RecordKind) -> None:
    plurals = {kind.named, f"{kind.named}s", f"{kind.named.removesuffix('y')}ies"}
    assert kind.named_together in plurals
    shapes = (kind.submission, kind.amendment, kind.view, kind.stored, kind.history, kind.listed)
    assert [shape.__name__ for shape in shapes] == [
        kind.model + ending for ending in ("In", "Amendment", "Out", "Stored", "History", "List")
    ]


@EVERY_KIND
def test_its_example_is_given_back_exactly(kind: RecordKind) -> None:
    assert sent_members(dict(kind.example), submitted(kind)) == kind.example


@EVERY_KIND
def test_its_answer_can_be_sent_again(kind: RecordKind) -> None:
    once = submitted(kind)
    assert json.loads(kind.submission.model_validate(once).model_dump_json()) == once


@EVERY_KIND
def test_its_example_can_be_amended_with_a_reason_only(kind: RecordKind) -> None:
    body = dict(kind.example) | {"reason": "transcription error"}
    assert kind.amendment.model_validate(body).model_dump()["reason"] == "transcription error"
    with pytest.raises(ValidationError, match="reason"):
        kind.amendment.model_validate(dict(kind.example))
    with pytest.raises(ValidationError, match="reason"):
        kind.submission.model_validate(body)


@EVERY_KIND
def test_its_fields_are_the_columns_of_its_table(kind: RecordKind) -> None:
    columns = {column.name for column in clinical_columns(kind.table)}
    assert set(kind.submission.model_fields) - columns <= {"source_id", "centre"}
    assert columns == set(kind.submission.model_fields) - SYSTEM_COLUMNS
    derived = {"visit_derived", *({"stale"} if kind.judges is not None else ())}
    assert columns == set(kind.view.model_fields) - SYSTEM_COLUMNS - derived
    filtered = {column.partition(".")[0] for column in kind.filters.values()}
    assert {kind.dated_by, *filtered} - {None} <= columns


@EVERY_KIND
def test_every_field_is_described(kind: RecordKind) -> None:
    shapes = kind.submission.model_json_schema()
    for shape in [shapes, *shapes.get("$defs", {}).values()]:
        for name, member in shape.get("properties", {}).items():
            assert member.get("description"), (shape["title"], name)


@EVERY_KIND
def test_what_a_centre_says_in_it_is_declared_once(kind: RecordKind) -> None:
    assert kind.fields.__name__ == f"{kind.table.__name__}Fields"
    assert kind.names_a_visit is ("visit" in kind.submission.model_fields)


@EVERY_KIND
def test_its_place_in_the_history_is_one_and_somebody_reads_it(kind: RecordKind) -> None:
    places = {field.name for field in dataclasses.fields(SubjectHistory)}
    assert kind.place_in_history in {None, *places}
    apart = {"enrolment", "lab_values"}
    assert kind.place_in_history in {None, *apart, *READ_AS}


@EVERY_KIND
@pytest.mark.parametrize("member", sorted(SYSTEM_COLUMNS - {"source_id", "centre"}))
def test_it_lets_nobody_write_what_the_service_writes(kind: RecordKind, member: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        kind.submission.model_validate(dict(kind.example) | {member: "x"})


@EVERY_KIND
def test_it_has_no_field_that_a_line_of_an_import_means_otherwise(kind: RecordKind) -> None:
    assert not {"kind", "subject", "retracted", "reason"} & set(kind.submission.model_fields)


@EVERY_KIND
def test_it_is_found_by_its_path(kind: RecordKind) -> None:
    assert by_path(kind.path) is kind


def test_the_kinds_have_paths_and_tables_of_their_own() -> None:
    assert len({kind.path for kind in RECORD_KINDS}) == len(RECORD_KINDS)
    assert len({kind.table for kind in RECORD_KINDS}) == len(RECORD_KINDS)
    assert by_path("prescriptions") is None


def test_only_a_verdict_is_kept_out_of_imports() -> None:
    assert [kind.path for kind in RECORD_KINDS if kind not in IMPORTED] == ["adjudications"]
