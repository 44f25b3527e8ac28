"""What programs that are made of the contract rely on, beyond its names."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.openapi_generators import join_null_to_values_of_maps, suit_generators

CONTRACT = json.loads((Path(__file__).parents[1] / "openapi" / "openapi.json").read_text())
SCHEMAS = CONTRACT["components"]["schemas"]


@pytest.mark.parametrize(
    ("default", "description"),
    [
        pytest.param("planned", "Which it is. Left out: `planned`.", id="a word"),
        pytest.param(False, "Which it is. Left out: `false`.", id="not so"),
        pytest.param(1, "Which it is. Left out: `1`.", id="a number"),
        pytest.param(None, "Which it is.", id="nothing to say"),
    ],
)
def test_says_in_words_what_a_member_left_out_of_a_request_stands_for(
    default: Any, description: str
) -> None:
    document = _document({"default": default, "description": "Which it is."})
    suit_generators(document)
    sent, answered = (
        document["components"]["schemas"][name]["properties"]["which"]
        for name in ("Part", "PartOut")
    )
    assert sent == {"description": description}
    assert answered.get("default") == default


def test_drops_a_default_of_null_from_what_may_be_missing_in_an_answer() -> None:
    document = _document({"default": None})
    suit_generators(document)
    assert document["components"]["schemas"]["PartOut"]["properties"]["which"] == {}


def _document(member: dict[str, Any]) -> dict[str, Any]:
    """Make a contract that takes a part within a record, and answers with a part."""

    def reference(name: str) -> dict[str, Any]:
        schema = {"schema": {"$ref": f"#/components/schemas/{name}"}}
        return {"content": {"application/json": schema}}

    record = {"properties": {"parts": {"items": {"$ref": "#/components/schemas/Part"}}}}
    return {
        "paths": {
            "/v1/records": {
                "post": {
                    "requestBody": reference("RecordIn"),
                    "responses": {"201": reference("PartOut")},
                }
            }
        },
        "components": {
            "schemas": {
                "RecordIn": record,
                "Part": {"properties": {"which": deepcopy(member)}},
                "PartOut": {"properties": {"which": deepcopy(member)}},
            }
        },
    }


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name.endswith(("In", "Amendment"))])
def test_the_contract_demands_nothing_that_a_request_may_leave_out(name: str) -> None:
    members = SCHEMAS[name].get("properties", {})
    assert [member for member, schema in members.items() if "default" in schema] == []


def test_no_constant_is_one_of_several_choices() -> None:
    """openapi-python-client refuses everything else there."""
    assert [choice for choice in _choices(CONTRACT) if "const" in choice] == []


def test_writes_a_constant_among_choices_as_a_list_of_one_word() -> None:
    document = _document({"anyOf": [{"type": "integer"}, {"type": "string", "const": "any"}]})
    suit_generators(document)
    assert document["components"]["schemas"]["Part"]["properties"]["which"] == {
        "anyOf": [{"type": "integer"}, {"type": "string", "enum": ["any"]}]
    }


@pytest.mark.parametrize(
    ("values", "written"),
    [
        pytest.param(
            {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            {"type": ["integer", "null"]},
            id="a count that may be withheld",
        ),
        pytest.param(
            {"anyOf": [{"$ref": "#/components/schemas/PartOut"}, {"type": "null"}]},
            {"anyOf": [{"$ref": "#/components/schemas/PartOut"}, {"type": "null"}]},
            id="a shape of its own",
        ),
        pytest.param({"type": "integer"}, {"type": "integer"}, id="never null"),
    ],
)
def test_writes_what_a_map_may_hold_as_types_of_one_value(
    values: dict[str, Any], written: dict[str, Any]
) -> None:
    document = _document({"additionalProperties": values})
    join_null_to_values_of_maps(document)
    part = document["components"]["schemas"]["Part"]["properties"]["which"]
    assert part == {"additionalProperties": written}


def _choices(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield from node.get("anyOf", ())
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _choices(value)
