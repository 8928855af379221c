"""Background jobs on procrastinate: deferred in the transaction that needs them, run by a worker process.

A job row is written by the same transaction as the change that wants it, so no job is lost and none runs for a change that
was rolled back. A job gets its own ``Work`` as the system; a long one gets the database, works in several transactions, and so
can be seen on its way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from procrastinate import App, PsycopgConnector

from foundation.database import Database
from foundation.settings import Settings
from foundation.viewer import SYSTEM
from foundation.work import Work, work

#: procrastinate's own function, called on our connection so that the job belongs to our transaction.
DEFER = """
SELECT procrastinate_defer_jobs_v1(
    ARRAY[ROW('default', %(name)s, 0, %(lock)s, NULL, %(args)s, NULL)::procrastinate_job_to_defer_v1])
"""

JobFunction = Callable[..., None]
_jobs: dict[str, tuple[JobFunction, str | None]] = {}
#: Names of the jobs that get the database instead of one unit of work.
_long_jobs: set[str] = set()


def job(name: str, *, cron: str | None = None) -> Callable[[JobFunction], JobFunction]:
    """Register ``function(work, **arguments)`` as a job; with ``cron`` it also runs on that schedule (UTC)."""

    def register(function: JobFunction) -> JobFunction:
        _jobs[name] = (function, cron)
        return function

    return register


def long_job(name: str) -> Callable[[JobFunction], JobFunction]:
    """Register ``function(database, **arguments)`` as a job that opens its own units of work, one after the other."""

    def register(function: JobFunction) -> JobFunction:
        _jobs[name] = (function, None)
        _long_jobs.add(name)
        return function

    return register


def defer(unit: Work, name: str, *, lock: str | None = None, **arguments: Any) -> int:
    """Queue a job in this transaction and return its id; jobs with the same ``lock`` run one after the other."""
    if name not in _jobs:
        raise LookupError(f"no job is named {name!r}")
    row = unit.session.connection().exec_driver_sql(DEFER, {"name": name, "lock": lock, "args": json.dumps(arguments)})
    return int(row.scalar_one()[0])


def build_app(settings: Settings, database: Database) -> App:
    """The procrastinate application with every registered job on it."""
    app = App(connector=PsycopgConnector(conninfo=settings.database.url.get_secret_value()))
    for name, (function, cron) in _jobs.items():
        _add_task(app, database, name, function, cron)
    return app


def _add_task(app: App, database: Database, name: str, function: JobFunction, cron: str | None) -> None:
    def run(timestamp: int = 0, **arguments: Any) -> None:  # noqa: ARG001  periodic jobs are told when they were due
        if name in _long_jobs:
            function(database, **arguments)
            return
        with work(database, SYSTEM) as unit:
            function(unit, **arguments)

    task = app.task(name=name, queue="default")(run)
    if cron is not None:
        app.periodic(cron=cron)(task)


def run_worker(settings: Settings, database: Database) -> None:
    """Work through the queue until the process is told to stop."""
    with build_app(settings, database).open() as app:
        app.run_worker(listen_notify=True, install_signal_handlers=True)
