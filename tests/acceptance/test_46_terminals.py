"""M46 终端设备动态管理 and the device parts of M15: one list of all terminals, signs of life, flags, quarantine, cranes."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from sqlalchemy import func, insert, select

from sites.heartbeats import AT_ONCE, notice_silence
from sites.models import Device
from spatial.plan_layers import PlanLayer
from spatial.shift import wgs84_to_gcj02
from tests.golden_site import CAMERA_A, place
from tests.make import City, Person, complete_plot, feature, plane

SignIn = Callable[[Person], TestClient]


@pytest.fixture
def client(city: City, signed_in: SignIn) -> TestClient:
    return signed_in(city.officer())


@pytest.fixture
def site(city: City) -> int:
    return city.plotted_site()


def turnstile(code: str = "T1", **changes: Any) -> dict[str, Any]:
    return {
        "code": code, "device_class": "turnstile", "name": f"闸机{code}", "location": place(10, 60), "vendor": "海盾",
    } | changes  # fmt: skip


def register(client: TestClient, site: int, **changes: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/sites/{site}/devices", json=turnstile(**changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_device_is_unknown_until_heard_of_and_off_line_after_three_missed_periods(
    city: City, client: TestClient, site: int
) -> None:
    device = register(client, site)
    address = f"/api/v1/devices/{device['id']}"
    assert client.get(address).json()["connectivity"] == "unknown"
    assert client.post(f"{address}/heartbeat", json={"readings": {"passages": 12}}).status_code == 204
    heard = client.get(address).json()
    assert (heard["connectivity"], heard["readings"]) == ("online", {"passages": 12.0})
    with city.work() as unit:
        at = unit.session.get_one(Device, device["id"]).heard_at
    assert at is not None
    for seconds, wanted in ((170, "online"), (181, "offline")):
        with city.work(now=at + timedelta(seconds=seconds)) as unit:
            notice_silence(unit)
        assert client.get(address).json()["connectivity"] == wanted
    log = client.get(f"{address}/log").json()["items"]
    assert [one["kind"] for one in log][::-1] == ["registered", "online", "offline"]


def test_a_city_that_falls_silent_at_once_is_worked_off_in_parts(city: City, site: int) -> None:
    with city.work() as unit:
        plain = {"device_class": "edge_box", "name": "边缘盒", "period_s": 60, "connectivity": "online"}
        rows = [
            plain | {"site_id": site, "code": f"E-{n}", "heard_at": unit.now - timedelta(minutes=9)}
            for n in range(AT_ONCE * 2 + 5)
        ]
        unit.session.execute(insert(Device), rows)

    def online() -> int:
        with city.work() as unit:
            return unit.session.scalars(select(func.count(Device.id)).where(Device.connectivity == "online")).one()

    left = [online()]
    while left[-1] and len(left) < 6:
        with city.work() as unit:
            notice_silence(unit)
        left.append(online())
    assert left == [AT_ONCE * 2 + 5, AT_ONCE + 5, 5, 0]


def test_values_out_of_order_do_not_replace_newer_ones(client: TestClient, site: int) -> None:
    address = f"/api/v1/devices/{register(client, site)['id']}"
    client.post(f"{address}/heartbeat", json={"at": "2026-11-20T08:00:00+08:00", "readings": {"pm10": 89.59}})
    client.post(f"{address}/heartbeat", json={"at": "2026-11-20T07:59:00+08:00", "readings": {"pm10": 11.0}})
    assert client.get(address).json()["readings"] == {"pm10": 89.59}
    answer = client.post(f"{address}/heartbeat", json={"at": "2099-01-01T00:00:00Z", "readings": {"pm10": 1}})
    assert (answer.status_code, answer.json()["field"]) == (422, "/at")


def test_the_list_filters_counts_and_flags(client: TestClient, site: int, city: City) -> None:
    register(client, site, code="T1")
    register(client, site, code="T2", location=place(10.2, 60))
    register(client, site, code="T3", location=place(-24, 60), vendor="浦视")
    register(client, site, code="T4", location=None, vendor=None)
    client.post(f"/api/v1/sites/{site}/cameras", json=CAMERA_A)
    listed = client.get("/api/v1/devices").json()
    assert listed["total"] == 5
    flags = {one["code"]: one["flags"] for one in listed["items"]}
    assert flags == {"T1": ["stacked"], "T2": ["stacked"], "T3": ["outside_site"], "T4": ["unlocated"], "A": []}
    assert client.get("/api/v1/devices", params={"flag": "outside_site"}).json()["total"] == 1
    assert client.get("/api/v1/devices", params={"device_class": "camera"}).json()["total"] == 1
    assert client.get("/api/v1/devices", params={"state": "online"}).json()["total"] == 0
    counted = client.get("/api/v1/devices/statistics", params={"by": "vendor"}).json()["items"]
    assert {one["key"]: one["total"] for one in counted} == {"海盾": 2, "浦视": 1, "": 2}


def test_a_place_that_cannot_be_right_goes_into_quarantine_with_a_suggestion(client: TestClient, site: int) -> None:
    right = place(10, 60)
    lon, lat = (float(value) for value in wgs84_to_gcj02(*right))
    for code, location, reason, suggested in (
        ("Q1", [0, 0], "no_fix", None),
        ("Q2", [lon, lat], "gcj02_suspected", right),
        ("Q3", [right[1], right[0]], "swapped", right),
    ):
        answer = client.post(f"/api/v1/sites/{site}/devices", json=turnstile(code, location=location))
        assert answer.status_code == 202, answer.text
        kept = answer.json()
        assert kept["reason"] == reason
        assert (kept["suggestion"] is None) == (suggested is None)
        if suggested:
            assert kept["suggestion"] == pytest.approx(suggested, abs=1e-6)
    assert client.get("/api/v1/devices").json()["total"] == 0
    waiting = client.get("/api/v1/devices/quarantine").json()["items"]
    assert [one["code"] for one in waiting] == ["Q1", "Q2", "Q3"]
    address = f"/api/v1/devices/quarantine/{waiting[1]['id']}"
    taken = client.post(f"{address}/release", json={"location": waiting[1]["suggestion"]})
    assert taken.json()["location"] == pytest.approx(right, abs=1e-6)
    assert client.post(f"{address}/release", json={}).status_code == 409
    assert client.delete(f"/api/v1/devices/quarantine/{waiting[0]['id']}").status_code == 204
    assert [one["code"] for one in client.get("/api/v1/devices/quarantine").json()["items"]] == ["Q3"]


def test_a_place_in_gcj02_that_says_so_is_converted(client: TestClient, site: int) -> None:
    right = place(10, 60)
    lon, lat = (float(value) for value in wgs84_to_gcj02(*right))
    device = register(client, site, location=[lon, lat], location_crs="gcj02")
    assert device["location"] == pytest.approx(right, abs=1e-7)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"device_class": "toaster"}, "/device_class"), ({"location": place(-200, 0)}, "/location"), ({"period_s": 0}, "/period_s")],
)
def test_bad_input_names_its_field(client: TestClient, site: int, change: dict[str, Any], field: str) -> None:
    answer = client.post(f"/api/v1/sites/{site}/devices", json=turnstile(**change))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_two_cranes_80_m_apart_with_50_m_jibs_share_817_5_square_metres(city: City, client: TestClient) -> None:
    site = city.site()
    cranes = [
        feature(PlanLayer.TOWER_CRANE, plane(Point(640060 + east, 3457060)), name, radius_m=50.0)
        for east, name in ((0, "1号塔吊"), (80, "2号塔吊"))
    ]
    city.plot(site, [*complete_plot(), *cranes])
    found = client.get(f"/api/v1/sites/{site}/cranes").json()
    expected = 2 * 50**2 * math.acos(0.8) - 80 * math.sqrt(50**2 - 40**2)
    assert found["overlaps"][0]["area_m2"] == pytest.approx(expected, rel=0.005)
    assert found["overlaps"][0]["names"] == ["1号塔吊", "2号塔吊"]
    assert [one["radius_m"] for one in found["items"]] == [50.0, 50.0]


def test_nobody_hears_of_a_strangers_device(city: City, client: TestClient, signed_in: SignIn, site: int) -> None:
    device = register(client, site)
    stranger = signed_in(city.officer("310104"))
    for path in ("", "/log"):
        assert stranger.get(f"/api/v1/devices/{device['id']}{path}").status_code == 404
    assert stranger.post(f"/api/v1/devices/{device['id']}/heartbeat", json={}).status_code == 404
    assert stranger.get("/api/v1/devices").json()["total"] == 0
    with city.work() as unit:
        assert unit.session.scalar(select(Device.connectivity)) == "unknown"
