"""The processes that draw: the same bytes each time, bounded, killed when they hang, never left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.problems import DeadlineExceeded, Overloaded
from app.services.drawing import pool as pools
from app.services.drawing.forms import Form
from app.services.drawing.order import REPLY, DrawingOutcome, Order, packed
from app.services.drawing.pool import DrawingError, DrawingPool, DrawingProcess
from app.services.drawing.rendering import svg_of
from tests.charts import reports

CURVE = Order(chart="kaplan-meier", form=Form.SVG)
HOSTILE = "</text><script>alert(1)</script>&\"'<"


def written(report: dict[str, Any]) -> bytes:
    return json.dumps(report).encode()


REPORT = written(reports.SHOWN["kaplan-meier"])


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[DrawingPool]:
    pool = DrawingPool(20)
    yield pool
    await pool.stop()


@pytest.fixture
async def pool() -> AsyncIterator[DrawingPool]:
    pool = DrawingPool(20)
    yield pool
    await pool.stop()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("chart", ["adverse-events", "car-kinetics"])
@pytest.mark.parametrize("form", [Form.SVG, Form.PNG, Form.PDF, Form.VEGA_LITE])
async def test_the_same_report_is_the_same_bytes(
    shared: DrawingPool, chart: str, form: Form
) -> None:
    order = Order(chart=chart, form=form)
    report = written(reports.SHOWN[chart])
    first = await shared.draw(order, report)
    await shared.draw(CURVE, REPORT)
    assert await shared.draw(order, report) == first


def test_what_a_picture_refers_to_within_itself_is_numbered_anew() -> None:
    gradient = {"gradient": "linear", "stops": [{"offset": 0, "color": "#fff"}]}
    told = {
        "data": {"values": [{"a": 1}]},
        "mark": {"type": "bar", "clip": True, "fill": gradient},
        "encoding": {"x": {"field": "a", "type": "quantitative"}},
    }
    first, second = svg_of(told), svg_of(told)
    assert first == second
    assert first.count("url(#part") == 2


async def test_a_text_is_a_text_and_no_mark_up(shared: DrawingPool) -> None:
    report = written(reports.adverse_events((HOSTILE, {"grade_1": 2})))
    svg = await shared.draw(Order(chart="adverse-events", form=Form.SVG), report)
    assert b"<script" not in svg
    assert b"&lt;script&gt;alert(1)" in svg


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x.json", "file:///etc/passwd", "x.json"])
async def test_nothing_is_fetched_for_a_picture(address: str) -> None:
    data = {"url": address, "format": {"type": "dsv", "delimiter": "|"}}
    told = {"data": data, "mark": "text", "encoding": {"text": {"value": "read"}}}
    code = (
        "import json, sys; from app.services.drawing.rendering import svg_of\n"
        "try: print(svg_of(json.loads(sys.argv[1])))\n"
        "except ValueError as refused: print(refused)"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code, json.dumps(told)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert ">read<" not in done.stdout
    assert "not allowed" in done.stdout or address.startswith("file:")


async def test_a_report_that_cannot_be_drawn_is_an_error_and_the_process_goes_on(
    shared: DrawingPool,
) -> None:
    await shared.draw(CURVE, REPORT)
    before = shared.identities
    with pytest.raises(DrawingError, match="KeyError"):
        await shared.draw(CURVE, b'{"endpoint": "overall-survival"}')
    assert shared.identities == before
    assert await shared.draw(CURVE, REPORT)


async def test_no_process_knows_our_secrets(
    pool: DrawingPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYZERO_SIGNING_KEY", "a secret")
    await pool.draw(CURVE, REPORT)
    [process] = pool.identities
    known = environment_of(process)
    assert b"PATH=" in known
    assert b"a secret" not in known


@pytest.mark.parametrize("at_work", [False, True], ids=["idle", "at work"])
async def test_one_that_ended_is_replaced(pool: DrawingPool, at_work: bool) -> None:
    first = await pool.draw(CURVE, REPORT)
    [process] = pool.identities
    if at_work:
        os.kill(process, signal.SIGSTOP)
    drawing = asyncio.create_task(pool.draw(CURVE, REPORT))
    if at_work:
        await asyncio.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    assert await drawing == first
    assert process not in pool.identities


async def test_a_report_that_ends_every_process_ends_two_of_them(
    pool: DrawingPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pool.draw(CURVE, REPORT)
    started = []

    async def ending(*_: object) -> DrawingProcess:
        process = await start()
        started.append(process)
        process.process.kill()
        return process

    start = DrawingProcess.start
    monkeypatch.setattr(DrawingProcess, "start", ending)
    [process] = pool.identities
    os.kill(process, signal.SIGKILL)
    with pytest.raises(Overloaded):
        await pool.draw(CURVE, REPORT)
    assert len(started) == 1
    assert pool.identities == []


async def test_whoever_gives_up_leaves_no_process_with_an_old_answer(pool: DrawingPool) -> None:
    first = await pool.draw(CURVE, REPORT)
    [process] = pool.identities
    os.kill(process, signal.SIGSTOP)
    drawing = asyncio.create_task(pool.draw(Order(chart="enrolment", form=Form.SVG), REPORT))
    await asyncio.sleep(0.05)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    assert not is_running(process)
    assert await pool.draw(CURVE, REPORT) == first


async def test_when_too_many_wait_the_next_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "WAITING", 1)
    pool = DrawingPool(20)
    try:
        await asyncio.gather(*(pool.draw(CURVE, REPORT) for _ in range(2)))
        pool.seconds = 0.5
        for process in pool.identities:
            os.kill(process, signal.SIGSTOP)
        asked = [asyncio.create_task(pool.draw(CURVE, REPORT)) for _ in range(4)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        refused = [type(one) for one in found]
        assert refused == [DeadlineExceeded, DeadlineExceeded, Overloaded, Overloaded]
        for one in found:
            assert isinstance(one, (DeadlineExceeded, Overloaded))
            assert one.headers["Retry-After"]
        assert pool.identities == []
    finally:
        await pool.stop()


async def test_a_stop_ends_what_is_being_drawn(pool: DrawingPool) -> None:
    await pool.draw(CURVE, REPORT)
    [process] = pool.identities
    os.kill(process, signal.SIGSTOP)
    drawing = asyncio.create_task(pool.draw(CURVE, REPORT))
    await asyncio.sleep(0.05)
    await pool.stop()
    with pytest.raises(Overloaded):
        await drawing
    assert not is_running(process)
    with pytest.raises(Overloaded):
        await pool.draw(CURVE, REPORT)


def test_a_process_ends_when_it_has_drawn_its_share() -> None:
    code = (
        "import os; from app.services.drawing import process\n"
        "process.PICTURES_A_PROCESS = 1\n"
        "process.main(os.getppid())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=packed(CURVE, REPORT) * 2,
        check=True,
        capture_output=True,
    )
    outcome, length = REPLY.unpack_from(done.stdout, REPLY.size)  # after the one that says ready
    assert outcome == DrawingOutcome.DRAWN_AND_LEAVING
    assert len(done.stdout) == 2 * REPLY.size + length


def test_none_outlives_the_worker_that_started_it() -> None:
    """Even one at work, when the worker was killed without a word: no end of orders tells it."""
    code = (
        "import asyncio, os, signal, subprocess\n"
        "from app.services.drawing.pool import DrawingProcess\n"
        "async def main():\n"
        "    started = await DrawingProcess.start()\n"
        "    orders = started._in.get_extra_info('pipe').fileno()\n"
        "    holder = subprocess.Popen(['sleep', '60'], pass_fds=[orders], stdout=-3, stderr=-3)\n"
        "    print(started.process.pid, holder.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())"
    )
    worker = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    process, holder = map(int, worker.stdout.split())
    try:
        deadline = time.monotonic() + 20
        while is_running(process) and not is_zombie(process):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.kill(holder, signal.SIGKILL)


def environment_of(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
