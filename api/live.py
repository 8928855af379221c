"""The live stream (Server-Sent Events): each viewer is told what happens on their sites, and goes on where they left off.

A stream holds nothing: it looks into the log for its viewer whenever something was committed, and sends at the pace of its
reader. So a slow reader fills no queue, and scope is whatever it is at that moment.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.dependencies import CallerDep, caller_of, database_of
from foundation.listening import Listener
from foundation.problems import Problem, Unavailable
from foundation.viewer import Viewer
from foundation.work import work
from insights.live.logging import AT_ONCE, latest, since
from insights.live.models import LiveEvent

router = APIRouter(tags=["live"])
#: A comment so often keeps proxies from closing a silent stream.
HEARTBEAT_S = 15.0
#: Whether the session still holds is asked so often.
RECHECK_S = 10.0
MOST_STREAMS = 6


class TooManyStreams(Unavailable):
    """You have as many live streams open as one may have."""


class Streams:
    """How many streams each viewer has open in this process."""

    def __init__(self) -> None:
        self._guard, self._open = threading.Lock(), Counter[int]()

    def enter(self, user_id: int) -> None:
        """Open one, or raise ``TooManyStreams``."""
        with self._guard:
            if self._open[user_id] >= MOST_STREAMS:
                raise TooManyStreams
            self._open[user_id] += 1

    def leave(self, user_id: int) -> None:
        """Close one."""
        with self._guard:
            self._open[user_id] -= 1


# an answer without an end is nothing for clients made from the OpenAPI document; docs/operations.md tells of it
@router.get("/live", response_class=StreamingResponse, include_in_schema=False)
async def live(
    request: Request, caller: CallerDep, last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)] = None
) -> StreamingResponse:
    """Incidents as they are reported and go on. ``Last-Event-ID`` goes on from there; ``reset`` = that is too long ago."""
    streams: Streams = request.app.state.streams
    assert caller.viewer.user_id is not None
    await run_in_threadpool(_allowed, request, caller.viewer)
    streams.enter(caller.viewer.user_id)
    number = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request, caller.viewer, number), media_type="text/event-stream", headers=headers)


def _allowed(request: Request, viewer: Viewer) -> None:
    with work(database_of(request), viewer, read_only=True) as unit:
        unit.require("read_incidents")


async def _told(request: Request, viewer: Viewer, number: int | None) -> AsyncIterator[str]:
    listener: Listener = request.app.state.listener
    listener.start()
    try:
        at = number if number is not None else await run_in_threadpool(_latest, request, viewer)
        yield f"retry: 2000\nid: {at}\nevent: hello\ndata: {{}}\n\n"
        checked = time.monotonic()
        while not await request.is_disconnected():
            heard = listener.heard
            lines, at, full = await run_in_threadpool(_look, request, viewer, at)
            for line in lines:
                yield line
            if full:
                continue
            if not await listener.news(heard, HEARTBEAT_S):
                yield ": alive\n\n"
            if time.monotonic() - checked > RECHECK_S:
                checked = time.monotonic()
                if not await run_in_threadpool(_still_signed_in, request):
                    yield "event: ended\ndata: {}\n\n"
                    return
    finally:
        request.app.state.streams.leave(viewer.user_id)


def _latest(request: Request, viewer: Viewer) -> int:
    with work(database_of(request), viewer, read_only=True) as unit:
        return latest(unit)


def _look(request: Request, viewer: Viewer, number: int) -> tuple[list[str], int, bool]:
    with work(database_of(request), viewer, read_only=True) as unit:
        found = since(unit, number)
        lines = ["event: reset\ndata: {}\n\n"] if found.gone else []
        lines += [_line(event) for event in found.events]
        last = found.events[-1].id if found.events else number
        return lines, max(last, number), len(found.events) == AT_ONCE


def _line(event: LiveEvent) -> str:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(event.content, separators=(',', ':'))}\n\n"


def _still_signed_in(request: Request) -> bool:
    try:
        caller_of(request)
    except Problem:
        return False
    return True
