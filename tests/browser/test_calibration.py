"""A camera is calibrated by hand: the same things clicked on its picture and on the map, judged as they come, and used."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from shapely import Point

from spatial.cameras.locating import ground_points
from spatial.cameras.values import Optics, Pose
from spatial.frames import site_frame
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_cameras import camera, sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
WIDTH, HEIGHT = 1920, 1080
OPTICS = Optics(hfov_deg=62.0, vfov_deg=37.4, width_px=WIDTH, height_px=HEIGHT, k1=-0.1, k2=0.0, range_max_m=120.0)
PIXELS = [(u, v) for u in (120, 640, 1160, 1680) for v in (240, 560, 1000)]


def picture() -> dict[str, Any]:
    """A picture with a mark at every pixel that will be clicked."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (92, 104, 112))
    pen = ImageDraw.Draw(image)
    for u, v in PIXELS:
        pen.ellipse((u - 9, v - 9, u + 9, v + 9), outline=(250, 220, 90), width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def places(one: dict[str, Any]) -> list[tuple[float, float]]:
    """Where the pixels are on the ground, if the camera looks 2° and 1° past what its record says."""
    location = Point(one["pose"]["location"])
    frame = site_frame(location)
    x, y = (float(value) for value in frame.project(location.x, location.y))
    pose = Pose(x_m=x, y_m=y, z_m=8.0, azimuth_deg=42.0, tilt_deg=26.0, roll_deg=0.3)
    found = ground_points(pose, OPTICS, np.array(PIXELS, float), 0.0)[0]
    return [(float(lon), float(lat)) for lon, lat in (frame.unproject(east, north) for east, north in found)]


def click_pixel(page: Visit, u: float, v: float) -> None:
    box = page.page.locator("[data-t=picture] img").bounding_box()
    assert box is not None
    page.page.mouse.click(box["x"] + u / WIDTH * box["width"], box["y"] + v / HEIGHT * box["height"])


@pytest.fixture
def ready(visit: Open) -> tuple[Visit, dict[str, Any]]:
    page = visit("director", expect=("404",))
    one = camera(page, "CAL-" + str(np.random.default_rng().integers(1e9)), width_px=WIDTH, height_px=HEIGHT)
    page.go(f"/console/cameras/{one['id']}/calibration?e2e=1")
    page.page.set_input_files("[data-t=upload]", picture())
    expect(page.page.locator("[data-t=picture] img")).to_be_visible()
    page.settle()
    page.page.evaluate("(center) => window.__map.jumpTo({ center, zoom: 18.5 })", one["pose"]["location"])
    page.settle()
    return page, one


def test_four_points_by_hand_are_rough_at_best_and_why_is_said(ready: tuple[Visit, dict[str, Any]]) -> None:
    page, one = ready
    chosen = [0, 2, 9, 11]
    for count, index in enumerate(chosen, start=1):
        click_pixel(page, *PIXELS[index])
        page.click(*places(one)[index])
        expect(page.page.locator("[data-t=points] tbody tr")).to_have_count(count)
        if count < 4:
            expect(page.page.locator("[data-t=judged]")).to_contain_text(f"还需 {4 - count} 个")
    grade = page.page.locator("[data-t=judged] .grade")
    expect(grade).not_to_have_attribute("data-grade", "verified")
    expect(page.page.locator("[data-t=judged]")).to_contain_text("只有四个控制点")
    assert serious(page) == []
    row = page.page.locator("[data-t=points] tbody tr").first
    before = row.locator("td").nth(1).inner_text()
    row.focus()
    page.page.keyboard.press("ArrowRight")
    expect(row.locator("td").nth(1)).not_to_have_text(before)
    page.page.keyboard.press("Delete")
    expect(page.page.locator("[data-t=points] tbody tr")).to_have_count(3)
    page.page.once("dialog", lambda dialog: dialog.accept())  # leaving asks, for nothing was kept


def test_twelve_points_are_verified_used_and_then_tell_places_with_their_error(ready: tuple[Visit, dict[str, Any]]) -> None:
    page, one = ready
    points = [
        {"u_px": u, "v_px": v, "location": list(place), "height_m": 0.0}
        for (u, v), place in zip(PIXELS, places(one), strict=True)
    ]
    version = told(page, f"/api/v1/cameras/{one['id']}")["version"]
    body = {"points": points, "width_px": WIDTH, "height_px": HEIGHT, "version": version}
    sent(page, "POST", f"/api/v1/cameras/{one['id']}/calibrations", body)
    page.page.reload()
    page.page.locator("[data-t=history] button").first.click()
    expect(page.page.locator("[data-t=points] tbody tr")).to_have_count(12)
    expect(page.page.locator("[data-t=judged] .grade")).to_have_attribute("data-grade", "verified")
    page.settle()
    page.until("() => window.__map.querySourceFeatures('calibration').some((one) => one.properties.part === 'ghost')")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=saved]")).to_be_visible()
    assert told(page, f"/api/v1/cameras/{one['id']}")["pose"]["method"] == "calibrated"
    assert len(told(page, f"/api/v1/cameras/{one['id']}/calibrations")["items"]) == 2
    page.page.locator("[data-t=mode-locate]").click()
    click_pixel(page, 960, 800)
    expect(page.page.locator("[data-t=located]")).to_contain_text("已标定")
    page.until("() => window.__map.querySourceFeatures('calibration').some((one) => one.properties.part === 'ellipse')")


def test_a_pixel_above_the_horizon_has_no_place_and_the_reason_is_said(visit: Open) -> None:
    page = visit("director", expect=("404", "422"))
    one = camera(page, "CAL-SKY", width_px=WIDTH, height_px=HEIGHT, tilt_deg=5)
    page.go(f"/console/cameras/{one['id']}/calibration?e2e=1")
    page.page.set_input_files("[data-t=upload]", picture())
    page.page.locator("[data-t=mode-locate]").click()
    click_pixel(page, 960, 40)
    expect(page.page.locator("[data-t=failure]")).to_contain_text("地平线")


@pytest.mark.parametrize("dark", [False, True])
def test_calibrating_works_on_a_phone(visit: Open, dark: bool) -> None:
    page = visit("director", PHONE, dark=dark, expect=("404",))
    one = camera(page, f"CAL-PHONE-{dark}", width_px=WIDTH, height_px=HEIGHT)
    page.go(f"/console/cameras/{one['id']}/calibration?e2e=1")
    page.page.set_input_files("[data-t=upload]", picture())
    click_pixel(page, *PIXELS[0])
    expect(page.page.locator("[data-t=points] tbody tr")).to_have_count(1)
    page.page.locator(".tabs button").nth(1).click()
    page.settle()
    assert page.page.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
    assert serious(page) == []
    page.page.once("dialog", lambda dialog: dialog.accept())
