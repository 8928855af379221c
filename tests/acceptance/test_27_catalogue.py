"""M27 场景与要素关联配置: the catalogue of scenes and elements, its bindings, its versions, and what an edit sets in motion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from coverage.jobs import measure_city
from coverage.models import CityRecompute
from foundation.viewer import SYSTEM
from foundation.work import work
from tests.golden_site import golden_camera, place, sector
from tests.make import City, Person

SignIn = Callable[[Person], TestClient]


@pytest.fixture
def director(city: City, signed_in: SignIn) -> TestClient:
    person = city.person("station_director")
    city.grant(person, kind="city")
    return signed_in(person)


def number_of(client: TestClient) -> int:
    return int(client.get("/api/v1/catalogue").json()["number"])


def element(code: str, **changes: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": "试验", "name_en": "Trial", "measure": "area", "across_px_per_m": 25} | changes


def run_jobs(city: City) -> None:
    """What the worker does with the latest edit: batch after batch until the city is measured."""
    with work(city.database, SYSTEM) as unit:
        run = unit.session.scalars(select(CityRecompute).order_by(CityRecompute.number.desc()).limit(1)).one()
        number = run.number
    with work(city.database, SYSTEM) as unit:
        measure_city(unit, number=number)


def test_a_new_installation_has_18_elements_and_19_scene_types_in_both_languages(director: TestClient) -> None:
    found = director.get("/api/v1/catalogue").json()
    assert (len(found["elements"]), len(found["scene_types"])) == (18, 19)
    assert all(one["name_zh"] and one["name_en"] for one in found["elements"] + found["scene_types"])
    gate = next(one for one in found["scene_types"] if one["code"] == "S01")
    assert [one["element"] for one in gate["requires"] if one["mandatory"]] == ["E01", "E02", "E04", "E05", "E11", "E14"]


def test_marking_intrusion_mandatory_on_the_gate_changes_every_site_with_a_gate_in_one_recompute(
    city: City, director: TestClient
) -> None:
    sites = [city.plotted_site("甲", 0, 0), city.plotted_site("乙", 900, 0)]
    before = [director.get(f"/api/v1/sites/{site}/coverage").json()["summary"]["required"] for site in sites]
    requires = {"requires": [{"element": f"E{n:02d}"} for n in (1, 2, 4, 5, 11, 14, 7)]}
    edited = director.put(f"/api/v1/scenes/S01/elements?number={number_of(director)}", json=requires).json()
    assert edited["recompute"]["sites"] == 2
    assert edited["recompute"]["finished_at"] is None
    run_jobs(city)
    after = [director.get(f"/api/v1/sites/{site}/coverage").json()["summary"] for site in sites]
    assert [one["required"] for one in after] == [required + 1 for required in before]
    assert {one["catalogue_number"] for one in after} == {edited["number"]}
    done = director.get("/api/v1/catalogue").json()["recompute"]
    assert (done["done"], done["finished_at"] is not None) == (2, True)


def helmets(client: TestClient, site_id: int) -> tuple[float, list[int]]:
    """Share and cameras of "no helmet" at the gate."""
    found = client.get(f"/api/v1/sites/{site_id}/coverage", params={"element": "E01"}).json()["items"]
    gate = next(one for one in found if one["scene_type"] == "S01")
    return gate["share"], gate["camera_ids"]


def test_a_camera_tagged_only_for_the_yard_contributes_nothing_to_helmets(city: City, director: TestClient) -> None:
    site = city.plotted_site()
    pose = sector(20, 325) | {"height_m": 6, "tilt_deg": 12, "height_px": 1080, "hfov_deg": 45, "width_px": 3840}
    pose |= {"location": place(20, 60), "azimuth_deg": 270}
    made = director.post(f"/api/v1/sites/{site}/cameras", json=golden_camera("A", pose, tags=["yard"])).json()
    assert helmets(director, site) == (0.0, [])
    edit = {"version": made["version"], "tags": ["gate"]}
    director.patch(f"/api/v1/cameras/{made['id']}", json=edit)
    share, camera_ids = helmets(director, site)
    assert camera_ids == [made["id"]]
    assert share > 0.5


def test_deleting_an_element_in_use_is_refused_and_says_who_uses_it(director: TestClient) -> None:
    answer = director.delete(f"/api/v1/elements/E14?number={number_of(director)}")
    assert answer.status_code == 409
    assert "S01" in answer.json()["used_by"]
    assert "perimeter" in answer.json()["used_by"]
    added = director.post(f"/api/v1/elements?number={number_of(director)}", json=element("X01")).json()
    assert director.delete(f"/api/v1/elements/X01?number={added['number']}").status_code == 200


def test_deleting_a_scene_type_that_a_site_has_is_refused(city: City, director: TestClient) -> None:
    city.plotted_site()
    assert director.delete(f"/api/v1/scenes/S01?number={number_of(director)}").status_code == 409
    assert director.delete(f"/api/v1/scenes/S15?number={number_of(director)}").status_code == 200


def test_versions_are_kept_and_old_results_keep_theirs(city: City, director: TestClient) -> None:
    site = city.plotted_site()
    first = director.get(f"/api/v1/sites/{site}/coverage").json()["items"][0]
    added = director.post(f"/api/v1/elements?number={number_of(director)}", json=element("X01"))
    assert added.status_code == 201
    old = director.get("/api/v1/catalogue/versions/0").json()
    assert "X01" not in [one["code"] for one in old["elements"]]
    versions = director.get("/api/v1/catalogue/versions").json()["items"]
    assert [one["number"] for one in versions] == [1]
    assert "X01" in versions[0]["reason"]
    assert first["element"] in [one["code"] for one in old["elements"]]


def test_two_editors_at_once_do_not_overwrite_each_other(director: TestClient) -> None:
    number = number_of(director)
    assert director.post(f"/api/v1/elements?number={number}", json=element("X01")).status_code == 201
    answer = director.post(f"/api/v1/elements?number={number}", json=element("X02"))
    assert answer.status_code == 412
    assert answer.json()["current_version"] == number + 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"across_px_per_m": -1}, "/across_px_per_m"),
        ({"code": "e 1"}, "/code"),
        ({"required_share": 1.4}, "/required_share"),
        ({"name_zh": ""}, "/name_zh"),
        ({"measure": "volume"}, "/measure"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_bad_input_names_its_field(director: TestClient, change: dict[str, Any], field: str) -> None:
    answer = director.post(f"/api/v1/elements?number={number_of(director)}", json=element("X01") | change)
    assert answer.status_code == 422
    assert answer.json()["field"] == field


def test_an_unknown_element_cannot_be_required_or_bound(director: TestClient) -> None:
    number = number_of(director)
    requires = {"requires": [{"element": "E01"}, {"element": "E99"}]}
    answer = director.put(f"/api/v1/scenes/S01/elements?number={number}", json=requires)
    assert (answer.status_code, answer.json()["field"]) == (422, "/requires/1")
    answer = director.put(f"/api/v1/tags/gate/bindings?number={number}", json={"elements": ["E99"]})
    assert (answer.status_code, answer.json()["field"]) == (422, "/elements/0")


def test_who_may_not_edit_may_read(city: City, signed_in: SignIn) -> None:
    officer = signed_in(city.officer())
    assert officer.get("/api/v1/catalogue").status_code == 200
    assert officer.post("/api/v1/elements?number=0", json=element("X01")).status_code == 403
