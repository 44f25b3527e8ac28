"""The first new anti-myeloma therapy after the infusion, N.

Source: the trial's endpoint definitions, time to event, N.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.services.derivations.partial_dates import new_therapy_day
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.event_time import Happening
from app.vocabularies.therapies import TherapyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTherapy(Happening):
    """The start of new anti-myeloma therapy."""

    kind: TherapyKind


def new_therapy(history: SubjectHistory, *, progressed_on: date | None = None) -> NewTherapy | None:
    """Give the first new anti-myeloma therapy after the infusion, up to the data cut; None: none.

    It is any therapy that is anti-myeloma by its kind or by what was irradiated, or an unplanned
    further infusion of the cells; a planned second part of the dose is none. Bridging and
    lymphodepletion come before the infusion and are none.

    Args:
        history: the subject's records.
        progressed_on: first confirmed progression; a start known only to its month falls on it.
            Neither depends on the other: progression may be confirmed after new therapy.

    Source: the trial's endpoint definitions, N and partial dates.

    Decision: a start on the infusion day itself is not after the infusion. Of a subject who was
    enrolled and never infused, a therapy after enrolment is new, because bridging is part of the
    preparation. A start without a month is not used; the centre is asked for it.
    """
    after = history.infused_on
    if after is None and history.enrolment is not None:
        after = history.enrolment.enrolled_on
    if after is None:
        return None
    starts = [
        start for start in _starts(history, after, progressed_on) if start.day <= history.data_cut
    ]
    return min(starts, key=lambda start: (start.day, start.records[0].record_id.int), default=None)


def _starts(
    history: SubjectHistory, after: date, progressed_on: date | None
) -> Iterator[NewTherapy]:
    for therapy in history.therapies:
        if not therapy.is_anti_myeloma or therapy.start is None or therapy.start.latest <= after:
            continue
        start = new_therapy_day(therapy.start, infused_on=after, progressed_on=progressed_on)
        if start is not None:
            yield NewTherapy(
                day=start.day, imputed=start.imputed, records=(therapy.record,), kind=therapy.kind
            )
    for infusion in history.infusions:
        if not infusion.planned and infusion.day > after:
            yield NewTherapy(
                day=infusion.day, records=(infusion.record,), kind=TherapyKind.CAR_T_REINFUSION
            )
