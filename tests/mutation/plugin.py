"""A pytest that, once it has collected the tests, runs them against one mutant after another.

Each mutant lives in a forked child. The tests tried against it are those of its own room that
import its module, first the file named after it, then by the length of the chain of imports, until
one fails. Hypothesis stays out: what a drawn example happens to find is no fixed rate.
"""

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import grimp
import pytest

from tests.mutation.mutants import Mutant, change
from tests.mutation.swapping import changed_function, key, living_functions

PYTEST = ("--noconftest", "-q", "-p", "no:cacheprovider", "-p", "anyio", "-p", "pytest_timeout")
CASES = ("-p", "_hypothesis_pytestplugin", "-m", "not hypothesis", "-k", "not test_r_still_says")
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"
BROKEN = 70
IMPORTED_AGAIN = ("app.services", "tests.services")


class Mutation:
    """What becomes of each mutant: `fates`."""

    def __init__(self, mutants: Sequence[Mutant], *, seconds: int) -> None:
        self.mutants = mutants
        self.seconds = seconds
        self.fates: dict[Mutant, str] = {}
        self._graph = grimp.build_graph("app", "tests", cache_dir=None)
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep in mind that a test failed."""
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant, in the place of running every test."""
        if session.testsfailed:
            raise session.Interrupted("a test could not be collected")
        if _fate_of_child(lambda: self._pass(session.items), 20 * self.seconds) != SURVIVED:
            raise session.Failed("a test fails with nothing changed")
        self._functions = living_functions(str(Path("app/services").absolute()))
        for number, mutant in enumerate(self.mutants, start=1):
            self.fates[mutant] = self._fate(mutant, session.items)
            print(f"\n{number:4} {self.fates[mutant]:9} {mutant}", end="", flush=True)
            if self.fates[mutant] == SURVIVED:
                source = Path(mutant.path).read_text()
                print(f"\n{change(source, mutant.mutated(source))}", end="", flush=True)
        return True

    def _fate(self, mutant: Mutant, items: Sequence[pytest.Item]) -> str:
        path = Path(mutant.path)
        source, place = path.read_text(), str(path.absolute())
        mutated = mutant.mutated(source)
        chosen = self._nearest(mutant, items)
        swap = changed_function(compile(source, place, "exec"), compile(mutated, place, "exec"))

        def survives() -> bool:
            if swap and (functions := self._functions.get(key(swap[0]))):
                for function in functions:
                    function.__code__ = swap[1]
                return self._pass(chosen)
            return _pass_imported_again(chosen)

        path.write_text(mutated)
        try:
            return _fate_of_child(survives, self.seconds)
        finally:
            path.write_text(source)

    def _nearest(self, mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        module = mutant.path.removesuffix(".py").replace("/", ".")
        room, mirror = module.split(".")[2], f"test_{module.rsplit('.', 1)[1]}"
        distance = {
            test: (not test.endswith(mirror), len(chain), test)
            for test in self._graph.find_downstream_modules(module)
            if test.startswith(f"tests.services.{room}.test_")
            and (chain := self._graph.find_shortest_chain(importer=test, imported=module))
        }
        near = [item for item in items if _module(item) in distance]
        return sorted(near, key=lambda item: distance[_module(item)])

    def _pass(self, items: Sequence[pytest.Item]) -> bool:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                return False
        return True


def _module(item: pytest.Item) -> str:
    return item.nodeid.split(".py", 1)[0].replace("/", ".")


def _pass_imported_again(items: Sequence[pytest.Item]) -> bool:
    """Run the files of these tests in a process that forgets what it imported of the rooms."""
    for name in [name for name in sys.modules if name.startswith(IMPORTED_AGAIN)]:
        del sys.modules[name]
    files = dict.fromkeys(str(item.path) for item in items)
    sys.dont_write_bytecode = True
    return not files or pytest.main(["-x", *PYTEST, *CASES, *files]) == pytest.ExitCode.OK


def _fate_of_child(survives: Callable[[], bool], seconds: int) -> str:
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with contextlib.suppress(BaseException):
            os._exit(0 if survives() else 1)
        os._exit(BROKEN)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return TIMED_OUT
    if code == BROKEN:
        raise RuntimeError("the mutant could not be tried")
    return KILLED if code else SURVIVED
