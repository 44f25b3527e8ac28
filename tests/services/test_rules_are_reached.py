"""A rule that nothing of the service asks for says nothing to anybody, however well it is tested.

What is looked at is the program, not the tests: a module of the rules has to be imported on the way
from the application or its commands, and what it offers has to be used somewhere in the program.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import grimp
import pytest

import app

ROOT: Final = Path(app.__file__).parent
ROOMS: Final = ("criteria", "derivations", "statistics")
ENTRANCES: Final = ("app.main", "app.cli")


@cache
def reached() -> frozenset[str]:
    """Give every module that the application or a command needs, however far down."""
    graph = grimp.build_graph("app", cache_dir=None)
    return frozenset().union(*(graph.find_upstream_modules(one) for one in ENTRANCES))


@cache
def modules(room: str) -> tuple[Path, ...]:
    """Give the modules of a room; the front of a package, which only names it, is none."""
    of_room = sorted((ROOT / "services" / room).rglob("*.py"))
    return tuple(one for one in of_room if one.name != "__init__.py")


@cache
def used() -> dict[str, frozenset[tuple[Path, int]]]:
    """Give where in the program each name is used: by itself, or as a member of something."""
    found: dict[str, set[tuple[Path, int]]] = defaultdict(set)
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name):
                found[node.id].add((path, node.lineno))
            elif isinstance(node, ast.Attribute):
                found[node.attr].add((path, node.lineno))
    return {name: frozenset(places) for name, places in found.items()}


def offered(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Give the functions and classes that a module offers to others."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node


def unused(path: Path) -> list[str]:
    """Give what a module offers and nothing but itself, within its own lines, speaks of."""
    return [
        node.name
        for node in offered(path)
        if all(
            place == path and node.lineno <= line <= (node.end_lineno or node.lineno)
            for place, line in used().get(node.name, ())
        )
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_of_the_rules_is_on_the_way_from_an_entrance(room: str) -> None:
    names = {
        ".".join(("app", *one.relative_to(ROOT).with_suffix("").parts)) for one in modules(room)
    }
    assert sorted(names - reached()) == []


@pytest.mark.parametrize("room", ROOMS)
def test_everything_that_a_module_of_the_rules_offers_is_used(room: str) -> None:
    found = {str(one.relative_to(ROOT)): names for one in modules(room) if (names := unused(one))}
    assert found == {}


def test_it_looks_at_the_rules() -> None:
    assert min(len(modules(room)) for room in ROOMS) > 20
    assert "app.services.criteria.imwg.progression" in reached()
