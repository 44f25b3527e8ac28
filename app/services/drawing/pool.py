"""Some processes that draw, started when they are wanted, killed when they take too long."""

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass, field
from typing import Final

import structlog

from app.problems import DeadlineExceeded, Overloaded
from app.services.drawing.order import REPLY, DrawingOutcome, Order, packed

log = structlog.get_logger()

PROCESSES: Final = 2
WAITING: Final = 16
"""Pictures that may wait for a process; whoever comes then is asked to come again."""

START_SECONDS: Final = 60.0
RETRY_AFTER: Final = {"Retry-After": "2"}
_KEPT_VARIABLES: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""What a process that draws needs of our environment; the rest of it is none of its business."""


class DrawingError(RuntimeError):
    """A report could not be drawn, which is a mistake of ours."""


class _Ended(Exception):  # noqa: N818 - not an error by itself
    """The process is gone."""


@dataclass(slots=True, eq=False)
class DrawingProcess:
    """One process that draws."""

    process: asyncio.subprocess.Process
    _in: asyncio.StreamWriter
    _out: asyncio.StreamReader

    @classmethod
    async def start(cls) -> "DrawingProcess":
        """Start one and wait until it can draw."""
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.services.drawing.process",
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**kept, "TZ": "UTC", "LANG": "C.UTF-8"},
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process has the pipes that it was started with")
        started = cls(process, process.stdin, process.stdout)
        try:
            async with asyncio.timeout(START_SECONDS):
                await started.answer()
        except BaseException:
            await started.end()
            raise
        return started

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None

    async def draw(self, order: Order, report: bytes) -> tuple[DrawingOutcome, bytes]:
        """Send an order and wait for what comes of it."""
        try:
            self._in.write(packed(order, report))
            await self._in.drain()
        except (ConnectionError, RuntimeError):
            raise _Ended from None
        return await self.answer()

    async def answer(self) -> tuple[DrawingOutcome, bytes]:
        """Wait for the next answer."""
        try:
            outcome, length = REPLY.unpack(await self._out.readexactly(REPLY.size))
            return DrawingOutcome(outcome), await self._out.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise _Ended from None

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self._in.close()
        await self.process.wait()


@dataclass(slots=True)
class DrawingPool:
    """The processes of one worker.

    Attributes:
        seconds: how long one picture may take.
    """

    seconds: float
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PROCESSES))
    _idle: list[DrawingProcess] = field(default_factory=list)
    _all: set[DrawingProcess] = field(default_factory=set)
    _asked: int = 0
    _stopped: bool = False

    async def draw(self, order: Order, report: bytes) -> bytes:
        """Draw a report.

        Raises:
            DeadlineExceeded: it took longer than a picture may; the process is killed.
            Overloaded: too many pictures are wanted at once, or the process ended.
            DrawingError: the report cannot be drawn.
        """
        if self._stopped or self._asked >= PROCESSES + WAITING:
            raise _busy()
        self._asked += 1
        try:
            try:
                await asyncio.wait_for(self._places.acquire(), self.seconds)
            except TimeoutError:
                raise _busy() from None
            try:
                return await self._drawn(order, report)
            finally:
                self._places.release()
        finally:
            self._asked -= 1

    async def stop(self) -> None:
        """End every process, whatever it is doing; none is started any more."""
        self._stopped = True
        self._idle.clear()
        await asyncio.gather(*(process.end() for process in self._all))
        self._all.clear()

    @property
    def identities(self) -> list[int]:
        """The process ids of those that live."""
        return [one.process.pid for one in self._all if one.alive]

    async def _drawn(self, order: Order, report: bytes) -> bytes:
        while True:
            process, fresh = await self._process()
            try:
                return await self._drawn_by(process, order, report)
            except _Ended:
                log.warning("drawing process ended", chart=order.chart)
                if fresh or self._stopped:
                    raise _busy() from None

    async def _drawn_by(self, process: DrawingProcess, order: Order, report: bytes) -> bytes:
        """Have one process draw, and keep it for the next picture if it came back from this one."""
        kept = False
        try:
            async with asyncio.timeout(self.seconds):
                outcome, body = await process.draw(order, report)
            kept = outcome is not DrawingOutcome.DRAWN_AND_LEAVING
        except TimeoutError:
            log.warning("picture took too long", chart=order.chart, form=order.form.value)
            raise DeadlineExceeded(
                "The picture took longer than a picture may.", headers=RETRY_AFTER
            ) from None
        finally:
            if kept and not self._stopped:
                self._idle.append(process)
            else:
                self._all.discard(process)
                await process.end()
        if outcome is DrawingOutcome.FAILED:
            raise DrawingError(body.decode())
        return body

    async def _process(self) -> tuple[DrawingProcess, bool]:
        """Give a process that is free, and whether it is new; one that died is replaced."""
        while self._idle:
            process = self._idle.pop()
            if process.alive:
                return process, False
            self._all.discard(process)
        try:
            process = await DrawingProcess.start()
        except (TimeoutError, _Ended, OSError) as error:
            log.error("drawing process not started", error=type(error).__name__)
            raise _busy() from None
        if self._stopped:
            await process.end()
            raise _busy()
        self._all.add(process)
        return process, True


def _busy() -> Overloaded:
    return Overloaded("Ask for the picture again in a moment.", headers=RETRY_AFTER)
