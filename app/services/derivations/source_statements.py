"""What a source said of a record, what a person corrected, and the two laid together.

A source that sends its file again repeats itself and contradicts nobody. So what it sends is held
against what it said last, member by member, and never against what stands: a correction by a person
stays until the source itself changes that very member.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

Statement = Mapping[str, Any]
"""The members of a record that are not null, by name, in one canonical writing of values."""

TOGETHER: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "lab-results": (
        frozenset({
            "analyte", "value", "comparator", "unit", "coded_value", "titre", "not_done", "lloq",
            "uloq", "reference_range",
        }),
    ),
    "kinetics": (
        frozenset({
            "method", "value", "unit", "quantification", "lloq", "lod", "not_evaluable",
        }),
    ),
    "therapies": (frozenset({"dose", "unit"}), frozenset({"start", "start_unknown"})),
    "adverse-events": (
        frozenset({"term", "other_specify"}),
        frozenset({"onset", "onset_unknown"}),
        frozenset({"end", "ongoing"}),
    ),
}  # fmt: skip
"""Members that say one thing together, by the path of the kind.

Decision: a number of the source beside a unit that a person put in is a result that nobody gave.
"""


class Version(NamedTuple):
    """One version of a record.

    Attributes:
        of_source: whether a source said it.
        said: what the version says.
        statement: what the source said with it, which differs where a correction was kept in it.
    """

    of_source: bool
    said: Statement
    statement: Statement


@dataclass(frozen=True, slots=True)
class LaidTogether:
    """What a source's new statement and a person's corrections come to.

    Attributes:
        kept: members that stay as a person corrected them.
        changed: members that the source changed.
        overridden: members that both changed, to different values; the source's stand.
        torn: members of both kinds that say one thing together; empty where there are none.
    """

    kept: frozenset[str]
    changed: frozenset[str]
    overridden: frozenset[str]
    torn: frozenset[str]


def members_that_differ(one: Statement, other: Statement) -> frozenset[str]:
    """Give the names of the members in which two statements differ."""
    return frozenset(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def corrections(stands: Statement, last: Statement) -> frozenset[str]:
    """Give the members in which a record says something else than its source said last.

    Decision: a visit that a person leaves out follows from the day again and corrects nothing.
    """
    differing = members_that_differ(stands, last)
    return differing if stands.get("visit") is not None else differing - {"visit"}


def lay_together(kind: str, *, sent: Statement, last: Statement, stands: Statement) -> LaidTogether:
    """Lay a source's new statement and the corrections of a person together.

    Args:
        kind: path of the kind of record.
        sent: what the source says now.
        last: what it said last.
        stands: what the record says.
    """
    changed, corrected = members_that_differ(sent, last), corrections(stands, last)
    kept = corrected - changed
    torn = [
        group & (kept | changed)
        for group in TOGETHER.get(kind, ())
        if group & kept and group & changed
    ]
    return LaidTogether(
        kept=kept,
        changed=changed,
        overridden=changed & corrected & members_that_differ(sent, stands),
        torn=frozenset().union(*torn),
    )


def unexplained(versions: Sequence[Version]) -> frozenset[str]:
    """Give the members that a person corrected and that the source still says otherwise.

    A person who has said why is not asked again until the source says something else there: a
    later version by a person that leaves the record as it was says nothing but its reason. Empty
    where no source ever spoke.

    Args:
        versions: those of the record that stood, oldest first.
    """
    last = next((version.statement for version in reversed(versions) if version.of_source), None)
    if last is None:
        return frozenset()
    stands = versions[-1].said
    differing = corrections(stands, last)
    spoken = versions[0].statement
    for before, after in pairwise(versions):
        spoken = before.statement if before.of_source else spoken
        if not after.of_source and before.said == after.said:
            differing -= {
                name
                for name in differing
                if after.said.get(name) == stands.get(name) and spoken.get(name) == last.get(name)
            }
    return differing
