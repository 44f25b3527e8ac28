"""Subjects in a few words, as a centre's system sends them.

A day is a date, or a whole number of days from the subject's infusion; where a record may be dated
otherwise, what is neither stands in its body as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

INFUSED_ON: Final = date(2024, 3, 1)
"""The infusion day of a subject of whom nothing else is said."""

Day = date | int


@dataclass(frozen=True, slots=True)
class Record:
    """One record to be sent; days in its body may still count from the infusion."""

    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is told of one subject.

    Attributes:
        name: what the tests call it; the ``source_id`` of its records begins with it.
    """

    name: str
    centre: str
    infused_on: date
    enrolment: Mapping[str, Any]
    records: tuple[Record, ...]

    def lines(self, code: str) -> Iterator[dict[str, Any]]:
        """Give the lines of an import that tell everything but the enrolment."""
        for number, record in enumerate(self.records, start=1):
            yield {
                "kind": record.kind,
                "subject": code,
                "source_id": f"{self.name}/{number}",
                **self.dated(record.body),
            }

    def dated(self, value: Any) -> Any:
        """Write days as dates."""
        if isinstance(value, _Day):
            return value.written(self.infused_on)
        if isinstance(value, Mapping):
            return {name: self.dated(member) for name, member in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.dated(member) for member in value]
        return value


@dataclass(frozen=True, slots=True)
class _Day:
    day: Day
    time: str = ""

    def written(self, infused_on: date) -> str:
        on = self.day if isinstance(self.day, date) else infused_on + timedelta(days=self.day)
        return f"{on}{self.time}"


def subject(
    name: str,
    *records: Record,
    centre: str = "03",
    infused_on: date = INFUSED_ON,
    prepared: bool = True,
    infused: bool = True,
    **enrolment: Any,
) -> Subject:
    """An enrolled subject, prepared and infused unless said otherwise."""
    way = [
        *([preparation()] if prepared else []),
        *([infusion()] if infused else []),
    ]
    return Subject(
        name=name,
        centre=centre,
        infused_on=infused_on,
        enrolment={
            "kind": "subjects",
            "source_id": name,
            **consented(centre, day(infused_on, -45)),
            "enrolled_on": day(infused_on, -40),
            **enrolment,
        },
        records=(*way, *records),
    )


def consented(centre: str = "03", signed_on: str = "2026-02-10", **more: Any) -> dict[str, Any]:
    """The least that a centre tells of a subject: a woman, her year of birth and her consent."""
    consent = {"version": "3.1", "signed_on": signed_on}
    return {"centre": centre, "sex": "F", "year_of_birth": 1961, "consent": consent, **more}


def day(origin: date, days: int) -> str:
    """The date that many days from another."""
    return (origin + timedelta(days=days)).isoformat()


def preparation(
    leukapheresis: Day = -35, lymphodepletion: Iterable[Day] = (-5,), **more: Any
) -> Record:
    """Leukapheresis, and fludarabine on some days or on none."""
    body: dict[str, Any] = {"leukapheresis_on": _Day(leukapheresis), **more}
    dose = {"agent": "fludarabine", "dose": "30", "unit": "mg/m2"}
    given = [{**dose, "given_on": _Day(on)} for on in lymphodepletion]
    return Record("preparations", body | ({"lymphodepletion": given} if given else {}))


def infusion(on: Day = 0, **more: Any) -> Record:
    """An infusion of cells at nine in the morning."""
    return Record("infusions", {"infusion_kind": "planned", "infused_at": timed_on(on), **more})


def timed_on(on: Day) -> Any:
    """Nine o'clock of a day inside the body of a record."""
    return _Day(on, "T09:00+08:00")


def assessment(on: Day, **parts: Any) -> Record:
    """A disease evaluation; its parts as ``evaluation_parts.components`` gives them."""
    return Record("assessments", {"assessed_on": _Day(on), **parts})


def rated(on: Day, category: str, basis: str | None = None, **parts: Any) -> Record:
    """An evaluation of which there is the investigator's category and nothing else."""
    if basis is not None:
        parts["investigator_pd_basis"] = basis
    return assessment(on, investigator_response=category, **parts)


def new_therapy(on: Day, **more: Any) -> Record:
    """New anti-myeloma therapy."""
    return Record("therapies", {"therapy_kind": "new_anti_myeloma", "start": _Day(on), **more})


def death(on: Day, cause: str = "other", **more: Any) -> Record:
    """A death that the centre learnt of on its day."""
    return Record(
        "follow-ups",
        {
            "contacted_on": _Day(on),
            "status": "died",
            "death_date": _Day(on),
            "death_cause": cause,
            **more,
        },
    )


def contact(on: Day) -> Record:
    """A contact with the living subject."""
    return Record("follow-ups", {"contacted_on": _Day(on), "status": "alive"})


def withdrawal(on: Day) -> Record:
    """A withdrawal of consent to be followed."""
    return Record(
        "follow-ups",
        {
            "contacted_on": _Day(on),
            "status": "withdrew",
            "withdrawal_scope": "follow_up",
            "withdrew_on": _Day(on),
        },
    )


def visit(code: str, on: Day) -> Record:
    """A visit that took place."""
    return Record("visits", {"visit": code, "status": "done", "visited_on": _Day(on)})


def kinetics(on: Day, copies: str, **more: Any) -> Record:
    """CAR copies in the blood of a morning."""
    return Record(
        "kinetics",
        {
            "matrix": "PB",
            "method": "qpcr",
            "value": copies,
            "unit": "{copies}/ug",
            "lloq": "50",
            "collected_at": timed_on(on),
            **more,
        },
    )


def dated_on(on: Day) -> Any:
    """A day inside the body of a record."""
    return _Day(on)


def lab(on: Any, analyte: str, value: Any, unit: str, **more: Any) -> Record:
    """A laboratory result of a morning."""
    at = timed_on(on) if isinstance(on, Day) else on
    result = {"analyte": analyte, "value": str(value), "unit": unit, "collected_at": at}
    return Record("lab-results", {**result, **more})


def event(term: str, onset: Any, **more: Any) -> Record:
    """An adverse event of grade 2 that nobody calls serious."""
    began = dated_on(onset) if isinstance(onset, Day) else onset
    return Record(
        "adverse-events", {"term": term, "grade": 2, "serious": False, "onset": began, **more}
    )
