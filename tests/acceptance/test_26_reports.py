"""M26 coverage gap reports: asked for, made by a job with the asker's eyes, printed, and nobody else's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from foundation.jobs import build_app
from tests.golden_site import ANYWHERE, CAMERA_A, add_golden_catalogue, draw_golden_scene, golden_camera, sector, shares
from tests.make import City, Person

SignIn = Callable[[Person], TestClient]
REPORTS = "/api/v1/reports/coverage"
CANARY = "CANARYB"


@pytest.fixture
def director(city: City, signed_in: SignIn) -> TestClient:
    person = city.person("station_director")
    city.grant(person, kind="city")
    return signed_in(person)


@pytest.fixture
def site(city: City, director: TestClient) -> int:
    site_id = city.plotted_site()
    add_golden_catalogue(director)
    draw_golden_scene(director, site_id)
    for camera in (CAMERA_A, golden_camera("C", sector(0, 45) | {"azimuth_deg": None})):
        assert director.post(f"/api/v1/sites/{site_id}/cameras", json=camera).status_code == 201
    return site_id


def ask(client: TestClient, **wanted: Any) -> int:
    answer = client.post(REPORTS, json=wanted)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["state"], answer.json()["size_bytes"]) == ("waiting", None)
    return int(answer.json()["id"])


def work_off(city: City) -> None:
    with build_app(city.settings, city.database).open() as app:
        app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


def made(city: City, client: TestClient, folder: Path, **wanted: Any) -> Path:
    """Ask, let the worker work, download; the file is kept where a person can look at it when KEEP_REPORTS names a folder."""
    report_id = ask(client, **wanted)
    work_off(city)
    found = client.get(f"{REPORTS}/{report_id}").json()
    assert (found["state"], found["done_share"], found["failure"]) == ("ready", 1.0, None)
    answer = client.get(f"{REPORTS}/{report_id}/file")
    assert answer.status_code == 200
    assert found["size_bytes"] == len(answer.content)
    name = f"{wanted['scope']}_{wanted.get('language', 'zh')}.{wanted.get('format', 'pdf')}"
    path = Path(os.environ.get("KEEP_REPORTS", folder)) / name
    path.write_bytes(answer.content)
    return path


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout


def test_a_sites_pdf_says_what_the_api_says(city: City, director: TestClient, site: int, tmp_path: Path) -> None:
    text = text_of(made(city, director, tmp_path, scope="site", site_id=site))
    for one in shares(director, site).values():
        assert f"{one['share'] * 100:.1f}%" in text
        assert f"{one['share_p05'] * 100:.1f}–{one['share_p95'] * 100:.1f}%" in text
    gap = director.get(f"/api/v1/sites/{site}/gaps", params={"element": ANYWHERE}).json()["features"][0]["properties"]
    assert f"{gap['size']:,.0f} m²" in text
    for words in ("龙华港航道整治工程", "覆盖缺口报告", "未达标", "C号摄像机", "方位角", "缺口成因"):
        assert words in text
    # what placement would do is printed as poses
    assert "新设摄像机" in text
    assert "俯角" in text
    assert "第1页/共" in "".join(text.split())
    assert "Page " not in text


def test_every_font_is_embedded_and_the_document_has_its_title(
    city: City, director: TestClient, site: int, tmp_path: Path
) -> None:
    pdf = made(city, director, tmp_path, scope="site", site_id=site)
    fonts = subprocess.run(["pdffonts", pdf], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)
    info = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    assert "覆盖缺口报告" in info
    assert "A4" in info


def test_english_reports_speak_english(city: City, director: TestClient, site: int, tmp_path: Path) -> None:
    text = text_of(made(city, director, tmp_path, scope="site", site_id=site, language="en"))
    # the kind of document is set in spaced letters
    assert "coveragegapreport" in "".join(text.split()).lower()
    assert "not met" in text


def test_a_workbook_holds_the_numbers_and_no_formula(city: City, director: TestClient, site: int, tmp_path: Path) -> None:
    evil = golden_camera("E", sector(0, 45) | {"azimuth_deg": None}) | {"name": "=HYPERLINK(1)"}
    assert director.post(f"/api/v1/sites/{site}/cameras", json=evil).status_code == 201
    book = load_workbook(made(city, director, tmp_path, scope="site", site_id=site, format="xlsx"))
    assert book.sheetnames == ["工地", "要素要求", "缺口", "摄像机", "成因"]
    head, *rows = book["要素要求"].iter_rows(values_only=True)
    column = {name: number for number, name in enumerate(head)}
    found = {row[column["要素"]]: row for row in rows if row[column["技术场景"]] == "全场"}
    for element, one in shares(director, site).items():
        assert found[element][column["覆盖率"]] == pytest.approx(one["share"])
        assert found[element][column["总量"]] == pytest.approx(one["total"])
    lost = {
        element: sum(
            row[5] for row in book["成因"].iter_rows(min_row=2, values_only=True) if row[1] == "全场" and row[2] == element
        )
        for element in found
    }
    for element, one in shares(director, site).items():
        assert lost[element] == pytest.approx(one["total"] - one["covered"], rel=0.005)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "'=HYPERLINK(1)" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_a_geopackage_holds_the_shapes(city: City, director: TestClient, site: int, tmp_path: Path) -> None:
    path = made(city, director, tmp_path, scope="site", site_id=site, format="gpkg")
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert layers == {"sites", "boundaries", "scenes", "cameras", "footprints", "gaps"}
    gaps = geopandas.read_file(path, layer="gaps")
    assert gaps.crs.to_epsg() == 4490
    shown = director.get(f"/api/v1/sites/{site}/gaps").json()["features"]
    assert sorted(gaps["size"]) == pytest.approx(sorted(one["properties"]["size"] for one in shown))
    assert len(geopandas.read_file(path, layer="footprints")) == 1


def test_a_city_report_tells_only_of_what_its_asker_sees(
    city: City, director: TestClient, signed_in: SignIn, site: int, tmp_path: Path
) -> None:
    other = city.plotted_site(CANARY, 900, 0)
    person = city.person("station_officer")
    city.grant(person, kind="sites", site_ids=(site,))
    mine = signed_in(person)
    assert CANARY in text_of(made(city, director, tmp_path, scope="city"))
    assert CANARY not in text_of(made(city, mine, tmp_path, scope="city"))
    for kind in ("xlsx", "gpkg"):
        assert CANARY.encode() not in made(city, mine, tmp_path, scope="city", format=kind).read_bytes()
    book = load_workbook(made(city, mine, tmp_path, scope="city", format="xlsx"))
    assert [row[1] for row in book["工地"].iter_rows(min_row=2, values_only=True)] == ["龙华港航道整治工程"]
    assert mine.post(REPORTS, json={"scope": "site", "site_id": other}).status_code == 404


def test_a_report_is_its_askers_alone(city: City, director: TestClient, signed_in: SignIn, site: int) -> None:
    report_id = ask(director, scope="site", site_id=site)
    assert director.get(f"{REPORTS}/{report_id}/file").status_code == 409
    stranger = signed_in(city.officer())
    for path in ("", "/file"):
        assert stranger.get(f"{REPORTS}/{report_id}{path}").status_code == 404
    assert stranger.get(REPORTS).json()["items"] == []
    assert stranger.delete(f"{REPORTS}/{report_id}").status_code == 404
    assert director.delete(f"{REPORTS}/{report_id}").status_code == 204
    assert director.get(f"{REPORTS}/{report_id}").status_code == 404


def test_a_site_that_was_never_measured_is_unknown_in_print(city: City, director: TestClient, site: int, tmp_path: Path) -> None:
    city.site("未测工地", 900, 0)
    text = text_of(made(city, director, tmp_path, scope="city"))
    line = next(line for line in text.splitlines() if "未测工地" in line)
    assert "未知" in line
    assert "0.0%" not in line
