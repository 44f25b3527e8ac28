"""What is changed in the rules, and what is left alone."""

import inspect
from pathlib import Path
from types import CodeType

import pytest

from tests.mutation.mutants import Mutant, change, drawn, modules, read
from tests.mutation.swapping import changed_function

PATHS = [path for path in modules() if path.stem in {"assay_limits", "landmarks", "day_range"}]
RULE = """
LIMIT = 3


class Count:
    def reaches(self, limit: int | None = LIMIT) -> bool:
        return self.n >= limit
"""


def test_the_seed_decides_the_sample() -> None:
    assert drawn(PATHS, 12, 1) == drawn(PATHS, 12, 1)
    assert drawn(PATHS, 12, 1) != drawn(PATHS, 12, 2)


def test_every_module_is_in_the_sample_and_the_longer_more_often() -> None:
    of = [mutant.path for mutant in drawn(PATHS, 24, 1)]
    by_lines = sorted(PATHS, key=lambda path: len(path.read_text().splitlines()))
    counts = [of.count(str(path)) for path in by_lines]
    assert sum(counts) == 24
    assert counts == sorted(counts)
    assert counts[0] > 0


def test_a_change_that_only_types_decorators_or_signatures_see_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "typed.py"
    path.write_text(
        "@cached(size=3)\ndef half(n: Literal[4], *, m: int) -> Literal[2]:\n    return n / 2\n"
    )
    assert {mutant.line for mutant in drawn([path], 1_000, 1)} == {3}


def test_a_report_names_a_mutant_that_can_be_read_again() -> None:
    mutant = Mutant(path="app/a.py", operator="core/NumberReplacer", occurrence=4, line=7)
    assert read(str(mutant).split()) == mutant


def test_it_shows_the_change() -> None:
    assert change("a = 1\nb = 2\n", "a = 1\nb = 3\n") == "      -b = 2\n      +b = 3"


def code(source: str) -> CodeType:
    return compile(source, "rule.py", "exec")


def test_a_function_is_exchanged_with_its_class_left_alone() -> None:
    swap = changed_function(code(RULE), code(RULE.replace(">=", ">")))
    assert swap is not None
    assert [changed.co_qualname for changed in swap] == ["Count.reaches"] * 2
    assert all(changed.co_flags & inspect.CO_OPTIMIZED for changed in swap)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("LIMIT = 3", "LIMIT = 4", id="a constant"),
        pytest.param("= LIMIT)", "= 4)", id="a default"),
        pytest.param("class Count:", "class Count:\n    n = 1", id="the body of a class"),
    ],
)
def test_what_runs_at_import_is_no_function_to_exchange(before: str, after: str) -> None:
    assert changed_function(code(RULE), code(RULE.replace(before, after))) is None
