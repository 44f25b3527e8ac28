"""The command ``dayzero``."""

import typer

from app.commands import administration, operation
from app.commands.demo import demo
from app.commands.serve import serve

cli = typer.Typer(
    name="dayzero",
    help="The data of a multicentre CAR-T trial, exchanged over HTTP.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command("serve")(serve)
cli.command("migrate")(operation.migrate_database)
cli.command("sequence")(operation.sequence)
cli.command("openapi")(operation.openapi)
cli.add_typer(administration.centre, name="centre")
cli.add_typer(administration.client, name="client")
cli.add_typer(administration.grant, name="grant")
cli.add_typer(administration.token, name="token")
cli.add_typer(operation.keys, name="keys")
cli.add_typer(demo, name="demo")


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
