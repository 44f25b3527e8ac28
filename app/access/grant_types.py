"""By what a token is asked for: the names that both sides of the token endpoint use."""

from typing import Final

LINK_GRANT: Final = "urn:dayzero:params:oauth:grant-type:one-time-link"
"""The grant of a person who was sent a link that signs in once."""

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""The assertion of a client that signs for itself (RFC 7523, section 2.2)."""
