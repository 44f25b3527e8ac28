"""Scopes of a token: an upper bound on what it can be used for, whatever its owner's role."""

from app.access.permissions import Action

SCOPES: dict[str, frozenset[Action]] = {
    "records:write": frozenset(
        {Action.SUBMIT_RECORD, Action.AMEND_RECORD, Action.VOID_RECORD, Action.IMPORT_RECORDS}
    ),
    "records:read": frozenset({Action.READ_RECORD, Action.READ_CHANGES, Action.READ_FINDINGS}),
    "ledger:read": frozenset({Action.READ_LEDGER}),
}
"""Each scope and the actions that it covers."""

ALL_SCOPES = frozenset(SCOPES)


def scope_of(action: Action) -> str | None:
    """Name the scope that a token needs for an action; None when any token will do."""
    return next((scope for scope, actions in SCOPES.items() if action in actions), None)
