"""M42 感知资源管理-要素监管摄像头资源管理: registration, aiming with a footprint, bulk import."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from shapely.geometry import shape

from tests.make import City, Person, plane

SignIn = Callable[[Person], TestClient]
NATIONAL = "31011500001320000001"


def corner(east_m: float = 0, north_m: float = 0) -> list[float]:
    point = plane(Point(640000 + east_m, 3457000 + north_m))
    return [point.x, point.y]


def nominal(**changes: Any) -> dict[str, Any]:
    """GF-2's camera A: the south-west corner, 45°, 90°, 100 m, of which height and tilt are not known."""
    pose = {
        "location": corner(), "azimuth_deg": 45, "azimuth_given": "grid", "hfov_deg": 90, "range_m": 100, "width_px": 1920,
    }  # fmt: skip
    return pose | changes


def camera(**changes: Any) -> dict[str, Any]:
    return {"code": "C-01", "name": "西南角球机", "national_code": NATIONAL, "tags": ["gate"], "pose": nominal()} | changes


@pytest.fixture
def client(city: City, signed_in: SignIn) -> TestClient:
    return signed_in(city.officer())


@pytest.fixture
def site(city: City) -> int:
    return city.plotted_site()


def test_a_camera_at_the_corner_has_a_quarter_disc_of_7854_square_metres(client: TestClient, site: int) -> None:
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera()).json()
    assert made["state"] == "ready"
    shown = client.get(f"/api/v1/cameras/{made['id']}/footprint").json()
    assert shown["method"] == made["pose"]["method"] == "nominal"
    assert shown["area_m2"] == pytest.approx(math.pi * 100**2 / 4, rel=0.001)


def test_turning_it_from_45_to_135_moves_the_polygon_and_keeps_the_history(client: TestClient, site: int) -> None:
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera()).json()
    before = shape(client.get(f"/api/v1/cameras/{made['id']}/footprint").json()["geometry"])
    turned = client.put(
        f"/api/v1/cameras/{made['id']}/pose",
        json={"version": made["version"], "pose": nominal(azimuth_deg=135), "reason": "改朝南"},
    )
    assert turned.status_code == 200, turned.text
    after = shape(client.get(f"/api/v1/cameras/{made['id']}/footprint").json()["geometry"])
    assert after.centroid.y < before.centroid.y
    assert after.intersection(before).area < 0.01 * before.area
    history = client.get(f"/api/v1/cameras/{made['id']}/poses").json()["items"]
    assert [round(one["azimuth_deg"]) for one in history] == [136, 46]  # grid north lies 0.8° east of true north here
    assert history[0]["reason"] == "改朝南"
    assert history[1]["valid_to"] == history[0]["valid_from"]


def test_two_people_who_aim_at_once_do_not_overwrite_each_other(client: TestClient, site: int) -> None:
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera()).json()
    aim = {"version": made["version"], "pose": nominal(azimuth_deg=60)}
    assert client.put(f"/api/v1/cameras/{made['id']}/pose", json=aim).status_code == 200
    answer = client.put(f"/api/v1/cameras/{made['id']}/pose", json=aim | {"pose": nominal(azimuth_deg=70)})
    assert answer.status_code == 412
    assert answer.json()["current_version"] > made["version"]


def test_a_missing_heading_is_kept_as_a_draft_that_says_what_it_lacks(client: TestClient, site: int) -> None:
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera(pose=nominal(azimuth_deg=None))).json()
    assert made["state"] == "draft"
    assert made["missing"] == ["azimuth_deg"]
    shown = client.get(f"/api/v1/cameras/{made['id']}/footprint").json()
    assert (shown["method"], shown["geometry"], shown["area_m2"]) == ("unposed", None, None)


