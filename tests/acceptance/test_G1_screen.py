"""G1 指挥大屏: the figures of the wall are those of what its viewer sees, and what is not known is not zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from access.api_keys import issue_key, key_by_text, revoke_key
from tests.golden_site import CAMERA_A, CAMERA_B, add_golden_catalogue, draw_golden_scene
from tests.make import City, Person

SignIn = Callable[[Person], TestClient]
#: Far enough to the west to be in Xuhui.
ACROSS_M = -6_000


@pytest.fixture
def director(city: City, signed_in: SignIn) -> TestClient:
    person = city.person("station_director")
    city.grant(person, kind="city")
    return signed_in(person)


def overview(client: TestClient) -> dict[str, Any]:
    answer = client.get("/api/v1/screen/overview")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_empty_city_has_no_shares_rather_than_shares_of_zero(director: TestClient) -> None:
    found = overview(director)
    assert (found["works"]["sites"], found["works"]["plotted_share"]) == (0, None)
    assert (found["coverage"]["measured"], found["coverage"]["share"]) == (0, None)
    assert found["devices"] == []
    assert found["as_of"]


def test_a_site_that_was_never_measured_is_counted_as_unknown_and_not_as_unwatched(director: TestClient, city: City) -> None:
    city.site()
    found = overview(director)
    assert (found["works"]["to_plot"], found["works"]["plotted"], found["works"]["plotted_share"]) == (1, 0, 0.0)
    assert (found["coverage"]["sites"], found["coverage"]["measured"], found["coverage"]["unwatched"]) == (1, 0, 0)
    assert [one["share"] for one in found["coverage"]["districts"]] == [None]


def test_the_wall_tells_the_golden_sites_share_and_its_cameras(director: TestClient, city: City) -> None:
    site_id = city.plotted_site()
    add_golden_catalogue(director)
    draw_golden_scene(director, site_id)
    for camera in (CAMERA_A, CAMERA_B):
        assert director.post(f"/api/v1/sites/{site_id}/cameras", json=camera).status_code == 201
    found = overview(director)
    assert found["works"]["plotted_share"] == 1.0
    # nothing was heard of the cameras: on the live view nobody watches, and how many are on line is not known
    assert (found["coverage"]["share"], found["coverage"]["unwatched"]) == (0.0, 1)
    assert found["devices"] == [{"device_class": "camera", "online": 0, "offline": 0, "unknown": 2, "share": None}]


def test_a_district_officers_wall_counts_nothing_of_the_other_district(
    director: TestClient, city: City, signed_in: SignIn
) -> None:
    city.plotted_site()
    city.plotted_site("漕河泾管廊工程", east_m=ACROSS_M)
    assert overview(director)["works"]["sites"] == 2
    assert len(overview(director)["coverage"]["districts"]) == 2
    pudong = overview(signed_in(city.officer("310115")))
    assert pudong["works"]["sites"] == 1
    assert [one["code"] for one in pudong["coverage"]["districts"]] == ["310115"]


def wall_key(city: City, *roles: str) -> str:
    account = city.person(*roles)
    city.grant(account, kind="district", district_code="310115")
    with city.work() as unit:
        return issue_key(unit, account.user_id, "一号屏", None).text


def test_a_wall_opens_itself_with_a_key_and_sees_what_its_account_sees(app: FastAPI, city: City) -> None:
    city.plotted_site()
    city.plotted_site("漕河泾管廊工程", east_m=ACROSS_M)
    wall = TestClient(app)
    opened = wall.post("/api/v1/session/kiosk", json={"key": wall_key(city, "screen")})
    assert opened.status_code == 200
    assert opened.json()["user"]["roles"] == ["screen"]
    assert overview(wall)["works"]["sites"] == 1


def test_a_walls_session_is_worth_nothing_at_another_address(app: FastAPI, city: City) -> None:
    wall = TestClient(app)
    wall.post("/api/v1/session/kiosk", json={"key": wall_key(city, "screen")})
    elsewhere = TestClient(app, client=("10.1.2.3", 5000), cookies=dict(wall.cookies))
    assert wall.get("/api/v1/screen/overview").status_code == 200
    assert elsewhere.get("/api/v1/screen/overview").status_code == 401


def test_a_wall_goes_dark_when_its_key_is_revoked(app: FastAPI, city: City) -> None:
    wall, key = TestClient(app), wall_key(city, "screen")
    wall.post("/api/v1/session/kiosk", json={"key": key})
    with city.work() as unit:
        row = key_by_text(unit, key)
        assert row is not None
        revoke_key(unit, row.id)
    assert wall.get("/api/v1/screen/overview").status_code == 401


@pytest.mark.parametrize("key", ["gwk_nonsense", "nonsense", None])
def test_no_other_key_opens_a_wall(app: FastAPI, city: City, key: str | None) -> None:
    given = key or wall_key(city, "station_director")
    answer = TestClient(app).post("/api/v1/session/kiosk", json={"key": given})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/kiosk-key-refused")
