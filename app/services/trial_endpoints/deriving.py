"""Derives subjects from their rows: a few beside the requests, many in processes of their own.

A trial of sixty is derived in a thread. A cohort of thousands would keep one core busy for minutes,
so its rows go to a process per core, which lives as long as the question.
"""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Final, Protocol

from app.services.analysis_data import AnalysisCut, SubjectRows, history_of_rows
from app.services.derivations.subject.analyse import analyse
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.trial.trial import Trial

MANY: Final = 300
"""From so many subjects on, starting processes costs less than it saves."""

_trial_of_process: Trial


class Deriving(Protocol):
    """What makes analyses of rows."""

    async def __call__(
        self, rows: Sequence[SubjectRows], cut: AnalysisCut
    ) -> list[SubjectAnalysis]:
        """Derive the subjects of some rows."""
        ...


@dataclass(frozen=True, slots=True)
class InThread:
    """Derives beside the requests of this worker."""

    trial: Trial

    async def __call__(
        self, rows: Sequence[SubjectRows], cut: AnalysisCut
    ) -> list[SubjectAnalysis]:
        """Derive in a thread, so that other requests get their turns."""
        return await asyncio.to_thread(_derived, self.trial, rows, cut)


@dataclass(frozen=True, slots=True)
class InProcesses:
    """Derives in processes of their own."""

    pool: ProcessPoolExecutor

    async def __call__(
        self, rows: Sequence[SubjectRows], cut: AnalysisCut
    ) -> list[SubjectAnalysis]:
        """Send the rows to a process and wait for what it made of them."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, _derived_in_process, rows, cut)


@asynccontextmanager
async def deriving(trial: Trial, subjects: int) -> AsyncIterator[Deriving]:
    """Give what derives so many subjects best."""
    if subjects < MANY:
        yield InThread(trial)
        return
    pool = ProcessPoolExecutor(
        max_workers=os.cpu_count() or 1,
        # A fork would copy the threads and connections of the worker in the middle of their work.
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(trial,),
    )
    try:
        yield InProcesses(pool)
    finally:
        await asyncio.to_thread(pool.shutdown, cancel_futures=True)


def _begin(trial: Trial) -> None:
    global _trial_of_process  # noqa: PLW0603 - what a process is started with
    _trial_of_process = trial
    # What a process derives stays until it is sent; looking through it for garbage finds none.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the worker that started it is gone, however it ended."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _derived_in_process(rows: Sequence[SubjectRows], cut: AnalysisCut) -> list[SubjectAnalysis]:
    return _derived(_trial_of_process, rows, cut)


def _derived(trial: Trial, rows: Sequence[SubjectRows], cut: AnalysisCut) -> list[SubjectAnalysis]:
    return [analyse(history_of_rows(trial, one, cut), trial) for one in rows]