def test_height_and_tilt_make_the_footprint_exact(client: TestClient, site: int) -> None:
    pose = nominal(height_m=8, tilt_deg=20, height_px=1080, hfov_deg=62)
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera(pose=pose)).json()
    shown = client.get(f"/api/v1/cameras/{made['id']}/footprint").json()
    assert shown["method"] == "pinhole"
    assert shown["blind_zone"] is not None
    areas = [shape(ring["geometry"]).area for ring in shown["rings"]]
    assert areas == sorted(areas, reverse=True)
    assert len(areas) == 3  # 250 px/m end 6.4 m before the lens, above the ground


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"national_code": "3101150000132000000"}, "/national_code"),
        ({"national_code": "31011500001180000001"}, "/national_code"),
        ({"national_code": "99011500001320000001"}, "/national_code"),
        ({"stream": "ftp://camera/1", "protocol": "rtsp"}, "/stream"),
        ({"pose": nominal(azimuth_deg="somewhere")}, "/pose/azimuth_deg"),
        ({"pose": nominal(height_px=1080, vfov_deg=90)}, "/pose/vfov_deg"),
        ({"pose": nominal(hfov_deg=178)}, "/pose/hfov_deg"),
        ({"pose": nominal(tilt_deg=95)}, "/pose/tilt_deg"),
        ({"pose": nominal(hfov_deg=None, focal_mm=4.0)}, "/pose/sensor_width_mm"),
        ({"pose": nominal(location=corner(-500))}, "/pose/location"),
        ({"kind": "ptz"}, "/pose/pan_from_deg"),
        ({"tags": ["sky"]}, "/tags/0"),
    ],
)
def test_bad_input_names_its_field(client: TestClient, site: int, change: dict[str, Any], field: str) -> None:
    answer = client.post(f"/api/v1/sites/{site}/cameras", json=camera(**change))
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert client.get(f"/api/v1/sites/{site}/cameras").json()["total"] == 0


def test_a_duplicate_code_is_a_conflict(client: TestClient, site: int) -> None:
    assert client.post(f"/api/v1/sites/{site}/cameras", json=camera()).status_code == 201
    assert client.post(f"/api/v1/sites/{site}/cameras", json=camera()).status_code == 409
    assert client.post(f"/api/v1/sites/{site}/cameras", json=camera(code="C-02")).status_code == 409  # the same national code


def test_the_streams_password_is_never_returned(client: TestClient, site: int) -> None:
    stream = "rtsp://admin:Geheim-77@10.1.2.3:554/h264/main?token=Geheim-77"
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera(stream=stream, protocol="rtsp"))
    assert made.json()["stream"] == "rtsp://10.1.2.3:554/h264/main"
    for address in ("/api/v1/cameras", f"/api/v1/cameras/{made.json()['id']}", f"/api/v1/sites/{site}/devices"):
        assert "Geheim" not in client.get(address).text
    assert "Geheim" not in made.text


def test_compass_words_diagonal_angles_and_focal_lengths_are_understood(client: TestClient, site: int) -> None:
    for number, (given, wanted) in enumerate(
        [
            ({"azimuth_deg": "东北", "azimuth_given": "true"}, {"azimuth_deg": 45.0}),
            ({"azimuth_deg": "SSW", "azimuth_given": "true"}, {"azimuth_deg": 202.5}),
            ({"hfov_deg": None, "focal_mm": 4.0, "sensor_width_mm": 5.37}, {"hfov_deg": 67.7}),
            ({"hfov_deg": None, "dfov_deg": 90.0, "height_px": 1080}, {"hfov_deg": 82.2}),
            ({"azimuth_deg": 10, "azimuth_given": "magnetic"}, {"azimuth_deg": 4.0}),
        ]
    ):
        body = camera(code=f"X-{number}", national_code=None, pose=nominal(**given))
        made = client.post(f"/api/v1/sites/{site}/cameras", json=body)
        assert made.status_code == 201, made.text
        for name, value in wanted.items():
            assert made.json()["pose"][name] == pytest.approx(value, abs=0.1)


def test_a_camera_that_was_taken_down_leaves_the_lists_and_keeps_its_history(client: TestClient, site: int) -> None:
    made = client.post(f"/api/v1/sites/{site}/cameras", json=camera()).json()
    assert client.delete(f"/api/v1/cameras/{made['id']}?version={made['version']}").status_code == 204
    assert client.get(f"/api/v1/sites/{site}/cameras").json()["total"] == 0
    gone = client.get(f"/api/v1/cameras/{made['id']}").json()
    assert gone["state"] == "retired"
    assert len(client.get(f"/api/v1/cameras/{made['id']}/poses").json()["items"]) == 1
    aim = {"version": gone["version"], "pose": nominal()}
    assert client.put(f"/api/v1/cameras/{made['id']}/pose", json=aim).status_code == 409


def test_no_camera_before_the_plot_is_accepted(city: City, client: TestClient) -> None:
    answer = client.post(f"/api/v1/sites/{city.site('未标绘工地')}/cameras", json=camera())
    assert answer.status_code == 409
    assert "P12" in answer.json()["rules"]
