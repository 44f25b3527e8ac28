"""What one worker of the service holds: settings, the trial, the database and the keys."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.access.access_tokens import AccessTokenVerifier
from app.access.claims import Lifetime
from app.access.signing_key_ring import SigningKeyRing
from app.access.signing_keys import ConfiguredSigningKeys, SigningKeys, load_signing_key
from app.config import Settings
from app.database import Database
from app.trial.trial import Trial, load_trial


@dataclass
class Service:
    """Everything a route needs, made once when the application is assembled."""

    settings: Settings
    trial: Trial
    database: Database
    signing_keys: SigningKeys
    verifier: AccessTokenVerifier
    ready: bool = field(default=False)

    async def start(self) -> None:
        """Begin what runs beside the requests."""

    async def stop(self) -> None:
        """End it, and let go of the database."""
        await self.database.close()


def assemble(settings: Settings, database_url: str) -> Service:
    """Make everything that a worker holds, without touching the network."""
    lifetime = Lifetime(longest=timedelta(seconds=settings.access_token_seconds))
    keys: SigningKeys
    if settings.signing_key is not None:
        keys = ConfiguredSigningKeys((load_signing_key(settings.signing_key.get_secret_value()),))
    else:
        ring = settings.data_directory / "signing_keys.json"
        keys = SigningKeyRing.open(ring, lifetime, datetime.now(UTC))
    return Service(
        settings=settings,
        trial=load_trial(settings.trial),
        database=Database(settings, database_url),
        signing_keys=keys,
        verifier=AccessTokenVerifier(keys, settings.issuer, settings.issuer, lifetime),
    )
