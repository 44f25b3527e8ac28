"""Who is calling, and what the grants of that moment let them do."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.access.permissions import PERMISSIONS, WITHOUT_FREE_TEXT, Action, Role
from app.access.scopes import scope_of
from app.problems import BEARER, InsufficientScope, NotPermitted


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller as its token names it; what it may do is read in each transaction."""

    id: uuid.UUID
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of a principal; ``centre`` is None when it holds for the whole trial."""

    role: Role
    centre: str | None

    def reaches(self, centre: str) -> bool:
        """Tell whether the grant holds at a centre."""
        return self.centre is None or self.centre == centre


@dataclass(frozen=True, slots=True)
class Authority:
    """What a principal may do, by the grants of this transaction."""

    principal: Principal
    name: str
    grants: tuple[Grant, ...]

    @classmethod
    def of(
        cls, principal: Principal, name: str, grants: Iterable[Mapping[str, str | None]]
    ) -> "Authority":
        """Read the grants as the database gives them."""
        return cls(
            principal,
            name,
            tuple(Grant(Role(str(grant["role"])), grant["centre"]) for grant in grants),
        )

    def role_for(self, action: Action, centre: str | None = None) -> Role:
        """Give the role by which the principal may do something, at a centre or anywhere.

        Raises:
            InsufficientScope: the token was not issued for it.
            NotPermitted: no grant allows it, or none at this centre.
        """
        scope = scope_of(action)
        if scope is not None and scope not in self.principal.scopes:
            raise InsufficientScope(
                f"Ask for a token with the scope {scope}.",
                headers={
                    "WWW-Authenticate": f'{BEARER}, error="insufficient_scope", scope="{scope}"'
                },
                scope=scope,
            )
        for grant in self.grants:
            if grant.role in PERMISSIONS[action] and (centre is None or grant.reaches(centre)):
                return grant.role
        raise NotPermitted("None of your roles here allows this.", action=action.value)

    def sees_free_text(self, centre: str, action: Action = Action.READ_RECORD) -> bool:
        """Tell whether a role that lets the principal read at a centre shows what people wrote."""
        return any(grant.reaches(centre) for grant in self._with_free_text(action))

    def free_text_at(self, action: Action = Action.READ_RECORD) -> tuple[str, ...] | None:
        """Give the centres of which the principal reads what people wrote; None means every one."""
        grants = self._with_free_text(action)
        if any(grant.centre is None for grant in grants):
            return None
        return tuple(sorted({grant.centre for grant in grants if grant.centre is not None}))

    def _with_free_text(self, action: Action) -> list[Grant]:
        return [
            grant
            for grant in self.grants
            if grant.role in PERMISSIONS[action] and grant.role not in WITHOUT_FREE_TEXT
        ]
