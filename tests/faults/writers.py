"""Clients that write at once, each under its own keys, and send again what was not answered."""

import asyncio
import json
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from tests.faults.history import Acknowledged, Entry, Event, Storage, StoredAnswer, Version, Write
from tests.subjects.told import consented

TABLES = {"subjects": "enrolment", "visits": "visit", "lab-results": "lab_result"}
REFUSALS = frozenset(
    {
        "database-unavailable",
        "outcome-unknown",
        "overloaded",
        "deadline-exceeded",
        "shutting-down",
    }
)
"""What a client may be told while something is broken, each with ``Retry-After``."""
IN_FLIGHT = "idempotency-key-in-flight"
LABORATORY = {"analyte": "PLT", "value": "31", "unit": "10*9/L", "collected_at": "2026-03-09"}
VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
GIVES_UP = 0.1
"""The part of the writes that is not sent again after it went unanswered."""


@dataclass
class Told:
    """What clients were told: their writes, and how often they heard what."""

    writes: list[Write] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    longest: float = 0.0

    @property
    def acknowledged(self) -> int:
        """How many writes are known to be stored."""
        return sum(write.answer is not None for write in self.writes)


@dataclass
class Writer:
    """A client that enrols a subject and writes about it until it is told to stop."""

    http: httpx.AsyncClient
    principal: str
    centre: str
    chance: random.Random
    told: Told
    stopping: asyncio.Event

    async def write(self) -> None:
        """Enrol a subject; then submit, amend and void records of it."""
        enrolment = consented(self.centre, eligibility=[])
        enrolled = await self._send("POST", "/v1/subjects", enrolment, certain=True)
        assert enrolled is not None
        subject = json.loads(enrolled.body)["subject"]
        while not self.stopping.is_set():
            kind, body = self.chance.choice((("lab-results", LABORATORY), ("visits", VISIT)))
            of_kind = f"/v1/subjects/{subject}/{kind}"
            stored = await self._send("POST", of_kind, body)
            for _ in range(self.chance.randrange(3)):
                if stored is not None:
                    one = f"{of_kind}/{stored.record_id}"
                    stored = await self._send("PUT", one, body, based_on=stored.version)
            if stored is not None and self.chance.random() < 0.2:
                address = f"{of_kind}/{stored.record_id}/void"
                await self._send("POST", address, {}, based_on=stored.version)

    async def _send(
        self,
        method: str,
        address: str,
        body: dict[str, Any],
        *,
        based_on: int | None = None,
        certain: bool = False,
    ) -> Acknowledged | None:
        """Send a write until it is acknowledged, or sometimes only until it went unanswered."""
        token, key = _token(), str(uuid.uuid4())
        marked = {**body, ("source_id" if based_on is None else "reason"): token}
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        if based_on is not None:
            headers["If-Match"] = f'"{based_on}"'
        gives_up = not certain and self.chance.random() < GIVES_UP
        place = len(self.told.writes)
        self.told.writes.append(Write(token, self.principal, key, None))
        while True:
            began = time.monotonic()
            try:
                answer = await self.http.request(
                    method, address, content=json.dumps(marked), headers=headers
                )
            except httpx.TransportError as broken:
                self.told.answers[type(broken).__name__] += 1
                if isinstance(broken, httpx.TimeoutException):
                    self.told.wrong.append(f"no answer to {method} in {time.monotonic() - began} s")
                pause = 0.05
            else:
                if answer.is_success:
                    self.told.answers[str(answer.status_code)] += 1
                    said = answer.json()
                    acknowledged = Acknowledged(said["record_id"], said["version"], answer.text)
                    self.told.writes[place] = Write(token, self.principal, key, acknowledged)
                    return acknowledged
                pause = self._refused(answer)
            finally:
                self.told.longest = max(self.told.longest, time.monotonic() - began)
            if gives_up:
                return None
            await asyncio.sleep(pause)

    def _refused(self, answer: httpx.Response) -> float:
        """Note a refusal and give the seconds to wait after it."""
        slug = str(answer.json()["type"]).removeprefix("/problems/")
        self.told.answers[f"{answer.status_code} {slug}"] += 1
        # A connection that broke leaves its request running for a moment, with the key in its hand.
        fit = (answer.status_code, slug) == (409, IN_FLIGHT) or (
            answer.status_code == 503 and slug in REFUSALS and "Retry-After" in answer.headers
        )
        if not fit:
            self.told.wrong.append(f"{answer.status_code} {answer.text}")
        return min(0.2, float(answer.headers.get("Retry-After", 0.1)))


def _token() -> str:
    """Give a mark in letters only: long runs of digits are no free text."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex)


async def everything_stored(owner: asyncpg.Connection) -> Storage:
    """Read everything that is stored, once every event has its number."""
    for _ in range(100):
        if await owner.fetchval("SELECT unsequenced_seconds()") == 0:
            break
        await asyncio.sleep(0.1)
    async with owner.transaction(isolation="repeatable_read", readonly=True):
        versions = [
            Version(kind, str(row["record_id"]), row["version"], row["token"], row["number"])
            for kind, table in TABLES.items()
            for row in await owner.fetch(
                "SELECT record_id, version, transaction_id::text::bigint AS number, "
                f"CASE version WHEN 1 THEN source_id ELSE reason END AS token FROM {table}"
            )
        ]
        events = await owner.fetch(
            "SELECT transaction_id::text::bigint AS number, id, record_id::text, version "
            "FROM ledger_event"
        )
        entries = await owner.fetch(
            "SELECT seq, transaction_id::text::bigint AS number, event FROM ledger_entry"
        )
        answers = await owner.fetch(
            "SELECT name, key, body FROM stored_answer JOIN principal ON id = principal"
        )
    return Storage(
        versions,
        [Event(row["number"], row["id"], row["record_id"], row["version"]) for row in events],
        [Entry(row["seq"], row["number"], row["event"]) for row in entries],
        [StoredAnswer(row["name"], row["key"], row["body"]) for row in answers],
    )
