"""What generators of clients read otherwise than it is meant, written so that they do not.

A generator reads ``default`` as a value that is always there: openapi-typescript demands such a
member of who sends the record, openapi-generator sends the value with each. In what is sent, the
contract therefore says in words what a member left out stands for; in answers the member is there.

Of a choice between a constant and something else, openapi-python-client refuses all but the
constant, wherever it stands. A list of one word means the same and is read as meant.

Where the values of a map are a scalar or null, openapi-generator ends without a client if that is
written as a choice; two types of one value mean the same.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

Node = dict[str, Any]

_PREFIX: Final = "#/components/schemas/"


def suit_generators(document: Node) -> None:
    """Write a document so that the clients made of it send and take what the service does."""
    _say_defaults_in_words(document)
    _list_constants_of_choices(document)


def _say_defaults_in_words(document: Node) -> None:
    """Put what a member left out stands for into its description, wherever it can be sent.

    In answers a default of null is dropped: a member that may be missing is not there as null.
    """
    schemas = document["components"]["schemas"]
    sent = _sent(document)
    for name, schema in schemas.items():
        for member in schema.get("properties", {}).values():
            if "default" not in member or (name not in sent and member["default"] is not None):
                continue
            value = member.pop("default")
            if value is not None:
                said = f"Left out: `{value if isinstance(value, str) else json.dumps(value)}`."
                member["description"] = f"{member.get('description', '')} {said}".strip()


def _list_constants_of_choices(node: Any) -> None:
    """Write a constant among the choices of a member as a list of one word."""
    if isinstance(node, dict):
        for choice in node.get("anyOf", ()):
            if "const" in choice:
                choice["enum"] = [choice.pop("const")]
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            _list_constants_of_choices(value)


def join_null_to_values_of_maps(node: Any) -> None:
    """Write the choice between a scalar and null, as the values of a map, as two types of one."""
    if isinstance(node, dict):
        values = node.get("additionalProperties")
        if isinstance(values, dict) and len(values.get("anyOf", ())) == 2:
            scalars = [choice for choice in values["anyOf"] if choice != {"type": "null"}]
            if len(scalars) == 1 and isinstance(scalars[0].get("type"), str):
                del values["anyOf"]
                values |= {**scalars[0], "type": [scalars[0]["type"], "null"]}
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            join_null_to_values_of_maps(value)


def _sent(document: Node) -> set[str]:
    """Name the components that a request's body is made of."""
    schemas = document["components"]["schemas"]
    found: set[str] = set()
    waiting = {
        name
        for path in document["paths"].values()
        for operation in path.values()
        for name in _referred(operation.get("requestBody"))
    }
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= {*_referred(schemas[name])} - found
    return found


def _referred(node: Any) -> Iterator[str]:
    """Give the names of the components that a part of the document refers to."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_PREFIX):
            yield reference.removeprefix(_PREFIX)
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _referred(value)
