"""A crowd that wants to shut out the others: connections that drip, rest, reset and stream.

It runs as a process of its own, so that it does not delay the honest client that is measured.
"""

import asyncio
import json
import resource
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET

HEAD = b"GET /livez HTTP/1.1\r\nHost: trial.example\r\n"
REST = HEAD + b"\r\n"
PIECE = b"X-More: " + b"a" * 65_536
BODY = (
    b"POST /v1/imports HTTP/1.1\r\nHost: trial.example\r\nContent-Type: application/x-ndjson\r\n"
    b"Content-Length: 1000000\r\n\r\n"
)


@dataclass(frozen=True)
class Seen:
    """What a crowd has seen so far."""

    dripping: int
    """Connections that drip and that the service has not ended."""
    longest: float
    """Seconds that a dripping connection was kept at the longest."""


class CrowdProcess:
    """A crowd that runs beside the test."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def seen(self) -> Seen:
        """Ask it what it has seen."""
        asked, said = self._process.stdin, self._process.stdout
        assert asked is not None
        assert said is not None
        asked.write(b"?\n")
        asked.flush()
        return Seen(**json.loads(said.readline()))


@contextmanager
def crowded(port: int, addresses: tuple[str, ...], size: int) -> Iterator[CrowdProcess]:
    """Let a crowd come to a port of this machine: ``size`` drip, as many rest, a tenth reset."""
    command = [sys.executable, "-m", "tests.faults.crowd", str(port), str(size), *addresses]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield CrowdProcess(process)
        finally:
            process.kill()


@dataclass
class Crowd:
    """Many connections to one port, from several loopback addresses or from one.

    Attributes:
        addresses: where they come from.
        alive: connections of each kind that the service has not ended.
        longest: seconds that the longest dripping connection was kept.
    """

    port: int
    addresses: tuple[str, ...]
    alive: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def come(self, *, dripping: int, idle: int, reset: int, streaming: int) -> None:
        """Begin with so many connections of each kind."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        for number in range(dripping):
            self._begin("dripping", self._drip(HEAD if number % 2 else BODY), number)
        for number in range(idle):
            self._begin("idle", self._idle(number), number)
        for number in range(reset):
            self._begin("reset", self._reset(number), number)
        for number in range(streaming):
            self._begin("streaming", self._stream(number), number)

    def _begin(self, kind: str, behaviour: object, number: int) -> None:
        self._tasks.append(asyncio.create_task(self._counted(kind, behaviour, number)))

    async def _counted(self, kind: str, behaviour: object, number: int) -> None:
        self.alive[kind] += 1
        with suppress(OSError, EOFError):
            await behaviour  # type: ignore[misc]
        self.alive[kind] -= 1

    async def _open(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = self.addresses[number % len(self.addresses)]
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))

    async def _drip(self, head: bytes) -> None:
        """Send a head or a body one octet a second until the service has enough of it."""
        reader, writer = await self._open(len(self._tasks))
        began = asyncio.get_running_loop().time()
        writer.write(head)
        ended = asyncio.create_task(reader.read())
        try:
            while not ended.done():
                writer.write(b"a")
                await writer.drain()
                await asyncio.wait([ended], timeout=1)
        finally:
            self.longest = max(self.longest, asyncio.get_running_loop().time() - began)
            ended.cancel()
            writer.close()

    async def _idle(self, number: int) -> None:
        """Ask once and then rest, as long as one is let."""
        reader, writer = await self._open(number)
        try:
            writer.write(REST)
            await reader.read()
        finally:
            writer.close()

    async def _reset(self, number: int) -> None:
        """Ask and reset the connection, again and again."""
        while True:
            _, writer = await self._open(number)
            writer.write(REST)
            await asyncio.sleep(1)
            connection = writer.get_extra_info("socket")
            connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            writer.close()

    async def _stream(self, number: int) -> None:
        """Send a head without an end as fast as it is taken, again and again."""
        while True:
            with suppress(OSError):
                _, writer = await self._open(number)
                writer.write(HEAD)
                try:
                    for _ in range(640):
                        writer.write(PIECE)
                        await writer.drain()
                finally:
                    writer.close()
            await asyncio.sleep(0)


async def _run(port: int, size: int, addresses: tuple[str, ...]) -> None:
    crowd = Crowd(port, addresses)
    crowd.come(dripping=size, idle=size, reset=size // 10, streaming=min(20, size // 10))
    while await asyncio.to_thread(sys.stdin.readline):
        seen = {"dripping": crowd.alive["dripping"], "longest": crowd.longest}
        print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), int(sys.argv[2]), tuple(sys.argv[3:])))
