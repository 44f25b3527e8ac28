"""What one worker of the service holds: settings, the trial, the database and the keys."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import structlog

from app.access.signing_keys import SigningKeys
from app.config import Settings
from app.database import Database
from app.problems import Problem
from app.services import ledger
from app.services.configured_sign_in import configured_sign_in
from app.services.drawing.pictures import Pictures
from app.services.drawing.pool import DrawingPool
from app.services.printed_reports import PrintedReports
from app.services.record_reads import RecordReads
from app.services.records import Records
from app.services.sign_in import SignIn
from app.services.trial_endpoints.analyses import Analyses
from app.services.trial_endpoints.answers import Answers
from app.trial.trial import Trial, load_trial

log = structlog.get_logger()


@dataclass
class Service:
    """Everything a route needs, made once when the application is assembled."""

    settings: Settings
    trial: Trial
    database: Database
    sign_in: SignIn
    records: Records
    record_reads: RecordReads
    answers: Answers
    pictures: Pictures
    reports: PrintedReports
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def signing_keys(self) -> SigningKeys:
        """The keys that sign our access tokens."""
        return self.sign_in.keys

    async def start(self) -> None:
        """Begin what runs beside the requests."""
        if self.settings.sequencer:
            self._tasks.append(asyncio.create_task(self._keep_the_ledger()))

    async def stop(self) -> None:
        """End it, and let go of the database."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        await self.pictures.pool.stop()
        await self.database.close()

    async def _keep_the_ledger(self) -> None:
        """Number what is committed, again and again; once an hour forget what has expired.

        Every worker does it; the lock in the database lets one at a time. A database that is away
        or fails is asked again.
        """
        kept = timedelta(days=self.settings.idempotency_days)
        passes = 0
        while True:
            try:
                await ledger.number_events(self.database)
                if passes % 7200 == 0:
                    await self.database.service_value("SELECT forget_expired($1)", kept)
                passes += 1
            except Problem as problem:
                log.warning("ledger not numbered", problem=problem.slug())
            except asyncpg.PostgresError as error:
                log.error("ledger not numbered", error=type(error).__name__)
            await asyncio.sleep(0.5)


def assemble(settings: Settings, database_url: str) -> Service:
    """Make everything that a worker holds, without touching the network."""
    database = Database(settings, database_url)
    trial = load_trial(settings.trial)
    answers = Answers(database, Analyses(database, trial))
    pool = DrawingPool(settings.chart_seconds)
    return Service(
        settings=settings,
        trial=trial,
        database=database,
        sign_in=configured_sign_in(settings, database),
        records=Records(database, trial),
        record_reads=RecordReads(database, trial),
        answers=answers,
        pictures=Pictures(answers, pool),
        reports=PrintedReports(database, trial, answers, pool),
    )
