"""T6 搜索与分析引擎: one box over sites, devices, incidents and organisations, exact, in step, and each viewer what is theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely import Point
from sqlalchemy import delete, func, select

from access.models import Organisation
from incidents.loop import Step, go_on, incident_of
from incidents.reporting import Report, report_incident
from incidents.states import IncidentAction, IncidentKind, IncidentSeverity
from insights.search.indexing import rebuild_search
from insights.search.models import SearchEntry
from sites.devices import NewDevice, register_device
from sites.heartbeats import hear_of
from sites.lifecycle import SiteFacts, edit_site
from sites.models import Device, Participant, Site
from sites.queries import site_of
from sites.states import DeviceClass, Specialty
from tests.make import NOW, City, Person, plane

SignIn = Callable[[Person], TestClient]


def titles(answer: dict[str, Any]) -> list[str]:
    return ["".join(one["text"] for one in hit["title"]) for hit in answer["items"]]


def look(client: TestClient, q: str, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/search", params={"q": q, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def dust(city: City, east_m: float = 0, note: str = "扬尘超标", kind: IncidentKind = IncidentKind.DUST) -> int:
    with city.work() as unit:
        place = plane(Point(640100 + east_m, 3457060))
        told = Report(kind=kind, severity=IncidentSeverity.MINOR, location=place, occurred_at=NOW, note=note)
        return report_incident(unit, told).incident.id


@pytest.fixture
def client(city: City, signed_in: SignIn) -> TestClient:
    return signed_in(city.officer())


def test_a_word_of_two_characters_finds_sites_devices_and_incidents_with_highlights(city: City, client: TestClient) -> None:
    site = city.plotted_site("龙华港隧道工程")
    city.site("滨江步道", 9000)
    with city.work() as unit:
        device = register_device(unit, site, NewDevice(code="TN-7", device_class=DeviceClass.CAMERA, name="隧道口球机"))
        device_id = device.id
    incident = dust(city)
    found = look(client, "隧道")
    assert found["total"] == 3
    assert {(hit["kind"], hit["subject_id"]) for hit in found["items"]} == {
        ("site", site),
        ("camera", device_id),
        ("incident", incident),
    }
    assert found["facets"]["kinds"] == {"site": 1, "camera": 1, "incident": 1}
    marked = [one["text"] for hit in found["items"] for one in (*hit["title"], *hit["text"]) if one["hit"]]
    assert len(marked) >= 3
    assert set(marked) == {"隧道"}
    assert found["engine"] == "postgresql"
    assert not found["fallen_back"]


@pytest.mark.parametrize("typed", ["龙华港", "龍華港", "ＴＢ-12 龙华", "tb-12", "ｔｂ－１２", "龙 港", "华", "Tb １２"])
def test_width_case_and_traditional_characters_make_no_difference(city: City, client: TestClient, typed: str) -> None:
    city.plotted_site("龙华港航道TB-12标")
    assert "龙华港航道TB-12标" in titles(look(client, typed))


@pytest.mark.parametrize("typed", ["华龙", "港龙", "B-12", "龙华港道", "2标段"])
def test_what_is_not_there_is_not_found(city: City, client: TestClient, typed: str) -> None:
    city.plotted_site("龙华港航道TB-12标", address="徐汇区")
    assert look(client, typed)["total"] == 0


def test_a_code_is_found_by_its_beginning_and_comes_first(city: City, client: TestClient) -> None:
    site = city.plotted_site("龙华港隧道工程")
    with city.work() as unit:
        code = site_of(unit, site).code or ""
    found = look(client, code[:8])
    assert (found["items"][0]["kind"], found["items"][0]["subject_id"]) == ("site", site)
    assert look(client, code)["items"][0]["subject_id"] == site


def test_only_in_this_view_of_the_map(city: City, client: TestClient) -> None:
    near, far = city.plotted_site("隧道甲"), city.plotted_site("隧道乙", 6000)
    with city.work() as unit:
        lon, lat = unit.session.execute(select(func.ST_X(Site.location), func.ST_Y(Site.location)).where(Site.id == near)).one()
    box = f"{lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}"
    assert {hit["subject_id"] for hit in look(client, "隧道")["items"]} == {near, far}
    found = look(client, "隧道", bbox=box)
    assert [hit["subject_id"] for hit in found["items"]] == [near]
    assert found["items"][0]["location"] == pytest.approx([lon, lat])
    assert found["total"] == 1


def test_facets_count_exactly_and_without_their_own_filter(city: City, client: TestClient) -> None:
    city.plotted_site("隧道甲", 0)
    city.plotted_site("隧道乙", -9000, specialty=Specialty.ROAD)
    dust(city, 0)
    whole = look(client, "隧道")["facets"]
    assert whole["kinds"] == {"site": 2, "incident": 1}
    assert whole["districts"] == {"310115": 2, "310104": 1}
    assert whole["disciplines"] == {"metro": 2, "road": 1}
    assert whole["states"] == {"site.preparing": 2, "incident.detected": 1}
    some = look(client, "隧道", district="310115", kind="site")
    assert some["total"] == len(some["items"]) == 1
    assert some["facets"]["kinds"] == {"site": 1, "incident": 1}
    assert some["facets"]["districts"] == {"310115": 1, "310104": 1}
    only = look(client, "隧道", discipline="road")
    assert titles(only) == ["隧道乙"]
    assert only["facets"]["disciplines"] == {"metro": 2, "road": 1}
    assert look(client, "隧道", state=["incident.detected"])["total"] == 1


def test_pages_follow_one_another_and_each_kind_gets_its_best(city: City, client: TestClient) -> None:
    sites = {city.site(f"隧道{number}号", number * 1000) for number in range(5)}
    dust(city)
    seen = [look(client, "隧道", size=2, page=page)["items"] for page in (1, 2, 3)]
    found = [(hit["kind"], hit["subject_id"]) for page in seen for hit in page]
    assert len(found) == len(set(found)) == 6
    assert {subject for kind, subject in found if kind == "site"} == sites
    each = look(client, "隧道", each=2)
    assert Counter(hit["kind"] for hit in each["items"]) == {"site": 2, "incident": 1}
    assert each["total"] == 6


def test_entries_follow_every_change_in_its_transaction(city: City, client: TestClient) -> None:
    site = city.plotted_site("旧名工程", project_name="一期")
    incident = dust(city, note="水泥罐漏灰")
    assert look(client, "旧名")["total"] == 2
    with city.work() as unit:
        edit_site(unit, site, SiteFacts(name="新称工程"), site_of(unit, site).version)
    assert look(client, "旧名")["total"] == 0
    assert {hit["kind"] for hit in look(client, "新称")["items"]} == {"site", "incident"}
    with city.work() as unit:
        step = Step(action=IncidentAction.CONFIRM, severity=IncidentSeverity.MINOR, opinion="属实")
        go_on(unit, incident, step, version=incident_of(unit, incident).version)
    assert look(client, "漏灰")["items"][0]["state"] in {"confirmed", "dispatched"}


def test_what_is_rolled_back_is_not_found(city: City, client: TestClient) -> None:
    site = city.plotted_site("旧名工程")
    with pytest.raises(RuntimeError), city.work() as unit:
        edit_site(unit, site, SiteFacts(name="未成工程"), site_of(unit, site).version)
        unit.react()
        raise RuntimeError
    assert look(client, "未成")["total"] == 0
    assert look(client, "旧名")["total"] == 1


def test_a_device_that_was_deleted_goes_with_its_entry(city: City, client: TestClient) -> None:
    site = city.plotted_site("龙华港")
    with city.work() as unit:
        register_device(unit, site, NewDevice(code="D1", device_class=DeviceClass.DUST_MONITOR, name="扬尘监测仪"))
        device_id = unit.session.scalars(select(Device.id)).one()
        hear_of(unit, device_id)
    assert look(client, "监测仪")["items"][0]["state"] == "online"
    with city.work() as unit:
        unit.session.execute(delete(Device).where(Device.id == device_id))
    assert look(client, "监测仪")["total"] == 0


def test_a_stranger_finds_nothing_and_counts_nothing_of_another_site(city: City, signed_in: SignIn) -> None:
    mine = city.plotted_site("甲隧道")
    other = city.plotted_site("乙隧道", 260)
    dust(city, 260)
    person = city.person("contractor")
    city.grant(person, kind="sites", site_ids=(mine,))
    stranger = signed_in(person)
    found = look(stranger, "隧道")
    assert [hit["subject_id"] for hit in found["items"]] == [mine]
    assert found["facets"] == {
        "kinds": {"site": 1},
        "states": {"site.preparing": 1},
        "districts": {"310115": 1},
        "disciplines": {"metro": 1},
    }
    with city.work() as unit:
        companies = {name: unit.session.scalars(_companies(site)).all() for name, site in (("mine", mine), ("other", other))}
    assert sorted(titles(look(stranger, "公司", kind="organisation"))) == sorted(companies["mine"])
    everything = titles(look(signed_in(city.officer()), "公司", kind="organisation"))
    assert sorted(everything) == sorted([*companies["mine"], *companies["other"]])


def _companies(site_id: int) -> Any:
    return select(Organisation.name).join(Participant).where(Participant.site_id == site_id)


def test_making_all_entries_anew_gives_the_same_entries(city: City) -> None:
    site = city.plotted_site("龙华港隧道")
    dust(city)
    with city.work() as unit:
        register_device(unit, site, NewDevice(code="D1", device_class=DeviceClass.DUST_MONITOR, name="监测仪"))
    before = _entries(city)
    with city.work() as unit:
        unit.session.execute(delete(SearchEntry).where(SearchEntry.kind == "incident"))
    rebuild_search(city.database)
    assert _entries(city) == before
    assert len(before) == 6


def _entries(city: City) -> set[tuple[Any, ...]]:
    columns = [
        SearchEntry.kind,
        SearchEntry.subject_id,
        SearchEntry.site_id,
        SearchEntry.state,
        SearchEntry.folded,
        SearchEntry.text,
    ]
    with city.work() as unit:
        return {tuple(row) for row in unit.session.execute(select(*columns)).all()}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"q": "—— ！"}, "/q"),
        ({"q": ""}, "/q"),
        ({"q": "a" * 101}, "/q"),
        ({"q": " ".join("abcdefghijklmno")}, "/q"),
        ({"q": "隧道", "bbox": "1,2,3"}, "/bbox"),
        ({"q": "隧道", "kind": "everything"}, "/kind/0"),
        ({"q": "隧道", "state": "moon.full"}, "/state/0"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_its_field(client: TestClient, params: dict[str, str], field: str) -> None:
    answer = client.get("/api/v1/search", params=params)
    assert answer.status_code == 422
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    "typed", ["'); DROP TABLE site; --", "a' | 'b", "隧道:*", "\\", "%_%隧", "!隧道", "隧道 & | <->", "\x00隧道"]
)
def test_nothing_that_is_typed_is_syntax(city: City, client: TestClient, typed: str) -> None:
    city.plotted_site("隧道")
    answer = client.get("/api/v1/search", params={"q": typed})
    assert answer.status_code in {200, 422}
    if answer.status_code == 200 and "隧" in typed:
        assert answer.json()["total"] == 1
