"""Which changes of a record are relevant to safety, so that a machine's reason will not do.

Source: the trial's rules for its doors, on corrections in bulk; ICH E2A for seriousness. Decision:
what was not said before is not changed by being said: a death, doses of lymphodepletion or a
component of the baseline may be added to a record without a reason of their own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, Final

from app.services.derivations.source_statements import Statement, members_that_differ
from app.services.edit_checks.references import COMPONENTS
from app.services.written_dates import is_before
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import Causality, Outcome
from app.vocabularies.astct import CRS_TERM
from app.vocabularies.therapies import ALWAYS_NEW_ANTI_MYELOMA, NEW_THERAPY_TARGETS

BASELINE: Final = (
    *COMPONENTS, "assessed_on", "free_light_chain_assay", "marrow", "imaging", "new_lesions",
    "pet_ct", "mrd",
)  # fmt: skip
"""Members of an evaluation before the infusion that a later response is measured against."""

_OF_DEATH: Final = ("status", "death_date", "death_cause", "death_due_to_myeloma", "adverse_event")
_OF_LYMPHODEPLETION: Final = ("lymphodepletion", "lymphodepletion_omitted")
_OF_THERAPY: Final = (
    "therapy_kind", "start", "start_unknown", "radiotherapy_target", "starts_new_line",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record before and after a change, with what its subject's dates are read by.

    Attributes:
        infused_on: day of the infusion; None: there is none yet.
        zone: time zone of the centre.
        related: levels of causality that count as related in the trial.
    """

    before: Statement
    after: Statement
    infused_on: date | None
    zone: tzinfo
    related: Collection[Causality] = AdverseEventRules().related

    def of(self, *members: str) -> Iterator[str]:
        """Give those of some members that differ."""
        differing = members_that_differ(self.before, self.after)
        return (member for member in members if member in differing)

    def taken_away(self, *members: str) -> Iterator[str]:
        """Give those of some members that differ and said something before."""
        return (member for member in self.of(*members) if self.before.get(member) is not None)


def safety_relevant(kind: str, change: RecordChange) -> list[str]:
    """Give the members by which a change of a record is relevant to safety; empty: by none.

    Args:
        kind: path of the kind of record.
        change: the record before and after.
    """
    rule = _RULES.get(kind)
    return [] if rule is None else list(dict.fromkeys(rule(change)))


def _of_event(change: RecordChange) -> Iterator[str]:
    before, after = change.before, change.after
    if before.get("serious") is True and after.get("serious") is not True:
        yield "serious"
    criteria = set(before.get("seriousness_criteria") or ())
    if criteria - set(after.get("seriousness_criteria") or ()):
        yield "seriousness_criteria"
    if _lower(before.get("grade"), after.get("grade")):
        yield "grade"
    if _lower((before.get("astct") or {}).get("grade"), (after.get("astct") or {}).get("grade")):
        yield "astct"
    if _became_unrelated(
        before.get("causality") or {}, after.get("causality") or {}, change.related
    ):
        yield "causality"
    onsets = (before.get("onset"), after.get("onset"))
    early = [is_before(onset, change.infused_on, change.zone) for onset in onsets]
    if early == [False, True]:
        yield "onset"
    yield from change.taken_away("aesi_kind")
    if before.get("aesi_kind") is None and before.get("term") == CRS_TERM:
        yield from change.of("term")
    fatal = [version.get("outcome") == Outcome.FATAL for version in (before, after)]
    if fatal[0] != fatal[1]:
        yield "outcome"
    if all(fatal):
        yield from change.of("end")


def _lower(before: str | None, after: str | None) -> bool:
    return before is not None and (after is None or int(after) < int(before))


def _became_unrelated(
    before: Mapping[str, Any], after: Mapping[str, Any], related: Collection[Causality]
) -> bool:
    """Tell whether a cause that was related is not any more; one not judged counts as related."""
    return any(
        level not in related and (cause not in before or before[cause] in related)
        for cause, level in after.items()
    )


def _of_follow_up(change: RecordChange) -> Iterator[str]:
    if change.before.get("death_date") is not None:
        yield from change.of(*_OF_DEATH)


def _of_infusion(change: RecordChange) -> Iterator[str]:
    differing = members_that_differ(change.before, change.after)
    yield from sorted(differing - {"note", "visit"})


def _of_preparation(change: RecordChange) -> Iterator[str]:
    if change.before.get("lymphodepletion") or change.before.get("lymphodepletion_omitted"):
        yield from change.of(*_OF_LYMPHODEPLETION)


def _of_assessment(change: RecordChange) -> Iterator[str]:
    days = [version.get("assessed_on") for version in (change.before, change.after)]
    if change.infused_on is None or any(
        day is not None and date.fromisoformat(day) <= change.infused_on for day in days
    ):
        yield from change.taken_away(*BASELINE)


def _of_therapy(change: RecordChange) -> Iterator[str]:
    if any(_is_new_therapy(version) for version in (change.before, change.after)):
        yield from change.of(*_OF_THERAPY)


def _is_new_therapy(said: Statement) -> bool:
    return (
        said.get("therapy_kind") in ALWAYS_NEW_ANTI_MYELOMA
        or said.get("radiotherapy_target") in NEW_THERAPY_TARGETS
        or said.get("starts_new_line") is True
    )


_RULES: Final[Mapping[str, Callable[[RecordChange], Iterator[str]]]] = {
    "adverse-events": _of_event,
    "follow-ups": _of_follow_up,
    "infusions": _of_infusion,
    "preparations": _of_preparation,
    "assessments": _of_assessment,
    "therapies": _of_therapy,
}
SAFETY_RELEVANT: Final = frozenset(_RULES)
"""Kinds of record of which some changes are relevant to safety, by path."""
