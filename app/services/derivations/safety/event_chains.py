"""Lines of one adverse event that were reported as several records, and what of them is emergent.

Source: ICH E9, treatment-emergent; the trial's endpoint definitions, adverse events, linked lines;
the trial's protocol, one record of an adverse event.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar

from app.services.derivations.subject_history import AdverseEvent

ChainState = Literal["at_infusion", "previous_line"]
LineT = TypeVar("LineT", bound="EventLine")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One record of an adverse event as its place in a chain is told from it.

    Attributes:
        begins: day it began, filled in where it is not known; the infusion day of an onset of
            which nothing is known.
        ends: day it ended; None: it had not by the cut, or nobody says.
        before: it began before the infusion.
    """

    event: AdverseEvent
    begins: date
    ends: date | None
    before: bool

    @property
    def record_id(self) -> uuid.UUID:
        """Identity of the record."""
        return self.event.record.record_id

    @property
    def begins_at(self) -> datetime | None:
        """Moment it began; None: its time is not known."""
        return self.event.onset.instant if self.event.onset else None


def event_chains(lines: Iterable[LineT], *, gap_days: int) -> tuple[tuple[LineT, ...], ...]:
    """Gather lines that name each other into chains, each in the order of onset.

    ``part_of_episode`` and ``worsening_of`` link. A line that begins more than ``gap_days`` after
    all earlier ones had ended starts a new chain, linked or not. A line without a link is a chain
    of its own.

    Source: the trial's endpoint definitions, adverse events, linked lines.
    Decision: an earlier line of which no end is known had not ended. Of lines that begin together
    the one named as having worsened comes first.
    """
    by_id = {line.record_id: line for line in lines}
    return tuple(
        chain
        for linked in _linked(by_id)
        for chain in _parted(sorted(linked, key=lambda line: _place(line, by_id)), gap_days)
    )


def emergent_lines(
    chain: Sequence[LineT], *, state: ChainState = "at_infusion"
) -> tuple[LineT, ...]:
    """Give the lines of a chain that make up a treatment-emergent event; empty: there is none.

    The state at the infusion is the grade of the last line that began before it. Without such a
    line every line is emergent. Otherwise the first line after the infusion whose grade is above
    the state, or whose grade or state is missing, and everything that follows it; what came before
    it does not belong.

    Args:
        chain: in the order of onset, of an infused subject.
        state: ``previous_line``: the grade has to be above that of the line before it.

    Source: the trial's endpoint definitions, adverse events, linked lines.
    """
    reference = next((line for line in reversed(chain) if line.before), None)
    after = tuple(line for line in chain if not line.before)
    if reference is None:
        return after
    for place, line in enumerate(after):
        if is_worse(line.event, reference.event):
            return after[place:]
        if state == "previous_line":
            reference = line
    return ()


def is_worse(event: AdverseEvent, before: AdverseEvent) -> bool:
    """Tell whether a line is of a higher grade than one before it, or one of them has no grade.

    Decision: grades of one scale are compared: CTCAE, and ASTCT where a CTCAE grade is missing.
    """
    for grade, earlier in ((event.grade, before.grade), (event.astct_grade, before.astct_grade)):
        if grade is not None and earlier is not None:
            return grade > earlier
    return True


def _linked(by_id: Mapping[uuid.UUID, LineT]) -> list[list[LineT]]:
    """Group the lines that name each other; most name nobody and are named by none."""
    named = {link for line in by_id.values() for link in _links(line)}
    groups: list[list[LineT]] = []
    alone: list[list[LineT]] = []
    for line in by_id.values():
        if not _links(line) and line.record_id not in named:
            alone.append([line])
            continue
        joined, apart = [line], []
        for group in groups:
            if any(_names(line, other) or _names(other, line) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return [*alone, *groups]


def _links(line: EventLine) -> frozenset[uuid.UUID]:
    links = (line.event.part_of_episode, line.event.worsening_of)
    return frozenset(link for link in links if link is not None)


def _names(line: EventLine, other: EventLine) -> bool:
    """Tell whether a line names another, or both name the same one as their first."""
    first = line.event.part_of_episode
    same = first is not None and first == other.event.part_of_episode
    return same or other.record_id in {first, line.event.worsening_of}


def _place(
    line: EventLine, by_id: Mapping[uuid.UUID, EventLine]
) -> tuple[date, bool, float, int, uuid.UUID]:
    at = line.begins_at
    steps = _steps(line, by_id)
    return line.begins, not line.before, at.timestamp() if at else 0.0, steps, line.record_id


def _steps(line: EventLine, by_id: Mapping[uuid.UUID, EventLine]) -> int:
    """Count the lines that this one is a worsening of, one after the other."""
    seen = {line.record_id}
    named = line.event.worsening_of
    while named is not None and named not in seen and named in by_id:
        seen.add(named)
        named = by_id[named].event.worsening_of
    return len(seen)


def _parted(ordered: Sequence[LineT], gap_days: int) -> list[tuple[LineT, ...]]:
    """Part linked lines where one begins after all before it had ended, and a gap."""
    chains: list[list[LineT]] = []
    for line in ordered:
        if chains and not _is_over(chains[-1], line.begins, gap_days):
            chains[-1].append(line)
        else:
            chains.append([line])
    return [tuple(chain) for chain in chains]


def _is_over(chain: Collection[EventLine], begins: date, gap_days: int) -> bool:
    ends = [line.ends for line in chain if line.ends is not None]
    return len(ends) == len(chain) and (begins - max(ends)).days > gap_days
