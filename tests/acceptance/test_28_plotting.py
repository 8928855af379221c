"""M28 工地空间范围标绘: the boundary is drawn, checked, reviewed, accepted, and keeps its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import Polygon, transform

from spatial.plan_layers import PlanLayer
from tests.make import City, Person, as_json, complete_plot, feature, plane, rectangle

SignIn = Callable[[Person], TestClient]


@pytest.fixture
def officer(city: City) -> Person:
    return city.officer()


def put(client: TestClient, site_id: int, features: Any, version: int = 0, **more: Any) -> Any:
    body = {"features": as_json(features)} | more
    return client.put(f"/api/v1/sites/{site_id}/plot", json=body, headers={"If-Match": f'"{version}"'})


def test_the_golden_rectangle_stores_24_000_square_metres(city: City, officer: Person, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(officer)
    answer = put(client, site_id, [feature(PlanLayer.BOUNDARY, rectangle())])
    assert answer.status_code == 200, answer.text
    boundary = client.get(f"/api/v1/sites/{site_id}/boundary").json()
    assert boundary["area_m2"] == pytest.approx(24_000, rel=0.002)
    assert boundary["perimeter_m"] == pytest.approx(640, rel=0.002)
    assert answer.headers["etag"] == '"1"'


def test_a_boundary_that_crosses_itself_is_refused_at_the_crossing(city: City, officer: Person, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(officer)
    bowtie = plane(Polygon([(640000, 3457000), (640200, 3457120), (640200, 3457000), (640000, 3457120)]))
    answer = put(client, site_id, [feature(PlanLayer.BOUNDARY, bowtie)])
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/plot-refused")
    assert [remark["rule"] for remark in problem["remarks"] if remark["severity"] == "error"] == ["P01"]
    middle = rectangle().centroid
    assert problem["at"] == pytest.approx([middle.x, middle.y], abs=1e-6)
    assert client.get(f"/api/v1/sites/{site_id}/plot").json()["version"] == 0


def test_a_camera_on_an_unplotted_site_is_refused_with_the_rules(city: City, officer: Person, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(officer)
    camera = {"code": "C1", "device_class": "camera", "name": "大门球机"}
    answer = client.post(f"/api/v1/sites/{site_id}/devices", json=camera)
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["rules"]) == (409, "/problems/site-not-plotted", ["P12"])


def test_version_two_keeps_version_one_for_a_past_date(city: City, officer: Person, signed_in: SignIn) -> None:
    from datetime import timedelta

    from tests.make import NOW

    site_id, client = city.site(), signed_in(officer)
    features = complete_plot()
    city.plot(site_id, features, now=NOW - timedelta(days=30))
    larger = [feature(PlanLayer.BOUNDARY, rectangle(width_m=230)), *features[1:]]
    city.plot(site_id, larger, now=NOW)
    past = client.get(f"/api/v1/sites/{site_id}/plot", params={"at": "2026-11-01"}).json()
    now = client.get(f"/api/v1/sites/{site_id}/plot", params={"at": "2026-11-24"}).json()
    assert (past["version"], now["version"]) == (1, 2)
    areas = [one["properties"]["area_m2"] for plot in (past, now) for one in plot["features"]["features"][:1]]
    assert areas == pytest.approx([24_000, 27_600], rel=0.002)
    assert client.get(f"/api/v1/sites/{site_id}/plot", params={"at": "2026-01-01"}).status_code == 404


def test_drawing_submitting_and_accepting_puts_the_plot_in_force(city: City, officer: Person, signed_in: SignIn) -> None:
    site_id, client, reviewer = city.site(), signed_in(officer), signed_in(city.officer())
    assert put(client, site_id, complete_plot()).status_code == 200
    submitted = client.post(f"/api/v1/sites/{site_id}/plot/submit", json={"version": 1})
    assert submitted.status_code == 200, submitted.text
    assert submitted.json()["plotting_state"] == "submitted"
    own = client.post(f"/api/v1/sites/{site_id}/plot/review", json={"version": 1, "decision": "accept"})
    assert (own.status_code, own.json()["type"]) == (409, "/problems/author-cannot-review")
    accepted = reviewer.post(f"/api/v1/sites/{site_id}/plot/review", json={"version": 1, "decision": "accept"})
    assert accepted.status_code == 200, accepted.text
    assert (accepted.json()["plotting_state"], accepted.json()["in_force_version"]) == ("accepted", 1)
    assert accepted.json()["boundary"]["type"] == "MultiPolygon"


def test_swapped_longitude_and_latitude_are_refused_and_the_swap_is_offered(
    city: City, officer: Person, signed_in: SignIn
) -> None:
    site_id, client = city.site(), signed_in(officer)
    swapped = transform(rectangle(), lambda points: points[:, ::-1])
    answer = client.put(
        f"/api/v1/sites/{site_id}/boundary",
        json={"geometry": {"type": "Polygon", "coordinates": [list(map(list, swapped.exterior.coords))]}},
        headers={"If-Match": '"0"'},
    )
    assert answer.status_code == 422
    assert "latitude" in answer.text or answer.json()["type"] in {"/problems/plot-refused", "/problems/coordinates-out-of-range"}


def test_a_stale_version_is_412_and_changes_nothing(city: City, officer: Person, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(officer)
    assert put(client, site_id, complete_plot()).status_code == 200
    answer = put(client, site_id, complete_plot(), version=0)
    assert (answer.status_code, answer.json()["current_version"]) == (412, 1)
    assert len(client.get(f"/api/v1/sites/{site_id}/plot/versions").json()) == 1
    missing = client.put(f"/api/v1/sites/{site_id}/plot", json={"features": []})
    assert missing.status_code == 428


@pytest.mark.parametrize(
    ("geometry", "pointer"),
    [
        (
            {"type": "Polygon", "coordinates": [[[121.4, 31.2], [121.5, 31.2], [121.4, 31.2]]]},
            "/features/0/geometry/coordinates/0",
        ),
        (
            {"type": "Polygon", "coordinates": [[[121.4, 31.2], [121.5, 31.2], [121.5, 31.3], [121.4, 31.3]]]},
            "/features/0/geometry/coordinates/0",
        ),
        (
            {"type": "Polygon", "coordinates": [[["a", 31.2], [121.5, 31.2], [121.5, 31.3], ["a", 31.2]]]},
            "/features/0/geometry/coordinates/0/0/0",
        ),
        ({"type": "Curve", "coordinates": []}, "/features/0/geometry/type"),
        ({"type": "Polygon", "coordinates": []}, "/features/0/geometry/coordinates"),
    ],
)
def test_bad_geometry_is_named_by_its_pointer(
    city: City, officer: Person, signed_in: SignIn, geometry: dict[str, Any], pointer: str
) -> None:
    site_id, client = city.site(), signed_in(officer)
    body = {"features": [{"type": "Feature", "geometry": geometry, "properties": {"layer": "boundary"}}]}
    answer = client.put(f"/api/v1/sites/{site_id}/plot", json=body, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["field"]) == (422, pointer)


def test_a_boundary_larger_than_20_square_kilometres_is_refused(city: City, officer: Person, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(officer)
    answer = put(client, site_id, [feature(PlanLayer.BOUNDARY, rectangle(width_m=5000, height_m=4100))])
    assert answer.status_code == 422
    assert "P05" in [remark["rule"] for remark in answer.json()["remarks"]]


def test_the_overlap_with_a_neighbour_is_named_with_its_place(city: City, officer: Person, signed_in: SignIn) -> None:
    city.plotted_site("邻近工地", east_m=150)
    site_id, client = city.site(), signed_in(officer)
    answer = put(client, site_id, complete_plot())
    remark = next(one for one in answer.json()["remarks"] if one["rule"] == "P06")
    assert answer.status_code == 422
    assert remark["params"]["percent"] == pytest.approx(25, abs=0.2)
    assert remark["geometry"]["type"] == "Polygon"
    assert remark["params"]["name"] == "邻近工地"
