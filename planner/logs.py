"""The log of a server: text on a terminal, JSON for machines elsewhere; to stderr, our lines and uvicorn's alike."""

from __future__ import annotations

import logging.config
import sys
from typing import TYPE_CHECKING, Any

import structlog
from structlog.typing import Processor

if TYPE_CHECKING:
    from planner.settings import Settings

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(settings: Settings) -> None:
    """Sets logging up, unless `planner serve` has done it for this process already."""
    if not structlog.is_configured():
        logging.config.dictConfig(log_config(settings))


def log_config(settings: Settings) -> dict[str, Any]:
    """What uvicorn hands to logging.config in each of its processes."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    quiet = "DEBUG" if settings.log_level == "debug" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "planner.logs.formatter", "as_json": as_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
        # What these say at the start and at the end, `planner serve` says itself.
        "loggers": {name: {"level": quiet} for name in ("uvicorn.error", "alembic")},
    }


def formatter(as_json: bool) -> logging.Formatter:
    """The formatter of every line. It also sends structlog's lines through logging, in this process.

    Tracebacks show no local variables, since they hold what people wrote.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    processors: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        processors += [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=processors)
