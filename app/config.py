"""Settings, read from the environment. Outside the embedded mode no secret has a default."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.log_lines import Level
from app.origins import is_origin


def _listed(written: object) -> object:
    return written.replace(",", " ").split() if isinstance(written, str) else written


def _exact(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Take origins as browsers send them, and nothing that stands for several."""
    if not all(is_origin(origin) for origin in origins):
        raise ValueError(
            "write origins as browsers send them, https://viewer.example, in small letters, "
            "without a path and without a wildcard"
        )
    return origins


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_exact)]
"""Origins (RFC 6454), parted by commas or blanks."""


def _addresses(written: tuple[str, ...]) -> tuple[str, ...]:
    """Take addresses and networks, and nothing that has to be looked up."""
    try:
        return tuple(str(ipaddress.ip_network(one)) for one in written)
    except ValueError:
        raise ValueError("write addresses or networks, such as 10.0.0.7 or 10.0.0.0/24") from None


Addresses = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_addresses)
]
"""Addresses and networks, parted by commas or blanks."""


class Settings(BaseSettings):
    """How this deployment runs. Environment names carry the prefix ``DAYZERO_``."""

    model_config = SettingsConfigDict(env_prefix="DAYZERO_", frozen=True, extra="ignore")

    database_url: Annotated[
        str | None,
        Field(
            validation_alias=AliasChoices("DATABASE_URL", "database_url"),
            description="The service's own login on your PostgreSQL; unset means the embedded one.",
        ),
    ] = None
    migration_url: str | None = Field(
        default=None,
        description="A login that may create roles and tables, for `dayzero migrate` and the "
        "administration commands on your own PostgreSQL.",
    )
    service_password: SecretStr | None = Field(
        default=None, description="What `dayzero migrate` sets as the service login's password."
    )
    allow_unsafe_database: bool = Field(
        default=False, description="Serve although the database may lose what it acknowledged."
    )
    data_directory: Path = Path(".data")
    trial: Path | None = Field(default=None, description="The trial file; None means the built-in.")
    issuer: str = Field(
        default="http://127.0.0.1:8000", description="The public address of this service."
    )
    cors_origins: Origins = Field(
        default=(),
        description="Origins whose front ends may call from a browser, parted by commas; none "
        "without it.",
    )
    signing_key: SecretStr | None = Field(
        default=None, description="PEM or JWK of the signing key; None means the data directory's."
    )
    external_issuers: Path | None = Field(
        default=None, description="A JSON file that lists the OpenID Connect issuers of people."
    )
    access_token_seconds: int = Field(default=300, ge=30, le=3600)
    assertion_seconds: int = Field(default=3600, ge=60, le=86400)
    session_hours: int = Field(default=8, ge=1, le=24)
    pool_size: int = Field(default=12, ge=2, le=100)
    body_limit: int = Field(default=1024 * 1024, ge=1024)
    import_limit: int = Field(default=64 * 1024 * 1024, ge=1024)
    request_seconds: float = Field(default=20, gt=0)
    import_seconds: float = Field(default=900, gt=0)
    endpoint_seconds: float = Field(
        default=180, gt=0, description="How long one endpoint may take to be computed."
    )
    chart_seconds: float = Field(
        default=10, gt=0, description="How long one picture may take to be drawn."
    )
    storage_reserve: int = Field(
        default=64 * 1024 * 1024,
        ge=0,
        description="Octets of the embedded database's disk that no change may use.",
    )
    statement_seconds: int = Field(default=10, ge=1)
    proxies: Addresses = Field(
        default=(),
        description="Reverse proxies whose X-Forwarded-For is believed; nobody's without it.",
    )
    connections: int = Field(
        default=8192,
        ge=16,
        description="Open connections of a worker; beyond them one that waits makes room.",
    )
    connections_per_address: int = Field(
        default=256,
        ge=0,
        description="Connections of one address at a worker, or requests at once of one that a "
        "declared proxy names; 0: no limit.",
    )
    requests_at_once: int = Field(
        default=600, ge=1, description="Requests that a worker answers at the same time."
    )
    head_limit: int = Field(
        default=32 * 1024, ge=1024, description="Octets of a request's line and headers."
    )
    header_limit: int = Field(default=100, ge=8, description="Headers of a request.")
    request_line_limit: int = Field(default=8 * 1024, ge=256, description="Octets of an address.")
    head_seconds: float = Field(default=10.0, gt=0, description="Seconds to the end of the head.")
    body_seconds: float = Field(
        default=15.0,
        gt=0,
        description="Seconds to the end of the body; `body_octets_per_second` give one more.",
    )
    body_octets_per_second: int = Field(default=500, ge=1)
    idle_seconds: int = Field(
        default=15, ge=1, description="How long a connection may rest between two requests."
    )
    metrics: Literal["loopback", "operators"] = Field(
        default="loopback",
        description="Who may read the figures of the service: callers on its own machine, or "
        "signed-in operators from anywhere.",
    )
    requests_per_second: float = Field(
        default=0,
        ge=0,
        description="Sustained rate a principal may reach at one worker; 0: no limit.",
    )
    failed_sign_ins_per_minute: int = Field(default=30, ge=1)
    idempotency_days: int = Field(default=30, ge=1)
    sequencer: bool = Field(default=True, description="Whether the workers number the ledger.")
    log_level: Level = "INFO"
