"""The application's wall around a centre: which centres a caller can see, and nothing else.

Row-level security in the database is the second wall. Either alone must hold.
"""

from app.access.permissions import PERMISSIONS, Action
from app.access.principal import Authority

EVERY_CENTRE = None
"""What :func:`visible_centres` gives a caller who sees the whole trial."""


def visible_centres(authority: Authority, action: Action = Action.READ_RECORD) -> list[str] | None:
    """Give the centres whose data a caller can see by its grants; None means every centre."""
    return _visible(authority, action)


def sees(authority: Authority, centre: str, action: Action = Action.READ_RECORD) -> bool:
    """Tell whether a caller can see a centre's data."""
    visible = _visible(authority, action)
    return visible is EVERY_CENTRE or centre in visible


def _visible(authority: Authority, action: Action) -> list[str] | None:
    centres: list[str] = []
    for grant in authority.grants:
        if grant.role not in PERMISSIONS[action]:
            continue
        if grant.centre is None:
            return EVERY_CENTRE
        centres.append(grant.centre)
    return centres
