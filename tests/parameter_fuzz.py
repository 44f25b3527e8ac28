"""Hostile parameters, for every place of the contract that takes one."""

import asyncio
import base64
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote

from fastapi import FastAPI

NUMBERS: Final = (
    "0", "-0", "-1", "+1", "1", "7", "08", "007", "1_0", "0x1f", "1e3", "1E400", "1.0", "3.", ".5",
    "1,5", " 1", "1 ", "\t1", "1\n", "NaN", "Infinity", "-Infinity", "null", "true", "\xb2",
    "\u0663", "\uff11", "\u096a\u0968", str(2**31 - 1), str(2**31), str(2**32), str(2**53 + 1),
    str(2**62), str(2**62 + 1), str(2**63 - 1), str(2**63), str(2**64 - 1), str(2**64),
    str(-(2**63)), str(-(2**63) - 1), "9" * 18, "9" * 19, "9" * 40, "1" + "0" * 500, "1" * 5000,
)  # fmt: skip
PLACES: Final = (
    "08-0", "01035-150", "0-0", "0-08", "1-1", "-", "-1", "1-", "--", "1-2-3", "0x1-1",
    "\u0663-\u0663", f"{2**63}-1", f"1-{2**63}", f"{2**64}-{2**64}", "9" * 18 + "-" + "9" * 18,
    "0" * 18 + "-0",
)  # fmt: skip
DATES: Final = (
    "2026", "2026-03", "2026-03-05", "2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01",
    "0001-01-01", "1899-12-31", "1900", "2100-12-31", "2101-01-01", "9999-12-31", "10000-01-01",
    "-0001-01-01", "+2026-01-01", "26-01-01", "20260305", "2026-W10", "2026-065", "2026-3-5",
    "2026-03-05T14:30+08:00", "2026-03-05T14:30", "2026-03-05T24:00Z", "2026-03-05T23:59:60Z",
    "2026-03-05T14:30+14:00", "2026-03-05T14:30-14:01", "2026-03-05T14:30+23:59",
    "2026-03-05 14:30Z", "2026-03-05t14:30z", "1900-01-01T00:00+14:00", "2100-12-31T23:59-14:00",
    "infinity", "-infinity", "now", "today", "epoch", "2026-03-05T14:30:00.1234567Z",
    "\u0662\u0660\u0662\u0666",
)  # fmt: skip
UUIDS: Final = (
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f", "0199d2c86f0e7c2a9d7e4a5b6c7d8e9f",
    "{0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f}", "urn:uuid:0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f",
    "0199D2C8-6F0E-7C2A-9D7E-4A5B6C7D8E9F", "0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9", "g" * 36,
)  # fmt: skip
TEXTS: Final = (
    "", " ", "\x00", "a\x00b", "\x7f", "\r\n", "'", '"', "\\", "\\u0000", "%", "%00", "_", ";",
    "--", "' OR 1=1 --", "$1", "{}", "{0}", "%s", "\ud7ff", "\ufffd", "\u202e", "e\u0301",
    "\U0001f9ec", "../../etc/passwd", "a" * 300, "\u0660" * 50, "NULL", "DEFAULT", "*", "03",
    "03-001", "99", "active", "voided", "M3", "UNS", "3", "sCR", "yes", "FALSE",
)  # fmt: skip
ETAGS: Final = (
    '"1"', '"0"', '"-1"', '"01"', 'W/"1"', '"1', "1", '""', "*", '"1", "2"', f'"{2**31}"',
    f'"{2**63}"', f'"{"9" * 40}"', '"1e0"', '"\xb2"',
)  # fmt: skip
ACCEPTED: Final = (
    "text/csv",
    "application/x-ndjson",
    "application/json;q=0",
    "*/*;q=x",
    ",",
    "a/b",
)


