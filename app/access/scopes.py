"""Scopes of a token: an upper bound on what it can be used for, whatever its owner's role."""

from collections.abc import Iterable

from app.access.permissions import PERMISSIONS, Action, Role

SCOPES: dict[str, frozenset[Action]] = {
    "profile": frozenset({Action.SIGNED_IN, Action.READ_METRICS}),
    "records:write": frozenset(
        {
            Action.SUBMIT_RECORD,
            Action.AMEND_RECORD,
            Action.VOID_RECORD,
            Action.IMPORT_RECORDS,
            Action.ADJUDICATE_RESPONSE,
        }
    ),
    "records:read": frozenset(
        {
            Action.READ_CENTRES,
            Action.READ_RECORD,
            Action.READ_CHANGES,
            Action.READ_FINDINGS,
            Action.READ_RESPONSES,
        }
    ),
    "endpoints:read": frozenset({Action.READ_ENDPOINTS}),
    "ledger:read": frozenset({Action.READ_LEDGER}),
}
"""Each scope and the actions that it covers. ``profile`` is in every token."""

ALL_SCOPES = frozenset(SCOPES)


def scope_of(action: Action) -> str | None:
    """Name the scope that a token needs for an action; None when any token will do."""
    if action in SCOPES["profile"]:
        return None
    return next((scope for scope, actions in SCOPES.items() if action in actions), None)


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """Give the scopes that roles can make use of."""
    held = frozenset(roles)
    return frozenset(
        scope
        for scope, actions in SCOPES.items()
        if any(held & PERMISSIONS[action] for action in actions)
    ) | {"profile"}
