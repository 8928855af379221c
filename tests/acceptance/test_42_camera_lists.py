"""M42 感知资源管理-要素监管摄像头资源管理: bulk import of lists as people keep them, all of them or none."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook

from tests.acceptance.test_42_cameras import corner
from tests.make import City, Person

SignIn = Callable[[Person], TestClient]
HEADINGS = "编码,名称,国标编码,类型,标签,经度,纬度,高度（米）,方位角,俯角,水平视场角,有效距离,画面宽,画面高,备注"


def row(number: int, **changes: str) -> str:
    lon, lat = corner(10 + number, 10)
    cells = {
        "code": f"C-{number:03d}", "name": f"枪机{number}", "national": f"310115000013200{number:05d}", "kind": "固定枪机",
        "tags": "出入口；周界", "lon": f"{lon:.7f}", "lat": f"{lat:.7f}", "height": "6", "azimuth": "东北", "tilt": "20",
        "hfov": "62", "range": "80", "wide": "1920", "high": "1080", "note": "门口",
    }  # fmt: skip
    return ",".join((cells | changes).values())


def listed(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join((headings, *rows)).encode("gb18030")


@pytest.fixture
def client(city: City, signed_in: SignIn) -> TestClient:
    return signed_in(city.officer())


@pytest.fixture
def site(city: City) -> int:
    return city.plotted_site()


def send(client: TestClient, site: int, data: bytes, *, trial: bool = False, name: str = "cameras.csv") -> Any:
    return client.post(
        f"/api/v1/sites/{site}/cameras/import",
        files={"file": (name, data)},
        data={"trial": str(trial).lower()},
        headers={"accept-language": "zh"},
    )


def names(client: TestClient, site: int) -> list[str]:
    return [one["name"] for one in client.get(f"/api/v1/sites/{site}/cameras").json()["items"]]


def test_a_list_from_a_chinese_spreadsheet_registers_every_camera(client: TestClient, site: int) -> None:
    answer = send(client, site, listed(row(1), row(2, kind="ptz", tags="edge"), row(3, tilt="")))
    assert answer.status_code == 422  # a dome needs its pan limits
    answer = send(client, site, listed(row(1), row(2), row(3, tilt="")))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["registered"], answer.json()["unknown_headings"]) == (3, ["备注"])
    found = client.get(f"/api/v1/sites/{site}/cameras").json()["items"]
    assert [one["pose"]["method"] for one in found] == ["pinhole", "pinhole", "nominal"]
    assert found[0]["tags"] == ["gate", "perimeter"]
    assert found[0]["pose"]["azimuth_deg"] == 45.0


def test_three_bad_lines_of_five_keep_all_of_them_out_and_are_named(client: TestClient, site: int) -> None:
    rows = (row(1), row(2, azimuth="上边"), row(3, lat="40.1"), row(4, tags="天空", wide="19"), row(5))
    answer = send(client, site, listed(*rows))
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/camera-rows-wrong"
    told = {one["line"]: [fault["field"] for fault in one["faults"]] for one in answer.json()["lines"]}
    assert told == {3: ["/azimuth_deg"], 4: ["/location"], 5: ["/tags"]}
    assert all(any("\u4e00" <= mark <= "\u9fff" for mark in one["faults"][0]["title"]) for one in answer.json()["lines"])
    assert names(client, site) == []


def test_a_trial_tells_the_same_and_keeps_nothing(client: TestClient, site: int) -> None:
    told = send(client, site, listed(row(1), row(1), row(3, wide="19")), trial=True)
    assert told.status_code == 200
    assert [[fault["type"] for fault in one["faults"]] for one in told.json()["lines"]] == [
        [], ["/problems/device-code-taken"], ["/problems/cell-out-of-bounds"],
    ]  # fmt: skip
    assert told.json()["lines"][2]["faults"][0]["detail"] == "19.0：应 ≥ 64。"
    assert (told.json()["faulty"], told.json()["registered"]) == (2, 0)
    assert names(client, site) == []
    assert client.get(f"/api/v1/sites/{site}/devices").json()["items"] == []


def test_a_workbook_is_read_like_a_list(client: TestClient, site: int) -> None:
    book, out = Workbook(), io.BytesIO()
    lon, lat = corner(20, 20)
    book.active.append(["code*", "name", "lon", "lat", "azimuth", "hfov", "range (m)", "width_px"])
    book.active.append(["W-1", "北门", lon, lat, 45, 60, 50, 1920])
    book.save(out)
    assert send(client, site, out.getvalue(), name="cameras.xlsx").status_code == 201
    assert names(client, site) == ["北门"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "camera-column-missing"),
        (listed(), "camera-file-empty"),
        (listed(row(1), headings="号,名称"), "camera-column-missing"),
        (b"PK\x03\x04 no workbook", "file-not-understood"),
        (b"code,name\n\x00\xff\xfe\x81", "file-not-understood"),
    ],
)
def test_files_that_hold_no_cameras_are_refused_with_the_reason(client: TestClient, site: int, data: bytes, problem: str) -> None:
    answer = send(client, site, data)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")


def test_a_site_of_others_is_not_found_whatever_the_list_holds(
    city: City, signed_in: SignIn, client: TestClient, site: int
) -> None:
    stranger = signed_in(city.officer(district="310104"))
    assert send(stranger, site, listed(row(1)), trial=True).status_code == 404
    assert names(client, site) == []
