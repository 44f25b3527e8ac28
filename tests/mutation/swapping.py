"""A changed function in the place of the original, in a process that has imported everything.

Whoever imported a function holds the same object, so its code is exchanged and nothing needs to be
imported again: a mutant costs its tests and no start of an interpreter.
"""

import gc
import inspect
from types import CodeType, FunctionType


def key(code: CodeType) -> tuple[str, str, int]:
    """Name a piece of code by where it stands."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


def living_functions(prefix: str) -> dict[tuple[str, str, int], list[FunctionType]]:
    """Give the functions of files below a directory, by where they stand."""
    found: dict[tuple[str, str, int], list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename.startswith(prefix):
            found.setdefault(key(thing.__code__), []).append(thing)
    return found


def changed_function(original: CodeType, mutated: CodeType) -> tuple[CodeType, CodeType] | None:
    """Give the outermost function that differs, before and after; None: no function holds it all.

    None means a constant, a default or the body of a class: what runs while it is imported.
    """
    if original.co_flags & inspect.CO_OPTIMIZED:
        return original, mutated
    if _own(original) != _own(mutated):
        return None
    pairs = zip(_nested(original), _nested(mutated), strict=True)
    inner = [changed_function(*pair) for pair in pairs if not _same(*pair)]
    return inner[0] if len(inner) == 1 else None


def _own(code: CodeType) -> tuple[object, ...]:
    constants = tuple(
        "code" if isinstance(value, CodeType) else (type(value).__name__, repr(value))
        for value in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants


def _nested(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]


def _same(original: CodeType, mutated: CodeType) -> bool:
    return _own(original) == _own(mutated) and all(
        _same(*pair) for pair in zip(_nested(original), _nested(mutated), strict=True)
    )
