"""The live stream: told at once, to those whose it is, lost to nobody, and gone on with from a number."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from shapely import Point

from foundation.database import Database
from incidents.reporting import Report, report_incident
from incidents.states import IncidentKind, IncidentSeverity
from tests.golden_site import place
from tests.make import NOW, PASSWORD, City, Person


@pytest.fixture
def address(app: FastAPI, database: Database) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def browser(address: str, person: Person) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=20)
    answer = client.post("/api/v1/session", json={"login": person.login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client


class Stream:
    """Reads a stream in a thread of its own, and remembers what came when."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.events: list[tuple[float, int, str, dict[str, Any]]] = []
        self._lines = lines
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        told: dict[str, str] = {}
        try:
            for line in self._lines:
                if line == "" and "event" in told:
                    data = json.loads(told.get("data", "{}"))
                    self.events.append((time.monotonic(), int(told.get("id", -1)), told["event"], data))
                    told = {}
                elif ": " in line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    told[name] = value
        except httpx.HTTPError:
            pass

    def incidents(self) -> list[int]:
        return [data["id"] for _, _, kind, data in self.events if kind == "incident"]

    def wait(self, condition: Callable[[], bool], seconds: float = 8.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.events
            time.sleep(0.01)


@contextmanager
def streaming(client: httpx.Client, last: int | None = None) -> Iterator[Stream]:
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    with client.stream("GET", "/api/v1/live", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = Stream(answer.iter_lines())
        found.wait(lambda: any(one[2] == "hello" for one in found.events))
        yield found


def happen(city: City, east_m: float, kind: IncidentKind = IncidentKind.DUST, north_m: float = 40) -> int:
    with city.work() as unit:
        report = Report(kind=kind, severity=IncidentSeverity.MINOR, location=Point(place(east_m, north_m)), occurred_at=NOW)
        return report_incident(unit, report).incident.id


def test_an_incident_is_told_within_a_second_of_its_commit(address: str, city: City) -> None:
    city.plotted_site()
    with closing(browser(address, city.officer())) as client, streaming(client) as stream:
        for number in range(5):
            made = happen(city, 20 + 35 * number)
            committed = time.monotonic()
            stream.wait(lambda made=made: made in stream.incidents())
            assert stream.events[-1][0] - committed < 1.0


def test_nothing_is_lost_at_fifty_a_second_and_a_stream_goes_on_where_it_broke_off(address: str, city: City) -> None:
    city.plotted_site()
    with closing(browser(address, city.officer())) as client:
        with streaming(client) as first:
            made = [happen(city, 5 + number % 6 * 32, list(IncidentKind)[number % 20]) for number in range(60)]
            first.wait(lambda: len(first.incidents()) >= 30)
            last, seen = first.events[29][1], first.incidents()[:29]
        with streaming(client, last) as second:
            second.wait(lambda: len(seen) + len(second.incidents()) >= 60)
            told = seen + second.incidents()
        assert sorted(told) == sorted(made)


def test_of_other_sites_nothing_is_told(address: str, city: City) -> None:
    city.plotted_site()
    city.plotted_site("漕河泾管廊工程", east_m=-6_000)
    with closing(browser(address, city.officer("310115"))) as client, streaming(client) as stream:
        happen(city, -5_950)
        seen = happen(city, 50)
        stream.wait(lambda: seen in stream.incidents())
        assert stream.incidents() == [seen]


def test_a_grant_taken_away_silences_an_open_stream(address: str, city: City) -> None:
    city.plotted_site()
    officer = city.officer()
    with closing(browser(address, officer)) as client, streaming(client) as stream:
        seen = happen(city, 30)
        stream.wait(lambda: seen in stream.incidents())
        with city.work() as unit:
            from sqlalchemy import update

            from access.models import Grant
            from sites.jurisdiction import resolve_grants

            unit.session.execute(update(Grant).where(Grant.user_id == officer.user_id).values(revoked_at=NOW))
            resolve_grants(unit, users=[officer.user_id])
        happen(city, 120)
        time.sleep(1.0)
        assert stream.incidents() == [seen]


def test_nobody_holds_more_streams_than_six(address: str, city: City) -> None:
    with closing(browser(address, city.officer())) as client:
        opened = [streaming(client) for _ in range(6)]
        for one in opened:
            one.__enter__()
        answer = client.get("/api/v1/live")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/too-many-streams")
        for one in opened:
            one.__exit__(None, None, None)


def test_who_is_not_signed_in_is_told_nothing(address: str) -> None:
    assert httpx.get(f"{address}/api/v1/live").status_code == 401
