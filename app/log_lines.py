"""What the service says of itself: one JSON object a line on standard error, and never a value.

An error's message may carry what a caller sent. Of an error we write its type and where it
happened, and of what a library writes the first line, before it shows a task or a request.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_DEEPEST = 8
_SERVER = ("uvicorn", "uvicorn.error")


def places(error: BaseException) -> list[str]:
    """Give where an error happened: the innermost frames, the last one last."""
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def log_to_standard_error(level: Level) -> None:
    """Write everything that this process logs, its own and its libraries', as JSON lines.

    Args:
        level: the least severe of what is written.
    """
    own: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *own,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *own, _without_values],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells every step
    for name in _SERVER:  # it has set itself up to write lines of its own
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _without_values(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    entry["event"] = str(entry["event"]).strip().partition("\n")[0]
    entry.pop("stack_info", None)
    match entry.pop("exc_info", None):
        case (_, BaseException() as error, _):
            entry["error"] = type(error).__name__
            entry["frames"] = places(error)
    return entry
