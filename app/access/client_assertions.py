"""How a machine client proves who it is: an assertion signed with its registered key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.access.claims import Lifetime, expiry, require_one_audience, require_text, text_claim
from app.access.public_keys import RSA_ALGORITHMS, VerificationKey, jwks_members, verification_key
from app.access.tokens import Fault, TokenForm, read_token, unverified_claims, verified_claims

CLIENT_ALGORITHMS = RSA_ALGORITHMS | {"ES256", "ES384"}
MOST_CLIENT_KEYS = 10

# Decision: one hour, since that is what Authlib signs unless told otherwise. SMART Backend
# Services asks for five minutes, which a deployment may set. A centre's clock may be a minute off.
ASSERTION_LIFETIME = Lifetime(longest=timedelta(hours=1), leeway=timedelta(seconds=60))

# Decision: `typ` may be absent or say JWT, as RFC 7523 clients do, or be the explicit type of its
# revision; a token of any other kind (our own access token above all) is no assertion. `kid` may
# be absent: Authlib writes none.
_FORM = TokenForm(
    algorithms=CLIENT_ALGORITHMS,
    types=frozenset({None, "jwt", "client-authentication+jwt"}),
    key_id_required=False,
)


@dataclass(frozen=True)
class ClientAssertion:
    """What a verified client assertion says.

    Attributes:
        assertion_id: its own name (``jti``). The caller accepts each one of a client once.
        expires_at: its ``exp``.
        remember_until: when no verification can succeed any more, and its name may be forgotten.
    """

    client_id: str
    assertion_id: str
    expires_at: datetime
    remember_until: datetime


def claimed_client(assertion: object) -> str:
    """Read which client an assertion claims to come from, to find the keys of that client.

    Raises:
        InvalidToken: it names none, or is no token.
    """
    read_token(assertion, _FORM)
    return text_claim(unverified_claims(assertion), "iss")


def verify_client_assertion(
    assertion: object,
    *,
    client_id: str,
    keys: Sequence[VerificationKey],
    audiences: Collection[str],
    now: datetime,
    lifetime: Lifetime = ASSERTION_LIFETIME,
) -> ClientAssertion:
    """Give what a client's assertion says, having verified that it is the client's, for us, now.

    Args:
        assertion: the form parameter ``client_assertion``.
        client_id: the client whose keys these are.
        keys: the client's registered keys, as `parse_client_jwks` gave them. An assertion without
            ``kid`` is tried with each of them that fits its algorithm.
        audiences: our issuer identifier and the URL of our token endpoint.
        now: the time of the request.
        lifetime: how long an assertion may live.

    Raises:
        InvalidToken: it is not the client's, not for us, or not valid now.

    Source: RFC 7523, sections 3 and 3.2. Decision: ``aud`` is one string. The revision of RFC 7523
    allows a list of one, FAPI 2.0 (section 5.3.2.1) only a string, and all clients we know send
    one. ``iat`` may be absent, as SMART Backend Services has it; ``jti`` may not.
    """
    claims = verified_claims(read_token(assertion, _FORM), keys)
    require_text(claims, "iss", client_id, Fault.ISSUER)
    require_text(claims, "sub", client_id, Fault.SUBJECT)
    require_one_audience(claims, audiences)
    expires_at = expiry(claims, now, lifetime)
    return ClientAssertion(
        client_id=client_id,
        assertion_id=text_claim(claims, "jti"),
        expires_at=expires_at,
        remember_until=expires_at + lifetime.leeway,
    )


def parse_client_jwks(text: str) -> tuple[VerificationKey, ...]:
    """Read the JWK Set that a client registers: 1 to 10 public keys, each for signatures.

    A key without ``kid`` is named by its thumbprint (RFC 7638). Decision: a key that we cannot use
    is refused and not passed over, so that whoever registers it hears of it now.

    Raises:
        ValueError: what is wrong, and with which key (counted from 1). No value is quoted.
    """
    members = jwks_members(text)
    if not 1 <= len(members) <= MOST_CLIENT_KEYS:
        raise ValueError(f"a client has 1 to {MOST_CLIENT_KEYS} keys, not {len(members)}")
    keys: list[VerificationKey] = []
    for number, jwk in enumerate(members, start=1):
        try:
            key = verification_key(jwk)
        except ValueError as reason:
            raise ValueError(f"key {number}: {reason}") from None
        if key.key_id in {earlier.key_id for earlier in keys}:
            raise ValueError(f"key {number}: an earlier key has the same kid")
        keys.append(key)
    return tuple(keys)
