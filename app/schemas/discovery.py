"""How a client finds out how to sign in, and which keys verify our tokens."""

from pydantic import BaseModel, Field


class AuthorizationServer(BaseModel):
    """How to sign in here.

    Source: RFC 8414, section 2.
    """

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    scopes_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    service_documentation: str


class PublicKeyOut(BaseModel):
    """A public key.

    Source: RFC 7517, section 4; RFC 7518, section 6.
    """

    kty: str
    kid: str
    use: str
    alg: str
    crv: str | None = Field(default=None, description="Of an elliptic curve, as `x` and `y`.")
    x: str | None = None
    y: str | None = None
    n: str | None = Field(default=None, description="Of RSA, as `e`.")
    e: str | None = None


class PublicKeys(BaseModel):
    """The keys that verify our access tokens, those to come and those that retire too."""

    keys: list[PublicKeyOut]
