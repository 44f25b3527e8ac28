"""What the service says of itself, as the processes that say it do: JSON lines without a value."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

SCRIPT = """
import asyncio, logging, sys, warnings
import structlog
from app.log_lines import log_to_standard_error
import uvicorn.config, logging.config
logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
log_to_standard_error({level!r})
def failing():
    raise ValueError("Nemo")
try:
    failing()
except ValueError:
    caught = sys.exc_info()
{script}
"""


def logged(script: str, level: str = "INFO") -> list[dict[str, Any]]:
    """What a process writes, each line read as JSON."""
    text = SCRIPT.format(level=level, script=script)
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == ""
    assert "Nemo" not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_it_writes_one_object_a_line() -> None:
    (entry,) = logged("structlog.get_logger().warning('ledger not numbered', problem='away')")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", entry.pop("at"))
    assert entry == {"event": "ledger not numbered", "problem": "away", "level": "warning"}


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"] * 2),
        ("WARNING", ["warning", "error"] * 2),
        ("ERROR", ["error"] * 2),
    ],
)
def test_it_leaves_out_what_is_less_severe(level: str, expected: list[str]) -> None:
    script = """
for log in (structlog.get_logger(), logging.getLogger("app.any")):
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("said")
"""
    assert [entry["level"] for entry in logged(script, level)] == expected


@pytest.mark.parametrize("logger", ["app.access.issuer_keys", "uvicorn.error", "asyncio"])
def test_of_an_error_it_says_the_type_and_the_place(logger: str) -> None:
    script = f"logging.getLogger({logger!r}).error('It failed\\n%r', caught[1], exc_info=caught)"
    (entry,) = logged(script)
    assert (entry["event"], entry["error"], entry["logger"]) == ("It failed", "ValueError", logger)
    assert entry["frames"][-1].endswith(" failing")


def test_of_a_task_that_failed_unseen_it_says_no_value() -> None:
    script = """
async def main():
    async def fail():
        raise ValueError("Nemo")
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
asyncio.run(main())
"""
    (entry,) = logged(script)
    assert entry["event"] == "Task exception was never retrieved"
    assert entry["error"] == "ValueError"
