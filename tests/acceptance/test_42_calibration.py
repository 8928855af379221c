"""M42, second part: a camera is calibrated on a picture, a pixel becomes a place, and its stream is tested."""

from __future__ import annotations

import io
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from shapely import Point, Polygon
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from foundation.settings import Settings, Streams
from sites.cameras.models import CameraCalibration
from spatial.cameras.locating import ground_points
from spatial.cameras.values import Optics, Pose
from spatial.frames import site_frame
from spatial.geodesy import distance_m
from tests.make import City, Person, plane, rectangle

SignIn = Callable[[Person], TestClient]
WIDTH, HEIGHT = 1920, 1080
BOUNDARY = rectangle()
FRAME = site_frame(BOUNDARY)
assert isinstance(BOUNDARY, Polygon)
LENS_AT = plane(Point(640100, 3457020))
TRUE_X, TRUE_Y = (float(one) for one in FRAME.project(LENS_AT.x, LENS_AT.y))
POSE = Pose(x_m=TRUE_X, y_m=TRUE_Y, z_m=8.0, azimuth_deg=15.0, tilt_deg=24.0, roll_deg=0.5)
OPTICS = Optics(hfov_deg=78.0, vfov_deg=48.98, width_px=WIDTH, height_px=HEIGHT, k1=-0.2, k2=0.05, range_max_m=90.0)
PIXELS = np.array([(u, v) for u in (180, 700, 1230, 1750) for v in (300, 600, 980)], float)


def place(u: float, v: float) -> Point:
    x, y = ground_points(POSE, OPTICS, np.array([[u, v]]), 0.0)[0][0]
    lon, lat = FRAME.unproject(x, y)
    return Point(float(lon), float(lat))


def control_points(pixels: np.ndarray = PIXELS) -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    found = []
    for u, v in pixels:
        at, (off_u, off_v) = place(u, v), rng.normal(0, 1, 2)
        found.append({"u_px": u + off_u, "v_px": v + off_v, "location": [at.x, at.y]})
    return found


