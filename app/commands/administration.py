"""Centres, clients, grants and sign-in links."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.table import Table

from app.access.permissions import Role
from app.commands.console import fail, output, show
from app.commands.operator_access import as_owner
from app.commands.settings import configured
from app.config import Settings
from app.services import administration

centre = typer.Typer(no_args_is_help=True, help="The centres of the trial.")
client = typer.Typer(no_args_is_help=True, help="The systems that sign in.")
grant = typer.Typer(no_args_is_help=True, help="Who may do what, where, and until when.")
token = typer.Typer(no_args_is_help=True, help="Sign-in links for people.")

AtCentre = Annotated[str | None, typer.Option("--centre", help="For roles held at a centre.")]
OfRole = Annotated[Role, typer.Option("--role", help="What it is to the trial.")]
_SPAN = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta:
    """Read a span such as ``8h``, ``30m`` or ``14d``."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise typer.BadParameter("write a number and m, h or d, as in 8h")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


For = Annotated[
    timedelta | None, typer.Option("--for", parser=span, metavar="SPAN", help="Such as 8h or 14d.")
]


@centre.command("add")
def add_centre(
    code: Annotated[str, typer.Argument(help="1 to 8 digits or capital letters.")],
    name: Annotated[str, typer.Option("--name", help="How people call it.")],
) -> None:
    """Open a centre."""
    as_owner(lambda owner: administration.add_centre(owner, code, name))
    output.print(f"Centre {code} is open.")


@centre.command("list")
def list_centres() -> None:
    """List the centres."""
    table = Table("code", "name", "subjects")
    for row in as_owner(administration.centres):
        table.add_row(row["code"], row["name"], str(row["subjects"]))
    show(table)


@client.command("create")
def create_client(
    name: Annotated[str, typer.Argument(help="How the ledger will call it.")],
    role: OfRole,
    centre: AtCentre = None,
    lasting: For = None,
    jwks: Annotated[
        Path | None, typer.Option("--jwks", help="A JWK Set with its public keys.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Make a client. Without keys it gets a secret, which is shown this once."""
    try:
        keys = jwks.read_text(encoding="utf-8") if jwks else None
    except (OSError, UnicodeDecodeError):
        raise fail(f"The file {jwks} cannot be read.") from None
    ends_at = datetime.now(UTC) + lasting if lasting else None
    made = as_owner(
        lambda owner: administration.create_client(owner, name, role, centre, keys, ends_at)
    )
    if as_json:
        shown = {"client_id": str(made.client_id), "name": made.name, "role": role.value}
        if centre is not None:
            shown["centre"] = centre
        if made.secret is not None:
            shown["client_secret"] = made.secret
        typer.echo(json.dumps(shown))
        return
    output.print(f"client_id      {made.client_id}")
    if made.secret is not None:
        output.print(f"client_secret  {made.secret}", soft_wrap=True)
        output.print("Nobody can show the secret again.")


@client.command("revoke")
def revoke_client(name: Annotated[str, typer.Argument(help="Its name or client_id.")]) -> None:
    """Take all access from a client or a person, from its next request on."""
    as_owner(lambda owner: administration.revoke_client(owner, name))
    output.print(f"{name} has no access any more.")


@grant.command("add")
def add_grant(
    name: Annotated[str, typer.Argument(help="The client or person.")],
    role: OfRole,
    centre: AtCentre = None,
    lasting: For = None,
    person: Annotated[  # noqa: FBT002
        bool, typer.Option("--person", help="Make a person of that name if there is none.")
    ] = False,
) -> None:
    """Give a client or a person a role."""
    ends_at = datetime.now(UTC) + lasting if lasting else None
    as_owner(
        lambda owner: administration.add_grant(
            owner, name, role, centre, ends_at, make_person=person
        )
    )
    output.print(f"{name} is {role} {f'at {centre}' if centre else 'of the trial'}.")


@grant.command("revoke")
def revoke_grant(
    name: Annotated[str, typer.Argument(help="The client or person.")],
    role: OfRole,
    centre: AtCentre = None,
) -> None:
    """Take a role from a client or a person, from its next request on."""
    as_owner(lambda owner: administration.revoke_grant(owner, name, role, centre))
    output.print(f"{name} is no {role} any more.")


@grant.command("list")
def list_grants() -> None:
    """List who may do what now."""
    table = Table("name", "kind", "role", "centre", "until")
    for row in as_owner(administration.grants):
        until = row["ends_at"].isoformat(timespec="minutes") if row["ends_at"] else ""
        table.add_row(row["name"], row["kind"], row["role"], row["centre"] or "", until)
    show(table)


@token.command("issue")
def issue_token(
    name: Annotated[str, typer.Option("--name", help="How the ledger will call the person.")],
    role: OfRole,
    centre: AtCentre = None,
    lasting: Annotated[
        timedelta, typer.Option("--for", parser=span, metavar="SPAN", help="Until the grant ends.")
    ] = "8h",  # type: ignore[assignment]
) -> None:
    """Give a person a role for a time and print a link that signs them in once."""
    typer.echo(sign_in_link(configured(), name, role, centre, lasting))


def sign_in_link(
    settings: Settings, name: str, role: Role, centre: str | None, lasting: timedelta
) -> str:
    """Give a person a role that ends by itself, and the link that signs them in once."""
    if settings.database_url is not None:
        raise fail("On your own PostgreSQL people sign in through your OpenID Connect issuer.")
    ends_at = datetime.now(UTC) + lasting

    async def linked(owner: asyncpg.Connection) -> str:
        person = await administration.add_grant(
            owner, name, role, centre, ends_at, make_person=True
        )
        return await administration.make_link(owner, person)

    return f"{settings.issuer}/#link={as_owner(linked)}"
