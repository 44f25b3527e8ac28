"""What every subject's history is made of: identities, days, an enrolment, an infusion."""

from __future__ import annotations

import uuid
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.subject_history import Enrolment, Infusion, SubjectHistory
from app.trial.trial import load_trial

TRIAL = load_trial()


def record_id(name: str | int) -> uuid.UUID:
    """The identity of a record by its name or number in a test."""
    return uuid.UUID(int=name) if isinstance(name, int) else uuid.uuid5(uuid.NAMESPACE_OID, name)


def ref(kind: str, name: str | int = 1) -> RecordRef:
    """A record of a kind; equal names are the same record."""
    return RecordRef(kind, record_id(name), 1)


def days(text: str) -> PossibleDays:
    """A date as written: ``2024``, ``2024-02`` or ``2024-02-03``."""
    parts = [int(part) for part in text.split("-")]
    match parts:
        case [year]:
            return PossibleDays(date(year, 1, 1), date(year, 12, 31))
        case [year, month]:
            last = monthrange(year, month)[1]
            return PossibleDays(date(year, month, 1), date(year, month, last))
        case _:
            return PossibleDays.on(date.fromisoformat(text))


def instant(moment: datetime) -> PossibleDays:
    """A moment, whose day is that of the clock it is written on."""
    return PossibleDays(moment.date(), moment.date(), moment.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Count:
    """Days as they count from the start of an infusion, on the clock of the centre."""

    started_at: datetime

    def on(self, day: int) -> date:
        return self.started_at.date() + timedelta(day)

    def day(self, day: int) -> PossibleDays:
        """A calendar day, its time unknown."""
        return PossibleDays.on(self.on(day))

    def at(self, day: int, time: str) -> PossibleDays:
        """A time on the centre's clock."""
        moment = datetime.fromisoformat(f"{self.on(day)}T{time}")
        return instant(moment.replace(tzinfo=self.started_at.tzinfo))

    def after(self, days: float) -> PossibleDays:
        """The moment that many days after the start, to the second."""
        return instant(self.started_at + timedelta(seconds=round(days * 86_400)))


def enrolment(enrolled_on: date | None, **more: Any) -> Enrolment:
    return Enrolment(record=ref("subjects"), enrolled_on=enrolled_on, **more)


def infusion(started_at: datetime, number: int = 1, **more: Any) -> Infusion:
    return Infusion(record=ref("infusions", number), started_at=started_at, **more)


def history(*, data_cut: date, subject: str = "03-008", **records: Any) -> SubjectHistory:
    """A subject of whom nothing is known but what is said here."""
    given: dict[str, Any] = {
        "subject": subject,
        "centre": subject[:2],
        "data_cut": data_cut,
        "horizon_months": TRIAL.horizon_months,
    }
    return SubjectHistory(**given | records)
