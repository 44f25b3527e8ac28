"""The deployment of these tests: its clock, its addresses, its keys."""

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from app.access.signing_keys import SigningKey

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ISSUER = "https://dayzero.example"
AUDIENCE = "https://dayzero.example/v1"
TOKEN_ENDPOINT = "https://dayzero.example/oauth/token"


def key_number(number: int, *, name: str | None = None) -> SigningKey:
    """Give a P-256 key that is the same in every run. Its private number is public: tests only."""
    return SigningKey(
        name or f"key-{number}", ec.derive_private_key(0xDA7 + number, ec.SECP256R1())
    )


SIGNING_KEY = key_number(0)
CLIENT_KEY = key_number(1, name="client-key")


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
