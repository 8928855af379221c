"""Twin sites with canary words: whoever sees only A never meets a word, an id or a shape of B, on any route."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from shapely import MultiPolygon, box
from sqlalchemy import func, select

from foundation.database import NobodyIsLooking
from foundation.viewer import NOBODY
from foundation.work import work
from sites.devices import NewDevice, register_device
from sites.drafts import keep_draft
from sites.models import Device, PlotFeature, Project, Site, SiteDistrict
from sites.queries import site_of
from sites.states import DeviceClass
from tests.make import City, Person, rectangle
from tiles.layers import LAYERS

SignIn = Callable[[Person], TestClient]
CANARY = "CANARYB"
#: A tile with both sites at every zoom.
TILES = [(z, *tile) for z, tile in {8: (214, 104), 12: (3430, 1673), 15: (27440, 13389), 16: (54881, 26779)}.items()]


@pytest.fixture
def twins(city: City) -> tuple[int, int]:
    """Site A in Pudong and its neighbour B, full of canaries."""
    a = city.plotted_site("甲工地", 0, 0)
    b = city.plotted_site(f"{CANARY}乙工地", 260, 0, address=f"{CANARY}路1号", project_name=f"{CANARY}项目")
    with city.work() as unit:
        register_device(unit, b, NewDevice(code=f"{CANARY}1", device_class=DeviceClass.CAMERA, name=f"{CANARY}球机"))
        site_of(unit, b).stage = "structure"
    return a, b


@pytest.fixture
def ids_of_b(city: City, signed_in: SignIn, twins: tuple[int, int]) -> dict[str, int]:
    """B with a camera, a scene, a plan and a report, all full of canaries; path parameter → id."""
    _, b = twins
    officer = signed_in(city.officer())
    with city.work() as unit:
        place = unit.session.scalars(select(func.ST_AsText(Site.location)).where(Site.id == b)).one()
    lon, lat = (float(number) for number in place.removeprefix("POINT(").removesuffix(")").split())
    pose = {"location": [lon, lat], "azimuth_deg": 45, "hfov_deg": 90, "range_m": 40, "width_px": 1920}
    plain = {"code": f"{CANARY}2", "name": f"{CANARY}枪机", "tags": ["gate"], "pose": pose}
    camera = made(officer.post(f"/api/v1/sites/{b}/cameras", json=plain))
    ring = [[lon, lat], [lon + 3e-4, lat], [lon + 3e-4, lat + 2e-4], [lon, lat]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    drawn = {"scene_type": "S01", "name": f"{CANARY}场景", "geometry": shape}
    scene = made(officer.post(f"/api/v1/sites/{b}/scenes", json=drawn))
    item = {"name": f"{CANARY}规划", "device_class": "camera", "pose": pose}
    plan = made(officer.post(f"/api/v1/sites/{b}/plans", json={"items": [item], "note": CANARY}))
    report = made(officer.post("/api/v1/reports/coverage", json={"scope": "site", "site_id": b}))
    told = {"type": "Point", "coordinates": [lon, lat]}
    incident = made(
        officer.post(
            "/api/v1/incidents",
            json={"kind": "dust", "location": told, "occurred_at": "2026-01-05T08:00:00+08:00", "note": f"{CANARY}扬尘"},
        )
    )
    picture = made(officer.post(f"/api/v1/incidents/{incident['id']}/pictures", files={"file": ("a.png", dot(), "image/png")}))
    return {
        "incident_id": incident["id"],
        "evidence_id": picture["id"],
        "camera_id": camera["id"],
        "device_id": camera["device_id"],
        "scene_id": scene["id"],
        "item_id": plan["items"][0]["id"],
        "report_id": report["id"],
    }


def dot() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (640, 480), "red").save(buffer, "PNG")
    return buffer.getvalue()


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {201, 202}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def only_a(city: City, a: int) -> Person:
    person = city.person("station_officer")
    city.grant(person, kind="sites", site_ids=(a,))
    return person


def get_routes(app: FastAPI) -> list[str]:
    return sorted(path for path, methods in app.openapi()["paths"].items() if "get" in methods)


def addresses(path: str, b: int, project_b: int, ids: dict[str, int]) -> list[str]:
    """The route with B's ids in it, and every tile of it."""
    for name, number in ids.items():
        path = path.replace(f"{{{name}}}", str(number))
    filled = path.replace("{site_id}", str(b)).replace("{project_id}", str(project_b)).replace("{number}", "1")
    filled = filled.replace("{code}", "310115").replace("{user_id}", "1").replace("{credit_code}", "91350100M000100Y43")
    if "{z}" in filled:
        layers = [*LAYERS, "vec"]
        return [
            filled.replace("{layer}", layer).replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
            for layer in layers
            for z, x, y in TILES
        ]
    return [filled.replace("{layer}", "sites").replace("{name}", "x")]


QUERY = {"bbox": "121,31,122,32", "from": "0", "to": "1", "m": "100", "q": CANARY}


def test_no_get_route_tells_a_stranger_anything_of_the_other_site(
    app: FastAPI, city: City, signed_in: SignIn, twins: tuple[int, int], ids_of_b: dict[str, int]
) -> None:
    a, b = twins
    client = signed_in(only_a(city, a))
    with city.work() as unit:
        project_b = unit.session.scalar(select(Site.project_id).where(Site.id == b))
    tried = 0
    for path in get_routes(app):
        for address in addresses(path, b, project_b or 0, ids_of_b):
            for params in ({}, {name: value for name, value in QUERY.items() if name != "q"}, QUERY):
                answer = client.get(address, params=params)
                tried += 1
                told = answer.content.decode("utf-8", "replace")
                assert CANARY not in told, f"{address} leaks"
                if any(f"{{{name}}}" in path for name in ("site_id", "project_id", *ids_of_b)):
                    assert answer.status_code in {403, 404, 422}, f"{address} answers {answer.status_code}"
    assert tried > 100


