"""What a caller may be answered without, in the shapes of derived documents.

Numbers of an endpoint are null where small counts are withheld, and `withheld` says so; what people
wrote is null for roles that do not read it. Both can happen at any depth, so that the contract says
it of every member here, and the models of figures say what the members are.
"""

from collections.abc import Iterator
from typing import Any, Final

from app.schemas.free_text import members_of_records
from app.services.statistics.small_cells import WITHHELD

Node = dict[str, Any]

_PREFIX: Final = "#/components/schemas/"
_NULL: Final = {"type": "null"}
_TOLD: Final = {
    "type": "boolean",
    "description": "True where small counts are withheld here; absent elsewhere.",
}
_NOT_AGGREGATED: Final = ("rows", "data_errors")
"""Members of a whole answer that are about single subjects."""


def say_what_is_withheld(document: Node) -> None:
    """Say in a contract what of its figures may be null, and where it says that it is."""
    schemas = document["components"]["schemas"]
    counted: set[str] = set()
    derived: set[str] = set()
    for path, methods in document["paths"].items():
        if path.startswith("/v1/endpoints/"):
            answer = _answer_of(methods)
            derived |= _reached(schemas, answer, ())
            counted |= _reached(schemas, answer, _NOT_AGGREGATED)
        elif path == "/v1/discrepancies" or path.endswith("/response"):
            derived |= _reached(schemas, _answer_of(methods), ())
    for name in counted:
        _numbers_may_be_null(schemas[name])
    for name in derived:
        _words_may_be_null(schemas[name])


def _answer_of(methods: Node) -> str:
    schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    name: str = schema["$ref"].removeprefix(_PREFIX)
    return name


def _reached(schemas: Node, answer: str, without: tuple[str, ...]) -> set[str]:
    """Give the objects that an answer is made of, but for those of some members of a report."""
    found: set[str] = set()
    waiting = [answer]
    while waiting:
        name = waiting.pop()
        if name in found or "properties" not in schemas[name]:
            continue
        found.add(name)
        whole = "engine_version" in schemas[name]["properties"]
        for member, described in schemas[name]["properties"].items():
            if not (whole and member in without):
                waiting += _references(described)
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(_PREFIX)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _numbers_may_be_null(schema: Node) -> None:
    for name, member in schema["properties"].items():
        if name == WITHHELD:
            continue
        for choice in (member, *member.get("anyOf", ())):
            if "prefixItems" in choice:
                choice.pop("minItems", None)
        if member.get("type") in {"integer", "number"}:
            schema["properties"][name] = _or_null(member)
        elif isinstance(member.get("additionalProperties"), dict):
            inner = member["additionalProperties"]
            if inner.get("type") == "integer":
                member["additionalProperties"] = {"anyOf": [inner, _NULL]}
            if "propertyNames" in member:
                names = [member["propertyNames"], {"enum": [WITHHELD]}]
                member["propertyNames"] = {"anyOf": names}
            member.setdefault("properties", {})[WITHHELD] = dict(_TOLD)
    schema["properties"].setdefault(WITHHELD, dict(_TOLD))


def _words_may_be_null(schema: Node) -> None:
    free = members_of_records()
    for name, member in schema["properties"].items():
        if name not in free:
            continue
        if member.get("type") == "string":
            schema["properties"][name] = _or_null(member)
        elif member.get("type") == "array" and member["items"].get("type") == "string":
            member["items"] = {"anyOf": [member["items"], _NULL]}


def _or_null(member: Node) -> Node:
    said: Node = {key: member[key] for key in ("description", "title") if key in member}
    of_value = {key: value for key, value in member.items() if key not in said}
    return {"anyOf": [of_value, dict(_NULL)], **said}