def body(points: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {"points": points, "width_px": WIDTH, "height_px": HEIGHT} | changes


@pytest.fixture
def client(city: City, signed_in: SignIn) -> TestClient:
    return signed_in(city.officer())


@pytest.fixture
def site(city: City) -> int:
    return city.plotted_site()


@pytest.fixture
def camera(client: TestClient, site: int) -> dict[str, Any]:
    return registered(client, site)


def registered(client: TestClient, site: int, **changes: Any) -> dict[str, Any]:
    pose = {
        "location": [LENS_AT.x, LENS_AT.y], "height_m": 8.2, "azimuth_deg": 20, "tilt_deg": 22, "hfov_deg": 80,
        "range_m": 90, "width_px": WIDTH, "height_px": HEIGHT,
    }  # fmt: skip
    made = client.post(f"/api/v1/sites/{site}/cameras", json={"code": "C-1", "name": "球机", "pose": pose} | changes)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def calibrate(client: TestClient, camera: dict[str, Any], points: list[dict[str, Any]], **changes: Any) -> Any:
    version = client.get(f"/api/v1/cameras/{camera['id']}").json()["version"]
    return client.post(f"/api/v1/cameras/{camera['id']}/calibrations", json=body(points, **changes) | {"version": version})


def test_twelve_points_make_a_calibrated_footprint_and_pixels_become_places(client: TestClient, camera: dict[str, Any]) -> None:
    seen = client.post(f"/api/v1/cameras/{camera['id']}/calibrations/preview", json=body(control_points()))
    assert seen.status_code == 200, seen.text
    assert seen.json()["grade"] == "verified"
    assert client.get(f"/api/v1/cameras/{camera['id']}").json()["pose"]["method"] == "pinhole"
    made = calibrate(client, camera, control_points())
    assert made.status_code == 201, made.text
    assert (made.json()["grade"], made.json()["in_force"], made.json()["stale"]) == ("verified", True, None)
    pose = client.get(f"/api/v1/cameras/{camera['id']}").json()["pose"]
    assert (pose["method"], pose["calibration_id"]) == ("calibrated", made.json()["id"])
    assert pose["azimuth_deg"] == pytest.approx(15.0, abs=0.5)
    found = client.post(f"/api/v1/cameras/{camera['id']}/locate", json={"u_px": 900, "v_px": 700}).json()
    assert found["method"] == "calibrated"
    off = distance_m(Point(found["location"]), place(900, 700))
    assert off < 0.2
    assert off < found["accuracy_m"] < 2.0
    assert found["ellipse_minor_m"] <= found["ellipse_major_m"] == found["accuracy_m"]


def test_without_calibration_the_same_pixel_is_far_less_sure(client: TestClient, camera: dict[str, Any]) -> None:
    pixel = {"u_px": 900, "v_px": 700}
    before = client.post(f"/api/v1/cameras/{camera['id']}/locate", json=pixel).json()
    calibrate(client, camera, control_points())
    after = client.post(f"/api/v1/cameras/{camera['id']}/locate", json=pixel).json()
    assert before["method"] == "pinhole"
    assert before["accuracy_m"] > 4 * after["accuracy_m"]


def test_four_points_give_a_rough_pose_that_stays_a_pinhole(client: TestClient, camera: dict[str, Any]) -> None:
    made = calibrate(client, camera, control_points(PIXELS[[0, 2, 9, 11]])).json()
    assert (made["grade"], made["reasons"][0], made["in_force"]) == ("rough", "four_points", True)
    pose = client.get(f"/api/v1/cameras/{camera['id']}").json()["pose"]
    assert (pose["method"], pose["calibration_id"]) == ("pinhole", made["id"])


def test_a_refused_fit_is_kept_and_changes_no_pose(client: TestClient, camera: dict[str, Any]) -> None:
    points = control_points()
    points[0]["location"], points[7]["location"] = points[7]["location"], points[0]["location"]
    made = calibrate(client, camera, points).json()
    assert (made["grade"], made["swapped"], made["in_force"]) == ("refused", [0, 7], False)
    assert client.get(f"/api/v1/cameras/{camera['id']}").json()["pose"]["azimuth_deg"] == pytest.approx(20)
    assert [one["id"] for one in client.get(f"/api/v1/cameras/{camera['id']}/calibrations").json()["items"]] == [made["id"]]


def test_aiming_by_hand_or_another_picture_makes_a_calibration_stale(client: TestClient, camera: dict[str, Any]) -> None:
    calibrate(client, camera, control_points())
    calibrate(client, camera, control_points())

    def states() -> list[str | None]:
        return [one["stale"] for one in client.get(f"/api/v1/cameras/{camera['id']}/calibrations").json()["items"]]

    def aim(**changes: Any) -> None:
        version = client.get(f"/api/v1/cameras/{camera['id']}").json()["version"]
        pose = {
            "location": [LENS_AT.x, LENS_AT.y], "height_m": 8, "azimuth_deg": 20, "tilt_deg": 22, "hfov_deg": 80,
            "range_m": 90, "width_px": WIDTH, "height_px": HEIGHT,
        }  # fmt: skip
        answer = client.put(f"/api/v1/cameras/{camera['id']}/pose", json={"version": version, "pose": pose | changes})
        assert answer.status_code == 200, answer.text

    assert states() == [None, "superseded"]
    aim()
    assert states() == ["aimed_since", "aimed_since"]
    aim(width_px=1280, height_px=1024)
    assert states() == ["picture_changed", "picture_changed"]


def test_a_calibration_is_never_rewritten(city: City, client: TestClient, camera: dict[str, Any]) -> None:
    calibrate(client, camera, control_points())
    with pytest.raises(DBAPIError, match=r"append|change|refuse"), city.work() as unit:
        unit.session.execute(update(CameraCalibration).values(grade="refused"))
    with city.work() as unit:
        assert list(unit.session.scalars(select(CameraCalibration.grade))) == ["verified"]


@pytest.mark.parametrize(
    ("pixel", "problem"),
    [
        ({"u_px": 900, "v_px": 5, "plane_z_m": 0}, "pixel-above-horizon"),
        ({"u_px": 900, "v_px": 200}, "pixel-beyond-range"),
        ({"u_px": 900, "v_px": 900, "plane_z_m": 20}, "pixel-misses-plane"),
        ({"u_px": 2000, "v_px": 900}, "pixel-outside"),
    ],
)
def test_a_pixel_without_ground_has_no_place(client: TestClient, site: int, pixel: dict[str, float], problem: str) -> None:
    pose = {
        "location": [LENS_AT.x, LENS_AT.y], "height_m": 8, "azimuth_deg": 15, "tilt_deg": 18, "hfov_deg": 78,
        "range_m": 40, "width_px": WIDTH, "height_px": HEIGHT,
    }  # fmt: skip
    camera = registered(client, site, pose=pose)
    answer = client.post(f"/api/v1/cameras/{camera['id']}/locate", json=pixel)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")


def test_bad_control_points_name_their_field(client: TestClient, camera: dict[str, Any]) -> None:
    address = f"/api/v1/cameras/{camera['id']}/calibrations/preview"
    few = client.post(address, json=body(control_points()[:3])).json()
    assert (few["type"], few["field"]) == ("/problems/calibration-points-too-few", "/points")
    outside = [*control_points(), {"u_px": 1921, "v_px": 5, "location": [LENS_AT.x, LENS_AT.y]}]
    assert client.post(address, json=body(outside)).json()["field"] == "/points/12/u_px"
    square = client.post(address, json=body(control_points(), width_px=2000, height_px=2000)).json()
    assert square["type"] == "/problems/picture-shape-differs"


def test_nobody_calibrates_or_sees_a_camera_of_another_site(
    city: City, client: TestClient, camera: dict[str, Any], signed_in: SignIn
) -> None:
    stranger = signed_in(city.officer("310104"))
    assert calibrate(client, camera, control_points()).status_code == 201
    for path in ("calibrations", "picture", "picture.json"):
        assert stranger.get(f"/api/v1/cameras/{camera['id']}/{path}").status_code == 404, path
    for path, sent in (("locate", {"u_px": 1, "v_px": 1}), ("calibrations/preview", body(control_points())), ("test", None)):
        assert stranger.post(f"/api/v1/cameras/{camera['id']}/{path}", json=sent).status_code == 404, path


def jpeg(size: tuple[int, int] = (640, 360), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (90, 120, 60)).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def upload(client: TestClient, camera: dict[str, Any], data: bytes) -> Any:
    return client.post(f"/api/v1/cameras/{camera['id']}/picture", files={"file": ("a.jpg", data, "image/jpeg")})


def test_a_picture_comes_back_without_what_the_file_carried_beside_its_pixels(client: TestClient, camera: dict[str, Any]) -> None:
    assert client.get(f"/api/v1/cameras/{camera['id']}/picture").json()["type"] == "/problems/camera-picture-missing"
    exif = Image.Exif()
    exif[0x010E] = "GPS-OF-SOMEBODYS-HOME"
    data = jpeg(exif=exif) + b"<script>appended</script>"
    assert b"SOMEBODYS" in data
    made = upload(client, camera, data)
    assert made.status_code == 201, made.text
    assert (made.json()["width_px"], made.json()["height_px"], made.json()["source"]) == (640, 360, "upload")
    served = client.get(f"/api/v1/cameras/{camera['id']}/picture")
    assert served.headers["content-type"] == "image/jpeg"
    assert b"SOMEBODYS" not in served.content
    assert b"script" not in served.content
    assert Image.open(io.BytesIO(served.content)).size == (640, 360)


def test_bombs_and_things_that_are_no_picture_are_refused(client: TestClient, camera: dict[str, Any]) -> None:
    bomb = io.BytesIO()
    Image.new("1", (16_000, 16_000)).save(bomb, "PNG")
    gif = io.BytesIO()
    Image.new("RGB", (200, 200)).save(gif, "GIF")
    for data in (bomb.getvalue(), gif.getvalue(), b"\xff\xd8\xff not a picture", jpeg()[:400], b""):
        answer = upload(client, camera, data)
        assert (answer.status_code, answer.json()["field"]) == (422, "/file")
    assert client.get(f"/api/v1/cameras/{camera['id']}/picture.json").status_code == 404


#: A playlist that leads to the metadata service of a cloud.
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://169.254.169.254/x.ts\n"


class Faults(BaseHTTPRequestHandler):
    """A camera that misbehaves as its path says."""

    def do_GET(self) -> None:
        status = {"/secret": 401, "/gone": 404, "/elsewhere": 302}.get(self.path.split("?")[0], 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        content = (
            b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://169.254.169.254/x.ts\n"
            if self.path == "/list.m3u8"
            else b"no video"
        )
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        return


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


def serve(handler: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a test picture as HLS, made by the real ffmpeg."""
    folder = tmp_path_factory.mktemp("hls")
    source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=2"]
    made = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "hls", "-hls_list_size", "0", "live.m3u8"]
    subprocess.run(["ffmpeg", "-v", "error", *source, *made], cwd=folder, check=True, timeout=60)
    return folder


@pytest.fixture
def simulator(clip: Path) -> Iterator[str]:
    yield from serve(partial(Quiet, directory=str(clip)))


@pytest.fixture
def faults() -> Iterator[str]:
    yield from serve(Faults)


def streaming(client: TestClient, site: int, stream: str, protocol: str = "hls") -> Any:
    camera = registered(client, site, protocol=protocol, stream=stream)
    return client.post(f"/api/v1/cameras/{camera['id']}/test"), camera


def test_a_stream_is_opened_described_and_its_key_frame_kept(client: TestClient, site: int, simulator: str) -> None:
    answer, camera = streaming(client, site, f"http://viewer:Geheim-77@{simulator}/live.m3u8")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["codec"], found["width_px"], found["height_px"], found["fps"]) == ("h264", 640, 360, 25.0)
    assert 0 < found["first_frame_s"] < 10
    assert found["picture"]["source"] == "snapshot"
    served = client.get(f"/api/v1/cameras/{camera['id']}/picture")
    assert Image.open(io.BytesIO(served.content)).size == (640, 360)
    assert "Geheim" not in answer.text


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("secret", "stream-password-wrong"),
        ("gone", "stream-path-wrong"),
        ("elsewhere", "stream-host-not-allowed"),
        ("list.m3u8", "stream-host-not-allowed"),
        ("text", "stream-without-video"),
    ],
)
def test_each_failure_of_a_stream_has_its_own_problem(
    client: TestClient, site: int, faults: str, path: str, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer, _ = streaming(client, site, f"http://viewer:Geheim-77@{faults}/{path}")
    assert answer.json()["type"] == f"/problems/{problem}"
    told = capfd.readouterr()
    assert "Geheim" not in answer.text + told.out + told.err


@pytest.mark.parametrize(
    ("stream", "protocol", "problem"),
    [
        ("http://127.0.0.1:9/x", "hls", "stream-refused"),
        ("rtsp://u:Geheim-77@127.0.0.1:9/x", "rtsp", "stream-refused"),
        ("http://camera.invalid/x", "hls", "stream-host-unknown"),
        ("http://169.254.169.254/latest", "hls", "stream-host-not-allowed"),
        ("rtsp://8.8.8.8/x", "rtsp", "stream-host-not-allowed"),
        ("http://[::ffff:169.254.169.254]/x", "hls", "stream-host-not-allowed"),
        ("file:///etc/passwd", "file", "stream-file-not-allowed"),
        ("gb28181://31011500001320000001", "gb28181", "stream-not-testable"),
    ],
)
def test_a_stream_leads_only_where_cameras_may_be(
    client: TestClient, site: int, stream: str, protocol: str, problem: str
) -> None:
    answer, _ = streaming(client, site, stream, protocol)
    assert answer.json()["type"] == f"/problems/{problem}"
    assert "Geheim" not in answer.text


def test_a_camera_that_never_answers_is_given_up(settings: Settings) -> None:
    import socket

    from vision.streams.errors import StreamTimedOut
    from vision.streams.probing import probe

    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StreamTimedOut):
        probe(f"rtsp://u:p@127.0.0.1:{silent.getsockname()[1]}/x", Streams(timeout_s=1.0))


def test_files_are_read_from_the_media_folder_only(clip: Path, tmp_path: Path) -> None:
    from vision.streams.errors import StreamFileNotAllowed
    from vision.streams.probing import probe

    segment = next(clip.glob("*.ts"))
    assert probe(f"file://{segment}", Streams(media_folder=clip)).codec == "h264"
    (tmp_path / "link.ts").symlink_to(segment)
    for address in (f"file://{segment}", f"file://{tmp_path}/../{segment}", f"file://{tmp_path}/link.ts"):
        with pytest.raises(StreamFileNotAllowed):
            probe(address, Streams(media_folder=tmp_path))
