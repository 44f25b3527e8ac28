"""External OpenID Connect issuers, from which people come: who they are, what we take from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from app.access.browser_sign_in import BrowserSignIn
from app.access.claims import (
    Lifetime,
    require_listed_audience,
    require_one_audience,
    require_text,
    text_claim,
    validity,
)
from app.access.issuer_keys import (
    FetchedKeys,
    IssuerKeys,
    WrittenKeys,
    safe_url,
    usable_keys,
)
from app.access.public_keys import VerificationKey
from app.access.tokens import (
    Fault,
    InvalidToken,
    TokenForm,
    UnverifiedToken,
    read_token,
    unverified_claims,
    verified_claims,
)
from app.strict_json import canonical_json, parse_strictly


class ExternalIssuer(BaseModel):
    """An OpenID Connect issuer whose tokens we take, and on which terms.

    Raises:
        ValueError: the terms contradict each other, or no key can be found by them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: str = Field(min_length=1, description="Its identifier, letter by letter (`iss`).")
    audience: str = Field(min_length=1, description="What it calls this service (`aud`).")
    audience_rule: Literal["text", "text_or_list"] = Field(
        default="text_or_list",
        description="Whether `aud` must be that text alone, or may be a list that has it.",
    )
    jwks: dict[str, Any] | None = Field(
        default=None, description="Its keys, written here; for an issuer without a `jwks_url`."
    )
    jwks_url: Annotated[str, AfterValidator(safe_url)] | None = Field(
        default=None, description="Where its keys are; https, or http on a loopback address."
    )
    algorithms: frozenset[Literal["RS256", "RS384", "PS256", "ES256", "ES384"]] = Field(
        default=frozenset({"RS256"}), min_length=1, description="Its signature algorithms (`alg`)."
    )
    types: frozenset[str | None] = Field(
        default=frozenset({"jwt", "at+jwt"}),
        min_length=1,
        description="The media types of its tokens (`typ`), case aside; null: `typ` may be absent.",
    )
    principal_claim: str = Field(
        default="sub",
        min_length=1,
        description="The claim that names a principal here. `email` counts only if the issuer "
        "says that it has verified the address (`email_verified`).",
    )
    longest_seconds: int = Field(
        default=3600, ge=60, le=86_400, description="The longest life of a token (`exp` - `iat`)."
    )
    leeway_seconds: int = Field(
        default=60, ge=0, le=60, description="How far its clock may be off."
    )
    sign_in: BrowserSignIn | None = Field(
        default=None, description="How people sign in at it from the page; null: they do not."
    )

    @field_validator("types")
    @classmethod
    def compare_types_in_lower_case(cls, types: frozenset[str | None]) -> frozenset[str | None]:
        """Write the types as `read_token` compares them."""
        return frozenset(
            None if name is None else name.lower().removeprefix("application/") for name in types
        )

    @model_validator(mode="after")
    def has_one_place_for_its_keys(self) -> Self:
        """Require the keys, or where they are; not both."""
        if (self.jwks is None) == (self.jwks_url is None):
            raise ValueError("an issuer has jwks or jwks_url, not both")
        if self.jwks is not None:
            usable_keys(canonical_json(self.jwks))
        return self

    @property
    def browser_token(self) -> Literal["access_token", "id_token"]:
        """Which of the tokens that a browser gets is for us.

        Decision: the one that has our audience. An identity token's audience is the client (OpenID
        Connect Core 1.0, section 2), so it is that one where the client bears our audience's name;
        else the access token, which the issuer then has to write for our audience.
        """
        if self.sign_in is not None and self.sign_in.client_id == self.audience:
            return "id_token"
        return "access_token"

    @property
    def form(self) -> TokenForm:
        """What the header of its tokens may say; a certificate's thumbprint means nothing to us."""
        return TokenForm(
            algorithms=frozenset(self.algorithms),
            types=self.types,
            ignored=frozenset({"x5t", "x5t#S256"}),
        )

    @property
    def lifetime(self) -> Lifetime:
        """How long its tokens may live."""
        return Lifetime(
            longest=timedelta(seconds=self.longest_seconds),
            leeway=timedelta(seconds=self.leeway_seconds),
        )

    @property
    def keys(self) -> IssuerKeys:
        """A new holder of its keys."""
        if self.jwks_url is not None:
            return FetchedKeys(self.jwks_url)
        return WrittenKeys(usable_keys(canonical_json(self.jwks)))


