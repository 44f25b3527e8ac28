"""The numerical libraries are imported by the first estimate, not by the service's start."""

import pkgutil
import subprocess
import sys

from app.services import statistics


def test_importing_the_statistics_imports_neither_numpy_nor_scipy() -> None:
    modules = [
        module.name
        for module in pkgutil.iter_modules(statistics.__path__, prefix="app.services.statistics.")
    ]
    assert len(modules) >= 11
    program = (
        f"import sys, {', '.join(modules)}\nprint(sorted({{'numpy', 'scipy'}} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout.strip() == "[]"
