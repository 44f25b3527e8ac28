"""The rules as they stand in their rooms, and the tests that hold them."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.services.rule_book.docstrings import Said, parse

ROOMS: Final[Mapping[str, str]] = {
    "services/criteria": "Criteria: what makes a category, a grade, a finding",
    "services/derivations": "Derivations: of one subject",
    "services/statistics": "Statistics: of many",
    "services/reports": "Reports: what an answer says",
}
"""Where rules stand, below ``app``, and what the chapter of each is called."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A number that a rule turns on.

    Attributes:
        value: as it is written in the source.
        meaning: what it says of itself; empty where it says nothing.
    """

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Function:
    """A rule that is one function, or one kind of thing."""

    name: str
    said: Said


@dataclass(frozen=True, slots=True)
class Rule:
    """One module of rules.

    Attributes:
        room: a key of :data:`ROOMS`.
        module: as it is imported.
        functions: the public ones that name a source or a decision of their own.
        tests: files that import it, from the root of the project.
    """

    room: str
    module: str
    said: Said
    boundaries: tuple[Boundary, ...]
    functions: tuple[Function, ...]
    tests: tuple[str, ...]


def read_rules(root: Path) -> tuple[Rule, ...]:
    """Read every module that is a rule or holds one, in the order of rooms and names.

    Args:
        root: of the project, with ``app`` and ``tests`` in it.
    """
    tests = _tests(root)
    return tuple(
        rule
        for room in ROOMS
        for file in sorted((root / "app" / room).rglob("*.py"))
        if (rule := _rule(root, room, file, tests)) is not None
    )


def _rule(root: Path, room: str, file: Path, tests: Mapping[str, Collection[str]]) -> Rule | None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstring, functions = ast.get_docstring(tree), tuple(_functions(tree))
    if docstring is None or not ((said := parse(docstring)).is_a_rule or functions):
        return None
    module = _module(root, file)
    held_by = tuple(sorted(tests.get(module, ())))
    return Rule(room, module, said, tuple(_boundaries(tree)), functions, held_by)


def _functions(tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            docstring = ast.get_docstring(node)
            if docstring and (said := parse(docstring)).is_a_rule:
                yield Function(node.name, said)


def _boundaries(tree: ast.Module) -> Iterator[Boundary]:
    """Give the constants that are a number, each with the words beneath it."""
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if not isinstance(node, ast.AnnAssign | ast.Assign):
            continue
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        number = _number(node.value)
        if isinstance(target, ast.Name) and target.id.isupper() and number is not None:
            yield Boundary(target.id.lstrip("_"), number, _words(after))


def _number(value: ast.expr | None) -> str | None:
    """Give a number as it is written: 28, 0.5, Decimal("0.05"), -1."""
    match value:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return str(number)
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as text)]):
            return text
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=int() as number)]):
            return str(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            amount = _number(operand)
            return None if amount is None else f"-{amount}"
    return None


def _words(node: ast.stmt | None) -> str:
    match node:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return " ".join(text.split())
    return ""


def _tests(root: Path) -> Mapping[str, Collection[str]]:
    """Give by module of the application the test files that hold it.

    Those are the files that import it; where none does, those that hold the modules that do.
    """
    direct: dict[str, set[str]] = defaultdict(set)
    for file in (root / "tests").rglob("test_*.py"):
        for module in _imported(file):
            direct[module].add(file.relative_to(root).as_posix())
    users: dict[str, set[str]] = defaultdict(set)
    for file in (root / "app" / "services").rglob("*.py"):
        for module in _imported(file):
            users[module].add(_module(root, file))
    return {module: _holding(module, direct, users) for module in {*direct, *users}}


def _holding(
    module: str, direct: Mapping[str, set[str]], users: Mapping[str, set[str]]
) -> frozenset[str]:
    """Give the tests of a module, or those nearest to it by way of the modules that import it."""
    seen, asked = {module}, {module}
    while asked:
        if held := frozenset[str]().union(*(direct.get(one, ()) for one in asked)):
            return held
        asked = {user for one in asked for user in users.get(one, ())} - seen
        seen |= asked
    return frozenset()


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _module(root: Path, file: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
