"""M59 视频广场: cameras to choose from, what sees a place, and a picture that plays, to those who may see it and nobody else."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from foundation.audit import AuditEntry
from foundation.settings import Settings, Streams
from tests.golden_site import CAMERA_A, CAMERA_B, place
from tests.make import City, Person
from vision.media.embedded import EmbeddedGateway, live_folder

SignIn = Callable[[Person], TestClient]
SESSIONS = "/api/v1/video/sessions"


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two films: one as cameras send it, one that browsers do not play."""
    folder = tmp_path_factory.mktemp("media")
    film = ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4"]
    for name, codec in (("h264.mp4", ["libx264", "-g", "25"]), ("mpeg4.mp4", ["mpeg4", "-g", "25"])):
        subprocess.run([*film, "-c:v", *codec, "-pix_fmt", "yuv420p", str(folder / name)], check=True, timeout=60)
    return folder


@pytest.fixture
def settings(settings: Settings, clips: Path) -> Settings:
    return settings.model_copy(update={"streams": Streams(media_folder=clips)})


@pytest.fixture
def app(app: FastAPI, settings: Settings) -> Iterator[FastAPI]:
    # looked at briefly here, so that streams end with the test
    app.state.gateway = EmbeddedGateway(live_folder(settings.data), settings.streams, idle_s=2.0)
    yield app
    deadline = time.monotonic() + 10
    while app.state.gateway.carrying() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert app.state.gateway.carrying() == 0


@pytest.fixture
def contractor(city: City, signed_in: SignIn) -> TestClient:
    person = city.person("contractor")
    city.grant(person, kind="city")
    return signed_in(person)


def camera(client: TestClient, site_id: int, golden: dict[str, Any], film: Path | None = None) -> int:
    given = golden | ({"protocol": "file", "stream": film.as_uri()} if film else {})
    answer = client.post(f"/api/v1/sites/{site_id}/cameras", json=given)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def watch(client: TestClient, camera_id: int) -> dict[str, Any]:
    answer = client.post(SESSIONS, json={"camera_id": camera_id})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("film", ["h264.mp4", "mpeg4.mp4"])
def test_a_camera_is_watched_as_h264_and_the_viewing_is_in_the_audit(
    contractor: TestClient, city: City, clips: Path, tmp_path: Path, film: str
) -> None:
    camera_id = camera(contractor, city.plotted_site(), CAMERA_A, clips / film)
    begun = watch(contractor, camera_id)
    playlist = contractor.get(begun["url"])
    assert playlist.status_code == 200, playlist.text
    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    names = [line for line in playlist.text.splitlines() if line and not line.startswith("#")]
    head, first = (contractor.get(f"{SESSIONS}/{begun['id']}/{name}") for name in ("init.mp4", names[0]))
    assert (head.status_code, first.status_code) == (200, 200)
    shown = tmp_path / "shown.mp4"
    shown.write_bytes(head.content + first.content)
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", str(shown)]
    assert subprocess.run(probe, capture_output=True, text=True, check=True, timeout=30).stdout.strip() == "h264,320,180"
    with city.work() as unit:
        noted = unit.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "video_watched")).all()
    assert len(noted) == 1


def test_one_stream_is_carried_for_all_who_look_and_ends_when_nobody_does(
    app: FastAPI, contractor: TestClient, city: City, clips: Path
) -> None:
    camera_id = camera(contractor, city.plotted_site(), CAMERA_A, clips / "h264.mp4")
    for _ in range(3):
        assert contractor.get(watch(contractor, camera_id)["url"]).status_code == 200
    assert contractor.get("/api/v1/video/gateway").json() == {"carrying": 1}
    deadline = time.monotonic() + 10
    while app.state.gateway.carrying() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert contractor.get("/api/v1/video/gateway").json() == {"carrying": 0}


def test_a_ticket_opens_one_viewing_for_one_person_within_a_minute(
    contractor: TestClient, city: City, clips: Path, signed_in: SignIn
) -> None:
    camera_id = camera(contractor, city.plotted_site(), CAMERA_A, clips / "h264.mp4")
    mine, other = watch(contractor, camera_id), watch(contractor, camera_id)
    ticket = mine["url"].partition("?ticket=")[2]
    wrong = contractor.get(f"{SESSIONS}/{other['id']}/index.m3u8?ticket={ticket}")
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/problems/play-ticket-wrong")
    late = f"1700000000.{ticket.partition('.')[2]}"
    assert contractor.get(f"{SESSIONS}/{mine['id']}/index.m3u8?ticket={late}").status_code == 403
    assert contractor.get(f"{SESSIONS}/{mine['id']}/index.m3u8").status_code == 403
    assert signed_in(city.officer()).get(mine["url"]).status_code == 404
    assert contractor.get(mine["url"]).status_code == 200
    assert contractor.delete(f"{SESSIONS}/{mine['id']}").status_code == 204
    assert contractor.get(mine["url"]).status_code == 404


