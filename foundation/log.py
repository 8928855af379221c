"""Structured log: past-tense event names, context bound once at the edge, personal data dropped."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from foundation.settings import Log

#: Names whose values never reach a log, at any depth.
PERSONAL = frozenset({"password", "id_no", "phone", "secret", "token", "csrf_token", "initial_password", "key"})


def drop_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace personal and secret values by a mark."""
    for name in event.keys() & PERSONAL:
        event[name] = "…"
    return event


def configure_log(settings: Log) -> None:
    """Set up structlog for this process; lines go to standard error."""
    renderer: Any = structlog.processors.JSONRenderer() if settings.json_lines else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_personal_data,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def get_log() -> Any:
    """A logger that carries the context bound at the edge."""
    return structlog.get_logger()