def test_no_unsafe_route_touches_the_other_site(
    app: FastAPI, city: City, signed_in: SignIn, twins: tuple[int, int], ids_of_b: dict[str, int]
) -> None:
    a, b = twins
    ids = ids_of_b | {"site_id": b}
    client = signed_in(only_a(city, a))
    for path, methods in app.openapi()["paths"].items():
        for method in set(methods) & {"post", "put", "patch", "delete"}:
            if not any(f"{{{name}}}" in path for name in ids):
                continue
            address = re.sub(r"{(\w+)}", lambda found: str(ids.get(found[1], 1)), path)
            body: dict[str, Any] = {
                "version": 1,
                "features": [],
                "base_version": 0,
                "reason": "x",
                "decision": "return",
                "geometry": {},
            }
            answer = client.request(method, address, json=body, headers={"If-Match": '"1"'})
            assert answer.status_code in {404, 422}, f"{method} {address} answers {answer.status_code}"
            assert CANARY not in answer.text


def test_tiles_hold_only_what_the_viewer_sees(
    city: City, signed_in: SignIn, twins: tuple[int, int], ids_of_b: dict[str, int]
) -> None:
    a, b = twins
    mine, all_of_it = signed_in(only_a(city, a)), signed_in(city.officer())

    def ids(client: TestClient, layer: str) -> set[int]:
        found: set[int] = set()
        for z, x, y in TILES:
            answer = client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
            if answer.status_code == 200:
                for drawn in mapbox_vector_tile.decode(answer.content).values():
                    found |= {feature["id"] for feature in drawn["features"]}
        return found

    for layer in ("sites", "site_labels"):
        assert ids(mine, layer) == {a}
        assert ids(all_of_it, layer) == {a, b}
    for layer in ("devices", "footprints", "gaps", "plan_layers"):
        assert ids(mine, layer) < ids(all_of_it, layer), layer
    assert ids_of_b["camera_id"] not in ids(mine, "footprints")
    assert ids_of_b["device_id"] not in ids(mine, "devices")


def test_nobody_sees_nothing(app: FastAPI, twins: tuple[int, int]) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    open_routes = {"/healthz", "/readyz", "/api/v1/labels", "/api/v1/demo-logins"}
    for path in get_routes(app):
        if path not in open_routes:
            assert client.get(re.sub(r"{\w+}", "1", path)).status_code == 401, path


STATEMENTS = {
    "entity": select(Site),
    "column": select(Site.name),
    "count": select(func.count(Site.id)),
    "count from": select(func.count()).select_from(Site),
    "subquery": select(select(Site.id).subquery()),
    "cte": select(select(Site.id).cte()),
    "in": select(Project.id).where(Project.id.in_(select(Site.project_id))),
    "exists": select(SiteDistrict.site_id).where(select(Device.id).exists()),
    "core table": select(PlotFeature.__table__.c.id),
    "tile": select(func.ST_AsMVTGeom(PlotFeature.geom_3857, func.ST_TileEnvelope(0, 0, 0))),
}


@pytest.mark.parametrize("shape", STATEMENTS)
def test_a_statement_over_scoped_rows_fails_closed_without_a_viewer(city: City, shape: str) -> None:
    with work(city.database, NOBODY) as unit, pytest.raises(NobodyIsLooking):
        unit.session.execute(STATEMENTS[shape])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-50, 420), st.integers(10, 300))
def test_a_drawn_grant_shows_exactly_the_sites_it_meets(city: City, west_m: int, width_m: int) -> None:
    if not city.people:
        city.people["a"] = Person(user_id=city.plotted_site("甲"), login="")
        city.people["b"] = Person(user_id=city.plotted_site("乙", 260, 0), login="")
    places = {city.people["a"].user_id: rectangle(0, 0), city.people["b"].user_id: rectangle(260, 0)}
    area = rectangle(west_m, 20, width_m, 40)
    person = city.person("station_officer")
    city.grant(person, kind="polygon", geometry=MultiPolygon([area]))
    with city.work(person) as unit:
        seen = set(unit.session.scalars(select(Site.id)))
    assert seen == {site_id for site_id, place in places.items() if place.intersects(area)}


def test_grants_of_every_kind_show_what_they_say(city: City, twins: tuple[int, int]) -> None:
    a, b = twins
    elsewhere = city.site("徐汇工地", -9000, 0)

    def seen(**grant: Any) -> set[int]:
        person = city.person("station_officer")
        city.grant(person, **grant)
        with city.work(person) as unit:
            return set(unit.session.scalars(select(Site.id)))

    assert seen(kind="city") == {a, b, elsewhere}
    assert seen(kind="district", district_code="310104") == {elsewhere}
    assert seen(kind="sites", site_ids=(b,)) == {b}
    assert seen(kind="polygon", geometry=MultiPolygon([box(121.0, 31.0, 121.42, 31.4)])) == {elsewhere}


def test_drafts_belong_to_their_author_alone(city: City, twins: tuple[int, int], signed_in: SignIn) -> None:
    a, _ = twins
    author, other = only_a(city, a), only_a(city, a)
    with city.work(author) as unit:
        keep_draft(unit, a, 1, [{"canary": CANARY}])
    assert signed_in(other).get(f"/api/v1/sites/{a}/plot/draft").status_code == 204
    assert signed_in(author).get(f"/api/v1/sites/{a}/plot/draft").status_code == 200