@dataclass(frozen=True)
class ExternalIdentity:
    """Whom an external issuer vouches for.

    Attributes:
        issuer: the issuer's identifier. The same name at two issuers is two principals.
        name: the principal's name there, as sent.
    """

    issuer: str
    name: str
    issued_at: datetime
    expires_at: datetime


class ExternalIssuers:
    """All issuers of a deployment, each with its keys.

    Args:
        issuers: those whose people may come.
        ours: our own identifier, which none of them may bear: whoever has it would be believed by
            two sets of keys.

    Raises:
        ValueError: two of them have the same identifier, or one has ours.
    """

    def __init__(self, issuers: Sequence[ExternalIssuer], *, ours: str | None = None) -> None:
        self._issuers = {one.issuer: (one, one.keys) for one in issuers}
        if len(self._issuers) != len(issuers):
            raise ValueError("two external issuers have the same identifier")
        if ours in self._issuers:
            raise ValueError("an external issuer has the identifier of this service")

    @property
    def of_people(self) -> tuple[ExternalIssuer, ...]:
        """Those at which people sign in from a browser, in the order of the settings."""
        return tuple(one for one, _ in self._issuers.values() if one.sign_in is not None)

    @property
    def token_origins(self) -> tuple[str, ...]:
        """The origins at which a browser gets their tokens, each once."""
        origins = (one.sign_in.token_origin for one in self.of_people if one.sign_in is not None)
        return tuple(dict.fromkeys(origins))

    async def verify(self, token: object, now: datetime) -> ExternalIdentity:
        """Give whom a token stands for, by the issuer that it claims to come from.

        Raises:
            InvalidToken: an issuer we do not know, or a token that is not its, not for us, or not
                valid now.
        """
        known = self._issuers.get(claimed_issuer(token))
        if known is None:
            raise InvalidToken(Fault.ISSUER)
        issuer, keys = known
        unverified = read_token(token, issuer.form)
        return external_identity(
            unverified, issuer=issuer, keys=await keys.keys_for(unverified.key_id), now=now
        )


def claimed_issuer(token: object) -> str:
    """Read which issuer a token claims to come from, to know whose terms apply.

    Raises:
        InvalidToken: it names none, or is no token.
    """
    return text_claim(unverified_claims(token), "iss")


def external_identity(
    token: UnverifiedToken,
    *,
    issuer: ExternalIssuer,
    keys: Sequence[VerificationKey],
    now: datetime,
) -> ExternalIdentity:
    """Give whom a token of one issuer stands for.

    Raises:
        InvalidToken: it is not the issuer's, not for us, not valid now, or names no principal.

    Source: OpenID Connect Core 1.0, section 3.1.3.7 (iss, aud, exp, iat). Decision: an e-mail
    address is a name only when verified; otherwise whoever may write any address into a profile
    at the issuer becomes somebody else here.
    """
    claims = verified_claims(token, keys)
    require_text(claims, "iss", issuer.issuer, Fault.ISSUER)
    if issuer.audience_rule == "text":
        require_one_audience(claims, {issuer.audience})
    else:
        require_listed_audience(claims, issuer.audience)
    valid = validity(claims, now, issuer.lifetime)
    text_claim(claims, "sub")
    name = text_claim(claims, issuer.principal_claim)
    if issuer.principal_claim == "email" and claims.get("email_verified") is not True:
        raise InvalidToken(Fault.SUBJECT)
    return ExternalIdentity(issuer.issuer, name, valid.issued_at, valid.expires_at)


def parse_issuers(text: bytes) -> tuple[ExternalIssuer, ...]:
    """Read the issuers of a deployment from a JSON list.

    Raises:
        ValueError: not strict JSON, a key that no issuer has, or terms that do not hold together.
    """
    return TypeAdapter(tuple[ExternalIssuer, ...]).validate_python(parse_strictly(text))
