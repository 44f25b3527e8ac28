"""How commands speak: sentences on standard error, results on standard output."""

import typer
from rich.console import Console
from rich.table import Table

output = Console()
errors = Console(stderr=True, soft_wrap=True, highlight=False)
WIDE = 1000


def fail(sentence: str) -> typer.Exit:
    """Say what went wrong and give the exit that goes with it."""
    errors.print(sentence, style="red", markup=False)
    return typer.Exit(1)


def show(table: Table) -> None:
    """Print a table; where a program reads it and nobody looks, each row is one line."""
    Console(width=None if output.is_terminal else WIDE).print(table)
