"""Our own access tokens: issued, verified, and remembered once verified."""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.access.claims import (
    Lifetime,
    claim,
    is_plain_text,
    require_one_audience,
    require_text,
    text_claim,
    validity,
)
from app.access.public_keys import KeySource
from app.access.signing_keys import SigningKey
from app.access.tokens import (
    Fault,
    InvalidToken,
    TokenForm,
    read_token,
    signed_token,
    verified_claims,
)
from app.access.verified_tokens import VerifiedTokenCache

MEDIA_TYPE = "at+jwt"
DEFAULT_LIFETIME = timedelta(seconds=300)
ACCESS_TOKEN_LIFETIME = Lifetime(longest=timedelta(hours=1))

# Decision: `typ` is compared to the letter. RFC 9068 takes any spelling of the media type, but we
# are the only issuer of these tokens and write it in one way: any other is not of our making.
_FORM = TokenForm(algorithms=frozenset({"ES256"}), types=frozenset({MEDIA_TYPE}), exact_type=True)
_SCOPE = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True)
class AccessToken:
    """What a verified access token of ours says.

    Attributes:
        subject: the principal in whose name the request comes; a client for its own name.
        client_id: the client to which the token was given.
        scopes: the most that the bearer may do; what it may do is in the grants.
        token_id: the token's own name (``jti``).
        key_id: the key that signed it.
    """

    subject: str
    client_id: str
    scopes: frozenset[str]
    token_id: str
    issued_at: datetime
    expires_at: datetime
    key_id: str


@dataclass(frozen=True)
class IssuedAccessToken:
    """A new access token: its text, for the caller alone, and what it says, for our records."""

    text: str = field(repr=False)
    says: AccessToken


def issue_access_token(
    *,
    signing_key: SigningKey,
    issuer: str,
    audience: str,
    subject: str,
    client_id: str,
    scopes: Collection[str],
    now: datetime,
    lifetime: timedelta = DEFAULT_LIFETIME,
) -> IssuedAccessToken:
    """Sign an access token for one audience, valid from now (its whole second) for ``lifetime``.

    Raises:
        ValueError: a name that is not plain text, no scope, a scope with characters that none has,
            or a lifetime under a second.

    Source: RFC 9068, section 2 (``typ`` and claims); RFC 6749, section 3.3 (scope).
    """
    if not all(map(is_plain_text, (issuer, audience, subject, client_id))):
        raise ValueError("the names in an access token are plain texts of 1 to 255 characters")
    granted = frozenset(scopes)
    if not granted or not all(_SCOPE.fullmatch(scope) for scope in granted):
        raise ValueError("an access token has at least one scope, of the characters of RFC 6749")
    issued_at = int(now.timestamp())
    expires_at = issued_at + int(lifetime.total_seconds())
    if expires_at <= issued_at:
        raise ValueError("an access token lives for a second at least")
    token_id = secrets.token_urlsafe(16)
    text = signed_token(
        {
            "iss": issuer,
            "sub": subject,
            "aud": audience,
            "client_id": client_id,
            "iat": issued_at,
            "exp": expires_at,
            "jti": token_id,
            "scope": " ".join(sorted(granted)),
        },
        private_key=signing_key.private_key,
        key_id=signing_key.key_id,
        media_type=MEDIA_TYPE,
    )
    says = AccessToken(
        subject=subject,
        client_id=client_id,
        scopes=granted,
        token_id=token_id,
        issued_at=datetime.fromtimestamp(issued_at, UTC),
        expires_at=datetime.fromtimestamp(expires_at, UTC),
        key_id=signing_key.key_id,
    )
    return IssuedAccessToken(text, says)


def verify_access_token(
    token: object,
    *,
    keys: KeySource,
    issuer: str,
    audience: str,
    now: datetime,
    lifetime: Lifetime = ACCESS_TOKEN_LIFETIME,
) -> AccessToken:
    """Give what an access token says, having verified that it is ours, for us, and valid now.

    Raises:
        InvalidToken: it is not.

    Source: RFC 9068, section 4. Decision: ``aud`` is one string, as we write it; claims that we
    do not know are ignored, so that an older worker takes what a newer one issued.
    """
    unverified = read_token(token, _FORM)
    claims = verified_claims(unverified, keys.keys_for(unverified.key_id, now))
    require_text(claims, "iss", issuer, Fault.ISSUER)
    require_one_audience(claims, {audience})
    valid = validity(claims, now, lifetime)
    return AccessToken(
        subject=text_claim(claims, "sub"),
        client_id=text_claim(claims, "client_id"),
        scopes=_scopes(claims),
        token_id=text_claim(claims, "jti"),
        issued_at=valid.issued_at,
        expires_at=valid.expires_at,
        key_id=unverified.key_id,
    )


@dataclass(frozen=True)
class AccessTokenVerifier:
    """Verifies access tokens for one issuer and audience, each of them in full only once.

    A remembered token still needs its key: one that has been withdrawn takes its tokens along.
    """

    keys: KeySource
    issuer: str
    audience: str
    lifetime: Lifetime = ACCESS_TOKEN_LIFETIME
    cache: VerifiedTokenCache[AccessToken] = field(default_factory=VerifiedTokenCache)

    def verify(self, token: object, now: datetime) -> AccessToken:
        """Give what an access token says, as `verify_access_token` does.

        Raises:
            InvalidToken: it is not ours, not for us, or not valid now.
        """
        remembered = self.cache.find(token, now)
        if remembered is not None and self.keys.keys_for(remembered.key_id, now):
            return remembered
        verified = verify_access_token(
            token,
            keys=self.keys,
            issuer=self.issuer,
            audience=self.audience,
            now=now,
            lifetime=self.lifetime,
        )
        self.cache.remember(token, verified)
        return verified


def _scopes(claims: Mapping[str, object]) -> frozenset[str]:
    """Read ``scope``: at least one word, single spaces between."""
    scope = claim(claims, "scope")
    if not isinstance(scope, str) or not all(map(_SCOPE.fullmatch, scope.split(" "))):
        raise InvalidToken(Fault.CLAIM_MALFORMED)
    return frozenset(scope.split(" "))
