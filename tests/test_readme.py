"""The tour of the README runs as it is printed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.deployment import free_port
from tests.deployment import open_directory

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
DAYZERO = Path(sys.executable).with_name("dayzero")


def tour() -> str:
    found = re.search(r"```bash tour\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def served() -> Iterator[tuple[int, Path]]:
    """An empty service of its own, as the README starts it."""
    with open_directory() as directory:
        port = free_port()
        environment = {**os.environ, "DAYZERO_DATA_DIRECTORY": str(directory / "data")}
        environment.pop("DATABASE_URL", None)
        process = subprocess.Popen(
            [DAYZERO, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            yield port, directory / "data"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def test_the_tour_runs_as_printed(served: tuple[int, Path]) -> None:
    port, data = served
    assert shutil.which("curl"), "the tour is written for curl"
    script = tour().replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    script = script.replace(".data/tour", str(data)).replace(".venv/bin/dayzero", str(DAYZERO))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "DAYZERO_ISSUER": f"http://127.0.0.1:{port}"},
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert "}D3\n" in said or "\nD3\n" in said
    refusal = next(line for line in said.splitlines() if "/problems/validation-failed" in line)
    assert "Cytokine storm" not in said
    assert {"/term", "/onset", "/serious"} <= set(re.findall(r'"pointer": "([^"]+)"', refusal))
    assert said.count('"unchanged": 1') == 1
    assert '"Vasopressor given; grade read again."' in said
    *_, changes, events = (json.loads(line) for line in _documents(said))
    assert [event["version"] for event in events["items"]] == [1]
    assert [event["grade"] for event in events["items"]] == [2]
    kinds = [change["kind"] for change in changes["items"]]
    assert kinds == ["subjects", "infusions", "adverse-events", "adverse-events", "lab-results"]


def _documents(said: str) -> list[str]:
    """Give the lists that the tour printed, which curl does not part by lines."""
    return re.findall(r'\{"items":\[.*?\],(?:"next_after":\d+,)?"as_of":\d+\}', said)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.1)
            continue
        return
    raise AssertionError(f"{url} did not answer")
