"""Tables in a terminal: whole where they fit, line by line where they do not."""

import io

import pytest
from rich.console import Console

from app.commands.tables import show_block
from app.printing.document import Block, Column, Facts, Figure, Row, Table, label
from tests.printing.hostile import SVG

RATES = Table(
    "Best response",
    (label("Rate"), Column("x/N"), Column("95 % limits")),
    (
        Row(("Overall response or better", "52/58", "78.8 to 96.1"), strong=True),
        Row(("of those infused", "47/55", "(73.3\nto 93.5)"), level=1),
    ),
    "Limits: Clopper-Pearson.",
)


def shown(block: Block, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show_block(block, console)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_table_is_a_table_where_it_fits() -> None:
    assert shown(RATES, 70) == [
        "Best response",
        "Rate                          x/N     95 % limits",
        "Overall response or better  52/58    78.8 to 96.1",
        "  of those infused          47/55  (73.3 to 93.5)",
        "Limits: Clopper-Pearson.",
        "",
    ]


@pytest.mark.parametrize("width", [10, 20, 30, 40, 79, 80, 200])
def test_no_figure_is_cut_off_however_narrow_it_is(width: int) -> None:
    lines = shown(RATES, width)
    said = " ".join(" ".join(lines).split())
    for figure in ("52/58", "78.8 to 96.1", "47/55", "(73.3 to 93.5)"):
        assert figure in said
    assert all(len(line) <= width for line in lines)
    assert "\N{HORIZONTAL ELLIPSIS}" not in said


def test_a_row_becomes_lines_where_it_does_not_fit() -> None:
    assert shown(RATES, 22)[1:6] == [
        "Overall response or",
        "better",
        "  x/N 52/58",
        "  95 % limits 78.8 to",
        "96.1",
    ]


def test_nothing_steers_the_terminal_and_nothing_is_markup() -> None:
    steering = "\x1b[2J\x07[red]bold[/red]\u202e"
    lines = "\n".join(
        [
            *shown(Facts(((steering, steering),)), 100),
            *shown(Table(steering, (label(steering),), (Row((steering,)),), steering), 100),
        ]
    )
    assert "\x1b" not in lines
    assert "\x07" not in lines
    assert lines.count("[red]bold[/red]") == 6


def test_a_picture_has_no_place_in_a_terminal() -> None:
    assert shown(Figure("Curve", SVG), 80) == [""]
