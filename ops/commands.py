"""What each command does."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

from api.app import create_app
from coverage.kernel.measuring import warm_up
from foundation.database import open_database
from foundation.jobs import run_worker
from foundation.log import configure_log
from foundation.migrate import upgrade
from foundation.settings import load_settings, settings_table
from ops.demo.filmed import film_cameras
from ops.demo.incidents import keep_reporting
from ops.demo.load import seed_city
from ops.demo.logins import DEMO_LOGINS
from ops.demo.watching import keep_alive
from ops.home import MARK, Home, OpsError, find_home, prepare
from ops.postgres import server_version
from ops.services import installed_settings, log_files, own_database, supervisor_of, wait_for_answer
from ops.supervisor import read_state
from sites.visibility import visible_sites

START_TIMEOUT_S = 150.0
STOP_TIMEOUT_S = 90.0


def up(options: argparse.Namespace) -> int:
    """Start everything that is not running, seed the demo city, say where it is."""
    home = find_home()
    prepare(home)
    state = read_state(home.state_file)
    if state and own_database() and state.get("postgres_version") != server_version():
        say("PostgreSQL was upgraded: restarting.")
        _stop(home)
        state = None
    if state is None:
        require_free_port(options.host, options.port)
        with step("starting database, Redis, server and worker"):
            _launch(home, options)
        state = read_state(home.state_file) or {}
    if not options.no_demo:
        _seed(home, options)
    wait_for_answer(f"{state['address']}/readyz", START_TIMEOUT_S)
    _welcome(state["address"], demo=bool(state.get("demo")))
    return 0


def down(_: argparse.Namespace) -> int:
    """Stop everything."""
    say("stopped." if _stop(find_home()) else "was not running.")
    return 0


def status(_: argparse.Namespace) -> int:
    """What runs, since when, where."""
    home = find_home()
    state = read_state(home.state_file)
    if state is None:
        say("not running; start it with ./geowarden up")
        return 3
    say(f"{state['phase']} at {state['address']} · data in {home.data}")
    for name, one in state["services"].items():
        since = datetime.fromtimestamp(one["since"], UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S") if one["since"] else "–"
        restarts = f" · restarted {one['restarts']}×" if one["restarts"] else ""
        print(f"  {name:<10} pid {one['pid'] or '–':<8} since {since}{restarts}")
    if state.get("postgres_version"):
        print(f"  {state['postgres_version']}")
    return 0


def logs(options: argparse.Namespace) -> int:
    """The end of the logs."""
    home = find_home()
    files = [path for path in log_files(home) if options.service in {None, path.stem}]
    if not files:
        known = ", ".join(path.stem for path in log_files(home)) or "none yet"
        raise OpsError(f"There is no log of “{options.service or 'any service'}”; known: {known}.")
    command = ["tail", "-n", "100", *(["-F"] if options.follow else []), *map(str, files)]
    return subprocess.run(command, check=False).returncode


def reset(options: argparse.Namespace) -> int:
    """Stop, and throw the data away."""
    home = find_home()
    if not options.yes:
        answer = input(f"Throw away all data in {home.data}? Type yes: ") if sys.stdin.isatty() else ""
        if answer.strip().lower() != "yes":
            raise OpsError("Nothing was thrown away; answer “yes” or give --yes.")
    _stop(home)
    if (home.data / MARK).exists():
        shutil.rmtree(home.data)
        shutil.rmtree(home.sockets, ignore_errors=True)
    say("all data is gone; ./geowarden up starts anew.")
    return 0


def settings(_: argparse.Namespace) -> int:
    """Every setting, secrets hidden."""
    for name, value, meaning in settings_table(load_settings()):
        print(f"{name:<36} {value:<40} {meaning}")
    return 0


def openapi(_: argparse.Namespace) -> int:
    """The OpenAPI document, for the client's types."""
    print(json.dumps(create_app().openapi(), ensure_ascii=False, indent=1, sort_keys=True))
    return 0


def jobs(_: argparse.Namespace) -> int:
    """Run the job worker in the foreground."""
    loaded = load_settings()
    configure_log(loaded.log)
    if loaded.server.demo:
        keep_alive()
        keep_reporting()
    Thread(target=warm_up, daemon=True).start()
    run_worker(loaded, open_database(loaded.database, visible_sites, pool_size=2))
    return 0


def migrate(_: argparse.Namespace) -> int:
    """Bring the database of the settings to this version."""
    upgrade(load_settings().database.url.get_secret_value())
    return 0


def seed(options: argparse.Namespace) -> int:
    """Seed the demo city into the running installation."""
    _seed(find_home(), options)
    return 0


def supervise(options: argparse.Namespace) -> int:
    """Run the supervisor in the foreground; ``up`` starts this in the background."""
    home = find_home()
    prepare(home)
    supervisor = supervisor_of(home, options.host, options.port, demo=not options.no_demo)
    try:
        supervisor.run()
    except OpsError as error:
        (home.folder / "failure").write_text(str(error))
        raise
    return 0


def say(sentence: str) -> None:
    """A line for the operator."""
    print(f"geowarden: {sentence}", flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    print(f"  · {what} …", end="", flush=True)
    began = time.monotonic()
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def require_free_port(host: str, port: int) -> None:
    """Nobody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OpsError(f"Port {port} on {host} is taken: stop what uses it, or choose another with --port.") from error


def _launch(home: Home, options: argparse.Namespace) -> None:
    """Start the supervisor in the background and wait until everything runs."""
    failure = home.folder / "failure"
    failure.unlink(missing_ok=True)
    command = [sys.executable, "-m", "ops", "supervise", "--host", options.host, "--port", str(options.port)]
    command += ["--no-demo"] if options.no_demo else []
    with (home.logs / "supervisor.log").open("ab") as log:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        state = read_state(home.state_file)
        if state and state["phase"] == "running":
            return
        if started.poll() is not None:
            reason = failure.read_text() if failure.exists() else "see ./geowarden logs supervisor"
            raise OpsError(f"Starting failed: {reason}")
        if time.monotonic() > deadline:
            _stop(home)
            raise OpsError(f"Not everything started within {START_TIMEOUT_S:.0f} s: see ./geowarden logs.")
        time.sleep(0.1)


def _stop(home: Home) -> bool:
    state = read_state(home.state_file)
    if state is None:
        return False
    os.kill(state["pid"], signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while read_state(home.state_file) is not None:
        if time.monotonic() > deadline:
            raise OpsError(f"The supervisor (pid {state['pid']}) does not stop: end it by hand with kill -9.")
        time.sleep(0.1)
    return True


def _seed(home: Home, options: argparse.Namespace) -> None:
    loaded = installed_settings(home, options.host, options.port)
    database = open_database(loaded.database, visible_sites)
    with step(f"demo city with {options.scale} sites"):
        seed_city(database, loaded, sites=options.scale)
    with step("cameras with drawn films"):
        film_cameras(database, loaded)
    database.engine.dispose()


def _welcome(address: str, *, demo: bool) -> None:
    print(f"\n  geowarden is at  {address}\n")
    if demo:
        for one in DEMO_LOGINS:
            print(f"    {one.login:<14} {one.password:<18} {one.name_zh} · {one.name_en}")
        print()
