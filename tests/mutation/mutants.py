"""The changes made to the rules: cosmic-ray's operators, and a sample drawn by a seed.

Left out, because they say nothing about the tests: a change that is no Python, one that only an
annotation, a decorator or the star of a signature sees, another operator for `|` (which here joins
types), an operator on bits, identity in the place of order and order in the place of identity.
Nearly all of them fail at once, by a TypeError, or change nothing, and would only flatter or blur
the rate.
"""

import ast
import difflib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOMS = ("criteria", "derivations", "statistics")
LEFT_OUT = re.compile(
    r"core/(NoOp|RemoveDecorator|ReplaceBinaryOperator_(BitOr_|\w+_(Bit|RShift|LShift))"
    r"|ReplaceComparisonOperator_(Is_(?!IsNot)|IsNot_(?!Is$)|(?!Is)\w+_Is))"
)
NEVER_CHANGED = {"string", "newline", "endmarker", "name", "atom_expr", "arglist", "trailer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one module: an operator, applied where it fits for the n-th time."""

    path: str
    operator: str
    occurrence: int
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator} {self.occurrence}"

    def mutated(self, source: str) -> str:
        """Give the module's source with the change made."""
        return mutate_code(source, get_operator(self.operator)(), self.occurrence) or source


def read(words: Sequence[str]) -> Mutant:
    """Give the mutant that a report names by these words: `path:line`, operator, occurrence."""
    place, operator, occurrence = words[:3]
    path, line = place.rsplit(":", 1)
    return Mutant(path=path, operator=operator, occurrence=int(occurrence), line=int(line))


def modules() -> list[Path]:
    """Give the modules of the three rooms, by name."""
    return sorted(
        path
        for room in ROOMS
        for path in Path("app/services", room).rglob("*.py")
        if path.name != "__init__.py"
    )


def drawn(paths: Sequence[Path], size: int, seed: int) -> list[Mutant]:
    """Draw a sample of mutants, from each module in proportion to its lines and at least one.

    They come in an order drawn by the seed too, so that a run cut short is a sample as well.
    """
    lines = {path: len(path.read_text().splitlines()) for path in paths}
    shares = {path: size * count / sum(lines.values()) for path, count in lines.items()}
    quotas = {path: max(1, int(share)) for path, share in shares.items()}
    by_remainder = sorted(paths, key=lambda path: shares[path] % 1, reverse=True)
    for path in by_remainder[: max(0, size - sum(quotas.values()))]:
        quotas[path] += 1
    sample = [one for path, quota in quotas.items() for one in _drawn_from(path, quota, seed)]
    random.Random(seed).shuffle(sample)
    return sample


def _drawn_from(path: Path, quota: int, seed: int) -> Iterator[Mutant]:
    source = path.read_text()
    candidates = list(_every(path, source))
    random.Random(f"{seed} {path}").shuffle(candidates)
    for mutant in candidates:
        if quota == 0:
            return
        if _tells(source, mutant.mutated(source)):
            quota -= 1
            yield mutant


def _every(path: Path, source: str) -> Iterator[Mutant]:
    nodes = [node for node in ast_nodes(get_ast(source)) if node.type not in NEVER_CHANGED]
    for name in operator_names():
        kind = get_operator(name)
        if LEFT_OUT.match(name) or kind.arguments():
            continue
        operator = kind()
        positions = (at for node in nodes for at in operator.mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            yield Mutant(path=str(path), operator=name, occurrence=occurrence, line=start[0])


def _tells(source: str, mutated: str) -> bool:
    try:
        return _behaviour(mutated) != _behaviour(source)
    except SyntaxError:
        return False


def _behaviour(source: str) -> str:
    compile(source, "mutant", "exec")
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.arguments):
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults += [default for default in node.kw_defaults if default]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(value=None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
            node.decorator_list = []
        elif isinstance(node, ast.ClassDef):
            node.decorator_list = []
    return ast.dump(tree)


def change(source: str, mutated: str) -> str:
    """Give the lines that differ, before and after."""
    lines = difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0, lineterm="")
    return "\n".join(
        f"      {line}" for line in lines if line[0] in "+-" and line[:3] not in {"+++", "---"}
    )