def test_a_camera_out_of_sight_cannot_be_watched_nor_found(
    contractor: TestClient, city: City, clips: Path, signed_in: SignIn
) -> None:
    camera_id = camera(contractor, city.plotted_site(east_m=-6_000), CAMERA_A | {"pose": {}}, clips / "h264.mp4")
    stranger = signed_in(city.officer("310115"))
    assert stranger.post(SESSIONS, json={"camera_id": camera_id}).status_code == 404
    assert stranger.put(f"/api/v1/video/stars/{camera_id}").status_code == 404
    assert stranger.get("/api/v1/video/plaza").json()["total"] == 0


def test_what_cannot_be_shown_says_why(contractor: TestClient, city: City, clips: Path) -> None:
    site_id = city.plotted_site()
    bare = camera(contractor, site_id, CAMERA_A)
    answer = contractor.post(SESSIONS, json={"camera_id": bare})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/stream-missing")
    lost = clips / "lost.mp4"
    lost.write_bytes((clips / "h264.mp4").read_bytes())
    gone = camera(contractor, site_id, CAMERA_B, lost)
    lost.unlink()
    answer = contractor.get(watch(contractor, gone)["url"])
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/stream-file-not-allowed")
    assert str(clips) not in answer.text


def test_the_gateway_says_that_it_is_busy_instead_of_failing_silently(
    app: FastAPI, settings: Settings, contractor: TestClient, city: City, clips: Path
) -> None:
    app.state.gateway = EmbeddedGateway(live_folder(settings.data), settings.streams, most=1, idle_s=2.0)
    site_id = city.plotted_site()
    first, second = (camera(contractor, site_id, one, clips / "h264.mp4") for one in (CAMERA_A, CAMERA_B))
    assert contractor.get(watch(contractor, first)["url"]).status_code == 200
    answer = contractor.get(watch(contractor, second)["url"])
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/gateway-busy")


def test_a_place_seen_by_one_camera_only_names_that_one_and_the_nearest_comes_first(contractor: TestClient, city: City) -> None:
    site_id = city.plotted_site()
    first, second = camera(contractor, site_id, CAMERA_A), camera(contractor, site_id, CAMERA_B)

    def seeing(east_m: float, north_m: float) -> list[int]:
        lon, lat = place(east_m, north_m)
        found = contractor.get(f"/api/v1/video/at?lon={lon}&lat={lat}").json()
        return [one["camera_id"] for one in found["items"]]

    assert seeing(30, 30) == [first]
    assert seeing(110, 20) == [second]
    assert seeing(100, 118) == []


def test_the_plaza_is_narrowed_by_what_people_look_for(contractor: TestClient, city: City, clips: Path) -> None:
    site_id = city.plotted_site()
    first, second = camera(contractor, site_id, CAMERA_A, clips / "h264.mp4"), camera(contractor, site_id, CAMERA_B)

    def plaza(query: str = "") -> list[int]:
        return [one["camera_id"] for one in contractor.get(f"/api/v1/video/plaza{query}").json()["items"]]

    assert plaza() == [first, second]
    assert contractor.put(f"/api/v1/video/stars/{second}").status_code == 204
    assert plaza() == [second, first]
    assert plaza("?starred=true") == [second]
    assert plaza("?playable=true") == [first]
    assert plaza("?online=true") == []
    assert plaza(f"?site_id={site_id}&camera={first}") == [first]
    assert plaza("?district=310115") == [second, first]
    assert plaza("?district=310104") == []
    assert contractor.delete(f"/api/v1/video/stars/{second}").status_code == 204
    assert plaza("?starred=true") == []


def test_whoever_may_not_watch_is_told_so(city: City, signed_in: SignIn) -> None:
    admin = signed_in(city.person("system_admin"))
    assert admin.get("/api/v1/video/plaza").status_code == 403
    assert admin.post(SESSIONS, json={"camera_id": 1}).status_code == 403
