"""M44 数字化工地开户管理: filed, checked, approved with a unique code and the accounts of the posts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import Point

from sites.codes import check_character, is_supervision_code
from sites.duplicates import name_similarity
from sites.opening import approve_opening, open_site, submit_opening
from sites.queries import site_of
from tests.make import City, Person, credit_code, plane

SignIn = Callable[[Person], TestClient]


def form(number: int = 1, **site: Any) -> dict[str, Any]:
    lon, lat = plane(Point(640100, 3457060)).coords[0]
    roles = ["owner", "contractor", "supervising_engineer"]
    return {
        "project": {"name": "轨道交通30号线工程", "specialty": "metro", "planned_from": "2026-01-01", "planned_to": "2029-12-31"},
        "site": {"name": "轨道交通30号线龙华站", "address": "龙腾大道1号", "site_type": "metro_station", "location": [lon, lat]}
        | site,
        "participants": [
            {"credit_code": credit_code(number * 10 + i), "name": f"单位{i}", "role": role, "leader_name": "张三"}
            for i, role in enumerate(roles)
        ],
    }


def test_the_check_character_of_the_feature_map() -> None:
    assert check_character("MT310115260001") == "9"
    assert is_supervision_code("MT3101152600019")
    assert not is_supervision_code("MT3101152600018")


@pytest.mark.parametrize("position", range(2, 13))
def test_swapping_two_neighbouring_digits_is_noticed(position: int) -> None:
    code = list("MT3101152600019")
    if code[position] != code[position + 1]:
        code[position], code[position + 1] = code[position + 1], code[position]
        assert not is_supervision_code("".join(code))


def test_approving_makes_one_project_its_parties_five_accounts_and_a_valid_code(city: City, signed_in: SignIn) -> None:
    client = signed_in(city.officer())
    filed = client.post("/api/v1/openings", json=form())
    assert filed.status_code == 201, filed.text
    site_id, version = filed.json()["id"], filed.json()["version"]
    submitted = client.post(f"/api/v1/openings/{site_id}/submit", json={"version": version})
    approved = client.post(f"/api/v1/openings/{site_id}/approve", json={"version": submitted.json()["version"]})
    assert approved.status_code == 200, approved.text
    body = approved.json()
    assert is_supervision_code(body["code"])
    assert body["code"].startswith("MT310115")
    assert [account["post"] for account in body["accounts"]] == [
        "owner_representative",
        "project_manager",
        "technical_leader",
        "safety_officer",
        "chief_engineer",
    ]
    assert len(body["participants"]) == 3
    assert client.get("/api/v1/projects").json()["total"] == 1
    login = body["accounts"][1]
    contractor = client.post("/api/v1/session", json={"login": login["login"], "password": login["initial_password"]})
    assert contractor.json()["must_change_password"] is True


def test_twenty_parallel_approvals_give_twenty_codes(city: City) -> None:
    ids = []
    for number in range(20):
        with city.work() as unit:
            ids.append(open_site(unit, city.form(f"工地{number}号", plane(Point(640000 + 900 * number, 3457060)))).site.id)
        with city.work() as unit:
            submit_opening(unit, ids[-1], site_of(unit, ids[-1]).version)

    def approve(site_id: int) -> str:
        with city.work() as unit:
            approved = approve_opening(unit, site_id, site_of(unit, site_id).version, security=city.settings.security)
            return approved.site.code or ""

    with ThreadPoolExecutor(5) as pool:
        codes = list(pool.map(approve, ids))
    assert len(set(codes)) == 20
    assert all(is_supervision_code(code) for code in codes)


def test_a_near_duplicate_is_remarked_and_never_blocks(city: City, signed_in: SignIn) -> None:
    client = signed_in(city.officer())
    lon, lat = plane(Point(640100, 3457360)).coords[0]
    client.post("/api/v1/openings", json=form(1))
    again = client.post("/api/v1/openings", json=form(2, name="轨道交通30号线龙华站点", location=[lon, lat]))
    assert again.status_code == 201
    [remark] = again.json()["remarks"]
    assert remark["code"] == "near_duplicate"
    assert remark["params"]["similarity"] >= 0.9
    assert remark["params"]["distance_m"] == pytest.approx(300, abs=2)
    assert name_similarity("轨道交通30号线龙华站", "漕宝路快速路") < 0.8


def test_a_duplicate_somebody_may_not_see_is_told_without_its_name(city: City, signed_in: SignIn) -> None:
    city.site("轨道交通30号线龙华站")
    stranger = signed_in(city.person("contractor"))
    [remark] = stranger.post("/api/v1/openings", json=form(7)).json()["remarks"]
    assert (remark["params"]["name"], remark["params"]["site_id"]) == (None, None)
    assert "龙华站" not in remark["message"]


@pytest.mark.parametrize(
    ("change", "status", "slug", "field"),
    [
        (
            lambda f: f["participants"][0].update(credit_code="91350100M000100Y4Z"),
            422,
            "credit-code-wrong",
            "/participants/0/credit_code",
        ),
        (lambda f: f["project"].update(planned_to="2020-01-01"), 422, "period-backwards", "/project/planned_to"),
        (lambda f: f["site"].update(location=[116.4, 39.9]), 422, "outside-the-city", "/site/location"),
        (lambda f: f["site"].update(location=[31.2, 121.4]), 422, "coordinates-out-of-range", "/site/location/coordinates"),
        (lambda f: f["site"].update(colour="red"), 422, "request-not-valid", "/site/colour"),
        (lambda f: f["participants"].append(f["participants"][0]), 422, "party-twice", "/participants/0/credit_code"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    city: City, signed_in: SignIn, change: Any, status: int, slug: str, field: str
) -> None:
    client, body = signed_in(city.officer()), form()
    change(body)
    answer = client.post("/api/v1/openings", json=body)
    assert (answer.status_code, answer.json()["type"], answer.json()["field"]) == (status, f"/problems/{slug}", field)
    assert client.get("/api/v1/sites").json()["total"] == 0


def test_an_opening_without_a_supervising_engineer_cannot_be_submitted(city: City, signed_in: SignIn) -> None:
    client, body = signed_in(city.officer()), form()
    body["participants"] = body["participants"][:2]
    filed = client.post("/api/v1/openings", json=body).json()
    answer = client.post(f"/api/v1/openings/{filed['id']}/submit", json={"version": filed["version"]})
    assert (answer.status_code, answer.json()["role"]) == (422, "supervising_engineer")


def test_a_returned_opening_keeps_its_steps_and_needs_an_opinion(city: City, signed_in: SignIn) -> None:
    client = signed_in(city.officer())
    filed = client.post("/api/v1/openings", json=form()).json()
    path = f"/api/v1/openings/{filed['id']}"
    submitted = client.post(f"{path}/submit", json={"version": filed["version"]}).json()
    assert client.post(f"{path}/return", json={"version": submitted["version"]}).json()["type"] == "/problems/opinion-missing"
    returned = client.post(f"{path}/return", json={"version": submitted["version"], "opinion": "资料不全"}).json()
    assert [step["to_state"] for step in returned["opening"]["steps"]] == ["draft", "submitted", "returned"]
    approve = client.post(f"{path}/approve", json={"version": returned["version"]})
    assert (approve.status_code, approve.json()["type"]) == (409, "/problems/opening-state-forbids")


def test_a_period_of_more_than_ten_years_is_remarked(city: City, signed_in: SignIn) -> None:
    client, body = signed_in(city.officer()), form()
    body["project"]["planned_to"] = "2040-01-01"
    assert [one["code"] for one in client.post("/api/v1/openings", json=body).json()["remarks"]] == ["long_period"]
