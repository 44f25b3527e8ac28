"""Computes a commitment outside the service, from a document that it gives and a salt.

Written from the description in the contract, and uses nothing of the application but the contract:
a check that shared code with what it checks would share its faults.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OF_EVERY_VERSION = frozenset(
    {"record_id", "version", "state", "subject", "centre", "source_id", "recorded_at",
     "recorded_by", "reason"}
)  # fmt: skip
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
            "\t": "\\t"}  # fmt: skip


def submitted_members(contract: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Give the members that each kind takes when it is submitted, by the segment of its path."""
    found = {}
    for path, routes in contract["paths"].items():
        of_subject = re.fullmatch(r"/v1/subjects/\{subject\}/([a-z-]+)", path)
        if "post" not in routes or not (of_subject or path == "/v1/subjects"):
            continue
        schema = routes["post"]["requestBody"]["content"]["application/json"]["schema"]
        members = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
        if "source_id" in members:
            found[of_subject[1] if of_subject else "subjects"] = frozenset(members)
    return found


def published_contract() -> dict[str, Any]:
    """Read the contract as it is published."""
    text = Path(__file__).parent.parent.joinpath("openapi", "openapi.json").read_text()
    contract: dict[str, Any] = json.loads(text)
    return contract


def commitment(document: str, salt: bytes, clinical: Iterable[str]) -> bytes:
    """Commit to a version, given the text of its document."""
    return hashlib.sha256(salt + content(document, clinical).encode()).digest()


def content(document: str, clinical: Iterable[str]) -> str:
    """Write the content of a version in form 1."""
    said = json.loads(document, parse_int=str, parse_float=str)
    members = OF_EVERY_VERSION.union(clinical)
    if said.get("visit_derived"):
        members -= {"visit"}
    recorded = datetime.fromisoformat(said["recorded_at"]).astimezone(UTC)
    said["recorded_at"] = recorded.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return canonical({name: value for name, value in said.items() if name in members})


def canonical(value: Any) -> str:
    """Write JSON as RFC 8785 says; numbers have become text, and a null member is left out."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{"".join(_character(one) for one in value)}"'
    if isinstance(value, list):
        return f"[{','.join(canonical(item) for item in value)}]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    written = (f"{canonical(n)}:{canonical(value[n])}" for n in names if value[n] is not None)
    return f"{{{','.join(written)}}}"


def _character(one: str) -> str:
    return _ESCAPED.get(one) or (f"\\u{ord(one):04x}" if one < " " else one)
