"""M14 项目主题数据管理, the part that stands: what hangs on a project, and places along it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from shapely import LineString, Point, Polygon

from spatial.geodesy import distance_m, length_m
from tests.make import City, Person, plane

SignIn = Callable[[Person], TestClient]
ALIGNMENT = plane(LineString([(640000, 3457000), (645000, 3457000), (650000, 3457000)]))


def test_ten_kilometres_by_forty_metres_are_a_corridor_of_forty_hectares(city: City, signed_in: SignIn) -> None:
    city.site("线路工程", alignment=ALIGNMENT, width_m=40.0)
    client = signed_in(city.officer())
    project = client.get("/api/v1/projects").json()["items"][0]
    overview = client.get(f"/api/v1/projects/{project['id']}/overview").json()
    assert overview["corridor_area_m2"] == pytest.approx(0.40e6, rel=0.005)
    assert isinstance(Polygon(overview["corridor"]["coordinates"][0]), Polygon)
    place = client.get(f"/api/v1/projects/{project['id']}/chainage", params={"m": 3250}).json()
    assert place["properties"]["chainage"] == "K3+250"
    expected = plane(Point(640000 + 3250 * 10_000 / length_m(ALIGNMENT), 3457000))
    assert distance_m(Point(place["geometry"]["coordinates"]), expected) < 1.0


def test_a_chainage_beyond_the_alignment_is_refused(city: City, signed_in: SignIn) -> None:
    city.site("线路工程", alignment=ALIGNMENT, width_m=40.0)
    client = signed_in(city.officer())
    project = client.get("/api/v1/projects").json()["items"][0]
    answer = client.get(f"/api/v1/projects/{project['id']}/chainage", params={"m": 20_000})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/chainage-outside")
