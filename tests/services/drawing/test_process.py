"""What a drawing process says of itself."""

import subprocess
import sys

PEAK = "from app.services.drawing.process import peak_megabytes; print(peak_megabytes())"
STARTED_BY_A_LARGE_ONE = f"""
import subprocess, sys
held = b"x" * (600 * 1024 * 1024)
print(subprocess.run([sys.executable, "-c", {PEAK!r}], capture_output=True, text=True).stdout)
"""


def test_its_memory_is_its_own_and_not_that_of_the_worker_that_started_it() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", STARTED_BY_A_LARGE_ONE], capture_output=True, text=True, check=True
    )
    assert 10 < float(answer.stdout) < 400
