"""A process that draws: reports come in, pictures go out, one after the other.

The renderer runs JavaScript, holds some hundred megabytes and cannot be interrupted; so it has a
process of its own, which whoever waits for it can kill. It starts nothing, opens no address and
knows no secret: what it draws is in the order.
"""

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.charts.catalogue import PICTURES
from app.lifeline import end_with
from app.printing.paper import paper
from app.services.drawing.forms import Form
from app.services.drawing.order import LENGTH, REPLY, TYPESET, DrawingOutcome, Order, unpacked
from app.services.drawing.rendering import RENDERERS, svg_of

PICTURES_A_PROCESS: Final = 500
LARGEST_MEGABYTES: Final = 700
_WARM: Final[dict[str, Any]] = {
    "data": {"values": [{"a": 0}]},
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


def main(parent: int) -> None:
    """Draw until the orders end or the parent does.

    Args:
        parent: the process that sends the orders.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(parent)
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray word of a library is no answer
    svg_of(_WARM)
    _reply(answers, DrawingOutcome.READY)
    for drawn in range(1, sys.maxsize):
        order = orders.read(LENGTH.size)
        if len(order) < LENGTH.size:
            return
        wanted = unpacked(orders.read(LENGTH.unpack(order)[0]))
        report = orders.read(LENGTH.unpack(orders.read(LENGTH.size))[0])
        try:
            picture = _drawn(wanted, report)
        except Exception as error:  # the next order may be drawn
            _reply(answers, DrawingOutcome.FAILED, type(error).__name__.encode())
            continue
        leaving = drawn >= PICTURES_A_PROCESS or peak_megabytes() > LARGEST_MEGABYTES
        _reply(
            answers, DrawingOutcome.DRAWN_AND_LEAVING if leaving else DrawingOutcome.DRAWN, picture
        )
        if leaving:
            return


def _drawn(order: Order, report: bytes) -> bytes:
    if order.chart == TYPESET:
        return paper(report)
    specification = PICTURES[order.chart](json.loads(report), order.options)
    render: Callable[[dict[str, Any]], bytes] = RENDERERS[Form(order.form)]
    return render(specification)


def _reply(answers: BinaryIO, outcome: DrawingOutcome, body: bytes = b"") -> None:
    answers.write(REPLY.pack(outcome, len(body)) + body)
    answers.flush()


def peak_megabytes() -> float:
    """Give the most memory that this program ever held; 0: the system does not say.

    Not `getrusage`: its count begins with the peak of the process that started this one, and a
    large worker would have every picture drawn by a new process.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except FileNotFoundError:
        return 0
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(peak[1]) / 1024 if peak else 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
