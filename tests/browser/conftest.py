"""The built application on a seeded city, in Debian's Chromium. Every page is watched: errors and strangers fail the test."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from foundation.database import Database, open_database
from foundation.jobs import build_app
from foundation.migrate import upgrade
from foundation.settings import Data, Security, Server, Settings, Streams
from foundation.settings import Database as DatabaseSettings
from foundation.viewer import SYSTEM
from foundation.work import work
from ops.demo.load import seed_city
from ops.demo.logins import DEMO_LOGINS, DEMO_PASSWORD
from ops.demo.watching import pulse
from ops.postgres import PostgresCluster
from sites.visibility import visible_sites

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = (1440, 900), (390, 844)


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that stands for what a camera sends."""
    folder = tmp_path_factory.mktemp("media")
    film = ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=10:duration=10"]
    packed = ["-c:v", "libx264", "-preset", "veryfast", "-g", "10", "-pix_fmt", "yuv420p"]
    subprocess.run([*film, *packed, str(folder / "street.mp4")], check=True, timeout=60)
    return folder


@pytest.fixture(scope="session")
def address(cluster: PostgresCluster, media: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server with sixty demo sites."""
    web = ROOT / "web_map" / "dist"
    assert (web / "index.html").exists(), "the web application is not built: ./geowarden test builds it"
    cluster.ensure_database("browser")
    upgrade(cluster.url("browser"))
    settings = Settings(
        database=DatabaseSettings(url=cluster.url("browser"), pool_size=10),
        data=Data(folder=tmp_path_factory.mktemp("data")),
        server=Server(web_folder=web, demo=True),
        security=Security(argon2_memory_kib=8, argon2_time=1),
        streams=Streams(media_folder=media),
    )
    database = open_database(settings.database, visible_sites)
    seed_city(database, settings, sites=60)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(settings, database=database, demo_logins=DEMO_LOGINS)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    stop = threading.Event()
    worker = threading.Thread(target=work_off, args=(settings, database, stop), daemon=True)
    worker.start()
    yield f"http://127.0.0.1:{port}"
    stop.set()
    server.should_exit = True
    thread.join(10)
    worker.join(30)
    database.engine.dispose()


def work_off(settings: Settings, database: Database, stop: threading.Event) -> None:
    """Do jobs as they come, as the worker process does; it waits for none, so that it can be stopped."""
    with build_app(settings, database).open() as jobs:
        while not stop.wait(0.3):
            with work(database, SYSTEM) as unit:
                pulse(unit)
            with AT_WORK:
                jobs.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


#: Held while jobs are worked off; a test that holds it says itself when that happens.
AT_WORK = threading.Lock()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of somebody, and what went wrong on it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a path and wait until the map, if there is one, stands still."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def settle(self, seconds: float = 20.0) -> None:
        """Wait until the map is idle. Asked again and again: the page's own rules forbid evaluating strings in it."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate("() => window.__map && window.__map.loaded() && window.__map.areTilesLoaded()"):
            assert time.monotonic() < deadline, "the map did not come to rest"
            self.page.wait_for_timeout(100)

    def until(self, question: str, seconds: float = 10.0) -> None:
        """Wait until a question about the page is answered with something true."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(question):
            assert time.monotonic() < deadline, f"never true: {question}"
            self.page.wait_for_timeout(60)

    def click(self, lon: float, lat: float) -> None:
        """Click a place on the map."""
        x, y = self.pixel(lon, lat)
        self.page.mouse.move(x, y, steps=3)
        self.page.wait_for_timeout(70)
        self.page.mouse.click(x, y)
        self.page.wait_for_timeout(70)

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place is on the screen."""
        found = self.page.evaluate(
            "([lon, lat]) => { const p = window.__map.project([lon, lat]);"
            " const r = window.__map.getContainer().getBoundingClientRect(); return [p.x + r.left, p.y + r.top] }",
            [lon, lat],
        )
        return found[0], found[1]


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    """``visit(login, size=…, dark=…)`` → a signed-in page; at the end nothing may have gone wrong on any."""
    made: list[Visit] = []

    def open_page(
        login: str | None, size: tuple[int, int] = DESKTOP, *, dark: bool = False, expect: tuple[str, ...] = ()
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
        )
        theme = "dark" if dark else "light"
        context.add_init_script(f"localStorage.setItem('gw-theme', '{theme}'); sessionStorage.setItem('gw-e2e', '1')")
        page = context.new_page()
        found = Visit(page=page, address=address)
        page.on("console", lambda line: _note(found, expect, line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: _note(found, (), str(error)))
        page.on(
            "request",
            lambda one: _note(found, (), f"stranger {one.url}") if not one.url.startswith((address, "data:", "blob:")) else None,
        )
        made.append(found)
        if login:
            page.goto(f"{address}/sign-in")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", DEMO_PASSWORD)
            page.click("[data-t=sign-in]")
            page.wait_for_url("**/console/**")
        return found

    yield open_page
    faults = [fault for one in made for fault in one.faults]
    for one in made:
        one.page.context.close()
    assert faults == []


def _note(found: Visit, expected: tuple[str, ...], text: str) -> None:
    if not any(part in text for part in expected):
        found.faults.append(text)
