"""What access tidies up by itself."""

from __future__ import annotations

import structlog

from access.sessions import remove_old_sessions
from foundation.jobs import job
from foundation.settings import load_settings
from foundation.work import Work


@job("remove_old_sessions", cron="17 * * * *")
def tidy_sessions(work: Work) -> None:
    """Throw away, every hour, the sessions nobody can use any more."""
    removed = remove_old_sessions(work, load_settings().security)
    structlog.get_logger().info("old sessions removed", removed=removed)
