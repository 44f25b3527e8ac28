"""Holds answers to the published contract as a closed world: no member that it does not declare."""

import copy
import json
import re
from typing import Any

import httpx
from jsonschema_rs import validator_for

Node = dict[str, Any]

OPEN = frozenset({"/openapi.json"})
"""Addresses whose answer is a document of a published form of its own."""


class ClosedWorld:
    """The contract with every object closed, and what answers are not by it.

    Attributes:
        faults: what was answered and is not declared, or not so.
        seen: operations and statuses that an answer was held against.
    """

    def __init__(self, document: Node) -> None:
        self.document = document
        self.faults: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self._components = {"schemas": closed(document["components"]["schemas"])}
        self._validators: dict[str, Any] = {}
        self._paths = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path)
            for path in sorted(document["paths"], key=lambda path: path.count("{"))
        ]

    async def hold(self, response: httpx.Response) -> None:
        """Hold an answer to the contract; a hook of a client."""
        await response.aread()
        path = next((path for form, path in self._paths if form.fullmatch(response.url.path)), None)
        method = response.request.method.lower()
        operation = self.document["paths"].get(path, {}).get(method)
        if operation is None or path in OPEN:
            return
        where = f"{method.upper()} {response.request.url.raw_path.decode()} {response.status_code}"
        declared = operation["responses"].get(str(response.status_code))
        if declared is None:
            self.faults.append(f"{where}: no such status")
            return
        self.seen.add((operation["operationId"], str(response.status_code)))
        if not response.content:
            return
        content = self._resolved(declared).get("content", {})
        form = response.headers["content-type"].partition(";")[0]
        if form not in content:
            self.faults.append(f"{where}: no such form {form}")
            return
        schema = content[form].get("schema", {})
        if form.endswith("json") and "contentSchema" not in schema:
            self._hold_to(schema, response.json(), where)
        for line in response.text.splitlines() if "contentSchema" in schema else ():
            self._hold_to(schema["contentSchema"], json.loads(line), where)

    def _hold_to(self, schema: Node, value: Any, where: str) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            self._validators[key] = validator_for(
                {**closed(schema), "components": self._components}
            )
        for error in self._validators[key].iter_errors(value):
            place = "/".join(str(step) for step in error.instance_path)
            self.faults.append(f"{where} at {place}: {error.message[-300:]}")

    def _resolved(self, node: Node) -> Node:
        found = self.document
        for step in node["$ref"].split("/")[1:] if "$ref" in node else ():
            found = found[step]
        return found if "$ref" in node else node


def closed(node: Any) -> Any:
    """Give a schema in which an object has the members that it declares, and no others."""
    node = copy.deepcopy(node)
    _close(node)
    return node


def _close(node: Any) -> None:
    if isinstance(node, dict):
        if "properties" in node and isinstance(node["properties"], dict):
            node.setdefault("additionalProperties", False)
        for value in node.values():
            _close(value)
    elif isinstance(node, list):
        for value in node:
            _close(value)
