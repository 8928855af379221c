"""A private PostgreSQL 15 cluster with PostGIS, on a Unix socket only."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from ops.home import Account, OpsError, private_folder

BINARIES = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "geowarden"
START_TIMEOUT_S = 60.0

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "'256MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "effective_cache_size": "'1GB'",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "warning",
}
#: For tests: a crash may lose the cluster, which is thrown away anyway.
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "'2GB'"}


@dataclass(frozen=True, kw_only=True)
class PostgresCluster:
    """One cluster: its data folder, its socket folder, the account it runs as."""

    folder: Path
    sockets: Path
    account: Account
    extra: dict[str, str] = field(default_factory=dict)

    def url(self, database: str = SUPERUSER) -> str:
        """Libpq URL of a database of this cluster."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.sockets}"

    def exists(self) -> bool:
        """Was it initialised?"""
        return (self.folder / "PG_VERSION").exists()

    def initialise(self) -> None:
        """Make the cluster; a half-made one is made anew."""
        if self.exists():
            return
        require_binaries()
        shutil.rmtree(self.folder, ignore_errors=True)
        private_folder(self.folder, self.account)
        command: list[str | Path] = [
            BINARIES / "initdb",
            "-D",
            self.folder,
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **self.as_account())
        if made.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise OpsError(f"The database cluster could not be made: {last_line(made.stderr)}")

    def command(self) -> list[str]:
        """The server in the foreground, for whoever supervises it."""
        settings = SETTINGS | self.extra | {"unix_socket_directories": f"'{self.sockets}'"}
        config = "\n".join(f"{name} = {value}" for name, value in settings.items())
        (self.folder / "geowarden.conf").write_text(config + "\n")
        main = self.folder / "postgresql.conf"
        include = "include 'geowarden.conf'"
        if include not in main.read_text():
            main.write_text(main.read_text() + f"\n{include}\n")
        return [str(BINARIES / "postgres"), "-D", str(self.folder)]

    def wait_ready(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Until it answers."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise OpsError(f"The database did not start within {timeout_s:.0f} s: see the log “postgres”.") from error
                time.sleep(0.1)
            else:
                return

    def ensure_database(self, database: str = SUPERUSER) -> None:
        """The database and the extensions it needs."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{database}"')

    def stop_stray(self) -> None:
        """End a server that runs on our folder without a supervisor."""
        if (self.folder / "postmaster.pid").exists():
            command: list[str | Path] = [BINARIES / "pg_ctl", "-D", self.folder, "-m", "fast", "-w", "-t", "30", "stop"]
            subprocess.run(command, capture_output=True, check=False, cwd="/", **self.as_account())

    def as_account(self) -> dict[str, Any]:
        """Arguments of ``subprocess`` that run a program as the cluster's account."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}


def require_binaries() -> None:
    """PostgreSQL and PostGIS are installed."""
    if not (BINARIES / "postgres").exists():
        raise OpsError("PostgreSQL 15 is missing: run `apt-get install postgresql-15-postgis-3`.")
    if not Path("/usr/share/postgresql/15/extension/postgis.control").exists():
        raise OpsError("PostGIS is missing: run `apt-get install postgresql-15-postgis-3`.")


def server_version() -> str:
    """The installed server's version, which apt may have changed under a running cluster."""
    require_binaries()
    return subprocess.run([BINARIES / "postgres", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
