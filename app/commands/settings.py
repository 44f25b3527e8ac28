"""What the settings say of a deployment, and a sentence where they cannot be used."""

import os
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from app.commands.console import fail
from app.config import Settings
from app.database import Database
from app.services.configured_sign_in import configured_sign_in
from app.services.sign_in import SignIn
from app.trial.trial import load_trial


def configured() -> Settings:
    """Read the settings; the address of the service is where `serve` last had it, unless set.

    Raises:
        typer.Exit: a setting cannot be read. Its value is not repeated.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = [
            f"DAYZERO_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}."
            for one in error.errors(include_input=False)
        ]
        raise fail("\n".join(wrong)) from None
    if settings.database_url is None and "DAYZERO_ISSUER" not in os.environ:
        with suppress(OSError, UnicodeDecodeError):
            issuer = _address_file(settings).read_text(encoding="utf-8").strip()
            return settings.model_copy(update={"issuer": issuer})
    return settings


def signing_in(settings: Settings) -> SignIn:
    """Make what signs callers in, to use it here or to see whether a worker could.

    It stands on a database that is never asked.

    Raises:
        typer.Exit: the trial file, a key or the list of issuers cannot be used.
    """
    try:
        load_trial(settings.trial)
        return configured_sign_in(settings, Database(settings, "postgresql://unused@/unused"))
    except ValidationError as error:
        wrong = [
            f"{settings.external_issuers}: {'.'.join(map(str, one['loc']))}: {one['msg']}."
            for one in error.errors(include_input=False)
        ]
        raise fail("\n".join(wrong)) from None
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise fail(f"{said}.") from None
    except ValueError as error:
        raise fail(f"{str(error).rstrip('.')}.") from None


def remember_address(settings: Settings) -> None:
    """Write the address of the service beside its data, for the commands that print it."""
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _address_file(settings).write_text(f"{settings.issuer}\n", encoding="utf-8")


def _address_file(settings: Settings) -> Path:
    return settings.data_directory / "address"
