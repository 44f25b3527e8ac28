"""Centres, principals and grants: what the operator changes, each change with its ledger event.

Runs on a connection of the owner of the tables, never on one of the service: no caller over HTTP
reaches any of this.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from app.access.client_assertions import parse_client_jwks
from app.access.client_secrets import new_client_secret
from app.access.one_time_links import LINK_LIFETIME, new_one_time_link
from app.access.permissions import AT_CENTRE, TIME_BOXED, Role

OPERATOR = "operator"
LONGEST_NAME = 500


class Refused(Exception):  # noqa: N818 - an answer to the operator, as a sentence
    """What was asked for cannot be done; the message says why and what would be right."""


@dataclass(frozen=True)
class NewClient:
    """A client just made; ``secret`` is None when it registered keys."""

    client_id: uuid.UUID
    name: str
    secret: str | None


async def add_centre(owner: asyncpg.Connection, code: str, name: str) -> None:
    """Open a centre.

    Raises:
        Refused: the code is taken or is none, or the name is none.
    """
    _require_name(name)
    async with owner.transaction():
        try:
            await owner.execute("INSERT INTO centre (code, name) VALUES ($1, $2)", code, name)
        except asyncpg.UniqueViolationError:
            raise Refused(f"The centre {code} exists already.") from None
        except asyncpg.CheckViolationError:
            raise Refused("A centre's code has 1 to 8 digits or capital letters.") from None
        await _note(owner, "centre:add", centre=code)


async def centres(owner: asyncpg.Connection) -> Sequence[asyncpg.Record]:
    """Give the centres, each with its number of subjects."""
    rows: Sequence[asyncpg.Record] = await owner.fetch(
        """
        SELECT code, name, (SELECT count(*) FROM subject WHERE subject.centre = code) AS subjects
        FROM centre ORDER BY code"""
    )
    return rows


async def create_client(
    owner: asyncpg.Connection,
    name: str,
    role: Role,
    centre: str | None,
    jwks: str | None,
    ends_at: datetime | None = None,
) -> NewClient:
    """Make a client with one grant; it proves itself by its registered keys or by a new secret.

    Args:
        name: how the ledger will call it.
        role: what it is to be.
        centre: where, for the roles at a centre.
        jwks: its public keys as a JWK Set; None: it gets a secret.
        ends_at: when the grant ends by itself; None: when it is revoked.

    Raises:
        Refused: the name is taken or is none, the role does not fit the centre or the time, or the
            keys are unusable.
    """
    _require_name(name)
    secret = None
    if jwks is None:
        secret = new_client_secret()
    else:
        try:
            parse_client_jwks(jwks)
        except ValueError as reason:
            raise Refused(f"The keys cannot be used: {reason}.") from None
    async with owner.transaction():
        try:
            client: uuid.UUID = await owner.fetchval(
                """
                INSERT INTO principal (name, kind, secret_digest, public_keys)
                VALUES ($1, 'client', $2, $3) RETURNING id""",
                name, secret.digest if secret else None, jwks,
            )  # fmt: skip
        except asyncpg.UniqueViolationError:
            raise Refused(f"The name {name} is taken.") from None
        await _note(owner, "client:create", reason=name)
        await _grant(owner, client, name, role, centre, ends_at)
    return NewClient(client, name, secret.text if secret else None)


async def revoke_client(owner: asyncpg.Connection, name: str) -> None:
    """Take all access from a client or a person, from its next request on.

    Raises:
        Refused: there is none of the name.
    """
    async with owner.transaction():
        revoked = await owner.fetchval(
            """
            UPDATE principal SET revoked_at = now()
            WHERE (name = $1 OR id::text = $1) AND revoked_at IS NULL RETURNING name""",
            name,
        )
        if revoked is None:
            raise Refused(f"There is no client or person {name} with access.")
        await _note(owner, "client:revoke", reason=revoked)


async def add_grant(
    owner: asyncpg.Connection,
    name: str,
    role: Role,
    centre: str | None,
    ends_at: datetime | None,
    *,
    make_person: bool = False,
) -> uuid.UUID:
    """Give a principal a role.

    Args:
        name: of the client or person.
        role: what it is to be.
        centre: where, for the roles at a centre.
        ends_at: when the grant ends by itself; None: when it is revoked.
        make_person: make a person of that name when there is none.

    Returns:
        the principal.

    Raises:
        Refused: there is nobody of the name, or the role does not fit the centre or the time.
    """
    async with owner.transaction():
        principal: uuid.UUID | None = await owner.fetchval(
            "SELECT id FROM principal WHERE name = $1 AND revoked_at IS NULL", name
        )
        if principal is None and make_person:
            _require_name(name)
            try:
                principal = await owner.fetchval(
                    "INSERT INTO principal (name, kind) VALUES ($1, 'person') RETURNING id", name
                )
            except asyncpg.UniqueViolationError:
                raise Refused(f"The access of {name} was revoked; choose another name.") from None
            await _note(owner, "person:create", reason=name)
        if principal is None:
            raise Refused(f"There is no client or person {name} with access.")
        await _grant(owner, principal, name, role, centre, ends_at)
    return principal


async def make_link(owner: asyncpg.Connection, person: uuid.UUID) -> str:
    """Make a link that signs a person in once, and give its code, which is kept nowhere."""
    link = new_one_time_link()
    await owner.execute(
        "INSERT INTO one_time_link (digest, principal, expires_at) VALUES ($1, $2, $3)",
        link.digest, person, datetime.now(UTC) + LINK_LIFETIME,
    )  # fmt: skip
    return link.code


async def revoke_grant(
    owner: asyncpg.Connection, name: str, role: Role, centre: str | None
) -> None:
    """Take a role from a principal, from its next request on.

    Raises:
        Refused: it has no such role.
    """
    async with owner.transaction():
        revoked = await owner.fetch(
            """
            UPDATE access_grant SET revoked_at = now()
            WHERE principal = (SELECT id FROM principal WHERE name = $1) AND role = $2
              AND centre IS NOT DISTINCT FROM $3 AND revoked_at IS NULL RETURNING id""",
            name, role.value, centre,
        )  # fmt: skip
        if not revoked:
            raise Refused(
                f"{name} has no role {role} {f'at {centre}' if centre else ''}".rstrip() + "."
            )
        await _note(owner, "grant:revoke", centre=centre, reason=f"{role} of {name}")


async def grants(owner: asyncpg.Connection) -> Sequence[asyncpg.Record]:
    """Give every grant that holds now, by principal."""
    rows: Sequence[asyncpg.Record] = await owner.fetch(
        """
        SELECT p.name, p.kind, p.id, g.role, g.centre, g.granted_at, g.ends_at
        FROM principal p JOIN access_grant g ON g.principal = p.id
        WHERE p.revoked_at IS NULL AND g.revoked_at IS NULL
          AND (g.ends_at IS NULL OR g.ends_at > now())
        ORDER BY p.name, g.role, g.centre"""
    )
    return rows


def _require_name(name: str) -> None:
    if not (name.isprintable() and name == name.strip() and 1 <= len(name) <= LONGEST_NAME):
        raise Refused(f"A name has 1 to {LONGEST_NAME} printable characters, no space around them.")


async def _grant(
    owner: asyncpg.Connection,
    principal: uuid.UUID,
    name: str,
    role: Role,
    centre: str | None,
    ends_at: datetime | None,
) -> None:
    if (role in AT_CENTRE) != (centre is not None):
        raise Refused(
            f"The role {role} is held at a centre: name it."
            if role in AT_CENTRE
            else f"The role {role} holds for the whole trial: name no centre."
        )
    if role in TIME_BOXED and ends_at is None:
        raise Refused(f"The role {role} is given for a time: say until when.")
    try:
        await owner.execute(
            "INSERT INTO access_grant (principal, role, centre, ends_at) VALUES ($1, $2, $3, $4)",
            principal, role.value, centre, ends_at,
        )  # fmt: skip
    except asyncpg.ForeignKeyViolationError:
        raise Refused(f"There is no centre {centre}.") from None
    await _note(owner, "grant:add", centre=centre, reason=f"{role} for {name}")


async def _note(
    owner: asyncpg.Connection, action: str, *, centre: str | None = None, reason: str | None = None
) -> None:
    """Write the ledger event of a change; the reason says whom or what it was about."""
    await owner.execute(
        """
        INSERT INTO ledger_event (action, principal, centre, reason, route, request_id)
        VALUES ($1, $2, $3, $4, 'command line', $5)""",
        action, OPERATOR, centre, reason, str(uuid.uuid4()),
    )  # fmt: skip
