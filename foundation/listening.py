"""Hearing that something was committed: one connection a process listens, whoever waits is woken."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

import psycopg
import structlog

from foundation.settings import Database

CHANNEL = "changes"
#: A connection that broke is made anew after so long.
AGAIN_S = 1.0
#: How often a silent connection looks whether it is still wanted.
LOOK_UP_S = 0.5

log = structlog.get_logger()


class Listener:
    """``await listener.news(after, timeout)`` returns when something was committed since ``heard`` was ``after``."""

    def __init__(self, settings: Database) -> None:
        self._url = settings.url.get_secret_value()
        self._guard = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        #: Grows with every commit that is heard of; read it before you look.
        self.heard = 0

    async def news(self, after: int, timeout_s: float) -> bool:
        """Wait for a commit that was not heard of at ``after``; False when none came in time."""
        mine = (asyncio.get_running_loop(), asyncio.Event())
        with self._guard:
            if self.heard > after:
                return True
            self._waiting.add(mine)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(mine[1].wait(), timeout_s)
            return mine[1].is_set()
        finally:
            with self._guard:
                self._waiting.discard(mine)

    def start(self) -> None:
        """Listen, unless it does already."""
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, daemon=True, name="listener")
                self._thread.start()

    def stop(self) -> None:
        """Listen no longer."""
        self._stopped.set()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    # what was committed while nobody listened is found by looking
                    self._wake()
                    while not self._stopped.is_set():
                        for _ in connection.notifies(timeout=LOOK_UP_S):
                            self._wake()
            except psycopg.Error as error:
                log.warning("listener_lost", error=type(error).__name__)
            self._stopped.wait(AGAIN_S)

    def _wake(self) -> None:
        with self._guard:
            self.heard += 1
            waiting = list(self._waiting)
        for loop, event in waiting:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)
