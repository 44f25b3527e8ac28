"""How callers sign in to a deployment, as its settings say: our keys, and whom else we trust."""

from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from app.access.access_tokens import AccessTokenVerifier
from app.access.claims import Lifetime
from app.access.issuers import ExternalIssuers, parse_issuers
from app.access.signing_key_ring import SigningKeyRing
from app.access.signing_keys import ConfiguredSigningKeys, SigningKeys, load_signing_key
from app.config import Settings
from app.database import Database
from app.services.sign_in import SignIn


def configured_sign_in(settings: Settings, database: Database) -> SignIn:
    """Read the keys and the list of issuers, without touching the network.

    Raises:
        OSError: a file cannot be read.
        ValueError: a key or the list of issuers cannot be used.
    """
    longest = max(
        timedelta(seconds=settings.access_token_seconds), timedelta(hours=settings.session_hours)
    )
    lifetime = Lifetime(longest=longest)
    keys: SigningKeys
    if settings.signing_key is not None:
        keys = ConfiguredSigningKeys((load_signing_key(settings.signing_key.get_secret_value()),))
    else:
        ring = settings.data_directory / "signing_keys.json"
        keys = SigningKeyRing.open(ring, lifetime, datetime.now(UTC))
    verifier = AccessTokenVerifier(keys, settings.issuer, settings.issuer, lifetime)
    return SignIn(settings, database, keys, verifier, _issuers(settings))


def _issuers(settings: Settings) -> ExternalIssuers:
    file = settings.external_issuers
    if file is None:
        return ExternalIssuers(())
    try:
        return ExternalIssuers(parse_issuers(file.read_bytes()), ours=settings.issuer)
    except ValidationError:
        raise  # it says for itself which issuer and which of its terms
    except ValueError as reason:
        raise ValueError(f"{file}: {reason}") from None
