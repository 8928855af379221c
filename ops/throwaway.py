"""A private PostgreSQL for a while: for tests and measurements. Fast, forgetful, and gone at the end."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foundation.migrate import upgrade
from ops.home import database_account, private_folder
from ops.postgres import FAST_AND_FORGETFUL, PostgresCluster

TEMPLATE = "template_geowarden"


@contextmanager
def throwaway_cluster() -> Iterator[PostgresCluster]:
    """A cluster on a Unix socket with one migrated, empty database named ``TEMPLATE``."""
    with tempfile.TemporaryDirectory(prefix="gwt-") as name:
        folder, account = Path(name), database_account()
        folder.chmod(0o755)
        private_folder(folder / "run", account)
        made = PostgresCluster(folder=folder / "pg", sockets=folder / "run", account=account, extra=FAST_AND_FORGETFUL)
        made.initialise()
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(made.command(), stdout=log, stderr=log, cwd="/", **made.as_account())
        try:
            made.wait_ready()
            made.ensure_database(TEMPLATE)
            upgrade(made.url(TEMPLATE))
            yield made
        finally:
            server.terminate()
            server.send_signal(2)
            server.wait(30)
