"""The services of one installation and the settings they are started with."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from foundation.migrate import upgrade
from foundation.settings import Settings, load_settings
from ops.demo.filmed import media_folder
from ops.home import ROOT, Home, OpsError
from ops.postgres import PostgresCluster, server_version
from ops.supervisor import Service, Supervisor

API_TIMEOUT_S = 60.0


def cluster_of(home: Home) -> PostgresCluster:
    """The private cluster of an installation."""
    return PostgresCluster(folder=home.data / "postgres", sockets=home.sockets, account=home.account)


def own_database() -> bool:
    """Do we run the database ourselves?"""
    return "DATABASE__URL" not in os.environ


def own_redis() -> bool:
    """Do we run Redis ourselves?"""
    return "REDIS__URL" not in os.environ


def environment_of(home: Home, host: str, port: int, *, demo: bool) -> dict[str, str]:
    """Settings every service is started with; what the operator set wins."""
    web = ROOT / "web_map" / "dist"
    ours = {
        "DATABASE__URL": cluster_of(home).url(),
        "REDIS__URL": f"unix://{home.sockets}/redis.sock",
        "DATA__FOLDER": str(home.data),
        "SERVER__HOST": host,
        "SERVER__PORT": str(port),
        "SERVER__DEMO": "true" if demo else "false",
        "PYTHONPATH": str(ROOT),
    }
    if demo:
        ours["STREAMS__MEDIA_FOLDER"] = str(media_folder(home.data))
    if (web / "index.html").exists():
        ours["SERVER__WEB_FOLDER"] = str(web)
    return {name: os.environ.get(name, value) for name, value in ours.items()} | {"PYTHONPATH": str(ROOT)}


def installed_settings(home: Home, host: str, port: int) -> Settings:
    """The settings of this installation, for a command that works beside its services."""
    environment = environment_of(home, host, port, demo=True)
    os.environ.update({name: value for name, value in environment.items() if "__" in name})
    return load_settings()


def supervisor_of(home: Home, host: str, port: int, *, demo: bool) -> Supervisor:
    """Database, Redis, server and job worker, in the order they need one another."""
    environment = environment_of(home, host, port, demo=demo)
    services = []
    if own_database():
        services.append(_postgres(home))
    if own_redis():
        services.append(_redis(home))
    services += [_api(home, environment, host, port), _jobs(home, environment)]
    facts = {"address": f"http://{host}:{port}", "demo": demo, "postgres_version": server_version() if own_database() else ""}
    return Supervisor(services, home.state_file, facts)


def _postgres(home: Home) -> Service:
    cluster = cluster_of(home)
    cluster.initialise()
    cluster.stop_stray()

    def ready() -> None:
        cluster.wait_ready()
        cluster.ensure_database()

    return Service(
        name="postgres",
        command=cluster.command(),
        log=home.logs / "postgres.log",
        popen=cluster.as_account(),
        stop_signal=signal.SIGINT,
        stop_timeout_s=60.0,
        wait_ready=ready,
    )


def _redis(home: Home) -> Service:
    binary = shutil.which("redis-server")
    if binary is None:
        raise OpsError("Redis is missing: run `apt-get install redis-server`.")
    folder = home.data / "redis"
    folder.mkdir(exist_ok=True)
    socket = home.sockets / "redis.sock"
    command = [
        binary,
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--unixsocketperm",
        "700",
        "--dir",
        str(folder),
        "--save",
        "",
        "--appendonly",
        "no",
        "--maxmemory",
        "256mb",
        "--maxmemory-policy",
        "allkeys-lru",
    ]
    return Service(name="redis", command=command, log=home.logs / "redis.log")


def _api(home: Home, environment: dict[str, str], host: str, port: int) -> Service:
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "ops.serving:application",
        "--host",
        host,
        "--port",
        str(port),
        "--no-access-log",
        "--timeout-graceful-shutdown",
        "5",
    ]

    def ready() -> None:
        wait_for_answer(f"http://{host}:{port}/readyz", API_TIMEOUT_S)

    return Service(
        name="api",
        command=command,
        log=home.logs / "api.log",
        environment=environment,
        prepare=lambda: upgrade(environment["DATABASE__URL"]),
        wait_ready=ready,
    )


def _jobs(home: Home, environment: dict[str, str]) -> Service:
    command = [sys.executable, "-m", "ops", "jobs"]
    return Service(name="jobs", command=command, log=home.logs / "jobs.log", environment=environment)


def wait_for_answer(url: str, timeout_s: float) -> None:
    """Until a URL answers 200."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        if time.monotonic() > deadline:
            raise OpsError(f"The server did not answer within {timeout_s:.0f} s: see `./geowarden logs api`.")
        time.sleep(0.2)


def log_files(home: Home) -> list[Path]:
    """The logs there are."""
    return sorted(home.logs.glob("*.log"))
