"""A demonstration trial, loaded over HTTP as the centres' own clients would."""

import typer

demo = typer.Typer(no_args_is_help=True, help="A demonstration trial.")
