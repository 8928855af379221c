"""GF-1 and GF-2: the golden site with its scene, elements and cameras, through the product's own routes."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from shapely import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from spatial.geojson import to_geojson
from tests.make import GF1, plane

#: The elements of the golden fixtures: everywhere at any density, along the edge, and with 60 px/m.
ANYWHERE, EDGE, DENSE = "G01", "G02", "G60"
SCENE = "G10"


def place(east_m: float, north_m: float) -> list[float]:
    """A place of the golden site, metres from its south-west corner, as lon/lat."""
    point = plane(Point(640000 + east_m, 3457000 + north_m))
    return [point.x, point.y]


def as_geojson(shape: BaseGeometry) -> dict[str, Any]:
    """A plane shape (EPSG:4549) as a request carries it."""
    return to_geojson(plane(shape), 11)


def sector(east_m: float, azimuth_deg: float) -> dict[str, Any]:
    """A camera of GF-2: nominal, 90°, 100 m, 1,920 pixels wide, aimed from grid north."""
    return {
        "location": place(east_m, 0),
        "azimuth_deg": azimuth_deg,
        "azimuth_given": "grid",
        "hfov_deg": 90,
        "range_m": 100,
        "width_px": 1920,
    }


def golden_camera(code: str, pose: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A camera with the golden tag."""
    return {"code": code, "name": f"{code}号摄像机", "tags": ["panorama"], "pose": pose} | changes


CAMERA_A = golden_camera("A", sector(0, 45))
CAMERA_B = golden_camera("B", sector(200, 315))


def add_golden_catalogue(client: TestClient) -> int:
    """Three elements, one scene type that requires the first two, one binding; returns the catalogue's number."""
    number = client.get("/api/v1/catalogue").json()["number"]
    for code, measure, px_per_m in ((ANYWHERE, "area", 0), (EDGE, "length", 0), (DENSE, "area", 60)):
        element = {"code": code, "name_zh": code, "name_en": code, "measure": measure}
        element |= {"across_px_per_m": px_per_m, "required_share": 0.6}
        number = _ok(client.post(f"/api/v1/elements?number={number}", json=element))["number"]
    scene = {
        "code": SCENE, "name_zh": "全场", "name_en": "Whole site", "requires": [{"element": ANYWHERE}, {"element": EDGE}],
    }  # fmt: skip
    number = _ok(client.post(f"/api/v1/scenes?number={number}", json=scene))["number"]
    binding = {"elements": [ANYWHERE, EDGE, DENSE]}
    return int(_ok(client.put(f"/api/v1/tags/panorama/bindings?number={number}", json=binding))["number"])


def draw_golden_scene(client: TestClient, site_id: int, outline: Polygon = GF1) -> dict[str, Any]:
    """The whole site as one scene."""
    scene = {"scene_type": SCENE, "name": "全场", "geometry": as_geojson(outline)}
    return _ok(client.post(f"/api/v1/sites/{site_id}/scenes", json=scene))


def shares(client: TestClient, site_id: int, view: str = "nominal", **query: Any) -> dict[str, dict[str, Any]]:
    """Element → requirement, of the golden scene."""
    found = _ok(client.get(f"/api/v1/sites/{site_id}/coverage", params={"view": view} | query))
    return {one["element"]: one for one in found["items"] if one["scene_type"] == SCENE}


def wall() -> Polygon:
    """GF-3's wall: x = 50 m, y 0–50 m."""
    return box(640049.95, 3457000, 640050.05, 3457050)


def _ok(answer: Any) -> Any:
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()
