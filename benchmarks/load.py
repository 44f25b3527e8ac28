"""A client that costs little: many connections, each with one request on its way at a time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

CONNECTIONS = 32
Request = Callable[[], bytes]


@dataclass(frozen=True)
class Rate:
    """How fast a service answered."""

    per_second: float
    p50: float
    p99: float


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Write a request once; what changes from one to the next is replaced in its bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def drive(
    port: int, make: Request, count: int, expected: int = 200, *, connections: int = CONNECTIONS
) -> Rate:
    """Send ``count`` requests over all connections and say how fast they were answered.

    Raises:
        RuntimeError: an answer has another status than expected.
    """
    remaining = count
    times: list[float] = []

    async def connection() -> None:
        nonlocal remaining
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        while remaining > 0:
            remaining -= 1
            began = time.perf_counter()
            writer.write(make())
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            place = head.lower().find(b"content-length:")
            length = int(head[place + 15 : head.find(b"\r\n", place)]) if place >= 0 else 0
            body = await reader.readexactly(length) if length else b""
            times.append(time.perf_counter() - began)
            if status != expected:
                raise RuntimeError(f"{status} instead of {expected}: {body[:300]!r}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(connections)))
    seconds = time.perf_counter() - began
    times.sort()
    return Rate(len(times) / seconds, times[len(times) // 2], times[len(times) * 99 // 100])
