"""Signing in: who a token speaks for, and how a client or a person gets one."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from app.access import tokens
from app.access.access_tokens import AccessTokenVerifier, IssuedAccessToken, issue_access_token
from app.access.claims import Lifetime
from app.access.client_assertions import (
    claimed_client,
    parse_client_jwks,
    verify_client_assertion,
)
from app.access.client_secrets import is_client_secret
from app.access.issuers import ExternalIssuers, claimed_issuer
from app.access.one_time_links import digest_of_link
from app.access.permissions import Role
from app.access.principal import Principal
from app.access.scopes import ALL_SCOPES, scopes_of
from app.access.signing_keys import SigningKeys
from app.config import Settings
from app.database import Database
from app.problems import InvalidToken


class InvalidClient(Exception):  # noqa: N818 - what the client is, not our error
    """The client is not who it says, or says nothing that could be believed."""


class InvalidScope(Exception):  # noqa: N818 - what was asked for, not our error
    """None of the client's roles gives a scope that it asked for."""


@dataclass(frozen=True)
class SignIn:
    """How callers sign in to this deployment.

    Attributes:
        issuers: the external OpenID Connect issuers of people.
    """

    settings: Settings
    database: Database
    keys: SigningKeys
    verifier: AccessTokenVerifier
    issuers: ExternalIssuers

    @property
    def token_endpoint(self) -> str:
        """The address of our token endpoint."""
        return f"{self.settings.issuer}/oauth/token"

    def public_keys(self) -> dict[str, list[dict[str, str]]]:
        """Give the keys that verify our tokens, as a JWK Set."""
        return self.keys.public_jwks(datetime.now(UTC))

    async def principal_of(self, token: str) -> Principal:
        """Give the principal that a bearer token speaks for.

        Raises:
            InvalidToken: the token is not ours and not of an issuer whose people we know.
        """
        now = datetime.now(UTC)
        try:
            verified = self.verifier.verify(token, now)
            return Principal(uuid.UUID(verified.subject), verified.scopes)
        except (tokens.InvalidToken, ValueError):
            pass
        try:
            if claimed_issuer(token) != self.settings.issuer:
                person = await self.issuers.verify(token, now)
                known = await self.database.service_value(
                    "SELECT principal_named($1)", external_name(person.issuer, person.name)
                )
                if known is not None:
                    return Principal(known, ALL_SCOPES)
        except tokens.InvalidToken:
            pass
        raise InvalidToken("Get a new access token and send the request again.")

    async def by_secret(self, client_id: str, secret: str) -> uuid.UUID:
        """Give the client that a secret proves.

        Raises:
            InvalidClient: it proves none.
        """
        client, registered = await self._registered(client_id)
        digest = registered["secret_digest"]
        if digest is None or not is_client_secret(secret, digest):
            raise InvalidClient
        return client

    async def by_assertion(self, assertion: str, client_id: str | None) -> uuid.UUID:
        """Give the client that a signed assertion proves; each assertion proves it once.

        Raises:
            InvalidClient: it proves none, or was used before.
        """
        try:
            claimed = claimed_client(assertion)
            if client_id not in {None, claimed}:
                raise InvalidClient
            client, registered = await self._registered(claimed)
            if registered["public_keys"] is None:
                raise InvalidClient
            proven = verify_client_assertion(
                assertion,
                client_id=claimed,
                keys=parse_client_jwks(registered["public_keys"]),
                audiences={self.settings.issuer, self.token_endpoint},
                now=datetime.now(UTC),
                lifetime=Lifetime(
                    longest=timedelta(seconds=self.settings.assertion_seconds),
                    leeway=timedelta(seconds=60),
                ),
            )
        except tokens.InvalidToken:
            raise InvalidClient from None
        first = await self.database.service_value(
            "SELECT use_assertion($1, $2, $3)", client, proven.assertion_id, proven.remember_until
        )
        if not first:
            raise InvalidClient
        return client

    async def by_link(self, code: str) -> uuid.UUID:
        """Give the person whom a one-time link was printed for.

        Raises:
            InvalidClient: it is none of ours, has ended, or was used before.
        """
        digest = digest_of_link(code)
        if digest is None:
            raise InvalidClient
        person: uuid.UUID | None = await self.database.service_value(
            "SELECT use_link($1, $2)", digest, datetime.now(UTC)
        )
        if person is None:
            raise InvalidClient
        return person

    async def issue(
        self, principal: uuid.UUID, asked: Collection[str], lifetime: timedelta
    ) -> IssuedAccessToken:
        """Issue an access token with the scopes asked for, or all that the roles can use.

        Raises:
            InvalidClient: the principal exists no more.
            InvalidScope: a scope that no role of the principal gives.
        """
        _, registered = await self._registered(str(principal))
        offered = scopes_of(Role(role) for role in registered["roles"])
        if not offered.issuperset(asked):
            raise InvalidScope
        now = datetime.now(UTC)
        return issue_access_token(
            signing_key=self.keys.signing_key(now),
            issuer=self.settings.issuer,
            audience=self.settings.issuer,
            subject=str(principal),
            client_id=str(principal),
            scopes=asked or offered,
            now=now,
            lifetime=lifetime,
        )

    async def _registered(self, client_id: str) -> tuple[uuid.UUID, asyncpg.Record]:
        try:
            client = uuid.UUID(client_id)
        except ValueError:
            raise InvalidClient from None
        rows = await self.database.service_rows("SELECT * FROM client_credentials($1)", client)
        if not rows:
            raise InvalidClient
        return client, rows[0]


def external_name(issuer: str, name: str) -> str:
    """Give the name under which a person of an external issuer is a principal here."""
    return f"{issuer} {name}"
