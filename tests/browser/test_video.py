"""The video plaza: cameras are chosen, watched side by side, linked to, and asked for by a place on the map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_cameras import sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
PLAZA = "/api/v1/video/plaza"


def with_streams(page: Visit, media: Path, count: int) -> list[dict[str, Any]]:
    """The first cameras of the plaza, each with a film instead of a camera behind it."""
    found = told(page, f"{PLAZA}?size={count}")["items"]
    for one in found:
        camera = told(page, f"/api/v1/cameras/{one['camera_id']}")
        change = {"version": camera["version"], "protocol": "file", "stream": (media / "street.mp4").as_uri()}
        sent(page, "PATCH", f"/api/v1/cameras/{one['camera_id']}", change)
    return list(found)


def playing(page: Visit, camera_id: int) -> None:
    player = page.page.locator(f"[data-player='{camera_id}']")
    expect(player).to_have_attribute("data-state", "playing", timeout=30_000)
    page.until(f"() => document.querySelector(\"[data-player='{camera_id}'] video\").currentTime > 0.4", 20)
    assert page.page.evaluate(f"() => document.querySelector(\"[data-player='{camera_id}'] video\").videoWidth") == 640


def test_a_camera_is_chosen_and_its_picture_moves(visit: Open, media: Path) -> None:
    page = visit("officer", DESKTOP)
    camera = with_streams(page, media, 1)[0]
    page.go("/console/video")
    page.page.click(f"[data-camera='{camera['camera_id']}']")
    playing(page, camera["camera_id"])
    page.page.wait_for_url(f"**/console/video?cameras={camera['camera_id']}&grid=1**")
    with page.page.expect_download() as coming:
        page.page.click("[data-t=snapshot]")
    assert coming.value.suggested_filename.endswith(".png")
    page.page.click("[data-t=close-player]")
    expect(page.page.locator("[data-player]")).to_have_count(0)


def test_four_pictures_side_by_side_are_a_link(visit: Open, media: Path) -> None:
    page = visit("officer", DESKTOP)
    ids = [one["camera_id"] for one in with_streams(page, media, 3)]
    page.go(f"/console/video?cameras={','.join(map(str, ids))}&grid=4")
    for camera_id in ids:
        playing(page, camera_id)
    expect(page.page.locator("[data-grid='4']")).to_have_attribute("aria-pressed", "true")


def test_what_sees_a_place_is_asked_by_a_click_on_the_map(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    camera = next(one for one in told(page, "/api/v1/cameras?size=50")["items"] if one["pose"]["method"] == "pinhole")
    lon, lat = told(page, f"/api/v1/cameras/{camera['id']}")["pose"]["location"]
    page.go(f"/console/video#18/{lat}/{lon}")
    page.page.click("[data-t=side-map]")
    page.settle()
    page.click(lon + 0.00012, lat + 0.00012)
    expect(page.page.locator(".at")).to_contain_text("谁能看到")
    page.page.wait_for_url("**at=**")
    asked = page.page.evaluate("() => new URLSearchParams(location.search).get('at')").split(",")
    seeing = [one["camera_id"] for one in told(page, f"/api/v1/video/at?lon={asked[0]}&lat={asked[1]}")["items"]]
    expect(page.page.locator("[data-camera]")).to_have_count(len(seeing))
    page.page.click("[data-t=forget-place]")
    expect(page.page.locator("[data-t=find]")).to_be_visible()


def test_a_camera_without_a_stream_cannot_be_chosen_and_says_so(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    page.go("/console/video")
    blind = next(one for one in told(page, f"{PLAZA}?size=60")["items"] if not one["playable"])
    row = page.page.locator(f"[data-camera='{blind['camera_id']}']")
    expect(row).to_be_disabled()
    expect(row).to_contain_text("未登记视频流")


def test_starred_cameras_come_first_and_can_be_had_alone(visit: Open) -> None:
    page = visit("reviewer", DESKTOP)
    page.go("/console/video")
    third = page.page.locator("[data-camera]").nth(2).get_attribute("data-camera")
    page.page.locator("[data-t=star]").nth(2).click()
    expect(page.page.locator("[data-camera]").first).to_have_attribute("data-camera", str(third))
    page.page.locator("[data-t=starred]").click()
    expect(page.page.locator("[data-camera]")).to_have_count(1)
    page.page.locator("[data-t=star]").first.click()
    expect(page.page.locator("[data-camera]")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_plaza_is_accessible_and_fits_a_phone(visit: Open, media: Path, dark: bool) -> None:
    page = visit("officer", DESKTOP, dark=dark)
    camera = with_streams(page, media, 1)[0]
    page.go(f"/console/video?cameras={camera['camera_id']}")
    playing(page, camera["camera_id"])
    assert serious(page) == []
    page.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
