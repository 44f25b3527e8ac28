"""The blocks of a report in a terminal: tables where they fit, line by line where they do not."""

from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from app.commands.console import WIDE, output
from app.commands.public_reads import printable
from app.printing.document import Block, Column, Facts, Table

STEP: Final = "  "
GAP: Final = 2


def show_block(block: Block, console: Console | None = None) -> None:
    """Print one block; a picture has no place in a terminal."""
    where = console or (output if output.is_terminal else Console(width=WIDE))
    if isinstance(block, Facts):
        for name, value in block.items:
            where.print(Text.assemble((printable(name), "dim"), "  ", printable(value)))
    elif isinstance(block, Table):
        _show_table(block, where)
    where.print()


def _show_table(block: Table, where: Console) -> None:
    where.print(Text(printable(block.title), style="bold"))
    if block.rows:
        if _least_width(block) <= where.width:
            where.print(_drawn(block))
        else:
            _show_lines(block, where)
    if block.note:
        where.print(Text(printable(block.note), style="dim"))


def _least_width(block: Table) -> int:
    """Give the columns of a terminal that a table needs: texts may break between words."""
    wide = GAP * (len(block.columns) - 1)
    for place, column in enumerate(block.columns):
        cells = [_cell(row.cells[place]) for row in block.rows]
        if _may_break(place, column):
            cells = [
                f"{STEP * row.level}{word}"
                for row in block.rows
                for word in row.cells[place].split()
            ]
        wide += max(map(cell_len, (column.label, *cells)), default=0)
    return wide


def _may_break(place: int, column: Column) -> bool:
    """Tell whether a column holds texts, which may go on in the next line, or figures."""
    return place == 0 or (column.align == "left" and column.share > 1)


def _drawn(block: Table) -> RichTable:
    table = RichTable(box=None, pad_edge=False, header_style="dim")
    for place, column in enumerate(block.columns):
        table.add_column(
            Text(printable(column.label)),
            justify=column.align,
            no_wrap=not _may_break(place, column),
        )
    for row in block.rows:
        first, *others = (_cell(cell) for cell in row.cells)
        table.add_row(
            Text(f"{STEP * row.level}{first}"),
            *(Text(cell) for cell in others),
            style="bold" if row.strong else "",
        )
    return table


def _show_lines(block: Table, where: Console) -> None:
    """Print each row as its name, then a line for each of its other cells."""
    for row in block.rows:
        first, *others = (_cell(cell) for cell in row.cells)
        where.print(Text(f"{STEP * row.level}{first}", style="bold" if row.strong else ""))
        for column, cell in zip(block.columns[1:], others, strict=True):
            if cell:
                where.print(
                    Text.assemble(
                        STEP * (row.level + 1), (printable(column.label), "dim"), " ", cell
                    )
                )


def _cell(cell: str) -> str:
    return printable(cell.replace("\n", " "))
