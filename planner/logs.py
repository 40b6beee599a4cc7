"""How the program logs: one line for each event, as text on a terminal and as JSON elsewhere."""

from __future__ import annotations

import sys
from typing import Literal

import structlog


def configure_logs(level: str, form: Literal["auto", "text", "json"]) -> None:
    """Sets the least level and the form of all log lines, which go to standard error.

    Tracebacks show no local variables: they hold what people wrote.
    """
    text = form == "text" or (form == "auto" and sys.stderr.isatty())
    rendering: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
