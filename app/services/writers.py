"""Which action writes which kind of record: the centres theirs, the response reviewers theirs."""

from dataclasses import dataclass
from typing import Final

from app.access.permissions import Action
from app.schemas.record import RecordKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteActions:
    """What a caller must be allowed to do to write records of a kind, one by one."""

    submit: Action
    amend: Action
    void: Action


BY_CENTRES: Final = WriteActions(
    submit=Action.SUBMIT_RECORD, amend=Action.AMEND_RECORD, void=Action.VOID_RECORD
)
BY_REVIEWERS: Final = WriteActions(
    submit=Action.ADJUDICATE_RESPONSE,
    amend=Action.ADJUDICATE_RESPONSE,
    void=Action.ADJUDICATE_RESPONSE,
)


def actions_on(kind: RecordKind) -> WriteActions:
    """Give the actions that write a kind: a verdict is the reviewers', all else the centres'."""
    return BY_CENTRES if kind.judges is None else BY_REVIEWERS
