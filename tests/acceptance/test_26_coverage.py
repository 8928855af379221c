"""M26 感知资源管理-工地要素配置管理-工地要素配置: scenes, what each must have watched, what is, what is not, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import box
from shapely.geometry import shape

from sites.cameras.aiming import aim_camera
from sites.cameras.poses import given_of
from sites.cameras.reading import camera_now
from spatial.plan_layers import PlanLayer
from tests.golden_site import (
    ANYWHERE,
    CAMERA_A,
    CAMERA_B,
    DENSE,
    EDGE,
    SCENE,
    add_golden_catalogue,
    as_geojson,
    draw_golden_scene,
    golden_camera,
    place,
    sector,
    shares,
    wall,
)
from tests.make import NOW, City, Person, complete_plot, feature, plane

SignIn = Callable[[Person], TestClient]


@pytest.fixture
def director(city: City, signed_in: SignIn) -> TestClient:
    person = city.person("station_director")
    city.grant(person, kind="city")
    return signed_in(person)


@pytest.fixture
def site(city: City, director: TestClient) -> int:
    site_id = city.plotted_site()
    add_golden_catalogue(director)
    draw_golden_scene(director, site_id)
    return site_id


def register(client: TestClient, site_id: int, *cameras: dict[str, Any]) -> list[dict[str, Any]]:
    made = [client.post(f"/api/v1/sites/{site_id}/cameras", json=one) for one in cameras]
    assert [one.status_code for one in made] == [201] * len(made), made[-1].text
    return [one.json() for one in made]


def test_the_golden_site_is_covered_by_65_45_per_cent(director: TestClient, site: int) -> None:
    register(director, site, CAMERA_A)
    assert shares(director, site)[ANYWHERE]["share"] == pytest.approx(0.3272, abs=0.001)
    register(director, site, CAMERA_B)
    found = shares(director, site)
    assert found[ANYWHERE]["share"] == pytest.approx(0.6545, abs=0.001)
    assert found[EDGE]["share"] == pytest.approx(0.6250, abs=0.001)
    # on the ground the golden rectangle has 23,990 m², not the 24,000 m² of its grid, and so much less is its gap (GF-4)
    lost_to_the_grid_m2 = 24_000 - found[ANYWHERE]["total"]
    assert lost_to_the_grid_m2 == pytest.approx(10, abs=2.5)
    assert found[ANYWHERE]["total"] - found[ANYWHERE]["covered"] == pytest.approx(8292 - lost_to_the_grid_m2, abs=5)
    assert found[ANYWHERE]["met"] is True


def test_the_gaps_are_shapes_whose_causes_add_up(director: TestClient, site: int) -> None:
    register(director, site, CAMERA_A, CAMERA_B)
    one = shares(director, site)[ANYWHERE]
    assert sum(one["causes"].values()) == pytest.approx(one["total"] - one["covered"], rel=0.005)
    gaps = director.get(f"/api/v1/sites/{site}/gaps", params={"element": ANYWHERE}).json()["features"]
    assert sum(gap["properties"]["size"] for gap in gaps) == pytest.approx(one["total"] - one["covered"], abs=0.5)
    assert {gap["properties"]["cause"] for gap in gaps} <= {"out_of_view", "out_of_range"}
    assert all(shape(gap["geometry"]).is_valid for gap in gaps)


def test_a_wall_takes_the_golden_site_down_to_54_30_per_cent(city: City, director: TestClient, site: int) -> None:
    register(director, site, CAMERA_A, CAMERA_B)
    city.plot(site, [*complete_plot(), feature(PlanLayer.OBSTACLE, plane(wall()), "墙", bottom_m=0.0, top_m=3.0)])
    found = shares(director, site)
    assert found[ANYWHERE]["share"] == pytest.approx(0.5430, abs=0.001)
    assert found[ANYWHERE]["causes"]["occluded"] > 1000


def test_60_px_per_m_leave_1_68_per_cent_of_the_same_picture(director: TestClient, site: int) -> None:
    number = director.get("/api/v1/catalogue").json()["number"]
    requires = {"requires": [{"element": ANYWHERE}, {"element": DENSE}]}
    director.put(f"/api/v1/scenes/{SCENE}/elements?number={number}", json=requires)
    register(director, site, CAMERA_A, CAMERA_B)
    found = shares(director, site)
    assert found[ANYWHERE]["share"] == pytest.approx(0.6545, abs=0.001)
    assert found[DENSE]["share"] == pytest.approx(0.0168, abs=0.0005)
    assert found[DENSE]["causes"]["density_low"] > 10_000


def test_taking_the_tag_or_the_algorithm_from_b_halves_it(director: TestClient, site: int) -> None:
    _, b = register(director, site, CAMERA_A, CAMERA_B)
    without = director.patch(f"/api/v1/cameras/{b['id']}", json={"version": b["version"], "tags": []}).json()
    found = shares(director, site)[ANYWHERE]
    assert found["share"] == pytest.approx(0.3272, abs=0.001)
    assert found["causes"]["tag_missing"] == pytest.approx(7854, rel=0.01)
    number = director.get("/api/v1/catalogue").json()["number"]
    element = next(one for one in director.get("/api/v1/elements").json()["items"] if one["code"] == ANYWHERE)
    director.put(f"/api/v1/elements/{ANYWHERE}?number={number}", json=element | {"algorithm": 77})
    edit = {"version": without["version"], "algorithms": ["77"]}
    director.patch(f"/api/v1/cameras/{b['id']}", json=edit)
    assert shares(director, site)[ANYWHERE]["share"] == pytest.approx(0.6545, abs=0.001)


def test_a_camera_without_heading_covers_nothing_and_is_listed_incomplete(director: TestClient, site: int) -> None:
    pose = sector(0, 45) | {"azimuth_deg": None}
    register(director, site, golden_camera("A", pose))
    listed = director.get(f"/api/v1/sites/{site}/elements").json()
    assert listed["incomplete"] == ["A号摄像机"]
    cell = next(one for row in listed["rows"] for one in row["elements"] if one["element"] == ANYWHERE)
    assert (cell["share"], cell["cameras"], cell["met"]) == (0.0, [], False)


def test_what_is_off_line_counts_as_nominal_and_not_as_live(city: City, director: TestClient, site: int) -> None:
    a, _ = register(director, site, CAMERA_A, CAMERA_B)
    assert shares(director, site, "live")[ANYWHERE]["share"] == 0.0
    director.post(f"/api/v1/devices/{a['device_id']}/heartbeat", json={})
    live = shares(director, site, "live")[ANYWHERE]
    assert live["share"] == pytest.approx(0.3272, abs=0.001)
    assert live["causes"]["offline"] == pytest.approx(7854, rel=0.01)
    assert shares(director, site)[ANYWHERE]["share"] == pytest.approx(0.6545, abs=0.001)


def test_a_scene_outside_the_site_is_refused_at_its_place(director: TestClient, site: int) -> None:
    outline = box(640150, 3457000, 640260, 3457060)
    scene = {"scene_type": SCENE, "name": "界外", "geometry": as_geojson(outline)}
    answer = director.post(f"/api/v1/sites/{site}/scenes", json=scene)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["field"] == "/geometry"
    assert problem["outside_m2"] == pytest.approx(59 * 60, rel=0.02)
    assert problem["at"][0] > place(200, 0)[0]


def test_a_share_says_how_sure_it_is(director: TestClient, site: int) -> None:
    register(director, site, CAMERA_A, CAMERA_B)
    one = shares(director, site)[ANYWHERE]
    # both are aimed at their best, so an error of their pose can only lose
    assert one["share_p05"] < one["share"] <= one["share_p95"]
    assert one["share_p95"] - one["share_p05"] < 0.2


def test_history_shows_the_coverage_of_a_past_day(city: City, director: TestClient, site: int) -> None:
    made, _ = register(director, site, CAMERA_A, CAMERA_B)
    later = NOW + timedelta(days=400)
    with city.work(now=later) as unit:
        now = camera_now(unit, made["id"])
        given = given_of(now.pose)
        turned = type(given)(**{**given.__dict__, "azimuth_deg": 225.0})
        aim_camera(unit, made["id"], turned, version=now.camera.version)
    assert shares(director, site)[ANYWHERE]["share"] == pytest.approx(0.3272, abs=0.001)
    before = (later - timedelta(days=1)).date().isoformat()
    assert shares(director, site, at=before)[ANYWHERE]["share"] == pytest.approx(0.6545, abs=0.001)
    assert shares(director, site, at="2020-01-01") == {}


def test_what_if_answers_without_storing_anything(director: TestClient, site: int) -> None:
    register(director, site, CAMERA_A)
    imagined = {"cameras": [{"pose": sector(200, 315), "tags": ["panorama"]}]}
    found = director.post(f"/api/v1/sites/{site}/coverage/what-if", json=imagined).json()
    one = next(one for one in found["requirements"] if one["element"] == ANYWHERE)
    assert one["before"] == pytest.approx(0.3272, abs=0.001)
    assert one["after"] == pytest.approx(0.6545, abs=0.001)
    assert found["footprints"][0]["method"] == "nominal"
    assert shares(director, site)[ANYWHERE]["share"] == pytest.approx(0.3272, abs=0.001)


def test_a_site_that_was_never_measured_is_unknown_and_comes_first(city: City, director: TestClient, site: int) -> None:
    register(director, site, CAMERA_A, CAMERA_B)
    bare = city.site("未标绘工地", 900, 0)
    lines = director.get("/api/v1/coverage/sites").json()["items"]
    assert [line["site_id"] for line in lines] == [bare, site]
    assert lines[0]["coverage"] == {"measured": False} | dict.fromkeys(lines[0]["coverage"].keys() - {"measured"})
    assert lines[1]["coverage"]["measured"] is True
