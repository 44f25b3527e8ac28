"""How people sign in at an external issuer from a browser: authorization code with PKCE.

The browser is a public client: it has no secret, and the proof that the code is its own is the
verifier that never left it (RFC 7636). The issuer must let our origin call its token endpoint.
"""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.access.issuer_keys import is_loopback
from app.origins import is_origin


def origin_of(url: str) -> str:
    """Give the origin of a URL that a browser may be sent to with a sign-in.

    Raises:
        ValueError: it is neither https nor on a loopback address, or its host is not written in
            small letters; the origin stands in the policy of the page, where nothing else may.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not is_origin(origin) or parts.fragment:
        raise ValueError("write https://, the host in small letters, no user and no fragment")
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise ValueError("the address begins with https://, or is on a loopback address")
    return origin


def _safe(url: str) -> str:
    origin_of(url)
    return url


Endpoint = Annotated[str, Field(max_length=2048, pattern=r"^[!-~]+$"), AfterValidator(_safe)]
"""An address of the issuer that a browser goes to."""


class BrowserSignIn(BaseModel):
    """What a browser needs to know to sign a person in at an issuer."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(
        min_length=1, max_length=80, description="What people call the issuer, as on a button."
    )
    client_id: str = Field(
        min_length=1, max_length=255, description="The public client registered for the page."
    )
    authorization_endpoint: Endpoint = Field(description="Where people sign in.")
    token_endpoint: Endpoint = Field(description="Where the code is exchanged for tokens.")
    scope: str = Field(
        default="openid",
        pattern=r"^[!-~]+( [!-~]+)*$",
        max_length=255,
        description="What to ask for; `openid` is among it.",
    )

    @property
    def token_origin(self) -> str:
        """The origin that the page has to be allowed to call."""
        return origin_of(self.token_endpoint)