def _cursors() -> Iterator[str]:
    for after in ("0" * 32, "f" * 32, "g" * 32, "0" * 31):
        for seq in ("", "0", "1", "08", "9" * 18, "9" * 19, "-1", "\u0663"):
            yield base64.urlsafe_b64encode(f"{after}.{seq}".encode()).decode().rstrip("=")
    yield from ("=", "AAAA", "a", "-_-_", "é")


CURSORS: Final = tuple(_cursors())
IN_PLACES: Final = (NUMBERS, PLACES, DATES, UUIDS, TEXTS, CURSORS)
SLOW: Final = ("/v1/endpoints/", "/v1/charts/", "/v1/reports/", "/v1/discrepancies", "/openapi")
"""What computes much when it is asked rightly; it is asked less often."""


@dataclass(frozen=True)
class Operation:
    """An operation of the contract and the parameters that it takes."""

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    """Where each is, and its name."""


def operations_of(contract: dict[str, Any]) -> list[Operation]:
    """Give every operation that takes a parameter."""
    return [
        Operation(method.upper(), path, tuple((one["in"], one["name"]) for one in taken))
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
        if (taken := operation.get("parameters"))
    ]


@dataclass
class Answers:
    """What the service answered: how often with which status, and what it should never have."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


async def ask_hostile_things(
    app: FastAPI,
    tokens: Iterable[str],
    valid: dict[str, str],
    chance: random.Random,
    cases: int,
) -> Answers:
    """Ask so many times, with one to three parameters that nobody would send in earnest.

    Args:
        tokens: of the callers among whom one is drawn for each request.
        valid: by name of a parameter of an address, and of what: what exists.
    """
    operations = operations_of(app.openapi())
    weights = [
        len(one.parameters) * (0.02 if one.path.startswith(SLOW) else 1.0) for one in operations
    ]
    callers = tuple(tokens)
    answers = Answers()
    for _ in range(cases):
        (operation,) = chance.choices(operations, weights)
        hostile = chance.sample(
            operation.parameters, min(len(operation.parameters), chance.choice((1, 1, 1, 2, 3)))
        )
        path, query, headers = operation.path, [], [(b"host", b"trial.example")]
        kind = "".join(path.split("/")[4:5])
        for place, name in operation.parameters:
            if (place, name) in hostile:
                value = chance.choice(ETAGS if name.startswith("If-") else chance.choice(IN_PLACES))
            elif place == "path":
                value = valid.get(f"{name} of {kind}") or valid[name]
            else:
                continue
            written = quote(value.encode(errors="replace"), safe="")
            if place == "path":
                path = path.replace(f"{{{name}}}", written or "%20")
            elif place == "query":
                # Octets that are no UTF-8 come as they are.
                query.append(f"{name}={chance.choice((written, written, written, '%ff%fe'))}")
            else:
                headers.append((name.lower().encode(), value.encode(errors="replace")))
        headers.append((b"authorization", f"Bearer {chance.choice(callers)}".encode()))
        if chance.random() < 0.1:
            headers.append((b"accept", chance.choice(ACCEPTED).encode()))
        status = await _ask(app, operation.method, path, "&".join(query), headers)
        answers.statuses[status] += 1
        if status >= 500:
            asked = f"{operation.method} {path}?{'&'.join(query)} {headers[1:-1]}"
            answers.failures.append(f"{status} {asked}")
    return answers


async def _ask(
    app: FastAPI, method: str, path: str, query: str, headers: list[tuple[bytes, bytes]]
) -> int:
    """Ask the application as its server does, and give the status."""
    status = 0
    sent = b"" if method == "GET" else b"{}"
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": method, "scheme": "http", "path": unquote(path), "raw_path": path.encode(),
        "query_string": query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("trial.example", 80), "state": {},
        "headers": [*headers, (b"content-type", b"application/json")],
    }  # fmt: skip

    read = False

    async def receive() -> dict[str, Any]:
        nonlocal read
        if read:
            await asyncio.Event().wait()  # the caller stays until it is answered
        read = True
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, send)
    return status
