"""Keeping the services alive: starts them in order, restarts what ends, ends whole process groups."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LONGEST_BACKOFF_S = 30.0
#: A service that lasted so long starts with a short back-off again.
STEADY_S = 60.0
POLL_S = 0.3


@dataclass(kw_only=True)
class Service:
    """One program that should always run."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    #: Arguments of ``Popen`` such as the account to run as.
    popen: Mapping[str, Any] = field(default_factory=dict)
    #: The signal that ends it gently.
    stop_signal: int = signal.SIGTERM
    stop_timeout_s: float = 15.0
    #: Done once, before the first start.
    prepare: Callable[[], None] | None = None
    #: Returns when the service can be used; the next one starts after that.
    wait_ready: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restarts: int = 0
    next_start_at: float = 0.0

    def start(self) -> None:
        """Start it in a process group of its own, which dies with the supervisor."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/" if "user" in self.popen else None,
                env=dict(os.environ) | dict(self.environment),
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(self.stop_signal),  # noqa: PLW1509  one prctl call, no locks
                **self.popen,
            )
        self.started_at = time.time()

    def stop(self) -> None:
        """End the whole group: gently, then for good. The child is reaped."""
        if self.process is None:
            return
        if self.process.poll() is None:
            signal_group(self.process.pid, self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_timeout_s)
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def revive(self, now: float) -> bool:
        """Restart it if it ended and its back-off is over; True if it was restarted."""
        if self.process is None or self.process.poll() is None:
            return False
        if self.next_start_at == 0.0:
            signal_group(self.process.pid, signal.SIGKILL)
            self.restarts = 0 if now - self.started_at > STEADY_S else self.restarts
            self.next_start_at = now + min(0.5 * 2**self.restarts, LONGEST_BACKOFF_S)
            self.restarts += 1
        if now < self.next_start_at:
            return False
        self.next_start_at = 0.0
        self.start()
        return True


class Supervisor:
    """Runs services until told to stop."""

    def __init__(self, services: list[Service], state_file: Path, facts: Mapping[str, Any]) -> None:
        self.services = services
        self.state_file = state_file
        self.facts = dict(facts)
        self.stopping = False

    def run(self) -> None:
        """Start all in order, keep them alive, stop all in reverse order."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            for service in self.services:
                self._start(service)
            while not self.stopping:
                changed = [service.revive(time.time()) for service in self.services]
                if any(changed):
                    self.write_state("running")
                time.sleep(POLL_S)
        finally:
            for service in reversed(self.services):
                service.stop()
            self.state_file.unlink(missing_ok=True)

    def write_state(self, phase: str, problem: str | None = None) -> None:
        """What ``status`` reads."""
        services = {
            one.name: {"pid": one.process.pid if one.process else None, "since": one.started_at, "restarts": one.restarts}
            for one in self.services
        }
        state = {"pid": os.getpid(), "phase": phase, "problem": problem, "services": services} | self.facts
        partial = self.state_file.with_suffix(".part")
        partial.write_text(json.dumps(state))
        partial.rename(self.state_file)

    def _start(self, service: Service) -> None:
        if self.stopping:
            return
        self.write_state(f"starting {service.name}")
        if service.prepare is not None:
            service.prepare()
        service.start()
        if service.wait_ready is not None:
            service.wait_ready()
        self.write_state("running" if service is self.services[-1] else f"started {service.name}")

    def _stop(self, *_: object) -> None:
        self.stopping = True


def die_with_parent(stop_signal: int) -> None:
    """Ask the kernel to end this process when its parent dies, so that no orphan keeps a port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)


def signal_group(pid: int, number: int) -> None:
    """Signal a process group, if any of it is left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def read_state(state_file: Path) -> dict[str, Any] | None:
    """The supervisor's state, if a supervisor is alive."""
    try:
        state: dict[str, Any] = json.loads(state_file.read_text())
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return state if _is_supervisor(state["pid"]) else None


def _is_supervisor(pid: int) -> bool:
    """Not another program that got the same number later."""
    try:
        return b"supervise" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
