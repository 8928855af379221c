"""M26 coverage gap reports: asked for, made by a job with the asker's eyes, printed, and nobody else's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

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
    assert answer.json()["state"] == "waiting"
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
    assert "第1页/共" in "".join(text.split())
    assert "Page " not in text
