"""The shapes of the contract under names of their own: one component a shape, one title a name.

FastAPI derives each shape from the model of one route and names it after the model. Here the
document gets what programs that are made of it rely on. A component's title is its name, and
nothing else has a title: generators take each for the name of a class. What differs between what is
sent and what is answered ends in ``In`` and ``Out``. A shape that stands in several places, such as
a decimal or a list of words, is one component.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from app.models.shape import COMPONENT

Node = dict[str, Any]

_PREFIX: Final = "#/components/schemas/"
_DIRECTIONS: Final = {"-Input": "In", "-Output": "Out"}
_OTHER_WAY: Final = {"-Input": "-Output", "-Output": "-Input"}
_ENDINGS: Final = ("Amendment", "Stored", "In", "Out")
_OF_THE_PLACE: Final = frozenset({"title", "description", "default", "examples", "deprecated"})
"""What a schema says of the place that it stands at, and not of the shape."""

_OF_A_FIELD: Final = frozenset(
    {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "pattern"}
)
"""What a field may narrow beside a choice of shapes that it refers to."""


def name_components(document: Node) -> None:
    """Give every shape of a document its name, and write each shape once.

    Raises:
        ValueError: two shapes would have one name.
    """
    schemas = document["components"]["schemas"]
    _name_directions(document, schemas)
    for node in list(_nodes(document["paths"], schemas)):
        _without_null_twice(node)
    _keep_what_is_used(document, schemas)
    _share(document, schemas, _declared_name)
    _share(document, schemas, _Lists(document, schemas).name)
    for name, schema in schemas.items():
        schema["title"] = name


def _nodes(*roots: Any) -> Iterator[Node]:
    """Give every object of a document, the inner ones first."""
    for root in roots:
        for value in root.values() if isinstance(root, dict) else root:
            if isinstance(value, dict | list):
                yield from _nodes(value)
        if isinstance(root, dict):
            yield root


def _name_directions(document: Node, schemas: Node) -> None:
    """Write ``AlbuminIn`` and ``AlbuminOut`` for what FastAPI calls ``Albumin-Input``.

    Of two models of one name FastAPI writes where they come from: what rules derive is called so.
    """
    names = {name: _ours(name, schemas) for name in list(schemas)}
    names = {name: ours for name, ours in names.items() if ours != name}
    for name, ours in names.items():
        if ours in schemas:
            raise ValueError(f"two shapes would be {ours}")
        schemas[ours] = schemas.pop(name)
    for node in _nodes(document["paths"], schemas):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.removeprefix(_PREFIX) in names:
            node["$ref"] = _PREFIX + names[reference.removeprefix(_PREFIX)]
    for node in _nodes(document["paths"], schemas):
        if isinstance(node.get("title"), str):
            del node["title"]


def _ours(name: str, schemas: Node) -> str:
    module, _, plain = name.rpartition("__")
    derived = "Derived" if module.startswith("app__services__") else ""
    for ending, ours in _DIRECTIONS.items():
        if plain.endswith(ending):
            stem = plain.removesuffix(ending)
            twin = stem + _OTHER_WAY[ending]
            twins = any(one.rpartition("__")[2] == twin for one in schemas)
            return derived + stem + (ours if twins else "")
    return derived + plain


def _keep_what_is_used(document: Node, schemas: Node) -> None:
    """Drop the shapes that no route sends or answers, such as what a parameter is read into."""
    used: set[str] = set()
    waiting: list[Any] = [document["paths"], schemas["ProblemDocument"]]
    while waiting:
        for node in _nodes(waiting.pop()):
            name = str(node.get("$ref", "")).removeprefix(_PREFIX)
            if name in schemas and name not in used:
                used.add(name)
                waiting.append(schemas[name])
    for name in schemas.keys() - used - {"ProblemDocument"}:
        del schemas[name]


def _without_null_twice(node: Node) -> None:
    """Say once that a text may be null."""
    choices = node.get("anyOf", ())
    if {"type": "null"} in choices:
        for choice in choices:
            if isinstance(choice.get("type"), list):
                (choice["type"],) = (one for one in choice["type"] if one != "null")


def _share(document: Node, schemas: Node, named: Callable[[Node], str | None]) -> None:
    """Make a component of every shape that has a name, and refer to it where it stands.

    Raises:
        ValueError: two shapes would have one name.
    """
    whole = {id(schema) for schema in schemas.values()}
    for node in list(_nodes(document["paths"], list(schemas.values()))):
        name = None if id(node) in whole else named(node)
        if name is None:
            continue
        beside = _OF_THE_PLACE | (_OF_A_FIELD if "anyOf" in node else frozenset())
        shape = {key: value for key, value in node.items() if key not in {*beside, COMPONENT}}
        if _key(schemas.setdefault(name, shape)) != _key(shape):
            raise ValueError(f"two shapes would be {name}")
        kept = {key: value for key, value in node.items() if key in beside}
        node.clear()
        node |= {"$ref": _PREFIX + name, **kept}


def _declared_name(node: Node) -> str | None:
    """Give the name that the type of a field has for its shape."""
    name = node.get(COMPONENT)
    return name if isinstance(name, str) else None


class _Lists:
    """The names of lists of words that stand in more than one place: the usual name of the member.

    A list of the words of ``severity`` is ``Severity``; of the many of ``unit`` each is of its
    owner, ``SerumMProteinUnit``.
    """

    def __init__(self, document: Node, schemas: Node) -> None:
        places: dict[str, list[tuple[str, str]]] = {}
        for owner, member, node in _members(document, schemas):
            for inner in _nodes(node):
                if "enum" in inner:
                    places.setdefault(_key(inner), []).append((owner, member))
        self._names = {_key(one): name for name, one in schemas.items() if "enum" in one}
        shared = {
            key: found for key, found in places.items() if len(found) > 1 and key not in self._names
        }
        usual = {
            key: Counter(member for _, member in found).most_common(1)[0][0]
            for key, found in shared.items()
        }
        lists_of = Counter(usual.values())
        for key, found in shared.items():
            member = usual[key]
            owner = next(owner for owner, one in found if one == member)
            name = _camel(member)
            if lists_of[member] > 1:
                name = _stem(owner) + name
            self._names[key] = f"{name}Choice" if name in schemas else name

    def name(self, node: Node) -> str | None:
        """Give the name of a list of words that is shared; None: it is none."""
        return self._names.get(_key(node)) if "enum" in node else None


def _members(document: Node, schemas: Node) -> Iterator[tuple[str, str, Node]]:
    """Give each member of a shape and each parameter, with what it belongs to."""
    for owner, schema in schemas.items():
        for member, node in schema.get("properties", {}).items():
            yield owner, member, node
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                yield _camel(operation["operationId"]), parameter["name"], parameter["schema"]


def _key(node: Node) -> str:
    return json.dumps(
        {key: value for key, value in node.items() if key not in _OF_THE_PLACE}, sort_keys=True
    )


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def _stem(owner: str) -> str:
    return next((owner.removesuffix(one) for one in _ENDINGS if owner.endswith(one)), owner)
