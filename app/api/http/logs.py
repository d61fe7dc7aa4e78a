"""Structured logs, without anything personal."""

import logging
import sys
import traceback
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
SERVER_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


def configure_logs(level: str, form: Literal["json", "console"]) -> None:
    """Send our own log lines from `level` on, and warnings of libraries, to standard output in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    console = structlog.dev.ConsoleRenderer(colors=True) if sys.stdout.isatty() else _render_plainly
    renderer: Processor = structlog.processors.JSONRenderer() if form == "json" else console
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_values],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    # Below a warning, drivers of databases write statements with their values, and sealed rows.
    logging.basicConfig(handlers=[handler], level=max(LEVELS[level], logging.WARNING), force=True)
    for name in SERVER_LOGGERS:
        server = logging.getLogger(name)
        server.handlers, server.propagate = [], name != "uvicorn.access"
    # The server says when it starts and stops.
    logging.getLogger("uvicorn.error").setLevel(max(LEVELS[level], logging.INFO))


def _render_plainly(_: object, __: str, event: EventDict) -> str:
    # As structlog's own renderer without colours, which takes a tenth of the time of a whole request.
    moment, level, name = (event.pop(key) for key in ("timestamp", "level", "event"))
    pairs = [f"{key}={value if _is_word(value) else repr(value)}" for key, value in sorted(event.items())]
    return f"{moment} [{level:<9}] {name:<30} {' '.join(pairs)}".rstrip()


def _is_word(value: object) -> bool:
    return not isinstance(value, str) or (value.isprintable() and " " not in value)


def _without_values(_: object, __: str, event: EventDict) -> EventDict:
    # The message of an exception may quote an answer or a statement's parameter; its type and place do not.
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"] = describe_error(error)
    return event


def describe_error(error: BaseException) -> list[str]:
    """Return the types and places of an error and its causes, the first cause last, without any value."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)
        lines += [type(cause).__qualname__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
        cause = cause.__cause__ or cause.__context__
    return lines
